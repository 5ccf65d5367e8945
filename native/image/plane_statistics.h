/* plane_statistics.h - mean, spread and percentiles of the finite values of a plane (or of several planes
 * that lie one behind the other).
 *
 * NaN and infinite values are left out and counted. Sums are taken in double over chunks of a fixed size and
 * the chunks' sums in rising order, percentiles by counting: the results are the same bytes for any number of
 * threads. `run` is never NULL. Any thread.
 */
#ifndef IMAGE_PLANE_STATISTICS_H
#define IMAGE_PLANE_STATISTICS_H

#include <stddef.h>
#include <stdint.h>

#include "fringe/run.h"
#include "fringe/status.h"

struct plane_summary {
    int64_t finite_count, non_finite_count;
    double mean, sd;    /* sd: of the population (divided by finite_count); both 0 where nothing is finite */
    double least, most; /* both 0 where nothing is finite */
};

/* Reads `count` values twice. FRINGE_MEMORY or FRINGE_CANCELLED. */
fringe_status plane_statistics_summarise(const float *values, size_t count, const fringe_run *run,
                                         struct plane_summary *summary, fringe_error *error);

/* Like plane_statistics_summarise, but values[i] is there counts[i] times, 0 or more; `counts` NULL: once
 * each. */
fringe_status plane_statistics_summarise_counted(const float *values, const int64_t *counts, size_t count,
                                                 const fringe_run *run, struct plane_summary *summary,
                                                 fringe_error *error);

/* Exact percentiles of the finite values. percents[i], in 0 to 100 and any order, gives results[i]: the value
 * at position percent / 100 * (n - 1) of the n sorted values, between two of them in proportion (NumPy's
 * "linear"); 0 where nothing is finite. At most PLANE_MOST_PERCENTILES, else FRINGE_ARGUMENT, as for a
 * percent outside its range. Reads the values twice, copies and sorts nothing. */
enum { PLANE_MOST_PERCENTILES = 8 };
fringe_status plane_statistics_percentiles(const float *values, size_t count, const double *percents,
                                           size_t percent_count, double *results, const fringe_run *run,
                                           fringe_error *error);

/* Like plane_statistics_percentiles, of values[i] counts[i] times. */
fringe_status plane_statistics_percentiles_counted(const float *values, const int64_t *counts, size_t count,
                                                   const double *percents, size_t percent_count,
                                                   double *results, const fringe_run *run,
                                                   fringe_error *error);

#endif
