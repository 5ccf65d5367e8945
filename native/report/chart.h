/* chart.h - charts as SVG inside a page: drawn with the page's own text colour, so that they serve in light,
 * dark and print alike.
 *
 * Everything goes to a stream of the caller's, whose failures stay in it. The same values give the same
 * bytes.
 */
#ifndef REPORT_CHART_H
#define REPORT_CHART_H

#include <stdio.h>

#include "report/study_summary.h"
#include "stats/lognormal.h"

/* A histogram of `n` sorted values, at least one; its bins are those of Freedman and Diaconis (1981, DOI
 * 10.1007/BF01025868), widened to a round number. The highest 0.5 % may lie beyond its end, and are counted
 * there. `fit` (may be NULL) is drawn as a curve, `population` (may be NULL) gives D10, D50 and D90 as marks.
 */
void chart_histogram(FILE *stream, const double *sorted, size_t n, const char *title,
                     const struct lognormal *fit, const struct population *population);

/* Shares with their intervals over the bins' mean diameters. */
void chart_shares(FILE *stream, const struct study_bin *bins, size_t bin_count, const char *title_x,
                  const char *title_y);

#endif
