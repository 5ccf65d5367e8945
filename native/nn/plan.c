/* plan.c - from a compiled graph to slots and steps. */
#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "base/run_state.h"
#include "nn/operator_families.h"
#include "nn/plan_build.h"

/* Which families of operators can run row by row, and who says how. All others are computed on dense tensors.
 */
static const struct {
    fringe_status (*family)(struct operator_call *call, fringe_error *error);
    plan_lower *lower;
} lowerings[] = {
    {operator_conv_infer, rows_conv_lower},
    {operator_conv_transpose_infer, rows_transposed_lower},
    {operator_pool_infer, rows_pool_lower},
    {operator_resize_infer, rows_resize_lower},
    {operator_pad_infer, rows_pad_lower},
    {operator_slice_infer, rows_slice_lower},
    {operator_expand_infer, rows_repeat_lower},
    {operator_tile_infer, rows_repeat_lower},
    {operator_split_infer, rows_split_lower},
    {operator_depth_infer, rows_depth_lower},
    {operator_batch_norm_infer, rows_norm_lower},
    {operator_softmax_infer, rows_softmax_lower},
    {operator_unary_infer, rows_unary_lower},
    {operator_clip_infer, rows_unary_lower},
    {operator_binary_infer, rows_binary_lower},
    {operator_reduce_infer, rows_reduce_lower},
    {operator_group_norm_infer, rows_group_norm_lower},
    {operator_reshape_infer, rows_reshaped_norm_lower},
};

int builder_can_be_rows(const struct plan_builder *builder, int value)
{
    if (value < 0) return 0;
    const struct tensor *t = &builder->graph->values[value].tensor;
    return t->type == TENSOR_FLOAT32 && t->rank == 4 && tensor_count(t) > 0 && t->dims[2] < INT32_MAX / 4 &&
           t->dims[3] < INT32_MAX / 4;
}

const struct tensor *builder_constant(const struct plan_builder *builder, const struct graph_node *node,
                                      size_t input)
{
    if (input >= node->input_count || node->inputs[input] < 0) return NULL;
    const struct tensor *t = &builder->graph->values[node->inputs[input]].tensor;
    return t->data && t->type == TENSOR_FLOAT32 ? t : NULL;
}

int builder_sole_reader(const struct plan_builder *builder, int value, const char *operator)
{
    int node = builder->readers[value];
    if (node < 0 || builder->absorbed[node]) return -1;
    return strcmp(builder->graph->nodes[node].operator->name, operator) == 0 ? node : -1;
}

static fringe_status add_slot(struct plan_builder *builder, enum slot_form form, int value, int *index)
{
    struct network *network = builder->network;
    if (network->slot_count == builder->slot_capacity) {
        size_t wanted = 2 * builder->slot_capacity + 32;
        struct slot *grown = alloc_resize(network->slots, wanted, sizeof *grown);
        if (!grown) return failure_memory(builder->error, "plan", wanted * sizeof *grown);
        network->slots = grown;
        builder->slot_capacity = wanted;
    }
    struct slot *slot = &network->slots[network->slot_count];
    *slot = (struct slot){.form = form, .value = value, .height = 1, .width = 1, .output = -1};
    slot->first_step = (int)network->step_count;
    slot->last_step = slot->first_step;
    if (form == SLOT_ROWS) {
        const int64_t *dims = builder->graph->values[value].tensor.dims;
        slot->batch = dims[0];
        slot->channels = dims[1];
        slot->height = dims[2];
        slot->width = dims[3];
        slot->row_stride = (size_t)((dims[3] + 15) / 16 * 16 + ROWS_MARGIN);
    }
    *index = (int)network->slot_count++;
    return FRINGE_OK;
}

