#include "analyze/batch_results.h"

#include <stdio.h>

#include "analyze/batch_finish.h"
#include "analyze/measure_item.h"
#include "base/alloc.h"
#include "base/failure.h"
#include "base/file.h"
#include "base/path.h"
#include "base/run_state.h"
#include "io/png_write.h"
#include "report/overlay.h"

enum { COUNT_BLOCK = 1 << 16 };

static const char *kind_name(fringe_segment_kind kind)
{
    switch (kind) {
    case FRINGE_SEGMENT_MASK:
        return "mask";
    case FRINGE_SEGMENT_CLASSES:
        return "classes";
    case FRINGE_SEGMENT_MASKS:
        return "masks";
    case FRINGE_SEGMENT_VALUES:
        break;
    }
    return "values";
}

/* The names of the planes of a file with one for each of the model's channels; NULL where it has none. */
static const char *const *names_of(const fringe_model_info *model, int32_t planes)
{
    int named = planes > 1 && planes == model->output_channels;
    for (int32_t i = 0; named && i < planes; i++)
        if (*model->output_names[i]) return model->output_names;
    return NULL;
}

static fringe_status begin_file(struct batch_results *results, const char *suffix,
                                struct tiff_write_options *options, struct tiff_writer **writer,
                                fringe_error *error)
{
    fringe_micrograph_info info;
    fringe_micrograph_get_info(results->micrograph, &info);
    options->width_px = results->first.width_px;
    options->height_px = results->first.height_px;
    options->slice_count = info.slice_count;
    options->nm_per_px_x = results->first.nm_per_px_x;
    options->nm_per_px_y = results->first.nm_per_px_y;
    options->nm_per_slice = info.nm_per_slice;
    options->frame_count = info.frame_count;
    options->seconds_per_frame = info.seconds_per_frame;

    char *path = path_concat(results->input->prefix, suffix);
    const char **labels = alloc_array((size_t)info.slice_count, sizeof *labels);
    fringe_status status =
        path && labels ? FRINGE_OK : failure_memory(error, suffix, (size_t)info.slice_count * sizeof *labels);
    for (int32_t i = 0; i < info.slice_count && !status; i++)
        labels[i] = fringe_micrograph_slice_label(results->micrograph, i);
    options->slice_labels = labels;
    options->channel_names = names_of(&results->job->info, options->channel_count);
    options->compress = results->job->options->compress;
    if (tiff_write_is_big(options))
        run_state_notice(results->job->run, FRINGE_NOTICE_INPUT,
                         "<stem>%s is a BigTIFF, for which ImageJ needs Bio-Formats", suffix);
    int64_t planes = (int64_t)results->written * options->channel_count;
    if (!status && results->written)
        status = tiff_write_resume(path, options, planes, writer, error);
    else if (!status)
        status = tiff_write_begin(path, options, writer, error);
    alloc_free(labels);
    alloc_free(path);
    return status;
}

/* The files for labels, or for numbers that are no labels, and for probabilities. */
static fringe_status begin_files(struct batch_results *results, fringe_error *error)
{
    const struct batch_suffixes *suffixes = &results->job->suffixes;
    const fringe_segmentation *first = &results->first;
    struct tiff_write_options labels = {.pixel = FRINGE_PIXEL_UINT8,
                                        .channel_count = first->plane_count,
                                        .has_display = 1,
                                        .display_max = 255,
                                        .class_colours = first->kind == FRINGE_SEGMENT_CLASSES};
    struct tiff_write_options numbers = {.pixel = FRINGE_PIXEL_FLOAT32,
                                         .channel_count = first->channel_count};
    if (first->kind == FRINGE_SEGMENT_VALUES)
        return begin_file(results, suffixes->mask, &numbers, &results->labels, error);
    fringe_status status = begin_file(results, suffixes->mask, &labels, &results->labels, error);
    if (status || !suffixes->probability) return status;
    numbers.has_display = 1;
    numbers.display_max = 1;
    return begin_file(results, suffixes->probability, &numbers, &results->probability, error);
}

