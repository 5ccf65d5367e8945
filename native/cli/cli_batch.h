/* cli_batch.h - how commands that work on many inputs print what became of each, and how they end. */
#ifndef CLI_BATCH_H
#define CLI_BATCH_H

#include "fringe/batch.h"

struct cli_batch {
    int json;         /* 1: one JSON object per input, else the paths of its results */
    int model_failed; /* 1 once an input failed for the model's sake */
};

/* The callback of a batch; `user` is a struct cli_batch. */
void cli_batch_print(void *user, const fringe_batch_item *item);

/* The program's exit code after a batch that ended with `status`. */
int cli_batch_exit(const struct cli_batch *batch, fringe_status status, const fringe_batch_summary *summary);

#endif
