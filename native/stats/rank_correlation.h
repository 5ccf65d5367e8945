/* rank_correlation.h - whether two measures rise together, whatever the curve: Spearman's rho. */
#ifndef STATS_RANK_CORRELATION_H
#define STATS_RANK_CORRELATION_H

#include <stddef.h>

#include "fringe/status.h"

struct rank_correlation {
    size_t n;         /* pairs of which both are numbers */
    double rho;       /* -1 to 1 */
    double low, high; /* 95 %: Fisher's z with the variance (1 + rho^2 / 2) / (n - 3) of Bonett and Wright
                         (2000, DOI 10.1007/BF02294183) */
    double p;         /* two-sided: Student's t with n - 2 degrees of freedom */
};

/* Correlates `n` pairs; those with a NaN are left out, equal values share their mean rank. NaN where there is
 * no answer: fewer than 3 pairs (4 for the interval), or all of x or of y equal. FRINGE_MEMORY is the only
 * failure. */
fringe_status rank_correlation_find(const double *x, const double *y, size_t n,
                                    struct rank_correlation *correlation, fringe_error *error);

#endif
