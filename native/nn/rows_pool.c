/* rows_pool.c - maximum and average pooling, row by row.
 *
 * The rows under a window are first combined into a scratch row, with what does not count (minus infinity, or
 * zero) to the left and right of it; then the columns are combined without looking at edges.
 */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "nn/plan_build.h"
#include "tensor/pairs.h"

/* Of a part of a row: a plane alone is less work than sharing it out. */
enum { PART_PLANES = 8 };

struct pool_data {
    struct pool_params params;
    const struct pairs_kernels *pairs; /* 2x2 maximum at stride 2 within the input; else NULL */
    float *column_counts;              /* average: positions that count, for each output column */
};

static void pool_clear(struct step *step)
{
    struct pool_data *data = step->data;
    if (data) alloc_free(data->column_counts);
}

/* Positions of output index o's window that count in an average, along axis `axis` of length `in`. */
static int64_t count_positions(const struct pool_params *params, int axis, int64_t in, int64_t o)
{
    const struct window *w = &params->window;
    int64_t low = params->count_include_pad ? -w->pad_begin[axis] : 0;
    int64_t high = params->count_include_pad ? in + w->pad_end[axis] : in, count = 0;
    for (int64_t k = 0; k < w->kernel[axis]; k++) {
        int64_t at = o * w->stride[axis] - w->pad_begin[axis] + k * w->dilation[axis];
        count += at >= low && at < high;
    }
    return count;
}

static void combine(float *to, const float *from, int64_t n, int average)
{
    if (average)
        for (int64_t x = 0; x < n; x++) to[x] += from[x];
    else
        for (int64_t x = 0; x < n; x++) to[x] = from[x] > to[x] || from[x] != from[x] ? from[x] : to[x];
}

static void combine_columns(const struct window *w, const float *from, int64_t n, int average, float *to)
{
    int64_t stride = w->stride[1];
    for (int64_t x = 0; x < n; x++) to[x] = from[x * stride];
    for (int64_t k = 1; k < w->kernel[1]; k++) {
        const float *at = from + k * w->dilation[1];
        if (average)
            for (int64_t x = 0; x < n; x++) to[x] += at[x * stride];
        else
            for (int64_t x = 0; x < n; x++) {
                float value = at[x * stride];
                to[x] = value > to[x] || value != value ? value : to[x];
            }
    }
}

/* Columns of the scratch row: those of the input with what windows reach beyond it. */
static int64_t scratch_columns(const struct window *w, int64_t in_width, int64_t out_width)
{
    int64_t reached = (out_width - 1) * w->stride[1] + (w->kernel[1] - 1) * w->dilation[1] + 1;
    int64_t own = w->pad_begin[1] + in_width;
    return reached > own ? reached : own;
}

static void pool_plane(const struct step *step, struct execution *execution, int64_t row, int64_t plane,
                       int worker)
{
    const struct pool_data *data = step->data;
    const struct window *w = &data->params.window;
    const struct slot *in = &execution->network->slots[step->inputs[0]];
    const struct slot *out = &execution->network->slots[step->output];
    if (data->pairs) {
        data->pairs->maximum(execution_row(execution, in, 2 * row) + (size_t)plane * in->plane_stride,
                             execution_row(execution, in, 2 * row + 1) + (size_t)plane * in->plane_stride,
                             out->width,
                             execution_row(execution, out, row) + (size_t)plane * out->plane_stride);
        return;
    }
    int average = data->params.average;
    float *scratch = execution_scratch(execution, worker), nothing = average ? 0 : -INFINITY;
    float *own = scratch + w->pad_begin[1];
    int64_t columns = scratch_columns(w, in->width, out->width);
    float row_count = (float)(average ? count_positions(&data->params, 0, in->height, row) : 0);
    float *to = execution_row(execution, out, row) + (size_t)plane * out->plane_stride;
    for (int64_t x = 0; x < columns; x++) scratch[x] = nothing;
    for (int64_t k = 0; k < w->kernel[0]; k++) {
        int64_t from = row * w->stride[0] - w->pad_begin[0] + k * w->dilation[0];
        if (from < 0 || from >= in->height) continue;
        combine(own, execution_row(execution, in, from) + (size_t)plane * in->plane_stride, in->width,
                average);
    }
    combine_columns(w, scratch, out->width, average, to);
    if (average)
        for (int64_t x = 0; x < out->width; x++) to[x] /= row_count * data->column_counts[x];
}

static void pool_row(const struct step *step, struct execution *execution, int64_t row, int part, int worker)
{
    const struct slot *out = &execution->network->slots[step->output];
    int64_t planes = out->batch * out->channels, begin = (int64_t)part * PART_PLANES;
    for (int64_t plane = begin; plane < begin + PART_PLANES && plane < planes; plane++)
        pool_plane(step, execution, row, plane, worker);
}

static const struct step_kind pool_kind = {.name = "pool", .row = pool_row, .clear = pool_clear};

static int halves(const struct window *w)
{
    for (int axis = 0; axis < 2; axis++)
        if (w->kernel[axis] != 2 || w->stride[axis] != 2 || w->pad_begin[axis] != 0 || w->dilation[axis] != 1)
            return 0;
    return 1;
}

fringe_status rows_pool_lower(struct plan_builder *builder, const struct graph_node *node, int *taken)
{
    const struct pool_params *params = node->params;
    *taken = params->window.spatial == 2 && node->output_count == 1;
    if (!*taken) return FRINGE_OK;
    struct step *step;
    int input;
    fringe_status status = builder_rows(builder, node->inputs[0], &input);
    if (!status) status = builder_step(builder, &pool_kind, node, &input, 1, node->outputs[0], &step);
    if (!status) status = builder_data(builder, step, sizeof(struct pool_data));
    if (status) return status;
    struct pool_data *data = step->data;
    const struct window *w = &params->window;
    const struct slot *in = &builder->network->slots[input], *out = &builder->network->slots[step->output];
    data->params = *params;
    data->column_counts = alloc_array((size_t)out->width, sizeof(float));
    if (!data->column_counts)
        return failure_memory(builder->error, "pool", (size_t)out->width * sizeof(float));
    if (!params->average && halves(w) && 2 * out->height <= in->height && 2 * out->width <= in->width)
        data->pairs = CPU_CHOOSE(pairs);
    for (int64_t x = 0; x < out->width; x++)
        data->column_counts[x] = (float)count_positions(params, 1, in->width, x);
    step->parts = (int)((out->batch * out->channels + PART_PLANES - 1) / PART_PLANES);
    step->scratch_floats = (size_t)scratch_columns(w, in->width, out->width);
    step->rows[0] = dependence_window(w->stride[0], w->pad_begin[0], w->dilation[0], w->kernel[0]);
    step->columns[0] = dependence_window(w->stride[1], w->pad_begin[1], w->dilation[1], w->kernel[1]);
    return FRINGE_OK;
}
