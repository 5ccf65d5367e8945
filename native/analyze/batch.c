#include "fringe/batch.h"

#include <string.h>

#include "analyze/analyze_pages.h"
#include "analyze/batch_inputs.h"
#include "analyze/batch_item.h"
#include "analyze/batch_outputs.h"
#include "base/failure.h"
#include "base/file.h"
#include "base/run_state.h"
#include "model/loaded_model.h"

/* Of touching particles in simulated micrographs this divides most, and few that are one. */
#define SPLIT_NECK 0.7
/* Specks of a mask, which smaller ones mostly are, would be most of the particles. A fault counts from this
 * length on, and a spectrum needs so many pixels. */
#define LEAST_NM 1
enum { LEAST_PX = 64 };

void fringe_measure_options_init(fringe_measure_options *options)
{
    *options = (fringe_measure_options){0};
    fringe_particles_options_init(&options->particles);
}

void fringe_analyze_options_init(fringe_analyze_options *options)
{
    *options = (fringe_analyze_options){0};
    fringe_batch_options_init(&options->batch);
    fringe_particles_options_init(&options->particles);
    options->particles.split_neck = SPLIT_NECK;
    options->particles.least_nm = LEAST_NM;
    options->particles.least_px = LEAST_PX;
}

void fringe_batch_options_init(fringe_batch_options *options)
{
    *options = (fringe_batch_options){0};
    fringe_segment_options_init(&options->segment);
}

static const struct batch_suffixes particle_suffixes = {
    .labels = "-labels.tif", .table = "-particles.csv", .rois = "-rois.zip"};

/* Which files each input gives, from what the model gives. */
static fringe_status choose_suffixes(struct batch_job *job, fringe_error *error)
{
    const char *outputs = job->info.outputs;
    struct batch_suffixes *suffixes = &job->suffixes;
    if (job->measure) *suffixes = particle_suffixes;
    if (job->measure && strcmp(outputs, "mask") && strcmp(outputs, "classes"))
        return failure_set(error, FRINGE_ARGUMENT,
                           "the model %s gives %s; particles are found in one mask or in classes",
                           job->info.path, outputs);
    suffixes->probability = job->options->probability ? "-probability.tif" : NULL;
    suffixes->overlay = job->options->overlay ? "-overlay.png" : NULL;
    if (strcmp(outputs, "values")) {
        suffixes->mask = strcmp(outputs, "classes") ? "-mask.tif" : "-classes.tif";
        return FRINGE_OK;
    }
    suffixes->mask = "-output.tif";
    if (!suffixes->probability && !suffixes->overlay) return FRINGE_OK;
    return failure_set(
        error, FRINGE_ARGUMENT,
        "--%s: the model %s gives numbers that are neither mask nor classes; they go to <stem>%s",
        suffixes->probability ? "probability" : "overlay", job->info.path, suffixes->mask);
}

static fringe_status run_inputs(const struct batch_job *job, const struct batch_inputs *inputs,
                                fringe_batch_callback *callback, void *user, fringe_batch_summary *summary,
                                fringe_error *error)
{
    double total = 0, before = 0;
    for (size_t i = 0; i < inputs->count; i++) total += (double)inputs->items[i].weight;
    run_state_progress(job->run, 0, 1); /* a call begins, even where all inputs are to be skipped */
    for (size_t i = 0; i < inputs->count; i++) {
        const struct batch_input *input = &inputs->items[i];
        struct batch_outcome outcome;
        double after = i + 1 < inputs->count ? before + (double)input->weight / total : 1;
        batch_item_run(job, input, before, after, &outcome);
        before = after;
        summary->done_count += !outcome.status && !outcome.skipped;
        summary->skipped_count += !outcome.status && outcome.skipped;
        summary->failed_count += outcome.status && outcome.status != FRINGE_CANCELLED;
        fringe_batch_item item = {.input = input->path,
                                  .status = outcome.status,
                                  .skipped = outcome.skipped,
                                  .message = outcome.status ? outcome.error.message : "",
                                  .outputs = (const char *const *)outcome.outputs.items,
                                  .output_count = outcome.outputs.count,
                                  .notices = (const char *const *)outcome.notices.items,
                                  .notice_count = outcome.notices.count};
        if (callback) callback(user, &item);
        batch_outcome_free(&outcome);
        if (outcome.status == FRINGE_CANCELLED)
            return failure_set(error, FRINGE_CANCELLED, "cancelled; %zu of %zu inputs were not reached",
                               inputs->count - i - 1, inputs->count);
    }
    return FRINGE_OK;
}

static fringe_status check_work(const struct batch_inputs *inputs, size_t named, fringe_error *error)
{
    for (size_t i = 0; i < inputs->count; i++)
        if (!inputs->items[i].own_output) return FRINGE_OK;
    if (inputs->count == 0)
        return failure_set(error, FRINGE_ARGUMENT, "no image is in the %zu inputs", named);
    return failure_set(error, FRINGE_ARGUMENT, "nothing is to be done: %s was written by Fringe itself",
                       inputs->items[0].path);
}

/* The inputs with their places, or what is wrong with them. */
static fringe_status gather(struct batch_inputs *inputs, const char *const *paths, size_t path_count,
                            enum batch_wanted wanted, const fringe_batch_options *options,
                            const struct batch_suffixes *suffixes, const fringe_run *run, fringe_error *error)
{
    fringe_status status =
        batch_inputs_collect(inputs, paths, path_count, wanted, options->recursive, run, error);
    if (!status) status = check_work(inputs, path_count, error);
    if (!status) status = batch_outputs_assign(inputs, options->output_directory, suffixes, run, error);
    return status;
}

