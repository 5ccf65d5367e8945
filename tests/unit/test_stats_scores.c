/* Scores against scikit-learn's and scipy's: the files are those of tests/scores/make_score_fixture.py. Tests
 * run in the root of the tree. */
#include <criterion/criterion.h>

#include <math.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/rng.h"
#include "base/run_state.h"
#include "io/npy_read.h"
#include "stats/bootstrap.h"
#include "stats/boundary.h"
#include "stats/calibration.h"
#include "stats/confusion.h"

enum { CLASSES = 4, COLUMN_COUNT = 8 };

static struct npy_read_array read_array(const char *name, int rank)
{
    struct npy_read_array array;
    char path[128];
    fringe_error error;
    unsigned char *bytes;
    size_t size;
    snprintf(path, sizeof path, "tests/scores/%s", name);
    cr_assert_eq(file_read_all(path, 1 << 20, &bytes, &size, &error), FRINGE_OK, "%s", error.message);
    cr_assert_eq(npy_read(bytes, size, path, &array, &error), FRINGE_OK, "%s", error.message);
    cr_assert_eq(array.rank, rank);
    alloc_free(bytes);
    return array;
}

static struct npy_read_array expected;
static uint8_t *labels[2]; /* truth, predicted */
static int32_t height_px, width_px;

static void set_up(void)
{
    struct npy_read_array planes = read_array("score-labels.npy", 3);
    height_px = (int32_t)planes.dims[1];
    width_px = (int32_t)planes.dims[2];
    size_t pixels = (size_t)height_px * (size_t)width_px;
    for (size_t i = 0; i < 2; i++) {
        labels[i] = alloc_array(pixels, 1);
        for (size_t k = 0; k < pixels; k++) labels[i][k] = (uint8_t)planes.values[i * pixels + k];
    }
    alloc_free(planes.values);
    expected = read_array("score-expected.npy", 2);
    cr_assert_eq(expected.dims[0], CLASSES + 1);
    cr_assert_eq(expected.dims[1], COLUMN_COUNT);
}

static void tear_down(void)
{
    alloc_free(labels[0]);
    alloc_free(labels[1]);
    alloc_free(expected.values);
}

static double want(int row, int column)
{
    return expected.values[row * COLUMN_COUNT + column];
}

Test(scores, of_classes_agree_with_scikit_learn, .init = set_up, .fini = tear_down)
{
    struct confusion table;
    double sums[4] = {0};
    cr_assert_eq(confusion_create(CLASSES, &table, NULL), FRINGE_OK);
    cr_assert_eq(confusion_add(&table, labels[0], labels[1], (size_t)height_px * (size_t)width_px,
                               CONFUSION_NO_LABEL, NULL),
                 FRINGE_OK);
    for (int k = 0; k < CLASSES; k++) {
        const double values[5] = {confusion_dice(&table, k), confusion_iou(&table, k),
                                  confusion_precision(&table, k), confusion_recall(&table, k),
                                  confusion_class_accuracy(&table, k)};
        for (int m = 0; m < 5; m++) cr_expect_float_eq(values[m], want(k, m), 1e-6, "class %d, %d", k, m);
        for (int m = 0; m < 4; m++) sums[m] += values[m];
        cr_expect(confusion_has(&table, k));
    }
    for (int m = 0; m < 4; m++) cr_expect_float_eq(sums[m] / CLASSES, want(CLASSES, m), 1e-6, "%d", m);
    cr_expect_float_eq(confusion_mean_iou(&table), want(CLASSES, 1), 1e-6);
    cr_expect_float_eq(confusion_accuracy(&table), want(CLASSES, 4), 1e-6);
    confusion_clear(&table);
}

Test(scores, of_boundaries_agree_with_scipy_for_any_thread_count, .init = set_up, .fini = tear_down)
{
    static const double sides[2][2] = {{1, 1}, {0.4, 0.7}};
    for (int threads = 1; threads <= 3; threads += 2) {
        fringe_run *run;
        cr_assert_eq(fringe_run_create(threads, &run, NULL), FRINGE_OK);
        for (int k = 0; k < CLASSES; k++)
            for (int s = 0; s < 2; s++) {
                struct boundary_grid grid = {height_px, width_px, sides[s][0], sides[s][1]};
                struct boundary_distances d;
                cr_assert_eq(boundary_measure(labels[0], labels[1], k, grid, run, &d, NULL), FRINGE_OK);
                cr_expect_float_eq(d.sum / (double)d.count, want(k, 5 + s), 1e-5, "class %d: %g, not %g", k,
                                   d.sum / (double)d.count, want(k, 5 + s));
            }
        fringe_run_free(run);
    }
}

