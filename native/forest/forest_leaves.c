#include "forest/forest_leaves.h"

#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"

enum { FIRST_SLOTS = 64 };

static uint64_t hash_of(const struct forest_weight *weights, size_t count)
{
    uint64_t hash = count;
    for (size_t i = 0; i < count; i++) {
        uint64_t word;
        memcpy(&word, &weights[i], sizeof word);
        hash = (hash ^ word) * 0x9e3779b97f4a7c15u;
        hash ^= hash >> 32;
    }
    return hash;
}

/* The slot of an equal leaf, or the free one where it belongs. */
static uint32_t *find_slot(const struct forest_leaves *leaves, const struct forest_weight *weights,
                           size_t count)
{
    size_t at = hash_of(weights, count) & (leaves->slot_count - 1);
    for (;; at = (at + 1) & (leaves->slot_count - 1)) {
        uint32_t leaf = leaves->slots[at] - 1;
        if (leaves->slots[at] == 0) return &leaves->slots[at];
        if (leaves->starts[leaf + 1] - leaves->starts[leaf] == count &&
            memcmp(leaves->weights + leaves->starts[leaf], weights, count * sizeof *weights) == 0)
            return &leaves->slots[at];
    }
}

/* Twice the slots, so that at most half of them are taken. */
static int spread(struct forest_leaves *leaves)
{
    struct forest_leaves wider = *leaves;
    wider.slot_count = leaves->slot_count ? 2 * leaves->slot_count : FIRST_SLOTS;
    wider.slots = alloc_array(wider.slot_count, sizeof *wider.slots);
    if (!wider.slots) return 0;
    for (uint32_t leaf = 0; leaf < leaves->count; leaf++) {
        uint32_t start = leaves->starts[leaf];
        *find_slot(&wider, leaves->weights + start, leaves->starts[leaf + 1] - start) = leaf + 1;
    }
    alloc_free(leaves->slots);
    *leaves = wider;
    return 1;
}

static int make_room(struct forest_leaves *leaves, size_t more)
{
    if (leaves->count + 2 > leaves->capacity) {
        size_t capacity = 2 * leaves->capacity + FIRST_SLOTS;
        uint32_t *starts = alloc_resize(leaves->starts, capacity, sizeof *starts);
        if (!starts) return 0;
        if (leaves->count == 0) starts[0] = 0;
        leaves->starts = starts;
        leaves->capacity = capacity;
    }
    if (leaves->weight_count + more >= leaves->weight_capacity) { /* also for a leaf without weights */
        size_t capacity = 2 * leaves->weight_capacity + more + FIRST_SLOTS;
        struct forest_weight *weights = alloc_resize(leaves->weights, capacity, sizeof *weights);
        if (!weights) return 0;
        leaves->weights = weights;
        leaves->weight_capacity = capacity;
    }
    return 2 * leaves->count < leaves->slot_count || spread(leaves);
}

fringe_status forest_leaves_add(struct forest_leaves *leaves, const struct forest_weight *weights,
                                size_t count, uint32_t *leaf, fringe_error *error)
{
    if (leaves->weight_count + count > UINT32_MAX || !make_room(leaves, count))
        return failure_memory(error, "the leaves of a forest", leaves->weight_count * sizeof *weights);
    uint32_t *slot = find_slot(leaves, weights, count);
    if (*slot == 0) {
        memcpy(leaves->weights + leaves->weight_count, weights, count * sizeof *weights);
        leaves->weight_count += count;
        leaves->starts[++leaves->count] = (uint32_t)leaves->weight_count;
        *slot = (uint32_t)leaves->count;
    }
    *leaf = *slot - 1;
    return FRINGE_OK;
}

void forest_leaves_clear(struct forest_leaves *leaves)
{
    alloc_free(leaves->starts);
    alloc_free(leaves->weights);
    alloc_free(leaves->slots);
    *leaves = (struct forest_leaves){0};
}
