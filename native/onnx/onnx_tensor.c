/* onnx_tensor.c - one TensorProto: its values may stand in five fields or in another file. */
#include <limits.h>
#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "base/file.h"
#include "base/number.h"
#include "base/utf8.h"
#include "onnx/onnx_build.h"

/* raw_data is little-endian by definition and handed out as it lies. */
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "onnx/ reads raw_data without turning bytes round: little-endian machines only"
#endif

enum { DATA_EXTERNAL = 1 }; /* TensorProto.DataLocation */

size_t onnx_build_type_bytes(int32_t type)
{
    switch (type) {
    case ONNX_UINT8:
    case ONNX_INT8:
    case ONNX_BOOL:
        return 1;
    case ONNX_UINT16:
    case ONNX_INT16:
    case ONNX_FLOAT16:
        return 2;
    case ONNX_FLOAT:
    case ONNX_INT32:
        return 4;
    case ONNX_INT64:
    case ONNX_DOUBLE:
        return 8;
    default:
        return 0;
    }
}

fringe_status onnx_build_starved(const struct onnx_build *build, fringe_error *error)
{
    if (arena_exhausted(build->arena))
        return failure_set(error, FRINGE_FORMAT, "%s: its structure unfolds beyond the memory allowed for it",
                           build->name);
    return failure_memory(error, build->name, sizeof(struct onnx_node));
}

fringe_status onnx_build_text(const struct onnx_build *build, const ProtobufCBinaryData *wire,
                              const char *what, const char **text, fringe_error *error)
{
    *text = "";
    if (wire->len == 0) return FRINGE_OK;
    const char *bytes = (const char *)wire->data;
    if (memchr(bytes, 0, wire->len))
        return failure_set(error, FRINGE_FORMAT, "%s: %s: NUL at byte %zu of %zu", build->name, what,
                           strlen(bytes), wire->len);
    size_t valid = utf8_valid_bytes(bytes, wire->len);
    if (valid < wire->len)
        return failure_set(error, FRINGE_FORMAT, "%s: %s: not UTF-8 at byte %zu of %zu", build->name, what,
                           valid, wire->len);
    *text = bytes; /* onnx_wire.h: a NUL stands behind */
    return FRINGE_OK;
}

/* The bytes that the shape asks for. */
static fringe_status measure(const struct onnx_build *build, const struct onnx_tensor *tensor, size_t *count,
                             fringe_error *error)
{
    const int64_t most = (int64_t)1 << 40;
    int64_t product = 1;
    int empty = 0;
    for (int i = 0; i < tensor->rank; i++) {
        int64_t dim = tensor->dims[i];
        if (dim < 0)
            return failure_set(error, FRINGE_FORMAT, "%s: tensor '%s': dimension %d is %lld", build->name,
                               tensor->name, i, (long long)dim);
        if (dim == 0) empty = 1;
        if (dim > 0 && product > most / dim)
            return failure_set(error, FRINGE_FORMAT,
                               "%s: tensor '%s': dimension %d of %lld makes more than %lld values",
                               build->name, tensor->name, i, (long long)dim, (long long)most);
        if (dim > 0) product *= dim;
    }
    *count = empty ? 0 : (size_t)product;
    return FRINGE_OK;
}

/* The one complaint of this file: what the shape asks for and what is there. */
static fringe_status wrong_count(const struct onnx_build *build, const struct onnx_tensor *tensor,
                                 size_t wanted, size_t found, const char *unit, const char *field,
                                 fringe_error *error)
{
    return failure_set(error, FRINGE_FORMAT, "%s: tensor '%s': its shape takes %zu %s, its %s holds %zu",
                       build->name, tensor->name, wanted, unit, field, found);
}

