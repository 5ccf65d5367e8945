/* network_onnx_write.c - layers become nodes; a layer's value is named by its number. */
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/failure.h"
#include "onnx/onnx_model.h"
#include "train/network_onnx.h"

enum { OPSET = 13, IR_VERSION = 8, LAYER_NODES = 2, LAYER_TENSORS = 4, MOST_ATTRIBUTES = 3, NAME_BYTES = 32 };

struct writer {
    struct arena *arena;
    const struct layer_graph *graph;
    const float *parameters, *statistics;
    struct onnx_node *nodes;
    struct onnx_tensor *tensors;
    size_t node_count, tensor_count;
    int starved;
};

static void *take(struct writer *w, size_t count, size_t size)
{
    void *block = arena_array(w->arena, count, size);
    if (!block) w->starved = 1;
    return block;
}

/* "stem7.tail" */
static const char *name_of(struct writer *w, const char *stem, int index, const char *tail)
{
    char *name = take(w, NAME_BYTES, 1);
    if (!name) return "";
    snprintf(name, NAME_BYTES, "%s%d%s", stem, index, tail);
    return name;
}

static const char *value_name(struct writer *w, int index)
{
    return index == 0 ? "image" : name_of(w, "value", index, "");
}

static const char *indices_name(struct writer *w, int index)
{
    return name_of(w, "value", index, ".indices");
}

/* A tensor over numbers that live as long as the writer. */
static const char *put_tensor(struct writer *w, const char *name, int rank, const int64_t dims[4],
                              const float *numbers)
{
    int64_t *held = take(w, 4, sizeof *held);
    struct onnx_tensor *tensor = &w->tensors[w->tensor_count++];
    size_t count = 1;
    if (!held) return name;
    for (int i = 0; i < rank; i++) count *= (size_t)(held[i] = dims[i]);
    *tensor = (struct onnx_tensor){.name = name,
                                   .type = ONNX_FLOAT,
                                   .rank = rank,
                                   .dims = held,
                                   .bytes = numbers,
                                   .size = count * sizeof *numbers};
    return name;
}

static struct onnx_node *put_node(struct writer *w, const char *type, int index, size_t inputs,
                                  const char *output)
{
    struct onnx_node *node = &w->nodes[w->node_count++];
    const char **names = take(w, inputs + 2, sizeof *names);
    struct onnx_attribute *attributes = take(w, MOST_ATTRIBUTES, sizeof *attributes);
    if (!names || !attributes) return NULL;
    *node = (struct onnx_node){.name = name_of(w, type, index, ""),
                               .op_type = type,
                               .domain = "",
                               .input_count = inputs,
                               .output_count = 1,
                               .inputs = names,
                               .outputs = names + inputs,
                               .attributes = attributes};
    names[inputs] = output;
    return node;
}

static void set_input(struct onnx_node *node, size_t i, const char *name)
{
    ((const char **)node->inputs)[i] = name;
}

static struct onnx_attribute *put_attribute(struct onnx_node *node, const char *name,
                                            enum onnx_attribute_kind kind)
{
    struct onnx_attribute *attribute = (struct onnx_attribute *)&node->attributes[node->attribute_count++];
    attribute->name = name;
    attribute->kind = kind;
    return attribute;
}

static void put_integers(struct onnx_node *node, const char *name, size_t count, const int64_t *values)
{
    struct onnx_attribute *attribute = put_attribute(node, name, ONNX_ATTR_INTS);
    attribute->count = count;
    attribute->ints = values;
}

static void put_text(struct onnx_node *node, const char *name, const char *text)
{
    put_attribute(node, name, ONNX_ATTR_STRING)->s = text;
}

static const int64_t twos[2] = {2, 2}, threes[2] = {3, 3}, ones[4] = {1, 1, 1, 1}, zeros[4] = {0};

static void put_conv(struct writer *w, int index, const char *output)
{
    const struct layer *layer = &w->graph->layers[index];
    int64_t in_channels = w->graph->layers[layer->inputs[0]].channels;
    int64_t dims[4] = {layer->channels, in_channels, layer->kernel, layer->kernel};
    struct onnx_node *node = put_node(w, "Conv", index, layer->has_bias ? 3 : 2, output);
    if (!node) return;
    set_input(node, 0, value_name(w, layer->inputs[0]));
    set_input(node, 1,
              put_tensor(w, name_of(w, "layer", index, ".weight"), 4, dims, w->parameters + layer->weights));
    if (layer->has_bias)
        set_input(node, 2,
                  put_tensor(w, name_of(w, "layer", index, ".bias"), 1, dims, w->parameters + layer->bias));
    put_integers(node, "kernel_shape", 2, layer->kernel == 3 ? threes : ones);
    put_integers(node, "pads", 4, layer->kernel == 3 ? ones : zeros);
}

