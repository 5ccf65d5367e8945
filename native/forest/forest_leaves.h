/* forest_leaves.h - the leaves of growing trees, equal ones kept once.
 *
 * Trees that are grown to the end have as many different leaves as there are classes, and millions of them.
 */
#ifndef FOREST_FOREST_LEAVES_H
#define FOREST_FOREST_LEAVES_H

#include "forest/forest.h"

struct forest_leaves {
    size_t count, weight_count;
    uint32_t *starts; /* count + 1: as in struct forest */
    struct forest_weight *weights;
    size_t capacity, weight_capacity, slot_count;
    uint32_t *slots; /* leaf + 1 at the place that its hash says, or behind it; 0: free */
};

/* The index of a leaf with these weights, which is added where there is none. All zero is an empty list.
 * FRINGE_MEMORY. */
fringe_status forest_leaves_add(struct forest_leaves *leaves, const struct forest_weight *weights,
                                size_t count, uint32_t *leaf, fringe_error *error);
void forest_leaves_clear(struct forest_leaves *leaves);

#endif
