#include "train/convolution.h"

#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "base/run_state.h"
#include "tensor/conv.h"
#include "tensor/winograd.h"

enum {
    LEAST_CHANNELS = 8, /* in and out: below, Winograd's transforms cost more than its products save */
    BAND_ROWS = 8,      /* rows of a piece of a direct convolution */
    BLOCK_TILES = 64,   /* tiles of a piece of a Winograd convolution, about */
    HELD_CHANNELS = 32  /* output channels whose products are held at a time */
};

static int32_t smaller(int32_t a, int32_t b)
{
    return a < b ? a : b;
}

/* ---- weights ---- */

fringe_status convolution_create(int32_t in_channels, int32_t out_channels, int kernel, struct convolution *c,
                                 fringe_error *error)
{
    *c = (struct convolution){.in_channels = in_channels, .out_channels = out_channels, .kernel = kernel};
    c->winograd = kernel == 3 && in_channels >= LEAST_CHANNELS && out_channels >= LEAST_CHANNELS;
    c->blocks = (out_channels + CONV_BLOCK - 1) / CONV_BLOCK;
    size_t floats = (size_t)c->blocks * CONV_BLOCK * (size_t)in_channels *
                    (size_t)(c->winograd ? WINOGRAD_FREQUENCIES : kernel * kernel);
    c->weights = alloc_aligned(floats, sizeof(float));
    c->bias = alloc_array((size_t)c->blocks * CONV_BLOCK, sizeof(float));
    if (c->weights && c->bias) return FRINGE_OK;
    convolution_clear(c);
    return failure_memory(error, "weights of a convolution", floats * sizeof(float));
}

void convolution_clear(struct convolution *c)
{
    alloc_free(c->weights);
    alloc_free(c->bias);
    c->weights = c->bias = NULL;
}

struct packing {
    const struct convolution *convolution;
    const float *weights;
    int turned;
};

/* The kernel from input channel i to output channel o, or NULL behind the last. */
static const float *kernel_of(const struct packing *p, int32_t o, int32_t i, float space[9])
{
    const struct convolution *c = p->convolution;
    int taps = c->kernel * c->kernel;
    if (o >= c->out_channels) return memset(space, 0, 9 * sizeof *space);
    if (!p->turned) return p->weights + ((size_t)o * (size_t)c->in_channels + (size_t)i) * (size_t)taps;
    const float *from = p->weights + ((size_t)i * (size_t)c->out_channels + (size_t)o) * (size_t)taps;
    for (int t = 0; t < taps; t++) space[t] = from[taps - 1 - t];
    return space;
}

static void pack_block(void *context, size_t block, int worker)
{
    const struct packing *p = context;
    const struct convolution *c = p->convolution;
    static const double one[WINOGRAD_BLOCK] = {1, 1, 1, 1};
    size_t u_stride = (size_t)c->blocks * WINOGRAD_BLOCK * (size_t)c->in_channels;
    int taps = c->kernel * c->kernel;
    (void)worker;
    for (int32_t i = 0; i < c->in_channels; i++) {
        float space[WINOGRAD_BLOCK][9];
        const float *kernels[WINOGRAD_BLOCK];
        size_t at = (block * (size_t)c->in_channels + (size_t)i) * CONV_BLOCK;
        for (int32_t k = 0; k < WINOGRAD_BLOCK; k++)
            kernels[k] = kernel_of(p, (int32_t)block * WINOGRAD_BLOCK + k, i, space[k]);
        if (c->winograd) {
            winograd_weights(kernels, one, 0, c->weights + at, u_stride);
        } else {
            for (int t = 0; t < taps; t++)
                for (int k = 0; k < CONV_BLOCK; k++)
                    c->weights[at * (size_t)taps + (size_t)(t * CONV_BLOCK + k)] = kernels[k][t];
        }
    }
}

fringe_status convolution_pack(struct convolution *c, const float *weights, const float *bias,
                               const fringe_run *run, fringe_error *error)
{
    struct packing packing = {c, weights, 0};
    if (bias) memcpy(c->bias, bias, (size_t)c->out_channels * sizeof *bias);
    return run_state_parallel(run, (size_t)c->blocks, pack_block, &packing, error);
}

fringe_status convolution_pack_turned(struct convolution *c, const float *weights, const fringe_run *run,
                                      fringe_error *error)
{
    struct packing packing = {c, weights, 1};
    return run_state_parallel(run, (size_t)c->blocks, pack_block, &packing, error);
}

/* ---- forward, and back to the input ---- */

