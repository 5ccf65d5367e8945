#include "nn/graph.h"

#include <limits.h>
#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "base/run_state.h"
#include "nn/graph_names.h"
#include "nn/graph_passes.h"
#include "nn/operator_values.h"

enum { MOST_NODES = 100000, MOST_LINKS = 4000000 };

/* A result is folded when it is small or no larger than what it is made of; all results together are bounded
 * too, by what the file itself brings: forty Concats that each double a constant are a few hundred bytes. */
static const size_t small_bytes = (size_t)16 << 20;
static const size_t free_folded_bytes = (size_t)128 << 20;
enum { FOLDED_PER_WEIGHT = 4 };
/* What folding reads, again and again perhaps, is bounded to this many times that. */
enum { READ_PER_FOLDED = 64 };

struct builder {
    const struct onnx_model *model;
    const fringe_run *run;
    struct graph *graph;
    struct graph_names names;
    int *forward; /* for each value the one that stands for it: itself, or the input of an Identity */
    const struct tensor **inputs; /* of the node at hand */
    size_t folded_bytes, most_folded_bytes, read_bytes;
};

/* ---- values and links ---- */

static fringe_status count_links(const struct onnx_model *model, size_t *values, size_t *links,
                                 size_t *most_inputs, fringe_error *error)
{
    *values = model->input_count + model->initializer_count;
    *links = *most_inputs = 0;
    if (model->node_count > MOST_NODES || *values > MOST_LINKS)
        return failure_set(error, FRINGE_UNSUPPORTED,
                           "the graph has %zu nodes and %zu inputs, more than %d or %d", model->node_count,
                           *values, MOST_NODES, MOST_LINKS);
    for (size_t i = 0; i < model->node_count; i++) {
        const struct onnx_node *node = &model->nodes[i];
        *links += node->input_count + node->output_count;
        *values += node->output_count;
        if (node->input_count > *most_inputs) *most_inputs = node->input_count;
        if (*links > MOST_LINKS || node->output_count > OPERATOR_MOST_OUTPUTS)
            return failure_set(
                error, FRINGE_UNSUPPORTED,
                "node '%s' (%s) has %zu inputs and %zu outputs, the graph %zu so far; more than %d or %d",
                node->name, node->op_type, node->input_count, node->output_count, *links, MOST_LINKS,
                OPERATOR_MOST_OUTPUTS);
    }
    return FRINGE_OK;
}

static struct graph_value *add_value(struct graph *graph, const char *name, int producer)
{
    struct graph_value *value = &graph->values[graph->value_count++];
    value->name = name;
    value->producer = producer;
    return value;
}

static fringe_status allocate_graph(struct builder *b, fringe_error *error)
{
    struct graph *graph = b->graph;
    size_t values, links, most_inputs;
    fringe_status status = count_links(b->model, &values, &links, &most_inputs, error);
    if (status) return status;
    graph->model = b->model;
    graph->values = alloc_array(values, sizeof *graph->values);
    graph->nodes = alloc_array(b->model->node_count, sizeof *graph->nodes);
    graph->links = alloc_array(links, sizeof *graph->links);
    graph->inputs = alloc_array(b->model->input_count, sizeof *graph->inputs);
    graph->outputs = alloc_array(b->model->output_count, sizeof *graph->outputs);
    b->forward = alloc_array(values, sizeof *b->forward);
    b->inputs = alloc_array(most_inputs, sizeof *b->inputs);
    if (graph->values && graph->nodes && graph->links && graph->inputs && graph->outputs && b->forward &&
        b->inputs)
        return FRINGE_OK;
    return failure_memory(error, "graph", values * sizeof *graph->values);
}

