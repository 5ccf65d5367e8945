/* Growing: the same forest for any number of threads, what the settings mean, what is refused. */
#include <criterion/criterion.h>
#include <string.h>

#include "base/alloc.h"
#include "forest/forest_predict.h"
#include "support/forest_tables.h"

static struct forest *grow(const struct forest_settings *settings, const struct forest_table *table,
                           int threads, double *importance)
{
    struct forest *forest;
    fringe_run *run;
    fringe_error error;
    cr_assert_eq(fringe_run_create(threads, &run, NULL), FRINGE_OK);
    fringe_status status =
        forest_grow(settings, table, forest_tables_names, run, &forest, importance, &error);
    cr_assert_eq(status, FRINGE_OK, "%s", status ? error.message : "");
    fringe_run_free(run);
    return forest;
}

static double accuracy(const struct forest *forest, const struct forest_table *table)
{
    float *probabilities = malloc(table->row_count * forest->class_count * sizeof *probabilities);
    size_t right = 0;
    cr_assert_eq(forest_predict(forest, table->values, table->row_count, NULL, probabilities, NULL),
                 FRINGE_OK);
    for (size_t i = 0; i < table->row_count; i++)
        right += forest_predict_class(forest, probabilities + i * forest->class_count) == table->classes[i];
    free(probabilities);
    return (double)right / (double)table->row_count;
}

static void expect_equal(const struct forest *a, const struct forest *b)
{
    cr_assert_eq(a->node_count, b->node_count);
    cr_assert_eq(a->leaf_count, b->leaf_count);
    cr_assert_arr_eq(a->roots, b->roots, a->tree_count * sizeof *a->roots);
    cr_assert_arr_eq(a->nodes, b->nodes, a->node_count * sizeof *a->nodes);
    cr_assert_arr_eq(a->leaf_starts, b->leaf_starts, (a->leaf_count + 1) * sizeof *a->leaf_starts);
    cr_assert_arr_eq(a->weights, b->weights, a->leaf_starts[a->leaf_count] * sizeof *a->weights);
}

Test(forest_grow, learns_and_generalises)
{
    struct forest_table train = forest_tables_make(3000, 6, 3, 0, 0, 1);
    struct forest_table test = forest_tables_make(1000, 6, 3, 0, 0, 2);
    for (int criterion = 0; criterion < 2; criterion++)
        for (int splits = 0; splits < 2; splits++) {
            struct forest_settings settings;
            forest_settings_init(&settings);
            settings.tree_count = 30;
            settings.criterion = (enum forest_criterion)criterion;
            settings.splits = (enum forest_splits)splits;
            struct forest *forest = grow(&settings, &train, 2, NULL);
            cr_expect_gt(accuracy(forest, &test), 0.95, "criterion %d, splits %d: %g", criterion, splits,
                         accuracy(forest, &test));
            cr_expect_eq(forest->leaf_count, 3, "trees grown to the end have pure leaves: %zu",
                         forest->leaf_count);
            forest_free(forest);
        }
    forest_tables_free(&train);
    forest_tables_free(&test);
}

Test(forest_grow, threads_change_nothing)
{
    struct forest_table table = forest_tables_make(2500, 12, 4, 5, 0, 3);
    for (int splits = 0; splits < 2; splits++) {
        double importance[2][12];
        struct forest_settings settings;
        forest_settings_init(&settings);
        settings.tree_count = 17;
        settings.splits = (enum forest_splits)splits;
        settings.seed = 42;
        struct forest *alone = grow(&settings, &table, 1, importance[0]);
        struct forest *three = grow(&settings, &table, 3, importance[1]);
        expect_equal(alone, three);
        cr_expect_arr_eq(importance[0], importance[1], sizeof *importance);
        settings.seed = 43;
        struct forest *other = grow(&settings, &table, 3, NULL);
        cr_expect(other->node_count != alone->node_count ||
                  memcmp(other->nodes, alone->nodes, alone->node_count * sizeof *alone->nodes) != 0);
        forest_free(alone);
        forest_free(three);
        forest_free(other);
    }
    forest_tables_free(&table);
}

