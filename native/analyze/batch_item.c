#include "analyze/batch_item.h"

#include <stdio.h>
#include <string.h>

#include "analyze/batch_finish.h"
#include "analyze/batch_previous.h"
#include "analyze/batch_results.h"
#include "analyze/measure_item.h"
#include "base/alloc.h"
#include "base/failure.h"
#include "base/file.h"
#include "base/path.h"
#include "base/run_state.h"
#include "model/loaded_model.h"
#include "segment/segment_series.h"

enum { NOTICE_BYTES = 1280, MOST_NOTICES = 200 };

/* Of an analysis, the part of its time that the network takes. */
#define SEGMENT_SHARE 0.75

/* Who hears the notices of an input. */
struct listener {
    const fringe_run *run;
    const char *path;
    struct batch_texts *notices;
};

/* What follows "<path>: ", or all of the text: readers name the file, what comes from further down does not
 * know it. */
static const char *without_path(const char *text, const char *path)
{
    size_t length = strlen(path);
    return !strncmp(text, path, length) && !strncmp(text + length, ": ", 2) ? text + length + 2 : text;
}

/* Kept without the input's name, told with it. Slices of a stack say the same again and again: once is
 * enough, and a stack of many odd slices does not fill its provenance. */
static void on_notice(void *user, fringe_notice notice, const char *text)
{
    struct listener *listener = user;
    char words[NOTICE_BYTES];
    const char *said = without_path(text, listener->path);
    if (listener->notices->count == MOST_NOTICES) return;
    if (listener->notices->count == MOST_NOTICES - 1) said = "further notices are left out";
    snprintf(words, sizeof words, "%s: %s", fringe_notice_name(notice), said);
    if (batch_texts_contain(listener->notices, words)) return;
    batch_texts_add(listener->notices, alloc_text(words), NULL); /* a notice is no reason to fail */
    snprintf(words, sizeof words, "%s: %s", listener->path, said);
    run_state_pass_notice(listener->run, notice, words);
}

void batch_outcome_free(struct batch_outcome *outcome)
{
    batch_texts_free(&outcome->outputs);
    batch_texts_free(&outcome->notices);
}

static fringe_status plan_outputs(const struct batch_job *job, const struct batch_input *input,
                                  struct batch_texts *planned, fringe_error *error)
{
    const char *suffixes[BATCH_SUFFIX_MOST];
    size_t count = batch_suffixes_list(&job->suffixes, suffixes);
    fringe_status status = FRINGE_OK;
    for (size_t i = 0; i < count && !status; i++)
        status = batch_texts_add(planned, path_concat(input->prefix, suffixes[i]), error);
    return status ? status : batch_texts_add(planned, path_concat(input->prefix, PROVENANCE_SUFFIX), error);
}

/* Removes what killed runs left of results that this one does not go on with; what another program is at work
 * on stays. */
static void remove_parts(const struct batch_input *input, const struct batch_texts *kept)
{
    static const char *const suffixes[] = {"-mask.tif",        "-classes.tif", "-output.tif",
                                           "-probability.tif", "-overlay.png", "-labels.tif",
                                           "-particles.csv",   "-rois.zip",    PROVENANCE_SUFFIX};
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
        char *path = path_concat(input->prefix, suffixes[i]);
        if (path && !(kept && batch_texts_contain(kept, path))) file_remove_part(path, NULL);
        alloc_free(path);
    }
}

static fringe_status segment_slices(const struct batch_job *job, fringe_micrograph *micrograph, double begin,
                                    double end, struct batch_results *results, fringe_error *error)
{
    fringe_micrograph_info info;
    struct segment_series *series;
    fringe_segment_options options = job->options->segment;
    options.labels_only = !job->options->probability;
    fringe_micrograph_get_info(micrograph, &info);
    fringe_status status = segment_series_create(job->model, micrograph, &options, job->run, &series, error);
    /* Behind the first slice, which says what the results are, follows the first that is not written. Only
     * then are slices read ahead: the overlay looks at the first one's pixels. */
    for (int32_t slice = 0; slice < info.slice_count && !status; slice = results->next) {
        fringe_segmentation segmentation = {0};
        double share = (end - begin) / info.slice_count;
        run_state_span(job->run, begin + slice * share, begin + (slice + 1) * share);
        status = segment_series_run(series, slice, slice > 0, &segmentation, error);
        if (!status && slice == 0) status = batch_results_begin(results, &segmentation, error);
        if (!status && slice == results->next) status = batch_results_add(results, &segmentation, error);
        fringe_segmentation_free(&segmentation);
    }
    segment_series_free(series);
    return status;
}

static fringe_status segment_input(const struct batch_job *job, const struct batch_input *input,
                                   const struct provenance_origin *origin,
                                   const struct batch_previous *previous, const struct batch_texts *planned,
                                   struct batch_journal *journal, double begin, double end,
                                   struct batch_outcome *outcome, fringe_error *error)
{
    fringe_micrograph *micrograph = NULL;
    struct batch_results results = {
        .job = job, .input = input, .journal = journal, .notices = &outcome->notices};
    fringe_status status = fringe_micrograph_open(input->path, job->run, &micrograph, error);
    results.micrograph = micrograph;
    results.measure_begin = job->measure ? begin + SEGMENT_SHARE * (end - begin) : end;
    results.measure_end = end;
    for (size_t i = 0; i < job->model->notice_count && !status; i++) /* told when it was loaded */
        status = batch_texts_add(&outcome->notices, alloc_text(job->model->notices[i]), error);
    if (!status) status = batch_results_take_up(&results, origin, error);
    remove_parts(input, journal->last.slices > 0 ? planned : NULL);
    if (!status) status = segment_slices(job, micrograph, begin, results.measure_begin, &results, error);
    if (!status) status = batch_results_place(&results, origin, previous, planned, error);
    int kept = status == FRINGE_CANCELLED && batch_results_keep(&results);
    batch_results_free(&results);
    if (status && !kept) remove_parts(input, NULL);
    fringe_micrograph_free(micrograph);
    return status;
}

