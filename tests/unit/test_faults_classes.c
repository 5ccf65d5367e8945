/* Classes of a particle from a forest: names, roll-up, forests that do not fit. */
#include <criterion/criterion.h>

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "faults/fault_classes.h"
#include "forest/forest_grow.h"

enum { ROWS = 500 };

/* In rising order, as training leaves them: not the order of ours. */
static const char *const sorted[FRINGE_FAULT_COUNT] = {"cannot be decided", "multiply twinned",
                                                       "no fault seen", "stacking fault", "twin"};

static const char *feature_names[FAULT_FEATURE_COUNT];

/* A package whose classes have each a feature of its own that is large. */
static struct forest_package grow(uint32_t feature_count, uint32_t class_count, const char *const *names)
{
    struct rng rng = rng_from_seed(5);
    struct forest_settings settings;
    struct forest_package package = {
        .path = "forest.onnx", .feature_version = FAULT_FEATURES_VERSION, .feature_names = feature_names};
    fringe_error error;
    float *values = alloc_array((size_t)ROWS * feature_count, sizeof *values);
    uint16_t classes[ROWS];
    for (size_t i = 0; i < ROWS; i++) {
        classes[i] = (uint16_t)(i % class_count);
        for (uint32_t k = 0; k < feature_count; k++) values[i * feature_count + k] = (float)rng_unit(&rng);
        values[i * feature_count + classes[i]] += 3;
    }
    struct forest_table table = {values, classes, ROWS, feature_count, class_count};
    forest_settings_init(&settings);
    settings.draw = FOREST_ALL;
    settings.tree_count = 20;
    cr_assert_eq(forest_grow(&settings, &table, names, NULL, &package.forest, NULL, &error), FRINGE_OK, "%s",
                 error.message);
    alloc_free(values);
    for (int i = 0; i < FAULT_FEATURE_COUNT; i++)
        feature_names[i] = fault_feature_name((enum fault_feature)i);
    return package;
}

Test(classes, the_likeliest_is_said_and_faults_roll_up)
{
    struct forest_package package = grow(FAULT_FOREST_FEATURE_COUNT, FRINGE_FAULT_COUNT, sorted);
    float rows[FRINGE_FAULT_COUNT][FAULT_FOREST_FEATURE_COUNT] = {{0}};
    fringe_fault_rating ratings[FRINGE_FAULT_COUNT];
    fringe_error error;
    for (int k = 0; k < FRINGE_FAULT_COUNT; k++) rows[k][k] = 3.5F;
    cr_assert_eq(fault_classes_check(&package, &error), FRINGE_OK, "%s", error.message);
    cr_assert_eq(fault_classes_rate(&package, rows[0], FRINGE_FAULT_COUNT, NULL, ratings, &error), FRINGE_OK);
    for (int k = 0; k < FRINGE_FAULT_COUNT; k++) {
        const fringe_fault_rating *rating = ratings + k;
        double total = 0;
        cr_expect_str_eq(fringe_fault_name(rating->fault), sorted[k]);
        cr_expect_gt(rating->probabilities[rating->fault], 0.8);
        for (int i = 0; i < FRINGE_FAULT_COUNT; i++) total += rating->probabilities[i];
        cr_expect_float_eq(total, 1, 1e-6);
        cr_expect_float_eq(rating->fault_probability,
                           rating->probabilities[FRINGE_FAULT_STACKING] +
                               rating->probabilities[FRINGE_FAULT_TWIN] +
                               rating->probabilities[FRINGE_FAULT_MULTIPLE],
                           1e-12);
        cr_expect_eq(fringe_fault_is_seen(rating->fault), rating->fault_probability > 0.5);
    }
    forest_free(package.forest);
}

