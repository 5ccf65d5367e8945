/* segment_prepare.c - from the micrograph's pixels to what the network sees. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "base/run_state.h"
#include "image/lattice_filter.h"
#include "image/resample.h"
#include "image/standardise.h"
#include "segment/segment_job.h"

/* The steps of `--normalize`, which take the place of the model's own. The eps keeps a constant channel from
 * being divided by zero and is too small to be felt by any other. */
static const double ONE[] = {1};
static const struct step normalize_steps[] = {
    [FRINGE_NORMALIZE_ZSCORE] = {.kind = STEP_UNIT_SPREAD, .eps = 1e-30, .value_count = 1, .multiply = ONE},
    [FRINGE_NORMALIZE_MINMAX] = {.kind = STEP_RANGE, .eps = 1e-30, .low_percent = 0, .high_percent = 100},
    [FRINGE_NORMALIZE_PERCENTILE] = {
        .kind = STEP_RANGE, .eps = 1e-30, .low_percent = 1, .high_percent = 99.8}};

struct chosen_steps {
    const struct step *steps;
    size_t count;
};

static struct chosen_steps choose_steps(const struct segment_job *job)
{
    if (job->options.normalize == FRINGE_NORMALIZE_MODEL)
        return (struct chosen_steps){job->model->input->steps, job->model->input->step_count};
    return (struct chosen_steps){&normalize_steps[job->options.normalize],
                                 job->options.normalize != FRINGE_NORMALIZE_NONE};
}

/* The filter belongs to the model's own preparation, as its steps do. */
static int is_filtered(const struct segment_job *job)
{
    return job->options.normalize == FRINGE_NORMALIZE_MODEL && job->model->package->lattice_filter;
}

static fringe_status apply_steps(struct segment_job *job, fringe_error *error)
{
    struct chosen_steps chosen = choose_steps(job);
    if (job->options.normalize == FRINGE_NORMALIZE_MODEL && !job->model->package->described)
        run_state_notice(job->run, FRINGE_NOTICE_NORMALIZATION,
                         "the model says nothing of preparation: the whole image is brought to mean 0 and "
                         "standard deviation 1, unless told otherwise");
    struct preparation_sample sample = {.planes = job->prepared,
                                        .channel_count = (size_t)job->input_channels,
                                        .pixel_count = job->prepared_count,
                                        .plane_stride = job->prepared_count,
                                        .counts = job->counts,
                                        .input = job->measured,
                                        .input_count = job->measured ? (size_t)job->input_channels : 0,
                                        .run = job->run};
    return preparation_apply(chosen.steps, chosen.count, &sample, error);
}

/* Marks pixels of a plane that are no numbers. */
static fringe_status mark_holes(struct segment_job *job, const struct sample_plane *plane,
                                fringe_error *error)
{
    size_t count = (size_t)job->height_px * (size_t)job->width_px, bytes = count / 8 + 1;
    const float *pixels = plane->samples;
    for (size_t i = 0; i < count; i++) {
        if (isfinite(pixels[i])) continue;
        if (!job->holes) job->holes = alloc_array(bytes, 1);
        if (!job->holes) return failure_memory(error, "marks of non-finite pixels", bytes);
        uint8_t *byte = &job->holes[i >> 3], bit = (uint8_t)(1u << (i & 7));
        job->hole_count += !(*byte & bit); /* another channel may have marked it */
        *byte |= bit;
    }
    return FRINGE_OK;
}

/* The numbers that a plane may hold and how often it does. */
static void list_numbers(const struct sample_plane *plane, float *values, int64_t *counts)
{
    sample_plane_values(plane->pixel, values);
    sample_plane_count(plane, counts);
}

/* What a channel holds, whatever its type. */
static fringe_status summarise(struct segment_job *job, const struct sample_plane *plane,
                               struct plane_summary *summary, fringe_error *error)
{
    size_t count = sample_plane_value_count(plane->pixel);
    float *values = NULL;
    int64_t *counts = NULL;
    fringe_status status;
    if (count == 0) {
        status = mark_holes(job, plane, error);
        if (status) return status;
        return plane_statistics_summarise(plane->samples, (size_t)job->height_px * (size_t)job->width_px,
                                          job->run, summary, error);
    }
    values = alloc_array(count, sizeof *values);
    counts = alloc_array(count, sizeof *counts);
    status = values && counts ? FRINGE_OK : failure_memory(error, "statistics", count * sizeof *counts);
    if (!status) {
        list_numbers(plane, values, counts);
        status = plane_statistics_summarise_counted(values, counts, count, job->run, summary, error);
    }
    alloc_free(values);
    alloc_free(counts);
    return status;
}

/* Brings a channel onto the work grid. */
static fringe_status bring_plane(struct segment_job *job, const struct sample_plane *plane, float *to,
                                 fringe_error *error)
{
    const struct resample_target work = {to, job->work_height_px, job->work_width_px, job->work_width_px};
    fringe_status status = resample_run(RESAMPLE_IMAGE, plane, &work, job->run, error);
    if (!status && is_filtered(job))
        status = lattice_filter_apply(to, job->work_height_px, job->work_width_px, job->run, error);
    return status;
}

static fringe_status summarise_prepared(const struct segment_job *job, int32_t c,
                                        struct plane_summary *summary, fringe_error *error)
{
    size_t first = (size_t)c * job->prepared_count;
    return plane_statistics_summarise_counted(job->prepared + first, job->counts ? job->counts + first : NULL,
                                              job->prepared_count, job->run, summary, error);
}

