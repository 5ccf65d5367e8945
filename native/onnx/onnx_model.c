#include "onnx/onnx_model.h"

#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "base/file.h"
#include "base/path.h"
#include "onnx/onnx_build.h"

enum { FIRST_IR_WITH_OPSETS = 3 };

/* What onnx_model_free gives back: the message, in which texts and weights lie, and what stands beside it. */
struct owned_model {
    struct onnx_model model;
    struct onnx_budget budget;
    ProtobufCMessage *wire;
    struct arena *arena, *data;
};

/* A message that may stand once; why more are possible is told in onnx.proto. */
static fringe_status only_one(const struct onnx_build *build, size_t count, const char *what,
                              fringe_error *error)
{
    if (count <= 1) return FRINGE_OK;
    return failure_set(error, FRINGE_FORMAT, "%s: %s: stands %zu times instead of once", build->name, what,
                       count);
}

/* Lists of texts: only the pointers are new. */
static fringe_status take_texts(const struct onnx_build *build, size_t count, const ProtobufCBinaryData *wire,
                                const char *what, const char *const **texts, fringe_error *error)
{
    const char **taken = arena_array(build->arena, count, sizeof *taken);
    if (!taken) return onnx_build_starved(build, error);
    for (size_t i = 0; i < count; i++) {
        fringe_status status = onnx_build_text(build, &wire[i], what, &taken[i], error);
        if (status) return status;
    }
    *texts = taken;
    return FRINGE_OK;
}

/* Files of the first ONNX versions give no type: then it is that of the field that is there. */
static int32_t attribute_type(const OnnxWire__Attribute *wire)
{
    if (wire->has_type) return wire->type;
    return wire->has_f       ? ONNX_ATTR_FLOAT
           : wire->has_i     ? ONNX_ATTR_INT
           : wire->has_s     ? ONNX_ATTR_STRING
           : wire->n_t       ? ONNX_ATTR_TENSOR
           : wire->n_floats  ? ONNX_ATTR_FLOATS
           : wire->n_ints    ? ONNX_ATTR_INTS
           : wire->n_strings ? ONNX_ATTR_STRINGS
                             : ONNX_ATTR_OTHER;
}

/* Only the field of the attribute's kind is taken; whatever else it holds is passed over. */
static fringe_status take_attribute(struct onnx_build *build, const OnnxWire__Attribute *wire,
                                    struct onnx_attribute *attribute, fringe_error *error)
{
    fringe_status status =
        onnx_build_text(build, &wire->name, "name of an attribute", &attribute->name, error);
    if (status) return status;
    attribute->kind = ONNX_ATTR_OTHER;
    attribute->s = "";
    switch (attribute_type(wire)) {
    case ONNX_ATTR_FLOAT:
        attribute->kind = ONNX_ATTR_FLOAT;
        attribute->f = wire->f;
        break;
    case ONNX_ATTR_INT:
        attribute->kind = ONNX_ATTR_INT;
        attribute->i = wire->i;
        break;
    case ONNX_ATTR_STRING:
        attribute->kind = ONNX_ATTR_STRING;
        return onnx_build_text(build, &wire->s, attribute->name, &attribute->s, error);
    case ONNX_ATTR_TENSOR: {
        status = only_one(build, wire->n_t, attribute->name, error);
        if (status) return status;
        if (wire->n_t == 0)
            return failure_set(error, FRINGE_FORMAT, "%s: attribute '%s': is a tensor and holds none",
                               build->name, attribute->name);
        struct onnx_tensor *tensor = arena_array(build->arena, 1, sizeof *tensor);
        if (!tensor) return onnx_build_starved(build, error);
        attribute->kind = ONNX_ATTR_TENSOR;
        attribute->t = tensor;
        return onnx_build_tensor(build, wire->t[0], tensor, error);
    }
    case ONNX_ATTR_FLOATS:
        attribute->kind = ONNX_ATTR_FLOATS;
        attribute->count = wire->n_floats;
        attribute->floats = wire->floats;
        break;
    case ONNX_ATTR_INTS:
        attribute->kind = ONNX_ATTR_INTS;
        attribute->count = wire->n_ints;
        attribute->ints = wire->ints;
        break;
    case ONNX_ATTR_STRINGS:
        attribute->kind = ONNX_ATTR_STRINGS;
        attribute->count = wire->n_strings;
        return take_texts(build, wire->n_strings, wire->strings, attribute->name, &attribute->strings, error);
    default:
        break;
    }
    return FRINGE_OK;
}

