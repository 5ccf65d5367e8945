/* Statistics of particles against scipy's: the files are those of
 * tests/statistics/make_statistics_fixture.py. Tests run in the root of the tree. */
#include <criterion/criterion.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/file.h"
#include "io/npy_read.h"
#include "stats/lognormal.h"
#include "stats/proportion.h"
#include "stats/rank_correlation.h"

enum { PAIRS = 400, GROUPS = 8, IN_GROUP = PAIRS / GROUPS };

/* In the order of statistics-expected.npy. */
enum { ALL_RHO, ALL_P, NINE_RHO, NINE_P, FORTY_RHO, FORTY_P, MEDIAN, SPREAD, DISTANCE, TREND_Z, TREND_P };

static struct npy_read_array pairs, shares, expected;

static struct npy_read_array read_array(const char *name)
{
    struct npy_read_array array;
    char path[128];
    fringe_error error;
    unsigned char *bytes;
    size_t size;
    snprintf(path, sizeof path, "tests/statistics/statistics-%s.npy", name);
    cr_assert_eq(file_read_all(path, 1 << 20, &bytes, &size, &error), FRINGE_OK, "%s", error.message);
    cr_assert_eq(npy_read(bytes, size, path, &array, &error), FRINGE_OK, "%s", error.message);
    alloc_free(bytes);
    return array;
}

static void set_up(void)
{
    pairs = read_array("pairs");
    shares = read_array("shares");
    expected = read_array("expected");
    cr_assert_eq(pairs.dims[1], PAIRS);
    cr_assert_eq(expected.count, TREND_P + 1);
}

static void tear_down(void)
{
    alloc_free(pairs.values);
    alloc_free(shares.values);
    alloc_free(expected.values);
}

TestSuite(particle_statistics, .init = set_up, .fini = tear_down);

/* Single precision holds the expected numbers. */
static void expect_near(double found, int place)
{
    double wanted = expected.values[place];
    cr_expect_float_eq(found, wanted, 2e-7 * fmax(1, fabs(wanted)), "%d: %.9g, not %.9g", place, found,
                       wanted);
}

static void expect_correlation(size_t first_y, size_t n, int place)
{
    struct rank_correlation found;
    double x[PAIRS + 1], y[PAIRS + 1];
    for (size_t i = 0; i < n; i++) {
        x[i] = pairs.values[i];
        y[i] = pairs.values[PAIRS + first_y + i];
    }
    x[n] = NAN; /* left out */
    y[n] = 1;
    cr_assert_eq(rank_correlation_find(x, y, n + 1, &found, NULL), FRINGE_OK);
    cr_expect_eq(found.n, n);
    expect_near(found.rho, place);
    expect_near(log(found.p), place + 1);
    cr_expect(found.low < found.rho && found.rho < found.high);
}

Test(particle_statistics, spearman_agrees_with_scipy)
{
    expect_correlation(0, PAIRS, ALL_RHO);
    expect_correlation(0, 9, NINE_RHO);
    expect_correlation(40, 40, FORTY_RHO);
}

Test(particle_statistics, spearman_at_its_ends)
{
    static const double up[] = {1, 2, 3, 4, 5}, down[] = {9, 7, 4, 2, -1}, flat[] = {2, 2, 2, 2, 2};
    struct rank_correlation found;
    cr_assert_eq(rank_correlation_find(up, down, 5, &found, NULL), FRINGE_OK);
    cr_expect_eq(found.rho, -1);
    cr_expect_eq(found.p, 0);
    cr_expect(found.low == -1 && found.high == -1);
    cr_assert_eq(rank_correlation_find(up, flat, 5, &found, NULL), FRINGE_OK);
    cr_expect(isnan(found.rho) && isnan(found.p) && isnan(found.low));
    cr_assert_eq(rank_correlation_find(up, down, 2, &found, NULL), FRINGE_OK);
    cr_expect(isnan(found.rho));
    cr_assert_eq(rank_correlation_find(up, down, 0, &found, NULL), FRINGE_OK);
    cr_expect(isnan(found.rho) && found.n == 0);
    /* Bonett and Wright's own way: tanh(atanh(0.5) -+ 1.96 sqrt((1 + 0.125) / 1)) for n = 4 is nearly all. */
    static const double x[] = {1, 2, 3, 4}, y[] = {1, 3, 2, 4};
    cr_assert_eq(rank_correlation_find(x, y, 4, &found, NULL), FRINGE_OK);
    cr_expect_float_eq(found.rho, 0.8, 1e-15);
    cr_expect_float_eq(found.low, tanh(atanh(0.8) - 1.959963984540054 * sqrt(1.32)), 1e-12);
}

