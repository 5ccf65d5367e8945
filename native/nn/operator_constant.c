/* Values out of nothing, and values of another type. */
#include <math.h>
#include <string.h>

#include "nn/operator_families.h"
#include "nn/operator_values.h"

/* ---- Cast ---- */

fringe_status operator_cast_infer(struct operator_call *call, fringe_error *error)
{
    int64_t to = 0;
    enum tensor_type type;
    fringe_status status = operator_arity(call, 1, 1, 1, error);
    if (!status) status = operator_int(call, "to", 0, &to, error);
    if (status) return status;
    if (!operator_type_of((int32_t)to, &type))
        return operator_lacks(call, error, "element type %lld is not supported", (long long)to);
    return operator_output(call, 0, type, call->inputs[0]->rank, call->inputs[0]->dims, error);
}

/* What C leaves open when a float does not fit is what x86-64 does: the least number. */
static int64_t whole_from_float(float value, int64_t least, double most)
{
    return (double)value >= (double)least && (double)value < most ? (int64_t)value : least;
}

#define CONVERT(from_type, to_type, expression)                                                              \
    do {                                                                                                     \
        const from_type *from = x->data;                                                                     \
        to_type *to = y->data;                                                                               \
        for (int64_t i = 0; i < count; i++) {                                                                \
            from_type v = from[i];                                                                           \
            to[i] = (to_type)(expression);                                                                   \
        }                                                                                                    \
    } while (0)

#define CONVERT_WHOLE(from_type)                                                                             \
    do {                                                                                                     \
        if (y->type == TENSOR_FLOAT32) CONVERT(from_type, float, v);                                         \
        if (y->type == TENSOR_INT64) CONVERT(from_type, int64_t, v);                                         \
        if (y->type == TENSOR_INT32) CONVERT(from_type, int32_t, v);                                         \
        if (y->type == TENSOR_BOOL) CONVERT(from_type, uint8_t, v != 0);                                     \
    } while (0)

fringe_status operator_cast_evaluate(const struct operator_call *call, fringe_error *error)
{
    (void)error;
    const struct tensor *x = call->inputs[0];
    struct tensor *y = call->outputs[0];
    int64_t count = tensor_count(x);
    if (x->type == TENSOR_INT64) CONVERT_WHOLE(int64_t);
    if (x->type == TENSOR_INT32) CONVERT_WHOLE(int32_t);
    if (x->type == TENSOR_BOOL) CONVERT_WHOLE(uint8_t);
    if (x->type == TENSOR_FLOAT32) {
        if (y->type == TENSOR_FLOAT32) CONVERT(float, float, v);
        if (y->type == TENSOR_INT64) CONVERT(float, int64_t, whole_from_float(v, INT64_MIN, 0x1p63));
        if (y->type == TENSOR_INT32) CONVERT(float, int32_t, whole_from_float(v, INT32_MIN, 0x1p31));
        if (y->type == TENSOR_BOOL) CONVERT(float, uint8_t, v != 0);
    }
    return FRINGE_OK;
}

/* ---- Constant ---- */

/* The one attribute that says the value. */
static fringe_status find_value(const struct operator_call *call, const struct onnx_attribute **value,
                                fringe_error *error)
{
    static const char *const names[] = {"value", "value_float", "value_floats", "value_int", "value_ints"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        *value = onnx_node_attribute(call->node, names[i]);
        if (*value) return FRINGE_OK;
    }
    return operator_lacks(call, error, "no attribute says a value of a supported kind");
}

fringe_status operator_constant_infer(struct operator_call *call, fringe_error *error)
{
    const struct onnx_attribute *value;
    fringe_status status = operator_arity(call, 0, 0, 1, error);
    if (!status) status = find_value(call, &value, error);
    if (status) return status;
    int64_t count = (int64_t)value->count;
    switch (value->kind) {
    case ONNX_ATTR_TENSOR: {
        struct tensor shape;
        status = operator_tensor_shape(value->t, &shape, error);
        return status ? status : operator_output(call, 0, shape.type, shape.rank, shape.dims, error);
    }
    case ONNX_ATTR_FLOAT:
        return operator_output(call, 0, TENSOR_FLOAT32, 0, NULL, error);
    case ONNX_ATTR_FLOATS:
        return operator_output(call, 0, TENSOR_FLOAT32, 1, &count, error);
    case ONNX_ATTR_INT:
        return operator_output(call, 0, TENSOR_INT64, 0, NULL, error);
    case ONNX_ATTR_INTS:
        return operator_output(call, 0, TENSOR_INT64, 1, &count, error);
    default:
        return operator_wrong(call, error, "attribute '%s' is of kind %d", value->name, (int)value->kind);
    }
}

