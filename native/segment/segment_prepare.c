/* segment_prepare.c - from the micrograph's pixels to what the network sees. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "base/run_state.h"
#include "image/micrograph_source.h"
#include "image/resample.h"
#include "image/standardise.h"
#include "segment/segment_job.h"

enum { BLOCK_ROWS = 64 }; /* rows read at a time, between two looks at the cancel flag */

/* The steps of `--normalize`, which take the place of the model's own. The eps keeps a constant channel from
 * being divided by zero and is too small to be felt by any other. */
static const double ONE[] = {1};
static const struct step normalize_steps[] = {
    [FRINGE_NORMALIZE_ZSCORE] = {.kind = STEP_UNIT_SPREAD, .eps = 1e-30, .value_count = 1, .multiply = ONE},
    [FRINGE_NORMALIZE_MINMAX] = {.kind = STEP_RANGE, .eps = 1e-30, .low_percent = 0, .high_percent = 100},
    [FRINGE_NORMALIZE_PERCENTILE] = {
        .kind = STEP_RANGE, .eps = 1e-30, .low_percent = 1, .high_percent = 99.8}};

static fringe_status apply_steps(struct segment_job *job, fringe_error *error)
{
    const struct step *steps = &normalize_steps[job->options.normalize];
    size_t step_count = 1, pixels = (size_t)job->work_height_px * (size_t)job->work_width_px;
    if (job->options.normalize == FRINGE_NORMALIZE_NONE) return FRINGE_OK;
    if (job->options.normalize == FRINGE_NORMALIZE_MODEL) {
        steps = job->model->input->steps;
        step_count = job->model->input->step_count;
        if (!job->model->package->described)
            run_state_notice(
                job->run, FRINGE_NOTICE_NORMALIZATION,
                "the model says nothing of preparation: the whole image is brought to mean 0 and "
                "standard deviation 1, unless told otherwise");
    }
    return preparation_apply(steps, step_count, job->planes, (size_t)job->channels, pixels, pixels,
                             job->measured, job->measured ? (size_t)job->channels : 0, job->run, error);
}

/* Marks those of `count` pixels from `first` on that are no numbers. */
static fringe_status mark_holes(struct segment_job *job, const float *pixels, size_t first, size_t count,
                                fringe_error *error)
{
    size_t bytes = (size_t)job->height_px * (size_t)job->width_px / 8 + 1;
    for (size_t i = 0; i < count; i++) {
        if (isfinite(pixels[i])) continue;
        if (!job->holes) job->holes = alloc_array(bytes, 1);
        if (!job->holes) return failure_memory(error, "marks of non-finite pixels", bytes);
        uint8_t *byte = &job->holes[(first + i) >> 3], bit = (uint8_t)(1u << ((first + i) & 7));
        job->hole_count += !(*byte & bit); /* another channel may have marked it */
        *byte |= bit;
    }
    return FRINGE_OK;
}

/* Reads the included rectangle of one channel. */
static fringe_status read_plane(struct segment_job *job, int32_t channel, float *plane, fringe_error *error)
{
    const fringe_excluded *e = &job->excluded;
    size_t whole_width = (size_t)job->info.width_px, width = (size_t)job->width_px;
    float *rows = NULL; /* whole rows, where columns are left out */
    fringe_status status = FRINGE_OK;
    if (width != whole_width) {
        rows = alloc_aligned(BLOCK_ROWS * whole_width, sizeof *rows);
        if (!rows) return failure_memory(error, "rows of the image", BLOCK_ROWS * whole_width * sizeof *rows);
    }
    for (int32_t y = 0; y < job->height_px; y += BLOCK_ROWS) {
        int32_t count = job->height_px - y < BLOCK_ROWS ? job->height_px - y : BLOCK_ROWS;
        size_t first = (size_t)y * width;
        status = run_state_check(job->run, error);
        if (status) break;
        status = micrograph_source_read_rows(job->micrograph, job->slice, channel, e->top_px + y,
                                             e->top_px + y + count, rows ? rows : plane + first, error);
        if (status) break;
        for (int32_t r = 0; rows && r < count; r++)
            memcpy(plane + first + (size_t)r * width, rows + (size_t)r * whole_width + e->left_px,
                   width * sizeof *plane);
        status = mark_holes(job, plane + first, first, (size_t)count * width, error);
        if (status) break;
    }
    alloc_free(rows);
    return status;
}

/* Reads a channel, looks at its numbers and brings it onto the work grid, to `to`. `raw` is a plane for its
 * pixels, or `to` itself where the grids agree. */