/* Lists inputs, initializers and the nodes' outputs as values; nodes stay in the file's order. */
static fringe_status add_values(struct builder *b, fringe_error *error)
{
    struct graph *graph = b->graph;
    const struct onnx_model *model = b->model;
    int *link = graph->links;
    for (size_t i = 0; i < model->input_count; i++) {
        graph->inputs[i] = (int)graph->value_count;
        add_value(graph, model->inputs[i].name, -1);
    }
    graph->input_count = model->input_count;
    b->most_folded_bytes = free_folded_bytes;
    for (size_t i = 0; i < model->initializer_count; i++) {
        b->most_folded_bytes += FOLDED_PER_WEIGHT * model->initializers[i].size;
        struct graph_value *value = add_value(graph, model->initializers[i].name, -1);
        fringe_status status = operator_tensor_view(&model->initializers[i], &value->tensor, error);
        if (status) return status;
    }
    for (size_t i = 0; i < model->node_count; i++) {
        const struct onnx_node *source = &model->nodes[i];
        struct graph_node *node = &graph->nodes[graph->node_count++];
        node->source = source;
        for (size_t k = 0; k < source->attribute_count; k++) /* Constant holds weights too */
            if (source->attributes[k].kind == ONNX_ATTR_TENSOR)
                b->most_folded_bytes += FOLDED_PER_WEIGHT * source->attributes[k].t->size;
        node->input_count = source->input_count;
        node->output_count = source->output_count;
        node->inputs = link;
        node->outputs = link += source->input_count;
        link += source->output_count;
        for (size_t k = 0; k < source->output_count; k++) {
            node->outputs[k] = *source->outputs[k] ? (int)graph->value_count : -1;
            if (*source->outputs[k]) add_value(graph, source->outputs[k], (int)i);
        }
    }
    for (size_t i = 0; i < graph->value_count; i++) b->forward[i] = (int)i;
    return graph_names_create(graph, &b->names, error);
}

static fringe_status link_nodes(struct builder *b, fringe_error *error)
{
    struct graph *graph = b->graph;
    for (size_t i = 0; i < graph->node_count; i++) {
        struct graph_node *node = &graph->nodes[i];
        for (size_t k = 0; k < node->input_count; k++) {
            const char *name = node->source->inputs[k];
            node->inputs[k] = *name ? graph_names_find(&b->names, name) : -1;
            if (*name && node->inputs[k] < 0)
                return failure_set(error, FRINGE_MODEL, "node '%s' (%s): input %zu '%s' is nowhere defined",
                                   node->source->name, node->source->op_type, k, name);
        }
    }
    for (size_t i = 0; i < b->model->output_count; i++) {
        graph->outputs[i] = graph_names_find(&b->names, b->model->outputs[i].name);
        if (graph->outputs[i] < 0)
            return failure_set(error, FRINGE_MODEL, "the graph's output '%s' is nowhere defined",
                               b->model->outputs[i].name);
    }
    graph->output_count = b->model->output_count;
    return FRINGE_OK;
}

static fringe_status bind_inputs(struct builder *b, const struct graph_binding *bindings, size_t count,
                                 fringe_error *error)
{
    for (size_t i = 0; i < count; i++) {
        const struct tensor *from = &bindings[i].tensor;
        int index = graph_names_find(&b->names, bindings[i].name);
        if (index < 0 || (size_t)index >= b->model->input_count)
            return failure_set(error, FRINGE_MODEL, "the graph has no input '%s'", bindings[i].name);
        const struct onnx_value *declared = &b->model->inputs[index];
        struct tensor *to = &b->graph->values[index].tensor;
        enum tensor_type type;
        if (!operator_type_of(declared->type, &type))
            return failure_set(error, FRINGE_UNSUPPORTED, "input '%s': element type %s (%d) is not supported",
                               declared->name, operator_type_text(declared->type), (int)declared->type);
        if (type != from->type || (declared->rank >= 0 && declared->rank != from->rank))
            return failure_set(error, FRINGE_MODEL, "input '%s' is %s of rank %d, given is %s of rank %d",
                               declared->name, tensor_type_name(type), declared->rank,
                               tensor_type_name(from->type), from->rank);
        fringe_status status = tensor_set_shape(to, type, from->rank, from->dims, declared->name, error);
        if (status) return status;
        b->forward[index] = -1; /* seen; put right below */
        if (!from->data) continue;
        status = tensor_allocate(to, error);
        if (status) return status;
        if (tensor_bytes(to)) memcpy(to->data, from->data, tensor_bytes(to));
    }
    for (size_t i = 0; i < b->model->input_count; i++) {
        if (b->forward[i] >= 0)
            return failure_set(error, FRINGE_MODEL, "nothing is known of input '%s'",
                               b->model->inputs[i].name);
        b->forward[i] = (int)i;
    }
    return FRINGE_OK;
}

/* ---- inference and folding ---- */

void graph_node_release(struct graph_node *node)
{
    if (node->params && node->operator->release) node->operator->release(node->params);
    alloc_free(node->params);
    node->params = NULL;
}

/* Counts memory that compiling takes for a node, and what folding reads for it. */
static fringe_status charge(struct builder *b, const struct graph_node *node, size_t kept, size_t read,
                            fringe_error *error)
{
    b->folded_bytes += kept;
    b->read_bytes += read;
    if (b->folded_bytes <= b->most_folded_bytes && b->read_bytes / READ_PER_FOLDED <= b->most_folded_bytes)
        return FRINGE_OK;
    return failure_set(
        error, FRINGE_UNSUPPORTED,
        "node '%s' (%s): constants of %zu bytes were computed from %zu bytes, more than %zu from %d "
        "times that",
        node->source->name, node->source->op_type, b->folded_bytes, b->read_bytes, b->most_folded_bytes,
        READ_PER_FOLDED);
}

