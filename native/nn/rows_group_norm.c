/* rows_group_norm.c - instance and group normalisation in rows. The statistics are over the whole image, so
 * all rows are computed at a time, but from the rows where they lie: nothing is copied to a dense tensor and
 * back.
 *
 * PyTorch exports group normalisation as Reshape to (N, groups, rest), InstanceNormalization, Reshape back,
 * and Mul and Add with a value for each channel. Those five become one step. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "nn/operator_families.h"
#include "nn/plan_build.h"
#include "tensor/dense_norm.h"

struct group_norm_data {
    int64_t groups;
    double epsilon;
    float *scale, *bias; /* of each channel */
};

static void group_norm_clear(struct step *step)
{
    struct group_norm_data *data = step->data;
    if (!data) return;
    alloc_free(data->scale);
    alloc_free(data->bias);
}

static double sum_planes(const struct execution *execution, const struct slot *in, int64_t first,
                         int64_t count, double mean, int power)
{
    double sum = 0;
    for (int64_t plane = first; plane < first + count; plane++)
        for (int64_t row = 0; row < in->height; row++)
            sum += dense_norm_sum(execution_row(execution, in, row) + (size_t)plane * in->plane_stride,
                                  in->width, mean, power);
    return sum;
}

/* A part is a group of one image: rows are all rows. */
static void group_norm_rows(const struct step *step, struct execution *execution, int64_t row,
                            int64_t row_end, int part, int worker)
{
    (void)worker;
    const struct group_norm_data *data = step->data;
    const struct slot *in = &execution->network->slots[step->inputs[0]];
    const struct slot *out = &execution->network->slots[step->output];
    int64_t count = in->channels / data->groups, first = part * count;
    double values = (double)(count * in->height * in->width);
    double mean = sum_planes(execution, in, first, count, 0, 1) / values;
    double variance = sum_planes(execution, in, first, count, mean, 2) / values;
    double factor = 1 / sqrt(variance + data->epsilon);
    for (int64_t plane = first; plane < first + count; plane++) {
        int64_t channel = plane % in->channels;
        for (int64_t r = row; r < row_end; r++)
            dense_norm_apply(execution_row(execution, in, r) + (size_t)plane * in->plane_stride, in->width,
                             (float)mean, (float)(factor * (double)data->scale[channel]), data->bias[channel],
                             execution_row(execution, out, r) + (size_t)plane * out->plane_stride);
    }
}

static const struct step_kind group_norm_kind = {
    .name = "group norm", .rows = group_norm_rows, .clear = group_norm_clear};

/* One value for each channel from one for each of `count` groups, or for each channel. */
static float *spread(const struct tensor *values, int64_t channels)
{
    float *spread = alloc_array((size_t)channels, sizeof *spread);
    int64_t width = channels / values->dims[0];
    for (int64_t c = 0; spread && c < channels; c++) spread[c] = ((const float *)values->data)[c / width];
    return spread;
}

/* The step from the rows of `from` to `to`, with the scale and bias of `norm`. */
static fringe_status add_norm(struct plan_builder *builder, const struct graph_node *norm, int64_t groups,
                              int from, int to, struct step **step)
{
    int input;
    fringe_status status = builder_rows(builder, from, &input);
    if (!status) status = builder_step(builder, &group_norm_kind, norm, &input, 1, to, step);
    if (!status) status = builder_data(builder, *step, sizeof(struct group_norm_data));
    if (status) return status;
    struct group_norm_data *data = (*step)->data;
    const struct slot *out = &builder->network->slots[(*step)->output];
    data->groups = groups;
    data->epsilon = (double)((const struct group_norm_params *)norm->params)->epsilon;
    data->scale = spread(builder_constant(builder, norm, 1), out->channels);
    data->bias = spread(builder_constant(builder, norm, 2), out->channels);
    if (!data->scale || !data->bias)
        return failure_memory(builder->error, "normalisation", 2 * (size_t)out->channels * sizeof(float));
    (*step)->parts = (int)(out->batch * groups);
    (*step)->block_rows = (int)out->height;
    (*step)->rows[0] = (*step)->columns[0] = dependence_whole();
    (*step)->rows[0].quantum = out->height;
    return FRINGE_OK;
}

