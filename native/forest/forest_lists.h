/* forest_lists.h - a TreeEnsembleClassifier as the parallel lists that its file holds, checked for length.
 *
 * The lists point into the ONNX model. Only their lengths and the modes have been looked at: whether the
 * nodes make trees is forest_onnx_read.c's question.
 */
#ifndef FOREST_FOREST_LISTS_H
#define FOREST_FOREST_LISTS_H

#include "forest/forest.h"
#include "onnx/onnx_model.h"

/* Floats of an attribute, or of the tensor of floats or doubles that stands for it. */
struct forest_reals {
    size_t count;
    const float *floats; /* NULL where they are doubles */
    const double *doubles;
};

static inline double forest_reals_get(const struct forest_reals *reals, size_t i)
{
    return reals->floats ? (double)reals->floats[i] : reals->doubles[i];
}

enum forest_mode { FOREST_LEQ, FOREST_LT, FOREST_GTE, FOREST_GT, FOREST_LEAF };

struct forest_lists {
    size_t count; /* of nodes of all trees */
    const int64_t *trees, *numbers, *features, *true_numbers, *false_numbers;
    const int64_t *missing_true; /* NULL: nowhere */
    const char *const *modes;
    struct forest_reals values;
    size_t weight_count;
    const int64_t *weight_trees, *weight_numbers, *weight_classes;
    struct forest_reals weights, base;
    size_t class_count;
    const int64_t *class_numbers;   /* NULL where classes are texts */
    const char *const *class_texts; /* NULL where classes are numbers */
    const char *transform;
};

/* FRINGE_MODEL where lists are missing or of different lengths. */
fringe_status forest_lists_read(const struct onnx_node *node, struct forest_lists *lists,
                                fringe_error *error);

/* FRINGE_UNSUPPORTED for a mode that is not in the enumeration. */
fringe_status forest_lists_mode(const struct forest_lists *lists, size_t i, enum forest_mode *mode,
                                fringe_error *error);

#endif
