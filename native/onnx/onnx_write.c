/* onnx_write.c - a model in memory as an ONNX file. */
#include <stdint.h>
#include <string.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/failure.h"
#include "base/file.h"
#include "onnx/onnx_build.h"

/* Everything of the message that is not already in the model lies in one arena; a failed request is kept in
 * `starved` and looked at once, at the end. */
struct writing {
    struct arena *arena;
    int starved;
};

static void *take(struct writing *writing, size_t count, size_t size)
{
    void *block = arena_array(writing->arena, count, size);
    if (!block) writing->starved = 1;
    return block;
}

/* Nothing is copied: the message points into the model. */
static ProtobufCBinaryData text_of(const char *text)
{
    return (ProtobufCBinaryData){.len = strlen(text), .data = (uint8_t *)text}; /* only read by packing */
}

/* An array of pointers to `count` messages, each initialised by `init`. */
static void **messages(struct writing *writing, size_t count, size_t size, const void *init)
{
    void **pointers = take(writing, count, sizeof *pointers);
    unsigned char *all = take(writing, count, size);
    if (!pointers || !all) return NULL;
    for (size_t i = 0; i < count; i++) {
        memcpy(all + i * size, init, size);
        pointers[i] = all + i * size;
    }
    return pointers;
}

/* messages() for a type of onnx.proto, named in both of protobuf-c's spellings. */
#define MESSAGES(writing, count, Type, TYPE)                                                                 \
    (OnnxWire__##Type **)messages(writing, count, sizeof(OnnxWire__##Type),                                  \
                                  &(const OnnxWire__##Type)ONNX_WIRE__##TYPE##__INIT)

static ProtobufCBinaryData *texts_of(struct writing *writing, size_t count, const char *const *texts)
{
    ProtobufCBinaryData *all = take(writing, count, sizeof *all);
    for (size_t i = 0; all && i < count; i++) all[i] = text_of(texts[i]);
    return all;
}

/* Always as raw_data: one field for all types, and the smallest. */
static void put_tensor(OnnxWire__Tensor *wire, const struct onnx_tensor *tensor)
{
    wire->n_dims = (size_t)tensor->rank;
    wire->dims = (int64_t *)tensor->dims;
    wire->has_data_type = 1;
    wire->data_type = tensor->type;
    wire->has_name = 1;
    wire->name = text_of(tensor->name);
    wire->has_raw_data = 1;
    wire->raw_data = (ProtobufCBinaryData){.len = tensor->size, .data = (uint8_t *)tensor->bytes};
}

static void put_attribute(struct writing *writing, OnnxWire__Attribute *wire,
                          const struct onnx_attribute *attribute)
{
    wire->has_name = wire->has_type = 1;
    wire->name = text_of(attribute->name);
    wire->type = (int32_t)attribute->kind;
    switch (attribute->kind) {
    case ONNX_ATTR_FLOAT:
        wire->has_f = 1, wire->f = attribute->f;
        break;
    case ONNX_ATTR_INT:
        wire->has_i = 1, wire->i = attribute->i;
        break;
    case ONNX_ATTR_STRING:
        wire->has_s = 1, wire->s = text_of(attribute->s);
        break;
    case ONNX_ATTR_TENSOR:
        wire->t = MESSAGES(writing, 1, Tensor, TENSOR);
        if (!wire->t) return;
        wire->n_t = 1;
        put_tensor(wire->t[0], attribute->t);
        break;
    case ONNX_ATTR_FLOATS:
        wire->n_floats = attribute->count, wire->floats = (float *)attribute->floats;
        break;
    case ONNX_ATTR_INTS:
        wire->n_ints = attribute->count, wire->ints = (int64_t *)attribute->ints;
        break;
    case ONNX_ATTR_STRINGS:
        wire->n_strings = attribute->count;
        wire->strings = texts_of(writing, attribute->count, attribute->strings);
        break;
    case ONNX_ATTR_OTHER:
        break; /* refused by check_writable */
    }
}

static void put_node(struct writing *writing, OnnxWire__Node *wire, const struct onnx_node *node)
{
    wire->n_input = node->input_count;
    wire->input = texts_of(writing, node->input_count, node->inputs);
    wire->n_output = node->output_count;
    wire->output = texts_of(writing, node->output_count, node->outputs);
    wire->has_name = wire->has_op_type = wire->has_domain = 1;
    wire->name = text_of(node->name);
    wire->op_type = text_of(node->op_type);
    wire->domain = text_of(node->domain);
    wire->attribute = MESSAGES(writing, node->attribute_count, Attribute, ATTRIBUTE);
    if (!wire->attribute) return;
    wire->n_attribute = node->attribute_count;
    for (size_t i = 0; i < node->attribute_count; i++)
        put_attribute(writing, wire->attribute[i], &node->attributes[i]);
}

static void put_value(struct writing *writing, OnnxWire__Value *wire, const struct onnx_value *value)
{
    OnnxWire__Type **type = MESSAGES(writing, 1, Type, TYPE);
    OnnxWire__TensorType **tensor = MESSAGES(writing, 1, TensorType, TENSOR_TYPE);
    OnnxWire__Shape **shape = MESSAGES(writing, 1, Shape, SHAPE);
    size_t rank = value->rank < 0 ? 0 : (size_t)value->rank;
    OnnxWire__Dimension **dims = MESSAGES(writing, rank, Dimension, DIMENSION);
    if (!type || !tensor || !shape || !dims) return;
    for (size_t i = 0; i < rank; i++) {
        dims[i]->has_dim_value = value->dims[i] >= 0;
        dims[i]->dim_value = value->dims[i];
        dims[i]->has_dim_param = value->dims[i] < 0 && value->symbols && *value->symbols[i];
        if (dims[i]->has_dim_param) dims[i]->dim_param = text_of(value->symbols[i]);
    }
    shape[0]->n_dim = rank;
    shape[0]->dim = dims;
    tensor[0]->has_elem_type = 1;
    tensor[0]->elem_type = value->type;
    tensor[0]->n_shape = value->rank >= 0;
    tensor[0]->shape = shape;
    type[0]->n_tensor_type = 1;
    type[0]->tensor_type = tensor;
    wire->has_name = 1;
    wire->name = text_of(value->name);
    wire->n_type = 1;
    wire->type = type;
}

static OnnxWire__Value **put_values(struct writing *writing, size_t count, const struct onnx_value *values)
{
    OnnxWire__Value **wire = MESSAGES(writing, count, Value, VALUE);
    for (size_t i = 0; wire && i < count; i++) put_value(writing, wire[i], &values[i]);
    return wire;
}

static void put_model(struct writing *writing, OnnxWire__Model *wire, const struct onnx_model *model)
{
    OnnxWire__Graph **graph = MESSAGES(writing, 1, Graph, GRAPH);
    OnnxWire__Opset **opsets = MESSAGES(writing, model->opset_count, Opset, OPSET);
    OnnxWire__Node **nodes = MESSAGES(writing, model->node_count, Node, NODE);
    OnnxWire__Tensor **weights = MESSAGES(writing, model->initializer_count, Tensor, TENSOR);
    if (!graph || !opsets || !nodes || !weights) return;
    for (size_t i = 0; i < model->opset_count; i++) {
        opsets[i]->has_domain = opsets[i]->has_version = 1;
        opsets[i]->domain = text_of(model->opsets[i].domain);
        opsets[i]->version = model->opsets[i].version;
    }
    for (size_t i = 0; i < model->node_count; i++) put_node(writing, nodes[i], &model->nodes[i]);
    for (size_t i = 0; i < model->initializer_count; i++) put_tensor(weights[i], &model->initializers[i]);
    wire->has_ir_version = wire->has_producer_name = graph[0]->has_name = 1;
    wire->ir_version = model->ir_version;
    wire->producer_name = text_of(model->producer);
    wire->n_opset_import = model->opset_count;
    wire->opset_import = opsets;
    wire->n_graph = 1;
    wire->graph = graph;
    graph[0]->name = text_of(model->graph_name);
    graph[0]->n_node = model->node_count;
    graph[0]->node = nodes;
    graph[0]->n_initializer = model->initializer_count;
    graph[0]->initializer = weights;
    graph[0]->n_input = model->input_count;
    graph[0]->input = put_values(writing, model->input_count, model->inputs);
    graph[0]->n_output = model->output_count;
    graph[0]->output = put_values(writing, model->output_count, model->outputs);
}

static fringe_status check_tensor(const char *path, const struct onnx_tensor *tensor, fringe_error *error)
{
    if (onnx_build_type_bytes(tensor->type) > 0) return FRINGE_OK;
    return failure_set(error, FRINGE_UNSUPPORTED, "%s: tensor '%s': type %d cannot be written", path,
                       tensor->name, (int)tensor->type);
}

/* What was read by name only cannot be written back. */
static fringe_status check_writable(const char *path, const struct onnx_model *model, fringe_error *error)
{
    fringe_status status = FRINGE_OK;
    for (size_t i = 0; i < model->initializer_count && !status; i++)
        status = check_tensor(path, &model->initializers[i], error);
    for (size_t i = 0; i < model->node_count; i++)
        for (size_t k = 0; k < model->nodes[i].attribute_count && !status; k++) {
            const struct onnx_attribute *attribute = &model->nodes[i].attributes[k];
            if (attribute->kind == ONNX_ATTR_TENSOR) status = check_tensor(path, attribute->t, error);
            if (attribute->kind == ONNX_ATTR_OTHER)
                status = failure_set(error, FRINGE_UNSUPPORTED,
                                     "%s: node '%s': attribute '%s': its kind cannot be written", path,
                                     model->nodes[i].name, attribute->name);
        }
    return status;
}

/* Packed in memory first: the size is known before a byte is written, and the file appears whole. */
fringe_status onnx_model_write(const char *path, const struct onnx_model *model, fringe_error *error)
{
    OnnxWire__Model wire = ONNX_WIRE__MODEL__INIT;
    struct file_writer writer = {0};
    uint8_t *bytes = NULL;
    size_t size = 0;
    fringe_status status = check_writable(path, model, error);
    if (status) return status;
    struct writing writing = {.arena = arena_create(SIZE_MAX)};
    if (!writing.arena) return failure_memory(error, path, sizeof wire);
    put_model(&writing, &wire, model);
    if (!writing.starved) {
        size = protobuf_c_message_get_packed_size(&wire.base);
        bytes = size <= INT32_MAX ? alloc_array(size, 1) : NULL;
    }
    if (size > INT32_MAX) {
        status =
            failure_set(error, FRINGE_UNSUPPORTED, "%s: takes %zu bytes, and an ONNX file holds at most %ld",
                        path, size, (long)INT32_MAX);
        goto done;
    }
    if (!bytes) {
        status = failure_memory(error, path, size);
        goto done;
    }
    protobuf_c_message_pack(&wire.base, bytes);
    status = file_writer_begin(&writer, path, error);
    if (status) goto done;
    status = file_writer_write(&writer, bytes, size, error);
    if (!status) status = file_writer_commit(&writer, error);
done:
    file_writer_discard(&writer);
    alloc_free(bytes);
    arena_free(writing.arena);
    return status;
}
