#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "nn/graph_passes.h"
#include "nn/operator_families.h"
#include "nn/operator_params.h"
#include "tensor/dense_pick.h"

/* A value v as the transpose of another: axis k of v is axis axes[k] of value `of`. Nobody has computed v yet
 * unless `made`. */
struct view {
    int of; /* -1: v is what it is */
    int axes[TENSOR_MOST_DIMS];
    int made;
    const struct onnx_node *source; /* the Transpose that it comes from, for messages */
};

struct layout {
    struct graph *graph;
    const fringe_run *run;
    const struct operator_entry *transpose;
    struct view *views; /* one for each value */
    size_t value_room;
    int *forward; /* for each value the one that stands for it */
    struct graph_node *nodes;
    size_t node_count;
    int *links, *link; /* new lists of the nodes, and where the next one goes */
};

/* ---- values ---- */

static fringe_status add_value(struct layout *l, const char *name, enum tensor_type type, int rank,
                               const int64_t *dims, int *index, fringe_error *error)
{
    struct graph *graph = l->graph;
    if (graph->value_count == l->value_room) {
        size_t room = 2 * l->value_room + 16;
        struct graph_value *values = alloc_resize(graph->values, room, sizeof *values);
        if (values) graph->values = values;
        struct view *views = alloc_resize(l->views, room, sizeof *views);
        if (views) l->views = views;
        int *forward = alloc_resize(l->forward, room, sizeof *forward);
        if (forward) l->forward = forward;
        if (!values || !views || !forward) return failure_memory(error, "values", room * sizeof *values);
        l->value_room = room;
    }
    *index = (int)graph->value_count++;
    graph->values[*index] = (struct graph_value){.name = name, .producer = -1};
    l->views[*index] = (struct view){.of = -1};
    l->forward[*index] = *index;
    return tensor_set_shape(&graph->values[*index].tensor, type, rank, dims, name, error);
}

/* A new node with lists for its inputs and outputs. */
static struct graph_node *add_node(struct layout *l, const struct graph_node *from)
{
    struct graph_node *node = &l->nodes[l->node_count++];
    *node = *from;
    node->inputs = l->link;
    node->outputs = l->link += from->input_count;
    l->link += from->output_count;
    return node;
}

static fringe_status add_transpose(struct layout *l, const struct onnx_node *source, int from, int to,
                                   const int *axes, fringe_error *error)
{
    struct transpose_params *params = alloc_array(1, sizeof *params);
    if (!params) return failure_memory(error, "transpose", sizeof *params);
    params->rank = l->graph->values[from].tensor.rank;
    memcpy(params->permutation, axes, sizeof params->permutation);
    const struct graph_node plain = {
        .operator= l->transpose, .source = source, .input_count = 1, .output_count = 1, .params = params};
    struct graph_node *node = add_node(l, &plain);
    node->inputs[0] = from;
    node->outputs[0] = to;
    return FRINGE_OK;
}

/* Sees to it that a value is there, computing it from what it is a view of. */
static fringe_status make(struct layout *l, int value, fringe_error *error)
{
    struct view *view = &l->views[value];
    if (view->of < 0 || view->made) return FRINGE_OK;
    view->made = 1;
    return add_transpose(l, view->source, view->of, value, view->axes, error);
}

/* A constant under the axes that its partners have: as many axes as they, leading ones where it has fewer. */
static fringe_status turn_constant(struct layout *l, int value, int rank, const int *axes, int *result,
                                   fringe_error *error)
{
    const struct graph_value *from = &l->graph->values[value];
    int missing = rank - from->tensor.rank;
    int64_t own[TENSOR_MOST_DIMS], dims[TENSOR_MOST_DIMS], strides[TENSOR_MOST_DIMS] = {0};
    dense_strides(&from->tensor, own);
    for (int k = 0; k < rank; k++) {
        dims[axes[k]] = k < missing ? 1 : from->tensor.dims[k - missing];
        strides[axes[k]] = k < missing ? 0 : own[k - missing];
    }
    enum tensor_type type = from->tensor.type;
    fringe_status status = add_value(l, from->name, type, rank, dims, result, error);
    if (status) return status;
    struct tensor *to = &l->graph->values[*result].tensor;
    struct dense_pick pick;
    status = tensor_allocate(to, error);
    if (status) return status;
    status = dense_pick_create(&pick, rank, dims, error);
    if (status) return status;
    dense_pick_strides(&pick, strides);
    status = dense_pick_apply(&pick, tensor_type_bytes(type), l->graph->values[value].tensor.data, NULL,
                              to->data, l->run, error);
    dense_pick_free(&pick);
    return status;
}

