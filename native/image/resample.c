#include "image/resample.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "base/number.h"
#include "base/run_state.h"

enum { BLOCK_ROWS = 16 }; /* output rows in one unit of work */

/* One axis: output index i is the sum of weights[i * taps + k] * input[first[i] + k], k < taps. */
struct axis {
    int32_t in, out;
    int32_t taps;
    int32_t *first;
    float *weights;
};

/* Which input pixels one output pixel is made of, before they are cut to the edge. */
struct stencil {
    int64_t begin, end; /* input indices */
    double centre;      /* of the output pixel, in input pixels */
    double low, high;   /* its extent */
};

static double cubic(double x) /* Keys with a = -0.5, for |x| < 2 */
{
    x = fabs(x);
    if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
    return x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0;
}

static double overlap(double low, double high, int64_t index) /* with input pixel [index, index + 1] */
{
    double begin = fmax(low, (double)index), end = fmin(high, (double)index + 1);
    return end > begin ? end - begin : 0;
}

static struct stencil stencil_at(enum resample_kernel kernel, int32_t in, int32_t out, int32_t i)
{
    /* Products of whole numbers first, so that grids that fall together do so exactly. */
    struct stencil s = {.low = (double)i * in / out, .high = ((double)i + 1) * in / out};
    s.centre = (2. * i + 1) * in / (2. * out) - 0.5;
    int64_t floor_centre = (int64_t)floor(s.centre);
    if (in == out) {
        s.begin = i;
        s.end = i + 1;
    } else if (kernel == RESAMPLE_NEAREST) {
        s.begin = (2 * (int64_t)i + 1) * in / (2 * (int64_t)out);
        s.end = s.begin + 1;
    } else if (kernel == RESAMPLE_LINEAR) {
        s.begin = floor_centre;
        s.end = floor_centre + 2;
    } else if (out > in) {
        s.begin = floor_centre - 1;
        s.end = floor_centre + 3;
    } else {
        s.begin = (int64_t)floor(s.low);
        s.end = (int64_t)ceil(s.high);
    }
    return s;
}

static double stencil_weight(enum resample_kernel kernel, int32_t in, int32_t out, const struct stencil *s,
                             int64_t index)
{
    if (in == out || kernel == RESAMPLE_NEAREST) return 1;
    if (kernel == RESAMPLE_LINEAR) return fmax(0, 1 - fabs(s->centre - (double)index));
    if (out > in) return cubic(s->centre - (double)index);
    return overlap(s->low, s->high, index) / (s->high - s->low);
}

static int64_t clamped(int64_t index, int64_t low, int64_t high)
{
    return index < low ? low : index > high ? high : index;
}

static void axis_free(struct axis *axis)
{
    alloc_free(axis->first);
    alloc_free(axis->weights);
}

/* On failure too the caller frees what *axis holds. */
static fringe_status axis_create(enum resample_kernel kernel, int32_t in, int32_t out, struct axis *axis,
                                 fringe_error *error)
{
    *axis = (struct axis){.in = in, .out = out, .taps = 1};
    for (int32_t i = 0; i < out; i++) {
        struct stencil s = stencil_at(kernel, in, out, i);
        if (s.end - s.begin > axis->taps) axis->taps = (int32_t)(s.end - s.begin);
    }
    if (axis->taps > in) axis->taps = in;
    size_t count = (size_t)out * (size_t)axis->taps;
    axis->first = alloc_array((size_t)out, sizeof *axis->first);
    axis->weights = alloc_array(count, sizeof *axis->weights);
    if (!axis->first || !axis->weights)
        return failure_memory(error, "resampling", count * sizeof *axis->weights);
    for (int32_t i = 0; i < out; i++) {
        struct stencil s = stencil_at(kernel, in, out, i);
        /* The weights of pixels beyond the edge go to the edge pixel, which stands for them. */
        int64_t first = clamped(s.begin, 0, in - axis->taps);
        float *weights = axis->weights + (size_t)i * (size_t)axis->taps;
        for (int64_t index = s.begin; index < s.end; index++) {
            double weight = stencil_weight(kernel, in, out, &s, index);
            weights[clamped(index, 0, in - 1) - first] += (float)weight;
        }
        axis->first[i] = (int32_t)first;
    }
    return FRINGE_OK;
}

