/* network_onnx_read.c - nodes become layers, one after the other; what does not fit is refused by name. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "onnx/onnx_model.h"
#include "train/network_onnx.h"

enum { MOST_NODES = 8 * LAYER_GRAPH_MOST };

/* Where a layer's numbers lie in the file. A transposed convolution's are turned round when they are copied.
 */
struct numbers {
    const float *weights, *bias, *mean, *variance;
};

struct reader {
    const char *path;
    const struct onnx_model *model;
    struct layer_graph *graph;
    const char *names[LAYER_GRAPH_MOST]; /* of the layer's value, as far as it is built: behind its ReLU */
    const char *indices[LAYER_GRAPH_MOST];
    struct numbers numbers[LAYER_GRAPH_MOST];
    const struct onnx_node *node;
    fringe_error *error;
};

static fringe_status refuse(const struct reader *r, const char *why)
{
    return failure_set(r->error, FRINGE_UNSUPPORTED, "%s: node '%s' (%s): %s; it cannot be trained on",
                       r->path, r->node->name, r->node->op_type, why);
}

/* ---- looking things up ---- */

static int value_of(const struct reader *r, size_t input)
{
    if (input >= r->node->input_count) return -1;
    for (int i = r->graph->count - 1; i >= 0; i--)
        if (r->names[i] && strcmp(r->names[i], r->node->inputs[input]) == 0) return i;
    return -1;
}

/* An initializer of floats with this shape; a dimension of -1 may be anything. */
static const float *floats_of(const struct reader *r, size_t input, int rank, const int64_t *dims)
{
    if (input >= r->node->input_count) return NULL;
    for (size_t i = 0; i < r->model->initializer_count; i++) {
        const struct onnx_tensor *t = &r->model->initializers[i];
        if (strcmp(t->name, r->node->inputs[input]) != 0) continue;
        int fits = t->type == ONNX_FLOAT && t->rank == rank && t->bytes;
        for (int k = 0; fits && k < rank; k++) fits = dims[k] < 0 || dims[k] == t->dims[k];
        return fits ? t->bytes : NULL;
    }
    return NULL;
}

static int64_t dimension_of(const struct reader *r, size_t input, int axis)
{
    for (size_t i = 0; input < r->node->input_count && i < r->model->initializer_count; i++) {
        const struct onnx_tensor *t = &r->model->initializers[i];
        if (strcmp(t->name, r->node->inputs[input]) == 0) return axis < t->rank ? t->dims[axis] : 0;
    }
    return 0;
}

/* Whether an attribute is absent, or all its integers are `value`. */
static int all_are(const struct reader *r, const char *name, int64_t value)
{
    const struct onnx_attribute *attribute = onnx_node_attribute(r->node, name);
    if (!attribute) return 1;
    if (attribute->kind == ONNX_ATTR_INT) return attribute->i == value;
    if (attribute->kind != ONNX_ATTR_INTS) return 0;
    for (size_t i = 0; i < attribute->count; i++)
        if (attribute->ints[i] != value) return 0;
    return 1;
}

static int says(const struct reader *r, const char *name, const char *text)
{
    const struct onnx_attribute *attribute = onnx_node_attribute(r->node, name);
    return attribute && attribute->kind == ONNX_ATTR_STRING && strcmp(attribute->s, text) == 0;
}

static int pads_itself(const struct reader *r)
{
    return onnx_node_attribute(r->node, "auto_pad") && !says(r, "auto_pad", "NOTSET");
}

static int reader_count(const struct reader *r, const char *name)
{
    int count = 0;
    for (size_t i = 0; i < r->model->node_count; i++)
        for (size_t k = 0; k < r->model->nodes[i].input_count; k++)
            count += strcmp(r->model->nodes[i].inputs[k], name) == 0;
    return count;
}

/* Notes the name of the layer that was made last. */
static fringe_status name_value(struct reader *r, int index)
{
    if (r->graph->full) return refuse(r, "the network has too many layers or levels");
    r->names[index] = r->node->outputs[0];
    return FRINGE_OK;
}

/* ---- kinds of nodes ---- */