/* int32_data holds a value of a narrower type in each number. */
static fringe_status narrow(const struct onnx_build *build, const OnnxWire__Tensor *wire,
                            struct onnx_tensor *tensor, fringe_error *error)
{
    static const struct {
        int32_t type, least, most;
    } ranges[] = {
        {ONNX_BOOL, 0, 1},
        {ONNX_UINT8, 0, UINT8_MAX},
        {ONNX_INT8, INT8_MIN, INT8_MAX},
        {ONNX_UINT16, 0, UINT16_MAX},
        {ONNX_INT16, INT16_MIN, INT16_MAX},
        {ONNX_FLOAT16, 0, UINT16_MAX},
    };
    size_t count = wire->n_int32_data, size = onnx_build_type_bytes(tensor->type), row = 0;
    unsigned char *bytes = arena_array(build->arena, count, size);
    if (!bytes) return onnx_build_starved(build, error);
    while (ranges[row].type != tensor->type) row++;
    for (size_t i = 0; i < count; i++) {
        int32_t value = wire->int32_data[i];
        if (value < ranges[row].least || value > ranges[row].most)
            return failure_set(error, FRINGE_FORMAT, "%s: tensor '%s': value %zu is %d, its type ends at %d",
                               build->name, tensor->name, i, (int)value, (int)ranges[row].most);
        if (size == 1)
            bytes[i] = (unsigned char)value;
        else
            memcpy(bytes + 2 * i, &(uint16_t){(uint16_t)value}, 2);
    }
    tensor->bytes = bytes;
    return FRINGE_OK;
}

/* A path inside the model's folder and nothing else: no root, no empty part, no dots. */
static int is_plain_location(const char *location)
{
    const char *part = location;
    for (const char *p = location;; p++) {
        if (*p == '\\' || *p == ':') return 0;
        if (*p != '/' && *p) continue;
        size_t length = (size_t)(p - part);
        if (length == 0 || (length == 1 && part[0] == '.') || (length == 2 && !memcmp(part, "..", 2)))
            return 0;
        if (!*p) return 1;
        part = p + 1;
    }
}

/* Remembers a tensor for onnx_external.c, which reads file by file; the keys are those of ONNX. */
static fringe_status note_external(struct onnx_build *build, const OnnxWire__Tensor *wire,
                                   struct onnx_tensor *tensor, fringe_error *error)
{
    struct onnx_external external = {.tensor = tensor, .length = -1};
    for (size_t i = 0; i < wire->n_external_data; i++) {
        const OnnxWire__Entry *entry = wire->external_data[i];
        const char *key, *value;
        fringe_status status = onnx_build_text(build, &entry->key, "key of external data", &key, error);
        if (!status) status = onnx_build_text(build, &entry->value, "external data", &value, error);
        if (status) return status;
        int64_t *number = strcmp(key, "offset") == 0   ? &external.offset
                          : strcmp(key, "length") == 0 ? &external.length
                                                       : NULL;
        if (strcmp(key, "location") == 0) external.location = value;
        if (number && (!number_parse_integer(value, number) || *number < 0))
            return failure_set(error, FRINGE_FORMAT, "%s: tensor '%s': %s of external data is '%.40s'",
                               build->name, tensor->name, key, value);
    }
    if (!build->folder)
        return failure_set(error, FRINGE_UNSUPPORTED,
                           "%s: tensor '%s': its data lie outside the file, which only a model in a folder "
                           "may do",
                           build->name, tensor->name);
    if (!external.location || !is_plain_location(external.location))
        return failure_set(error, FRINGE_FORMAT,
                           "%s: tensor '%s': location '%.100s' of external data is not a file in the model's "
                           "folder",
                           build->name, tensor->name, external.location ? external.location : "");
    if (external.length >= 0 && (size_t)external.length != tensor->size)
        return wrong_count(build, tensor, tensor->size, (size_t)external.length, "bytes", "external data",
                           error);
    external.length = (int64_t)tensor->size;
    if (build->external_count == build->external_capacity) {
        size_t capacity = build->external_capacity ? 2 * build->external_capacity : 64;
        struct onnx_external *grown = alloc_resize(build->externals, capacity, sizeof *grown);
        if (!grown) return failure_memory(error, build->name, capacity * sizeof *grown);
        build->externals = grown;
        build->external_capacity = capacity;
    }
    build->externals[build->external_count++] = external;
    return FRINGE_OK;
}

