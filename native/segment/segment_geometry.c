/* segment_geometry.c - what is left out, and the grid that the network works on. */
#include <math.h>

#include "base/failure.h"
#include "base/number.h"
#include "base/run_state.h"
#include "image/micrograph_source.h"
#include "image/resample.h"
#include "segment/segment_job.h"

/* A network that works at a pixel size 64 times the micrograph's or a 64th of it was not made for it, and the
 * larger grid would take 4096 times the memory. */
static const double LARGEST_FACTOR = 64;

static fringe_status decide_excluded(struct segment_job *job, const struct sample_plane *first,
                                     fringe_error *error)
{
    fringe_excluded *e = &job->excluded;
    const fringe_micrograph_info *info = &job->info;
    if (job->options.exclude_bottom_px >= 0) {
        e->bottom_px = job->options.exclude_bottom_px;
        if (e->bottom_px >= info->height_px)
            return failure_set(error, FRINGE_ARGUMENT, "%ld rows to exclude at the bottom: the image has %ld",
                               (long)e->bottom_px, (long)info->height_px);
    } else {
        fringe_status status = first ? micrograph_source_find_bars(job->micrograph, first, error) : FRINGE_OK;
        if (!status) status = fringe_micrograph_find_bars(job->micrograph, e, error);
        if (status) return status;
        if (e->top_px || e->bottom_px || e->left_px || e->right_px)
            run_state_notice(job->run, FRINGE_NOTICE_DATA_BAR,
                             "left out as no part of the image: %ld rows at the top, %ld at the bottom, "
                             "%ld columns at the left, %ld at the right",
                             (long)e->top_px, (long)e->bottom_px, (long)e->left_px, (long)e->right_px);
    }
    job->height_px = info->height_px - e->top_px - e->bottom_px;
    job->width_px = info->width_px - e->left_px - e->right_px;
    return FRINGE_OK;
}

static void decide_pixel_size(struct segment_job *job)
{
    double given = job->options.pixel_size_nm;
    job->nm_per_px_x = given > 0 ? given : job->info.nm_per_px_x;
    job->nm_per_px_y = given > 0 ? given : job->info.nm_per_px_y;
}

/* An axis without a pixel size differs from nothing. */
static int is_square(double x, double y)
{
    return !(x > 0 && y > 0) || fabs(x - y) <= SEGMENT_SAME_SIZE * fmin(x, y);
}

/* The pixel size to work at; 0 where the micrograph's own grid is kept. */
static fringe_status decide_target(const struct segment_job *job, double *target, fringe_error *error)
{
    const fringe_segment_options *options = &job->options;
    int calibrated = job->nm_per_px_x > 0 && job->nm_per_px_y > 0;
    char text[NUMBER_TEXT_BYTES];
    *target = 0;
    if (!options->resample) return FRINGE_OK;
    if (options->resample_nm > 0) {
        if (!calibrated)
            return failure_set(error, FRINGE_ARGUMENT,
                               "resampling to %s nm: the image has no pixel size; give it one",
                               number_text(options->resample_nm, 6, text));
        *target = options->resample_nm;
    } else if (job->model->info.pixel_size_nm > 0) {
        if (calibrated)
            *target = job->model->info.pixel_size_nm;
        else
            run_state_notice(job->run, FRINGE_NOTICE_CALIBRATION,
                             "the image has no pixel size, so it is not resampled to the model's %s nm",
                             number_text(job->model->info.pixel_size_nm, 6, text));
    }
    return FRINGE_OK;
}

static fringe_status work_size(const char *axis, int32_t in, double from_nm, double to_nm, int32_t *out,
                               fringe_error *error)
{
    double factor = from_nm / to_nm;
    char text[2][NUMBER_TEXT_BYTES];
    if (!(factor <= LARGEST_FACTOR && factor >= 1 / LARGEST_FACTOR))
        return failure_set(error, FRINGE_ARGUMENT,
                           "%s: pixels of %s nm cannot be resampled to %s nm, more than a factor of %d", axis,
                           number_text(from_nm, 6, text[0]), number_text(to_nm, 6, text[1]),
                           (int)LARGEST_FACTOR);
    return resample_size(in, factor, axis, out, error);
}

static fringe_status decide_work_grid(struct segment_job *job, fringe_error *error)
{
    double x = job->nm_per_px_x, y = job->nm_per_px_y, target;
    int square = is_square(x, y);
    char text[3][NUMBER_TEXT_BYTES];
    job->work_height_px = job->height_px;
    job->work_width_px = job->width_px;
    fringe_status status = decide_target(job, &target, error);
    if (status) return status;
    if (!square)
        run_state_notice(
            job->run, FRINGE_NOTICE_ANISOTROPIC,
            target > 0 ? "pixels of %s x %s nm are resampled to %s nm, each axis by its own factor"
                       : "pixels of %s x %s nm are not square, and the image is not resampled",
            number_text(x, 6, text[0]), number_text(y, 6, text[1]), number_text(target, 6, text[2]));
    if (target > 0) {
        double across = square ? (x + y) / 2 : x, down = square ? (x + y) / 2 : y;
        status = work_size("width", job->width_px, across, target, &job->work_width_px, error);
        if (status) return status;
        status = work_size("height", job->height_px, down, target, &job->work_height_px, error);
        if (status) return status;
        if ((int64_t)job->work_width_px * job->work_height_px > INT32_MAX)
            return failure_set(error, FRINGE_ARGUMENT,
                               "resampled to %s nm the image has %ld x %ld pixels, more than %ld in all",
                               number_text(target, 6, text[0]), (long)job->work_width_px,
                               (long)job->work_height_px, (long)INT32_MAX);
    }
    /* The grids cover the same extent, so this is what rounding to whole pixels made of the target. */
    job->work_nm_per_px_x = x * job->width_px / job->work_width_px;
    job->work_nm_per_px_y = y * job->height_px / job->work_height_px;
    return FRINGE_OK;
}

fringe_status segment_geometry_decide(struct segment_job *job, const struct sample_plane *first,
                                      fringe_error *error)
{
    fringe_status status = decide_excluded(job, first, error);
    if (status) return status;
    decide_pixel_size(job);
    return decide_work_grid(job, error);
}
