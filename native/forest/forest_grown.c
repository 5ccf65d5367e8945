#include "forest/forest_grown.h"

#include <math.h>

#include "base/alloc.h"
#include "base/failure.h"

fringe_status forest_grown_check(const struct forest_table *table, fringe_error *error)
{
    size_t features = table->feature_count;
    if (table->row_count < 1 || table->row_count > INT32_MAX)
        return failure_set(error, FRINGE_ARGUMENT, "a table of %zu rows: 1 to %ld are possible",
                           table->row_count, (long)INT32_MAX);
    for (size_t row = 0; row < table->row_count; row++) {
        if (table->classes[row] >= table->class_count)
            return failure_set(error, FRINGE_ARGUMENT, "row %zu is of class %u, there are %u", row,
                               (unsigned)table->classes[row], (unsigned)table->class_count);
        for (size_t feature = 0; feature < features; feature++)
            if (!isfinite(table->values[row * features + feature]))
                return failure_set(error, FRINGE_ARGUMENT, "row %zu: feature %zu of %zu is no number", row,
                                   feature, features);
    }
    return FRINGE_OK;
}

/* Adds a tree's nodes behind those that are there, with the leaves that all trees share. */
static fringe_status append_tree(struct forest_tree *tree, struct forest *forest, size_t *node_count,
                                 struct forest_leaves *leaves, fringe_error *error)
{
    uint32_t *shared = alloc_array(tree->leaves.count, sizeof *shared);
    fringe_status status = shared ? FRINGE_OK : failure_memory(error, "a forest", tree->leaves.count);
    for (size_t i = 0; i < tree->leaves.count && !status; i++) {
        uint32_t start = tree->leaves.starts[i];
        status = forest_leaves_add(leaves, tree->leaves.weights + start, tree->leaves.starts[i + 1] - start,
                                   &shared[i], error);
    }
    for (size_t i = 0; i < tree->node_count && !status; i++) {
        struct forest_node node = tree->nodes[i];
        node.left += (uint32_t)*node_count;
        if (node.leaf < FOREST_NAN_LEFT) node.leaf = shared[node.leaf];
        forest->nodes[*node_count + i] = node;
    }
    *node_count += tree->node_count;
    alloc_free(shared);
    return status;
}

fringe_status forest_grown_join(const struct forest_table *table, const char *const *class_names,
                                struct forest_tree *trees, size_t tree_count, struct forest **result,
                                fringe_error *error)
{
    struct forest_leaves leaves = {0};
    struct forest *forest = NULL;
    size_t node_count = 0, at = 0;
    for (size_t i = 0; i < tree_count; i++) node_count += trees[i].node_count;
    *result = NULL;
    fringe_status status =
        forest_create(table->feature_count, table->class_count, class_names, &forest, error);
    if (!status) status = forest_reserve(forest, tree_count, node_count, 0, 0, error);
    for (size_t i = 0; i < tree_count && !status; i++) {
        forest->roots[i] = (uint32_t)at;
        status = append_tree(&trees[i], forest, &at, &leaves, error);
        forest_tree_clear(&trees[i]);
    }
    if (!status) { /* the leaves were not counted before: they replace the empty list */
        alloc_free(forest->leaf_starts);
        alloc_free(forest->weights);
        forest->leaf_count = leaves.count;
        forest->leaf_starts = leaves.starts;
        forest->weights = leaves.weights;
        leaves.starts = NULL, leaves.weights = NULL;
        *result = forest;
        forest = NULL;
    }
    forest_leaves_clear(&leaves);
    forest_free(forest);
    return status;
}
