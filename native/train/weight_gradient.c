#include "train/weight_gradient.h"

#include <string.h>

#include "base/run_state.h"
#include "tensor/winograd.h"
#include "train/gradient_kernels.h"

enum {
    LEAST_CHANNELS = 8,   /* in and out, for Winograd's filtering */
    BAND_ROWS = 4,        /* rows of a direct product, so that they stay in the first cache */
    BLOCK_TILES = 128,    /* tiles of a block of Winograd's products, about */
    PART_CHANNELS = 128,  /* most output channels of a piece */
    LEAST_PART = 32,      /* fewest, when there are threads to spare */
    MOST_RANGES = 8,      /* of the batch's rows; half where the partial sums are large */
    LARGE_WEIGHTS = 4096, /* input times output channels */
    LANES = 16            /* of the widest vector */
};

struct gradient_job {
    const struct planes *in, *dout;
    int kernel, winograd;
    int32_t ranges, parts;
    int32_t part_channels; /* of all parts but the last */
    int32_t unit_count;    /* rows of tiles, or bands of rows, of the whole batch */
    int32_t units_of_image;
    int32_t tiles, group_rows; /* tiles of a row; rows of tiles of a block */
    float *partial;            /* for range, part, frequency or tap, input channel: output channels */
    float *gradient;
    float *scratch;
    size_t scratch_stride;
};

static int32_t smaller(int32_t a, int32_t b)
{
    return a < b ? a : b;
}

static int uses_winograd(int32_t in_channels, int32_t out_channels, int kernel)
{
    return kernel == 3 && in_channels >= LEAST_CHANNELS && out_channels >= LEAST_CHANNELS;
}

static int32_t most_ranges(int32_t in_channels, int32_t out_channels)
{
    return (int64_t)in_channels * out_channels > LARGE_WEIGHTS ? MOST_RANGES / 2 : MOST_RANGES;
}

static int32_t rows_of_block(int32_t tiles)
{
    return tiles >= BLOCK_TILES ? 1 : BLOCK_TILES / tiles;
}

/* Products of a weight: frequencies or taps. */
static size_t products_of(int winograd, int kernel)
{
    return winograd ? (size_t)WINOGRAD_FREQUENCIES : (size_t)(kernel * kernel);
}

size_t weight_gradient_partial(int32_t in_channels, int32_t out_channels, int kernel)
{
    int winograd = uses_winograd(in_channels, out_channels, kernel);
    return products_of(winograd, kernel) * (size_t)in_channels * (size_t)out_channels *
           (size_t)most_ranges(in_channels, out_channels);
}

static size_t block_stride(int32_t tiles)
{
    return ((size_t)(rows_of_block(tiles) * tiles) + LANES - 1) / LANES * LANES;
}

size_t weight_gradient_scratch(int32_t in_channels, int32_t out_channels, int kernel, int32_t width)
{
    if (!uses_winograd(in_channels, out_channels, kernel)) return 0;
    int32_t tiles = (width + WINOGRAD_TILE - 1) / WINOGRAD_TILE;
    size_t row = (size_t)width + 4 * LANES + 2 * PLANES_MARGIN;
    size_t channels = (size_t)in_channels + (size_t)smaller(out_channels, PART_CHANNELS);
    size_t input = WINOGRAD_SCRATCH((size_t)tiles + LANES), spread = GRADIENT_SCRATCH(tiles);
    return row + WINOGRAD_FREQUENCIES * (channels * block_stride(tiles) + 2 * LANES) +
           (input > spread ? input : spread);
}

/* Where the sums of a piece begin. Parts of one range lie behind each other. */
static float *piece_sums(const struct gradient_job *job, int32_t range, int32_t part)
{
    size_t products = products_of(job->winograd, job->kernel) * (size_t)job->in->channels;
    return job->partial + products * ((size_t)range * (size_t)job->dout->channels +
                                      (size_t)part * (size_t)job->part_channels);
}

static int32_t part_channels(const struct gradient_job *job, int32_t part)
{
    return smaller(job->part_channels, job->dout->channels - part * job->part_channels);
}

