/* bootstrap.h - how much a number depends on which images happened to be there.
 *
 * The items (images, particles) are drawn anew, as many as there are, with replacement, and the statistic is
 * computed again; the interval holds the middle 95 % of what came out (the percentile bootstrap of Efron and
 * Tibshirani 1993). It says nothing of what is wrong with all items alike.
 */
#ifndef STATS_BOOTSTRAP_H
#define STATS_BOOTSTRAP_H

#include <stddef.h>
#include <stdint.h>

#include "fringe/status.h"

/* Computes value_count numbers from the items draws[0 .. item_count - 1], of which some come repeatedly and
 * others not at all. NAN for a number that these items do not give. */
typedef void bootstrap_statistic(const void *context, const uint32_t *draws, size_t item_count,
                                 double *values);

/* Fills low[value_count] and high[value_count] from `repeats` draws, at least 1. A number whose statistic was
 * NAN every time has NAN for its interval; single ones that were are left out. Both are NAN for fewer than
 * two items, which say nothing of their spread. The draws depend on the seed alone. FRINGE_MEMORY. */
fringe_status bootstrap_interval(bootstrap_statistic *statistic, const void *context, size_t item_count,
                                 size_t value_count, int32_t repeats, uint64_t seed, double *low,
                                 double *high, fringe_error *error);

#endif