struct applying {
    const struct convolution *convolution;
    const struct planes *in, *out;
    int relu, add;
    float *scratch;
    size_t scratch_stride;
    int32_t tile_rows, tiles;  /* Winograd: rows of tiles of an image, tiles of a row */
    int32_t group_rows, parts; /* rows of tiles of a piece, pieces side by side along the output channels */
    int32_t part_channels;     /* of such a piece, the last one apart */
};

static void add_row(const struct planes *out, float *to, const float *from)
{
    for (int32_t x = 0; x < out->width; x++) to[x] += from[x];
}

/* Rows of zeros stand for those outside the image. */
static void direct_band(void *context, size_t index, int worker)
{
    const struct applying *a = context;
    const struct convolution *c = a->convolution;
    int32_t bands = (a->out->height + BAND_ROWS - 1) / BAND_ROWS;
    int32_t n = (int32_t)index / bands, first = (int32_t)index % bands * BAND_ROWS;
    int32_t end = smaller(first + BAND_ROWS, a->out->height);
    ptrdiff_t taps[9] = {0}, row = (ptrdiff_t)a->in->row;
    for (int t = 0; t < 9 && c->kernel == 3; t++) taps[t] = (t / 3 - 1) * row + t % 3 - 1;
    float *scratch = a->scratch + (size_t)worker * a->scratch_stride;
    for (int32_t y = first; y < end; y++) {
        const struct conv_source source = {planes_row(a->in, n, 0, y), a->in->plane, taps, c->in_channels, 0};
        const struct conv_sum sum = {.sources = &source,
                                     .source_count = 1,
                                     .tap_count = c->kernel * c->kernel,
                                     .weights = c->weights,
                                     .bias = c->bias,
                                     .relu = a->relu};
        float *to = planes_row(a->out, n, 0, y);
        CPU_CHOOSE(conv)->row(&sum, a->add ? scratch : to, a->add ? a->out->row : a->out->plane,
                              c->out_channels, a->out->width);
        for (int32_t o = 0; o < c->out_channels; o++) {
            if (a->add)
                add_row(a->out, to + (size_t)o * a->out->plane, scratch + (size_t)o * a->out->row);
            else
                planes_seal(a->out, to + (size_t)o * a->out->plane);
        }
    }
}

enum { LANES = 16 }; /* of the widest vector: arrays of tiles are padded to whole ones */

static size_t padded_tiles(size_t tiles)
{
    return (tiles + LANES - 1) / LANES * LANES;
}

static size_t zero_floats(const struct planes *planes)
{
    return planes->row + 2 * PLANES_MARGIN;
}

/* A row of the image or, outside it, of zeros. */
static const float *row_or_zeros(const struct planes *planes, int32_t n, int32_t channel, int32_t y,
                                 const float *zeros)
{
    return y < planes->height ? planes_row(planes, n, channel, y) : zeros + PLANES_MARGIN;
}

static void finish_tiles(const struct applying *a, const float *m, size_t m_stride, int32_t tile_row,
                         int32_t channel, float *scratch)
{
    const struct planes *out = a->out;
    int32_t n = tile_row / a->tile_rows, y = tile_row % a->tile_rows * WINOGRAD_TILE;
    int32_t count = smaller(WINOGRAD_TILE, out->height - y);
    size_t width = WINOGRAD_TILE * (size_t)a->tiles;
    float *rows[WINOGRAD_TILE];
    float *held = scratch + WINOGRAD_SCRATCH(padded_tiles((size_t)a->tiles));
    for (int32_t i = 0; i < count; i++)
        rows[i] = a->add ? held + (size_t)i * width : planes_row(out, n, channel, y + i);
    CPU_CHOOSE(winograd)->output(m, m_stride, a->tiles, a->convolution->bias[channel], a->relu, rows, count,
                                 0);
    for (int32_t i = 0; i < count; i++) {
        if (a->add)
            add_row(out, planes_row(out, n, channel, y + i), rows[i]);
        else
            planes_seal(out, rows[i]);
    }
}

