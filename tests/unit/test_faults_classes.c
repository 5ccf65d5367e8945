/* Classes of a particle from a forest: names, roll-up, calibration, forests that do not fit. */
#include <criterion/criterion.h>

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "faults/fault_classes.h"
#include "forest/forest_grow.h"

enum { ROWS = 500 };

/* Each class has a feature of its own that is large. */
static struct forest *grow(uint32_t feature_count, uint32_t class_count, const char *const *names)
{
    struct rng rng = rng_from_seed(5);
    struct forest_settings settings;
    struct forest *forest;
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
    cr_assert_eq(forest_grow(&settings, &table, names, NULL, &forest, NULL, &error), FRINGE_OK, "%s",
                 error.message);
    alloc_free(values);
    return forest;
}

Test(classes, the_likeliest_is_said_and_faults_roll_up)
{
    struct forest *forest = grow(FAULT_FOREST_FEATURE_COUNT, FAULT_CLASS_COUNT, fault_class_names());
    for (int class_index = 0; class_index < FAULT_CLASS_COUNT; class_index++) {
        double features[FAULT_FEATURE_COUNT] = {0}, total = 0, faults = 0;
        struct fault_rating rating;
        fringe_error error;
        features[class_index] = 3.5;
        cr_assert_eq(fault_classes_rate(forest, NULL, features, NULL, &rating, &error), FRINGE_OK, "%s",
                     error.message);
        cr_expect_eq((int)rating.class_index, class_index);
        cr_expect_gt(rating.probabilities[class_index], 0.8);
        for (int i = 0; i < FAULT_CLASS_COUNT; i++) {
            total += rating.probabilities[i];
            if (i >= FAULT_STACKING && i <= FAULT_MULTIPLE) faults += rating.probabilities[i];
        }
        cr_expect_float_eq(total, 1, 1e-6);
        cr_expect_float_eq(rating.fault_probability, faults, 1e-12);
        cr_expect_eq(fault_class_is_fault(rating.class_index), rating.fault_probability > 0.5);
    }
    forest_free(forest);
}

Test(classes, curves_calibrate_and_zeros_say_nothing)
{
    struct forest *forest = grow(FAULT_FOREST_FEATURE_COUNT, FAULT_CLASS_COUNT, fault_class_names());
    double half = 0.5, none = 0, score = 0.5, features[FAULT_FEATURE_COUNT] = {3.5};
    struct isotonic curves[FAULT_CLASS_COUNT];
    struct fault_rating rating;
    for (int i = 0; i < FAULT_CLASS_COUNT; i++)
        curves[i] = (struct isotonic){1, &score, i < 2 ? &half : &none};
    cr_assert_eq(fault_classes_rate(forest, curves, features, NULL, &rating, NULL), FRINGE_OK);
    cr_expect_float_eq(rating.probabilities[FAULT_NONE], 0.5,
                       1e-12); /* both say a half, whatever the forest */
    cr_expect_float_eq(rating.probabilities[FAULT_STACKING], 0.5, 1e-12);
    cr_expect_eq(rating.class_index, FAULT_NONE);
    for (int i = 0; i < 2; i++) curves[i].values = &none;
    cr_assert_eq(fault_classes_rate(forest, curves, features, NULL, &rating, NULL), FRINGE_OK);
    for (int i = 0; i < FAULT_CLASS_COUNT; i++) cr_expect_float_eq(rating.probabilities[i], 0.2, 1e-12);
    forest_free(forest);
}

Test(classes, a_forest_that_does_not_fit_is_refused)
{
    static const char *const other[FAULT_CLASS_COUNT] = {"no fault seen", "twin", "stacking fault",
                                                         "multiply twinned", "cannot be decided"};
    double features[FAULT_FEATURE_COUNT] = {0};
    struct fault_rating rating;
    fringe_error error;
    struct forest *forest = grow(FAULT_FOREST_FEATURE_COUNT - 1, FAULT_CLASS_COUNT, fault_class_names());
    cr_expect_eq(fault_classes_rate(forest, NULL, features, NULL, &rating, &error), FRINGE_MODEL);
    forest_free(forest);
    forest = grow(FAULT_FOREST_FEATURE_COUNT, FAULT_CLASS_COUNT, other);
    cr_expect_eq(fault_classes_rate(forest, NULL, features, NULL, &rating, &error), FRINGE_MODEL);
    cr_expect(strstr(error.message, "stacking fault"), "%s", error.message);
    forest_free(forest);
}
