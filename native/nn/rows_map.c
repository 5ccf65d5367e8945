/* rows_map.c - layers whose pixels come from other places of the input: nearest and linear resampling,
 * padding, slices, repeated channels, depth to space. Which row and column each output index reads is a table
 * made once. */
#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "nn/operator_families.h"
#include "nn/plan_build.h"
#include "tensor/pairs.h"

struct map_data {
    /* Output index i reads input index first[i], or takes the fill where that is negative; with blends
     * (linear resampling) (1 - blend[i]) of it and blend[i] of second[i]. Tables of rows and of columns. */
    struct map_axis {
        int32_t *first, *second;
        float *blend; /* NULL: no blending on this axis */
    } rows, columns;
    float fill;
    const struct pairs_kernels *pairs;   /* where each column comes twice, in order; else NULL */
    int64_t channel_start, channel_step; /* output channel c reads input channel start + c * step */
    int64_t block;                       /* depth to space */
    int column_row_depth;
};

static void map_clear(struct step *step)
{
    struct map_data *data = step->data;
    if (!data) return;
    struct map_axis *axes[] = {&data->rows, &data->columns};
    for (size_t i = 0; i < 2; i++) {
        alloc_free(axes[i]->first);
        alloc_free(axes[i]->second);
        alloc_free(axes[i]->blend);
    }
}

static void pick_columns(const struct map_axis *columns, const float *from, float fill, float *to, int64_t n)
{
    for (int64_t x = 0; x < n; x++) to[x] = columns->first[x] < 0 ? fill : from[columns->first[x]];
}

static void blend_columns(const struct map_axis *columns, const float *from, float fill, float *to, int64_t n)
{
    for (int64_t x = 0; x < n; x++) {
        int32_t first = columns->first[x];
        to[x] = first < 0
                    ? fill
                    : from[first] * (1 - columns->blend[x]) + from[columns->second[x]] * columns->blend[x];
    }
}

static const float *input_plane(const struct step *step, const struct execution *execution,
                                const struct slot *in, const struct slot *out, int64_t row, int64_t plane)
{
    const struct map_data *data = step->data;
    int64_t n = plane / out->channels, c = data->channel_start + plane % out->channels * data->channel_step;
    return execution_row(execution, in, row) + (size_t)(n * in->channels + c) * in->plane_stride;
}

static void map_row(const struct step *step, struct execution *execution, int64_t row, int part, int worker)
{
    const struct map_data *data = step->data;
    const struct slot *in = &execution->network->slots[step->inputs[0]];
    const struct slot *out = &execution->network->slots[step->output];
    float *to = execution_row(execution, out, row) + (size_t)part * out->plane_stride;
    int32_t first = data->rows.first[row];
    if (first < 0) {
        for (int64_t x = 0; x < out->width; x++) to[x] = data->fill;
        return;
    }
    const float *from = input_plane(step, execution, in, out, first, part);
    if (data->rows.blend && data->rows.blend[row] != 0) {
        float *between = execution_scratch(execution, worker), blend = data->rows.blend[row];
        const float *below = input_plane(step, execution, in, out, data->rows.second[row], part);
        for (int64_t x = 0; x < in->width; x++) between[x] = from[x] * (1 - blend) + below[x] * blend;
        from = between;
    }
    if (data->pairs)
        data->pairs->repeat(from, in->width, to);
    else if (data->columns.blend)
        blend_columns(&data->columns, from, data->fill, to, out->width);
    else
        pick_columns(&data->columns, from, data->fill, to, out->width);
}

static const struct step_kind map_kind = {.name = "map", .row = map_row, .clear = map_clear};

/* ---- lowering ---- */

static fringe_status copy_table(struct plan_builder *builder, const void *from, int64_t count, size_t size,
                                void *to)
{
    void *copy = alloc_array((size_t)count, size);
    if (!copy) return failure_memory(builder->error, "table of a layer", (unsigned long long)count * size);
    if (from) memcpy(copy, from, (size_t)count * size);
    memcpy(to, &copy, sizeof copy);
    return FRINGE_OK;
}

/* The step with empty tables for `out` rows and columns. */
static fringe_status begin_map(struct plan_builder *builder, const struct graph_node *node, int value,
                               struct step **step)
{
    int input;
    fringe_status status = builder_rows(builder, node->inputs[0], &input);
    if (!status) status = builder_step(builder, &map_kind, node, &input, 1, value, step);
    if (!status) status = builder_data(builder, *step, sizeof(struct map_data));
    if (status) return status;
    struct map_data *data = (*step)->data;
    const struct slot *out = &builder->network->slots[(*step)->output];
    data->channel_step = 1;
    (*step)->parts = (int)(out->batch * out->channels);
    status = copy_table(builder, NULL, out->height, sizeof(int32_t), &data->rows.first);
    if (!status) status = copy_table(builder, NULL, out->width, sizeof(int32_t), &data->columns.first);
    return status;
}