static fringe_status read_conv(struct reader *r)
{
    int x = value_of(r, 0);
    int64_t kernel = dimension_of(r, 1, 2), channels = dimension_of(r, 1, 0);
    int has_bias = r->node->input_count > 2 && *r->node->inputs[2];
    if (x < 0) return refuse(r, "its input is not made by a layer");
    if ((kernel != 1 && kernel != 3) || !all_are(r, "pads", kernel / 2) || pads_itself(r) ||
        !all_are(r, "strides", 1) || !all_are(r, "dilations", 1) || !all_are(r, "group", 1) ||
        (kernel == 3 && !onnx_node_attribute(r->node, "pads")))
        return refuse(r, "neither a 3x3 convolution that keeps the size nor a 1x1 one");
    const int64_t dims[4] = {channels, r->graph->layers[x].channels, kernel, kernel};
    const float *weights = floats_of(r, 1, 4, dims), *bias = has_bias ? floats_of(r, 2, 1, dims) : NULL;
    if (!weights || (has_bias && !bias) || channels < 1 || channels > INT16_MAX)
        return refuse(r, "its weights are no constant floats of the right shape");
    int index = layer_graph_conv(r->graph, x, (int32_t)channels, (int)kernel, has_bias, 0);
    r->numbers[index] = (struct numbers){.weights = weights, .bias = bias};
    return name_value(r, index);
}

static fringe_status read_norm(struct reader *r)
{
    const struct onnx_attribute *epsilon = onnx_node_attribute(r->node, "epsilon");
    int x = value_of(r, 0);
    if (x < 0 || r->graph->layers[x].kind != LAYER_CONV || r->graph->layers[x].relu ||
        reader_count(r, r->node->inputs[0]) != 1)
        return refuse(r, "its input is not a convolution of its own");
    if (epsilon && fabs((double)epsilon->f / NETWORK_NORM_EPSILON - 1) > 1e-3)
        return refuse(r, "its epsilon is not 1e-5");
    const int64_t dims[1] = {r->graph->layers[x].channels};
    const float *found[4];
    for (size_t i = 0; i < 4; i++)
        if (!(found[i] = floats_of(r, i + 1, 1, dims)))
            return refuse(r, "its numbers are no constant floats of the right shape");
    int index = layer_graph_norm(r->graph, x, 0);
    r->numbers[index] = (struct numbers){found[0], found[1], found[2], found[3]};
    return name_value(r, index);
}

static fringe_status read_relu(struct reader *r)
{
    int x = value_of(r, 0);
    if (x < 0 || reader_count(r, r->node->inputs[0]) != 1)
        return refuse(r, "its input is read by others too");
    struct layer *layer = &r->graph->layers[x];
    if (layer->relu || (layer->kind != LAYER_CONV && layer->kind != LAYER_NORM && layer->kind != LAYER_ADD))
        return refuse(r, "it stands behind neither a convolution nor a norm nor a sum");
    layer->relu = 1;
    return name_value(r, x);
}

static int is_by_two(const struct reader *r)
{
    return onnx_node_attribute(r->node, "kernel_shape") && all_are(r, "kernel_shape", 2) &&
           onnx_node_attribute(r->node, "strides") && all_are(r, "strides", 2) && all_are(r, "pads", 0) &&
           all_are(r, "dilations", 1) && all_are(r, "group", 1) && all_are(r, "ceil_mode", 0) &&
           all_are(r, "storage_order", 0) && all_are(r, "output_padding", 0) &&
           !onnx_node_attribute(r->node, "output_shape") && !pads_itself(r);
}

static fringe_status read_pool(struct reader *r)
{
    int x = value_of(r, 0);
    if (x < 0 || !is_by_two(r)) return refuse(r, "not a 2x2 maximum with stride 2");
    int index = layer_graph_pool(r->graph, x);
    if (r->node->output_count > 1) r->indices[index] = r->node->outputs[1];
    return name_value(r, index);
}

static fringe_status read_unpool(struct reader *r)
{
    int x = value_of(r, 0), pool = -1;
    for (int i = 0; i < r->graph->count && r->node->input_count == 2; i++)
        if (r->indices[i] && strcmp(r->indices[i], r->node->inputs[1]) == 0) pool = i;
    if (x < 0 || pool < 0 || !is_by_two(r)) return refuse(r, "it does not undo a 2x2 maximum of the network");
    const struct layer *from = &r->graph->layers[x], *to = &r->graph->layers[pool];
    if (from->level != to->level || from->channels != to->channels)
        return refuse(r, "its input has another shape than the pool that it undoes");
    return name_value(r, layer_graph_unpool(r->graph, x, pool));
}

