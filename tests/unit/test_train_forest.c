/* From a table to a package: what is written is what answers; what cannot be trained on is refused by line.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/file.h"
#include "forest/forest_predict.h"
#include "fringe/model.h"
#include "model/forest_package.h"
#include "support/forest_tables.h"
#include "train/forest_training.h"

enum { ROWS = 1200, FEATURES = 4, CLASSES = 3, PATH_BYTES = 128 };

static char folder[64];

static void make_folder(void)
{
    strcpy(folder, "/tmp/fringe-training-XXXXXX");
    cr_assert_not_null(mkdtemp(folder));
}

static void remove_folder(void)
{
    file_remove_tree(folder, NULL);
}

TestSuite(train_forest, .init = make_folder, .fini = remove_folder);

static void put_bytes(const char *name, const void *bytes, size_t size)
{
    char path[PATH_BYTES];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *stream = fopen(path, "wb");
    cr_assert_not_null(stream);
    cr_assert_eq(fwrite(bytes, 1, size, stream), size);
    fclose(stream);
}

static void put_file(const char *name, const char *text)
{
    put_bytes(name, text, strlen(text));
}

/* An image, four features f0 to f3 and the class of each row; every fifth class is by chance. */
static struct forest_table put_table(void)
{
    char path[PATH_BYTES];
    struct forest_table table = forest_tables_make(ROWS, FEATURES, CLASSES, 5, 0, 1);
    snprintf(path, sizeof path, "%s/particles.csv", folder);
    FILE *stream = fopen(path, "w");
    fputs("image,f0,f1,class,\"f2, odd\",f3\n", stream);
    for (size_t i = 0; i < ROWS; i++) {
        const float *row = table.values + i * FEATURES;
        fprintf(stream, "a b.tif,%.9g,%.9g,%s,%.9g,%.9g\n", (double)row[0], (double)row[1],
                forest_tables_names[table.classes[i]], (double)row[2], (double)row[3]);
    }
    fclose(stream);
    return table;
}

static fringe_status train(const char *recipe_text, const char *output, int overwrite, int threads,
                           fringe_error *error)
{
    char path[PATH_BYTES], directory[PATH_BYTES];
    struct forest_recipe recipe;
    fringe_run *run;
    int is_forest;
    put_file("recipe.yaml", recipe_text);
    snprintf(path, sizeof path, "%s/recipe.yaml", folder);
    snprintf(directory, sizeof directory, "%s/%s", folder, output);
    cr_assert_eq(fringe_run_create(threads, &run, NULL), FRINGE_OK);
    fringe_status status = forest_recipe_read(path, &recipe, &is_forest, error);
    cr_expect(is_forest);
    if (!status) status = forest_training_run(&recipe, directory, overwrite, run, error);
    forest_recipe_clear(&recipe);
    fringe_run_free(run);
    return status;
}

static const char sound[] =
    "kind: forest\nname: Shapes\ndata: {table: particles.csv, ignore: [image], version: 7}\n"
    "forest: {trees: 40, seed: 3, least_leaf: 2}\n";

Test(train_forest, a_table_becomes_a_package)
{
    static const char *const names[] = {"f0", "f1", "f2, odd", "f3"};
    struct forest_table table = put_table();
    struct forest_package *package;
    char path[PATH_BYTES];
    fringe_error error;
    cr_assert_eq(train(sound, "model", 0, 2, &error), FRINGE_OK, "%s", error.message);
    snprintf(path, sizeof path, "%s/model", folder);
    cr_assert_eq(forest_package_read(path, &package, &error), FRINGE_OK, "%s", error.message);
    cr_expect_str_eq(package->name, "Shapes");
    cr_expect_eq(package->forest->tree_count, 40);
    cr_expect_eq(forest_package_require(package, 7, names, FEATURES, &error), FRINGE_OK);
    cr_expect_str_eq(package->forest->class_names[0], "none", "classes stand in the order of their names");
    cr_assert_not_null(package->curves);
    /* The forest knows its rows by heart; calibrated, it says how sure it may be: 4 of 5 and a third of the
     * rest. */
    static float probabilities[ROWS * CLASSES];
    cr_assert_eq(forest_package_predict(package, table.values, ROWS, NULL, probabilities, &error), FRINGE_OK);
    size_t right = 0;
    double sure = 0;
    for (size_t i = 0; i < ROWS; i++) {
        const float *row = probabilities + i * CLASSES;
        uint32_t best = row[1] > row[0] ? 1 : 0;
        best = row[2] > row[best] ? 2 : best;
        right += strcmp(package->forest->class_names[best], forest_tables_names[table.classes[i]]) == 0;
        sure += (double)row[best] / ROWS;
    }
    cr_expect_gt(right, ROWS * 8 / 10, "%zu", right);
    cr_expect_float_eq(sure, 0.85, 0.06, "%g", sure);
    forest_package_free(package);
    forest_tables_free(&table);
}

