/* batch_previous.h - results that lie there already: the same, in the way, or no obstacle.
 *
 * The provenance decides. Results without one are what a killed batch left behind, and are made again. A file
 * that Fringe did not write (a mask drawn by hand) is never replaced, whatever was asked for.
 */
#ifndef ANALYZE_BATCH_PREVIOUS_H
#define ANALYZE_BATCH_PREVIOUS_H

#include "analyze/batch_inputs.h"
#include "analyze/batch_texts.h"
#include "fringe/status.h"
#include "report/provenance.h"

struct batch_previous {
    int same;                         /* 1: the wanted result is there, complete */
    struct provenance_record *record; /* of the earlier result, NULL where there is none */
};

/* Looks at what lies at `planned`, the paths of the results of `input`, provenance last. FRINGE_EXISTS, with
 * the difference in words, where something may not be replaced. Freed with batch_previous_free, also on
 * failure. */
fringe_status batch_previous_find(struct batch_previous *previous, const struct batch_input *input,
                                  const struct provenance_origin *origin, const struct batch_texts *planned,
                                  fringe_error *error);

/* Adds the paths of the recorded results, and the provenance's own, to `paths`. */
fringe_status batch_previous_list(const struct batch_previous *previous, const struct batch_input *input,
                                  struct batch_texts *paths, fringe_error *error);

/* Deletes recorded results that are not among `planned`: they would lie beside a provenance that does not
 * know them. */
fringe_status batch_previous_remove_rest(const struct batch_previous *previous,
                                         const struct batch_input *input, const struct batch_texts *planned,
                                         fringe_error *error);

void batch_previous_free(struct batch_previous *previous);

#endif
