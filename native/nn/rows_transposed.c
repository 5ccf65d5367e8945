/* rows_transposed.c - transposed convolutions, row by row.
 *
 * Output pixel o takes input i through tap k where o = i * stride - pad + k * dilation. So the output pixels
 * of one phase (o modulo the stride, in rows and columns) are an ordinary convolution with the taps that
 * divide evenly: tap k reads pixel (o + pad - k * dilation) / stride. Each column phase is computed into a
 * scratch row, and the phases are interleaved into the output.
 */
#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "nn/rows_conv.h"

/* The taps of one phase, in rising order of (ky, kx). */
struct transposed_phase {
    int taps;
    size_t weights; /* floats from the start of a group's */
    uint8_t ky[MOST_TAPS];
    int32_t shift[MOST_TAPS]; /* columns from the phase's pixel j to the input pixel */
};

static size_t scratch_row_floats(int64_t width, int64_t stride)
{
    int64_t pixels = (width + stride - 1) / stride;
    return (size_t)((pixels + 15) / 16 * 16 + CONV_OVERREAD);
}

/* One phase of a part into scratch rows of `length` floats. */
static void phase_rows(const struct step *step, struct execution *execution, int64_t row,
                       const struct conv_part *p, const struct transposed_phase *phase, int64_t pixels,
                       float *scratch, size_t length)
{
    const struct conv_data *data = step->data;
    const struct window *w = &data->window;
    struct conv_source sources[STEP_MOST_INPUTS];
    ptrdiff_t taps[STEP_MOST_INPUTS][MOST_TAPS];
    int64_t first = p->group * data->in_channels, last = first + data->in_channels, at = 0;
    int count = 0;
    for (size_t i = 0; i < step->input_count; i++) {
        const struct slot *in = &execution->network->slots[step->inputs[i]];
        int64_t begin = first > at ? first - at : 0,
                end = last - at < in->channels ? last - at : in->channels;
        at += in->channels;
        if (begin >= end) continue;
        float *plane = execution->memory + in->offset;
        for (int t = 0; t < phase->taps; t++) {
            int64_t from = (row + w->pad_begin[0] - phase->ky[t] * w->dilation[0]) / w->stride[0];
            if (row + w->pad_begin[0] < phase->ky[t] * w->dilation[0]) from = -1; /* above the first row */
            taps[count][t] = execution_row(execution, in, from) - plane + phase->shift[t];
        }
        sources[count] =
            (struct conv_source){plane + (size_t)(p->n * in->channels + begin) * in->plane_stride,
                                 in->plane_stride, taps[count], end - begin, 0};
        count++;
    }
    struct conv_sum sum = conv_part_sum(step, execution, p, row);
    sum.sources = sources;
    sum.source_count = count;
    sum.tap_count = phase->taps;
    sum.weights = data->weights + (size_t)p->group * data->weight_floats + phase->weights +
                  (size_t)(p->channel / CONV_BLOCK * conv_block_floats(data->in_channels, phase->taps));
    data->kernels->row(&sum, scratch, length, p->count, pixels);
}

static void transposed_row(const struct step *step, struct execution *execution, int64_t row, int part,
                           int worker)
{
    const struct conv_data *data = step->data;
    const struct slot *out = &execution->network->slots[step->output];
    const struct conv_part p = conv_part_of(data, part);
    int64_t stride = data->window.stride[1];
    size_t length = scratch_row_floats(out->width, stride);
    float *scratch = execution_scratch(execution, worker);
    int64_t plane = (p.n * data->groups + p.group) * data->out_channels + p.channel;
    float *to = execution_row(execution, out, row) + (size_t)plane * out->plane_stride;
    for (int64_t px = 0; px < stride; px++) {
        const struct transposed_phase *phase = &data->phases[row % data->window.stride[0] * stride + px];
        int64_t pixels = (out->width - px + stride - 1) / stride;
        if (pixels <= 0) continue;
        phase_rows(step, execution, row, &p, phase, pixels, scratch, length);
        for (int64_t o = 0; o < p.count; o++) {
            const float *from = scratch + (size_t)o * length;
            float *pixel = to + (size_t)o * out->plane_stride + px;
            for (int64_t j = 0; j < pixels; j++) pixel[j * stride] = from[j];
        }
    }
}

static const struct step_kind transposed_kind = {
    .name = "transposed conv", .row = transposed_row, .clear = conv_clear};