static fringe_status begin_counts(struct batch_results *results, fringe_error *error)
{
    const fringe_segmentation *first = &results->first;
    const fringe_model_info *info = &results->job->info;
    int32_t count = first->kind == FRINGE_SEGMENT_CLASSES ? first->channel_count : first->plane_count;
    results->counts = alloc_array((size_t)count, sizeof *results->counts);
    if (!results->counts) return failure_memory(error, "counts", (size_t)count * sizeof *results->counts);
    for (int32_t i = 0; i < count; i++) {
        int32_t channel = first->kind == FRINGE_SEGMENT_MASK ? first->foreground : i;
        results->counts[i].name = channel < info->output_channels ? info->output_names[channel] : "";
    }
    results->count_count = (size_t)count;
    return FRINGE_OK;
}

static int64_t count_set(const uint8_t *labels, size_t count)
{
    int64_t set = 0;
    for (size_t begin = 0; begin < count; begin += COUNT_BLOCK) {
        size_t end = count - begin < COUNT_BLOCK ? count : begin + COUNT_BLOCK;
        int32_t here = 0; /* narrow, so that the compiler makes short work of it */
        for (size_t i = begin; i < end; i++) here += labels[i] != 0;
        set += here;
    }
    return set;
}

static void count_labels(struct batch_results *results, const fringe_segmentation *segmentation)
{
    size_t plane_px = (size_t)segmentation->height_px * (size_t)segmentation->width_px;
    for (int32_t plane = 0; plane < segmentation->plane_count; plane++) {
        const uint8_t *labels = segmentation->labels + (size_t)plane * plane_px;
        int64_t of_class[256] = {0};
        if (segmentation->kind == FRINGE_SEGMENT_CLASSES) {
            for (size_t i = 0; i < plane_px; i++) of_class[labels[i]]++;
            for (size_t c = 0; c < results->count_count && c < 256; c++)
                results->counts[c].pixels += of_class[c];
        } else if ((size_t)plane < results->count_count) {
            results->counts[plane].pixels += count_set(labels, plane_px);
        }
    }
}

static fringe_status draw_overlay(struct batch_results *results, const fringe_segmentation *segmentation,
                                  fringe_error *error)
{
    int32_t height_px = segmentation->height_px, width_px = segmentation->width_px;
    size_t plane_px = (size_t)height_px * (size_t)width_px;
    struct overlay_labels labels = {.planes = segmentation->labels,
                                    .plane_count = segmentation->plane_count,
                                    .classes = segmentation->kind == FRINGE_SEGMENT_CLASSES};
    float *grey = alloc_aligned(plane_px, sizeof *grey);
    results->overlay = alloc_array(plane_px, 3);
    fringe_status status = grey && results->overlay
                               ? FRINGE_OK
                               : failure_memory(error, "overlay", plane_px * (sizeof *grey + 3));
    if (!status) status = fringe_micrograph_read(results->micrograph, 0, 0, grey, error);
    if (!status)
        status = overlay_draw(grey, height_px, width_px, &segmentation->excluded, &labels, results->overlay,
                              error);
    alloc_free(grey);
    return status;
}

fringe_status batch_results_take_up(struct batch_results *results, const struct provenance_origin *origin,
                                    fringe_error *error)
{
    fringe_micrograph_info info;
    char digest[DIGEST_TEXT_BYTES];
    fringe_micrograph_get_info(results->micrograph, &info);
    if (info.slice_count == 1 || results->job->options->compress) /* there is nothing to go on with */
        return batch_journal_begin(results->journal, NULL, error);
    fringe_status status = provenance_digest(origin, digest, error);
    return status ? status : batch_journal_begin(results->journal, digest, error);
}

