/* lognormal.h - the lognormal distribution that fits sizes best. */
#ifndef STATS_LOGNORMAL_H
#define STATS_LOGNORMAL_H

#include <stddef.h>

/* By greatest likelihood: median and geometric standard deviation are exp of the mean and of the standard
 * deviation (by n) of the logarithms. */
struct lognormal {
    double median, spread; /* spread >= 1: two thirds lie between median / spread and median * spread */
    double distance; /* Kolmogorov and Smirnov's: the largest difference of the cumulative shares. No p-value
                        belongs to it, because the curve was fitted to the same values */
};

/* Fits `n` values above 0, sorted upwards. All NaN for fewer than two, or where they are equal. */
struct lognormal lognormal_fit(const double *sorted, size_t n);

/* The share of values below `value`, and the density there in 1/unit. */
double lognormal_below(const struct lognormal *fit, double value);
double lognormal_density(const struct lognormal *fit, double value);

#endif
