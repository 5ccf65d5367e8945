/* plan_convert.c - steps between the two forms of a value: inputs, rows to dense and back, concatenation, and
 * the operators that are computed on dense tensors. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "nn/plan_build.h"

/* An input has no input slots; execute.c fills its rows from the source, or finds its tensor there. */
const struct step_kind convert_input_kind = {.name = "input"};

fringe_status convert_input(struct plan_builder *builder, int value)
{
    struct step *step;
    enum slot_form form = builder_can_be_rows(builder, value) ? SLOT_ROWS : SLOT_DENSE;
    return builder_step_form(builder, &convert_input_kind, NULL, NULL, 0, value, form, &step);
}

/* ---- dense to rows ---- */

static void scatter_row(const struct step *step, struct execution *execution, int64_t row, int part,
                        int worker)
{
    (void)part, (void)worker;
    const struct slot *out = &execution->network->slots[step->output];
    const float *from = execution->dense[step->inputs[0]].data;
    float *to = execution_row(execution, out, row);
    for (int64_t plane = 0; plane < out->batch * out->channels; plane++)
        memcpy(to + (size_t)plane * out->plane_stride, from + (plane * out->height + row) * out->width,
               (size_t)out->width * sizeof *to);
}

static const struct step_kind scatter_kind = {.name = "scatter", .row = scatter_row};

fringe_status convert_scatter(struct plan_builder *builder, int value, int *slot)
{
    struct step *step;
    int dense;
    fringe_status status = builder_dense(builder, value, &dense);
    if (!status) status = builder_step(builder, &scatter_kind, NULL, &dense, 1, value, &step);
    if (status) return status;
    step->rows[0] = (struct dependence){.divide = 1}; /* the one row that a dense value counts for */
    step->columns[0] = dependence_whole();
    *slot = step->output;
    return FRINGE_OK;
}

/* ---- rows to dense ---- */

const struct step_kind convert_gather_kind = {.name = "gather"};

fringe_status convert_gather(struct plan_builder *builder, int value, int *slot)
{
    struct step *step;
    int rows;
    fringe_status status = builder_rows(builder, value, &rows);
    if (!status)
        status = builder_step_form(builder, &convert_gather_kind, NULL, &rows, 1, value, SLOT_DENSE, &step);
    if (status) return status;
    step->rows[0] = step->columns[0] = dependence_whole();
    *slot = step->output;
    return FRINGE_OK;
}

/* ---- constants ---- */

const struct step_kind convert_constant_kind = {.name = "constant"};

fringe_status convert_constant(struct plan_builder *builder, int value, int *slot)
{
    struct step *step;
    fringe_status status =
        builder_step_form(builder, &convert_constant_kind, NULL, NULL, 0, value, SLOT_DENSE, &step);
    if (!status) *slot = step->output;
    return status;
}

/* ---- concatenation along channels, for readers that cannot take parts ---- */

static void concat_row(const struct step *step, struct execution *execution, int64_t row, int part,
                       int worker)
{
    (void)part, (void)worker;
    const struct slot *out = &execution->network->slots[step->output];
    float *to = execution_row(execution, out, row);
    for (int64_t n = 0; n < out->batch; n++)
        for (size_t i = 0; i < step->input_count; i++) {
            const struct slot *in = &execution->network->slots[step->inputs[i]];
            const float *from =
                execution_row(execution, in, row) + (size_t)(n * in->channels) * in->plane_stride;
            for (int64_t c = 0; c < in->channels; c++, to += out->plane_stride, from += in->plane_stride)
                memcpy(to, from, (size_t)in->width * sizeof *to);
        }
}

static const struct step_kind concat_kind = {.name = "concat", .row = concat_row};

fringe_status convert_concat(struct plan_builder *builder, int value, int *slot)
{
    const struct graph_node *node = &builder->graph->nodes[builder->put_off[value]];
    if (node->input_count > STEP_MOST_INPUTS) {
        /* Too many parts for a step: the dense operator joins them. */
        builder->put_off[value] = -1;
        fringe_status status = convert_dense(builder, node);
        return status ? status : convert_scatter(builder, value, slot);
    }
    int inputs[STEP_MOST_INPUTS];
    fringe_status status = FRINGE_OK;
    for (size_t i = 0; !status && i < node->input_count; i++)
        status = builder_rows(builder, node->inputs[i], &inputs[i]);
    struct step *step;
    if (!status) status = builder_step(builder, &concat_kind, node, inputs, node->input_count, value, &step);
    if (status) return status;
    builder->put_off[value] = -1;
    *slot = step->output;
    return FRINGE_OK;
}

/* ---- operators on dense tensors ---- */

const struct step_kind convert_dense_kind = {.name = "dense"};

