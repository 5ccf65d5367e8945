/* forest_grown.h - what growing has before and behind it, however the trees are grown. */
#ifndef FOREST_FOREST_GROWN_H
#define FOREST_FOREST_GROWN_H

#include "forest/forest_grow.h"
#include "forest/forest_tree.h"

/* FRINGE_ARGUMENT names the row that cannot be. */
fringe_status forest_grown_check(const struct forest_table *table, fringe_error *error);

/* One forest out of trees, which are cleared one by one. Base, transform and scores are those of
 * forest_create. The caller frees *forest. */
fringe_status forest_grown_join(const struct forest_table *table, const char *const *class_names,
                                struct forest_tree *trees, size_t tree_count, struct forest **forest,
                                fringe_error *error);

#endif
