/* forest_test.h - a forest package's own test tensors. */
#ifndef MODEL_FOREST_TEST_H
#define MODEL_FOREST_TEST_H

#include "fringe/model.h"

/* Predicts the rows of the package's test input and compares with its test output; adds to *check, whose
 * tolerances are set. FRINGE_MISMATCH; FRINGE_MODEL where there is nothing to test, or where a tensor's shape
 * is not the forest's. */
fringe_status forest_test_run(const char *path, const fringe_run *run, fringe_model_check *check,
                              fringe_error *error);

#endif
