/* comparison.h - whether computed arrays are the expected ones. */
#ifndef MODEL_COMPARISON_H
#define MODEL_COMPARISON_H

#include "fringe/model.h"
#include "tensor/tensor.h"

/* Starts a check with its tolerances: a value agrees where |found - expected| <= absolute + relative *
 * |expected|; NaN equals NaN and an infinity itself. Values that are no floats must be equal. */
struct comparison {
    fringe_model_check *check; /* counts grow with every call */
    double mismatches_per_million;
    const char *name; /* of the model, for messages */
};

/* Compares one output. FRINGE_MISMATCH for another type or shape, or for more mismatches than the share
 * allowed of its values; the message names the first. */
fringe_status comparison_run(const struct comparison *comparison, const char *output,
                             const struct tensor *found, const struct tensor *expected, fringe_error *error);

#endif