/* The values where they stand in the field of their type. */
static fringe_status take_typed(const struct onnx_build *build, const OnnxWire__Tensor *wire,
                                struct onnx_tensor *tensor, size_t count, fringe_error *error)
{
    const void *values;
    size_t found;
    const char *field;
    int narrowed = 0;
    switch (tensor->type) {
    case ONNX_FLOAT:
        values = wire->float_data, found = wire->n_float_data, field = "float_data";
        break;
    case ONNX_DOUBLE:
        values = wire->double_data, found = wire->n_double_data, field = "double_data";
        break;
    case ONNX_INT64:
        values = wire->int64_data, found = wire->n_int64_data, field = "int64_data";
        break;
    default:
        values = wire->int32_data, found = wire->n_int32_data, field = "int32_data";
        narrowed = tensor->type != ONNX_INT32;
    }
    if (found != count) return wrong_count(build, tensor, count, found, "values", field, error);
    if (narrowed) return narrow(build, wire, tensor, error);
    tensor->bytes = values;
    return FRINGE_OK;
}

fringe_status onnx_build_tensor(struct onnx_build *build, const OnnxWire__Tensor *wire,
                                struct onnx_tensor *tensor, fringe_error *error)
{
    static const int64_t nothing;
    size_t count = 0;
    fringe_status status = onnx_build_text(build, &wire->name, "name of a tensor", &tensor->name, error);
    if (status) return status;
    if (wire->n_dims > INT_MAX)
        return failure_set(error, FRINGE_FORMAT, "%s: tensor '%s': %zu dimensions", build->name, tensor->name,
                           wire->n_dims);
    tensor->type = wire->data_type;
    tensor->rank = (int)wire->n_dims;
    tensor->dims = wire->dims;
    status = measure(build, tensor, &count, error);
    if (status) return status;
    size_t value_bytes = onnx_build_type_bytes(tensor->type);
    if (value_bytes == 0) return FRINGE_OK; /* handed out by name and shape */
    tensor->size = count * value_bytes;
    if (wire->data_location == DATA_EXTERNAL) return note_external(build, wire, tensor, error);
    if (wire->has_raw_data) {
        if (wire->raw_data.len != tensor->size)
            return wrong_count(build, tensor, tensor->size, wire->raw_data.len, "bytes", "raw_data", error);
        tensor->bytes = wire->raw_data.data;
        if (tensor->type == ONNX_BOOL) /* any other byte in a bool is undefined behaviour for its readers */
            for (size_t i = 0; i < count; i++) wire->raw_data.data[i] = wire->raw_data.data[i] != 0;
    } else {
        status = take_typed(build, wire, tensor, count, error);
        if (status) return status;
    }
    if (!tensor->bytes) tensor->bytes = &nothing; /* no values: protobuf keeps no block */
    return FRINGE_OK;
}

/* What onnx_tensor_free gives back. */
struct owned_tensor {
    struct onnx_tensor tensor;
    struct onnx_budget budget;
    ProtobufCMessage *wire;
    struct arena *arena;
};

fringe_status onnx_tensor_read(const char *path, struct onnx_tensor **tensor, fringe_error *error)
{
    unsigned char *bytes = NULL;
    size_t size = 0;
    struct onnx_build build = {.name = path};
    *tensor = NULL;
    struct owned_tensor *owned = alloc_array(1, sizeof *owned);
    if (!owned) return failure_memory(error, path, sizeof *owned);
    fringe_status status = file_read_all(path, INT32_MAX, &bytes, &size, error);
    if (status) goto done;
    status = onnx_wire_unpack(&onnx_wire__tensor__descriptor, bytes, size, path, &owned->budget, &owned->wire,
                              error);
    if (status) goto done;
    build.arena = owned->arena = arena_create(onnx_wire_limit(size));
    if (!build.arena) {
        status = failure_memory(error, path, size);
        goto done;
    }
    status = onnx_build_tensor(&build, (const OnnxWire__Tensor *)owned->wire, &owned->tensor, error);
    if (status) goto done;
    *tensor = &owned->tensor;
    owned = NULL;
done:
    alloc_free(bytes);
    if (owned) onnx_tensor_free(&owned->tensor);
    return status;
}

void onnx_tensor_free(struct onnx_tensor *tensor)
{
    if (!tensor) return;
    struct owned_tensor *owned = (struct owned_tensor *)tensor; /* its first member */
    arena_free(owned->arena);
    onnx_wire_free(owned->wire, &owned->budget);
    alloc_free(owned);
}
