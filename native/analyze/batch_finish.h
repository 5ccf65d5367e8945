/* batch_finish.h - the last step of an input: the provenance beside its results. */
#ifndef ANALYZE_BATCH_FINISH_H
#define ANALYZE_BATCH_FINISH_H

#include "analyze/batch_inputs.h"
#include "analyze/batch_previous.h"
#include "analyze/batch_texts.h"
#include "report/provenance.h"

/* Called when the results are in place, and the earlier provenance is gone: a provenance never lies beside
 * results that it does not describe. Deletes what the earlier result had more, and writes the provenance into
 * `file`, with the digests of all planned paths but the last, which is its own. Of `result` the names of
 * input and outputs and the notices are filled in here. */
fringe_status batch_finish(const struct batch_input *input, const struct provenance_origin *origin,
                           const struct batch_previous *previous, const struct batch_texts *planned,
                           const struct batch_texts *notices, struct provenance_result *result,
                           struct file_writer *file, fringe_error *error);

#endif
