/* fault_classes.h - from particles' features to classes with calibrated probabilities. */
#ifndef FAULTS_FAULT_CLASSES_H
#define FAULTS_FAULT_CLASSES_H

#include "faults/fault_features.h"
#include "fringe/faults.h"
#include "model/forest_package.h"

/* Features that the forest sees: all but the published ones, which stand last. */
enum { FAULT_FOREST_FEATURE_COUNT = FEATURE_published_ring_mean };

/* What is to be said. First whether anything can be told: not where that is likelier than all the rest. Then
 * a fault, whichever, or none; of a fault then the likeliest kind. Several kinds that are possible are one
 * fault that is probable. Of those as likely the first of the list is said. */
fringe_fault fault_classes_decide(const double probabilities[FRINGE_FAULT_COUNT]);

/* FRINGE_MODEL where the package's features are not these, or where it knows a class that is none of ours
 * (what it knows is named). It need not know all: one that it does not know is never said. */
fringe_status fault_classes_check(const struct forest_package *package, fringe_error *error);

/* Fills in the classes and probabilities of `count` ratings from rows of FAULT_FOREST_FEATURE_COUNT values.
 * `run` may be NULL. */
fringe_status fault_classes_rate(const struct forest_package *package, const float *features, size_t count,
                                 const fringe_run *run, fringe_fault_rating *ratings, fringe_error *error);

#endif