/* Begins the files behind the last checkpoint; results->written is 0 afterwards where that cannot be. */
static fringe_status resume_files(struct batch_results *results, fringe_error *error)
{
    const struct batch_checkpoint *last = &results->journal->last;
    fringe_status status = FRINGE_OK;
    results->written = last->slices;
    if (last->count_count == results->count_count && !begin_files(results, NULL)) {
        results->non_finite_count = last->non_finite_count;
        for (size_t i = 0; i < last->count_count; i++) results->counts[i].pixels = last->counts[i];
        for (size_t i = 0; i < last->notices.count && !status; i++)
            if (!batch_texts_contain(results->notices, last->notices.items[i]))
                status = batch_texts_add(results->notices, alloc_text(last->notices.items[i]), error);
        return status;
    }
    results->written = 0;
    tiff_write_discard(results->labels);
    tiff_write_discard(results->probability);
    results->labels = results->probability = NULL;
    return batch_journal_restart(results->journal, error);
}

fringe_status batch_results_begin(struct batch_results *results, const fringe_segmentation *first,
                                  fringe_error *error)
{
    fringe_micrograph_info info;
    fringe_micrograph_get_info(results->micrograph, &info);
    results->first = *first;
    results->first.labels = NULL;
    results->first.probability = NULL;
    fringe_status status = begin_counts(results, error);
    if (!status && results->journal->last.slices > 0) status = resume_files(results, error);
    if (status) return status;
    if (results->written) {
        char text[128];
        snprintf(text, sizeof text, ": goes on behind slice %d of %d", (int)results->written,
                 (int)info.slice_count);
        char *words = path_concat(results->input->path, text);
        /* Told, but not kept: the result is the same as if nothing had happened. */
        if (words) run_state_pass_notice(results->job->run, FRINGE_NOTICE_INPUT, words);
        alloc_free(words);
    } else {
        status = begin_files(results, error);
    }
    results->next = results->written;
    if (!status && info.slice_count > 1) status = side_thread_create(&results->side, error);
    if (status || !results->job->suffixes.overlay) return status;
    if (info.slice_count > 1)
        run_state_notice(results->job->run, FRINGE_NOTICE_INPUT, "the overlay shows the first of %d slices",
                         (int)info.slice_count);
    /* An analysis draws its particles, once it knows their classes. */
    return results->job->measure ? FRINGE_OK : draw_overlay(results, first, error);
}

/* Brings all slices so far to the disk and notes that they are there, where it is not noted yet. */
static fringe_status add_checkpoint(struct batch_results *results, fringe_error *error)
{
    if (results->journal->last.slices == results->written) return FRINGE_OK;
    struct batch_checkpoint now = {.slices = results->written,
                                   .non_finite_count = results->non_finite_count,
                                   .count_count = results->count_count,
                                   .notices = results->said};
    now.counts = alloc_array(now.count_count, sizeof *now.counts);
    if (!now.counts) return failure_memory(error, "counts", now.count_count * sizeof *now.counts);
    for (size_t i = 0; i < now.count_count; i++) now.counts[i] = results->counts[i].pixels;
    fringe_status status = tiff_write_sync(results->labels, error);
    if (!status && results->probability) status = tiff_write_sync(results->probability, error);
    if (!status) status = batch_journal_add(results->journal, &now, error);
    alloc_free(now.counts);
    return status;
}

static fringe_status write_slice(struct batch_results *results, const fringe_segmentation *segmentation,
                                 fringe_error *error)
{
    int64_t rows = segmentation->height_px;
    fringe_status status;
    count_labels(results, segmentation);
    results->non_finite_count += segmentation->non_finite_count;
    if (segmentation->kind == FRINGE_SEGMENT_VALUES)
        status = tiff_write_rows(results->labels, segmentation->probability,
                                 rows * segmentation->channel_count, error);
    else
        status =
            tiff_write_rows(results->labels, segmentation->labels, rows * segmentation->plane_count, error);
    if (!status && results->probability)
        status = tiff_write_rows(results->probability, segmentation->probability,
                                 rows * segmentation->channel_count, error);
    if (status) return status;
    results->written++;
    return batch_journal_is_due(results->journal) ? add_checkpoint(results, error) : FRINGE_OK;
}