Test(particle_statistics, wilson_agrees_with_scipy)
{
    size_t rows = (size_t)shares.dims[1];
    const float *values = shares.values;
    for (size_t i = 0; i < rows; i++) {
        struct proportion found = proportion_of((int64_t)values[i], (int64_t)values[rows + i]);
        cr_expect_float_eq(found.value, (double)values[i] / (double)values[rows + i], 1e-15);
        cr_expect_float_eq(found.low, values[2 * rows + i], 1e-7, "%zu: low %.9g", i, found.low);
        cr_expect_float_eq(found.high, values[3 * rows + i], 1e-7, "%zu: high %.9g", i, found.high);
    }
    cr_expect_eq(proportion_of(0, 9).low, 0);
    cr_expect_eq(proportion_of(9, 9).high, 1);
    cr_expect(isnan(proportion_of(0, 0).value));
}

static int by_size(const void *a, const void *b)
{
    float x = pairs.values[*(const int *)a], y = pairs.values[*(const int *)b];
    return (x > y) - (x < y);
}

Test(particle_statistics, trend_agrees_with_scipy)
{
    int order[PAIRS];
    int64_t counts[GROUPS] = {0}, totals[GROUPS];
    double scores[GROUPS];
    for (int i = 0; i < PAIRS; i++) order[i] = i;
    qsort(order, PAIRS, sizeof *order, by_size);
    for (int g = 0; g < GROUPS; g++) {
        double sum = 0;
        for (int i = g * IN_GROUP; i < (g + 1) * IN_GROUP; i++) {
            sum += pairs.values[order[i]];
            counts[g] += pairs.values[2 * PAIRS + order[i]] > 0;
        }
        totals[g] = IN_GROUP;
        scores[g] = sum / IN_GROUP;
    }
    struct proportion_trend found = proportion_trend_of(counts, totals, scores, GROUPS);
    expect_near(found.z, TREND_Z);
    expect_near(log(found.p), TREND_P);
    memset(counts, 0, sizeof counts);
    cr_expect(isnan(proportion_trend_of(counts, totals, scores, GROUPS).p), "no fault at all");
    cr_expect(isnan(proportion_trend_of(counts, totals, scores, 1).p), "one group");
}

static int upwards(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

Test(particle_statistics, lognormal_agrees_with_scipy)
{
    double sizes[PAIRS];
    for (int i = 0; i < PAIRS; i++) sizes[i] = pairs.values[i];
    qsort(sizes, PAIRS, sizeof *sizes, upwards);
    struct lognormal fit = lognormal_fit(sizes, PAIRS);
    expect_near(fit.median, MEDIAN);
    expect_near(fit.spread, SPREAD);
    expect_near(fit.distance, DISTANCE);
    cr_expect_float_eq(lognormal_below(&fit, fit.median), 0.5, 1e-15);
    double step = 1e-4,
           slope = (lognormal_below(&fit, 5 + step) - lognormal_below(&fit, 5 - step)) / (2 * step);
    cr_expect_float_eq(lognormal_density(&fit, 5), slope, 1e-8);
    cr_expect_eq(lognormal_density(&fit, 0), 0);
    double equal[] = {3, 3, 3};
    cr_expect(isnan(lognormal_fit(equal, 3).median));
    cr_expect(isnan(lognormal_fit(sizes, 1).median));
}
