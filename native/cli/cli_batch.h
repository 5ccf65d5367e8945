/* cli_batch.h - commands that work on many inputs: how they begin, print what became of each, and end. */
#ifndef CLI_BATCH_H
#define CLI_BATCH_H

#include "cli/cli_inputs.h"
#include "fringe/batch.h"

/* A batch between its run's cli_terminal_begin(threads, &batch.run, &batch.error) and cli_batch_end. */
struct cli_batch {
    int json;         /* 1: one JSON object per input, else the paths of its results */
    int model_failed; /* 1 once an input failed for the model's sake */
    fringe_run *run;
    fringe_batch_summary summary;
    fringe_error error;
};

/* What loading a model, with `status` and the batch's error, has come to: whatever is wrong with it is
 * FRINGE_MODEL, unless it was cancelled. Wrong usage counts before a wrong model: where the inputs (NULL:
 * they are not asked) contradict the options, both are said, and it is FRINGE_ARGUMENT. */
fringe_status cli_batch_judge_load(struct cli_batch *batch, fringe_status status,
                                   const struct cli_inputs *inputs, const fringe_batch_options *options);

/* The callback of a batch; `user` is a struct cli_batch. */
void cli_batch_print(void *user, const fringe_batch_item *item);

/* Ends the run as cli_terminal_end does, and gives the exit code, in which inputs that failed count. */
int cli_batch_end(struct cli_batch *batch, fringe_status status);

#endif