fringe_status fringe_batch_check(const char *const *paths, size_t path_count,
                                 const fringe_batch_options *options, const fringe_run *run,
                                 fringe_error *error)
{
    struct batch_inputs inputs = {0};
    struct batch_suffixes unknown = {0};
    fringe_status status =
        gather(&inputs, paths, path_count, BATCH_MICROGRAPHS, options, &unknown, run, error);
    batch_inputs_free(&inputs);
    return status;
}

/* Applies the job's model to all inputs, and measures what it finds where the job asks for it. */
static fringe_status apply_model(struct batch_job *job, const char *const *paths, size_t path_count,
                                 fringe_batch_callback *callback, void *user, fringe_batch_summary *summary,
                                 fringe_error *error)
{
    struct batch_inputs inputs = {0};
    fringe_model_get_info(job->model, &job->info);
    fringe_status status = choose_suffixes(job, error);
    if (!status)
        status = gather(&inputs, paths, path_count, BATCH_MICROGRAPHS, job->options, &job->suffixes, job->run,
                        error);
    if (!status)
        status = loaded_model_check_output(job->model, job->run, error); /* once, not for each input */
    if (!status) status = run_inputs(job, &inputs, callback, user, summary, error);
    run_state_span(job->run, 0, 1);
    batch_inputs_free(&inputs);
    return status;
}

fringe_status fringe_batch_segment(const fringe_model *model, const char *const *paths, size_t path_count,
                                   const fringe_batch_options *options, const fringe_run *run,
                                   fringe_batch_callback *callback, void *user, fringe_batch_summary *summary,
                                   fringe_error *error)
{
    fringe_batch_summary own_summary;
    struct batch_job job = {.model = model, .options = options};
    if (!summary) summary = &own_summary;
    *summary = (fringe_batch_summary){0};
    fringe_status status = run_state_enter(run, &job.run, error);
    if (status) return status;
    status = apply_model(&job, paths, path_count, callback, user, summary, error);
    run_state_leave(run, job.run);
    return status;
}

/* Writes the pages of the batch, and tells of them as of one input more. */
static void write_pages(struct analyze_pages *pages, fringe_batch_summary *summary)
{
    fringe_error error = {0};
    fringe_batch_item item = {.input = pages->directory, .status = analyze_pages_write(pages, &error)};
    item.message = item.status ? error.message : "";
    item.outputs = (const char *const *)pages->paths;
    item.output_count = item.status ? 0 : ANALYZE_PAGE_COUNT;
    summary->done_count += !item.status;
    summary->failed_count += item.status != FRINGE_OK;
    if (pages->callback) pages->callback(pages->user, &item);
}

fringe_status fringe_batch_analyze(const fringe_model *model, const char *const *paths, size_t path_count,
                                   const fringe_analyze_options *options, const fringe_run *run,
                                   fringe_batch_callback *callback, void *user, fringe_batch_summary *summary,
                                   fringe_error *error)
{
    fringe_batch_summary own_summary;
    fringe_batch_options shared = options->batch;
    fringe_measure_options measure = {.particles = options->particles, .faults = options->faults};
    struct batch_job job = {.model = model, .options = &shared, .measure = &measure};
    struct analyze_pages pages = {.callback = callback, .user = user};
    if (!summary) summary = &own_summary;
    *summary = (fringe_batch_summary){0};
    shared.overlay = 1;
    measure.particles.threshold = 0; /* the mask is a mask, with the pixel size that was used for it */
    measure.particles.pixel_size_nm = 0;
    fringe_status status = run_state_enter(run, &job.run, error);
    if (status) return status;
    if (path_count > 0) status = analyze_pages_begin(&pages, paths[0], options, error);
    if (!status) status = apply_model(&job, paths, path_count, analyze_pages_note, &pages, summary, error);
    if (!status) write_pages(&pages, summary);
    analyze_pages_free(&pages);
    run_state_leave(run, job.run);
    return status;
}

/* A file beside the labels belongs to one of them; a folder may hold one for each. */
static fringe_status check_beside(const char *option, const char *path, const struct batch_inputs *inputs,
                                  fringe_error *error)
{
    struct file_facts facts;
    if (!path || inputs->count < 2) return FRINGE_OK;
    file_look(path, &facts);
    if (facts.kind == FILE_DIRECTORY) return FRINGE_OK;
    return failure_set(error, FRINGE_ARGUMENT, "%s %s is no folder, and there are %zu inputs", option, path,
                       inputs->count);
}

fringe_status fringe_batch_measure(const char *const *paths, size_t path_count,
                                   const fringe_measure_options *options, const fringe_run *run,
                                   fringe_batch_callback *callback, void *user, fringe_batch_summary *summary,
                                   fringe_error *error)
{
    fringe_batch_summary own_summary;
    fringe_batch_options shared = {.output_directory = options->output_directory,
                                   .compress = options->compress,
                                   .overwrite = options->overwrite,
                                   .recursive = options->recursive};
    struct batch_job job = {.options = &shared, .measure = options, .suffixes = particle_suffixes};
    struct batch_inputs inputs = {0};
    if (!summary) summary = &own_summary;
    *summary = (fringe_batch_summary){0};
    fringe_status status = run_state_enter(run, &job.run, error);
    if (status) return status;
    status = gather(&inputs, paths, path_count, BATCH_LABELS, &shared, &job.suffixes, job.run, error);
    if (!status && options->faults && !options->image)
        status = failure_set(error, FRINGE_ARGUMENT,
                             "particles are classified in their image, and --image names none");
    if (!status) status = check_beside("--image", options->image, &inputs, error);
    if (!status) status = check_beside("--probability", options->probability, &inputs, error);
    if (!status) status = run_inputs(&job, &inputs, callback, user, summary, error);
    run_state_span(job.run, 0, 1);
    batch_inputs_free(&inputs);
    run_state_leave(run, job.run);
    return status;
}
