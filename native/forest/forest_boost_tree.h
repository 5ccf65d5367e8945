/* forest_boost_tree.h - grows one tree of a boosted forest. For forest_boost.c, which says what it is. */
#ifndef FOREST_FOREST_BOOST_TREE_H
#define FOREST_FOREST_BOOST_TREE_H

#include "forest/forest_boost.h"
#include "forest/forest_grown.h"

/* First and second derivative of the loss by a row's score. */
struct forest_pull {
    double slope, bend;
};

struct forest_boost_ground {
    const struct forest_boost_settings *settings;
    const struct forest_table *table;
    const struct forest_bins *bins;
    uint32_t draw_count, score_count; /* features tried at a split; scores of a row */
    uint32_t leaf_count;              /* of a tree at most: no more than the rows allow */
};

struct forest_boost_split {
    uint32_t feature, step; /* rows up to this step go left */
    double gain;            /* 0: none was found */
};

struct forest_boost_leaf {
    size_t begin, end; /* of the rows */
    uint32_t node;
    struct forest_pull sum;
    struct forest_boost_split split;
};

/* The memory of one worker, for one tree after the other. */
struct forest_boost_bench {
    uint32_t *rows, *spare;           /* (N) */
    uint32_t *features;               /* (F) in an order that the draws change */
    struct forest_boost_leaf *leaves; /* (the ground's leaf_count) */
};

fringe_status forest_boost_bench_create(const struct forest_boost_ground *ground,
                                        struct forest_boost_bench *bench, fringe_error *error);
void forest_boost_bench_clear(struct forest_boost_bench *bench);

/* Grows the tree of one score, and adds its answers to the rows' scores (N, score_count). `pulls` has one for
 * each row. The caller clears *tree, also after FRINGE_MEMORY. */
fringe_status forest_boost_tree_grow(const struct forest_boost_ground *ground, uint32_t round, uint32_t score,
                                     const struct forest_pull *pulls, struct forest_boost_bench *bench,
                                     double *scores, struct forest_tree *tree, fringe_error *error);

#endif
