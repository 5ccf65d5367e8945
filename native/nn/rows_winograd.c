/* rows_winograd.c - 3x3 convolutions by Winograd's filtering, four rows at a time (tensor/winograd.h).
 *
 * A block of the work is a few groups of four rows by a stretch of tiles by up to WINOGRAD_PART output
 * channels: its transformed input stays with the worker while channel after channel passes over it. Narrow
 * layers put several groups of rows into one block, since the weights, which are large there, are read once
 * for a block.
 */
#include <string.h>

#include "base/alloc.h"
#include "nn/rows_conv.h"
#include "tensor/winograd.h"

enum {
    LEAST_IN_CHANNELS = 8,
    LEAST_OUT_CHANNELS = 4,     /* below these the transforms cost more than the products save */
    BLOCK_FLOATS = 112 * 1024,  /* of a block's input and products, transformed: they should stay in L2 */
    GROUPED_TILES = 48,         /* of a block of several rows of tiles, which a narrow layer's are */
    LARGE_WEIGHTS = 128 * 1024, /* floats that L2 does not hold: worth waiting for GROUPED_TILES */
    NARROW_TILES = 24,          /* of a row: a layer that has few blocks to share out */
    WINOGRAD_PART = 128,        /* output channels of a part: each part transforms the input anew */
    LEAST_PART = 32,            /* of a narrow layer */
    PRODUCT_CHANNELS = 32,      /* output channels whose products are held at a time */
    LINE_FLOATS = 16            /* of a cache line */
};

struct winograd_data {
    struct conv_data conv; /* window, channels, bias, relu; its weights are the transformed ones */
    const struct winograd_kernels *kernels;
    int64_t chunk_tiles, chunk_count; /* a row of tiles is cut into chunks */
    int64_t row_groups;               /* of a block */
    int64_t part_channels, channel_parts;
    int64_t held_channels; /* output channels whose products are held at a time */
};

static void winograd_clear(struct step *step)
{
    conv_clear(step);
}

static int64_t chunk_stride(const struct winograd_data *data, int64_t count)
{
    int64_t lanes = data->kernels->lanes;
    return (count + lanes - 1) / lanes * lanes;
}

/* Most tiles, in their strides, that a block can have. */
static int64_t most_stride(const struct winograd_data *data)
{
    return chunk_stride(data, data->chunk_tiles) * data->row_groups;
}

/* Floats from one frequency to the next: an odd number of cache lines, so that the 36 places that a transform
 * writes or reads at a time fall into different sets of the cache. */
static size_t frequency_stride(int64_t channels, int64_t stride)
{
    size_t lines = ((size_t)(channels * stride) + LINE_FLOATS - 1) / LINE_FLOATS;
    return (lines | 1) * LINE_FLOATS;
}

/* Planes of floats that a source takes for each channel. */
static int64_t source_planes(int doubled)
{
    return doubled ? WINOGRAD_HALF_REACH * WINOGRAD_HALF_REACH : WINOGRAD_FREQUENCIES;
}

/* Where the transformed inputs of a block lie, one behind the other from `v` on, and how many floats they
 * take. With v NULL only that. */
static size_t lay_sources(const struct step *step, const struct network *network, float *v, int64_t stride,
                          struct winograd_source *sources)
{
    const struct winograd_data *data = step->data;
    size_t floats = 0;
    for (size_t i = 0; i < data->conv.source_count; i++) {
        int64_t channels = network->slots[step->inputs[i]].channels;
        sources[i].v = v ? v + floats : NULL;
        sources[i].v_stride = frequency_stride(channels, stride);
        sources[i].channels = channels;
        sources[i].doubled = data->conv.doubled[i];
        floats += (size_t)source_planes(data->conv.doubled[i]) * sources[i].v_stride;
    }
    return floats;
}

/* Transforms one group's input: all channels, `count` tiles from output pixel (y, x), to place `at` of the
 * block's arrays. */
