#include "model/channels_first.h"

#include <string.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/failure.h"

enum { RANK = 4, MOST_ADDED = 3, ARENA_LIMIT_BYTES = 1 << 30 };

struct owned_model {
    struct onnx_model model;
    struct arena *arena;
};

/* What is being made. */
struct rewrite {
    struct arena *arena;
    struct onnx_node *nodes; /* room for MOST_ADDED more than the network has */
    size_t node_count;
    int starved;
};

static int is_image(const struct package_tensor *tensor)
{
    return tensor->rank == RANK && tensor->batch_axis >= 0 && tensor->channel_axis >= 0 &&
           tensor->y_axis >= 0 && tensor->x_axis >= 0;
}

/* axes[k]: where the k-th of N, C, H, W stands in the tensor. */
static void axes_of(const struct package_tensor *tensor, int64_t axes[RANK])
{
    axes[0] = tensor->batch_axis;
    axes[1] = tensor->channel_axis;
    axes[2] = tensor->y_axis;
    axes[3] = tensor->x_axis;
}

static int is_straight(const int64_t axes[RANK])
{
    return axes[0] == 0 && axes[1] == 1 && axes[2] == 2 && axes[3] == 3;
}

static void invert(const int64_t axes[RANK], int64_t inverse[RANK])
{
    for (int64_t k = 0; k < RANK; k++) inverse[axes[k]] = k;
}

static int is_transpose(const struct onnx_node *node, const int64_t perm[RANK])
{
    const struct onnx_attribute *own = onnx_node_attribute(node, "perm");
    return !*node->domain && strcmp(node->op_type, "Transpose") == 0 && node->input_count == 1 &&
           node->output_count == 1 && own && own->kind == ONNX_ATTR_INTS && own->count == RANK &&
           memcmp(own->ints, perm, RANK * sizeof *perm) == 0;
}

static void *take(struct rewrite *rewrite, size_t count, size_t size)
{
    void *block = arena_array(rewrite->arena, count, size);
    if (!block) rewrite->starved = 1;
    return block;
}

/* A name for the value in the network's own layout. */
static const char *layout_name(struct rewrite *rewrite, const char *name)
{
    static const char ending[] = ":own_layout";
    size_t length = strlen(name);
    char *text = take(rewrite, length + sizeof ending, 1);
    if (!text) return "";
    memcpy(text, name, length);
    memcpy(text + length, ending, sizeof ending);
    return text;
}

/* Appends a Transpose, or with perm NULL an Identity, which the compiler of graphs drops. */
static void add_node(struct rewrite *rewrite, const char *operator, const char * from, const char *to,
                     const int64_t *perm)
{
    const char **names = take(rewrite, 2, sizeof *names);
    struct onnx_attribute *attribute = take(rewrite, 1, sizeof *attribute);
    int64_t *ints = take(rewrite, RANK, sizeof *ints);
    if (rewrite->starved) return;
    names[0] = from;
    names[1] = to;
    if (perm) memcpy(ints, perm, RANK * sizeof *perm);
    *attribute =
        (struct onnx_attribute){.name = "perm", .kind = ONNX_ATTR_INTS, .s = "", .count = RANK, .ints = ints};
    rewrite->nodes[rewrite->node_count++] = (struct onnx_node){.name = to,
                                                               .op_type = operator,
                                                               .domain = "",
                                                               .input_count = 1,
                                                               .output_count = 1,
                                                               .attribute_count = perm ? 1 : 0,
                                                               .inputs = names,
                                                               .outputs = names + 1,
                                                               .attributes = attribute};
}

/* Gives one of a node's lists of names another name in place of `from`. */
static const char *const *rename_in(struct rewrite *rewrite, const char *const *names, size_t count,
                                    const char *from, const char *to)
{
    const char **copy = NULL;
    for (size_t i = 0; i < count; i++) {
        if (strcmp(names[i], from) != 0) continue;
        if (!copy) {
            copy = take(rewrite, count, sizeof *copy);
            if (!copy) return names;
            memcpy(copy, names, count * sizeof *copy);
        }
        copy[i] = to;
    }
    return copy ? copy : names;
}

/* The input is (N, C, H, W) from now on. Its readers get the network's own layout, but those that would turn
 * it back take it as it is. */
