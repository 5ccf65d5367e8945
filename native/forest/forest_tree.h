/* forest_tree.h - grows one tree. For forest_grow.c, which says what a forest is made of. */
#ifndef FOREST_FOREST_TREE_H
#define FOREST_FOREST_TREE_H

#include "base/rng.h"
#include "forest/forest_bins.h"
#include "forest/forest_leaves.h"
#include "forest/forest_split.h"

/* What all trees share. */
struct forest_ground {
    const struct forest_settings *settings;
    const struct forest_table *table;
    const struct forest_bins *bins; /* histogram splits */
    const float *columns;           /* (F, N); exact splits */
    const double *class_weights;    /* (class_count) */
    uint32_t draw_count;
};

/* Rows of a node that still waits to be split. */
struct forest_waiting {
    size_t begin, end; /* of the samples */
    uint32_t node, depth;
    int gathered; /* 1: the samples' rows count in the bench's `near`, not in the table */
};

/* The memory of one worker, for one tree after the other. */
struct forest_bench {
    uint16_t *counts; /* (N) */
    uint8_t *near; /* steps of the rows of one small node, beside one another: all below it is done in them */
    size_t near_rows;                      /* room */
    struct forest_sample *samples, *spare; /* (N) */
    uint32_t *features;                    /* (F) in an order that the draws change */
    double *class_sums, *class_weights;    /* (class_count) */
    struct forest_weight *weights;         /* (class_count) of one leaf */
    struct forest_splitter splitter;
    struct forest_waiting *waiting;
    size_t waiting_count, waiting_capacity;
};

/* Its indices count from the tree's own first node and leaf. */
struct forest_tree {
    struct forest_node *nodes;
    size_t node_count, node_capacity;
    struct forest_leaves leaves;
    double *importance; /* (F) impurity taken away, weighted */
};

fringe_status forest_bench_create(const struct forest_ground *ground, struct forest_bench *bench,
                                  fringe_error *error);
void forest_bench_clear(struct forest_bench *bench);

/* Grows tree `index`. The caller clears *tree, also after FRINGE_MEMORY. */
fringe_status forest_tree_grow(const struct forest_ground *ground, uint32_t index, struct forest_bench *bench,
                               struct forest_tree *tree, fringe_error *error);
void forest_tree_clear(struct forest_tree *tree);

#endif