/* ---- operators that do not mind ---- */

static int has_infer(const struct graph_node *node,
                     fringe_status (*infer)(struct operator_call *, fringe_error *))
{
    return node->operator->infer == infer;
}

static int works_by_value(const struct graph_node *node)
{
    return has_infer(node, operator_unary_infer) || has_infer(node, operator_not_infer) ||
           has_infer(node, operator_cast_infer) || has_infer(node, operator_binary_infer) ||
           has_infer(node, operator_where_infer) ||
           (has_infer(node, operator_clip_infer) && !((struct unary_params *)node->params)->bounds_vary);
}

/* Which inputs must be views: all, or the first alone. */
static size_t data_inputs(const struct graph_node *node)
{
    int all = has_infer(node, operator_binary_infer) || has_infer(node, operator_where_infer) ||
              has_infer(node, operator_concat_infer);
    return all ? node->input_count : 1;
}

static int is_movable(const struct graph_node *node)
{
    if (has_infer(node, operator_softmax_infer)) {
        const struct softmax_params *params = node->params; /* over one axis, not over a flattened tail */
        return params->end == params->axis + 1;
    }
    return works_by_value(node) || has_infer(node, operator_concat_infer) ||
           has_infer(node, operator_split_infer) || has_infer(node, operator_pad_infer) ||
           has_infer(node, operator_slice_infer) || has_infer(node, operator_resize_infer) ||
           has_infer(node, operator_reduce_infer) || has_infer(node, operator_arg_infer);
}

/* Lets the params speak of the axes of the source: axis k becomes axes[k]. */
static void turn_params(struct graph_node *node, int rank, const int *axes)
{
    if (has_infer(node, operator_softmax_infer)) {
        struct softmax_params *params = node->params;
        params->axis = axes[params->axis];
        params->end = params->axis + 1;
    } else if (has_infer(node, operator_concat_infer)) {
        struct concat_params *params = node->params;
        params->axis = axes[params->axis];
    } else if (has_infer(node, operator_split_infer)) {
        struct split_params *params = node->params;
        params->axis = axes[params->axis];
    } else if (has_infer(node, operator_arg_infer)) {
        struct arg_params *params = node->params;
        params->axis = axes[params->axis];
    } else if (has_infer(node, operator_reduce_infer)) {
        struct reduce_params *params = node->params;
        unsigned before = params->axes;
        params->axes = 0;
        for (int k = 0; k < rank; k++) params->axes |= (before >> k & 1) << axes[k];
    } else if (has_infer(node, operator_pad_infer)) {
        struct pad_params *params = node->params, before = *params;
        for (int k = 0; k < rank; k++) {
            params->begin[axes[k]] = before.begin[k];
            params->end[axes[k]] = before.end[k];
        }
    } else if (has_infer(node, operator_slice_infer)) {
        struct slice_params *params = node->params, before = *params;
        for (int k = 0; k < rank; k++) {
            params->start[axes[k]] = before.start[k];
            params->step[axes[k]] = before.step[k];
        }
    } else if (has_infer(node, operator_resize_infer)) {
        struct resize_params *params = node->params, before = *params;
        for (int k = 0; k < rank; k++) params->axes[axes[k]] = before.axes[k];
    }
}

/* The axes that a reduction takes away (not those that it keeps with length 1), as bits, of the view. */
static unsigned removed_axes(const struct graph_node *node)
{
    if (has_infer(node, operator_reduce_infer)) {
        const struct reduce_params *params = node->params;
        return params->keepdims ? 0 : params->axes;
    }
    if (has_infer(node, operator_arg_infer)) {
        const struct arg_params *params = node->params;
        return params->keepdims ? 0 : 1u << params->axis;
    }
    return 0;
}

/* The view's axes without the removed ones, counted anew; the rank that is left. */
static int remove_axes(int rank, const int *axes, unsigned removed, int *left)
{
    int count = 0;
    for (int k = 0; k < rank; k++) {
        if (removed >> k & 1) continue;
        int before = 0; /* axes of the source that stay and come before this one */
        for (int j = 0; j < rank; j++) before += !(removed >> j & 1) && axes[j] < axes[k];
        left[count++] = before;
    }
    return count;
}

