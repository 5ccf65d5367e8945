/* batch_results.h - the results of one input while they grow: files under way, counts, the overlay.
 *
 * Begun with the first slice, whose segmentation says what kind of result it is. Where an earlier run of the
 * same left results behind, they are taken up: the first slice is then computed for what it says, and the
 * next one wanted is the one behind the last checkpoint.
 *
 * Slices of a stack are written on a thread of their own while the next is computed: at most WRITES of them
 * wait there, and not one where a slice's results take more than BEHIND_BYTES. What they are and in which
 * order they stand in the files does not depend on that.
 */
#ifndef ANALYZE_BATCH_RESULTS_H
#define ANALYZE_BATCH_RESULTS_H

#include "analyze/batch_item.h"
#include "analyze/batch_journal.h"
#include "analyze/batch_previous.h"
#include "base/side_thread.h"
#include "io/tiff_write.h"
#include "report/provenance.h"

enum { BATCH_RESULTS_WRITES = 2, BATCH_RESULTS_BEHIND_BYTES = 256 << 20 };

/* A slice's results on their way into the files. */
struct batch_write {
    struct side_work work;
    struct batch_results *results;
    fringe_segmentation segmentation; /* owned */
    struct batch_texts notices;       /* what was said since the slice before */
    fringe_status status;             /* valid once the work is done */
    fringe_error error;
};

struct batch_results {
    /* Filled in by the owner. */
    const struct batch_job *job;
    const struct batch_input *input;
    struct batch_journal *journal; /* claimed; the writing thread's while it has work */
    fringe_micrograph *micrograph;
    struct batch_texts *notices; /* those of the input, for the provenance */
    double measure_begin,
        measure_end; /* share of the whole progress that measuring is; of an analysis only */
    /* Kept here; zero at the beginning. */
    int32_t next;              /* the slice that is wanted next */
    size_t notices_next;       /* how many notices went with the slices before it */
    uint8_t *overlay;          /* (H, W, 3), of the first slice */
    fringe_segmentation first; /* facts of the first slice; its planes are not kept */
    struct side_thread *side;  /* NULL for inputs of one slice */
    struct batch_write writes[BATCH_RESULTS_WRITES];
    /* From here on the writing thread's while it has work. */
    int32_t written; /* slices in the files */
    int broken;      /* 1: a slice could not be written, and none behind it may */
    struct tiff_writer *labels, *probability;
    struct batch_texts said; /* the notices up to the last slice written */
    int64_t non_finite_count;
    struct provenance_count *counts;
    size_t count_count;
};

/* Looks for what an earlier run left to go on with, before any work is done. */
fringe_status batch_results_take_up(struct batch_results *results, const struct provenance_origin *origin,
                                    fringe_error *error);

/* Begins the files from what the first slice gave. results->next tells with which slice to go on. */
fringe_status batch_results_begin(struct batch_results *results, const fringe_segmentation *first,
                                  fringe_error *error);

/* Takes over the next slice, the one of index results->next, and leaves *segmentation empty. What is wrong
 * with its writing may be told with a later one, or when the results are put in place. */
fringe_status batch_results_add(struct batch_results *results, fringe_segmentation *segmentation,
                                fringe_error *error);

/* Puts everything in place at the planned paths, provenance last, and removes what is left of the previous
 * result. On failure nothing of this result is left. */
fringe_status batch_results_place(struct batch_results *results, const struct provenance_origin *origin,
                                  const struct batch_previous *previous, const struct batch_texts *planned,
                                  fringe_error *error);

/* Leaves a stack for a later run to go on with. 0 where it has not come to a checkpoint: nothing is left. */
int batch_results_keep(struct batch_results *results);

/* Removes what is not in place. */
void batch_results_free(struct batch_results *results);

#endif