static void run_write(void *context)
{
    struct batch_write *write = context;
    struct batch_results *results = write->results;
    write->status = FRINGE_OK;
    for (size_t i = 0; i < write->notices.count && !write->status; i++) {
        write->status = batch_texts_add(&results->said, write->notices.items[i], &write->error);
        write->notices.items[i] = NULL; /* it belongs to the other list */
    }
    if (!write->status && !results->broken)
        write->status = write_slice(results, &write->segmentation, &write->error);
    if (write->status) results->broken = 1;
    batch_texts_free(&write->notices);
    fringe_segmentation_free(&write->segmentation);
}

/* Waits for a write; its failure is told once. */
static fringe_status settle(struct batch_results *results, struct batch_write *write, fringe_error *error)
{
    side_thread_wait(results->side, &write->work);
    fringe_status status = write->status;
    if (status && error) *error = write->error;
    write->status = FRINGE_OK;
    return status;
}

/* Waits for all writes, in the order of their slices. */
static fringe_status settle_all(struct batch_results *results, fringe_error *error)
{
    fringe_status first = FRINGE_OK;
    for (int i = 0; i < BATCH_RESULTS_WRITES; i++) {
        struct batch_write *write = &results->writes[(results->next + i) % BATCH_RESULTS_WRITES];
        fringe_status status = settle(results, write, first ? NULL : error);
        if (!first) first = status;
    }
    return first;
}

/* Bytes that wait while a slice is not written. */
static size_t bytes_behind(const fringe_segmentation *segmentation)
{
    size_t planes = segmentation->labels ? (size_t)segmentation->plane_count : 0;
    if (segmentation->probability) planes += (size_t)segmentation->channel_count * sizeof(float);
    return planes * (size_t)segmentation->height_px * (size_t)segmentation->width_px;
}

fringe_status batch_results_add(struct batch_results *results, fringe_segmentation *segmentation,
                                fringe_error *error)
{
    struct batch_write *write = &results->writes[results->next % BATCH_RESULTS_WRITES];
    const struct batch_texts *notices = results->notices;
    fringe_status status = settle(results, write, error);
    for (; results->notices_next < notices->count && !status; results->notices_next++)
        status = batch_texts_add(&write->notices, alloc_text(notices->items[results->notices_next]), error);
    if (status) return status;
    int many = bytes_behind(segmentation) > BATCH_RESULTS_BEHIND_BYTES;
    write->work.function = run_write;
    write->work.context = write;
    write->results = results;
    write->segmentation = *segmentation;
    *segmentation = (fringe_segmentation){0};
    results->next++;
    if (results->side)
        side_thread_add(results->side, &write->work);
    else
        run_write(write);
    return many || !results->side ? settle(results, write, error) : FRINGE_OK;
}

/* Commits what is under way; *placed counts the planned paths that are in place. */
static fringe_status place_files(struct batch_results *results, const struct batch_texts *planned,
                                 size_t *placed, fringe_error *error)
{
    struct tiff_writer *labels = results->labels, *probability = results->probability;
    results->labels = results->probability = NULL; /* a commit frees its writer in every case */
    fringe_status status = tiff_write_commit(labels, error);
    if (!status) (*placed)++;
    if (status)
        tiff_write_discard(probability);
    else if (probability && !(status = tiff_write_commit(probability, error)))
        (*placed)++;
    if (!status && results->overlay) {
        status = png_write(planned->items[*placed], results->overlay, results->first.height_px,
                           results->first.width_px, 3, error);
        if (!status) (*placed)++;
    }
    return status;
}

/* Measures the mask, into files that are not in place yet. Mask and probabilities lie at the planned paths
 * with `ending` behind them. */