static fringe_status read_resize(struct reader *r)
{
    const int64_t dims[1] = {4};
    const float *scales = floats_of(r, 2, 1, dims);
    int x = value_of(r, 0);
    if (x < 0 || !scales || scales[0] != 1 || scales[1] != 1 || scales[2] != 2 || scales[3] != 2 ||
        !says(r, "mode", "nearest") || !says(r, "coordinate_transformation_mode", "asymmetric") ||
        !says(r, "nearest_mode", "floor"))
        return refuse(r, "not a nearest upsampling by two");
    if (r->graph->layers[x].level == 0) return refuse(r, "its output is larger than the image");
    return name_value(r, layer_graph_repeat(r->graph, x));
}

static fringe_status read_transposed(struct reader *r)
{
    int x = value_of(r, 0);
    int64_t channels = dimension_of(r, 1, 1);
    if (x < 0 || !is_by_two(r)) return refuse(r, "not a 2x2 transposed convolution with stride 2");
    if (r->graph->layers[x].level == 0) return refuse(r, "its output is larger than the image");
    const int64_t dims[4] = {r->graph->layers[x].channels, channels, 2, 2};
    const float *weights = floats_of(r, 1, 4, dims), *bias = floats_of(r, 2, 1, dims + 1);
    if (!weights || !bias || channels < 1 || channels > INT16_MAX)
        return refuse(r, "its weights and bias are no constant floats of the right shape");
    int conv = layer_graph_conv(r->graph, x, 4 * (int32_t)channels, 1, 0, 0);
    int index = layer_graph_spread(r->graph, conv);
    r->numbers[conv].weights = weights;
    r->numbers[index].bias = bias;
    return name_value(r, index);
}

static fringe_status read_pair(struct reader *r)
{
    int a = value_of(r, 0), b = value_of(r, 1), concat = strcmp(r->node->op_type, "Concat") == 0;
    if (a < 0 || b < 0 || r->node->input_count != 2 || (concat && !all_are(r, "axis", 1)))
        return refuse(r, "its inputs are not two layers' values");
    const struct layer *first = &r->graph->layers[a], *second = &r->graph->layers[b];
    if (first->level != second->level || (!concat && first->channels != second->channels))
        return refuse(r, "its inputs have different shapes");
    if (first->channels + second->channels > INT16_MAX) return refuse(r, "too many channels");
    return name_value(r, concat ? layer_graph_concat(r->graph, a, b) : layer_graph_add(r->graph, a, b, 0));
}

static fringe_status read_node(struct reader *r)
{
    static const struct {
        const char *type;
        fringe_status (*read)(struct reader *r);
    } kinds[] = {{"Conv", read_conv},
                 {"BatchNormalization", read_norm},
                 {"Relu", read_relu},
                 {"MaxPool", read_pool},
                 {"MaxUnpool", read_unpool},
                 {"Resize", read_resize},
                 {"ConvTranspose", read_transposed},
                 {"Concat", read_pair},
                 {"Add", read_pair}};
    if (r->node->output_count < 1 || *r->node->domain) return refuse(r, "an operator of another kind");
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(r->node->op_type, kinds[i].type) == 0) return kinds[i].read(r);
    /* The loss has its own. */
    if (strcmp(r->node->op_type, "Softmax") == 0 && value_of(r, 0) == r->graph->count - 1 &&
        strcmp(r->node->outputs[0], r->model->outputs[0].name) == 0)
        return name_value(r, r->graph->count - 1);
    return refuse(r, "an operator of another kind");
}

/* ---- the whole ---- */

/* Weights that several layers share would part ways, and a small file could ask for any amount of memory. */
static fringe_status check_weights(const struct reader *r)
{
    size_t there = 0, taken = r->graph->parameter_count + r->graph->statistic_count;
    for (size_t i = 0; i < r->model->initializer_count; i++)
        if (r->model->initializers[i].type == ONNX_FLOAT)
            there += r->model->initializers[i].size / sizeof(float);
    if (taken <= there) return FRINGE_OK;
    return failure_set(r->error, FRINGE_UNSUPPORTED,
                       "%s: layers share weights (%zu are there, %zu are used); it cannot be trained on",
                       r->path, there, taken);
}

/* A layer that nothing reads would have no gradient. */
static fringe_status check_read(const struct reader *r)
{
    char is_read[LAYER_GRAPH_MOST] = {0};
    for (int i = 0; i < r->graph->count; i++)
        for (int k = 0; k < r->graph->layers[i].input_count; k++) is_read[r->graph->layers[i].inputs[k]] = 1;
    for (int i = 0; i + 1 < r->graph->count; i++)
        if (!is_read[i])
            return failure_set(r->error, FRINGE_UNSUPPORTED,
                               "%s: no node reads the value '%s'; it cannot be trained on", r->path,
                               r->names[i]);
    return FRINGE_OK;
}

