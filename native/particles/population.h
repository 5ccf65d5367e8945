/* population.h - the distribution of one measure over particles, with intervals. */
#ifndef PARTICLES_POPULATION_H
#define PARTICLES_POPULATION_H

#include <stddef.h>
#include <stdint.h>

#include "fringe/status.h"

/* A number and its 95 % interval: the percentile bootstrap over particles, 1000 draws, seeded. It holds the
 * spread that comes from the choice of particles, and nothing of what is wrong with all of them alike. */
struct population_value {
    double value, low, high;
};

struct population {
    int64_t n;
    double sd; /* of the sample, n - 1; NaN below two */
    struct population_value mean, d10, d50, d90;
};

/* Summarises `n` values, which are sorted on return. Percentiles by number of particles, between the two
 * nearest in proportion (R's type 7). Of no particle everything is NaN, of one the intervals. FRINGE_MEMORY
 * is the only failure. */
fringe_status population_summarise(double *values, size_t n, struct population *population,
                                   fringe_error *error);

#endif
