/* batch_results.h - the results of one input while they grow: files under way, counts, the overlay.
 *
 * Begun with the first slice, whose segmentation says what kind of result it is.
 */
#ifndef ANALYZE_BATCH_RESULTS_H
#define ANALYZE_BATCH_RESULTS_H

#include "analyze/batch_item.h"
#include "analyze/batch_previous.h"
#include "io/tiff_write.h"
#include "report/provenance.h"

struct batch_results {
    /* Filled in by the owner. */
    const struct batch_job *job;
    const struct batch_input *input;
    fringe_micrograph *micrograph;
    const struct batch_texts *notices; /* those of the input, for the provenance */
    /* Kept here; zero at the beginning. */
    struct tiff_writer *labels, *probability;
    uint8_t *overlay;          /* (H, W, 3), of the first slice */
    fringe_segmentation first; /* facts of the first slice; its planes are not kept */
    int64_t non_finite_count;
    struct provenance_count *counts;
    size_t count_count;
};

/* Takes in the next slice. */
fringe_status batch_results_add(struct batch_results *results, int32_t slice,
                                const fringe_segmentation *segmentation, fringe_error *error);

/* Puts everything in place at the planned paths, provenance last, and removes what is left of the previous
 * result. On failure nothing of this result is left. */
fringe_status batch_results_place(struct batch_results *results, const struct provenance_origin *origin,
                                  const struct batch_previous *previous, const struct batch_texts *planned,
                                  fringe_error *error);

/* Removes what is not in place. */
void batch_results_free(struct batch_results *results);

#endif
