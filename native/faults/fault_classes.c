#include "faults/fault_classes.h"

#include <string.h>

#include "base/failure.h"
#include "forest/forest_predict.h"

static const char *const names[FAULT_CLASS_COUNT] = {
#define FAULT_CLASS_NAME(symbol, name) name,
    FAULT_CLASS_LIST(FAULT_CLASS_NAME)
#undef FAULT_CLASS_NAME
};

const char *fault_class_name(enum fault_class class_index)
{
    return names[class_index];
}

const char *const *fault_class_names(void)
{
    return names;
}

int fault_class_is_fault(enum fault_class class_index)
{
    return class_index == FAULT_STACKING || class_index == FAULT_TWIN || class_index == FAULT_MULTIPLE;
}

static fringe_status check(const struct forest *forest, fringe_error *error)
{
    if (forest->feature_count != FAULT_FOREST_FEATURE_COUNT || forest->class_count != FAULT_CLASS_COUNT)
        return failure_set(error, FRINGE_MODEL,
                           "a forest of %u features and %u classes: faults have %d and %d",
                           (unsigned)forest->feature_count, (unsigned)forest->class_count,
                           (int)FAULT_FOREST_FEATURE_COUNT, (int)FAULT_CLASS_COUNT);
    for (int i = 0; i < FAULT_CLASS_COUNT; i++)
        if (strcmp(forest->class_names[i], names[i]))
            return failure_set(error, FRINGE_MODEL, "class %d of the forest is '%.100s', not '%s'", i,
                               forest->class_names[i], names[i]);
    return FRINGE_OK;
}

fringe_status fault_classes_rate(const struct forest *forest, const struct isotonic curves[FAULT_CLASS_COUNT],
                                 const double features[FAULT_FEATURE_COUNT], const fringe_run *run,
                                 struct fault_rating *rating, fringe_error *error)
{
    float values[FAULT_FOREST_FEATURE_COUNT], scores[FAULT_CLASS_COUNT];
    double total = 0;
    fringe_status status = check(forest, error);
    if (status) return status;
    for (int i = 0; i < FAULT_FOREST_FEATURE_COUNT; i++) values[i] = (float)features[i];
    status = forest_predict(forest, values, 1, run, scores, error);
    if (status) return status;
    *rating = (struct fault_rating){.class_index = FAULT_NONE};
    for (int i = 0; i < FAULT_CLASS_COUNT; i++)
        total += rating->probabilities[i] = curves ? isotonic_apply(curves + i, scores[i]) : scores[i];
    for (int i = 0; i < FAULT_CLASS_COUNT; i++) {
        /* Curves that were fitted one by one may all say 0: then nothing is known. */
        rating->probabilities[i] = total > 0 ? rating->probabilities[i] / total : 1. / FAULT_CLASS_COUNT;
        if (fault_class_is_fault((enum fault_class)i)) rating->fault_probability += rating->probabilities[i];
        if (rating->probabilities[i] > rating->probabilities[rating->class_index])
            rating->class_index = (enum fault_class)i;
    }
    return FRINGE_OK;
}