static void direct_piece(const struct gradient_job *job, int32_t begin, int32_t end, int32_t part,
                         float *sums)
{
    int32_t channels = part_channels(job, part);
    for (int32_t unit = begin; unit < end; unit++) {
        int32_t n = unit / job->units_of_image, y = unit % job->units_of_image * BAND_ROWS;
        struct gradient_rows v = {NULL, job->in->plane, job->in->row, job->in->channels};
        struct gradient_rows m = {planes_row(job->dout, n, part * job->part_channels, y), job->dout->plane,
                                  job->dout->row, channels};
        for (int t = 0; t < job->kernel * job->kernel; t++) {
            int dy = job->kernel == 3 ? t / 3 - 1 : 0, dx = job->kernel == 3 ? t % 3 - 1 : 0;
            v.data = planes_row(job->in, n, 0, y + dy) + dx;
            CPU_CHOOSE(gradient)->products(
                &v, &m, smaller(BAND_ROWS, job->dout->height - y), job->dout->width,
                sums + (size_t)t * (size_t)v.channels * (size_t)channels, (size_t)channels);
        }
    }
}

/* Winograd's transforms of `rows` rows of tiles from `first` on, for one channel, into v or m. */
static void transform_channel(const struct gradient_job *job, const struct planes *planes, int32_t channel,
                              int32_t first, int32_t rows, int is_input, float *to, size_t stride,
                              const float *zeros, float *scratch)
{
    for (int32_t r = 0; r < rows; r++, to += job->tiles) {
        int32_t n = (first + r) / job->units_of_image;
        int32_t y = (first + r) % job->units_of_image * WINOGRAD_TILE - is_input;
        const float *from[WINOGRAD_REACH];
        for (int32_t k = 0; k < (is_input ? WINOGRAD_REACH : WINOGRAD_TILE); k++)
            from[k] =
                (y + k < planes->height ? planes_row(planes, n, channel, y + k) : zeros + LANES) - is_input;
        if (is_input)
            CPU_CHOOSE(winograd)->input(from, job->tiles, 0, to, stride, scratch);
        else
            CPU_CHOOSE(gradient)->spread_tiles(from, job->tiles, to, stride, scratch);
    }
}

static void winograd_piece(const struct gradient_job *job, int32_t begin, int32_t end, int32_t part,
                           float *sums, float *zeros)
{
    int32_t in_channels = job->in->channels, channels = part_channels(job, part);
    size_t stride = block_stride(job->tiles), row = (size_t)job->in->row + 4 * LANES;
    size_t v_stride = (size_t)in_channels * stride + LANES, m_stride = (size_t)channels * stride + LANES;
    float *v = zeros + row, *m = v + WINOGRAD_FREQUENCIES * v_stride;
    float *scratch = m + WINOGRAD_FREQUENCIES * m_stride;
    memset(zeros, 0, row * sizeof *zeros);
    for (int32_t first = begin; first < end; first += job->group_rows) {
        int32_t rows = smaller(job->group_rows, end - first), used = rows * job->tiles;
        for (int32_t c = 0; c < in_channels; c++)
            transform_channel(job, job->in, c, first, rows, 1, v + (size_t)c * stride, v_stride, zeros,
                              scratch);
        for (int32_t o = 0; o < channels; o++)
            transform_channel(job, job->dout, part * job->part_channels + o, first, rows, 0,
                              m + (size_t)o * stride, m_stride, zeros, scratch);
        for (size_t f = 0; f < WINOGRAD_FREQUENCIES; f++) {
            struct gradient_rows a = {v + f * v_stride, stride, 0, in_channels};
            struct gradient_rows b = {m + f * m_stride, stride, 0, channels};
            /* What lies behind the last tile must count for nothing. */
            for (int32_t t = used; t % LANES; t++) {
                for (int32_t c = 0; c < in_channels; c++)
                    v[f * v_stride + (size_t)c * stride + (size_t)t] = 0;
                for (int32_t o = 0; o < channels; o++) m[f * m_stride + (size_t)o * stride + (size_t)t] = 0;
            }
            CPU_CHOOSE(gradient)->products(&a, &b, 1, used, sums + f * (size_t)in_channels * (size_t)channels,
                                           (size_t)channels);
        }
    }
}