Test(scores, a_class_without_boundary_has_no_distance)
{
    uint8_t whole[12] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}, part[12] = {1, 1, 0, 0};
    struct boundary_grid grid = {3, 4, 1, 1};
    struct boundary_distances d;
    fringe_run *run;
    cr_assert_eq(fringe_run_create(1, &run, NULL), FRINGE_OK);
    cr_assert_eq(boundary_measure(whole, part, 1, grid, run, &d, NULL), FRINGE_OK);
    cr_expect(d.count == 0 && d.sum == 0);
    cr_assert_eq(boundary_measure(part, whole, 1, grid, run, &d, NULL), FRINGE_OK);
    cr_expect(d.count == 0 && d.sum == 0);
    cr_assert_eq(boundary_measure(part, part, 1, grid, run, &d, NULL), FRINGE_OK);
    cr_expect(d.count == 4 && d.sum == 0, "%lld", (long long)d.count);
    fringe_run_cancel(run);
    cr_expect_eq(boundary_measure(part, part, 1, grid, run, &d, NULL), FRINGE_CANCELLED);
    fringe_run_free(run);
    for (long n = 0; n < 2; n++) {
        fringe_status status;
        fringe_error error;
        cr_assert_eq(fringe_run_create(1, &run, NULL), FRINGE_OK);
        alloc_fail_after(n);
        status = boundary_measure(part, part, 1, grid, run, &d, &error);
        alloc_fail_after(-1);
        cr_expect_eq(status, FRINGE_MEMORY);
        fringe_run_free(run);
    }
}

Test(scores, calibration_error_agrees_with_scikit_learn, .init = set_up, .fini = tear_down)
{
    struct npy_read_array probability = read_array("score-probability.npy", 3);
    size_t pixels = (size_t)height_px * (size_t)width_px;
    struct calibration halves[2] = {0};
    for (size_t i = 0; i < pixels; i++)
        calibration_add(&halves[i % 2], probability.values[labels[1][i] * pixels + i],
                        labels[0][i] == labels[1][i]);
    calibration_add_table(&halves[0], &halves[1]);
    cr_expect_float_eq(calibration_error(&halves[0]), want(CLASSES, 7), 1e-6, "%g, not %g",
                       calibration_error(&halves[0]), want(CLASSES, 7));
    alloc_free(probability.values);
}

Test(scores, calibration_takes_any_number)
{
    struct calibration table = {0};
    cr_expect(isnan(calibration_error(&table)));
    calibration_add(&table, 1, 1);
    calibration_add(&table, 1.5f, 1);
    calibration_add(&table, -1, 0);
    calibration_add(&table, NAN, 0);
    cr_expect_eq(calibration_error(&table), 0);
    calibration_add(&table, 0, 1);
    cr_expect_float_eq(calibration_error(&table), 0.2, 1e-15);
}

/* The mean of the items, and a number that no draw gives. */
static void mean_of(const void *context, const uint32_t *draws, size_t count, double *values)
{
    const double *items = context;
    values[0] = 0;
    for (size_t i = 0; i < count; i++) values[0] += items[draws[i]] / (double)count;
    values[1] = NAN;
}

Test(scores, bootstrap_of_a_mean_is_its_standard_error)
{
    enum { COUNT = 400 };
    double items[COUNT], low[2], high[2], again[2], mean = 0, squares = 0;
    struct rng rng = rng_from_seed(3);
    for (int i = 0; i < COUNT; i++) items[i] = 5 + 2 * rng_normal(&rng);
    for (int i = 0; i < COUNT; i++) mean += items[i] / COUNT;
    for (int i = 0; i < COUNT; i++) squares += (items[i] - mean) * (items[i] - mean);
    double half = 1.96 * sqrt(squares / COUNT / COUNT);
    cr_assert_eq(bootstrap_interval(mean_of, items, COUNT, 2, 4000, 1, low, high, NULL), FRINGE_OK);
    cr_expect_float_eq(low[0], mean - half, 0.06 * half, "%g, not %g", low[0], mean - half);
    cr_expect_float_eq(high[0], mean + half, 0.06 * half, "%g, not %g", high[0], mean + half);
    cr_expect(isnan(low[1]) && isnan(high[1]));
    cr_assert_eq(bootstrap_interval(mean_of, items, COUNT, 2, 4000, 1, again, high, NULL), FRINGE_OK);
    cr_expect_eq(again[0], low[0]);
    cr_assert_eq(bootstrap_interval(mean_of, items, COUNT, 2, 4000, 2, again, high, NULL), FRINGE_OK);
    cr_expect_neq(again[0], low[0]);
    cr_assert_eq(bootstrap_interval(mean_of, items, 1, 2, 10, 1, low, high, NULL), FRINGE_OK);
    cr_expect(isnan(low[0]), "one item says nothing of its spread");
}