struct job {
    struct axis rows, columns;
    const struct sample_plane *from;
    const struct resample_target *to;
    float *scratch; /* two input-wide rows for each worker */
};

/* A tap of weight zero is passed over: times NaN it would not be zero. */
static void combine_rows(const struct job *job, int32_t y, float *row, float *fetched)
{
    int32_t width = job->from->width_px, taps = job->rows.taps;
    const float *weights = job->rows.weights + (size_t)y * (size_t)taps;
    memset(row, 0, (size_t)width * sizeof *row);
    for (int32_t k = 0; k < taps; k++) {
        if (weights[k] == 0) continue;
        const float *from = sample_plane_row(job->from, job->rows.first[y] + k, fetched);
        for (int32_t x = 0; x < width; x++) row[x] += weights[k] * from[x];
    }
}

static void combine_columns(const struct job *job, const float *row, float *to)
{
    int32_t taps = job->columns.taps;
    for (int32_t x = 0; x < job->to->width_px; x++) {
        const float *weights = job->columns.weights + (size_t)x * (size_t)taps;
        const float *from = row + job->columns.first[x];
        float sum = 0;
        for (int32_t k = 0; k < taps; k++)
            if (weights[k] != 0) sum += weights[k] * from[k];
        to[x] = sum;
    }
}

static void resample_block(void *context, size_t block, int worker)
{
    const struct job *job = context;
    const struct resample_target *to = job->to;
    size_t width = (size_t)job->from->width_px;
    float *row = job->scratch + (size_t)worker * 2 * width;
    int32_t begin = (int32_t)block * BLOCK_ROWS;
    int32_t end = to->height_px - begin > BLOCK_ROWS ? begin + BLOCK_ROWS : to->height_px;
    for (int32_t y = begin; y < end; y++) {
        combine_rows(job, y, row, row + width);
        combine_columns(job, row, to->pixels + y * to->row_stride);
    }
}

fringe_status resample_size(int32_t in, double factor, const char *what, int32_t *out, fringe_error *error)
{
    char text[NUMBER_TEXT_BYTES];
    *out = 0;
    if (!(factor > 0) || !isfinite(factor))
        return failure_set(error, FRINGE_ARGUMENT, "%s: a factor of %s is not above zero and finite", what,
                           number_text(factor, 6, text));
    double size = floor(in * factor + 0.5);
    if (size > INT32_MAX)
        return failure_set(error, FRINGE_ARGUMENT, "%s: %ld pixels times %s are more than %ld", what,
                           (long)in, number_text(factor, 6, text), (long)INT32_MAX);
    *out = size < 1 ? 1 : (int32_t)size;
    return FRINGE_OK;
}

fringe_status resample_run(enum resample_kernel kernel, const struct sample_plane *from,
                           const struct resample_target *to, const fringe_run *run, fringe_error *error)
{
    struct job job = {.from = from, .to = to};
    size_t floats = (size_t)fringe_run_threads(run) * 2 * (size_t)from->width_px;
    fringe_status status = axis_create(kernel, from->height_px, to->height_px, &job.rows, error);
    if (status) goto done;
    status = axis_create(kernel, from->width_px, to->width_px, &job.columns, error);
    if (status) goto done;
    job.scratch = alloc_aligned(floats, sizeof *job.scratch);
    if (!job.scratch) {
        status = failure_memory(error, "resampling", floats * sizeof *job.scratch);
        goto done;
    }
    size_t blocks = ((size_t)to->height_px + BLOCK_ROWS - 1) / BLOCK_ROWS;
    status = run_state_parallel(run, blocks, resample_block, &job, error);
done:
    alloc_free(job.scratch);
    axis_free(&job.rows);
    axis_free(&job.columns);
    return status;
}