static void turn_input(struct rewrite *rewrite, const struct onnx_model *onnx, const int64_t axes[RANK])
{
    const char *name = onnx->inputs[0].name, *own = layout_name(rewrite, name);
    int64_t to_own[RANK];
    invert(axes, to_own);
    add_node(rewrite, "Transpose", name, own, to_own);
    for (size_t i = 0; i < onnx->node_count && !rewrite->starved; i++) {
        const struct onnx_node *node = &onnx->nodes[i];
        if (is_transpose(node, axes) && strcmp(node->inputs[0], name) == 0) {
            add_node(rewrite, "Identity", name, node->outputs[0], NULL);
            continue;
        }
        struct onnx_node *copy = &rewrite->nodes[rewrite->node_count++];
        *copy = *node;
        copy->inputs = rename_in(rewrite, node->inputs, node->input_count, name, own);
    }
}

/* The first output is (N, C, H, W) from now on: of what its Transpose turned, or turned by one of ours. */
static void turn_output(struct rewrite *rewrite, const struct onnx_model *onnx, const int64_t axes[RANK])
{
    const char *name = onnx->outputs[0].name, *own = layout_name(rewrite, name);
    int64_t to_own[RANK];
    const char *source = NULL;
    invert(axes, to_own);
    for (size_t i = 0; i < rewrite->node_count && !rewrite->starved; i++) {
        struct onnx_node *node = &rewrite->nodes[i];
        if (is_transpose(node, to_own) && strcmp(node->outputs[0], name) == 0) source = node->inputs[0];
        node->inputs = rename_in(rewrite, node->inputs, node->input_count, name, own);
        node->outputs = rename_in(rewrite, node->outputs, node->output_count, name, own);
    }
    if (source)
        add_node(rewrite, "Identity", source, name, NULL);
    else
        add_node(rewrite, "Transpose", own, name, axes);
}

/* A maximum over channels, or one channel picked, leaves (N, H, W). With N = 1 that is a plane for each
 * channel of the one image, and is told apart from nothing else by its shape. */
static int lacks_an_axis(const struct package *package)
{
    const struct package_tensor *output = &package->outputs[0];
    return output->rank == RANK - 1 && output->y_axis == 1 && output->x_axis == 2 &&
           package->onnx->outputs[0].rank == RANK - 1;
}

static struct onnx_attribute *axes_attribute(struct rewrite *rewrite, const char *name)
{
    struct onnx_attribute *attribute = take(rewrite, 1, sizeof *attribute);
    int64_t *axes = take(rewrite, 1, sizeof *axes); /* zeroed: axis 0 */
    if (!rewrite->starved)
        *attribute =
            (struct onnx_attribute){.name = name, .kind = ONNX_ATTR_INTS, .s = "", .count = 1, .ints = axes};
    return attribute;
}

/* The first output gets an axis in front. Its place is an attribute, from opset 13 on an input. */
static void add_output_axis(struct rewrite *rewrite, const struct onnx_model *onnx)
{
    enum { OPSET_OF_INPUT = 13 };
    const char *name = onnx->outputs[0].name, *own = layout_name(rewrite, name);
    const char *axes = layout_name(rewrite, own), **names = take(rewrite, 3, sizeof *names);
    int is_input = onnx->opset >= OPSET_OF_INPUT;
    struct onnx_attribute *place = axes_attribute(rewrite, is_input ? "value_ints" : "axes");
    if (rewrite->starved) return;
    for (size_t i = 0; i < rewrite->node_count && !rewrite->starved; i++) {
        struct onnx_node *node = &rewrite->nodes[i];
        node->inputs = rename_in(rewrite, node->inputs, node->input_count, name, own);
        node->outputs = rename_in(rewrite, node->outputs, node->output_count, name, own);
    }
    names[0] = own, names[1] = axes, names[2] = name;
    const struct onnx_node plain = {.name = name, .domain = "", .output_count = 1};
    struct onnx_node constant = plain, unsqueeze = plain;
    constant.op_type = "Constant";
    constant.inputs = constant.outputs = names + 1;
    constant.attributes = place;
    constant.attribute_count = 1;
    if (is_input) rewrite->nodes[rewrite->node_count++] = constant;
    unsqueeze.op_type = "Unsqueeze";
    unsqueeze.inputs = names;
    unsqueeze.input_count = is_input ? 2 : 1;
    unsqueeze.outputs = names + 2;
    unsqueeze.attributes = place;
    unsqueeze.attribute_count = is_input ? 0 : 1;
    rewrite->nodes[rewrite->node_count++] = unsqueeze;
}

