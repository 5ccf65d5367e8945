#include "faults/fault_classes.h"

#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"

static const struct {
    const char *name;
    int is_seen;
} classes[FRINGE_FAULT_COUNT] = {
#define FAULT_CLASS_ROW(symbol, name, is_seen) {name, is_seen},
    FRINGE_FAULT_LIST(FAULT_CLASS_ROW)
#undef FAULT_CLASS_ROW
};

const char *fringe_fault_name(fringe_fault fault)
{
    return (unsigned)fault < FRINGE_FAULT_COUNT ? classes[fault].name : "unknown";
}

int fringe_fault_is_seen(fringe_fault fault)
{
    return (unsigned)fault < FRINGE_FAULT_COUNT && classes[fault].is_seen;
}

/* The class of a name, FRINGE_FAULT_COUNT where it is none. */
static fringe_fault find_class(const char *name)
{
    int found = 0;
    while (found < FRINGE_FAULT_COUNT && strcmp(classes[found].name, name)) found++;
    return (fringe_fault)found;
}

fringe_status fault_classes_check(const struct forest_package *package, fringe_error *error)
{
    const char *names[FAULT_FOREST_FEATURE_COUNT];
    const struct forest *forest = package->forest;
    for (int i = 0; i < FAULT_FOREST_FEATURE_COUNT; i++) names[i] = fault_feature_name((enum fault_feature)i);
    for (uint32_t i = 0; i < forest->class_count; i++)
        if (find_class(forest->class_names[i]) == FRINGE_FAULT_COUNT)
            return failure_set(error, FRINGE_MODEL,
                               "%s: its class %u is '%.100s'; Fringe's are '%s', '%s', '%s', '%s', '%s'",
                               package->path, (unsigned)i + 1, forest->class_names[i], classes[0].name,
                               classes[1].name, classes[2].name, classes[3].name, classes[4].name);
    return forest_package_require(package, FAULT_FEATURES_VERSION, names, FAULT_FOREST_FEATURE_COUNT, error);
}

static double seen_probability(const double probabilities[FRINGE_FAULT_COUNT])
{
    double sum = 0;
    for (int k = 0; k < FRINGE_FAULT_COUNT; k++) sum += classes[k].is_seen ? probabilities[k] : 0;
    return sum;
}

fringe_fault fault_classes_decide(const double probabilities[FRINGE_FAULT_COUNT])
{
    int kind = -1;
    if (probabilities[FRINGE_FAULT_UNDECIDED] > 0.5) return FRINGE_FAULT_UNDECIDED;
    if (!(seen_probability(probabilities) > probabilities[FRINGE_FAULT_NONE])) return FRINGE_FAULT_NONE;
    for (int k = 0; k < FRINGE_FAULT_COUNT; k++)
        if (classes[k].is_seen && (kind < 0 || probabilities[k] > probabilities[kind])) kind = k;
    return (fringe_fault)kind;
}

static void roll_up(const struct forest *forest, const float *row, fringe_fault_rating *rating)
{
    memset(rating->probabilities, 0, sizeof rating->probabilities);
    for (uint32_t k = 0; k < forest->class_count; k++)
        rating->probabilities[find_class(forest->class_names[k])] += (double)row[k];
    rating->fault_probability = seen_probability(rating->probabilities);
    rating->fault = fault_classes_decide(rating->probabilities);
}

fringe_status fault_classes_rate(const struct forest_package *package, const float *features, size_t count,
                                 const fringe_run *run, fringe_fault_rating *ratings, fringe_error *error)
{
    const struct forest *forest = package->forest;
    float *rows = alloc_array(count * forest->class_count, sizeof *rows);
    if (!rows) return failure_memory(error, "probabilities", count * forest->class_count * sizeof *rows);
    fringe_status status = forest_package_predict(package, features, count, run, rows, error);
    for (size_t i = 0; i < count && !status; i++)
        roll_up(forest, rows + i * forest->class_count, ratings + i);
    alloc_free(rows);
    return status;
}