Test(train_forest, boosted_trees_become_a_package)
{
    struct forest_table table = put_table();
    struct forest_package *package;
    fringe_model_check check;
    char path[PATH_BYTES];
    fringe_error error;
    cr_assert_eq(train("kind: forest\ndata: {table: particles.csv, ignore: [image]}\n"
                       "boost: {rounds: 30, rate: 0.1, leaves: 6, least_leaf: 9, draw: 0.5, seed: 2}\n",
                       "model", 0, 2, &error),
                 FRINGE_OK, "%s", error.message);
    snprintf(path, sizeof path, "%s/model", folder);
    cr_assert_eq(forest_package_read(path, &package, &error), FRINGE_OK, "%s", error.message);
    cr_expect_eq(package->forest->tree_count, 30 * CLASSES);
    cr_expect_eq(package->forest->transform, FOREST_SOFTMAX);
    cr_expect_null(package->curves, "no row is unseen by a tree");
    static float probabilities[ROWS * CLASSES];
    cr_assert_eq(forest_package_predict(package, table.values, ROWS, NULL, probabilities, &error), FRINGE_OK);
    size_t right = 0;
    for (size_t i = 0; i < ROWS; i++)
        right += !strcmp(
            package->forest->class_names[forest_predict_class(package->forest, probabilities + i * CLASSES)],
            forest_tables_names[table.classes[i]]);
    cr_expect_gt(right, ROWS * 8 / 10, "%zu", right);
    cr_assert_eq(fringe_model_test(path, NULL, &check, &error), FRINGE_OK, "%s", error.message);
    cr_expect_eq(check.largest_difference, 0);
    forest_package_free(package);
    forest_tables_free(&table);
}

Test(train_forest, threads_change_no_byte)
{
    static const char *const names[] = {"forest.onnx", "rdf.yaml",       "README.md",
                                        "recipe.yaml", "test_input.npy", "test_output.npy"};
    struct forest_table table = put_table();
    fringe_error error;
    cr_assert_eq(train(sound, "one", 0, 1, &error), FRINGE_OK, "%s", error.message);
    cr_assert_eq(train(sound, "three", 0, 3, &error), FRINGE_OK, "%s", error.message);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[2][PATH_BYTES];
        unsigned char *bytes[2];
        size_t size[2];
        snprintf(path[0], PATH_BYTES, "%s/one/%s", folder, names[i]);
        snprintf(path[1], PATH_BYTES, "%s/three/%s", folder, names[i]);
        for (int k = 0; k < 2; k++)
            cr_assert_eq(file_read_all(path[k], 1 << 24, &bytes[k], &size[k], &error), FRINGE_OK);
        cr_expect(size[0] == size[1] && memcmp(bytes[0], bytes[1], size[0]) == 0, "%s", names[i]);
        alloc_free(bytes[0]);
        alloc_free(bytes[1]);
    }
    cr_expect_eq(train(sound, "one", 0, 1, &error), FRINGE_EXISTS);
    cr_expect_eq(train(sound, "one", 1, 1, &error), FRINGE_OK);
    forest_tables_free(&table);
}

/* The package is one for those outside too: described, and tested by its own rows. */
Test(train_forest, a_package_is_described_and_tested)
{
    struct forest_table table = put_table();
    char path[PATH_BYTES], output[PATH_BYTES];
    fringe_forest *forest;
    fringe_forest_info info;
    fringe_model_check check;
    unsigned char *bytes;
    size_t size;
    fringe_error error;
    cr_assert_eq(train(sound, "model", 0, 1, &error), FRINGE_OK, "%s", error.message);
    snprintf(path, sizeof path, "%s/model", folder);
    cr_assert(fringe_model_is_forest(path));
    cr_assert_eq(fringe_forest_load(path, &forest, &error), FRINGE_OK, "%s", error.message);
    fringe_forest_get_info(forest, &info);
    cr_expect_str_eq(info.name, "Shapes");
    cr_expect_str_eq(info.format, "bioimage.io 0.5.4");
    cr_expect_eq(info.feature_version, 7);
    cr_expect_eq(info.feature_count, FEATURES);
    cr_expect_str_eq(info.feature_names[2], "f2, odd");
    cr_expect_eq(info.class_count, CLASSES);
    cr_expect_str_eq(info.class_names[0], "none");
    cr_expect_eq(info.tree_count, 40);
    cr_expect_gt(info.node_count, 40);
    cr_expect_eq(info.calibrated, 1);
    fringe_forest_free(forest);

    cr_assert_eq(fringe_model_test(path, NULL, &check, &error), FRINGE_OK, "%s", error.message);
    cr_expect_eq(check.case_count, 1);
    cr_expect_eq(check.value_count, 64 * CLASSES);
    cr_expect_eq(check.largest_difference, 0);
    snprintf(output, sizeof output, "%s/model/test_output.npy", folder);
    FILE *stream = fopen(output, "r+b");
    const float wrong = 0.5F;
    cr_assert(stream && fseek(stream, 128, SEEK_SET) == 0 && fwrite(&wrong, 4, 1, stream) == 1);
    fclose(stream);
    cr_expect_eq(fringe_model_test(path, NULL, &check, &error), FRINGE_MISMATCH);
    cr_expect_eq(check.mismatch_count, 1);
    snprintf(path, sizeof path, "%s/model/test_input.npy", folder);
    cr_assert_eq(rename(path, output), 0);
    cr_assert_eq(file_read_all(output, 1 << 20, &bytes, &size, NULL), FRINGE_OK);
    snprintf(path, sizeof path, "%s/model", folder);
    cr_expect_eq(fringe_model_test(path, NULL, &check, &error), FRINGE_FILE, "an input is missing");
    put_bytes("model/test_input.npy", bytes, size);
    cr_expect_eq(fringe_model_test(path, NULL, &check, &error), FRINGE_MODEL, "%s", error.message);
    cr_expect(strstr(error.message, "test_output.npy has 64 rows of 4 values, not 64 of 3"), "%s",
              error.message);
    alloc_free(bytes);
    forest_tables_free(&table);
}