/* Whether all data inputs are views under the same axes, or constants; *first: one that is a view. */
static int inputs_agree(const struct layout *l, const struct graph_node *node, int *first)
{
    *first = -1;
    for (size_t k = 0; k < data_inputs(node); k++) {
        int value = node->inputs[k];
        const struct view *view = value < 0 ? NULL : &l->views[value];
        if (!view) return 0;
        if (view->of < 0) {
            if (!l->graph->values[value].tensor.data) return 0;
        } else if (*first < 0) {
            *first = value;
        } else {
            int rank = l->graph->values[value].tensor.rank;
            if (rank != l->graph->values[*first].tensor.rank ||
                memcmp(view->axes, l->views[*first].axes, (size_t)rank * sizeof *view->axes) != 0)
                return 0;
        }
    }
    if (*first < 0) return 0;
    /* Broadcasting to more axes than the view has would need axes that it does not know. */
    int rank = l->graph->values[*first].tensor.rank;
    for (size_t k = 0; k < data_inputs(node); k++)
        if (l->graph->values[node->inputs[k]].tensor.rank > rank) return 0;
    return 1;
}

/* Lets a node work on what its inputs are views of; its outputs become views. */
static fringe_status move_node(struct layout *l, struct graph_node *from, int first, fringe_error *error)
{
    struct view view = l->views[first]; /* a copy: the list may move */
    int rank = l->graph->values[first].tensor.rank, left[TENSOR_MOST_DIMS];
    int left_rank = remove_axes(rank, view.axes, removed_axes(from), left);
    turn_params(from, rank, view.axes);
    struct graph_node *node = add_node(l, from);
    from->params = NULL;
    for (size_t k = 0; k < node->input_count; k++) {
        int value = node->inputs[k] = from->inputs[k];
        if (k >= data_inputs(node) || value < 0) continue;
        if (l->views[value].of >= 0) {
            node->inputs[k] = l->views[value].of;
        } else if (tensor_count(&l->graph->values[value].tensor) != 1 ||
                   has_infer(node, operator_concat_infer)) {
            fringe_status status = turn_constant(l, value, rank, view.axes, &node->inputs[k], error);
            if (status) return status;
        }
    }
    int plain = 1;
    for (int k = 0; k < left_rank; k++) plain = plain && left[k] == k;
    for (size_t k = 0; k < node->output_count; k++) {
        int value = node->outputs[k] = from->outputs[k];
        if (value < 0 || plain) continue; /* the axis that made the difference may have been reduced away */
        const struct graph_value seen = l->graph->values[value];
        int64_t dims[TENSOR_MOST_DIMS];
        for (int i = 0; i < left_rank; i++) dims[left[i]] = seen.tensor.dims[i];
        fringe_status status =
            add_value(l, seen.name, seen.tensor.type, left_rank, dims, &node->outputs[k], error);
        if (status) return status;
        l->views[value] = (struct view){.of = node->outputs[k], .source = view.source};
        memcpy(l->views[value].axes, left, sizeof left);
    }
    return FRINGE_OK;
}

/* A Transpose is not computed but noted, together with what its input is a view of. */
static void note_transpose(struct layout *l, const struct graph_node *node)
{
    const struct transpose_params *params = node->params;
    int in = node->inputs[0], out = node->outputs[0], plain = 1;
    struct view view = {.of = l->views[in].of < 0 ? in : l->views[in].of, .source = node->source};
    for (int k = 0; k < params->rank; k++) {
        int axis = params->permutation[k];
        view.axes[k] = l->views[in].of < 0 ? axis : l->views[in].axes[axis];
        plain = plain && view.axes[k] == k;
    }
    if (plain)
        l->forward[out] = view.of;
    else
        l->views[out] = view;
}

static fringe_status rewrite_node(struct layout *l, struct graph_node *node, fringe_error *error)
{
    for (size_t k = 0; k < node->input_count; k++)
        if (node->inputs[k] >= 0) node->inputs[k] = l->forward[node->inputs[k]];
    int first;
    if (node->operator== l->transpose) {
        note_transpose(l, node);
        return FRINGE_OK;
    }
    if (is_movable(node) && inputs_agree(l, node, &first)) return move_node(l, node, first, error);
    for (size_t k = 0; k < node->input_count; k++) {
        fringe_status status = node->inputs[k] < 0 ? FRINGE_OK : make(l, node->inputs[k], error);
        if (status) return status;
    }
    struct graph_node *copy = add_node(l, node);
    node->params = NULL;
    memcpy(copy->inputs, node->inputs, node->input_count * sizeof *node->inputs);
    memcpy(copy->outputs, node->outputs, node->output_count * sizeof *node->outputs);
    return FRINGE_OK;
}

/* ---- the pass ---- */

static const int to_channels_first[TENSOR_MOST_DIMS] = {0, 3, 1, 2};
static const int to_channels_last[TENSOR_MOST_DIMS] = {0, 2, 3, 1};