/* Computes a node now if that can be done and its results are worth being kept; *folded says whether. */
static fringe_status fold(struct builder *b, const struct graph_node *node, struct tensor *const *outputs,
                          int *folded, fringe_error *error)
{
    size_t in = 0, out = 0;
    *folded = 0;
    if (node->operator->heavy) return FRINGE_OK;
    for (size_t k = 0; k < node->input_count; k++) {
        if (!b->inputs[k]) continue;
        if (!b->inputs[k]->data && !node->operator->shape_only) return FRINGE_OK;
        in += tensor_bytes(b->inputs[k]);
    }
    for (size_t k = 0; k < node->output_count; k++)
        if (outputs[k]) out += tensor_bytes(outputs[k]);
    if (out > small_bytes && out > in) return FRINGE_OK;
    *folded = 1;
    fringe_status status = charge(b, node, out, node->operator->shape_only ? 0 : in, error);
    for (size_t k = 0; k < node->output_count && !status; k++) {
        if (!outputs[k]) continue;
        status = tensor_allocate(outputs[k], error);
        b->graph->values[node->outputs[k]].producer = -1;
    }
    return status ? status : graph_node_evaluate(b->graph, node, b->inputs, outputs, b->run, error);
}

/* Infers one node; *kept is 0 when nothing of it is left to do at run time. */
static fringe_status compile_node(struct builder *b, struct graph_node *node, int *kept, fringe_error *error)
{
    struct graph *graph = b->graph;
    struct tensor *outputs[OPERATOR_MOST_OUTPUTS] = {0};
    fringe_status status = operator_find(node->source, b->model->opset, &node->operator, error);
    if (!status) status = run_state_check(b->run, error);
    if (status) return status;
    for (size_t k = 0; k < node->input_count; k++) {
        if (node->inputs[k] >= 0) node->inputs[k] = b->forward[node->inputs[k]];
        b->inputs[k] = node->inputs[k] < 0 ? NULL : &graph->values[node->inputs[k]].tensor;
    }
    for (size_t k = 0; k < node->output_count; k++)
        if (node->outputs[k] >= 0) outputs[k] = &graph->values[node->outputs[k]].tensor;
    if (node->operator->params_bytes) {
        node->params = alloc_array(1, node->operator->params_bytes);
        if (!node->params) return failure_memory(error, "node", node->operator->params_bytes);
    }
    struct operator_call call = {.node = node->source,
                                 .opset = (int)b->model->opset,
                                 .input_count = node->input_count,
                                 .output_count = node->output_count,
                                 .inputs = b->inputs,
                                 .outputs = outputs,
                                 .params = node->params,
                                 .run = b->run};
    status = node->operator->infer(&call, error);
    if (!status && node->operator->owned_bytes)
        status = charge(b, node, node->operator->owned_bytes(node->params), 0, error);
    if (status) return status;
    *kept = 0;
    int only_first = node->output_count == 1 || (node->output_count > 1 && node->outputs[1] < 0);
    if (node->operator->forwards && only_first && node->outputs[0] >= 0 && b->graph->values[node->outputs[0]]
            .tensor.type == b->graph->values[node->inputs[0]]
            .tensor.type) {
        b->forward[node->outputs[0]] = node->inputs[0];
        return FRINGE_OK;
    }
    int folded;
    status = fold(b, node, outputs, &folded, error);
    *kept = !folded;
    return status;
}

/* Brings the nodes into order, keeps those that have something to do and forgets the others. */
static fringe_status compile_nodes(struct builder *b, fringe_error *error)
{
    struct graph *graph = b->graph;
    size_t all = graph->node_count, count = 0, kept_count = 0;
    int *order = alloc_array(all, sizeof *order);
    struct graph_node *nodes = alloc_array(all, sizeof *nodes);
    fringe_status status = FRINGE_OK;
    if (!order || !nodes) status = failure_memory(error, "nodes", all * sizeof *nodes);
    if (!status) status = graph_order(graph, order, &count, error);
    for (size_t i = 0; i < count && !status; i++) {
        struct graph_node *node = &graph->nodes[order[i]];
        int kept = 0;
        status = compile_node(b, node, &kept, error);
        if (!status && kept) {
            nodes[kept_count++] = *node;
            node->params = NULL;
        } else {
            graph_node_release(node);
        }
    }
    if (nodes) {
        alloc_free(graph->nodes);
        graph->nodes = nodes;
        graph->node_count = kept_count;
    }
    for (size_t i = 0; i < graph->output_count && !status; i++)
        graph->outputs[i] = b->forward[graph->outputs[i]];
    alloc_free(order);
    return status;
}