/* ONNX's own domain has two names; only "" is handed out. */
static const char *plain_domain(const char *domain)
{
    return strcmp(domain, "ai.onnx") == 0 ? "" : domain;
}

static fringe_status take_node(struct onnx_build *build, const OnnxWire__Node *wire, struct onnx_node *node,
                               fringe_error *error)
{
    fringe_status status = onnx_build_text(build, &wire->name, "name of a node", &node->name, error);
    if (!status) status = onnx_build_text(build, &wire->op_type, "operator of a node", &node->op_type, error);
    if (!status) status = onnx_build_text(build, &wire->domain, "domain of a node", &node->domain, error);
    if (!status)
        status = take_texts(build, wire->n_input, wire->input, "input of a node", &node->inputs, error);
    if (!status)
        status = take_texts(build, wire->n_output, wire->output, "output of a node", &node->outputs, error);
    if (status) return status;
    node->domain = plain_domain(node->domain);
    node->input_count = wire->n_input;
    node->output_count = wire->n_output;
    struct onnx_attribute *attributes = arena_array(build->arena, wire->n_attribute, sizeof *attributes);
    if (!attributes) return onnx_build_starved(build, error);
    node->attributes = attributes;
    node->attribute_count = wire->n_attribute;
    for (size_t i = 0; i < wire->n_attribute; i++) {
        status = take_attribute(build, wire->attribute[i], &attributes[i], error);
        if (status) return failure_prefix(error, status, "node '%s' (%s): ", node->name, node->op_type);
    }
    return FRINGE_OK;
}

/* Sizes and names of free dimensions; both may be missing. */
static fringe_status take_shape(struct onnx_build *build, const OnnxWire__Shape *wire,
                                struct onnx_value *value, fringe_error *error)
{
    if (wire->n_dim > INT_MAX)
        return failure_set(error, FRINGE_FORMAT, "%s: '%s': %zu dimensions", build->name, value->name,
                           wire->n_dim);
    int64_t *dims = arena_array(build->arena, wire->n_dim, sizeof *dims);
    const char **symbols = arena_array(build->arena, wire->n_dim, sizeof *symbols);
    if (!dims || !symbols) return onnx_build_starved(build, error);
    value->rank = (int)wire->n_dim;
    value->dims = dims;
    value->symbols = symbols;
    for (int i = 0; i < value->rank; i++) {
        const OnnxWire__Dimension *dim = wire->dim[i];
        fringe_status status =
            onnx_build_text(build, &dim->dim_param, "name of a dimension", &symbols[i], error);
        if (status) return status;
        /* Some exporters write -1 for a free dimension. */
        dims[i] = dim->has_dim_value && dim->dim_value >= 0 ? dim->dim_value : -1;
        if (dim->has_dim_value && dim->dim_value < -1)
            return failure_set(error, FRINGE_FORMAT, "%s: '%s': dimension %d is %lld", build->name,
                               value->name, i, (long long)dim->dim_value);
    }
    return FRINGE_OK;
}

/* A value without a type, or one that is no tensor, is handed out as such: nn/ refuses it where it matters.
 */
static fringe_status take_value(struct onnx_build *build, const OnnxWire__Value *wire,
                                struct onnx_value *value, fringe_error *error)
{
    value->rank = -1;
    fringe_status status =
        onnx_build_text(build, &wire->name, "name of an input or output", &value->name, error);
    if (!status) status = only_one(build, wire->n_type, "type of an input or output", error);
    if (status || wire->n_type == 0) return status;
    const OnnxWire__Type *type = wire->type[0];
    status = only_one(build, type->n_tensor_type, "tensor type of an input or output", error);
    if (status || type->n_tensor_type == 0) return status; /* a sequence or map: type 0 */
    const OnnxWire__TensorType *tensor = type->tensor_type[0];
    value->type = tensor->elem_type;
    status = only_one(build, tensor->n_shape, "shape of an input or output", error);
    if (status || tensor->n_shape == 0) return status;
    return take_shape(build, tensor->shape[0], value, error);
}