/* Pixels that are no numbers become the mean of the others: the least that a network can notice. */
static fringe_status fill_holes(const struct segment_job *job, fringe_error *error)
{
    size_t count = job->prepared_count;
    for (int32_t c = 0; c < job->input_channels; c++) {
        struct plane_summary summary;
        fringe_status status = summarise_prepared(job, c, &summary, error);
        if (status) return status;
        if (summary.non_finite_count == 0) continue;
        status = standardise_fill(job->prepared + (size_t)c * count, count, summary.mean, job->run, error);
        if (status) return status;
    }
    return FRINGE_OK;
}

/* Measures the planes for steps behind the network that refer to its input. */
static fringe_status measure_planes(struct segment_job *job, fringe_error *error)
{
    const struct package_tensor *output = job->model->output;
    int needed = preparation_needs_input(output->steps, output->step_count) ||
                 preparation_needs_input(job->model->input->steps, job->model->input->step_count);
    if (!needed) return FRINGE_OK;
    size_t channels = (size_t)job->input_channels;
    job->measured = alloc_array(channels, sizeof *job->measured);
    if (!job->measured) return failure_memory(error, "statistics", channels * sizeof *job->measured);
    for (int32_t c = 0; c < job->input_channels; c++) {
        fringe_status status = summarise_prepared(job, c, &job->measured[c], error);
        if (status) return status;
    }
    return FRINGE_OK;
}

fringe_status segment_prepare_channels(struct segment_job *job, fringe_error *error)
{
    int32_t wanted = job->model->info.input_channels, given = job->info.channel_count;
    job->input_channels = wanted;
    if (given == wanted) return FRINGE_OK;
    if (given != 1)
        return failure_set(error, FRINGE_ARGUMENT, "the model takes %ld channels, the image has %ld",
                           (long)wanted, (long)given);
    run_state_notice(job->run, FRINGE_NOTICE_INPUT,
                     "the model takes %ld channels and the image has one: each is given the same",
                     (long)wanted);
    return FRINGE_OK;
}

/* Takes the summary of a channel of the micrograph into account. */
static void judge(struct segment_job *job, const struct plane_summary *summary, int *uneven)
{
    if (summary->most > summary->least)
        job->constant = 0;
    else
        *uneven = 1;
}

/* Whether the preparation can be that of the numbers that the pixels may be. */
static int is_by_number(const struct segment_job *job)
{
    struct chosen_steps chosen = choose_steps(job);
    if (is_filtered(job) || segment_ghosts_are_dropped(job) || !segment_job_keeps_grid(job) ||
        !preparation_is_by_channel(chosen.steps, chosen.count))
        return 0;
    for (int32_t c = 0; c < job->info.channel_count; c++)
        if (job->channels[c].pixel != job->channels[0].pixel)
            return 0; /* one was not read as whole numbers */
    return sample_plane_value_count(job->channels[0].pixel) > 0;
}

static fringe_status bring_numbers(struct segment_job *job, int *uneven, fringe_error *error)
{
    size_t count = sample_plane_value_count(job->channels[0].pixel), channels = (size_t)job->input_channels;
    job->prepared_count = count;
    job->prepared = alloc_array(channels * count, sizeof *job->prepared);
    job->counts = alloc_array(channels * count, sizeof *job->counts);
    if (!job->prepared || !job->counts)
        return failure_memory(error, "the image's numbers", channels * count * sizeof *job->counts);
    for (int32_t c = 0; c < job->input_channels; c++) {
        struct plane_summary summary;
        size_t first = (size_t)c * count;
        list_numbers(&job->channels[segment_job_channel(job, c)], job->prepared + first, job->counts + first);
        fringe_status status = summarise_prepared(job, c, &summary, error);
        if (status) return status;
        judge(job, &summary, uneven);
    }
    return FRINGE_OK;
}

static fringe_status bring_planes(struct segment_job *job, int *uneven, fringe_error *error)
{
    size_t pixels = (size_t)job->work_height_px * (size_t)job->work_width_px;
    struct sample_plane *only = job->info.channel_count == 1 ? job->channels : NULL;
    job->prepared_count = pixels;
    if (job->input_channels == 1 && segment_job_keeps_grid(job) && only->pixel == FRINGE_PIXEL_FLOAT32 &&
        !is_filtered(job)) {
        struct plane_summary summary;
        fringe_status status = summarise(job, only, &summary, error);
        judge(job, &summary, uneven);
        job->prepared = only->samples; /* large, and already what is wanted */
        *only = (struct sample_plane){0};
        return status;
    }
    job->prepared = alloc_aligned((size_t)job->input_channels * pixels, sizeof *job->prepared);
    if (!job->prepared)
        return failure_memory(error, "the image",
                              (size_t)job->input_channels * pixels * sizeof *job->prepared);
    for (int32_t c = 0; c < job->input_channels; c++) {
        float *to = job->prepared + (size_t)c * pixels;
        struct plane_summary summary;
        if (c > 0 && only) {
            memcpy(to, job->prepared, pixels * sizeof *to);
            continue;
        }
        fringe_status status = summarise(job, &job->channels[c], &summary, error);
        if (!status) status = bring_plane(job, &job->channels[c], to, error);
        if (status) return status;
        judge(job, &summary, uneven);
        if (job->channels[c].pixel == FRINGE_PIXEL_FLOAT32) sample_plane_free(&job->channels[c]);
    }
    return FRINGE_OK;
}

fringe_status segment_prepare_planes(struct segment_job *job, fringe_error *error)
{
    int uneven = 0; /* a channel is constant, the image is not: its spread of zero may make NaN of it */
    job->constant = 1;
    fringe_status status =
        is_by_number(job) ? bring_numbers(job, &uneven, error) : bring_planes(job, &uneven, error);
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
