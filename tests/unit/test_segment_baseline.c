/* The classical methods: each finds what it is made for, and thresholds are the best that there are. */
#include <criterion/criterion.h>

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "segment/baseline.h"
#include "segment/baseline_parts.h"

enum { SIDE = 96, PIXELS = SIDE * SIDE };

static float pixels[PIXELS];
static uint8_t truth[PIXELS], groups[PIXELS];
static fringe_run *run;

static void set_up(void)
{
    cr_assert_eq(fringe_run_create(2, &run, NULL), FRINGE_OK);
}

static void tear_down(void)
{
    fringe_run_free(run);
}

static double share_right(void)
{
    int right = 0;
    for (int i = 0; i < PIXELS; i++) right += groups[i] == truth[i];
    return right / (double)PIXELS;
}

/* A disc of another grey value, of other grain, or with fringes of a period. */
static void draw(double step, double inside_noise, double outside_noise, double fringe, double period_px)
{
    struct rng rng = rng_from_seed(9);
    for (int y = 0; y < SIDE; y++)
        for (int x = 0; x < SIDE; x++) {
            int inside = hypot(y - 50, x - 40) < 24;
            truth[y * SIDE + x] = (uint8_t)inside;
            double value = inside ? step + inside_noise * rng_normal(&rng) : outside_noise * rng_normal(&rng);
            if (inside) value += fringe * sin(2 * 3.14159265358979 * x / period_px);
            pixels[y * SIDE + x] = (float)(1000 + value);
        }
}

static fringe_status divide(enum baseline_method method, double nm_per_px, int count)
{
    struct baseline_plane plane = {pixels, SIDE, SIDE, nm_per_px, truth};
    memset(groups, 77, sizeof groups);
    return baseline_run(method, &plane, count, run, groups, NULL);
}

Test(baseline, grey_values_are_told_apart, .init = set_up, .fini = tear_down)
{
    static const enum baseline_method methods[] = {BASELINE_OTSU, BASELINE_KMEANS, BASELINE_KMEANS2D,
                                                   BASELINE_THRESHOLD};
    draw(60, 10, 10, 0, 1);
    pixels[5] = NAN;
    pixels[6] = 1e30f; /* an X-ray pixel must not decide the bins */
    for (int i = 0; i < 4; i++) {
        cr_assert_eq(divide(methods[i], 0, 2), FRINGE_OK);
        cr_expect_gt(share_right(), 0.99, "%s: %g", baseline_name(methods[i]), share_right());
    }
    draw(60, 40, 40, 0, 1);
    cr_assert_eq(divide(BASELINE_KMEANS, 0, 2), FRINGE_OK);
    double plain = share_right();
    cr_assert_eq(divide(BASELINE_KMEANS2D, 0, 2), FRINGE_OK);
    cr_expect_gt(share_right(), plain + 0.05, "neighbours help: %g, alone %g", share_right(), plain);
}

Test(baseline, grain_and_fringes_are_told_apart, .init = set_up, .fini = tear_down)
{
    draw(0, 30, 10, 0, 1);
    cr_assert_eq(divide(BASELINE_LOCAL_VARIANCE, 0.1, 2), FRINGE_OK);
    cr_expect_gt(share_right(), 0.93, "%g", share_right());
    cr_assert_eq(divide(BASELINE_OTSU, 0.1, 2), FRINGE_OK);
    cr_expect_lt(share_right(), 0.8, "grey values say nothing here: %g", share_right());
    /* Fringes of 0.24 nm beneath noise of all periods, which the whole spread hardly sees. */
    draw(0, 20, 20, 14, 6);
    cr_assert_eq(divide(BASELINE_BANDPASS, 0.04, 2), FRINGE_OK);
    double passed = share_right();
    cr_assert_eq(divide(BASELINE_LOCAL_VARIANCE, 0.04, 2), FRINGE_OK);
    cr_expect_gt(passed, 0.9, "%g", passed);
    cr_expect_gt(passed, share_right(), "%g, without the band %g", passed, share_right());
}

