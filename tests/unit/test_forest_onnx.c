/* Forests of other makers give their answers; ours are written, read and answer the same. Tests run in the
 * root of the tree; the files are those of tests/golden/make_forest_cases.py. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "forest/forest_onnx.h"
#include "forest/forest_predict.h"
#include "io/npy_read.h"
#include "support/forest_tables.h"

static void read_array(const char *name, const char *suffix, struct npy_read_array *array)
{
    char path[128];
    fringe_error error;
    unsigned char *bytes;
    size_t size;
    snprintf(path, sizeof path, "tests/golden/forest/%s-%s.npy", name, suffix);
    cr_assert_eq(file_read_all(path, 1 << 20, &bytes, &size, &error), FRINGE_OK, "%s", error.message);
    cr_assert_eq(npy_read(bytes, size, path, array, &error), FRINGE_OK, "%s", error.message);
    cr_assert_eq(array->rank, 2);
    alloc_free(bytes);
}

static struct forest *read_forest(const char *path)
{
    struct onnx_model *model;
    struct forest *forest;
    fringe_error error;
    cr_assert_eq(onnx_model_read(path, &model, &error), FRINGE_OK, "%s", error.message);
    cr_expect(forest_onnx_recognise(model));
    cr_assert_eq(forest_onnx_read(model, path, &forest, &error), FRINGE_OK, "%s", error.message);
    onnx_model_free(model);
    return forest;
}

static float *predict(const struct forest *forest, const float *values, size_t rows)
{
    float *probabilities = malloc(rows * forest->class_count * sizeof *probabilities);
    cr_assert_eq(forest_predict(forest, values, rows, NULL, probabilities, NULL), FRINGE_OK);
    return probabilities;
}

/* The forest of a file in tests/golden/forest answers as it should; written and read again it is unchanged.
 */
static struct forest *check_case(const char *name)
{
    char path[128], again_path[] = "/tmp/fringe-forest-XXXXXX";
    struct npy_read_array rows, expected;
    fringe_error error;
    snprintf(path, sizeof path, "tests/golden/forest/%s.onnx", name);
    struct forest *forest = read_forest(path);
    read_array(name, "rows", &rows);
    read_array(name, "probabilities", &expected);
    cr_assert_eq(rows.dims[1], forest->feature_count);
    cr_assert_eq(expected.dims[1], forest->class_count);
    size_t row_count = (size_t)rows.dims[0], value_count = row_count * forest->class_count;
    float *probabilities = predict(forest, rows.values, row_count);
    for (size_t i = 0; i < value_count; i++)
        cr_expect_float_eq(probabilities[i], expected.values[i], 2e-6, "%s: value %zu: %g instead of %g",
                           name, i, (double)probabilities[i], (double)expected.values[i]);
    close(mkstemp(again_path));
    cr_assert_eq(forest_onnx_write(again_path, forest, &error), FRINGE_OK, "%s", error.message);
    struct forest *again = read_forest(again_path);
    unlink(again_path);
    float *same = predict(again, rows.values, row_count);
    cr_expect_arr_eq(same, probabilities, value_count * sizeof *same, "%s", name);
    for (uint32_t k = 0; k < forest->class_count; k++)
        cr_expect_str_eq(again->class_names[k], forest->class_names[k]);
    forest_free(again);
    free(same);
    free(probabilities);
    alloc_free(rows.values);
    alloc_free(expected.values);
    return forest;
}

Test(forest_onnx, scikit_learn_converted)
{
    static const char *const names[] = {"forest-of-3", "forest-in-double", "extra-trees", "one-tree"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) forest_free(check_case(names[i]));
}

Test(forest_onnx, two_classes_with_one_score)
{
    struct forest *forest = check_case("forest-of-2");
    cr_expect_eq(forest->scores, FOREST_POSITIVE);
    forest_free(forest);
    forest = check_case("boosted-2");
    cr_expect_eq(forest->scores, FOREST_SIGNED);
    cr_expect_eq(forest->transform, FOREST_LOGISTIC);
    forest_free(forest);
}

Test(forest_onnx, boosted_trees_with_softmax)
{
    struct forest *forest = check_case("boosted-3");
    cr_expect_eq(forest->transform, FOREST_SOFTMAX);
    forest_free(forest);
}

