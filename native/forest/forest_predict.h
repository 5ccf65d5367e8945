/* forest_predict.h - class probabilities of rows. */
#ifndef FOREST_FOREST_PREDICT_H
#define FOREST_FOREST_PREDICT_H

#include "forest/forest.h"
#include "fringe/run.h"

/* The probabilities of row_count rows: `values` is (row_count, feature_count), `probabilities` (row_count,
 * class_count), both row-major. A NaN goes where the node says; an infinite value is a number. Trees are
 * summed in their order, in double, so a row's answer is the same bytes whatever rows are beside it, for any
 * number of threads. FRINGE_CANCELLED, FRINGE_MEMORY. */
fringe_status forest_predict(const struct forest *forest, const float *values, size_t row_count,
                             const fringe_run *run, float *probabilities, fringe_error *error);

/* The class of a row of probabilities: the largest, the lower of equal ones. Where one score stands for two
 * classes, class 1 needs more than one half. */
uint32_t forest_predict_class(const struct forest *forest, const float *probabilities);

/* Adds one tree's weights to the scores of each row that `wanted` (row_count flags; NULL: all) names.
 * `scores` is (row_count, class_count). For those who need the trees one by one. */
void forest_predict_tree(const struct forest *forest, uint32_t tree, const float *values, size_t row_count,
                         const uint8_t *wanted, double *scores);

#endif
