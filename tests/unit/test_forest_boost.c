/* Boosting: a tree by hand, what more rounds do, the same forest for any number of threads and from a file,
 * what is refused. */
#include <criterion/criterion.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "forest/forest_boost.h"
#include "forest/forest_onnx.h"
#include "forest/forest_predict.h"
#include "support/forest_tables.h"

static struct forest *boost(const struct forest_boost_settings *settings, const struct forest_table *table,
                            int threads, double *importance)
{
    struct forest *forest;
    fringe_run *run;
    fringe_error error;
    cr_assert_eq(fringe_run_create(threads, &run, NULL), FRINGE_OK);
    fringe_status status =
        forest_boost(settings, table, forest_tables_names, run, &forest, importance, &error);
    cr_assert_eq(status, FRINGE_OK, "%s", status ? error.message : "");
    fringe_run_free(run);
    return forest;
}

static float *predict(const struct forest *forest, const struct forest_table *table)
{
    float *probabilities = malloc(table->row_count * forest->class_count * sizeof *probabilities);
    cr_assert_eq(forest_predict(forest, table->values, table->row_count, NULL, probabilities, NULL),
                 FRINGE_OK);
    return probabilities;
}

/* The mean logarithm of what the true class was given, negative; and the share of rows that it had most of.
 */
static double loss(const struct forest *forest, const struct forest_table *table, double *accuracy)
{
    float *probabilities = predict(forest, table);
    double sum = 0;
    *accuracy = 0;
    for (size_t i = 0; i < table->row_count; i++) {
        const float *row = probabilities + i * forest->class_count;
        sum -= log((double)row[table->classes[i]]) / (double)table->row_count;
        *accuracy += (forest_predict_class(forest, row) == table->classes[i]) / (double)table->row_count;
    }
    free(probabilities);
    return sum;
}

/* Three rows of class 0 and two of class 1, which lie higher. The score begins at ln((2 + 1) / (3 + 1)), so
 * that p = 3 / 7; one round splits between the classes, and each side takes a Newton step. */
Test(forest_boost, one_round_by_hand)
{
    static const float values[] = {1, 2, 3, 7, 9};
    static const uint16_t classes[] = {0, 0, 0, 1, 1};
    const struct forest_table table = {values, classes, 5, 1, 2};
    const struct forest_boost_settings settings = {1, 0.5, 2, 1, 1, 0};
    const double p = 3. / 7, bend = p * (1 - p);
    struct forest *forest = boost(&settings, &table, 1, NULL);
    cr_assert_eq(forest->tree_count, 1);
    cr_assert_eq(forest->node_count, 3);
    const struct forest_node *root = forest->nodes + forest->roots[0];
    cr_expect(root->threshold >= 3 && root->threshold < 7, "%g", (double)root->threshold);
    double low = log(0.75) - 0.5 * 3 * p / (3 * bend + 1);
    double high = log(0.75) + 0.5 * 2 * (1 - p) / (2 * bend + 1);
    float *probabilities = predict(forest, &table);
    cr_expect_float_eq(probabilities[1], 1 / (1 + exp(-low)), 1e-6);
    cr_expect_float_eq(probabilities[9], 1 / (1 + exp(-high)), 1e-6);
    for (int i = 0; i < 5; i++) cr_expect_float_eq(probabilities[2 * i] + probabilities[2 * i + 1], 1, 1e-6);
    free(probabilities);
    forest_free(forest);
}

/* Where nothing can be split, the whole table takes the step. */
Test(forest_boost, one_leaf_by_hand)
{
    static const float values[] = {4, 4, 4, 4, 4};
    static const uint16_t classes[] = {0, 0, 0, 1, 1};
    const struct forest_table table = {values, classes, 5, 1, 2};
    const struct forest_boost_settings settings = {1, 0.1, 4, 1, 1, 0};
    const double p = 3. / 7;
    double importance = 1, score = log(0.75) - 0.1 * (5 * p - 2) / (5 * p * (1 - p) + 1);
    struct forest *forest = boost(&settings, &table, 1, &importance);
    float *probabilities = predict(forest, &table);
    cr_expect_eq(forest->node_count, 1);
    cr_expect_eq(importance, 0);
    cr_expect_float_eq(probabilities[1], 1 / (1 + exp(-score)), 1e-6);
    free(probabilities);
    forest_free(forest);
}