static void transform_group(const struct step *step, const struct execution *execution, int64_t n, int64_t y,
                            int64_t x, int64_t count, const struct winograd_source *sources, int64_t at,
                            int64_t stride, float *scratch)
{
    const struct winograd_data *data = step->data;
    const struct window *w = &data->conv.window;
    for (size_t i = 0; i < data->conv.source_count; i++) {
        const struct slot *in = &execution->network->slots[step->inputs[i]];
        int doubled = sources[i].doubled, row_count = doubled ? WINOGRAD_HALF_REACH : WINOGRAD_REACH;
        int64_t row = doubled ? y / 2 - 1 : y - w->pad_begin[0];
        int64_t column = doubled ? x / 2 - 1 : x - w->pad_begin[1];
        const float *rows[WINOGRAD_REACH];
        for (int k = 0; k < row_count; k++)
            rows[k] = execution_row(execution, in, row + k) + (size_t)(n * in->channels) * in->plane_stride +
                      column;
        for (int64_t c = 0; c < in->channels; c++) {
            size_t ahead = c + 1 < in->channels ? in->plane_stride : 0;
            (doubled ? data->kernels->input_doubled : data->kernels->input)(
                rows, count, ahead, sources[i].v + c * stride + at, sources[i].v_stride, scratch);
            for (int k = 0; k < row_count; k++) rows[k] += in->plane_stride;
        }
    }
}

/* One group's output channel `channel`: four rows or, at the image's end, fewer. */
static void finish_group(const struct step *step, struct execution *execution, int64_t n, int64_t y,
                         int64_t x, int64_t count, int64_t channel, const float *m, size_t m_stride)
{
    const struct winograd_data *data = step->data;
    const struct slot *out = &execution->network->slots[step->output];
    float *rows[WINOGRAD_TILE];
    int row_count = 0;
    for (; row_count < WINOGRAD_TILE && y + row_count < out->height; row_count++)
        rows[row_count] = execution_row(execution, out, y + row_count) +
                          (size_t)(n * out->channels + channel) * out->plane_stride;
    float *at[WINOGRAD_TILE];
    for (int i = 0; i < row_count; i++) at[i] = rows[i] + x;
    size_t ahead = channel + 1 < out->channels ? out->plane_stride : 0;
    data->kernels->output(m, m_stride, count, data->conv.bias[channel], data->conv.relu, at, row_count,
                          ahead);
}

/* Pixels [x, x_end) of rows [row, row_end) are there: what is added to them, and the zeros at a row's end. */
static void finish_rows(const struct step *step, struct execution *execution, int64_t row, int64_t row_end,
                        const struct conv_part *p, int64_t x, int64_t x_end)
{
    const struct winograd_data *data = step->data;
    const struct slot *out = &execution->network->slots[step->output];
    int64_t width = x_end < out->width ? x_end - x : out->width - x;
    for (; row < row_end; row++) {
        float *to = execution_row(execution, out, row) +
                    (size_t)(p->n * out->channels + p->channel) * out->plane_stride;
        if (data->conv.tail) conv_add_tail(step, execution, p, row, x, width, to);
        if (x_end >= out->width) rows_seal(out, to, p->count);
    }
}