static fringe_status measure_particles(struct batch_results *results, struct measure_item *item,
                                       const struct batch_texts *planned, const char *ending,
                                       fringe_error *error)
{
    /* A class map has a probability for each class, and no particle one of its own. */
    int rated = results->job->suffixes.probability && results->first.kind == FRINGE_SEGMENT_MASK;
    char *mask = path_concat(planned->items[0], ending);
    char *probability = rated ? path_concat(planned->items[1], ending) : NULL;
    const struct measure_beside beside = {.image = results->input->path, .probability = probability};
    fringe_particles_options options = results->job->measure->particles;
    fringe_status status = FRINGE_OK;
    if (!mask || (rated && !probability)) {
        status = failure_memory(error, "a path", 1);
        goto done;
    }
    if (!(results->first.nm_per_px_x > 0) && (options.least_nm > 0 || options.most_nm > 0)) {
        run_state_notice(results->job->run, FRINGE_NOTICE_CALIBRATION,
                         "without a pixel size particles are not limited in nm");
        options.least_nm = options.most_nm = 0;
    }
    *item = (struct measure_item){.job = results->job,
                                  .options = &options,
                                  .labels_path = mask,
                                  .label = path_name(results->input->path),
                                  .beside = &beside,
                                  .places = planned->items + (results->job->suffixes.probability ? 2 : 1),
                                  .excluded = &results->first.excluded};
    status = measure_item_run(item, results->measure_begin, results->measure_end, error);
    item->beside = NULL; /* these end here */
    item->options = NULL;
    item->labels_path = NULL;
done:
    alloc_free(mask);
    alloc_free(probability);
    return status;
}

fringe_status batch_results_place(struct batch_results *results, const struct provenance_origin *origin,
                                  const struct batch_previous *previous, const struct batch_texts *planned,
                                  fringe_error *error)
{
    size_t placed = 0;
    struct measure_item item = {0};
    fringe_micrograph_info info;
    /* While a stack is measured its journal still says that all slices are there: killed, it goes on with
     * that. */
    int measures = results->job->measure != NULL,
        early = measures && batch_journal_has_lines(results->journal);
    fringe_status status = settle_all(results, error);
    if (!status && early) status = add_checkpoint(results, error);
    if (!status && early) status = measure_particles(results, &item, planned, FILE_PART_SUFFIX, error);
    /* A provenance never lies beside results that it does not describe, so it goes first and comes last. */
    if (!status) status = file_remove(planned->items[planned->count - 1], error);
    if (status) {
        measure_item_free(&item);
        return status;
    }
    status = place_files(results, planned, &placed, error);
    if (!status && measures && !early) status = measure_particles(results, &item, planned, "", error);
    if (!status && measures) status = measure_item_place(&item, &placed, error);
    fringe_micrograph_get_info(results->micrograph, &info);
    info.nm_per_px_x = results->first.nm_per_px_x;
    info.nm_per_px_y = results->first.nm_per_px_y;
    struct provenance_result result = {.input = &info,
                                       .kind = kind_name(results->first.kind),
                                       .excluded = results->first.excluded,
                                       .worked_at_nm_per_px_x = results->first.worked_at_nm_per_px_x,
                                       .worked_at_nm_per_px_y = results->first.worked_at_nm_per_px_y,
                                       .non_finite_count = results->non_finite_count,
                                       .counts = results->counts,
                                       .count_count = results->count_count,
                                       .particles = measures ? &item.found : NULL};
    if (!status)
        status = batch_finish(results->input, origin, previous, planned, results->notices, &result,
                              &results->journal->file, error);
    for (size_t i = 0; i < placed && status; i++) file_remove(planned->items[i], NULL);
    measure_item_free(&item);
    return status;
}

int batch_results_keep(struct batch_results *results)
{
    if (settle_all(results, NULL)) return 0;
    if (results->journal->last.slices == 0) return 0;
    /* Without files, the first slice was being computed again: they lie as the earlier run left them. */
    if (results->labels && add_checkpoint(results, NULL)) return 0;
    tiff_write_keep(results->labels);
    tiff_write_keep(results->probability);
    batch_journal_keep(results->journal);
    results->labels = results->probability = NULL;
    return 1;
}

void batch_results_free(struct batch_results *results)
{
    side_thread_free(results->side); /* ends all writing */
    for (int i = 0; i < BATCH_RESULTS_WRITES; i++) batch_texts_free(&results->writes[i].notices);
    batch_texts_free(&results->said);
    tiff_write_discard(results->labels);
    tiff_write_discard(results->probability);
    alloc_free(results->overlay);
    alloc_free(results->counts);
}
