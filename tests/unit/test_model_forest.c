/* A forest's package: what its description adds to the trees. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "forest/forest_onnx.h"
#include "model/forest_package.h"
#include "support/forest_tables.h"

/* A folder with a forest of two features and classes, and a description whose config is given. */
static void make_folder(const char *config, char folder[64])
{
    const struct forest_table table = {(const float[]){0, 0, 1, 0, 0, 1, 1, 1},
                                       (const uint16_t[]){0, 0, 1, 1}, 4, 2, 2};
    char path[128];
    struct forest_settings settings;
    struct forest *forest;
    fringe_error error;
    strcpy(folder, "/tmp/fringe-forest-XXXXXX");
    cr_assert_not_null(mkdtemp(folder));
    forest_settings_init(&settings);
    settings.tree_count = 8;
    cr_assert_eq(forest_grow(&settings, &table, forest_tables_names, NULL, &forest, NULL, &error), FRINGE_OK);
    snprintf(path, sizeof path, "%s/forest.onnx", folder);
    cr_assert_eq(forest_onnx_write(path, forest, &error), FRINGE_OK);
    forest_free(forest);
    snprintf(path, sizeof path, "%s/rdf.yaml", folder);
    FILE *stream = fopen(path, "w");
    fprintf(stream, "name: Shapes\nweights: {onnx: {source: forest.onnx}}\nconfig:\n  fringe:\n%s", config);
    fclose(stream);
}

static void refuse(const char *config, const char *words)
{
    char folder[64];
    struct forest_package *package;
    fringe_error error = {.message = ""};
    make_folder(config, folder);
    cr_expect_eq(forest_package_read(folder, &package, &error), FRINGE_MODEL, "%s", words);
    cr_expect_null(package);
    cr_expect_not_null(strstr(error.message, words), "'%s' is not in: %s", words, error.message);
    file_remove_tree(folder, NULL);
}

Test(model_forest, features_and_calibration)
{
    static const char *const names[] = {"x", "y"}, *const others[] = {"x", "z"},
                             *const more[] = {"x", "y", "z"};
    char folder[64];
    struct forest_package *package;
    fringe_error error;
    make_folder("    features: {version: 3, names: [x, y]}\n    calibration:\n"
                "    - {scores: [0, 1], values: [0.2, 0.5]}\n    - {scores: [0, 1], values: [0.1, 0.3]}\n",
                folder);
    cr_assert_eq(forest_package_read(folder, &package, &error), FRINGE_OK, "%s", error.message);
    cr_expect_str_eq(package->name, "Shapes");
    cr_expect_eq(strlen(package->sha256), 64);
    cr_expect_eq(forest_package_require(package, 3, names, 2, &error), FRINGE_OK);
    cr_expect_eq(forest_package_require(package, 4, names, 2, &error), FRINGE_MODEL);
    cr_expect_not_null(strstr(error.message, "its features are of version 3, Fringe's of 4"));
    cr_expect_eq(forest_package_require(package, 3, others, 2, &error), FRINGE_MODEL);
    cr_expect_not_null(strstr(error.message, "its feature 2 is 'y', Fringe's is 'z'"));
    cr_expect_eq(forest_package_require(package, 3, more, 3, &error), FRINGE_MODEL);
    cr_expect_not_null(strstr(error.message, "it has 2 features, Fringe computes 3"));
    /* All trees agree on (0, 1) but those whose draw lacks a class; p is the share of class 1. */
    const float row[] = {0.25f, 1};
    float probabilities[2];
    isotonic_clear(&package->curves[0]); /* without knots a curve changes nothing */
    isotonic_clear(&package->curves[1]);
    cr_assert_eq(forest_package_predict(package, row, 1, NULL, probabilities, NULL), FRINGE_OK);
    double p = (double)probabilities[1];
    cr_expect_gt(p, 0.5);
    forest_package_free(package);
    cr_assert_eq(forest_package_read(folder, &package, &error), FRINGE_OK);
    cr_assert_eq(forest_package_predict(package, row, 1, NULL, probabilities, NULL), FRINGE_OK);
    double first = 0.2 + 0.3 * (1 - p), second = 0.1 + 0.2 * p;
    cr_expect_float_eq(probabilities[0], first / (first + second), 1e-6);
    cr_expect_float_eq(probabilities[1], second / (first + second), 1e-6);
    forest_package_free(package);
    file_remove_tree(folder, NULL);
}

Test(model_forest, a_bare_file_names_no_features)
{
    static const char *const names[] = {"x", "y"};
    char folder[64], path[128];
    struct forest_package *package;
    fringe_error error;
    make_folder("    polarity: dark\n", folder);
    snprintf(path, sizeof path, "%s/forest.onnx", folder);
    cr_assert_eq(forest_package_read(path, &package, &error), FRINGE_OK, "%s", error.message);
    cr_expect_null(package->curves);
    cr_expect_eq(forest_package_require(package, 1, names, 2, &error), FRINGE_MODEL);
    cr_expect_not_null(strstr(error.message, "does not name its 2 features; Fringe computes 2"));
    forest_package_free(package);
    file_remove_tree(folder, NULL);
}

/* What tells a package from a bare network is its content, as for networks (test_model_package.c). */
Test(model_forest, it_may_lie_under_any_name)
{
    static const char *const names[] = {"rdf.yaml", "forest.onnx", "bare", "package"};
    char folder[64], path[128], command[256];
    struct forest_package *package;
    fringe_error error;
    make_folder("    polarity: dark\n", folder);
    snprintf(command, sizeof command,
             "cd %s && cmake -E tar cf package --format=zip rdf.yaml forest.onnx && cp forest.onnx bare",
             folder);
    cr_assert_eq(system(command), 0);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        cr_expect_eq(forest_package_recognise(path), 1, "%s", names[i]);
        cr_assert_eq(forest_package_read(path, &package, &error), FRINGE_OK, "%s", error.message);
        cr_expect_str_eq(package->name, i % 3 == 0 ? "Shapes" : "", "%s", names[i]);
        forest_package_free(package);
    }
    file_remove_tree(folder, NULL);
}

Test(model_forest, descriptions_that_contradict)
{
    refuse("    features: {version: 1, names: [x, y, z]}\n", "names 3 features, the forest has 2");
    refuse("    features: {version: 0, names: [x, y]}\n", "'0' is no number from 1 on");
    refuse("    calibration: [{scores: [0], values: [0]}]\n", "has 1 curves, the forest has 2 classes");
    refuse("    calibration:\n    - {scores: [0, 1], values: [0]}\n    - {scores: [0], values: [0]}\n",
           "values has 1 numbers instead of 2");
    refuse("    calibration:\n    - {scores: [1, 0], values: [0, 1]}\n    - {scores: [0], values: [0]}\n",
           "knot 1: score 0 does not lie above 1");
    refuse("    calibration:\n    - {scores: [a], values: [0]}\n    - {scores: [0], values: [0]}\n",
           "'a' is not a number");
}