static void put_norm(struct writer *w, int index, const char *output)
{
    const struct layer *layer = &w->graph->layers[index];
    const int64_t dims[4] = {layer->channels};
    const struct {
        const char *tail;
        const float *numbers;
    } inputs[] = {{".scale", w->parameters + layer->weights},
                  {".shift", w->parameters + layer->bias},
                  {".mean", w->statistics + layer->statistics},
                  {".variance", w->statistics + layer->statistics + layer->channels}};
    struct onnx_node *node = put_node(w, "BatchNormalization", index, 5, output);
    if (!node) return;
    set_input(node, 0, value_name(w, layer->inputs[0]));
    for (size_t i = 0; i < 4; i++)
        set_input(node, i + 1,
                  put_tensor(w, name_of(w, "layer", index, inputs[i].tail), 1, dims, inputs[i].numbers));
    put_attribute(node, "epsilon", ONNX_ATTR_FLOAT)->f = (float)NETWORK_NORM_EPSILON;
}

/* A spread and the 1x1 convolution in front of it, (4C, I), are one transposed convolution, (I, C, 2, 2). */
static void put_spread(struct writer *w, int index, const char *output)
{
    const struct layer *layer = &w->graph->layers[index], *conv = &w->graph->layers[layer->inputs[0]];
    int64_t in_channels = w->graph->layers[conv->inputs[0]].channels, channels = layer->channels;
    const int64_t dims[4] = {in_channels, channels, 2, 2}, bias_dims[4] = {channels};
    float *weights = take(w, conv->weight_count, sizeof *weights);
    struct onnx_node *node = put_node(w, "ConvTranspose", index, 3, output);
    if (!node || !weights) return;
    for (int64_t i = 0; i < in_channels; i++)
        for (int64_t c = 0; c < channels; c++)
            for (int64_t place = 0; place < 4; place++)
                weights[(i * channels + c) * 4 + place] =
                    w->parameters[conv->weights + (size_t)((place * channels + c) * in_channels + i)];
    set_input(node, 0, value_name(w, conv->inputs[0]));
    set_input(node, 1, put_tensor(w, name_of(w, "layer", index, ".weight"), 4, dims, weights));
    set_input(node, 2,
              put_tensor(w, name_of(w, "layer", index, ".bias"), 1, bias_dims, w->parameters + layer->bias));
    put_integers(node, "kernel_shape", 2, twos);
    put_integers(node, "strides", 2, twos);
}

/* Whether a later layer wants to know where the pool found its values. */
static int is_unpooled(const struct layer_graph *graph, int pool)
{
    for (int i = pool + 1; i < graph->count; i++)
        if (graph->layers[i].kind == LAYER_UNPOOL && graph->layers[i].inputs[1] == pool) return 1;
    return 0;
}

static void put_pool(struct writer *w, int index, const char *output)
{
    struct onnx_node *node = put_node(w, "MaxPool", index, 1, output);
    if (!node) return;
    set_input(node, 0, value_name(w, w->graph->layers[index].inputs[0]));
    put_integers(node, "kernel_shape", 2, twos);
    put_integers(node, "strides", 2, twos);
    if (!is_unpooled(w->graph, index)) return;
    node->output_count = 2;
    ((const char **)node->outputs)[1] = indices_name(w, index);
}

static void put_unpool(struct writer *w, int index, const char *output)
{
    const struct layer *layer = &w->graph->layers[index];
    struct onnx_node *node = put_node(w, "MaxUnpool", index, 2, output);
    if (!node) return;
    set_input(node, 0, value_name(w, layer->inputs[0]));
    set_input(node, 1, indices_name(w, layer->inputs[1]));
    put_integers(node, "kernel_shape", 2, twos);
    put_integers(node, "strides", 2, twos);
}

static void put_repeat(struct writer *w, int index, const char *output)
{
    static const float scales[4] = {1, 1, 2, 2};
    static const int64_t four[4] = {4};
    struct onnx_node *node = put_node(w, "Resize", index, 3, output);
    if (!node) return;
    set_input(node, 0, value_name(w, w->graph->layers[index].inputs[0]));
    set_input(node, 1, "");
    set_input(node, 2, put_tensor(w, name_of(w, "layer", index, ".scales"), 1, four, scales));
    put_text(node, "mode", "nearest");
    put_text(node, "nearest_mode", "floor");
    put_text(node, "coordinate_transformation_mode", "asymmetric");
}