/* The step that `builder_step` and convert_* share: no slots, no dependences yet. */
static fringe_status add_step(struct plan_builder *builder, struct step **step)
{
    struct network *network = builder->network;
    if (network->step_count == builder->step_capacity) {
        size_t wanted = 2 * builder->step_capacity + 32;
        struct step *grown = alloc_resize(network->steps, wanted, sizeof *grown);
        if (!grown) return failure_memory(builder->error, "plan", wanted * sizeof *grown);
        network->steps = grown;
        builder->step_capacity = wanted;
    }
    *step = &network->steps[network->step_count];
    memset(*step, 0, sizeof **step);
    return FRINGE_OK;
}

/* One row for one row; an input of a single row serves all. */
static struct dependence pointwise(int64_t in, int64_t out)
{
    return (struct dependence){.multiply = in == 1 && out != 1 ? 0 : 1, .divide = 1};
}

fringe_status builder_step_form(struct plan_builder *builder, const struct step_kind *kind,
                                const struct graph_node *node, const int *inputs, size_t input_count,
                                int value, enum slot_form form, struct step **step)
{
    int output = -1;
    fringe_status status = add_step(builder, step);
    if (!status) status = add_slot(builder, form, value, &output);
    if (status) return status;
    struct network *network = builder->network;
    (*step)->kind = kind;
    (*step)->node = node;
    (*step)->parts = 1;
    (*step)->output = output;
    (*step)->input_count = input_count;
    const struct slot *out = &network->slots[output];
    for (size_t i = 0; i < input_count; i++) {
        const struct slot *in = &network->slots[inputs[i]];
        (*step)->inputs[i] = inputs[i];
        (*step)->rows[i] = pointwise(in->height, out->height);
        (*step)->columns[i] = pointwise(in->width, out->width);
    }
    network->step_count++;
    (form == SLOT_ROWS ? builder->rows_slots : builder->dense_slots)[value] = output;
    return FRINGE_OK;
}

fringe_status builder_step(struct plan_builder *builder, const struct step_kind *kind,
                           const struct graph_node *node, const int *inputs, size_t input_count, int value,
                           struct step **step)
{
    return builder_step_form(builder, kind, node, inputs, input_count, value, SLOT_ROWS, step);
}

fringe_status builder_data(struct plan_builder *builder, struct step *step, size_t bytes)
{
    step->data = alloc_array(1, bytes);
    return step->data ? FRINGE_OK : failure_memory(builder->error, "plan", bytes);
}

static fringe_status lower_put_off(struct plan_builder *builder, int value, int *slot)
{
    const struct graph_node *node = &builder->graph->nodes[builder->put_off[value]];
    if (plan_concatenates(node)) return convert_concat(builder, value, slot);
    int taken;
    fringe_status status = rows_resize_lower(builder, node, &taken);
    builder->put_off[value] = -1;
    *slot = builder->rows_slots[value];
    return status;
}

fringe_status builder_rows(struct plan_builder *builder, int value, int *slot)
{
    if (builder->rows_slots[value] >= 0) {
        *slot = builder->rows_slots[value];
        return FRINGE_OK;
    }
    if (builder->put_off[value] >= 0) return lower_put_off(builder, value, slot);
    return convert_scatter(builder, value, slot);
}

fringe_status builder_dense(struct plan_builder *builder, int value, int *slot)
{
    if (builder->dense_slots[value] >= 0) {
        *slot = builder->dense_slots[value];
        return FRINGE_OK;
    }
    if (builder->graph->values[value].tensor.data) return convert_constant(builder, value, slot);
    return convert_gather(builder, value, slot);
}

int plan_concatenates(const struct graph_node *node)
{
    const struct concat_params *params = node->params;
    return strcmp(node->operator->name, "Concat") == 0 && params->axis == 1;
}

/* Of values that are, or can be, rows. A concatenation that is put off is not put off a second time within
 * another node: whoever wants that one would have to lower a chain of any length from its end. */