static int has_constants(const struct plan_builder *builder, const struct graph_node *norm)
{
    return builder_constant(builder, norm, 1) && builder_constant(builder, norm, 2);
}

fringe_status rows_group_norm_lower(struct plan_builder *builder, const struct graph_node *node, int *taken)
{
    const struct group_norm_params *params = node->params;
    struct step *step;
    *taken = has_constants(builder, node);
    if (!*taken) return FRINGE_OK;
    return add_norm(builder, node, params->groups, node->inputs[0], node->outputs[0], &step);
}

/* ---- between two Reshapes ---- */

/* The node `operator` that alone reads `value` and has a constant of one value for each channel beside it;
 * NULL where there is none. */
static const struct graph_node *channel_operand(const struct plan_builder *builder, int value,
                                                const char *operator, const float ** constant)
{
    int reader = builder_sole_reader(builder, value, operator);
    if (reader < 0) return NULL;
    const struct graph_node *node = &builder->graph->nodes[reader];
    const struct tensor *image = &builder->graph->values[value].tensor;
    const struct tensor *t = builder_constant(builder, node, node->inputs[0] == value ? 1 : 0);
    if (!t || t->rank < 3 || t->rank > 4 || tensor_count(t) != image->dims[1] ||
        t->dims[t->rank - 3] != image->dims[1])
        return NULL;
    *constant = t->data;
    return node;
}

static void absorb(struct plan_builder *builder, const struct graph_node *node)
{
    builder->absorbed[node - builder->graph->nodes] = 1;
}

fringe_status rows_reshaped_norm_lower(struct plan_builder *builder, const struct graph_node *node,
                                       int *taken)
{
    const struct graph *graph = builder->graph;
    *taken = 0;
    int norm_index = builder_sole_reader(builder, node->outputs[0], "InstanceNormalization");
    if (norm_index < 0 || !has_constants(builder, &graph->nodes[norm_index])) return FRINGE_OK;
    const struct graph_node *norm = &graph->nodes[norm_index];
    int back_index = builder_sole_reader(builder, norm->outputs[0], "Reshape");
    if (back_index < 0) return FRINGE_OK;
    const struct graph_node *back = &graph->nodes[back_index];
    const struct tensor *image = &graph->values[node->inputs[0]].tensor;
    const struct tensor *between = &graph->values[node->outputs[0]].tensor;
    int64_t groups = between->dims[1];
    if (!tensor_same_shape(image, &graph->values[back->outputs[0]].tensor) ||
        between->dims[0] != image->dims[0] || image->dims[1] % groups)
        return FRINGE_OK;
    const float *factors = NULL, *shifts = NULL;
    int output = back->outputs[0];
    const struct graph_node *multiply = channel_operand(builder, output, "Mul", &factors), *add = NULL;
    if (multiply) output = multiply->outputs[0];
    if (multiply) add = channel_operand(builder, output, "Add", &shifts);
    if (add) output = add->outputs[0];
    struct step *step;
    fringe_status status = add_norm(builder, norm, groups, node->inputs[0], output, &step);
    if (status) return status;
    const struct group_norm_data *data = step->data;
    for (int64_t c = 0; c < image->dims[1]; c++) {
        if (factors) data->scale[c] *= factors[c], data->bias[c] *= factors[c];
        if (shifts) data->bias[c] += shifts[c];
    }
    absorb(builder, norm);
    absorb(builder, back);
    if (multiply) absorb(builder, multiply);
    if (add) absorb(builder, add);
    *taken = 1;
    return FRINGE_OK;
}
