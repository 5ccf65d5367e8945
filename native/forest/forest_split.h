/* forest_split.h - the best threshold of one feature for the rows of one node.
 *
 * Maximised is the weighted impurity that a split takes away, up to a constant: for Gini sum l_k^2 / L + sum
 * r_k^2 / R, for entropy sum l_k ln(l_k / L) + sum r_k ln(r_k / R), where l_k and r_k are the weights of
 * class k to the left and right, L and R their sums. Of equal thresholds the lowest wins.
 */
#ifndef FOREST_FOREST_SPLIT_H
#define FOREST_FOREST_SPLIT_H

#include "forest/forest_grow.h"

/* A drawn row, in 8 bytes that move together. */
struct forest_sample {
    uint32_t row;
    uint16_t class_index;
    uint16_t count; /* how often it was drawn, 1 or more */
};

enum {
    FOREST_SPLIT_FEATURES = 8
}; /* looked at in one passage over the rows: their histograms fit the cache */

/* What does not change from node to node, and the memory of one worker. */
struct forest_splitter {
    enum forest_criterion criterion;
    uint32_t class_count, least_leaf;
    const double *class_weights; /* (class_count) */
    uint32_t *histograms; /* (FOREST_SPLIT_FEATURES, FOREST_BIN_COUNT, class_count) drawn rows; all 0 between
                             calls */
    double *left, *right; /* (class_count) weights beside the threshold that is looked at */
    uint64_t *keys, *spare_keys; /* room for all samples; exact splits alone */
};

/* The rows of a node. */
struct forest_node_rows {
    const struct forest_sample *samples;
    size_t count;
    uint64_t drawn;           /* sum of the samples' counts */
    const double *class_sums; /* (class_count) weights */
    const uint8_t *steps;     /* (rows, feature_count) of the bins; histogram splits */
    size_t feature_count;
};

struct forest_threshold {
    uint32_t feature;
    double score;  /* -INFINITY: no threshold was found */
    float value;   /* of the feature; exact splits */
    uint32_t step; /* rows up to this step go left; histogram splits */
    int constant;  /* 1: all rows have the same value */
};

/* The score of a node that is not split, on the same scale. */
double forest_split_unsplit(const struct forest_splitter *splitter, const double *class_sums);

/* Looks at 1 to FOREST_SPLIT_FEATURES features, named in found[].feature; the rest of found is filled in. */
void forest_split_histogram(const struct forest_splitter *splitter, const struct forest_node_rows *rows,
                            struct forest_threshold *found, int found_count);

/* Looks at found->feature, whose values, one for each row of the table, are given. */
void forest_split_exact(const struct forest_splitter *splitter, const struct forest_node_rows *rows,
                        const float *values, struct forest_threshold *found);

#endif
