/* forest_grow.h - random forests from a table.
 *
 * Each tree sees its own draw of the rows and, at each split, its own draw of the features: Breiman, Mach.
 * Learn. 45, 5 (2001), DOI 10.1023/A:1010933404324. Settings mean what they mean in scikit-learn, but for
 * one: least_leaf and least_split count a row as often as it was drawn. Tree t draws from stream t of the
 * seed, so the same table, settings and seed give the same forest for any number of threads.
 */
#ifndef FOREST_FOREST_GROW_H
#define FOREST_FOREST_GROW_H

#include "forest/forest.h"
#include "fringe/run.h"

enum forest_criterion { FOREST_GINI, FOREST_ENTROPY };
enum forest_splits { FOREST_HISTOGRAM, FOREST_EXACT };     /* forest_bins.h; or between any two values */
enum forest_draw { FOREST_SQRT, FOREST_LOG2, FOREST_ALL }; /* features tried at a split, rounded down, >= 1 */

/* What a row counts in the impurity and in a leaf's shares. Balanced: as much as makes all classes weigh the
 * same in the table, or in each tree's own draw. */
enum forest_balance { FOREST_AS_GIVEN, FOREST_BALANCED, FOREST_BALANCED_EACH_TREE };

struct forest_settings {
    uint32_t tree_count;
    enum forest_criterion criterion;
    enum forest_splits splits;
    enum forest_draw draw;
    uint32_t draw_count; /* features tried at a split; 0: as `draw` says */
    enum forest_balance balance;
    const double *class_weights; /* (class_count), above 0, times the balance; NULL: all 1 */
    int bootstrap;               /* 1: draw N of N rows with replacement; 0: each tree sees all */
    uint32_t most_depth;         /* 0: no limit */
    uint32_t least_split;        /* fewer rows are not split: 2 or more */
    uint32_t least_leaf;         /* no leaf has fewer: 1 or more */
    uint64_t seed;
};

/* 100 trees, Gini, histogram, square root, bootstrap, split as far as can be, seed 0. */
void forest_settings_init(struct forest_settings *settings);

/* Samples and their classes. Nothing is owned. */
struct forest_table {
    const float *values; /* (row_count, feature_count), all finite */
    const uint16_t *classes;
    size_t row_count;
    uint32_t feature_count, class_count;
};

/* Grows a forest. `importance` (may be NULL) takes feature_count shares, which sum to 1: by how much each
 * feature's splits lowered the impurity, mean over the trees (all 0 where no tree has a split).
 * FRINGE_ARGUMENT names the setting or the row that cannot be; FRINGE_CANCELLED; FRINGE_MEMORY. The caller
 * frees *forest. */
fringe_status forest_grow(const struct forest_settings *settings, const struct forest_table *table,
                          const char *const *class_names, const fringe_run *run, struct forest **forest,
                          double *importance, fringe_error *error);

/* How often tree `tree` has drawn each row: counts[row_count]. What forest_grow itself uses, so that the rows
 * that a tree has not seen can be found again. */
void forest_grow_counts(const struct forest_settings *settings, size_t row_count, uint32_t tree,
                        uint16_t *counts);

#endif
