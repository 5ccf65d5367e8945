/* segment_labels.c - from the network's output to probabilities and labels on the micrograph's own grid. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "base/number.h"
#include "base/run_state.h"
#include "image/resample.h"
#include "segment/label_kernels.h"
#include "segment/segment_job.h"

enum { BLOCK_ROWS = 64, MOST_CLASSES = 256 };

/* The outputs on the whole micrograph's grid, zero where it was left out. */
static fringe_status bring_back(struct segment_job *job, fringe_error *error)
{
    fringe_segmentation *result = job->result;
    size_t height = (size_t)result->height_px, width = (size_t)result->width_px;
    size_t count = (size_t)job->kept_count * height * width;
    int nothing_excluded = job->height_px == result->height_px && job->width_px == result->width_px;
    if (job->outputs && segment_job_keeps_grid(job) && nothing_excluded) {
        result->probability = job->outputs;
        job->outputs = NULL;
        return FRINGE_OK;
    }
    result->probability = alloc_array(count, sizeof *result->probability);
    if (!result->probability)
        return failure_memory(error, "the probability map", count * sizeof *result->probability);
    enum resample_kernel kernel =
        job->model->output_kind == OUTPUT_NUMBERS ? RESAMPLE_NEAREST : RESAMPLE_LINEAR;
    for (int32_t k = 0; job->outputs && k < job->kept_count; k++) {
        struct sample_plane work = {
            .pixel = FRINGE_PIXEL_FLOAT32, .height_px = job->work_height_px, .width_px = job->work_width_px};
        struct resample_target own = {
            .height_px = job->height_px, .width_px = job->width_px, .row_stride = (ptrdiff_t)width};
        work.samples = job->outputs + (size_t)k * (size_t)job->work_height_px * (size_t)job->work_width_px;
        own.pixels = result->probability + ((size_t)k * height + (size_t)job->excluded.top_px) * width +
                     job->excluded.left_px;
        fringe_status status = resample_run(kernel, &work, &own, job->run, error);
        if (status) return status;
    }
    alloc_free(job->outputs);
    job->outputs = NULL;
    return FRINGE_OK;
}

static int is_hole(const struct segment_job *job, int32_t y, int32_t x)
{
    size_t i = (size_t)y * (size_t)job->width_px + (size_t)x;
    return job->holes[i >> 3] >> (i & 7) & 1;
}

/* The least float that is not below a threshold: a float is at least the one where it is at least the other.
 */
static float least_float(double threshold)
{
    float least = (float)threshold;
    return (double)least < threshold ? nextafterf(least, INFINITY) : least;
}

/* Labels `count` pixels whose first label is at index `at`; the first channel that counts (a mask's
 * foreground) is at `from`, the others every plane_stride. Gives the number of labels that NaN decided:
 * background. */
static int64_t label_row(const fringe_segmentation *result, size_t at, size_t count, const float *from,
                         size_t plane_stride, double threshold)
{
    if (!result->labels) return 0; /* values have none */
    const struct label_kernels *kernels = CPU_CHOOSE(label);
    size_t plane = (size_t)result->height_px * (size_t)result->width_px;
    uint8_t *labels = result->labels + at;
    float least = least_float(threshold);
    int64_t nan_count = 0;
    switch (result->kind) {
    case FRINGE_SEGMENT_MASK:
        nan_count = (int64_t)kernels->threshold(from, count, least, labels);
        break;
    case FRINGE_SEGMENT_CLASSES:
        nan_count =
            (int64_t)kernels->largest(from, plane_stride, (size_t)result->channel_count, count, labels);
        break;
    case FRINGE_SEGMENT_MASKS:
        for (size_t k = 0; k < (size_t)result->plane_count; k++)
            nan_count +=
                (int64_t)kernels->threshold(from + k * plane_stride, count, least, labels + k * plane);
        break;
    case FRINGE_SEGMENT_VALUES:
        break;
    }
    return nan_count;
}

/* The index in a plane of the result of included pixel (y, x). */
static size_t index_of(const struct segment_job *job, int64_t y, int64_t x)
{
    return (size_t)(y + job->excluded.top_px) * (size_t)job->result->width_px +
           (size_t)(x + job->excluded.left_px);
}

