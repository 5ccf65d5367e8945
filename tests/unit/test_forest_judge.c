/* Out-of-bag score, permutation importance, calibration. */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "forest/forest_judge.h"
#include "forest/isotonic.h"
#include "support/forest_tables.h"

static fringe_run *run_of(int threads)
{
    fringe_run *run;
    cr_assert_eq(fringe_run_create(threads, &run, NULL), FRINGE_OK);
    return run;
}

/* On labels of which a third are chance the forest knows its own rows by heart; unseen ones tell the truth.
 */
Test(forest_judge, out_of_bag_equals_other_rows)
{
    enum { ROWS = 3000, MOST_CLASSES = 3 };
    for (uint32_t classes = 2; classes <= MOST_CLASSES; classes++) {
        struct forest_table table = forest_tables_make(ROWS, 5, classes, 3, 0, 1);
        struct forest_table other = forest_tables_make(ROWS, 5, classes, 3, 0, 2);
        struct forest_settings settings;
        struct forest *forest;
        double unseen, again, seen, others;
        static float probabilities[2][ROWS * MOST_CLASSES];
        fringe_run *one = run_of(1), *three = run_of(3);
        forest_settings_init(&settings);
        settings.tree_count = 70; /* more than one batch */
        settings.seed = 5;
        cr_assert_eq(forest_grow(&settings, &table, forest_tables_names, three, &forest, NULL, NULL),
                     FRINGE_OK);
        cr_assert_eq(forest_judge_out_of_bag(forest, &settings, &table, one, probabilities[0], &unseen, NULL),
                     FRINGE_OK);
        cr_assert_eq(
            forest_judge_out_of_bag(forest, &settings, &table, three, probabilities[1], &again, NULL),
            FRINGE_OK);
        cr_expect_arr_eq(probabilities[0], probabilities[1], ROWS * classes * sizeof(float));
        cr_assert_eq(forest_judge_accuracy(forest, &table, three, &seen, NULL), FRINGE_OK);
        cr_assert_eq(forest_judge_accuracy(forest, &other, three, &others, NULL), FRINGE_OK);
        cr_expect_gt(seen, 0.99);
        cr_expect_float_eq(unseen, others, 0.03, "%u classes: %g unseen, %g others", classes, unseen, others);
        for (size_t i = 0; i < ROWS; i += 100) {
            double sum = 0;
            for (uint32_t k = 0; k < classes; k++) sum += (double)probabilities[0][i * classes + k];
            cr_expect_float_eq(sum, 1, 1e-5);
        }
        forest_free(forest);
        forest_tables_free(&table);
        forest_tables_free(&other);
        fringe_run_free(one);
        fringe_run_free(three);
    }
}

Test(forest_judge, out_of_bag_needs_a_draw)
{
    struct forest_table table = forest_tables_make(20, 2, 2, 0, 0, 1);
    struct forest_settings settings;
    struct forest *forest;
    float probabilities[40];
    fringe_error error;
    forest_settings_init(&settings);
    settings.tree_count = 2;
    settings.bootstrap = 0;
    cr_assert_eq(forest_grow(&settings, &table, forest_tables_names, NULL, &forest, NULL, NULL), FRINGE_OK);
    cr_expect_eq(forest_judge_out_of_bag(forest, &settings, &table, NULL, probabilities, NULL, &error),
                 FRINGE_ARGUMENT);
    cr_expect_str_eq(error.message, "without bootstrap each of the 2 trees has seen all rows");
    forest_free(forest);
    forest_tables_free(&table);
}

Test(forest_judge, permutation_names_the_features_that_decide)
{
    enum { FEATURES = 5 };
    struct forest_table table = forest_tables_make(2000, FEATURES, 3, 0, 0, 3);
    struct forest_table other = forest_tables_make(1000, FEATURES, 3, 0, 0, 4);
    struct forest_settings settings;
    struct forest *forest;
    double mean[2][FEATURES], deviation[FEATURES];
    fringe_run *one = run_of(1), *three = run_of(3);
    forest_settings_init(&settings);
    settings.tree_count = 30;
    cr_assert_eq(forest_grow(&settings, &table, forest_tables_names, three, &forest, NULL, NULL), FRINGE_OK);
    cr_assert_eq(forest_judge_permutation(forest, &other, 4, 9, one, mean[0], deviation, NULL), FRINGE_OK);
    cr_assert_eq(forest_judge_permutation(forest, &other, 4, 9, three, mean[1], NULL, NULL), FRINGE_OK);
    cr_expect_arr_eq(mean[0], mean[1], sizeof *mean);
    for (int f = 0; f < 2; f++) cr_expect_gt(mean[0][f], 0.2, "feature %d: %g", f, mean[0][f]);
    for (int f = 2; f < FEATURES; f++) cr_expect_lt(fabs(mean[0][f]), 0.02, "feature %d: %g", f, mean[0][f]);
    for (int f = 0; f < 2; f++) cr_expect(deviation[f] > 0 && deviation[f] < 0.05, "%g", deviation[f]);
    forest_free(forest);
    forest_tables_free(&table);
    forest_tables_free(&other);
    fringe_run_free(one);
    fringe_run_free(three);
}

