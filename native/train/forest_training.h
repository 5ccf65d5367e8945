/* forest_training.h - from a recipe and its rows to a package with a forest.
 *
 * The folder holds forest.onnx, rdf.yaml with the features and the calibration (model/forest_package.h reads
 * it), the recipe, and a card with the out-of-bag confusion and the features' importance. rdf.yaml is written
 * last: where it lies, all else is complete. No file holds a date: the same recipe and rows give the same
 * bytes.
 */
#ifndef TRAIN_FOREST_TRAINING_H
#define TRAIN_FOREST_TRAINING_H

#include "fringe/run.h"
#include "train/forest_recipe.h"

/* Trains into `directory`, which is made where it is missing. FRINGE_EXISTS where a finished package lies
 * there, unless `overwrite`. */
fringe_status forest_training_run(const struct forest_recipe *recipe, const char *directory, int overwrite,
                                  const fringe_run *run, fringe_error *error);

#endif