/* Fills the phases; 0 where an offset would leave the margins. */
static int find_phases(struct conv_data *data, int64_t in_width, int64_t out_width)
{
    const struct window *w = &data->window;
    int64_t in_end = (in_width + 15) / 16 * 16 + ROWS_MARGIN;
    int64_t pixels_end = ((out_width + w->stride[1] - 1) / w->stride[1] + 15) / 16 * 16;
    size_t floats = 0;
    for (int64_t py = 0; py < w->stride[0]; py++)
        for (int64_t px = 0; px < w->stride[1]; px++) {
            struct transposed_phase *phase = &data->phases[py * w->stride[1] + px];
            phase->weights = floats;
            for (int64_t ky = 0; ky < w->kernel[0]; ky++)
                for (int64_t kx = 0; kx < w->kernel[1]; kx++) {
                    int64_t y = py + w->pad_begin[0] - ky * w->dilation[0];
                    int64_t x = px + w->pad_begin[1] - kx * w->dilation[1];
                    if (y % w->stride[0] != 0 || x % w->stride[1] != 0) continue;
                    int64_t shift = x / w->stride[1];
                    if (shift < -ROWS_MARGIN || pixels_end + shift > in_end) return 0;
                    phase->ky[phase->taps] = (uint8_t)ky;
                    phase->shift[phase->taps++] = (int32_t)shift;
                }
            floats += (size_t)(data->blocks * conv_block_floats(data->in_channels, phase->taps));
        }
    return 1;
}

/* Weight (i, o, ky, kx) of group g in ONNX's order: ((g * in + i) * out + o) * taps + t. */
static void pack_transposed(struct conv_data *data, const struct conv_folded *folded)
{
    const struct window *w = &data->window;
    for (int64_t g = 0; g < data->groups; g++)
        for (int64_t number = 0; number < w->stride[0] * w->stride[1]; number++) {
            const struct transposed_phase *phase = &data->phases[number];
            int64_t px = number % w->stride[1];
            float *to = data->weights + (size_t)g * data->weight_floats + phase->weights;
            for (int64_t block = 0; block < data->blocks; block++)
                for (int64_t i = 0; i < data->in_channels; i++)
                    for (int t = 0; t < phase->taps; t++)
                        for (int64_t k = 0; k < CONV_BLOCK; k++, to++) {
                            int64_t o = block * CONV_BLOCK + k;
                            if (o >= data->out_channels) continue; /* zero */
                            int64_t kx =
                                (px + w->pad_begin[1] - phase->shift[t] * w->stride[1]) / w->dilation[1];
                            int64_t from = (g * data->in_channels + i) * data->out_channels + o;
                            float value =
                                folded->weights[from * data->taps + phase->ky[t] * w->kernel[1] + kx];
                            *to = folded->scale ? value * folded->scale[g * data->out_channels + o] : value;
                        }
        }
}

fringe_status rows_transposed_lower(struct plan_builder *builder, const struct graph_node *node, int *taken)
{
    const struct conv_params *params = node->params;
    const int64_t *in = builder->graph->values[node->inputs[0]].tensor.dims;
    const int64_t *out = builder->graph->values[node->outputs[0]].tensor.dims;
    const struct tensor *weights = builder_constant(builder, node, 1);
    *taken = 0;
    if (!weights || params->window.spatial != 2) return FRINGE_OK;
    int64_t phase_count = params->window.stride[0] * params->window.stride[1];
    if (phase_count > MOST_TAPS || params->window.kernel[0] > UINT8_MAX ||
        params->window.kernel[0] * params->window.kernel[1] > MOST_TAPS)
        return FRINGE_OK;
    /* The phases are found before anything is folded: rows that cannot do it leave the graph as it is. */
    struct conv_data sketch = {.window = params->window,
                               .in_channels = weights->dims[0] / params->groups,
                               .blocks = (weights->dims[1] + CONV_BLOCK - 1) / CONV_BLOCK};
    sketch.phases = alloc_array((size_t)phase_count, sizeof *sketch.phases);
    if (!sketch.phases)
        return failure_memory(builder->error, "phases", (size_t)phase_count * sizeof *sketch.phases);
    if (!find_phases(&sketch, in[3], out[3])) {
        alloc_free(sketch.phases);
        return FRINGE_OK;
    }
    struct conv_folded folded = {0};
    struct step *step;
    fringe_status status = conv_begin(builder, node, 1, &transposed_kind, &folded, &step, taken);
    if (!status && *taken) {
        struct conv_data *data = step->data;
        const struct window *w = &data->window;
        data->phases = sketch.phases;
        sketch.phases = NULL;
        pack_transposed(data, &folded);
        step->scratch_floats = PART_CHANNELS * scratch_row_floats(out[3], w->stride[1]);
        for (size_t i = 0; i < step->input_count; i++) {
            step->rows[i] =
                dependence_transposed(w->stride[0], w->pad_begin[0], w->dilation[0], w->kernel[0]);
            step->columns[i] =
                dependence_transposed(w->stride[1], w->pad_begin[1], w->dilation[1], w->kernel[1]);
        }
    }
    alloc_free(sketch.phases);
    return conv_end(builder, &folded, status);
}
