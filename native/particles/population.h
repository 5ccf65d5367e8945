/* population.h - the distribution of one measure over particles, with 95 % intervals.
 *
 * The mean's interval is the percentile bootstrap over particles (stats/bootstrap.h), widened by what it
 * falls short of for small samples: Student's t over the normal quantile and n over n - 1 (Hesterberg 2015,
 * DOI 10.1080/00031305.2015.1089789); of more than 10,000 values it is the normal one, which the bootstrap
 * then comes to. A percentile's interval lies between two of the values themselves, whose ranks the binomial
 * distribution gives: it holds for any distribution, and needs no draws. Intervals hold the spread that comes
 * from the choice of particles, and nothing of what is wrong with all of them alike.
 */
#ifndef PARTICLES_POPULATION_H
#define PARTICLES_POPULATION_H

#include <stddef.h>
#include <stdint.h>

#include "fringe/status.h"

/* A number and its interval; low and high are NaN where there are too few values for one: below 2 for the
 * mean, 6 for the median, 36 for the 10th and 90th percentile. */
struct population_value {
    double value, low, high;
};

struct population {
    int64_t n;
    double sd; /* of the sample, n - 1; NaN below two */
    struct population_value mean, d10, d50, d90;
};

/* Summarises `n` values, which are sorted on return. Percentiles by number of particles, between the two
 * nearest in proportion (R's type 7). Of no value everything is NaN. FRINGE_MEMORY is the only failure. The
 * same numbers every time. */
fringe_status population_summarise(double *values, size_t n, struct population *population,
                                   fringe_error *error);

#endif