static fringe_status axis_dependence(struct plan_builder *builder, const struct map_axis *axis, int64_t in,
                                     int64_t out, struct dependence *dependence)
{
    int32_t *low = alloc_array(2 * (size_t)out, sizeof *low);
    if (!low) return failure_memory(builder->error, "table of a layer", 2 * (size_t)out * sizeof *low);
    int32_t *high = low + out;
    for (int64_t i = 0; i < out; i++) {
        int32_t first = axis->first[i], second = axis->blend && axis->blend[i] != 0 ? axis->second[i] : first;
        low[i] = first < second || first < 0 ? first : second;
        high[i] = first < second ? second : first;
    }
    fringe_status status = dependence_table(dependence, low, high, out, in, builder->error);
    alloc_free(low);
    return status;
}

static fringe_status end_map(struct plan_builder *builder, struct step *step)
{
    const struct map_data *data = step->data;
    const struct slot *in = &builder->network->slots[step->inputs[0]];
    const struct slot *out = &builder->network->slots[step->output];
    fringe_status status = axis_dependence(builder, &data->rows, in->height, out->height, &step->rows[0]);
    if (!status) status = axis_dependence(builder, &data->columns, in->width, out->width, &step->columns[0]);
    return status;
}

static fringe_status resize_axis_table(struct plan_builder *builder, const struct resize_axis *from,
                                       int linear, struct map_axis *axis)
{
    for (int64_t i = 0; i < from->out; i++) axis->first[i] = from->identity ? (int32_t)i : from->first[i];
    if (from->identity || !linear) return FRINGE_OK;
    fringe_status status = copy_table(builder, from->second, from->out, sizeof(int32_t), &axis->second);
    if (!status) status = copy_table(builder, from->blend, from->out, sizeof(float), &axis->blend);
    return status;
}

static int comes_in_pairs(const struct resize_axis *axis)
{
    if (axis->identity || axis->out != 2 * axis->in) return 0;
    for (int64_t i = 0; i < axis->out; i++)
        if (axis->first[i] != i / 2) return 0;
    return 1;
}

int rows_resize_doubles(const struct graph_node *node)
{
    const struct resize_params *params = node->params;
    return node->operator->infer == operator_resize_infer && params->mode == RESIZE_NEAREST &&
           params->rank == 4 && params->axes[0]
               .identity && params->axes[1]
               .identity && comes_in_pairs(&params->axes[2]) &&
           comes_in_pairs(&params->axes[3]);
}

fringe_status rows_resize_lower(struct plan_builder *builder, const struct graph_node *node, int *taken)
{
    const struct resize_params *params = node->params;
    *taken = params->rank == 4 && params->axes[0].identity && params->axes[1].identity;
    if (!*taken) return FRINGE_OK;
    struct step *step;
    fringe_status status = begin_map(builder, node, node->outputs[0], &step);
    if (status) return status;
    struct map_data *data = step->data;
    int linear = params->mode == RESIZE_LINEAR;
    data->fill = params->extrapolation;
    step->scratch_floats = (size_t)builder->network->slots[step->inputs[0]].width;
    status = resize_axis_table(builder, &params->axes[2], linear, &data->rows);
    if (!status) status = resize_axis_table(builder, &params->axes[3], linear, &data->columns);
    if (!status && !linear && comes_in_pairs(&params->axes[3])) data->pairs = CPU_CHOOSE(pairs);
    return status ? status : end_map(builder, step);
}

/* The input index that a padded axis shows at i - begin; -1 for the constant. */
static int32_t padded_index(enum pad_mode mode, int64_t i, int64_t in)
{
    if (i >= 0 && i < in) return (int32_t)i;
    switch (mode) {
    case PAD_CONSTANT:
        return -1;
    case PAD_EDGE:
        return (int32_t)(i < 0 ? 0 : in - 1);
    case PAD_WRAP:
        return (int32_t)((i % in + in) % in);
    case PAD_REFLECT: {
        int64_t period = in > 1 ? 2 * (in - 1) : 1, at = (i % period + period) % period;
        return (int32_t)(at < in ? at : period - at);
    }
    }
    return -1;
}

fringe_status rows_pad_lower(struct plan_builder *builder, const struct graph_node *node, int *taken)
{
    const struct pad_params *params = node->params;
    *taken =
        params->rank == 4 && !params->begin[0] && !params->end[0] && !params->begin[1] && !params->end[1];
    if (!*taken) return FRINGE_OK;
    struct step *step;
    fringe_status status = begin_map(builder, node, node->outputs[0], &step);
    if (status) return status;
    struct map_data *data = step->data;
    const struct slot *in = &builder->network->slots[step->inputs[0]];
    const struct slot *out = &builder->network->slots[step->output];
    data->fill = params->value;
    for (int64_t i = 0; i < out->height; i++)
        data->rows.first[i] = padded_index(params->mode, i - params->begin[2], in->height);
    for (int64_t i = 0; i < out->width; i++)
        data->columns.first[i] = padded_index(params->mode, i - params->begin[3], in->width);
    return end_map(builder, step);
}

