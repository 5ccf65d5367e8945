/* onnx_model.h - an ONNX file as plain structures, free of protobuf.
 *
 * Reading trusts nothing: the file may be hostile. What is handed out has been checked for form (lengths
 * agree, texts are NUL-terminated, tensors hold as many bytes as their shape says), not for sense: whether
 * the graph is sound is nn/'s question. Everything is owned by the model and immutable.
 */
#ifndef ONNX_ONNX_MODEL_H
#define ONNX_ONNX_MODEL_H

#include <stddef.h>
#include <stdint.h>

#include "fringe/status.h"

/* ONNX's own numbers of element types (TensorProto.DataType). */
enum onnx_type {
    ONNX_FLOAT = 1,
    ONNX_UINT8 = 2,
    ONNX_INT8 = 3,
    ONNX_UINT16 = 4,
    ONNX_INT16 = 5,
    ONNX_INT32 = 6,
    ONNX_INT64 = 7,
    ONNX_STRING = 8,
    ONNX_BOOL = 9,
    ONNX_FLOAT16 = 10,
    ONNX_DOUBLE = 11
};

/* A constant array. `bytes` is packed row-major, native byte order, `size` bytes in all. For types that
 * nobody here computes with (STRING and those above DOUBLE) bytes is NULL. */
struct onnx_tensor {
    const char *name;
    int32_t type; /* enum onnx_type, or a number from a newer ONNX */
    int rank;
    const int64_t *dims; /* >= 0 */
    const void *bytes;   /* aligned to 8 */
    size_t size;
};

enum onnx_attribute_kind {
    ONNX_ATTR_FLOAT = 1,
    ONNX_ATTR_INT = 2,
    ONNX_ATTR_STRING = 3,
    ONNX_ATTR_TENSOR = 4,
    ONNX_ATTR_FLOATS = 6,
    ONNX_ATTR_INTS = 7,
    ONNX_ATTR_STRINGS = 8,
    ONNX_ATTR_OTHER = 99 /* graphs and the like: kept by name only */
};

struct onnx_attribute {
    const char *name;
    enum onnx_attribute_kind kind;
    float f;
    int64_t i;
    const char *s; /* NUL-terminated; a NUL inside is refused */
    const struct onnx_tensor *t;
    size_t count; /* of floats, ints or strings */
    const float *floats;
    const int64_t *ints;
    const char *const *strings;
};

struct onnx_node {
    const char *name;    /* "" where the file gives none */
    const char *op_type; /* "Conv" */
    const char *domain;  /* "" for ONNX's own operators */
    size_t input_count, output_count, attribute_count;
    const char *const *inputs; /* "" where an optional one is left out */
    const char *const *outputs;
    const struct onnx_attribute *attributes;
};

/* A graph input or output. */
struct onnx_value {
    const char *name;
    int32_t type;
    int rank;                   /* -1 where the file does not say */
    const int64_t *dims;        /* -1 where free */
    const char *const *symbols; /* the name of a free dimension, "" where it has none */
};

struct onnx_opset {
    const char *domain;
    int64_t version;
};

struct onnx_model {
    int64_t ir_version;
    const char *producer, *graph_name;
    int64_t opset;    /* of domain "" */
    int64_t opset_ml; /* of domain "ai.onnx.ml", 0 where it is not imported */
    size_t opset_count, node_count, initializer_count, input_count, output_count;
    const struct onnx_opset *opsets;
    const struct onnx_node *nodes; /* in the file's order */
    const struct onnx_tensor *initializers;
    const struct onnx_value *inputs; /* without those that have an initializer of the same name */
    const struct onnx_value *outputs;
    size_t external_file_count;
    const char *const
        *external_files; /* where weights lie outside the file: names in its folder, each once */
};

/* Reads a model. External data are looked for beside the file, inside its folder only. The caller frees
 * *model with onnx_model_free. FRINGE_FORMAT with file, field and both numbers; FRINGE_FILE; FRINGE_MEMORY.
 */
fringe_status onnx_model_read(const char *path, struct onnx_model **model, fringe_error *error);

/* Like onnx_model_read, from bytes in memory (a member of a zip); `name` stands in messages; external data
 * are refused. The bytes are not needed afterwards. */
fringe_status onnx_model_parse(const void *bytes, size_t size, const char *name, struct onnx_model **model,
                               fringe_error *error);

/* NULL is accepted. */
void onnx_model_free(struct onnx_model *model);

/* Reads one TensorProto (`input_0.pb` of ONNX's backend tests). The caller frees with onnx_tensor_free. */
fringe_status onnx_tensor_read(const char *path, struct onnx_tensor **tensor, fringe_error *error);
void onnx_tensor_free(struct onnx_tensor *tensor);

/* Writes a model built in memory, whole or not at all; every pointer that a count says is there must be. */
fringe_status onnx_model_write(const char *path, const struct onnx_model *model, fringe_error *error);

/* Finds an attribute of a node by name; NULL where it has none. */
const struct onnx_attribute *onnx_node_attribute(const struct onnx_node *node, const char *name);

#endif