/* With a step for each value a histogram has every threshold that exact splits have. */
Test(forest_grow, histogram_is_exact_for_few_values)
{
    struct forest_table table = forest_tables_make(4000, 5, 3, 4, 8, 5);
    struct forest_settings settings;
    forest_settings_init(&settings);
    settings.tree_count = 1;
    settings.draw = FOREST_ALL;
    settings.bootstrap = 0;
    settings.most_depth = 3; /* further down a gap may be wider than a step, and its middle another value */
    struct forest *histogram = grow(&settings, &table, 1, NULL);
    settings.splits = FOREST_EXACT;
    struct forest *exact = grow(&settings, &table, 1, NULL);
    cr_assert_eq(histogram->node_count, exact->node_count);
    for (size_t i = 0; i < exact->node_count; i++) {
        cr_expect_eq(histogram->nodes[i].feature, exact->nodes[i].feature, "node %zu", i);
        cr_expect_eq(histogram->nodes[i].threshold, exact->nodes[i].threshold, "node %zu: %g and %g", i,
                     (double)histogram->nodes[i].threshold, (double)exact->nodes[i].threshold);
    }
    forest_free(histogram);
    forest_free(exact);
    forest_tables_free(&table);
}

static uint32_t depth_below(const struct forest *forest, uint32_t node)
{
    if (forest->nodes[node].leaf < FOREST_NAN_LEFT) return 0;
    uint32_t left = depth_below(forest, forest->nodes[node].left);
    uint32_t right = depth_below(forest, forest->nodes[node].left + 1);
    return 1 + (left > right ? left : right);
}

Test(forest_grow, settings_bound_the_trees)
{
    struct forest_table table = forest_tables_make(1500, 4, 3, 3, 0, 7);
    struct forest_settings settings;
    forest_settings_init(&settings);
    settings.tree_count = 5;
    settings.bootstrap = 0;
    settings.most_depth = 4;
    struct forest *shallow = grow(&settings, &table, 1, NULL);
    for (uint32_t t = 0; t < 5; t++) cr_expect_eq(depth_below(shallow, shallow->roots[t]), 4);
    forest_free(shallow);
    settings.most_depth = 0;
    settings.least_leaf = 40;
    struct forest *coarse = grow(&settings, &table, 1, NULL);
    for (uint32_t t = 0; t < 5; t++) { /* how many rows end in each leaf: the weights do not tell */
        uint32_t *rows = calloc(coarse->node_count, sizeof *rows);
        for (size_t i = 0; i < table.row_count; i++) {
            uint32_t at = coarse->roots[t];
            while (coarse->nodes[at].leaf >= FOREST_NAN_LEFT)
                at = coarse->nodes[at].left +
                     (table.values[i * 4 + coarse->nodes[at].feature] > coarse->nodes[at].threshold);
            rows[at]++;
        }
        for (size_t i = 0; i < coarse->node_count; i++)
            cr_expect(rows[i] == 0 || rows[i] >= 40, "%u", rows[i]);
        free(rows);
    }
    forest_free(coarse);
    forest_tables_free(&table);
}

/* A class of 2 % that overlaps the other: without weights almost never named, with them often. */
Test(forest_grow, weights_lift_a_rare_class)
{
    enum { ROWS = 4000 };
    struct forest_table table = forest_tables_make(ROWS, 2, 2, 0, 0, 11);
    struct rng rng = rng_from_seed(12);
    for (size_t i = 0; i < ROWS; i++) {
        uint16_t rare = rng_below(&rng, 50) == 0;
        ((uint16_t *)table.classes)[i] = rare;
        ((float *)table.values)[2 * i] += rare ? 1.5f : 0;
    }
    static const double by_hand[] = {1, 49};
    size_t named[4];
    for (int variant = 0; variant < 4; variant++) {
        struct forest_settings settings;
        forest_settings_init(&settings);
        settings.tree_count = 20;
        settings.most_depth = 3;
        settings.balance = variant < 3 ? (enum forest_balance)variant : FOREST_AS_GIVEN;
        settings.class_weights = variant == 3 ? by_hand : NULL;
        struct forest *forest = grow(&settings, &table, 2, NULL);
        float *probabilities = malloc(ROWS * 2 * sizeof *probabilities);
        cr_assert_eq(forest_predict(forest, table.values, ROWS, NULL, probabilities, NULL), FRINGE_OK);
        named[variant] = 0;
        for (size_t i = 0; i < ROWS; i++)
            named[variant] += forest_predict_class(forest, probabilities + 2 * i);
        free(probabilities);
        forest_free(forest);
    }
    cr_expect_lt(named[0], 20);
    for (int variant = 1; variant < 4; variant++) cr_expect_gt(named[variant], 400, "%zu", named[variant]);
    forest_tables_free(&table);
}