static fringe_status read_graph(struct reader *r)
{
    const struct onnx_model *model = r->model;
    if (model->input_count != 1 || model->output_count != 1 || model->inputs[0].rank != 4 ||
        model->inputs[0].dims[1] < 1 || model->inputs[0].dims[1] > INT16_MAX)
        return failure_set(r->error, FRINGE_UNSUPPORTED,
                           "%s: not one image (N, C, H, W) in and one out; it cannot be trained on", r->path);
    /* Looking things up takes time by the product of both. */
    if (model->node_count > MOST_NODES || model->initializer_count > MOST_NODES)
        return failure_set(r->error, FRINGE_UNSUPPORTED,
                           "%s: %zu nodes and %zu constants, at most %d; it cannot be trained on", r->path,
                           model->node_count, model->initializer_count, (int)MOST_NODES);
    layer_graph_input(r->graph, (int32_t)model->inputs[0].dims[1]);
    r->names[0] = model->inputs[0].name;
    fringe_status status = FRINGE_OK;
    for (size_t i = 0; i < model->node_count && !status; i++) {
        r->node = &model->nodes[i];
        status = read_node(r);
    }
    if (status) return status;
    int last = r->graph->count - 1;
    if (r->graph->layers[last].kind != LAYER_CONV || r->graph->layers[last].level != 0 ||
        r->graph->layers[last].kernel != 1 || strcmp(r->names[last], model->outputs[0].name) != 0)
        return failure_set(r->error, FRINGE_UNSUPPORTED,
                           "%s: it does not end in a 1x1 convolution; it cannot be trained on", r->path);
    status = check_weights(r);
    return status ? status : check_read(r);
}

static void copy_numbers(const struct reader *r, float *parameters, float *statistics)
{
    for (int i = 0; i < r->graph->count; i++) {
        const struct layer *layer = &r->graph->layers[i];
        const struct numbers *from = &r->numbers[i];
        size_t channels = (size_t)layer->channels;
        int spreads = i + 1 < r->graph->count && r->graph->layers[i + 1].kind == LAYER_SPREAD;
        if (from->weights && !spreads)
            memcpy(parameters + layer->weights, from->weights, layer->weight_count * sizeof(float));
        /* (I, C, 2, 2) to (4C, I): channel k of the convolution is place k / C of channel k % C. */
        size_t in_channels = channels ? layer->weight_count / channels : 0;
        for (size_t k = 0; from->weights && spreads && k < channels; k++)
            for (size_t c = 0; c < in_channels; c++)
                parameters[layer->weights + k * in_channels + c] =
                    from->weights[(c * (channels / 4) + k % (channels / 4)) * 4 + k / (channels / 4)];
        if (from->bias) memcpy(parameters + layer->bias, from->bias, layer->bias_count * sizeof(float));
        if (!from->mean) continue;
        memcpy(statistics + layer->statistics, from->mean, channels * sizeof(float));
        memcpy(statistics + layer->statistics + channels, from->variance, channels * sizeof(float));
    }
}

fringe_status network_onnx_read(const char *path, struct network_onnx *read, fringe_error *error)
{
    struct onnx_model *model = NULL;
    struct reader *r = alloc_array(1, sizeof *r);
    memset(read, 0, sizeof *read);
    if (!r) return failure_memory(error, "a network's layers", sizeof *r);
    fringe_status status = onnx_model_read(path, &model, error);
    if (!status) {
        *r = (struct reader){.path = path, .model = model, .graph = &read->graph, .error = error};
        status = read_graph(r);
    }
    if (!status) {
        read->parameters = alloc_array(read->graph.parameter_count, sizeof(float));
        read->statistics = alloc_array(read->graph.statistic_count, sizeof(float));
        if (read->parameters && read->statistics)
            copy_numbers(r, read->parameters, read->statistics);
        else
            status = failure_memory(error, "a network's weights", 4 * read->graph.parameter_count);
    }
    onnx_model_free(model);
    alloc_free(r);
    if (status) network_onnx_clear(read);
    return status;
}

void network_onnx_clear(struct network_onnx *read)
{
    alloc_free(read->parameters);
    alloc_free(read->statistics);
    read->parameters = read->statistics = NULL;
}