static void winograd_rows(const struct step *step, struct execution *execution, int64_t row, int64_t row_end,
                          int part, int worker)
{
    const struct winograd_data *data = step->data;
    const struct slot *out = &execution->network->slots[step->output];
    int64_t chunk = part % data->chunk_count, rest = part / data->chunk_count;
    int64_t first_channel = rest % data->channel_parts * data->part_channels, n = rest / data->channel_parts;
    int64_t channels = data->conv.out_channels - first_channel;
    if (channels > data->part_channels) channels = data->part_channels;
    int64_t tiles = (out->width + WINOGRAD_TILE - 1) / WINOGRAD_TILE, tile = chunk * data->chunk_tiles;
    int64_t count = tiles - tile < data->chunk_tiles ? tiles - tile : data->chunk_tiles,
            x = tile * WINOGRAD_TILE;
    int64_t group_stride = chunk_stride(data, count);
    int64_t groups = (row_end - row + WINOGRAD_TILE - 1) / WINOGRAD_TILE, stride = groups * group_stride;
    int64_t held = channels < data->held_channels ? channels : data->held_channels;
    held = (held + WINOGRAD_BLOCK - 1) / WINOGRAD_BLOCK * WINOGRAD_BLOCK;
    struct winograd_source sources[STEP_MOST_INPUTS];
    float *v = execution_scratch(execution, worker);
    float *m = v + lay_sources(step, execution->network, v, stride, sources);
    size_t m_stride = frequency_stride(held, stride);
    float *scratch = m + WINOGRAD_FREQUENCIES * m_stride;
    size_t u_stride = (size_t)(data->conv.blocks * WINOGRAD_BLOCK * data->conv.in_channels);
    for (int64_t g = 0; g < groups; g++)
        transform_group(step, execution, n, row + g * WINOGRAD_TILE, x, count, sources, g * group_stride,
                        stride, scratch);
    for (int64_t done = 0; done < channels; done += data->held_channels) {
        int64_t channel = first_channel + done, these = channels - done;
        if (these > data->held_channels) these = data->held_channels;
        data->kernels->multiply(sources, (int)data->conv.source_count,
                                data->conv.weights + channel * data->conv.in_channels, u_stride, m, m_stride,
                                (these + WINOGRAD_BLOCK - 1) / WINOGRAD_BLOCK, stride);
        for (int64_t o = 0; o < these; o++)
            for (int64_t g = 0; g < groups; g++)
                finish_group(step, execution, n, row + g * WINOGRAD_TILE, x, count, channel + o,
                             m + o * stride + g * group_stride, m_stride);
        const struct conv_part held_part = {n, 0, channel, these};
        finish_rows(step, execution, row, row_end, &held_part, x, x + WINOGRAD_TILE * count);
    }
}

const struct step_kind rows_winograd_kind = {
    .name = "winograd conv", .rows = winograd_rows, .clear = winograd_clear};

int rows_winograd_suits(const struct conv_params *params, int64_t in_channels, int64_t out_channels)
{
    const struct window *w = &params->window;
    return params->groups == 1 && w->spatial == 2 && w->kernel[0] == 3 && w->kernel[1] == 3 &&
           w->stride[0] == 1 && w->stride[1] == 1 && w->dilation[0] == 1 && w->dilation[1] == 1 &&
           w->pad_begin[1] <= 2 && in_channels >= LEAST_IN_CHANNELS && out_channels >= LEAST_OUT_CHANNELS;
}

int rows_winograd_doubles(const struct conv_params *params)
{
    return params->window.pad_begin[0] == 1 && params->window.pad_begin[1] == 1;
}

/* Transformed weights: for each frequency, block and input channel WINOGRAD_BLOCK output channels. */
static void pack_winograd(struct winograd_data *data, const struct conv_folded *folded, const char *doubled)
{
    const struct conv_data *conv = &data->conv;
    size_t u_stride = (size_t)(conv->blocks * WINOGRAD_BLOCK * conv->in_channels);
    for (int64_t block = 0; block < conv->blocks; block++)
        for (int64_t c = 0; c < conv->in_channels; c++) {
            const float *kernels[WINOGRAD_BLOCK];
            double scale[WINOGRAD_BLOCK];
            for (int64_t k = 0; k < WINOGRAD_BLOCK; k++) {
                int64_t o = block * WINOGRAD_BLOCK + k, there = o < conv->out_channels;
                if (!there) o = 0; /* places behind the last channel: any kernel, times zero */
                kernels[k] = folded->weights + (o * conv->in_channels + c) * 9;
                scale[k] = !there ? 0 : folded->scale ? (double)folded->scale[o] : 1;
            }
            winograd_weights(kernels, scale, doubled[c],
                             conv->weights + (block * conv->in_channels + c) * WINOGRAD_BLOCK, u_stride);
        }
}

/* Cuts a row of tiles into chunks of about the same length, of which the transformed input, `planes` floats
 * for each tile, and the products stay in L2. */