Test(forest_grow, importance_finds_the_features_that_decide)
{
    double importance[8], sum = 0;
    struct forest_table table = forest_tables_make(3000, 8, 3, 0, 0, 13);
    struct forest_settings settings;
    forest_settings_init(&settings);
    settings.tree_count = 20;
    forest_free(grow(&settings, &table, 2, importance));
    for (int f = 0; f < 8; f++) sum += importance[f];
    cr_expect_float_eq(sum, 1, 1e-12);
    for (int f = 2; f < 8; f++) cr_expect_lt(importance[f], 0.5 * importance[f & 1]);
    forest_tables_free(&table);
}

Test(forest_grow, refusals_name_both_numbers)
{
    struct forest_table table = forest_tables_make(50, 3, 3, 0, 0, 17);
    struct forest_settings settings;
    struct forest *forest;
    fringe_error error;
    forest_settings_init(&settings);
    settings.draw_count = 4;
    cr_expect_eq(forest_grow(&settings, &table, forest_tables_names, NULL, &forest, NULL, &error),
                 FRINGE_ARGUMENT);
    cr_expect_str_eq(error.message, "4 features to try at a split, the table has 3");
    settings.draw_count = 0;
    ((uint16_t *)table.classes)[7] = 3;
    cr_expect_eq(forest_grow(&settings, &table, forest_tables_names, NULL, &forest, NULL, &error),
                 FRINGE_ARGUMENT);
    cr_expect_str_eq(error.message, "row 7 is of class 3, there are 3");
    ((uint16_t *)table.classes)[7] = 0;
    ((float *)table.values)[3 * 9 + 2] = NAN;
    cr_expect_eq(forest_grow(&settings, &table, forest_tables_names, NULL, &forest, NULL, &error),
                 FRINGE_ARGUMENT);
    cr_expect_str_eq(error.message, "row 9: feature 2 of 3 is no number");
    cr_expect_null(forest);
    forest_tables_free(&table);
}

Test(forest_grow, one_row_and_one_class_are_a_leaf)
{
    struct forest_table table = {(const float[]){1, 2}, (const uint16_t[]){0}, 1, 2, 1};
    struct forest_settings settings;
    float probability;
    forest_settings_init(&settings);
    settings.tree_count = 3;
    struct forest *forest = grow(&settings, &table, 1, NULL);
    cr_expect_eq(forest->node_count, 3);
    cr_assert_eq(forest_predict(forest, table.values, 1, NULL, &probability, NULL), FRINGE_OK);
    cr_expect_float_eq(probability, 1, 1e-6);
    forest_free(forest);
}

Test(forest_grow, cancelled)
{
    struct forest_table table = forest_tables_make(500, 3, 3, 0, 0, 19);
    struct forest_settings settings;
    struct forest *forest;
    fringe_run *run;
    forest_settings_init(&settings);
    cr_assert_eq(fringe_run_create(2, &run, NULL), FRINGE_OK);
    fringe_run_cancel(run);
    cr_expect_eq(forest_grow(&settings, &table, forest_tables_names, run, &forest, NULL, NULL),
                 FRINGE_CANCELLED);
    cr_expect_null(forest);
    fringe_run_free(run);
    forest_tables_free(&table);
}

/* Whichever allocation fails, nothing is lost (the sanitizer looks) and nothing crashes. */
Test(forest_grow, memory_is_short)
{
    struct forest_table table = forest_tables_make(60, 3, 3, 2, 0, 23);
    struct forest_settings settings;
    struct forest *forest = NULL;
    fringe_run *run;
    long most = 0;
    forest_settings_init(&settings);
    settings.tree_count = 3;
    cr_assert_eq(fringe_run_create(1, &run, NULL), FRINGE_OK);
    for (int splits = 0; splits < 2; splits++) {
        settings.splits = (enum forest_splits)splits;
        for (long n = 0; !forest && n < 1000; n++) {
            alloc_fail_after(n);
            fringe_status status =
                forest_grow(&settings, &table, forest_tables_names, run, &forest, NULL, NULL);
            alloc_fail_after(-1);
            cr_assert_eq(status, forest ? FRINGE_OK : FRINGE_MEMORY, "allocation %ld: %d", n, status);
            most = n;
        }
        cr_expect_gt(most, 20);
        cr_assert_not_null(forest);
        forest_free(forest);
        forest = NULL;
    }
    fringe_run_free(run);
    forest_tables_free(&table);
}