static void winograd_piece(void *context, size_t index, int worker)
{
    const struct applying *a = context;
    const struct convolution *c = a->convolution;
    const struct planes *in = a->in;
    int32_t part = (int32_t)(index % (size_t)a->parts), group = (int32_t)(index / (size_t)a->parts);
    int32_t first_channel = part * a->part_channels, first_row = group * a->group_rows;
    int32_t channels = smaller(a->part_channels, c->out_channels - first_channel);
    int32_t rows = smaller(a->group_rows, in->images * a->tile_rows - first_row);
    size_t stride = padded_tiles((size_t)(a->group_rows * a->tiles));
    /* Tiles lie without gaps, so a row of tiles may overreach into the next, which is written later. */
    size_t v_stride = (size_t)c->in_channels * stride + LANES, m_stride = HELD_CHANNELS * stride;
    size_t u_stride = (size_t)c->blocks * WINOGRAD_BLOCK * (size_t)c->in_channels;
    float *zeros = a->scratch + (size_t)worker * a->scratch_stride, *v = zeros + zero_floats(in);
    float *m = v + WINOGRAD_FREQUENCIES * v_stride, *scratch = m + WINOGRAD_FREQUENCIES * m_stride;
    memset(zeros, 0, zero_floats(in) * sizeof *zeros);
    for (int32_t i = 0; i < c->in_channels; i++)
        for (int32_t r = 0; r < rows; r++) {
            int32_t n = (first_row + r) / a->tile_rows;
            int32_t y = (first_row + r) % a->tile_rows * WINOGRAD_TILE - 1;
            const float *from[WINOGRAD_REACH];
            for (int32_t k = 0; k < WINOGRAD_REACH; k++) from[k] = row_or_zeros(in, n, i, y + k, zeros) - 1;
            CPU_CHOOSE(winograd)->input(from, a->tiles, 0, v + (size_t)i * stride + (size_t)(r * a->tiles),
                                        v_stride, scratch);
        }
    for (int32_t done = 0; done < channels; done += HELD_CHANNELS) {
        int32_t these = smaller(HELD_CHANNELS, channels - done), channel = first_channel + done;
        const struct winograd_source source = {v, v_stride, c->in_channels, 0};
        CPU_CHOOSE(winograd)->multiply(&source, 1, c->weights + (size_t)channel * (size_t)c->in_channels,
                                       u_stride, m, m_stride, (these + WINOGRAD_BLOCK - 1) / WINOGRAD_BLOCK,
                                       (int64_t)stride);
        for (int32_t o = 0; o < these; o++)
            for (int32_t r = 0; r < rows; r++)
                finish_tiles(a, m + (size_t)o * stride + (size_t)(r * a->tiles), m_stride, first_row + r,
                             channel + o, scratch);
    }
}

static int32_t rows_of_group(int32_t tiles)
{
    return tiles >= BLOCK_TILES ? 1 : BLOCK_TILES / tiles;
}

size_t convolution_scratch(const struct convolution *c, int32_t width)
{
    size_t row = (size_t)width + 2 * 16 + PLANES_MARGIN;
    if (!c->winograd) return (size_t)c->out_channels * row + CONV_OVERREAD;
    int32_t tiles = (width + WINOGRAD_TILE - 1) / WINOGRAD_TILE;
    size_t stride = padded_tiles((size_t)(rows_of_group(tiles) * tiles));
    size_t block = ((size_t)c->in_channels + HELD_CHANNELS) * stride + LANES;
    return row + 2 * PLANES_MARGIN + WINOGRAD_FREQUENCIES * block + LANES +
           WINOGRAD_SCRATCH(padded_tiles((size_t)tiles)) +
           WINOGRAD_TILE * (WINOGRAD_TILE * (size_t)tiles + 16);
}

fringe_status convolution_apply(const struct convolution *c, const struct planes *in,
                                const struct planes *out, int relu, int add,
                                const struct convolution_work *work, fringe_error *error)
{
    struct applying a = {.convolution = c,
                         .in = in,
                         .out = out,
                         .relu = relu,
                         .add = add,
                         .scratch = work->scratch,
                         .scratch_stride = work->scratch_stride};
    if (!c->winograd) {
        size_t bands = ((size_t)out->height + BAND_ROWS - 1) / BAND_ROWS;
        return run_state_parallel(work->run, bands * (size_t)out->images, direct_band, &a, error);
    }
    a.tile_rows = (out->height + WINOGRAD_TILE - 1) / WINOGRAD_TILE;
    a.tiles = (out->width + WINOGRAD_TILE - 1) / WINOGRAD_TILE;
    a.group_rows = rows_of_group(a.tiles);
    int32_t groups = (out->images * a.tile_rows + a.group_rows - 1) / a.group_rows;
    /* Each part transforms the input anew, so there are no more than threads want; the bytes are the same. */
    int32_t held = (c->out_channels + HELD_CHANNELS - 1) / HELD_CHANNELS;
    int32_t wanted = smaller(held, (fringe_run_threads(work->run) + groups - 1) / groups);
    a.part_channels = (held + wanted - 1) / wanted * HELD_CHANNELS;
    a.parts = (c->out_channels + a.part_channels - 1) / a.part_channels;
    return run_state_parallel(work->run, (size_t)groups * (size_t)a.parts, winograd_piece, &a, error);
}
