#include "fringe/segment.h"

#include <math.h>

#include "base/alloc.h"
#include "base/cpu.h"
#include "base/failure.h"
#include "base/number.h"
#include "base/run_state.h"
#include "segment/segment_job.h"

void fringe_segment_options_init(fringe_segment_options *options)
{
    *options = (fringe_segment_options){
        .threshold = 0.5, .normalize = FRINGE_NORMALIZE_MODEL, .resample = 1, .exclude_bottom_px = -1};
}

static fringe_status check_size_option(double nm, const char *name, fringe_error *error)
{
    char text[NUMBER_TEXT_BYTES];
    if (nm >= 0 && isfinite(nm)) return FRINGE_OK;
    return failure_set(error, FRINGE_ARGUMENT, "%s: %s nm is no pixel size", name, number_text(nm, 6, text));
}

static fringe_status check_options(const fringe_segment_options *options, fringe_error *error)
{
    char text[NUMBER_TEXT_BYTES];
    if (!(options->threshold >= 0 && options->threshold <= 1))
        return failure_set(error, FRINGE_ARGUMENT, "threshold: %s is not in 0 to 1",
                           number_text(options->threshold, 6, text));
    if (options->normalize < FRINGE_NORMALIZE_MODEL || options->normalize > FRINGE_NORMALIZE_PERCENTILE)
        return failure_set(error, FRINGE_ARGUMENT, "normalize: %d is none of the %d ways",
                           (int)options->normalize, FRINGE_NORMALIZE_PERCENTILE + 1);
    if (options->band_rows < 0 || options->tile_px < 0 || options->memory_bytes < 0)
        return failure_set(
            error, FRINGE_ARGUMENT, "band of %ld rows, tile of %ld pixels, memory of %lld bytes: negative",
            (long)options->band_rows, (long)options->tile_px, (long long)options->memory_bytes);
    fringe_status status = check_size_option(options->pixel_size_nm, "pixel size", error);
    if (status) return status;
    return check_size_option(options->resample_nm, "resample", error);
}

static fringe_status run_job(struct segment_job *job, fringe_error *error)
{
    fringe_status status = segment_geometry_decide(job, error);
    if (status) return status;
    status = segment_prepare_planes(job, error);
    if (status) return status;
    if (job->constant) {
        run_state_notice(job->run, FRINGE_NOTICE_CONSTANT,
                         job->hole_count < (int64_t)job->height_px * job->width_px
                             ? "slice %ld: all pixels are equal, so nothing was looked for"
                             : "slice %ld: no pixel is finite, so nothing was looked for",
                         (long)job->slice);
        int at_once;
        job->output_channels = job->model->info.output_channels;
        status = segment_labels_begin(job, &at_once, error);
    } else {
        status = segment_network_apply(job, error);
    }
    if (!status) status = segment_labels_finish(job, error);
    if (!status) run_state_progress(job->run, 1, 1);
    return status;
}

fringe_status fringe_segment(const fringe_model *model, fringe_micrograph *micrograph, int32_t slice,
                             const fringe_segment_options *options, const fringe_run *run,
                             fringe_segmentation *result, fringe_error *error)
{
    *result = (fringe_segmentation){0};
    struct segment_job job = {.model = model, .micrograph = micrograph, .slice = slice, .result = result};
    if (options)
        job.options = *options;
    else
        fringe_segment_options_init(&job.options);
    fringe_status status = check_options(&job.options, error);
    if (status) return status;
    status = run_state_enter(run, &job.run, error);
    if (status) return status;
    uint64_t float_state = cpu_float_enter();
    status = run_job(&job, error);
    cpu_float_restore(float_state);
    run_state_leave(run, job.run);
    alloc_free(job.planes);
    alloc_free(job.holes);
    alloc_free(job.measured);
    alloc_free(job.outputs);
    if (status) fringe_segmentation_free(result);
    return status;
}

void fringe_segmentation_free(fringe_segmentation *result)
{
    alloc_free(result->labels);
    alloc_free(result->probability);
    *result = (fringe_segmentation){0};
}