/* Pixels that are no numbers are background, and have probability 0. */
static void clear_holes(const struct segment_job *job, int32_t y, int32_t x_begin, int32_t x_end)
{
    fringe_segmentation *result = job->result;
    size_t plane = (size_t)result->height_px * (size_t)result->width_px;
    for (int32_t x = x_begin; job->holes && x < x_end; x++) {
        if (!is_hole(job, y, x)) continue;
        size_t at = index_of(job, y, x);
        for (int32_t k = 0; k < result->plane_count; k++) result->labels[(size_t)k * plane + at] = 0;
        for (int32_t k = 0; result->probability && k < job->kept_count; k++)
            result->probability[(size_t)k * plane + at] = 0;
    }
}

void segment_labels_take_row(struct segment_job *job, int64_t y, int64_t x_begin, int64_t x_end,
                             const float *from, size_t plane_stride)
{
    job->nan_count +=
        label_row(job->result, index_of(job, y, x_begin), (size_t)(x_end - x_begin),
                  from + (size_t)job->kept_channel * plane_stride, plane_stride, job->options.threshold);
    clear_holes(job, (int32_t)y, (int32_t)x_begin, (int32_t)x_end);
}

struct block_job {
    const struct segment_job *job;
    int64_t *nan_counts; /* of each block */
};

/* Labels a block of included rows. What lies outside them was allocated as zero and stays so. */
static void label_block(void *context, size_t block, int worker)
{
    (void)worker;
    const struct block_job *blocks = context;
    const struct segment_job *job = blocks->job;
    const fringe_segmentation *result = job->result;
    size_t plane = (size_t)result->height_px * (size_t)result->width_px;
    /* The channel that counts, among those that are kept. */
    int32_t counts = result->kind == FRINGE_SEGMENT_MASK ? result->foreground - job->kept_channel : 0;
    const float *first = result->probability + (size_t)counts * plane;
    int32_t begin = (int32_t)block * BLOCK_ROWS;
    int32_t end = job->height_px - begin > BLOCK_ROWS ? begin + BLOCK_ROWS : job->height_px;
    for (int32_t y = begin; y < end; y++) {
        size_t at = index_of(job, y, 0);
        blocks->nan_counts[block] +=
            label_row(result, at, (size_t)job->width_px, first + at, plane, job->options.threshold);
        clear_holes(job, y, 0, job->width_px);
    }
}

static void describe(const struct segment_job *job)
{
    fringe_segmentation *result = job->result;
    switch (job->model->output_kind) {
    case OUTPUT_MASK:
        result->kind = FRINGE_SEGMENT_MASK;
        result->foreground = job->model->foreground;
        result->plane_count = 1;
        break;
    case OUTPUT_CLASSES:
        result->kind = FRINGE_SEGMENT_CLASSES;
        result->plane_count = 1;
        break;
    case OUTPUT_MASKS:
        result->kind = FRINGE_SEGMENT_MASKS;
        result->plane_count = job->output_channels;
        break;
    case OUTPUT_NUMBERS:
    case OUTPUT_VALUES:
        result->kind = FRINGE_SEGMENT_VALUES;
        break;
    }
    result->width_px = job->info.width_px;
    result->height_px = job->info.height_px;
    result->channel_count = job->output_channels;
    result->excluded = job->excluded;
    result->nm_per_px_x = job->nm_per_px_x;
    result->nm_per_px_y = job->nm_per_px_y;
    result->worked_at_nm_per_px_x = job->work_nm_per_px_x;
    result->worked_at_nm_per_px_y = job->work_nm_per_px_y;
    result->non_finite_count = job->hole_count;
}

/* Labels are all zero at first: what is left out stays so. */
static fringe_status allocate_labels(fringe_segmentation *result, fringe_error *error)
{
    size_t labels = (size_t)result->plane_count * (size_t)result->height_px * (size_t)result->width_px;
    if (labels == 0) return FRINGE_OK;
    result->labels = alloc_array(labels, 1);
    return result->labels ? FRINGE_OK : failure_memory(error, "the labels", labels);
}

