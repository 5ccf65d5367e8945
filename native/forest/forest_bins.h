/* forest_bins.h - a table's features in at most 256 steps each, one byte a value.
 *
 * Histogram splits look at 256 possible thresholds for a feature instead of one between each two values. A
 * feature with at most 256 distinct values has a step for each of them and loses nothing.
 */
#ifndef FOREST_FOREST_BINS_H
#define FOREST_FOREST_BINS_H

#include <stddef.h>

#include "fringe/run.h"

enum { FOREST_BIN_COUNT = 256 };

struct forest_bins {
    size_t row_count;
    uint32_t feature_count;
    uint8_t *steps; /* (N, F) */
    float *edges;   /* (F, FOREST_BIN_COUNT): a value is in step s where edges[s - 1] < value <= edges[s]; the
                       last step's edge, and those that a feature does not need, are infinite */
};

/* Finds the edges from the table's quantiles (those of a random part of a large table, drawn by `seed`) and
 * sorts every value into its step. `values` is (N, F), all finite. The caller clears *bins, also after a
 * failure. The same for any number of threads. */
fringe_status forest_bins_make(const float *values, size_t row_count, uint32_t feature_count, uint64_t seed,
                               const fringe_run *run, struct forest_bins *bins, fringe_error *error);
void forest_bins_clear(struct forest_bins *bins);

/* A number between a and b > a, a itself where there is none: a <= it < b. */
float forest_bins_between(float a, float b);

#endif
