#include "forest/forest.h"

#include "base/alloc.h"
#include "base/failure.h"

fringe_status forest_create(uint32_t feature_count, uint32_t class_count, const char *const *class_names,
                            struct forest **result, fringe_error *error)
{
    *result = NULL;
    if (class_count < 1 || class_count > FOREST_MOST_CLASSES)
        return failure_set(error, FRINGE_ARGUMENT, "a forest of %u classes: 1 to %d are possible",
                           (unsigned)class_count, FOREST_MOST_CLASSES);
    if (feature_count < 1 || feature_count > FOREST_MOST_FEATURES)
        return failure_set(error, FRINGE_ARGUMENT, "a forest of %u features: 1 to %d are possible",
                           (unsigned)feature_count, FOREST_MOST_FEATURES);
    struct forest *forest = alloc_array(1, sizeof *forest);
    if (!forest) return failure_memory(error, "a forest", sizeof *forest);
    forest->feature_count = feature_count;
    forest->class_count = class_count;
    forest->class_names = alloc_array(class_count, sizeof *forest->class_names);
    forest->base = alloc_array(class_count, sizeof *forest->base);
    int named = forest->class_names && forest->base;
    for (uint32_t i = 0; named && i < class_count; i++)
        named = (forest->class_names[i] = alloc_text(class_names[i])) != NULL;
    if (!named) {
        forest_free(forest);
        return failure_memory(error, "the classes of a forest", class_count * sizeof(char *));
    }
    *result = forest;
    return FRINGE_OK;
}

fringe_status forest_reserve(struct forest *forest, size_t tree_count, size_t node_count, size_t leaf_count,
                             size_t weight_count, fringe_error *error)
{
    /* Indices are 32 bits wide, and the last two are taken. */
    const size_t most = UINT32_MAX - 2;
    size_t largest = node_count > weight_count ? node_count : weight_count;
    if (tree_count > most || largest > most || leaf_count > most)
        return failure_set(error, FRINGE_UNSUPPORTED,
                           "a forest of %zu nodes and %zu weights: at most %zu fit", node_count, weight_count,
                           most);
    forest->roots = alloc_array(tree_count, sizeof *forest->roots);
    forest->nodes = alloc_aligned(node_count, sizeof *forest->nodes);
    forest->leaf_starts = alloc_array(leaf_count + 1, sizeof *forest->leaf_starts);
    forest->weights = alloc_array(weight_count, sizeof *forest->weights);
    if (!forest->roots || !forest->nodes || !forest->leaf_starts || !forest->weights)
        return failure_memory(error, "the nodes of a forest", node_count * sizeof *forest->nodes);
    forest->tree_count = (uint32_t)tree_count;
    forest->node_count = node_count;
    forest->leaf_count = leaf_count;
    return FRINGE_OK;
}

void forest_free(struct forest *forest)
{
    if (!forest) return;
    for (uint32_t i = 0; forest->class_names && i < forest->class_count; i++)
        alloc_free(forest->class_names[i]);
    alloc_free(forest->class_names);
    alloc_free(forest->base);
    alloc_free(forest->roots);
    alloc_free(forest->nodes);
    alloc_free(forest->leaf_starts);
    alloc_free(forest->weights);
    alloc_free(forest);
}