/* Each distinct value that is no constant becomes an input slot. */
fringe_status convert_dense(struct plan_builder *builder, const struct graph_node *node)
{
    int inputs[STEP_MOST_INPUTS];
    size_t count = 0;
    fringe_status status = FRINGE_OK;
    for (size_t i = 0; i < node->input_count; i++) {
        int value = node->inputs[i], slot;
        if (value < 0 || builder->graph->values[value].tensor.data) continue;
        status = builder_dense(builder, value, &slot);
        if (status) return status;
        size_t k = 0;
        while (k < count && inputs[k] != slot) k++;
        if (k < count) continue;
        if (count == STEP_MOST_INPUTS)
            return failure_set(builder->error, FRINGE_UNSUPPORTED, "node '%s' (%s) has more than %d inputs",
                               node->source->name, node->operator->name, STEP_MOST_INPUTS);
        inputs[count++] = slot;
    }
    /* The step fills the first output that anybody reads; the other outputs' slots are listed beside it. A
     * slot that has no step of its own is filled at the same time, since every slot's schedule starts from a
     * step: each further output gets a step that only waits for the first. */
    int first = -1;
    for (size_t i = 0; i < node->output_count; i++) {
        int value = node->outputs[i];
        if (value < 0) continue;
        struct step *step;
        if (first < 0) {
            status = builder_step_form(builder, &convert_dense_kind, node, inputs, count, value, SLOT_DENSE,
                                       &step);
            if (status) return status;
            for (size_t k = 0; k < count; k++) step->rows[k] = step->columns[k] = dependence_whole();
            first = step->output;
            step->output_count = node->output_count;
            step->outputs = alloc_array(node->output_count, sizeof *step->outputs);
            if (!step->outputs)
                return failure_memory(builder->error, "plan", node->output_count * sizeof(int));
            for (size_t k = 0; k < node->output_count; k++) step->outputs[k] = -1;
            step->outputs[i] = first;
        } else {
            size_t owner = builder->network->step_count - 1;
            while (builder->network->steps[owner].kind != &convert_dense_kind) owner--;
            status =
                builder_step_form(builder, &convert_constant_kind, node, &first, 1, value, SLOT_DENSE, &step);
            if (status) return status;
            builder->network->steps[owner].outputs[i] = step->output;
        }
    }
    return FRINGE_OK;
}

static fringe_status take_memory(struct execution *execution, int slot, fringe_error *error)
{
    struct tensor *t = &execution->dense[slot];
    if (t->data) return FRINGE_OK;
    *t = execution->network->graph->values[execution->network->slots[slot].value].tensor;
    t->data = NULL;
    return tensor_allocate(t, error);
}

static fringe_status gather(const struct step *step, struct execution *execution, fringe_error *error)
{
    fringe_status status = take_memory(execution, step->output, error);
    if (status) return status;
    const struct slot *in = &execution->network->slots[step->inputs[0]];
    float *to = execution->dense[step->output].data;
    for (int64_t plane = 0; plane < in->batch * in->channels; plane++)
        for (int64_t row = 0; row < in->height; row++, to += in->width)
            memcpy(to, execution_row(execution, in, row) + (size_t)plane * in->plane_stride,
                   (size_t)in->width * sizeof *to);
    return FRINGE_OK;
}

static fringe_status evaluate(const struct step *step, struct execution *execution, fringe_error *error)
{
    const struct network *network = execution->network;
    const struct graph *graph = network->graph;
    const struct graph_node *node = step->node;
    const struct tensor **inputs = alloc_array(node->input_count + 1, sizeof *inputs);
    struct tensor **outputs = alloc_array(node->output_count + 1, sizeof *outputs);
    fringe_status status = FRINGE_OK;
    if (!inputs || !outputs) {
        status = failure_memory(error, "a dense layer", node->input_count * sizeof *inputs);
        goto done;
    }
    for (size_t i = 0; i < node->input_count; i++) {
        int value = node->inputs[i];
        if (value < 0) continue;
        inputs[i] = &graph->values[value].tensor;
        for (size_t k = 0; !inputs[i]->data && k < step->input_count; k++)
            if (network->slots[step->inputs[k]].value == value)
                inputs[i] = &execution->dense[step->inputs[k]];
    }
    for (size_t i = 0; !status && i < node->output_count; i++) {
        if (step->outputs[i] < 0) continue;
        status = take_memory(execution, step->outputs[i], error);
        outputs[i] = &execution->dense[step->outputs[i]];
    }
    if (!status) status = graph_node_evaluate(graph, node, inputs, outputs, execution->run, error);
done:
    alloc_free(inputs);
    alloc_free(outputs);
    return status;
}

fringe_status convert_run_dense(const struct step *step, struct execution *execution, fringe_error *error)
{
    const struct network *network = execution->network;
    if (step->kind == &convert_gather_kind) return gather(step, execution, error);
    if (step->kind == &convert_dense_kind) return evaluate(step, execution, error);
    if (step->kind == &convert_constant_kind && step->input_count == 0) {
        execution->dense[step->output] = network->graph->values[network->slots[step->output].value].tensor;
        execution->dense[step->output].owned = 0;
    }
    return FRINGE_OK; /* inputs are there; further outputs of a node were filled with its first */
}