static void cut_rows(struct winograd_data *data, int64_t planes, int64_t tiles)
{
    int64_t held = data->conv.out_channels < PRODUCT_CHANNELS ? data->conv.out_channels : PRODUCT_CHANNELS;
    int64_t most = BLOCK_FLOATS / (planes + WINOGRAD_FREQUENCIES * held);
    if (most < LINE_FLOATS) most = LINE_FLOATS;
    int64_t chunks = (tiles + most - 1) / most;
    data->chunk_tiles = chunk_stride(data, (tiles + chunks - 1) / chunks);
    if (data->chunk_tiles > tiles) data->chunk_tiles = tiles;
    data->chunk_count = (tiles + data->chunk_tiles - 1) / data->chunk_tiles;
}

/* Half of the channels, in whole blocks. */
static int64_t part_of_narrow(int64_t channels)
{
    int64_t half = (channels / 2 + WINOGRAD_BLOCK - 1) / WINOGRAD_BLOCK * WINOGRAD_BLOCK;
    return half < LEAST_PART ? LEAST_PART : half > WINOGRAD_PART ? WINOGRAD_PART : half;
}

fringe_status rows_winograd_finish(struct plan_builder *builder, struct step *step,
                                   const struct conv_folded *folded)
{
    /* conv_begin made a conv_data; this kind's own begins with one. */
    struct conv_data *conv = step->data;
    struct winograd_data *data = alloc_array(1, sizeof *data);
    size_t floats = WINOGRAD_FREQUENCIES * (size_t)(conv->blocks * WINOGRAD_BLOCK * conv->in_channels);
    float *weights = alloc_aligned(floats, sizeof *weights);
    char *doubled = alloc_array((size_t)conv->in_channels, sizeof *doubled); /* by channel */
    if (!data || !weights || !doubled) {
        alloc_free(data);
        alloc_free(weights);
        alloc_free(doubled);
        return FRINGE_MEMORY;
    }
    for (size_t i = 0, c = 0; i < conv->source_count; i++) {
        size_t channels = (size_t)builder->network->slots[step->inputs[i]].channels;
        memset(doubled + c, conv->doubled[i], channels);
        c += channels;
    }
    memset(weights, 0, floats * sizeof *weights);
    alloc_free(conv->weights);
    builder->network->facts.weight_bytes += (floats - conv->weight_floats) * sizeof *weights;
    data->conv = *conv;
    data->conv.weights = weights;
    alloc_free(conv);
    step->data = data;
    step->kind = &rows_winograd_kind;
    data->kernels = CPU_CHOOSE(winograd);
    pack_winograd(data, folded, doubled);
    alloc_free(doubled);

    const struct slot *out = &builder->network->slots[step->output];
    int64_t tiles = (out->width + WINOGRAD_TILE - 1) / WINOGRAD_TILE;
    int64_t planes = 0;
    for (size_t i = 0; i < data->conv.source_count; i++)
        planes += builder->network->slots[step->inputs[i]].channels * source_planes(data->conv.doubled[i]);
    cut_rows(data, planes, tiles);
    int64_t row_tiles = chunk_stride(data, data->chunk_tiles);
    data->row_groups = GROUPED_TILES > row_tiles ? GROUPED_TILES / row_tiles : 1;
    data->part_channels = tiles > NARROW_TILES ? WINOGRAD_PART : part_of_narrow(data->conv.out_channels);
    data->channel_parts = (data->conv.out_channels + data->part_channels - 1) / data->part_channels;
    step->parts = (int)(data->chunk_count * data->channel_parts * out->batch);
    step->block_rows = (int)(data->row_groups * WINOGRAD_TILE);
    step->lump_rows = floats > LARGE_WEIGHTS ? step->block_rows : WINOGRAD_TILE;
    int64_t stride = most_stride(data);
    /* An input that does not stay in L2 is read once for all of a part. */
    data->held_channels = planes * stride > BLOCK_FLOATS ? data->part_channels : PRODUCT_CHANNELS;
    struct winograd_source sources[STEP_MOST_INPUTS];
    step->scratch_floats = lay_sources(step, builder->network, NULL, stride, sources) +
                           WINOGRAD_FREQUENCIES * frequency_stride(data->held_channels, stride) +
                           WINOGRAD_SCRATCH(stride);
    for (size_t i = 0; i < data->conv.source_count; i++)
        step->rows[i].quantum = step->columns[i].quantum = WINOGRAD_TILE;
    return FRINGE_OK;
}