static fringe_status bring_plane(struct segment_job *job, int32_t channel, float *raw, float *to,
                                 struct plane_summary *summary, fringe_error *error)
{
    size_t count = (size_t)job->height_px * (size_t)job->width_px;
    fringe_status status = read_plane(job, channel, raw, error);
    if (status) return status;
    status = plane_statistics_summarise(raw, count, job->run, summary, error);
    if (status) return status;
    if (raw == to) return FRINGE_OK;
    struct resample_plane from = {job->height_px, job->width_px, job->width_px};
    struct resample_plane work = {job->work_height_px, job->work_width_px, job->work_width_px};
    return resample_run(RESAMPLE_IMAGE, raw, from, to, work, job->run, error);
}

/* Pixels that are no numbers become the mean of the others: the least that a network can notice. */
static fringe_status fill_holes(const struct segment_job *job, fringe_error *error)
{
    size_t pixels = (size_t)job->work_height_px * (size_t)job->work_width_px;
    for (int32_t c = 0; c < job->channels; c++) {
        float *plane = job->planes + (size_t)c * pixels;
        struct plane_summary summary;
        fringe_status status = plane_statistics_summarise(plane, pixels, job->run, &summary, error);
        if (status) return status;
        if (summary.non_finite_count == 0) continue;
        status = standardise_fill(plane, pixels, summary.mean, job->run, error);
        if (status) return status;
    }
    return FRINGE_OK;
}

/* Measures the planes for steps behind the network that refer to its input. */
static fringe_status measure_planes(struct segment_job *job, fringe_error *error)
{
    const struct package_tensor *output = job->model->output;
    size_t pixels = (size_t)job->work_height_px * (size_t)job->work_width_px;
    int needed = preparation_needs_input(output->steps, output->step_count) ||
                 preparation_needs_input(job->model->input->steps, job->model->input->step_count);
    if (!needed) return FRINGE_OK;
    job->measured = alloc_array((size_t)job->channels, sizeof *job->measured);
    if (!job->measured)
        return failure_memory(error, "statistics", (size_t)job->channels * sizeof *job->measured);
    for (int32_t c = 0; c < job->channels; c++) {
        fringe_status status = plane_statistics_summarise(job->planes + (size_t)c * pixels, pixels, job->run,
                                                          &job->measured[c], error);
        if (status) return status;
    }
    return FRINGE_OK;
}

static fringe_status decide_channels(struct segment_job *job, fringe_error *error)
{
    int32_t wanted = job->model->info.input_channels, given = job->info.channel_count;
    job->channels = wanted;
    if (given == wanted) return FRINGE_OK;
    if (given != 1)
        return failure_set(error, FRINGE_ARGUMENT, "the model takes %ld channels, the image has %ld",
                           (long)wanted, (long)given);
    run_state_notice(job->run, FRINGE_NOTICE_INPUT,
                     "the model takes %ld channels and the image has one: each is given the same",
                     (long)wanted);
    return FRINGE_OK;
}

static fringe_status bring_planes(struct segment_job *job, int *uneven, fringe_error *error)
{
    size_t work = (size_t)job->work_height_px * (size_t)job->work_width_px;
    size_t own = (size_t)job->height_px * (size_t)job->width_px;
    int same_grid = job->work_height_px == job->height_px && job->work_width_px == job->width_px;
    float *raw = NULL;
    fringe_status status = FRINGE_OK;
    *uneven = 0;
    job->planes = alloc_aligned((size_t)job->channels * work, sizeof *job->planes);
    if (!same_grid) raw = alloc_aligned(own, sizeof *raw);
    if (!job->planes || (!same_grid && !raw)) {
        status = failure_memory(error, "the image", ((size_t)job->channels * work + own) * sizeof *raw);
        goto done;
    }
    job->constant = 1;
    for (int32_t c = 0; c < job->channels; c++) {
        float *plane = job->planes + (size_t)c * work;
        struct plane_summary summary;
        if (c > 0 && job->info.channel_count == 1) {
            memcpy(plane, job->planes, work * sizeof *plane);
            continue;
        }
        status = bring_plane(job, c, same_grid ? plane : raw, plane, &summary, error);
        if (status) goto done;
        if (summary.most > summary.least)
            job->constant = 0;
        else
            *uneven = 1;
    }
done:
    alloc_free(raw);
    return status;
}

fringe_status segment_prepare_planes(struct segment_job *job, fringe_error *error)
{
    int uneven; /* a channel is constant, the image is not: its spread of zero may make NaN of it */
    fringe_status status = decide_channels(job, error);
    if (status) return status;
    status = bring_planes(job, &uneven, error);
    if (status) return status;
    if (job->hole_count > 0)
        run_state_notice(
            job->run, FRINGE_NOTICE_NON_FINITE,
            "slice %ld: %lld pixels are NaN or infinite; they are left out and come out as background",
            (long)job->slice, (long long)job->hole_count);
    if (job->constant) return FRINGE_OK;
    status = measure_planes(job, error);
    if (status) return status;
    status = apply_steps(job, error);
    if (status) return status;
    return job->hole_count > 0 || uneven ? fill_holes(job, error) : FRINGE_OK;
}