/* Three kinds at 0.2 each are a fault at 0.6. */
Test(classes, kinds_of_faults_count_together)
{
    static const struct {
        double none, stacking, twin, multiple, undecided;
        fringe_fault said;
    } cases[] = {
        {0.4, 0.2, 0.22, 0.18, 0, FRINGE_FAULT_TWIN},      {0.51, 0.25, 0.24, 0, 0, FRINGE_FAULT_NONE},
        {0.3, 0.1, 0.1, 0.2, 0.3, FRINGE_FAULT_MULTIPLE},  {0.2, 0.2, 0.08, 0, 0.52, FRINGE_FAULT_UNDECIDED},
        {0.25, 0.2, 0.06, 0, 0.49, FRINGE_FAULT_STACKING}, {0.3, 0.2, 0, 0, 0.5, FRINGE_FAULT_NONE},
        {0, 0, 0, 0, 1, FRINGE_FAULT_UNDECIDED},           {0.5, 0.5, 0, 0, 0, FRINGE_FAULT_NONE}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double probabilities[FRINGE_FAULT_COUNT];
        probabilities[FRINGE_FAULT_NONE] = cases[i].none;
        probabilities[FRINGE_FAULT_STACKING] = cases[i].stacking;
        probabilities[FRINGE_FAULT_TWIN] = cases[i].twin;
        probabilities[FRINGE_FAULT_MULTIPLE] = cases[i].multiple;
        probabilities[FRINGE_FAULT_UNDECIDED] = cases[i].undecided;
        cr_expect_eq(fault_classes_decide(probabilities), cases[i].said, "case %zu", i);
    }
}

/* Whoever knows two classes alone has a forest of two. */
Test(classes, a_class_that_is_not_known_is_never_said)
{
    static const char *const two[] = {"no fault seen", "twin"};
    struct forest_package package = grow(FAULT_FOREST_FEATURE_COUNT, 2, two);
    float rows[2][FAULT_FOREST_FEATURE_COUNT] = {{3.5F}, {0, 3.5F}};
    fringe_fault_rating ratings[2];
    cr_assert_eq(fault_classes_check(&package, NULL), FRINGE_OK);
    cr_assert_eq(fault_classes_rate(&package, rows[0], 2, NULL, ratings, NULL), FRINGE_OK);
    cr_expect_eq(ratings[0].fault, FRINGE_FAULT_NONE);
    cr_expect_eq(ratings[1].fault, FRINGE_FAULT_TWIN);
    for (int k = 0; k < 2; k++)
        cr_expect_eq(ratings[k].probabilities[FRINGE_FAULT_STACKING] +
                         ratings[k].probabilities[FRINGE_FAULT_MULTIPLE] +
                         ratings[k].probabilities[FRINGE_FAULT_UNDECIDED],
                     0);
    forest_free(package.forest);
}

Test(classes, a_forest_that_does_not_fit_is_refused)
{
    static const char *const other[] = {"no fault seen", "dislocation"};
    fringe_error error;
    struct forest_package package = grow(FAULT_FOREST_FEATURE_COUNT - 1, FRINGE_FAULT_COUNT, sorted);
    cr_expect_eq(fault_classes_check(&package, &error), FRINGE_MODEL);
    cr_expect(strstr(error.message, "features, Fringe computes"), "%s", error.message);
    forest_free(package.forest);
    package = grow(FAULT_FOREST_FEATURE_COUNT, 2, other);
    cr_expect_eq(fault_classes_check(&package, &error), FRINGE_MODEL);
    cr_expect(strstr(error.message, "its class 2 is 'dislocation'; Fringe's are 'no fault seen'"), "%s",
              error.message);
    forest_free(package.forest);
    package = grow(FAULT_FOREST_FEATURE_COUNT, FRINGE_FAULT_COUNT, sorted);
    package.feature_version = FAULT_FEATURES_VERSION + 1;
    cr_expect_eq(fault_classes_check(&package, &error), FRINGE_MODEL);
    cr_expect(strstr(error.message, "its features are of version"), "%s", error.message);
    forest_free(package.forest);
}

Test(classes, names_outside_the_list)
{
    cr_expect_str_eq(fringe_fault_name((fringe_fault)-1), "unknown");
    cr_expect_str_eq(fringe_fault_name(FRINGE_FAULT_COUNT), "unknown");
    cr_expect_eq(fringe_fault_is_seen(FRINGE_FAULT_COUNT), 0);
}