/* Turns one input of the graph to (N, C, H, W), at the graph's beginning. */
static fringe_status turn_input(struct layout *l, int input, const struct onnx_node *source,
                                fringe_error *error)
{
    const struct graph_value seen = l->graph->values[input];
    int64_t dims[4];
    int turned;
    for (int k = 0; k < 4; k++) dims[k] = seen.tensor.dims[to_channels_first[k]];
    fringe_status status = add_value(l, seen.name, seen.tensor.type, 4, dims, &turned, error);
    if (!status) status = add_transpose(l, source, input, turned, to_channels_first, error);
    if (status) return status;
    l->views[input] = (struct view){.of = turned, .made = 1, .source = source};
    memcpy(l->views[input].axes, to_channels_last, sizeof to_channels_last);
    return FRINGE_OK;
}

/* Inputs that become (N, C, H, W) somewhere do so at once: what they pass on the way, a normalisation
 * perhaps, then comes behind the transpose. */
static fringe_status turn_inputs(struct layout *l, fringe_error *error)
{
    struct graph *graph = l->graph;
    fringe_status status = FRINGE_OK;
    int *origin =
        alloc_array(graph->value_count, sizeof *origin); /* 1 + the input that a value is made of, or 0 */
    if (!origin) return failure_memory(error, "layout", graph->value_count * sizeof *origin);
    for (size_t i = 0; i < graph->input_count; i++)
        if (!graph->values[graph->inputs[i]].tensor.data) origin[graph->inputs[i]] = 1 + graph->inputs[i];
    for (size_t i = 0; i < graph->node_count && !status; i++) {
        const struct graph_node *node = &graph->nodes[i];
        int from = 0;
        for (size_t k = 0; k < node->input_count; k++)
            if (node->inputs[k] >= 0 && origin[node->inputs[k]]) from = origin[node->inputs[k]];
        if (!from) continue;
        const struct transpose_params *params = node->params;
        if (node->operator== l->transpose) {
            if (params->rank == 4 && l->views[from - 1].of < 0 && graph->values[from - 1].tensor.rank == 4 &&
                !memcmp(params->permutation, to_channels_first, 4 * sizeof *to_channels_first))
                status = turn_input(l, from - 1, node->source, error);
        } else if (is_movable(node)) {
            for (size_t k = 0; k < node->output_count; k++)
                if (node->outputs[k] >= 0) origin[node->outputs[k]] = from;
        }
    }
    alloc_free(origin);
    return status;
}

fringe_status graph_layout(struct graph *graph, const fringe_run *run, fringe_error *error)
{
    struct layout l = {.graph = graph, .run = run, .value_room = graph->value_count};
    size_t links = 0, nodes = graph->node_count, values = 0;
    for (size_t i = 0; i < nodes; i++) {
        links += graph->nodes[i].input_count + graph->nodes[i].output_count;
        values += graph->nodes[i].output_count;
        if (has_infer(&graph->nodes[i], operator_transpose_infer)) l.transpose = graph->nodes[i].operator;
    }
    if (!l.transpose) return FRINGE_OK;
    /* At most one transpose is made for each node's output and each input of the graph. */
    size_t made = values + graph->input_count;
    fringe_status status = FRINGE_OK;
    l.views = alloc_array(graph->value_count, sizeof *l.views);
    l.forward = alloc_array(graph->value_count, sizeof *l.forward);
    l.nodes = alloc_array(nodes + made, sizeof *l.nodes);
    l.links = l.link = alloc_array(links + 2 * made, sizeof *l.links);
    if (!l.views || !l.forward || !l.nodes || !l.links) {
        status = failure_memory(error, "layout", (nodes + made) * sizeof *l.nodes);
        alloc_free(l.nodes);
        alloc_free(l.links);
        goto done;
    }
    for (size_t i = 0; i < graph->value_count; i++) {
        l.views[i].of = -1;
        l.forward[i] = (int)i;
    }
    status = turn_inputs(&l, error);
    for (size_t i = 0; i < nodes && !status; i++) status = rewrite_node(&l, &graph->nodes[i], error);
    for (size_t i = 0; i < graph->output_count && !status; i++) {
        graph->outputs[i] = l.forward[graph->outputs[i]];
        status = make(&l, graph->outputs[i], error);
    }
    for (size_t i = 0; i < nodes; i++)
        graph_node_release(&graph->nodes[i]); /* params that nobody took over */
    alloc_free(graph->nodes);
    alloc_free(graph->links);
    graph->nodes = l.nodes;
    graph->node_count = l.node_count;
    graph->links = l.links;
done:
    alloc_free(l.views);
    alloc_free(l.forward);
    return status;
}