Test(baseline, the_truths_thresholds_are_the_best_of_all, .init = set_up, .fini = tear_down)
{
    draw(25, 20, 20, 0, 1);
    cr_assert_eq(divide(BASELINE_OTSU, 0, 2), FRINGE_OK);
    double otsu = share_right();
    for (int i = 0; i < PIXELS; i++) pixels[i] = -pixels[i]; /* the darker group is class 1 */
    cr_assert_eq(divide(BASELINE_THRESHOLD, 0, 2), FRINGE_OK);
    int both = 0, either = 0, zero = 0, any = 0;
    for (int i = 0; i < PIXELS; i++) {
        both += groups[i] && truth[i], either += groups[i] || truth[i];
        zero += !groups[i] && !truth[i], any += !groups[i] || !truth[i];
    }
    double found = (both / (double)either + zero / (double)any) / 2, best = 0;
    for (float t = -1100; t < -900; t += 0.5f) {
        both = either = zero = any = 0;
        for (int i = 0; i < PIXELS; i++) {
            int here = pixels[i] < t;
            both += here && truth[i], either += here || truth[i];
            zero += !here && !truth[i], any += !here || !truth[i];
        }
        double score = (both / (double)either + zero / (double)any) / 2;
        if (score > best) best = score;
    }
    cr_expect_float_eq(found, best, 0.003, "%g, every half grey value gives %g", found, best);
    cr_expect_gt(share_right(), otsu);
}

Test(baseline, otsu_of_three_groups_is_the_best_of_all_pairs)
{
    int64_t counts[BASELINE_BINS] = {0};
    struct rng rng = rng_from_seed(4);
    for (int i = 0; i < 3000; i++) {
        int bin = (int)(i % 3 == 0   ? 40 + 12 * rng_normal(&rng)
                        : i % 3 == 1 ? 110 + 20 * rng_normal(&rng)
                                     : 200 + 9 * rng_normal(&rng));
        counts[bin < 0 ? 0 : bin > 255 ? 255 : bin]++;
    }
    int ends[BASELINE_MOST_GROUPS], best[2] = {0};
    double most = -1;
    for (int a = 0; a <= BASELINE_BINS; a++)
        for (int b = a; b <= BASELINE_BINS; b++) {
            double sum = 0;
            const int cuts[4] = {0, a, b, BASELINE_BINS};
            for (int k = 0; k < 3; k++) {
                double weight = 0, moment = 0;
                for (int i = cuts[k]; i < cuts[k + 1]; i++)
                    weight += (double)counts[i], moment += (double)counts[i] * i;
                sum += weight > 0 ? moment * moment / weight : 0;
            }
            if (sum > most * (1 + 1e-12)) most = sum, best[0] = a, best[1] = b;
        }
    baseline_otsu(counts, 3, ends);
    cr_expect_eq(ends[0], best[0], "%d, not %d", ends[0], best[0]);
    cr_expect_eq(ends[1], best[1], "%d, not %d", ends[1], best[1]);
    cr_expect_eq(ends[2], BASELINE_BINS);
}

Test(baseline, three_phases_are_grouped_by_brightness, .init = set_up, .fini = tear_down)
{
    struct rng rng = rng_from_seed(2);
    for (int i = 0; i < PIXELS; i++) {
        truth[i] = (uint8_t)(i / (PIXELS / 3));
        pixels[i] = (float)(100 * truth[i] + 12 * rng_normal(&rng));
    }
    for (int method = 0; method < BASELINE_COUNT; method++) {
        if (method == BASELINE_LOCAL_VARIANCE || method == BASELINE_BANDPASS) continue;
        cr_assert_eq(divide((enum baseline_method)method, 0, 3), FRINGE_OK);
        cr_expect_gt(share_right(), 0.97, "%s: %g", baseline_name((enum baseline_method)method),
                     share_right());
    }
}

Test(baseline, refuses_and_survives, .init = set_up, .fini = tear_down)
{
    draw(0, 0, 0, 0, 1);
    for (int method = 0; method < BASELINE_COUNT; method++) {
        enum baseline_method m = (enum baseline_method)method;
        cr_expect_eq(baseline_find(baseline_name(m)), method);
        cr_assert_eq(divide(m, 0.02, 2), FRINGE_OK);
        for (int i = 0; i < PIXELS; i++) cr_assert_eq(groups[i], 0, "%s of one value", baseline_name(m));
        cr_expect_eq(divide(m, 0.02, 1), FRINGE_ARGUMENT);
        cr_expect_eq(divide(m, 0.02, BASELINE_MOST_GROUPS + 1), FRINGE_ARGUMENT);
    }
    cr_expect_eq(baseline_find("watershed"), -1);
    draw(60, 10, 10, 0, 1);
    for (int method = 0; method < BASELINE_COUNT; method++)
        for (long n = 0, failed = 1; failed; n++) {
            alloc_fail_after(n);
            fringe_status status = divide((enum baseline_method)method, 0.02, 3);
            alloc_fail_after(-1);
            failed = status != FRINGE_OK;
            cr_assert(status == FRINGE_OK || status == FRINGE_MEMORY);
        }
}