static fringe_status measure_input(const struct batch_job *job, const struct batch_input *input,
                                   const struct measure_beside *beside,
                                   const struct provenance_origin *origin,
                                   const struct batch_previous *previous, const struct batch_texts *planned,
                                   struct batch_journal *journal, double begin, double end,
                                   const struct batch_texts *notices, fringe_error *error)
{
    struct measure_item item = {.job = job,
                                .options = &job->measure->particles,
                                .labels_path = input->path,
                                .label = path_name(input->path),
                                .beside = beside,
                                .places = planned->items};
    size_t placed = 0;
    fringe_status status = batch_journal_begin(journal, NULL, error);
    if (!status) status = measure_item_run(&item, begin, end, error);
    /* The provenance goes first and comes last: it never lies beside results that it does not describe. */
    if (!status) status = file_remove(planned->items[planned->count - 1], error);
    if (!status) status = measure_item_place(&item, &placed, error);
    struct provenance_result result = {.input = &item.info, .kind = "particles", .particles = &item.found};
    if (!status)
        status = batch_finish(input, origin, previous, planned, notices, &result, &journal->file, error);
    for (size_t i = 0; i < placed && status; i++) file_remove(planned->items[i], NULL);
    measure_item_free(&item);
    if (status) remove_parts(input, NULL);
    return status;
}

/* Makes the results this run's alone, and looks again: another run may have made them meanwhile. */
static fringe_status claim_results(const struct batch_input *input, const struct provenance_origin *origin,
                                   const struct batch_texts *planned, struct batch_journal *journal,
                                   struct batch_previous *previous, fringe_error *error)
{
    fringe_status status = file_make_directories(input->directory, error);
    if (!status) status = batch_journal_claim(journal, planned->items[planned->count - 1], error);
    if (status) return status;
    batch_previous_free(previous);
    return batch_previous_find(previous, input, origin, planned, error);
}

static fringe_status run_input(const struct batch_job *job, const struct batch_input *input, double begin,
                               double end, struct batch_outcome *outcome, fringe_error *error)
{
    struct provenance_origin origin = {.model = job->model ? &job->info : NULL, .options = job->options};
    struct measure_beside beside = {0};
    struct batch_previous previous = {0};
    struct batch_journal journal = {0};
    struct batch_texts planned = {0};
    if (input->failure) return failure_set(error, FRINGE_FILE, "%s", input->failure);
    fringe_status status = run_state_check(job->run, error);
    if (!status) status = plan_outputs(job, input, &planned, error);
    if (!status) status = digest_file(input->path, origin.input_sha256, error);
    if (!status && job->measure) status = measure_beside_find(job->measure, input, &beside, error);
    if (job->measure) origin.measurement = &beside.facts;
    if (!status) status = batch_previous_find(&previous, input, &origin, &planned, error);
    if (!status && !previous.same) /* a finished result needs no folder that can be written to */
        status = claim_results(input, &origin, &planned, &journal, &previous, error);
    if (!status && previous.same) {
        outcome->skipped = 1;
        remove_parts(input, NULL);
        status = batch_previous_list(&previous, input, &outcome->outputs, error);
        run_state_notice(job->run, FRINGE_NOTICE_SKIPPED, "%s: the same result is there already",
                         input->path);
    } else if (!status) {
        if (job->model)
            status =
                segment_input(job, input, &origin, &previous, &planned, &journal, begin, end, outcome, error);
        else
            status = measure_input(job, input, &beside, &origin, &previous, &planned, &journal, begin, end,
                                   &outcome->notices, error);
        if (!status) {
            outcome->outputs = planned;
            planned = (struct batch_texts){0};
        }
    }
    batch_journal_remove(&journal); /* last: until here the results are nobody else's */
    batch_previous_free(&previous);
    measure_beside_free(&beside);
    batch_texts_free(&planned);
    return status;
}

void batch_item_run(const struct batch_job *job, const struct batch_input *input, double begin, double end,
                    struct batch_outcome *outcome)
{
    struct listener listener = {job->run, input->path, &outcome->notices};
    *outcome = (struct batch_outcome){0};
    run_state_tap(job->run, on_notice, &listener);
    run_state_span(job->run, begin, end);
    if (input->own_output) {
        outcome->skipped = 1;
        run_state_notice(job->run, FRINGE_NOTICE_OWN_OUTPUT, "was written by Fringe and is passed over");
    } else {
        outcome->status = run_input(job, input, begin, end, outcome, &outcome->error);
    }
    run_state_tap(job->run, NULL, NULL);
    run_state_span(job->run, begin, end);
    if (outcome->status != FRINGE_CANCELLED) run_state_progress(job->run, 1, 1);
    if (outcome->status && without_path(outcome->error.message, input->path) == outcome->error.message)
        failure_prefix(&outcome->error, outcome->status, "%s: ", input->path);
}