Test(forest_onnx, classes_keep_their_names)
{
    struct forest *forest = check_case("forest-of-texts");
    cr_expect_str_eq(forest->class_names[1], "fault");
    forest_free(forest);
    forest = check_case("forest-of-3");
    cr_expect_str_eq(forest->class_names[2], "2");
    forest_free(forest);
}

/* Every comparison at, just above and below its threshold, with infinities and NaN. */
Test(forest_onnx, comparisons_and_missing_values)
{
    forest_free(check_case("modes"));
}

Test(forest_onnx, double_thresholds_between_two_floats)
{
    forest_free(check_case("doubles"));
}

/* Files that Fringe wrote, with ONNX Runtime's answers. */
Test(forest_onnx, ours_runs_in_onnx_runtime)
{
    forest_free(check_case("ours-of-2"));
    forest_free(check_case("ours-of-4"));
}

Test(forest_onnx, ours_comes_back)
{
    for (uint32_t classes = 2; classes < 5; classes++) {
        char path[] = "/tmp/fringe-forest-XXXXXX";
        struct forest_table table = forest_tables_make(800, 5, classes, 3, 0, classes);
        struct forest_settings settings;
        struct forest *grown;
        fringe_error error;
        forest_settings_init(&settings);
        settings.tree_count = 9;
        settings.least_leaf = 3;
        cr_assert_eq(forest_grow(&settings, &table, forest_tables_names, NULL, &grown, NULL, NULL),
                     FRINGE_OK);
        close(mkstemp(path));
        cr_assert_eq(forest_onnx_write(path, grown, &error), FRINGE_OK, "%s", error.message);
        struct forest *loaded = read_forest(path);
        unlink(path);
        float *ours = predict(grown, table.values, table.row_count);
        float *theirs = predict(loaded, table.values, table.row_count);
        cr_expect_arr_eq(ours, theirs, table.row_count * classes * sizeof *ours);
        cr_expect_str_eq(loaded->class_names[1], "square");
        free(ours);
        free(theirs);
        forest_free(grown);
        forest_free(loaded);
        forest_tables_free(&table);
    }
}

/* The files of the sklearn-onnx project, where they are at hand: they are read and give probabilities. */
Test(forest_onnx, published_files)
{
    static const char *const names[] = {"treecl.onnx", "treecl2.onnx"};
    const char *data = getenv("FRINGE_DATA");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[512];
        snprintf(path, sizeof path, "%s/models/forest/%s", data ? data : "../shared/data", names[i]);
        if (access(path, R_OK) != 0) cr_skip_test("FRINGE_DATA absent");
        struct forest *forest = read_forest(path);
        float *values = calloc(forest->feature_count, sizeof *values), sum = 0;
        float *probabilities = predict(forest, values, 1);
        for (uint32_t k = 0; k < forest->class_count; k++) sum += probabilities[k];
        cr_expect_float_eq(sum, 1, 1e-5);
        free(values);
        free(probabilities);
        forest_free(forest);
    }
}

Test(forest_onnx, memory_is_short)
{
    struct onnx_model *model;
    struct forest *forest = NULL;
    char path[] = "/tmp/fringe-forest-XXXXXX";
    long n = 0;
    cr_assert_eq(onnx_model_read("tests/golden/forest/forest-of-3.onnx", &model, NULL), FRINGE_OK);
    for (; !forest && n < 100; n++) {
        alloc_fail_after(n);
        fringe_status status = forest_onnx_read(model, "t.onnx", &forest, NULL);
        alloc_fail_after(-1);
        cr_assert_eq(status, forest ? FRINGE_OK : FRINGE_MEMORY, "allocation %ld: %d", n, status);
    }
    cr_expect_gt(n, 10);
    close(mkstemp(path));
    fringe_status status = FRINGE_MEMORY;
    for (n = 0; status == FRINGE_MEMORY && n < 1000; n++) {
        alloc_fail_after(n);
        status = forest_onnx_write(path, forest, NULL);
        alloc_fail_after(-1);
    }
    cr_expect_eq(status, FRINGE_OK, "allocation %ld: %d", n, status);
    cr_expect_gt(n, 5);
    unlink(path);
    forest_free(forest);
    onnx_model_free(model);
}
