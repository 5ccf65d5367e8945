#include "particles/population.h"

#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "stats/bootstrap.h"

enum { REPEATS = 1000, SEED = 1, VALUES = 4 };

static const double percentiles[] = {0.1, 0.5, 0.9};

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Sorted values, and scratch in which a draw counts how often it holds each: thus no draw needs sorting. */
struct sample {
    const double *sorted;
    uint32_t *counts;
};

static double percentile(const struct sample *sample, size_t n, double share)
{
    double place = share * (double)(n - 1), whole = floor(place), below = NAN;
    size_t seen = 0;
    for (size_t i = 0; i < n; i++) {
        size_t last = seen + sample->counts[i]; /* this value stands at places seen to last - 1 */
        if (isnan(below) && (double)last > whole) below = sample->sorted[i];
        if ((double)last > whole + 1 || last == n)
            return below + (place - whole) * (sample->sorted[i] - below);
        seen = last;
    }
    return below;
}

static void compute(const void *context, const uint32_t *draws, size_t n, double *values)
{
    const struct sample *sample = context;
    double sum = 0;
    for (size_t i = 0; i < n; i++) sample->counts[i] = 0;
    for (size_t i = 0; i < n; i++) {
        sample->counts[draws[i]]++;
        sum += sample->sorted[draws[i]];
    }
    values[0] = sum / (double)n;
    for (int k = 0; k < VALUES - 1; k++) values[k + 1] = percentile(sample, n, percentiles[k]);
}

fringe_status population_summarise(double *values, size_t n, struct population *population,
                                   fringe_error *error)
{
    static const struct population_value unknown = {NAN, NAN, NAN};
    double found[VALUES], low[VALUES], high[VALUES], squares = 0;
    *population = (struct population){(int64_t)n, NAN, unknown, unknown, unknown, unknown};
    if (n == 0) return FRINGE_OK;
    struct sample sample = {values, alloc_array(n, sizeof *sample.counts)};
    uint32_t *all = alloc_array(n, sizeof *all);
    fringe_status status =
        sample.counts && all ? FRINGE_OK : failure_memory(error, "a population", 2 * n * sizeof *all);
    if (status) goto done;
    qsort(values, n, sizeof *values, compare);
    for (size_t i = 0; i < n; i++) all[i] = (uint32_t)i;
    compute(&sample, all, n, found);
    for (size_t i = 0; i < n; i++) squares += (values[i] - found[0]) * (values[i] - found[0]);
    if (n > 1) population->sd = sqrt(squares / (double)(n - 1));
    status = bootstrap_interval(compute, &sample, n, VALUES, REPEATS, SEED, low, high, error);
    if (status) goto done;
    struct population_value *const into[] = {&population->mean, &population->d10, &population->d50,
                                             &population->d90};
    for (int k = 0; k < VALUES; k++) *into[k] = (struct population_value){found[k], low[k], high[k]};
done:
    alloc_free(all);
    alloc_free(sample.counts);
    return status;
}
