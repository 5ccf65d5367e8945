/* batch_item.h - one input of a batch, from its bytes to its results in place.
 *
 * A stack is read, segmented and written slice by slice. Results are put in place together when the last
 * slice is done, the provenance last; until then an earlier result stays as it was. A stack whose run was
 * killed or cancelled goes on behind its last checkpoint (batch_journal.h).
 */
#ifndef ANALYZE_BATCH_ITEM_H
#define ANALYZE_BATCH_ITEM_H

#include "analyze/batch_inputs.h"
#include "analyze/batch_outputs.h"
#include "analyze/batch_texts.h"
#include "fringe/batch.h"

/* What is the same for all inputs. */
struct batch_job {
    const fringe_model *model; /* NULL where labels are measured */
    fringe_model_info info;
    const fringe_batch_options *options; /* without a model: what every batch has, folders and overwriting */
    const fringe_measure_options *measure; /* NULL where a model is applied and nothing else; with a model,
                                              what it finds is measured */
    struct batch_suffixes suffixes;
    const fringe_run *run; /* never NULL */
};

/* What became of an input. */
struct batch_outcome {
    fringe_status status;
    fringe_error error; /* names the input; valid where status is not FRINGE_OK */
    int skipped;
    struct batch_texts outputs, notices;
};

/* Does one input, whose share of the whole progress is begin to end. The caller frees the outcome. */
void batch_item_run(const struct batch_job *job, const struct batch_input *input, double begin, double end,
                    struct batch_outcome *outcome);

void batch_outcome_free(struct batch_outcome *outcome);

#endif