Test(forest_boost, rounds_learn_and_generalise)
{
    for (uint32_t classes = 2; classes <= 3; classes++) {
        struct forest_table train = forest_tables_make(3000, 6, classes, 0, 0, 1);
        struct forest_table test = forest_tables_make(1000, 6, classes, 0, 0, 2);
        double before = 9, accuracy = 0;
        for (uint32_t rounds = 5; rounds <= 80; rounds *= 4) {
            struct forest_boost_settings settings;
            forest_boost_settings_init(&settings);
            settings.round_count = rounds;
            struct forest *forest = boost(&settings, &train, 2, NULL);
            cr_expect_eq(forest->tree_count, rounds * (classes == 2 ? 1 : classes));
            double now = loss(forest, &test, &accuracy);
            cr_expect_lt(now, 0.7 * before, "%u classes, %u rounds: %g after %g", classes, rounds, now,
                         before);
            before = now;
            forest_free(forest);
        }
        cr_expect_gt(accuracy, 0.97, "%u classes: %g", classes, accuracy);
        forest_tables_free(&train);
        forest_tables_free(&test);
    }
}

Test(forest_boost, threads_change_nothing)
{
    struct forest_table table = forest_tables_make(2500, 12, 4, 5, 0, 3);
    double importance[2][12], sum = 0;
    struct forest_boost_settings settings;
    forest_boost_settings_init(&settings);
    settings.round_count = 9;
    struct forest *alone = boost(&settings, &table, 1, importance[0]);
    struct forest *three = boost(&settings, &table, 3, importance[1]);
    cr_assert_eq(alone->node_count, three->node_count);
    cr_assert_eq(alone->leaf_count, three->leaf_count);
    cr_expect_arr_eq(alone->nodes, three->nodes, alone->node_count * sizeof *alone->nodes);
    cr_expect_arr_eq(alone->weights, three->weights, alone->leaf_count * sizeof *alone->weights);
    cr_expect_arr_eq(importance[0], importance[1], sizeof *importance);
    for (int f = 0; f < 12; f++) sum += importance[0][f];
    cr_expect_float_eq(sum, 1, 1e-12);
    for (int f = 2; f < 12; f++)
        cr_expect_lt(importance[0][f], 0.3 * importance[0][f & 1], "the first two decide");
    settings.seed = 1;
    struct forest *other = boost(&settings, &table, 1, NULL);
    cr_expect(other->node_count != alone->node_count ||
                  memcmp(other->nodes, alone->nodes, alone->node_count * sizeof *alone->nodes) != 0,
              "another seed draws other features");
    forest_free(alone);
    forest_free(three);
    forest_free(other);
    forest_tables_free(&table);
}

Test(forest_boost, settings_bound_the_trees)
{
    struct forest_table table = forest_tables_make(1500, 4, 3, 3, 0, 7);
    const struct forest_boost_settings settings = {6, 0.3, 7, 60, 1, 0};
    struct forest *forest = boost(&settings, &table, 1, NULL);
    cr_expect_leq(forest->node_count, 6 * 3 * (2 * 7 - 1));
    for (uint32_t t = 0; t < forest->tree_count; t++) {
        uint32_t *rows = calloc(forest->node_count, sizeof *rows), leaves = 0;
        for (size_t i = 0; i < table.row_count; i++) {
            uint32_t at = forest->roots[t];
            while (forest->nodes[at].leaf >= FOREST_NAN_LEFT)
                at = forest->nodes[at].left +
                     (table.values[i * 4 + forest->nodes[at].feature] > forest->nodes[at].threshold);
            rows[at]++;
        }
        for (size_t i = 0; i < forest->node_count; i++) {
            leaves += rows[i] > 0;
            cr_expect(rows[i] == 0 || rows[i] >= 60, "%u", rows[i]);
        }
        cr_expect(leaves >= 2 && leaves <= 7, "%u", leaves);
        free(rows);
    }
    forest_free(forest);
    forest_tables_free(&table);
}