static fringe_status put_off(struct plan_builder *builder, size_t index, int *taken)
{
    const struct graph_node *node = &builder->graph->nodes[index];
    size_t parts = plan_concatenates(node) ? node->input_count : 1;
    *taken = (plan_concatenates(node) || rows_resize_doubles(node)) &&
             builder_can_be_rows(builder, node->outputs[0]);
    for (size_t i = 0; *taken && i < parts; i++)
        if (!builder_can_be_rows(builder, node->inputs[i])) *taken = 0;
    fringe_status status = FRINGE_OK;
    for (size_t i = 0; *taken && !status && i < parts; i++) {
        int before = builder->put_off[node->inputs[i]], slot;
        if (before >= 0 && plan_concatenates(&builder->graph->nodes[before]))
            status = builder_rows(builder, node->inputs[i], &slot);
    }
    if (*taken) builder->put_off[node->outputs[0]] = (int)index;
    return status;
}

static fringe_status lower_node(struct plan_builder *builder, size_t index)
{
    const struct graph_node *node = &builder->graph->nodes[index];
    if (builder->absorbed[index]) return FRINGE_OK;
    int is_put_off;
    fringe_status status = put_off(builder, index, &is_put_off);
    if (status || is_put_off) return status;
    /* Functions of two values may have a constant in front and look at their operands themselves. */
    int taken = 0, binary = node->operator->infer == operator_binary_infer;
    /* A Reshape may begin a group normalisation whose end is rows again. */
    int rows =
        node->input_count > 0 && (binary || builder_can_be_rows(builder, node->inputs[0])) &&
        (builder_can_be_rows(builder, node->outputs[0]) || node->operator->infer == operator_reshape_infer);
    for (size_t i = 0; rows && !taken && !status && i < sizeof lowerings / sizeof *lowerings; i++)
        if (lowerings[i].family == node->operator->infer) status = lowerings[i].lower(builder, node, &taken);
    if (!status && !taken) status = convert_dense(builder, node);
    return status;
}

static void count_readers(struct plan_builder *builder)
{
    const struct graph *graph = builder->graph;
    for (size_t v = 0; v < graph->value_count; v++)
        builder->rows_slots[v] = builder->dense_slots[v] = builder->put_off[v] = builder->readers[v] = -1;
    for (size_t n = 0; n < graph->node_count; n++)
        for (size_t i = 0; i < graph->nodes[n].input_count; i++) {
            int value = graph->nodes[n].inputs[i];
            if (value >= 0 && graph->values[value].use_count == 1) builder->readers[value] = (int)n;
        }
    for (size_t i = 0; i < graph->output_count; i++) builder->readers[graph->outputs[i]] = -1;
}

static fringe_status lower_inputs(struct plan_builder *builder)
{
    struct network *network = builder->network;
    const struct graph *graph = builder->graph;
    for (size_t i = 0; i < graph->input_count; i++) {
        int value = graph->inputs[i];
        if (graph->values[value].tensor.data) continue; /* bound */
        fringe_status status = convert_input(builder, value);
        if (status) return status;
        int rows = builder->rows_slots[value];
        network->input_values[network->input_count] = value;
        network->input_slots[network->input_count++] = rows >= 0 ? rows : builder->dense_slots[value];
    }
    return FRINGE_OK;
}

static fringe_status lower_outputs(struct plan_builder *builder)
{
    struct network *network = builder->network;
    const struct graph *graph = builder->graph;
    for (size_t i = 0; i < graph->output_count; i++) {
        int value = graph->outputs[i], slot = -1;
        fringe_status status = FRINGE_OK;
        if (!graph->values[value].tensor.data) {
            if (builder_can_be_rows(builder, value))
                status = builder_rows(builder, value, &slot);
            else
                status = builder_dense(builder, value, &slot);
        }
        if (status) return status;
        network->output_slots[network->output_count++] = slot;
        if (slot >= 0) network->slots[slot].output = (int)i;
    }
    return FRINGE_OK;
}

