/* measure_item.h - one input of a measuring batch: what lies beside it, and its results. */
#ifndef ANALYZE_MEASURE_ITEM_H
#define ANALYZE_MEASURE_ITEM_H

#include "analyze/batch_item.h"
#include "analyze/batch_previous.h"
#include "report/provenance.h"

/* The files that belong to an input. */
struct measure_beside {
    char *image, *probability; /* paths, NULL where none is asked for */
    struct provenance_measurement facts;
};

/* Finds image and probability map of an input and takes their digests: the file that the options name, or in
 * a folder the one whose name fits: of "x-mask.tif", "x.*" and "x-probability.*". FRINGE_FILE where there is
 * none, FRINGE_ARGUMENT where there are several. Freed with measure_beside_free, also after a failure. */
fringe_status measure_beside_find(const fringe_measure_options *options, const struct batch_input *input,
                                  struct measure_beside *beside, fringe_error *error);

void measure_beside_free(struct measure_beside *beside);

/* Measures all slices of an input and puts the results in place at the planned paths, the provenance last;
 * begin to end is its share of the whole progress. `notices` are those of the input, for the provenance. */
fringe_status measure_item_run(const struct batch_job *job, const struct batch_input *input,
                               const struct measure_beside *beside, const struct provenance_origin *origin,
                               const struct batch_previous *previous, const struct batch_texts *planned,
                               double begin, double end, const struct batch_texts *notices,
                               fringe_error *error);

#endif