fringe_status segment_labels_begin(struct segment_job *job, int *at_once, fringe_error *error)
{
    const fringe_segmentation *result = job->result;
    describe(job);
    if (result->kind == FRINGE_SEGMENT_CLASSES && result->channel_count > MOST_CLASSES)
        return failure_set(error, FRINGE_UNSUPPORTED,
                           "%ld classes do not fit into the %d of an 8-bit class map",
                           (long)result->channel_count, MOST_CLASSES);
    if (result->kind == FRINGE_SEGMENT_MASK && result->foreground >= result->channel_count)
        return failure_set(error, FRINGE_MODEL, "the foreground is channel %ld of %ld",
                           (long)result->foreground, (long)result->channel_count);
    *at_once = job->options.labels_only && result->kind != FRINGE_SEGMENT_VALUES &&
               segment_job_keeps_grid(job) && !job->options.mirror && !segment_ghosts_are_dropped(job) &&
               job->model->output->step_count == 0; /* a step may look at all of the plane */
    /* Without steps behind the network, which may look at all channels, a mask is one channel's. */
    int alone = job->options.labels_only && result->kind == FRINGE_SEGMENT_MASK &&
                job->model->output->step_count == 0;
    job->kept_channel = alone ? result->foreground : 0;
    job->kept_count = alone ? 1 : job->output_channels;
    return *at_once ? allocate_labels(job->result, error) : FRINGE_OK;
}

static fringe_status label_all(struct segment_job *job, fringe_error *error)
{
    size_t count = ((size_t)job->height_px + BLOCK_ROWS - 1) / BLOCK_ROWS;
    struct block_job blocks = {job, alloc_array(count, sizeof *blocks.nan_counts)};
    if (!blocks.nan_counts) return failure_memory(error, "the labels", count * sizeof *blocks.nan_counts);
    fringe_status status = run_state_parallel(job->run, count, label_block, &blocks, error);
    for (size_t i = 0; i < count; i++) job->nan_count += blocks.nan_counts[i];
    alloc_free(blocks.nan_counts);
    return status;
}

static void notice_nan(const struct segment_job *job)
{
    if (job->nan_count > 0)
        run_state_notice(job->run, FRINGE_NOTICE_NON_FINITE,
                         "slice %ld: the network gives NaN for %lld pixels, which come out as background",
                         (long)job->slice, (long long)job->nan_count);
}

fringe_status segment_labels_finish(struct segment_job *job, fringe_error *error)
{
    fringe_segmentation *result = job->result;
    fringe_status status = FRINGE_OK;
    if (result->labels) { /* they were made at once */
        notice_nan(job);
        return FRINGE_OK;
    }
    status = bring_back(job, error);
    if (!status) status = allocate_labels(result, error);
    /* Where all is constant, nothing was found. */
    if (!status && !job->constant) status = label_all(job, error);
    if (!status) notice_nan(job);
    if (!status && job->options.labels_only && result->kind != FRINGE_SEGMENT_VALUES) {
        alloc_free(result->probability);
        result->probability = NULL;
    }
    return status;
}

fringe_status fringe_segmentation_set_threshold(fringe_segmentation *result, double threshold,
                                                fringe_error *error)
{
    char text[NUMBER_TEXT_BYTES];
    if (result->kind != FRINGE_SEGMENT_MASK && result->kind != FRINGE_SEGMENT_MASKS)
        return failure_set(error, FRINGE_ARGUMENT, "threshold: this result is no mask");
    if (!(threshold > 0 && threshold <= 1))
        return failure_set(error, FRINGE_ARGUMENT, "threshold: %s is not above 0 and at most 1",
                           number_text(threshold, 6, text));
    if (!result->probability)
        return failure_set(error, FRINGE_ARGUMENT, "threshold: the probabilities were not kept");
    size_t plane = (size_t)result->height_px * (size_t)result->width_px;
    size_t first = result->kind == FRINGE_SEGMENT_MASK ? (size_t)result->foreground : 0;
    label_row(result, 0, plane, result->probability + first * plane, plane, threshold);
    return FRINGE_OK;
}
