#include "fringe/segment.h"

#include <math.h>

#include "base/alloc.h"
#include "base/cpu.h"
#include "base/failure.h"
#include "base/number.h"
#include "base/run_state.h"
#include "segment/segment_ahead.h"
#include "segment/segment_plan.h"
#include "segment/segment_series.h"

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

struct segment_series {
    const fringe_run *run; /* the caller's; the job's is never NULL */
    struct segment_job job;
    struct segment_ahead *ahead;
};

/* Frees what belongs to one slice. */
static void clear_slice(struct segment_job *job)
{
    alloc_free(job->prepared);
    alloc_free(job->counts);
    alloc_free(job->holes);
    alloc_free(job->some);
    alloc_free(job->measured);
    alloc_free(job->brightness);
    alloc_free(job->outputs);
    job->prepared = NULL;
    job->counts = NULL;
    job->holes = NULL;
    job->some = NULL;
    job->measured = NULL;
    job->brightness = NULL;
    job->outputs = NULL;
    job->hole_count = job->nan_count = 0;
}

static fringe_status apply(struct segment_job *job, fringe_error *error)
{
    if (!job->constant) return segment_network_apply(job, error);
    run_state_notice(job->run, FRINGE_NOTICE_CONSTANT,
                     job->hole_count < (int64_t)job->height_px * job->width_px
                         ? "slice %ld: all pixels are equal, so nothing was looked for"
                         : "slice %ld: no pixel is finite, so nothing was looked for",
                     (long)job->slice);
    int at_once;
    job->output_channels = job->model->info.output_channels;
    return segment_labels_begin(job, &at_once, error);
}

static fringe_status run_slice(struct segment_series *series, int more, fringe_error *error)
{
    struct segment_job *job = &series->job;
    int first = !job->decided; /* what is said of all slices is said once */
    if (job->slice < 0 || job->slice >= job->info.slice_count)
        return failure_set(error, FRINGE_ARGUMENT, "slice %ld was asked for, there are %ld", (long)job->slice,
                           (long)job->info.slice_count);
    fringe_status status = segment_prepare_channels(job, error);
    if (!status) status = segment_ahead_take(series->ahead, job->slice, &job->channels, error);
    if (status) return status;
    if (first) status = segment_geometry_decide(job, job->slice == 0 ? job->channels : NULL, error);
    if (status) return status;
    job->decided = 1;
    if (more) status = segment_ahead_go_on(series->ahead, error);
    if (status) return status;
    for (int32_t c = 0; c < job->info.channel_count; c++)
        sample_plane_crop(&job->channels[c], &job->excluded);
    if (first) status = segment_range_judge_input(job, error);
    if (!status) status = segment_prepare_planes(job, error);
    if (!status) status = apply(job, error);
    if (!status) status = segment_labels_finish(job, error);
    if (!status && first) segment_range_judge_result(job);
    if (!status) run_state_progress(job->run, 1, 1);
    return status;
}

fringe_status segment_series_create(const fringe_model *model, fringe_micrograph *micrograph,
                                    const fringe_segment_options *options, const fringe_run *run,
                                    struct segment_series **result, fringe_error *error)
{
    struct segment_series *series = alloc_array(1, sizeof *series);
    *result = NULL;
    if (!series) return failure_memory(error, "slices", sizeof *series);
    struct segment_job *job = &series->job;
    series->run = run;
    job->model = model;
    job->micrograph = micrograph;
    fringe_micrograph_get_info(micrograph, &job->info);
    if (options)
        job->options = *options;
    else
        fringe_segment_options_init(&job->options);
    fringe_status status = check_options(&job->options, error);
    if (!status) status = run_state_enter(run, &job->run, error);
    if (!status) status = segment_ahead_create(micrograph, job->run, &series->ahead, error);
    if (status)
        segment_series_free(series);
    else
        *result = series;
    return status;
}

fringe_status segment_series_run(struct segment_series *series, int32_t slice, int more,
                                 fringe_segmentation *result, fringe_error *error)
{
    struct segment_job *job = &series->job;
    *result = (fringe_segmentation){0};
    fringe_status status = run_state_check(job->run, error);
    if (status) return status;
    job->slice = slice;
    job->result = result;
    uint64_t float_state = cpu_float_enter();
    status = run_slice(series, more, error);
    cpu_float_restore(float_state);
    clear_slice(job);
    if (status) fringe_segmentation_free(result);
    return status;
}

void segment_series_free(struct segment_series *series)
{
    if (!series) return;
    segment_ahead_free(series->ahead);
    segment_plan_free(series->job.plan);
    if (series->job.run) run_state_leave(series->run, series->job.run);
    alloc_free(series);
}

fringe_status fringe_segment(const fringe_model *model, fringe_micrograph *micrograph, int32_t slice,
                             const fringe_segment_options *options, const fringe_run *run,
                             fringe_segmentation *result, fringe_error *error)
{
    struct segment_series *series;
    *result = (fringe_segmentation){0};
    fringe_status status = segment_series_create(model, micrograph, options, run, &series, error);
    if (!status) status = segment_series_run(series, slice, 0, result, error);
    segment_series_free(series);
    return status;
}

void fringe_segmentation_free(fringe_segmentation *result)
{
    alloc_free(result->labels);
    alloc_free(result->probability);
    *result = (fringe_segmentation){0};
}