static fringe_status take_values(struct onnx_build *build, size_t count, OnnxWire__Value *const *wire,
                                 struct onnx_value **values, fringe_error *error)
{
    *values = arena_array(build->arena, count, sizeof **values);
    if (!*values) return onnx_build_starved(build, error);
    for (size_t i = 0; i < count; i++) {
        fringe_status status = take_value(build, wire[i], &(*values)[i], error);
        if (status) return status;
    }
    return FRINGE_OK;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Files of ONNX's first versions list the weights among the inputs. Sorted, since both lists may be long. */
static fringe_status drop_weights(struct onnx_build *build, struct onnx_model *model,
                                  struct onnx_value *inputs, size_t count, fringe_error *error)
{
    const char **names = arena_array(build->arena, model->initializer_count, sizeof *names);
    if (!names) return onnx_build_starved(build, error);
    for (size_t i = 0; i < model->initializer_count; i++) names[i] = model->initializers[i].name;
    qsort(names, model->initializer_count, sizeof *names, by_text);
    for (size_t i = 0; i < count; i++)
        if (!bsearch(&inputs[i].name, names, model->initializer_count, sizeof *names, by_text))
            inputs[model->input_count++] = inputs[i];
    model->inputs = inputs;
    return FRINGE_OK;
}

/* Sparse weights are refused here because everybody else would take them for missing ones. */
static fringe_status take_graph(struct onnx_build *build, const OnnxWire__Graph *wire,
                                struct onnx_model *model, fringe_error *error)
{
    struct onnx_value *inputs = NULL, *outputs = NULL;
    fringe_status status =
        onnx_build_text(build, &wire->name, "name of the graph", &model->graph_name, error);
    if (status) return status;
    if (wire->n_sparse_initializer > 0)
        return failure_set(error, FRINGE_UNSUPPORTED, "%s: holds %zu sparse weights, which Fringe lacks",
                           build->name, wire->n_sparse_initializer);
    struct onnx_node *nodes = arena_array(build->arena, wire->n_node, sizeof *nodes);
    struct onnx_tensor *weights = arena_array(build->arena, wire->n_initializer, sizeof *weights);
    if (!nodes || !weights) return onnx_build_starved(build, error);
    model->nodes = nodes;
    model->node_count = wire->n_node;
    model->initializers = weights;
    model->initializer_count = wire->n_initializer;
    for (size_t i = 0; i < wire->n_node && !status; i++)
        status = take_node(build, wire->node[i], &nodes[i], error);
    for (size_t i = 0; i < wire->n_initializer && !status; i++)
        status = onnx_build_tensor(build, wire->initializer[i], &weights[i], error);
    if (!status) status = take_values(build, wire->n_input, wire->input, &inputs, error);
    if (!status) status = take_values(build, wire->n_output, wire->output, &outputs, error);
    if (status) return status;
    model->outputs = outputs;
    model->output_count = wire->n_output;
    return drop_weights(build, model, inputs, wire->n_input, error);
}

/* A file that is cut behind its graph has no opsets, for they stand last: that is how it is noticed. */
static fringe_status take_opsets(struct onnx_build *build, const OnnxWire__Model *wire,
                                 struct onnx_model *model, fringe_error *error)
{
    struct onnx_opset *opsets = arena_array(build->arena, wire->n_opset_import, sizeof *opsets);
    if (!opsets) return onnx_build_starved(build, error);
    model->opsets = opsets;
    model->opset_count = wire->n_opset_import;
    if (model->opset_count == 0 && model->ir_version < FIRST_IR_WITH_OPSETS) model->opset = 1;
    for (size_t i = 0; i < model->opset_count; i++) {
        const OnnxWire__Opset *opset = wire->opset_import[i];
        fringe_status status = onnx_build_text(build, &opset->domain, "domain", &opsets[i].domain, error);
        if (status) return status;
        opsets[i].domain = plain_domain(opsets[i].domain);
        opsets[i].version = opset->version;
        int64_t *known = strcmp(opsets[i].domain, "") == 0             ? &model->opset
                         : strcmp(opsets[i].domain, "ai.onnx.ml") == 0 ? &model->opset_ml
                                                                       : NULL;
        if (!known) continue;
        if (*known && *known != opset->version)
            return failure_set(error, FRINGE_FORMAT, "%s: opset %lld and opset %lld of domain '%s'",
                               build->name, (long long)*known, (long long)opset->version, opsets[i].domain);
        *known = opset->version;
    }
    if (model->opset <= 0 && model->opset_ml <= 0)
        return failure_set(error, FRINGE_FORMAT, "%s: cut short or damaged: it names no opset", build->name);
    return FRINGE_OK;
}

static fringe_status take_model(struct onnx_build *build, const OnnxWire__Model *wire,
                                struct onnx_model *model, fringe_error *error)
{
    fringe_status status = only_one(build, wire->n_graph, "graph", error);
    if (status) return status;
    if (wire->n_graph == 0)
        return failure_set(error, FRINGE_FORMAT, "%s: not a whole ONNX model: it holds no graph",
                           build->name);
    model->ir_version = wire->ir_version;
    status = onnx_build_text(build, &wire->producer_name, "producer", &model->producer, error);
    if (!status) status = take_opsets(build, wire, model, error);
    if (!status) status = take_graph(build, wire->graph[0], model, error);
    if (!status)
        status = onnx_build_externals(build, &model->external_files, &model->external_file_count, error);
    return status;
}

/* Where `folder` is NULL external data are refused. Texts and weights stay in protobuf's structures, which
 * live as long as the model. */
static fringe_status parse(const void *bytes, size_t size, const char *name, const char *folder,
                           struct onnx_model **model, fringe_error *error)
{
    struct onnx_build build = {.name = name, .folder = folder};
    *model = NULL;
    struct owned_model *owned = alloc_array(1, sizeof *owned);
    if (!owned) return failure_memory(error, name, sizeof *owned);
    fringe_status status = onnx_wire_unpack(&onnx_wire__model__descriptor, bytes, size, name, &owned->budget,
                                            &owned->wire, error);
    if (status) goto done;
    build.arena = owned->arena = arena_create(onnx_wire_limit(size));
    build.data = owned->data = arena_create(SIZE_MAX); /* bounded by the files: onnx_external.c */
    if (!build.arena || !build.data) {
        status = failure_memory(error, name, size);
        goto done;
    }
    status = take_model(&build, (const OnnxWire__Model *)owned->wire, &owned->model, error);
    if (status) goto done;
    *model = &owned->model;
    owned = NULL;
done:
    alloc_free(build.externals);
    if (owned) onnx_model_free(&owned->model);
    return status;
}

fringe_status onnx_model_parse(const void *bytes, size_t size, const char *name, struct onnx_model **model,
                               fringe_error *error)
{
    return parse(bytes, size, name, NULL, model, error);
}

fringe_status onnx_model_read(const char *path, struct onnx_model **model, fringe_error *error)
{
    unsigned char *bytes = NULL;
    size_t size = 0;
    char *folder = NULL, *real = NULL;
    *model = NULL;
    fringe_status status = file_read_all(path, INT32_MAX, &bytes, &size, error); /* protobuf's own limit */
    if (status) return status;
    folder = path_directory(path);
    real = folder ? file_real_path(folder) : NULL;
    status = real ? parse(bytes, size, path, real, model, error) : failure_memory(error, path, strlen(path));
    alloc_free(bytes);
    alloc_free(folder);
    alloc_free(real);
    return status;
}

void onnx_model_free(struct onnx_model *model)
{
    if (!model) return;
    struct owned_model *owned = (struct owned_model *)model; /* its first member */
    arena_free(owned->arena);
    arena_free(owned->data);
    onnx_wire_free(owned->wire, &owned->budget);
    alloc_free(owned);
}

const struct onnx_attribute *onnx_node_attribute(const struct onnx_node *node, const char *name)
{
    for (size_t i = 0; i < node->attribute_count; i++)
        if (strcmp(node->attributes[i].name, name) == 0) return &node->attributes[i];
    return NULL;
}