static void piece(void *context, size_t index, int worker)
{
    const struct gradient_job *job = context;
    int32_t range = (int32_t)index / job->parts, part = (int32_t)index % job->parts;
    int32_t begin = (int32_t)((int64_t)job->unit_count * range / job->ranges);
    int32_t end = (int32_t)((int64_t)job->unit_count * (range + 1) / job->ranges);
    float *sums = piece_sums(job, range, part);
    memset(sums, 0,
           products_of(job->winograd, job->kernel) * (size_t)job->in->channels *
               (size_t)part_channels(job, part) * sizeof *sums);
    if (job->winograd)
        winograd_piece(job, begin, end, part, sums, job->scratch + (size_t)worker * job->scratch_stride);
    else
        direct_piece(job, begin, end, part, sums);
}

/* All output channels of one input channel: ranges are added in order, then Winograd's last step. */
static void finish_channel(void *context, size_t index, int worker)
{
    const struct gradient_job *job = context;
    size_t in_channels = (size_t)job->in->channels, taps = (size_t)(job->kernel * job->kernel);
    size_t range_stride = products_of(job->winograd, job->kernel) * in_channels * (size_t)job->dout->channels;
    (void)worker;
    for (int32_t part = 0; part < job->parts; part++) {
        size_t channels = (size_t)part_channels(job, part);
        const float *from = piece_sums(job, 0, part) + index * channels;
        float *to = job->gradient + ((size_t)(part * job->part_channels) * in_channels + index) * taps;
        if (job->winograd) {
            CPU_CHOOSE(gradient)->gather(from, in_channels * channels, job->ranges, range_stride,
                                         (int32_t)channels, to, in_channels * taps);
            continue;
        }
        for (size_t t = 0; t < taps; t++)
            for (size_t o = 0; o < channels; o++) {
                double sum = 0;
                for (int32_t range = 0; range < job->ranges; range++)
                    sum += (double)from[(size_t)range * range_stride + t * in_channels * channels + o];
                to[o * in_channels * taps + t] = (float)sum;
            }
    }
}

fringe_status weight_gradient(const struct planes *in, const struct planes *dout, int kernel, float *partial,
                              float *gradient, const struct convolution_work *work, fringe_error *error)
{
    struct gradient_job job = {.in = in,
                               .dout = dout,
                               .kernel = kernel,
                               .winograd = uses_winograd(in->channels, dout->channels, kernel),
                               .tiles = (dout->width + WINOGRAD_TILE - 1) / WINOGRAD_TILE,
                               .partial = partial,
                               .gradient = gradient,
                               .scratch = work->scratch,
                               .scratch_stride = work->scratch_stride};
    int32_t unit_rows = job.winograd ? WINOGRAD_TILE : BAND_ROWS;
    job.group_rows = rows_of_block(job.tiles);
    job.units_of_image = (dout->height + unit_rows - 1) / unit_rows;
    job.unit_count = job.units_of_image * dout->images;
    job.ranges =
        smaller(most_ranges(in->channels, dout->channels),
                job.winograd ? (job.unit_count + job.group_rows - 1) / job.group_rows : job.unit_count);
    /* Each part transforms the input anew, so there are no more than threads want; the bytes are the same. */
    int32_t threads = fringe_run_threads(work->run);
    job.part_channels = smaller(PART_CHANNELS, dout->channels);
    while (job.part_channels > LEAST_PART && job.ranges * (dout->channels / job.part_channels) < threads)
        job.part_channels = (job.part_channels + 1) / 2;
    job.parts = (dout->channels + job.part_channels - 1) / job.part_channels;
    fringe_status status =
        run_state_parallel(work->run, (size_t)(job.ranges * job.parts), piece, &job, error);
    if (status) return status;
    return run_state_parallel(work->run, (size_t)in->channels, finish_channel, &job, error);
}
