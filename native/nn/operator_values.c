#include "nn/operator_values.h"

#include <math.h>
#include <string.h>

#include "base/failure.h"

int operator_type_of(int32_t onnx_type, enum tensor_type *type)
{
    switch (onnx_type) {
    case ONNX_FLOAT:
    case ONNX_FLOAT16:
    case ONNX_DOUBLE:
        *type = TENSOR_FLOAT32;
        return 1;
    case ONNX_INT64:
        *type = TENSOR_INT64;
        return 1;
    case ONNX_INT32:
        *type = TENSOR_INT32;
        return 1;
    case ONNX_BOOL:
        *type = TENSOR_BOOL;
        return 1;
    default:
        return 0;
    }
}

const char *operator_type_text(int32_t onnx_type)
{
    static const char *const names[] = {"undefined", "float",  "uint8",     "int8",       "uint16",  "int16",
                                        "int32",     "int64",  "string",    "bool",       "float16", "double",
                                        "uint32",    "uint64", "complex64", "complex128", "bfloat16"};
    return onnx_type > 0 && (size_t)onnx_type < sizeof names / sizeof *names ? names[onnx_type] : "unknown";
}

fringe_status operator_tensor_shape(const struct onnx_tensor *from, struct tensor *to, fringe_error *error)
{
    enum tensor_type type;
    if (!operator_type_of(from->type, &type))
        return failure_set(error, FRINGE_UNSUPPORTED, "constant '%s': element type %s (%d) is not supported",
                           from->name, operator_type_text(from->type), (int)from->type);
    memset(to, 0, sizeof *to);
    return tensor_set_shape(to, type, from->rank, from->dims, from->name, error);
}

static float half_to_float(uint16_t half)
{
    int exponent = half >> 10 & 31, fraction = half & 1023;
    float size = exponent == 31  ? (fraction ? NAN : INFINITY)
                 : exponent == 0 ? ldexpf((float)fraction, -24)
                                 : ldexpf((float)(fraction + 1024), exponent - 25);
    return half & 0x8000 ? -size : size;
}

void operator_tensor_values(const struct onnx_tensor *from, struct tensor *to)
{
    int64_t count = tensor_count(to);
    float *values = to->data;
    if (from->type == ONNX_FLOAT16)
        for (int64_t i = 0; i < count; i++) values[i] = half_to_float(((const uint16_t *)from->bytes)[i]);
    else if (from->type == ONNX_DOUBLE)
        for (int64_t i = 0; i < count; i++) values[i] = (float)((const double *)from->bytes)[i];
    else if (count)
        memcpy(to->data, from->bytes, tensor_bytes(to));
}

fringe_status operator_tensor_view(const struct onnx_tensor *from, struct tensor *to, fringe_error *error)
{
    fringe_status status = operator_tensor_shape(from, to, error);
    if (status) return status;
    if (from->type != ONNX_FLOAT16 && from->type != ONNX_DOUBLE) {
        to->data = (void *)from->bytes; /* never written: constants are read only */
        return FRINGE_OK;
    }
    status = tensor_allocate(to, error);
    if (!status) operator_tensor_values(from, to);
    return status;
}