void graph_sweep(struct graph *graph)
{
    size_t kept = graph->node_count;
    for (size_t i = 0; i < graph->value_count; i++) graph->values[i].use_count = 0;
    for (size_t i = 0; i < graph->output_count; i++) graph->values[graph->outputs[i]].use_count++;
    /* From the end, so that all readers of a node are known when its turn comes; those that stay gather at
     * the end of the list. */
    for (size_t i = graph->node_count; i-- > 0;) {
        struct graph_node *node = &graph->nodes[i];
        int used = 0;
        for (size_t k = 0; k < node->output_count; k++) {
            if (node->outputs[k] < 0) continue;
            if (graph->values[node->outputs[k]].use_count)
                used = 1;
            else
                node->outputs[k] = -1;
        }
        if (!used) {
            graph_node_release(node);
            continue;
        }
        for (size_t k = 0; k < node->input_count; k++)
            if (node->inputs[k] >= 0) graph->values[node->inputs[k]].use_count++;
        graph->nodes[--kept] = *node;
    }
    graph->node_count -= kept;
    memmove(graph->nodes, graph->nodes + kept, graph->node_count * sizeof *graph->nodes);
    for (size_t i = 0; i < graph->value_count; i++) {
        if (graph->values[i].use_count == 0 && i >= graph->input_count)
            tensor_clear(&graph->values[i].tensor);
        graph->values[i].producer = -1;
    }
    for (size_t i = 0; i < graph->node_count; i++)
        for (size_t k = 0; k < graph->nodes[i].output_count; k++)
            if (graph->nodes[i].outputs[k] >= 0) graph->values[graph->nodes[i].outputs[k]].producer = (int)i;
}

/* ---- public ---- */

fringe_status graph_create(const struct onnx_model *model, const struct graph_binding *bindings,
                           size_t binding_count, const fringe_run *run, struct graph **result,
                           fringe_error *error)
{
    struct builder b = {.model = model};
    *result = NULL;
    fringe_status status = run_state_enter(run, &b.run, error);
    if (status) return status;
    b.graph = alloc_array(1, sizeof *b.graph);
    status = b.graph ? allocate_graph(&b, error) : failure_memory(error, "graph", sizeof *b.graph);
    if (!status) status = add_values(&b, error);
    if (!status) status = link_nodes(&b, error);
    if (!status) status = bind_inputs(&b, bindings, binding_count, error);
    if (!status) status = compile_nodes(&b, error);
    if (!status) graph_sweep(b.graph);
    if (!status) status = graph_layout(b.graph, b.run, error);
    if (!status) {
        graph_sweep(b.graph);
        *result = b.graph;
        b.graph = NULL;
    }
    graph_free(b.graph);
    graph_names_free(&b.names);
    alloc_free(b.forward);
    alloc_free(b.inputs);
    run_state_leave(run, b.run);
    return status;
}

void graph_free(struct graph *graph)
{
    if (!graph) return;
    for (size_t i = 0; i < graph->node_count; i++) graph_node_release(&graph->nodes[i]);
    for (size_t i = 0; i < graph->value_count; i++) tensor_clear(&graph->values[i].tensor);
    alloc_free(graph->values);
    alloc_free(graph->nodes);
    alloc_free(graph->links);
    alloc_free(graph->inputs);
    alloc_free(graph->outputs);
    alloc_free(graph);
}

fringe_status graph_check_operators(const struct onnx_model *model, fringe_error *error)
{
    fringe_status status = FRINGE_OK;
    for (size_t i = 0; i < model->node_count && !status; i++) {
        const struct operator_entry *entry;
        status = operator_find(&model->nodes[i], model->opset, &entry, error);
    }
    return status;
}

fringe_status graph_node_evaluate(const struct graph *graph, const struct graph_node *node,
                                  const struct tensor *const *inputs, struct tensor *const *outputs,
                                  const fringe_run *run, fringe_error *error)
{
    struct operator_call call = {.node = node->source,
                                 .opset = (int)graph->model->opset,
                                 .input_count = node->input_count,
                                 .output_count = node->output_count,
                                 .inputs = inputs,
                                 .outputs = outputs,
                                 .params = node->params,
                                 .run = run};
    return node->operator->evaluate(&call, error);
}
