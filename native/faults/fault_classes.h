/* fault_classes.h - from a particle's features to a class with a calibrated probability.
 *
 * A forest over the features of fault_features.h without the published ones knows five classes; those of a
 * single crystal with faults, and of a multiply twinned one, roll up to "a fault is seen".
 */
#ifndef FAULTS_FAULT_CLASSES_H
#define FAULTS_FAULT_CLASSES_H

#include "faults/fault_features.h"
#include "forest/forest.h"
#include "forest/isotonic.h"
#include "fringe/run.h"

/* X(symbol, name). A fault counts that lies within 5 degrees of the beam with a trace of 1 nm or more. */
#define FAULT_CLASS_LIST(X)                                                                                  \
    X(FAULT_NONE, "no fault seen")                                                                           \
    X(FAULT_STACKING, "stacking fault")                                                                      \
    X(FAULT_TWIN, "twin")                                                                                    \
    X(FAULT_MULTIPLE, "multiply twinned")   /* two twin planes or more */                                    \
    X(FAULT_UNDECIDED, "cannot be decided") /* the lattice is not resolved */

enum fault_class {
#define FAULT_CLASS_ENUM(symbol, name) symbol,
    FAULT_CLASS_LIST(FAULT_CLASS_ENUM)
#undef FAULT_CLASS_ENUM
        FAULT_CLASS_COUNT
};

/* Features that the forest sees: all but the published ones, which stand last. */
enum { FAULT_FOREST_FEATURE_COUNT = FEATURE_published_ring_mean };

/* Static texts. */
const char *fault_class_name(enum fault_class class_index);
const char *const *fault_class_names(void);

/* 1 for the classes in which a fault is seen. */
int fault_class_is_fault(enum fault_class class_index);

struct fault_rating {
    enum fault_class class_index;            /* the likeliest, the lower of equal ones */
    double probabilities[FAULT_CLASS_COUNT]; /* calibrated; they add up to 1 */
    double fault_probability;                /* of the classes in which a fault is seen */
};

/* Rates one particle. `curves` (may be NULL: as the forest says) calibrates the probability of each class;
 * `run` may be NULL. FRINGE_MODEL where the forest's features or classes are not these, with both numbers or
 * names. */
fringe_status fault_classes_rate(const struct forest *forest, const struct isotonic curves[FAULT_CLASS_COUNT],
                                 const double features[FAULT_FEATURE_COUNT], const fringe_run *run,
                                 struct fault_rating *rating, fringe_error *error);

#endif
