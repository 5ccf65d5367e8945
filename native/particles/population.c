#include "particles/population.h"

#include <math.h>
#include <stdlib.h>

#include "stats/bootstrap.h"

enum { REPEATS = 1000, SEED = 1, DRAWN_MOST = 10000 };

#define TAIL 0.025

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void mean_of(const void *context, const uint32_t *draws, size_t n, double *mean)
{
    const double *values = context;
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += values[draws[i]];
    *mean = sum / (double)n;
}

/* How much wider the mean's interval is than the bootstrap makes it. Student's quantile by Cornish and
 * Fisher's expansion (Abramowitz and Stegun 26.7.5), within 1 % from 4 values on. */
static double widening(size_t n)
{
    static const double z = 1.959963984540054;
    double v = (double)(n - 1), z2 = z * z;
    double t = z + z * (z2 + 1) / (4 * v) + z * ((5 * z2 + 16) * z2 + 3) / (96 * v * v) +
               z * (((3 * z2 + 19) * z2 + 17) * z2 - 15) / (384 * v * v * v);
    return t / z * sqrt((double)n / v);
}

static fringe_status find_mean(const double *values, size_t n, struct population *population,
                               fringe_error *error)
{
    struct population_value *mean = &population->mean;
    double sum = 0, squares = 0;
    for (size_t i = 0; i < n; i++) sum += values[i];
    mean->value = sum / (double)n;
    for (size_t i = 0; i < n; i++) squares += (values[i] - mean->value) * (values[i] - mean->value);
    if (n < 2) return FRINGE_OK;
    population->sd = sqrt(squares / (double)(n - 1));
    if (n > DRAWN_MOST) { /* means of draws from so many are normal, and the draws take long */
        double half = 1.959963984540054 * population->sd / sqrt((double)n);
        mean->low = mean->value - half;
        mean->high = mean->value + half;
        return FRINGE_OK;
    }
    fringe_status status =
        bootstrap_interval(mean_of, values, n, 1, REPEATS, SEED, &mean->low, &mean->high, error);
    mean->low = mean->value - widening(n) * (mean->value - mean->low);
    mean->high = mean->value + widening(n) * (mean->high - mean->value);
    return status;
}

/* The number of values below a percentile is binomial: the interval begins at the last rank that is too low
 * with a chance of at most TAIL, and ends at the first that is too high with no more. */
static void find_percentile(const double *sorted, size_t n, double share, struct population_value *found)
{
    double place = share * (double)(n - 1);
    size_t below = (size_t)place, above = below + 1 < n ? below + 1 : below;
    found->value = sorted[below] + (place - (double)below) * (sorted[above] - sorted[below]);

    double log_chance = (double)n * log1p(-share), odds = log(share / (1 - share)), at_most = 0;
    size_t low = n, high = n;
    for (size_t k = 0; k < n && high == n; k++) { /* k values below: rank k, from 0, is the next one */
        at_most += exp(log_chance);
        if (at_most <= TAIL) low = k;
        if (at_most >= 1 - TAIL) high = k;
        log_chance += odds + log((double)(n - k) / (double)(k + 1));
    }
    if (low == n || high == n) return;
    found->low = sorted[low];
    found->high = sorted[high];
}

fringe_status population_summarise(double *values, size_t n, struct population *population,
                                   fringe_error *error)
{
    static const struct population_value unknown = {NAN, NAN, NAN};
    *population = (struct population){(int64_t)n, NAN, unknown, unknown, unknown, unknown};
    if (n == 0) return FRINGE_OK;
    qsort(values, n, sizeof *values, compare);
    find_percentile(values, n, 0.1, &population->d10);
    find_percentile(values, n, 0.5, &population->d50);
    find_percentile(values, n, 0.9, &population->d90);
    return find_mean(values, n, population, error);
}