/* One step of a slice or split: output index i of axis k reads start[k] + i * step[k]. */
static fringe_status lower_slice(struct plan_builder *builder, const struct graph_node *node, int value,
                                 const int64_t *start, const int64_t *stride)
{
    struct step *step;
    fringe_status status = begin_map(builder, node, value, &step);
    if (status) return status;
    struct map_data *data = step->data;
    const struct slot *out = &builder->network->slots[step->output];
    data->channel_start = start[1];
    data->channel_step = stride[1];
    for (int64_t i = 0; i < out->height; i++) data->rows.first[i] = (int32_t)(start[2] + i * stride[2]);
    for (int64_t i = 0; i < out->width; i++) data->columns.first[i] = (int32_t)(start[3] + i * stride[3]);
    return end_map(builder, step);
}

fringe_status rows_slice_lower(struct plan_builder *builder, const struct graph_node *node, int *taken)
{
    const struct slice_params *params = node->params;
    const struct tensor *in = &builder->graph->values[node->inputs[0]].tensor;
    const struct tensor *out = &builder->graph->values[node->outputs[0]].tensor;
    *taken = params->start[0] == 0 && params->step[0] == 1 && in->dims[0] == out->dims[0];
    if (!*taken) return FRINGE_OK;
    return lower_slice(builder, node, node->outputs[0], params->start, params->step);
}

/* Expand and Tile of one channel to several, as in front of networks made for colour. */
fringe_status rows_repeat_lower(struct plan_builder *builder, const struct graph_node *node, int *taken)
{
    const int64_t *in = builder->graph->values[node->inputs[0]].tensor.dims;
    const int64_t *out = builder->graph->values[node->outputs[0]].tensor.dims;
    const int64_t start[4] = {0}, stride[4] = {1, in[1] == out[1], 1, 1};
    *taken = in[0] == out[0] && (in[1] == out[1] || in[1] == 1) && in[2] == out[2] && in[3] == out[3];
    return *taken ? lower_slice(builder, node, node->outputs[0], start, stride) : FRINGE_OK;
}

fringe_status rows_split_lower(struct plan_builder *builder, const struct graph_node *node, int *taken)
{
    const struct split_params *params = node->params;
    *taken = params->axis > 0;
    for (size_t i = 0; i < node->output_count; i++)
        if (node->outputs[i] >= 0 && !builder_can_be_rows(builder, node->outputs[i])) *taken = 0;
    fringe_status status = FRINGE_OK;
    for (size_t i = 0; *taken && !status && i < node->output_count; i++) {
        int64_t start[4] = {0};
        const int64_t stride[4] = {1, 1, 1, 1};
        start[params->axis] = params->begin[i];
        if (node->outputs[i] >= 0) status = lower_slice(builder, node, node->outputs[i], start, stride);
    }
    return status;
}

/* ---- depth to space ---- */

static void depth_row(const struct step *step, struct execution *execution, int64_t row, int part, int worker)
{
    (void)worker;
    const struct map_data *data = step->data;
    const struct slot *in = &execution->network->slots[step->inputs[0]];
    const struct slot *out = &execution->network->slots[step->output];
    int64_t block = data->block, n = part / out->channels, c = part % out->channels, dy = row % block;
    float *to = execution_row(execution, out, row) + (size_t)part * out->plane_stride;
    const float *planes =
        execution_row(execution, in, row / block) + (size_t)(n * in->channels) * in->plane_stride;
    for (int64_t dx = 0; dx < block; dx++) {
        int64_t place = dy * block + dx;
        int64_t channel = data->column_row_depth ? c * block * block + place : place * out->channels + c;
        const float *from = planes + (size_t)channel * in->plane_stride;
        for (int64_t x = 0; x < in->width; x++) to[x * block + dx] = from[x];
    }
}

static const struct step_kind depth_kind = {.name = "depth to space", .row = depth_row};

fringe_status rows_depth_lower(struct plan_builder *builder, const struct graph_node *node, int *taken)
{
    const struct depth_params *params = node->params;
    *taken = !params->to_depth;
    if (!*taken) return FRINGE_OK;
    struct step *step;
    int input;
    fringe_status status = builder_rows(builder, node->inputs[0], &input);
    if (!status) status = builder_step(builder, &depth_kind, node, &input, 1, node->outputs[0], &step);
    if (!status) status = builder_data(builder, step, sizeof(struct map_data));
    if (status) return status;
    struct map_data *data = step->data;
    const struct slot *out = &builder->network->slots[step->output];
    data->block = params->block;
    data->column_row_depth = params->column_row_depth;
    step->parts = (int)(out->batch * out->channels);
    step->rows[0] = step->columns[0] = (struct dependence){.multiply = 1, .divide = params->block};
    return FRINGE_OK;
}