fringe_status operator_constant_evaluate(const struct operator_call *call, fringe_error *error)
{
    const struct onnx_attribute *value;
    struct tensor *y = call->outputs[0];
    fringe_status status = find_value(call, &value, error);
    if (status) return status;
    if (value->kind == ONNX_ATTR_TENSOR) {
        operator_tensor_values(value->t, y);
        return FRINGE_OK;
    }
    const void *from = value->kind == ONNX_ATTR_FLOAT    ? (const void *)&value->f
                       : value->kind == ONNX_ATTR_FLOATS ? (const void *)value->floats
                       : value->kind == ONNX_ATTR_INT    ? (const void *)&value->i
                                                         : (const void *)value->ints;
    if (tensor_bytes(y)) memcpy(y->data, from, tensor_bytes(y));
    return FRINGE_OK;
}

/* ---- ConstantOfShape ---- */

fringe_status operator_constant_of_shape_infer(struct operator_call *call, fringe_error *error)
{
    int64_t dims[TENSOR_MOST_DIMS];
    size_t rank;
    struct tensor shape = {.type = TENSOR_FLOAT32};
    const struct onnx_attribute *value = onnx_node_attribute(call->node, "value");
    fringe_status status = operator_arity(call, 1, 1, 1, error);
    if (!status) status = operator_whole_numbers(call, 0, TENSOR_MOST_DIMS, dims, &rank, error);
    if (!status && value && value->kind != ONNX_ATTR_TENSOR)
        status = operator_wrong(call, error, "attribute 'value' is of kind %d", (int)value->kind);
    if (!status && value) status = operator_tensor_shape(value->t, &shape, error);
    if (!status && value && tensor_count(&shape) != 1)
        status = operator_wrong(call, error, "the value has %lld elements, not 1",
                                (long long)tensor_count(&shape));
    return status ? status : operator_output(call, 0, shape.type, (int)rank, dims, error);
}

fringe_status operator_constant_of_shape_evaluate(const struct operator_call *call, fringe_error *error)
{
    (void)error;
    struct tensor *y = call->outputs[0];
    const struct onnx_attribute *value = onnx_node_attribute(call->node, "value");
    int64_t one = 0;
    struct tensor single = {.type = y->type, .data = &one};
    if (value) operator_tensor_values(value->t, &single);
    size_t bytes = tensor_type_bytes(y->type);
    char *to = y->data;
    for (int64_t i = 0; i < tensor_count(y); i++) memcpy(to + (size_t)i * bytes, &one, bytes);
    return FRINGE_OK;
}

/* ---- Range ---- */

/* start, limit, delta. */
static double range_number(const struct operator_call *call, size_t index)
{
    const struct tensor *t = call->inputs[index];
    if (t->type == TENSOR_FLOAT32) return (double)*(const float *)t->data;
    if (t->type == TENSOR_INT64) return (double)*(const int64_t *)t->data;
    return (double)*(const int32_t *)t->data;
}

fringe_status operator_range_infer(struct operator_call *call, fringe_error *error)
{
    fringe_status status = operator_arity(call, 3, 3, 1, error);
    if (status) return status;
    enum tensor_type type = call->inputs[0]->type;
    for (size_t i = 0; i < 3; i++) {
        const struct tensor *t = call->inputs[i];
        if (tensor_count(t) != 1 || t->type != type || type == TENSOR_BOOL)
            return operator_wrong(call, error, "input %zu is not one number of the first input's type", i);
        if (!t->data) return operator_lacks(call, error, "input %zu is not a constant", i);
    }
    double start = range_number(call, 0), delta = range_number(call, 2);
    double count = ceil((range_number(call, 1) - start) / delta);
    if (!(count < 0x1p38)) /* NaN too: a delta of 0 */
        return operator_wrong(call, error, "the range has no end that could be reached");
    int64_t length = count > 0 ? (int64_t)count : 0;
    return operator_output(call, 0, type, 1, &length, error);
}

fringe_status operator_range_evaluate(const struct operator_call *call, fringe_error *error)
{
    (void)error;
    struct tensor *y = call->outputs[0];
    const void *start = call->inputs[0]->data, *delta = call->inputs[2]->data;
    for (int64_t i = 0; i < y->dims[0]; i++) {
        if (y->type == TENSOR_FLOAT32)
            ((float *)y->data)[i] = *(const float *)start + (float)i * *(const float *)delta;
        else if (y->type == TENSOR_INT64)
            ((uint64_t *)y->data)[i] = *(const uint64_t *)start + (uint64_t)i * *(const uint64_t *)delta;
        else
            ((uint32_t *)y->data)[i] = *(const uint32_t *)start + (uint32_t)i * *(const uint32_t *)delta;
    }
    return FRINGE_OK;
}