/* Worked by hand: 0.2 (one of two) and 0.3 (none) pool to 1/3, then 0.4, 0.5 and 0.6 to 2/3. */
Test(isotonic, pools_adjacent_violators)
{
    const float scores[] = {0.7f, 0.1f, 0.3f, 0.2f, 0.2f, 0.5f, 0.4f, 0.6f};
    const unsigned char outcomes[] = {1, 0, 0, 1, 0, 1, 1, 0};
    const double knots[][2] = {{0.1, 0},       {0.2, 1 / 3.0}, {0.3, 1 / 3.0},
                               {0.4, 2 / 3.0}, {0.6, 2 / 3.0}, {0.7, 1}};
    struct isotonic curve;
    cr_assert_eq(isotonic_fit(scores, outcomes, 8, &curve, NULL), FRINGE_OK);
    cr_assert_eq(curve.count, 6);
    for (size_t i = 0; i < 6; i++) {
        cr_expect_float_eq(curve.scores[i], knots[i][0], 1e-7);
        cr_expect_float_eq(curve.values[i], knots[i][1], 1e-12);
    }
    cr_expect_float_eq(isotonic_apply(&curve, 0.65), 5 / 6.0, 1e-6);
    cr_expect_float_eq(isotonic_apply(&curve, 0.25), 1 / 3.0, 1e-6);
    cr_expect_eq(isotonic_apply(&curve, -1), 0);
    cr_expect_eq(isotonic_apply(&curve, 2), 1);
    isotonic_clear(&curve);
    cr_expect_eq(isotonic_apply(&curve, 0.25), 0.25);
}

/* Outcomes whose true probability is the square of the score. */
Test(isotonic, finds_the_true_probability)
{
    enum { COUNT = 20000 };
    static float scores[COUNT];
    static unsigned char outcomes[COUNT];
    struct rng rng = rng_from_seed(1);
    struct isotonic curve;
    for (int i = 0; i < COUNT; i++) {
        scores[i] = (float)rng_unit(&rng);
        outcomes[i] = rng_unit(&rng) < (double)scores[i] * (double)scores[i];
    }
    cr_assert_eq(isotonic_fit(scores, outcomes, COUNT, &curve, NULL), FRINGE_OK);
    for (double score = 0.05; score < 1; score += 0.05)
        cr_expect_float_eq(isotonic_apply(&curve, score), score * score, 0.05, "%g: %g", score,
                           isotonic_apply(&curve, score));
    isotonic_clear(&curve);
}

Test(isotonic, knots_that_are_no_curve)
{
    struct isotonic curve;
    fringe_error error;
    const double rising[] = {0, 0.5, 1}, falling[] = {0, 0.5, 0.4}, high[] = {0, 0.5, 1.5},
                 gap[] = {0, NAN, 1};
    cr_expect_eq(isotonic_from_knots(falling, rising, 3, &curve, &error), FRINGE_MODEL);
    cr_expect_str_eq(error.message, "knot 2: score 0.4 does not lie above 0.5");
    cr_expect_eq(isotonic_from_knots(rising, falling, 3, &curve, &error), FRINGE_MODEL);
    cr_expect_str_eq(error.message, "knot 2: value 0.4 is not from 0.5 to 1");
    cr_expect_eq(isotonic_from_knots(rising, high, 3, &curve, &error), FRINGE_MODEL);
    cr_expect_eq(isotonic_from_knots(gap, rising, 3, &curve, &error), FRINGE_MODEL);
    cr_assert_eq(isotonic_from_knots(rising, rising, 3, &curve, &error), FRINGE_OK);
    cr_expect_float_eq(isotonic_apply(&curve, 0.3), 0.3, 1e-12);
    isotonic_clear(&curve);
    cr_expect_eq(isotonic_fit(NULL, NULL, 0, &curve, &error), FRINGE_ARGUMENT);
    cr_expect_str_eq(error.message, "a calibration from 0 scores");
}
