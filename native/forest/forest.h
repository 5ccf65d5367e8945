/* forest.h - a forest of decision trees as plain arrays, whoever grew it or wrote its file.
 *
 * Rows are samples, columns are features: a table is (N, F) row-major float. At a split a row goes left where
 * its feature is at most the threshold; a file's other comparisons and double thresholds are brought into
 * this form without changing an answer. Every leaf adds weights to the scores of some classes; scores, summed
 * over the trees in their order, become probabilities as `transform` says. A forest is immutable and may be
 * used by any number of threads.
 */
#ifndef FOREST_FOREST_H
#define FOREST_FOREST_H

#include <stddef.h>
#include <stdint.h>

#include "fringe/status.h"

enum { FOREST_MOST_CLASSES = 1024, FOREST_MOST_FEATURES = 65536 };

/* Instead of a leaf's index, at a split: where a row whose feature is NaN goes. */
static const uint32_t FOREST_NAN_RIGHT = UINT32_MAX, FOREST_NAN_LEFT = UINT32_MAX - 1;

/* 16 bytes, so that the two children, which are neighbours, share a cache line. A leaf is its own child on
 * the left and its threshold infinite: rows that arrive early stay there while others still fall, and no
 * branch asks whether a row has arrived. */
struct forest_node {
    float threshold;
    uint32_t feature; /* 0 at a leaf */
    uint32_t left;    /* the right one is left + 1 */
    uint32_t leaf;    /* FOREST_NAN_RIGHT or FOREST_NAN_LEFT at a split */
};

struct forest_weight {
    uint32_t class_index;
    float weight;
};

/* How scores become probabilities: ONNX's post_transform. */
enum forest_transform {
    FOREST_NONE, /* scores are probabilities: random forests */
    FOREST_LOGISTIC,
    FOREST_SOFTMAX
};

/* Two classes with one score in files: that of class 1. */
enum forest_scores {
    FOREST_EACH,     /* a score for each class */
    FOREST_POSITIVE, /* one score, no weight below 0: class 1 above 0.5, the other's is 1 - score */
    FOREST_SIGNED    /* one score: class 1 above 0, the other's is -score */
};

struct forest {
    uint32_t feature_count, class_count, tree_count;
    size_t node_count, leaf_count;
    uint32_t *roots; /* tree_count indices of nodes */
    struct forest_node *nodes;
    uint32_t *leaf_starts; /* leaf_count + 1: leaf i has weights leaf_starts[i] to leaf_starts[i + 1] */
    struct forest_weight *weights;
    char **class_names; /* class_count texts, never NULL */
    double *base;       /* class_count scores to begin with; all of one score in base[0] */
    enum forest_transform transform;
    enum forest_scores scores;
};

/* A forest with its names copied, base scores 0 and no tree. class_count of 1 to FOREST_MOST_CLASSES and
 * feature_count of 1 to FOREST_MOST_FEATURES, else FRINGE_ARGUMENT. The caller frees *forest. */
fringe_status forest_create(uint32_t feature_count, uint32_t class_count, const char *const *class_names,
                            struct forest **forest, fringe_error *error);

/* Takes room for tree_count roots, node_count nodes, leaf_count leaves and weight_count weights, all zero. */
fringe_status forest_reserve(struct forest *forest, size_t tree_count, size_t node_count, size_t leaf_count,
                             size_t weight_count, fringe_error *error);

/* NULL is accepted. */
void forest_free(struct forest *forest);

#endif