static void put_pair(struct writer *w, int index, const char *output)
{
    const struct layer *layer = &w->graph->layers[index];
    int concat = layer->kind == LAYER_CONCAT;
    struct onnx_node *node = put_node(w, concat ? "Concat" : "Add", index, 2, output);
    if (!node) return;
    for (size_t i = 0; i < 2; i++) set_input(node, i, value_name(w, layer->inputs[i]));
    if (concat) put_attribute(node, "axis", ONNX_ATTR_INT)->i = 1;
}

static int is_spread(const struct layer_graph *graph, int conv)
{
    for (int i = conv + 1; i < graph->count; i++)
        if (graph->layers[i].kind == LAYER_SPREAD && graph->layers[i].inputs[0] == conv) return 1;
    return 0;
}

static void put_layer(struct writer *w, int index)
{
    const struct layer *layer = &w->graph->layers[index];
    const char *output = layer->relu ? name_of(w, "value", index, ".before") : value_name(w, index);
    switch (layer->kind) {
    case LAYER_INPUT:
        return;
    case LAYER_CONV:
        if (is_spread(w->graph, index)) return;
        put_conv(w, index, output);
        break;
    case LAYER_NORM:
        put_norm(w, index, output);
        break;
    case LAYER_POOL:
        put_pool(w, index, output);
        break;
    case LAYER_UNPOOL:
        put_unpool(w, index, output);
        break;
    case LAYER_REPEAT:
        put_repeat(w, index, output);
        break;
    case LAYER_SPREAD:
        put_spread(w, index, output);
        break;
    case LAYER_CONCAT:
    case LAYER_ADD:
        put_pair(w, index, output);
        break;
    }
    if (!layer->relu) return;
    struct onnx_node *node = put_node(w, "Relu", index, 1, value_name(w, index));
    if (node) set_input(node, 0, output);
}

static void put_softmax(struct writer *w)
{
    int last = w->graph->count - 1;
    struct onnx_node *node = put_node(w, "Softmax", last, 1, "probability");
    if (!node) return;
    set_input(node, 0, value_name(w, last));
    put_attribute(node, "axis", ONNX_ATTR_INT)->i = 1;
}

fringe_status network_onnx_write(const struct layer_graph *graph, const float *parameters,
                                 const float *statistics, const char *path, fringe_error *error)
{
    static const char *const symbols[4] = {"batch", "", "height", "width"};
    const struct onnx_opset opset = {"", OPSET};
    const int64_t in_dims[4] = {-1, graph->layers[0].channels, -1, -1};
    const int64_t out_dims[4] = {-1, graph->layers[graph->count - 1].channels, -1, -1};
    const struct onnx_value input = {"image", ONNX_FLOAT, 4, in_dims, symbols};
    const struct onnx_value output = {"probability", ONNX_FLOAT, 4, out_dims, symbols};
    struct writer w = {.graph = graph, .parameters = parameters, .statistics = statistics};
    size_t layers = (size_t)graph->count;
    /* Transposed weights, and for each layer names, inputs and attributes. */
    w.arena = arena_create(graph->parameter_count * sizeof(float) + layers * 8192 + 65536);
    if (!w.arena) return failure_memory(error, "an ONNX file", graph->parameter_count * sizeof(float));
    w.nodes = take(&w, layers * LAYER_NODES + 1, sizeof *w.nodes);
    w.tensors = take(&w, layers * LAYER_TENSORS, sizeof *w.tensors);
    for (int i = 0; i < graph->count && !w.starved; i++) put_layer(&w, i);
    if (!w.starved) put_softmax(&w);
    fringe_status status = FRINGE_OK;
    if (w.starved) status = failure_memory(error, "an ONNX file", graph->parameter_count * sizeof(float));
    const struct onnx_model model = {.ir_version = IR_VERSION,
                                     .producer = "Fringe",
                                     .graph_name = "network",
                                     .opset = OPSET,
                                     .opset_count = 1,
                                     .opsets = &opset,
                                     .node_count = w.node_count,
                                     .nodes = w.nodes,
                                     .initializer_count = w.tensor_count,
                                     .initializers = w.tensors,
                                     .input_count = 1,
                                     .inputs = &input,
                                     .output_count = 1,
                                     .outputs = &output};
    if (!status) status = onnx_model_write(path, &model, error);
    arena_free(w.arena);
    return status;
}