/* What is there goes only when the new forest is grown. */
Test(train_forest, a_slip_leaves_the_finished_forest_that_it_would_replace)
{
    struct forest_table table = put_table();
    struct forest_package *package;
    char path[PATH_BYTES];
    fringe_error error;
    cr_assert_eq(train(sound, "model", 0, 1, &error), FRINGE_OK, "%s", error.message);
    cr_expect_eq(train("kind: forest\ndata: {table: absent.csv}\n", "model", 1, 1, &error), FRINGE_FILE);
    snprintf(path, sizeof path, "%s/model", folder);
    cr_assert_eq(forest_package_read(path, &package, &error), FRINGE_OK, "%s", error.message);
    forest_package_free(package);
    forest_tables_free(&table);
}

static void refuse(const char *recipe, const char *words)
{
    fringe_error error = {.message = ""};
    cr_expect_eq(train(recipe, "refused", 0, 1, &error), FRINGE_FORMAT, "%s", words);
    cr_expect_not_null(strstr(error.message, words), "'%s' is not in: %s", words, error.message);
}

Test(train_forest, recipes_that_cannot_be)
{
    refuse("kind: forest\n", "recipe.yaml: one of data.table and data.crops is needed, not none");
    refuse("kind: forest\ntrees: 5\n", "trees: there is no such key in a forest's recipe");
    refuse("kind: forest\nforest: {trees: 0}\n", "forest.trees: '0' is no whole number from 1 to 100000");
    refuse("kind: forest\nforest: {criterion: mse}\n", "'mse' is not known; 'gini' is one word for it");
    refuse("kind: forest\nforest: {bootstrap: maybe}\n", "'maybe' is neither true nor false");
    refuse("kind: forest\ndata: {features: area}\n", "is no list of names");
    refuse("kind: forest\ndata: {table: t.csv}\nforest: {bootstrap: false}\n",
           "forest.calibrate needs forest.bootstrap");
    refuse("kind: forest\nboost: {rate: 1.5}\n", "boost.rate: '1.5' is no number above 0 and at most 1");
    refuse("kind: forest\nboost: {draw: .nan}\n", "boost.draw: '.nan' is no number above 0");
    refuse("kind: forest\nboost: {calibrate: true}\n", "boost.calibrate: there is no such key");
    refuse("kind: forest\ndata: {table: t.csv}\nforest: {trees: 5}\nboost: {rounds: 5}\n",
           "one of forest and boost is needed, not both");
}

Test(train_forest, tables_that_cannot_be)
{
    static const char recipe[] = "kind: forest\ndata: {table: t.csv}\n";
    put_file("t.csv", "a,b\n1,2\n");
    refuse(recipe, "t.csv: none of its 2 columns is 'class'");
    put_file("t.csv", "a,class\n1,x\nNaN,y\n");
    refuse(recipe, "t.csv: line 3: column 'a': 'NaN' is no finite number");
    put_file("t.csv", "a,class\n1,x\n1e39,y\n");
    refuse(recipe, "'1e39' is no finite number");
    put_file("t.csv", "a,class\n1,x\n2,\n");
    refuse(recipe, "t.csv: line 3: column 'class' names no class");
    put_file("t.csv", "a,class\n1,x\n2,x\n");
    refuse(recipe, "column 'class' names 1 classes in 2 rows, 2 to 1024 are possible");
    put_file("t.csv", "class\nx\ny\n");
    refuse(recipe, "0 columns of features, 1 to 65536 are possible");
    refuse("kind: forest\ndata: {table: t.csv, features: [area]}\n", "none of its 1 columns is 'area'");
}

Test(train_forest, other_kinds_are_left_alone)
{
    char path[PATH_BYTES];
    struct forest_recipe recipe;
    int is_forest = 1;
    put_file("recipe.yaml", "kind: network\nnothing: known\n");
    snprintf(path, sizeof path, "%s/recipe.yaml", folder);
    cr_expect_eq(forest_recipe_read(path, &recipe, &is_forest, NULL), FRINGE_OK);
    cr_expect_not(is_forest);
    forest_recipe_clear(&recipe);
}