static fringe_status lower_graph(struct network *network, const fringe_run *run, fringe_error *error)
{
    const struct graph *graph = network->graph;
    size_t values = graph->value_count;
    struct plan_builder builder = {.network = network, .graph = graph, .error = error};
    int *indices = alloc_array(4 * values + 1, sizeof *indices);
    builder.absorbed = alloc_array(graph->node_count + 1, 1);
    network->input_values = alloc_array(graph->input_count + 1, sizeof *network->input_values);
    network->input_slots = alloc_array(graph->input_count + 1, sizeof *network->input_slots);
    network->output_slots = alloc_array(graph->output_count + 1, sizeof *network->output_slots);
    fringe_status status = FRINGE_OK;
    if (!indices || !builder.absorbed || !network->input_values || !network->input_slots ||
        !network->output_slots) {
        status = failure_memory(error, "plan", 4 * values * sizeof *indices);
        goto done;
    }
    builder.rows_slots = indices;
    builder.dense_slots = indices + values;
    builder.put_off = indices + 2 * values;
    builder.readers = indices + 3 * values;
    count_readers(&builder);
    status = lower_inputs(&builder);
    for (size_t n = 0; !status && n < graph->node_count; n++) {
        status = run_state_check(run, error); /* the weights of a large layer take a while */
        if (!status) status = lower_node(&builder, n);
    }
    if (!status) status = lower_outputs(&builder);
done:
    alloc_free(indices);
    alloc_free(builder.absorbed);
    return status;
}

fringe_status network_create(const struct onnx_model *model, const struct graph_binding *bindings,
                             size_t binding_count, int64_t band_rows, const fringe_run *run,
                             struct network **result, fringe_error *error)
{
    *result = NULL;
    struct network *network = alloc_array(1, sizeof *network);
    if (!network) return failure_memory(error, "network", sizeof *network);
    fringe_status status = graph_create(model, bindings, binding_count, run, &network->graph, error);
    if (!status) status = lower_graph(network, run, error);
    if (!status && network->output_count == 0)
        status = failure_set(error, FRINGE_MODEL, "the graph has no output");
    if (!status) status = schedule_plan(network, band_rows, error);
    if (status) {
        network_free(network);
        return status;
    }
    *result = network;
    return FRINGE_OK;
}

fringe_status network_create_for_image(const struct onnx_model *model, int64_t channels, int64_t height,
                                       int64_t width, int64_t band_rows, const fringe_run *run,
                                       struct network **network, fringe_error *error)
{
    *network = NULL;
    if (model->input_count != 1)
        return failure_set(error, FRINGE_UNSUPPORTED, "the network has %zu inputs; an image is one",
                           model->input_count);
    struct graph_binding binding = {.name = model->inputs[0].name};
    const int64_t dims[4] = {1, channels, height, width};
    fringe_status status = tensor_set_shape(&binding.tensor, TENSOR_FLOAT32, 4, dims, binding.name, error);
    return status ? status : network_create(model, &binding, 1, band_rows, run, network, error);
}

void network_free(struct network *network)
{
    if (!network) return;
    for (size_t s = 0; s < network->step_count; s++) {
        struct step *step = &network->steps[s];
        for (size_t i = 0; i < step->input_count; i++) {
            alloc_free(step->rows[i].table);
            alloc_free(step->columns[i].table);
        }
        if (step->kind->clear) step->kind->clear(step);
        alloc_free(step->outputs);
        alloc_free(step->data);
    }
    alloc_free(network->steps);
    alloc_free(network->slots);
    alloc_free(network->input_values);
    alloc_free(network->input_slots);
    alloc_free(network->output_slots);
    graph_free(network->graph);
    alloc_free(network);
}

void network_get_facts(const struct network *network, struct network_facts *facts)
{
    *facts = network->facts;
}

static const struct graph_value *value_of_input(const struct network *network, size_t index)
{
    return &network->graph->values[network->input_values[index]];
}

const struct tensor *network_input(const struct network *network, size_t index)
{
    return &value_of_input(network, index)->tensor;
}

const char *network_input_name(const struct network *network, size_t index)
{
    return value_of_input(network, index)->name;
}

const struct tensor *network_output(const struct network *network, size_t index)
{
    return &network->graph->values[network->graph->outputs[index]].tensor;
}

const char *network_output_name(const struct network *network, size_t index)
{
    return network->graph->model->outputs[index].name;
}
