/* Mean, spread and percentiles of planes, against NumPy. */
#include <criterion/criterion.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "image/plane_statistics.h"

static fringe_run *run;

static void start(void)
{
    cr_assert_eq(fringe_run_create(2, &run, NULL), FRINGE_OK);
}

static void stop(void)
{
    fringe_run_free(run);
}

TestSuite(statistics, .init = start, .fini = stop);

enum { H = 37, W = 29 };

/* NumPy 2.4.6 on ((7 y y + 13 x + 5 x y) % 31 / 4 - 3) * 1.7 in float32, sums in float64. */
static void pattern(float *plane)
{
    for (int y = 0; y < H; y++)
        for (int x = 0; x < W; x++)
            plane[y * W + x] = ((float)((7 * y * y + 13 * x + 5 * x * y) % 31) / 4 - 3.0f) * 1.7f;
}

static const double percents[] = {0, 1, 33.3, 50, 99.8, 100};
static const double numpy_percentiles[] = {-5.100000381469727, -5.100000381469727, -0.8500000238418579,
                                           1.2750000953674316, 7.650000095367432,  7.650000095367432};

Test(statistics, agree_with_numpy)
{
    float plane[H * W];
    pattern(plane);
    struct plane_summary summary;
    cr_assert_eq(plane_statistics_summarise(plane, H * W, run, &summary, NULL), FRINGE_OK);
    cr_expect_float_eq(summary.mean, 1.419571331473899, 1e-14);
    cr_expect_float_eq(summary.sd, 3.8102248465693154, 1e-14);
    cr_expect_eq((float)summary.least, -5.1000004f);
    cr_expect_eq((float)summary.most, 7.65f);
    cr_expect_eq(summary.finite_count, H * W);
    cr_expect_eq(summary.non_finite_count, 0);

    double results[6];
    cr_assert_eq(plane_statistics_percentiles(plane, H * W, percents, 6, results, run, NULL), FRINGE_OK);
    for (int i = 0; i < 6; i++) cr_expect_eq(results[i], numpy_percentiles[i], "percentile %g", percents[i]);
}

Test(statistics, non_finite_values_are_left_out)
{
    float plane[H * W], with[H * W + 5];
    pattern(plane);
    memcpy(with + 1, plane, sizeof plane);
    with[0] = NAN;
    with[H * W + 1] = INFINITY;
    with[H * W + 2] = -INFINITY;
    with[H * W + 3] = -NAN;
    with[H * W + 4] = with[400];
    with[400] = NAN;
    struct plane_summary clean, summary;
    double results[6];
    cr_assert_eq(plane_statistics_summarise(plane, H * W, run, &clean, NULL), FRINGE_OK);
    cr_assert_eq(plane_statistics_summarise(with, H * W + 5, run, &summary, NULL), FRINGE_OK);
    cr_expect_eq(summary.non_finite_count, 5);
    cr_expect_eq(summary.finite_count, H * W);
    cr_expect_float_eq(summary.mean, clean.mean, 1e-14);
    cr_expect_float_eq(summary.sd, clean.sd, 1e-14);
    cr_assert_eq(plane_statistics_percentiles(with, H * W + 5, percents, 6, results, run, NULL), FRINGE_OK);
    for (int i = 0; i < 6; i++) cr_expect_eq(results[i], numpy_percentiles[i]);
}

Test(statistics, of_nothing_are_zero)
{
    float nothing[] = {NAN, INFINITY, -INFINITY};
    for (size_t count = 0; count <= 3; count += 3) {
        struct plane_summary summary;
        double results[2] = {7, 7};
        cr_assert_eq(plane_statistics_summarise(nothing, count, run, &summary, NULL), FRINGE_OK);
        cr_expect_eq(summary.finite_count, 0);
        cr_expect_eq(summary.non_finite_count, (int64_t)count);
        cr_expect(summary.mean == 0 && summary.sd == 0 && summary.least == 0 && summary.most == 0);
        cr_assert_eq(plane_statistics_percentiles(nothing, count, percents + 2, 2, results, run, NULL),
                     FRINGE_OK);
        cr_expect(results[0] == 0 && results[1] == 0);
    }
}

/* A large offset would drown the spread if squares were summed without the mean. */
Test(statistics, sd_survives_a_large_offset)
{
    enum { COUNT = 200000 };
    float *values = alloc_array(COUNT, sizeof *values);
    for (int i = 0; i < COUNT; i++) values[i] = 8388608.0f + (float)(i % 2);
    struct plane_summary summary;
    cr_assert_eq(plane_statistics_summarise(values, COUNT, run, &summary, NULL), FRINGE_OK);
    cr_expect_float_eq(summary.mean, 8388608.5, 1e-9);
    cr_expect_float_eq(summary.sd, 0.5, 1e-12);
    alloc_free(values);
}

static int by_value(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

/* Several chunks, both signs, sizes from denormal to huge; against sorting, for 1, 3 and 7 threads. */
Test(statistics, percentiles_are_exact_and_independent_of_threads)
{
    enum { COUNT = 300001 };
    float *values = alloc_array(COUNT, sizeof *values), *sorted = alloc_array(COUNT, sizeof *sorted);
    uint32_t state = 1;
    for (int i = 0; i < COUNT; i++) {
        do {
            state = state * 1664525u + 1013904223u;
            memcpy(&values[i], &state, sizeof state);
        } while (!isfinite(values[i]));
    }
    memcpy(sorted, values, COUNT * sizeof *sorted);
    qsort(sorted, COUNT, sizeof *sorted, by_value);
    static const double asked[] = {100, 0, 50, 12.5, 99.99};
    static const int threads[] = {1, 3, 7};
    struct plane_summary first, summary;
    for (int t = 0; t < 3; t++) {
        fringe_run *with;
        double results[5];
        cr_assert_eq(fringe_run_create(threads[t], &with, NULL), FRINGE_OK);
        cr_assert_eq(plane_statistics_percentiles(values, COUNT, asked, 5, results, with, NULL), FRINGE_OK);
        for (int i = 0; i < 4; i++)
            cr_expect_eq(results[i], sorted[(int)(asked[i] / 100 * (COUNT - 1))], "percentile %g", asked[i]);
        cr_expect(results[4] >= sorted[299969] && results[4] <= sorted[299971]);
        cr_assert_eq(plane_statistics_summarise(values, COUNT, with, &summary, NULL), FRINGE_OK);
        if (t == 0) first = summary;
        cr_expect_eq(summary.mean, first.mean);
        cr_expect_eq(summary.sd, first.sd);
        fringe_run_free(with);
    }
    alloc_free(values);
    alloc_free(sorted);
}

Test(statistics, refuses_what_is_no_percentile)
{
    float values[] = {1, 2, 3};
    double results[PLANE_MOST_PERCENTILES + 1], wrong[] = {-0.1, 100.1, NAN},
                                                many[PLANE_MOST_PERCENTILES + 1] = {0};
    fringe_error error;
    for (int i = 0; i < 3; i++)
        cr_expect_eq(plane_statistics_percentiles(values, 3, wrong + i, 1, results, run, &error),
                     FRINGE_ARGUMENT);
    cr_expect_eq(
        plane_statistics_percentiles(values, 3, many, PLANE_MOST_PERCENTILES + 1, results, run, &error),
        FRINGE_ARGUMENT);
    cr_expect_eq(plane_statistics_percentiles(values, 3, many, 0, results, run, &error), FRINGE_OK);
}
