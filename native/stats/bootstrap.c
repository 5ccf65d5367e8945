#include "stats/bootstrap.h"

#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "base/rng.h"

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* At `share` of the way through sorted values, between two of them in proportion. */
static double quantile(const double *sorted, size_t count, double share)
{
    double at = share * (double)(count - 1);
    size_t below = (size_t)at;
    if (below + 1 >= count) return sorted[count - 1];
    return sorted[below] + (at - (double)below) * (sorted[below + 1] - sorted[below]);
}

/* Moves the numbers that are none behind the others; gives how many are numbers. */
static size_t drop_missing(double *values, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (!isnan(values[i])) values[kept++] = values[i];
    return kept;
}

fringe_status bootstrap_interval(bootstrap_statistic *statistic, const void *context, size_t item_count,
                                 size_t value_count, int32_t repeats, uint64_t seed, double *low,
                                 double *high, fringe_error *error)
{
    struct rng root = rng_from_seed(seed);
    uint32_t *draws = NULL;
    double *values = NULL, *columns = NULL; /* columns: (value_count, repeats) */
    fringe_status status = FRINGE_OK;
    size_t rounds = (size_t)repeats;
    for (size_t v = 0; v < value_count; v++) low[v] = high[v] = NAN;
    if (item_count < 2) return FRINGE_OK;
    draws = alloc_array(item_count, sizeof *draws);
    values = alloc_array(value_count, sizeof *values);
    columns = alloc_array(value_count * rounds, sizeof *columns);
    if (!draws || !values || !columns) {
        status = failure_memory(error, "bootstrap", value_count * rounds * sizeof *columns);
        goto done;
    }
    for (size_t r = 0; r < rounds; r++) {
        struct rng rng = rng_split(&root, r);
        for (size_t i = 0; i < item_count; i++) draws[i] = rng_below(&rng, (uint32_t)item_count);
        statistic(context, draws, item_count, values);
        for (size_t v = 0; v < value_count; v++) columns[v * rounds + r] = values[v];
    }
    for (size_t v = 0; v < value_count; v++) {
        size_t count = drop_missing(columns + v * rounds, rounds);
        if (count == 0) continue;
        qsort(columns + v * rounds, count, sizeof *columns, by_value);
        low[v] = quantile(columns + v * rounds, count, 0.025);
        high[v] = quantile(columns + v * rounds, count, 0.975);
    }
done:
    alloc_free(draws);
    alloc_free(values);
    alloc_free(columns);
    return status;
}