/* The values, the first of them with a dimension of 1 in front. */
static struct onnx_value *widened_value(struct rewrite *rewrite, const struct onnx_value *value, size_t count)
{
    struct onnx_value *values = take(rewrite, count, sizeof *values);
    int64_t *dims = take(rewrite, RANK, sizeof *dims);
    const char **symbols = take(rewrite, RANK, sizeof *symbols);
    if (rewrite->starved) return NULL;
    memcpy(values, value, count * sizeof *values);
    dims[0] = 1;
    symbols[0] = "";
    memcpy(dims + 1, value->dims, (RANK - 1) * sizeof *dims);
    memcpy(symbols + 1, value->symbols, (RANK - 1) * sizeof *symbols);
    values[0].rank = RANK;
    values[0].dims = dims;
    values[0].symbols = symbols;
    return values;
}

/* The value with its dimensions in the order N, C, H, W. */
static struct onnx_value *turned_value(struct rewrite *rewrite, const struct onnx_value *value, size_t count,
                                       const int64_t axes[RANK])
{
    struct onnx_value *values = take(rewrite, count, sizeof *values);
    int64_t *dims = take(rewrite, RANK, sizeof *dims);
    const char **symbols = take(rewrite, RANK, sizeof *symbols);
    if (rewrite->starved) return NULL;
    memcpy(values, value, count * sizeof *values);
    if (value->rank != RANK) return values;
    for (int k = 0; k < RANK; k++) {
        dims[k] = value->dims[axes[k]];
        symbols[k] = value->symbols[axes[k]];
    }
    values[0].dims = dims;
    values[0].symbols = symbols;
    return values;
}

fringe_status channels_first_create(const struct package *package, struct onnx_model **model,
                                    fringe_error *error)
{
    const struct onnx_model *onnx = package->onnx;
    int64_t in[RANK], out[RANK];
    *model = NULL;
    if (!is_image(&package->inputs[0])) return FRINGE_OK;
    axes_of(&package->inputs[0], in);
    int turns_output = is_image(&package->outputs[0]), widens_output = lacks_an_axis(package);
    if (turns_output) {
        axes_of(&package->outputs[0], out);
        turns_output = !is_straight(out);
    }
    if (is_straight(in) && !turns_output && !widens_output) return FRINGE_OK;
    struct owned_model *owned = alloc_array(1, sizeof *owned);
    if (owned) owned->arena = arena_create(ARENA_LIMIT_BYTES);
    if (!owned || !owned->arena) {
        alloc_free(owned);
        return failure_memory(error, package->path, sizeof *owned);
    }
    struct rewrite rewrite = {.arena = owned->arena};
    rewrite.nodes = take(&rewrite, onnx->node_count + MOST_ADDED, sizeof *rewrite.nodes);
    owned->model = *onnx;
    if (!rewrite.starved) {
        turn_input(&rewrite, onnx, in);
        owned->model.inputs = turned_value(&rewrite, onnx->inputs, onnx->input_count, in);
    }
    if (!rewrite.starved && turns_output) {
        turn_output(&rewrite, onnx, out);
        owned->model.outputs = turned_value(&rewrite, onnx->outputs, onnx->output_count, out);
    }
    if (!rewrite.starved && widens_output) {
        add_output_axis(&rewrite, onnx);
        owned->model.outputs = widened_value(&rewrite, onnx->outputs, onnx->output_count);
    }
    if (rewrite.starved) {
        channels_first_free(&owned->model);
        return failure_memory(error, package->path, onnx->node_count * sizeof *rewrite.nodes);
    }
    owned->model.nodes = rewrite.nodes;
    owned->model.node_count = rewrite.node_count;
    *model = &owned->model;
    return FRINGE_OK;
}

void channels_first_free(struct onnx_model *model)
{
    if (!model) return;
    struct owned_model *owned = (struct owned_model *)model; /* its first member */
    arena_free(owned->arena);
    alloc_free(owned);
}