/* Room for leaves is taken for those that the rows can fill, not for those that are asked for. */
Test(forest_boost, few_rows_make_few_leaves)
{
    struct forest_table table = forest_tables_make(50, 3, 3, 0, 0, 5);
    struct forest_boost_settings settings = {3, 0.1, UINT32_MAX, 10, 1, 0};
    struct forest *forest = boost(&settings, &table, 1, NULL);
    cr_expect_leq(forest->node_count, 9 * (2 * 5 - 1), "%zu", forest->node_count);
    cr_expect_gt(forest->node_count, 9);
    forest_free(forest);
    settings.least_leaf = 51;
    forest = boost(&settings, &table, 1, NULL);
    cr_expect_eq(forest->node_count, 9, "no split: %zu", forest->node_count);
    forest_free(forest);
    forest_tables_free(&table);
}

Test(forest_boost, a_file_answers_the_same)
{
    for (uint32_t classes = 2; classes <= 3; classes++) {
        char path[] = "/tmp/fringe-boost-XXXXXX";
        struct forest_table table = forest_tables_make(800, 5, classes, 4, 0, 9);
        struct forest_boost_settings settings;
        struct onnx_model *model;
        struct forest *again;
        fringe_error error;
        forest_boost_settings_init(&settings);
        settings.round_count = 12;
        struct forest *forest = boost(&settings, &table, 1, NULL);
        close(mkstemp(path));
        cr_assert_eq(forest_onnx_write(path, forest, &error), FRINGE_OK, "%s", error.message);
        cr_assert_eq(onnx_model_read(path, &model, &error), FRINGE_OK, "%s", error.message);
        cr_assert_eq(forest_onnx_read(model, path, &again, &error), FRINGE_OK, "%s", error.message);
        onnx_model_free(model);
        unlink(path);
        float *before = predict(forest, &table), *after = predict(again, &table);
        cr_expect_arr_eq(before, after, table.row_count * classes * sizeof *before);
        free(before);
        free(after);
        forest_free(forest);
        forest_free(again);
        forest_tables_free(&table);
    }
}

Test(forest_boost, what_cannot_be_is_refused)
{
    static const struct forest_boost_settings wrong[] = {
        {0, 0.1, 4, 1, 1, 0}, {1, 0, 4, 1, 1, 0},   {1, 1.5, 4, 1, 1, 0}, {1, NAN, 4, 1, 1, 0},
        {1, 0.1, 1, 1, 1, 0}, {1, 0.1, 4, 0, 1, 0}, {1, 0.1, 4, 1, 0, 0}, {1, 0.1, 4, 1, 1.1, 0}};
    struct forest_table table = forest_tables_make(50, 3, 2, 0, 0, 5);
    struct forest_boost_settings settings;
    struct forest *forest;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        cr_expect_eq(forest_boost(&wrong[i], &table, forest_tables_names, NULL, &forest, NULL, NULL),
                     FRINGE_ARGUMENT, "settings %zu", i);
    forest_boost_settings_init(&settings);
    ((float *)table.values)[7] = INFINITY;
    fringe_error error;
    cr_expect_eq(forest_boost(&settings, &table, forest_tables_names, NULL, &forest, NULL, &error),
                 FRINGE_ARGUMENT);
    cr_expect(strstr(error.message, "row 2: feature 1"), "%s", error.message);
    cr_expect_null(forest);
    forest_tables_free(&table);
}
