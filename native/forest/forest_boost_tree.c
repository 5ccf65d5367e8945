#include "forest/forest_boost_tree.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"

/* Added to a leaf's second derivatives: leaves of few rows answer with less. */
#define RIDGE 1.0

/* A leaf whose second derivatives sum to less is sure already. */
#define LEAST_BEND 1e-3

fringe_status forest_boost_bench_create(const struct forest_boost_ground *ground,
                                        struct forest_boost_bench *bench, fringe_error *error)
{
    size_t rows = ground->table->row_count;
    bench->rows = alloc_array(rows, sizeof *bench->rows);
    bench->spare = alloc_array(rows, sizeof *bench->spare);
    bench->features = alloc_array(ground->table->feature_count, sizeof *bench->features);
    bench->leaves = alloc_array(ground->leaf_count, sizeof *bench->leaves);
    if (bench->rows && bench->spare && bench->features && bench->leaves) return FRINGE_OK;
    return failure_memory(error, "a tree to grow", 2 * rows * sizeof *bench->rows);
}

void forest_boost_bench_clear(struct forest_boost_bench *bench)
{
    alloc_free(bench->rows);
    alloc_free(bench->spare);
    alloc_free(bench->features);
    alloc_free(bench->leaves);
    *bench = (struct forest_boost_bench){0};
}

/* What a leaf's best answer takes off the loss, twice. */
static double worth(struct forest_pull sum)
{
    return sum.slope * sum.slope / (sum.bend + RIDGE);
}

static struct forest_pull less(struct forest_pull a, struct forest_pull b)
{
    return (struct forest_pull){a.slope - b.slope, a.bend - b.bend};
}

/* The best threshold of one feature, where it is better than *best. */
static void try_feature(const struct forest_boost_ground *ground, const struct forest_boost_bench *bench,
                        const struct forest_boost_leaf *leaf, const struct forest_pull *pulls,
                        uint32_t feature, struct forest_boost_split *best)
{
    struct forest_pull sums[FOREST_BIN_COUNT] = {{0}}, left = {0};
    uint32_t counts[FOREST_BIN_COUNT] = {0};
    size_t width = ground->table->feature_count, below = 0, least = ground->settings->least_leaf;
    const uint8_t *steps = ground->bins->steps + feature;
    for (size_t i = leaf->begin; i < leaf->end; i++) {
        uint32_t row = bench->rows[i], step = steps[row * width];
        sums[step].slope += pulls[row].slope;
        sums[step].bend += pulls[row].bend;
        counts[step]++;
    }
    for (uint32_t step = 0; step + 1 < FOREST_BIN_COUNT; step++) {
        if (!counts[step]) continue;
        left.slope += sums[step].slope;
        left.bend += sums[step].bend;
        below += counts[step];
        size_t above = leaf->end - leaf->begin - below;
        if (above < least) break;
        struct forest_pull right = less(leaf->sum, left);
        if (below < least || left.bend < LEAST_BEND || right.bend < LEAST_BEND) continue;
        double gain = worth(left) + worth(right) - worth(leaf->sum);
        if (gain > best->gain) *best = (struct forest_boost_split){feature, step, gain};
    }
}

static void find_split(const struct forest_boost_ground *ground, const struct forest_boost_bench *bench,
                       const struct forest_pull *pulls, struct rng *rng, struct forest_boost_leaf *leaf)
{
    uint32_t feature_count = ground->table->feature_count;
    leaf->split = (struct forest_boost_split){0};
    if ((leaf->end - leaf->begin) / 2 < ground->settings->least_leaf) return;
    for (uint32_t tried = 0; tried < ground->draw_count; tried++) {
        uint32_t at = tried + rng_below(rng, feature_count - tried), feature = bench->features[at];
        bench->features[at] = bench->features[tried];
        bench->features[tried] = feature;
        try_feature(ground, bench, leaf, pulls, feature, &leaf->split);
    }
}

/* Rows that go left stand before the others afterwards; both keep their order. */
static size_t part_rows(const struct forest_boost_ground *ground, const struct forest_boost_bench *bench,
                        const struct forest_boost_leaf *leaf)
{
    const uint8_t *steps = ground->bins->steps + leaf->split.feature;
    size_t left = leaf->begin, right = 0, width = ground->table->feature_count;
    for (size_t i = leaf->begin; i < leaf->end; i++) {
        uint32_t row = bench->rows[i];
        if (steps[row * width] <= leaf->split.step)
            bench->rows[left++] = row;
        else
            bench->spare[right++] = row;
    }
    memcpy(bench->rows + left, bench->spare, right * sizeof *bench->rows);
    return left;
}

static void sum_pulls(const struct forest_boost_bench *bench, const struct forest_pull *pulls,
                      struct forest_boost_leaf *leaf)
{
    leaf->sum = (struct forest_pull){0};
    for (size_t i = leaf->begin; i < leaf->end; i++) {
        leaf->sum.slope += pulls[bench->rows[i]].slope;
        leaf->sum.bend += pulls[bench->rows[i]].bend;
    }
}

/* Splits a leaf; its left half takes its place, its right one comes behind the others. */
static void split_leaf(const struct forest_boost_ground *ground, const struct forest_boost_bench *bench,
                       struct forest_boost_leaf *leaf, struct forest_boost_leaf *behind,
                       struct forest_tree *tree)
{
    uint32_t feature = leaf->split.feature, left = (uint32_t)tree->node_count;
    float threshold = ground->bins->edges[(size_t)feature * FOREST_BIN_COUNT + leaf->split.step];
    tree->nodes[leaf->node] = (struct forest_node){threshold, feature, left, FOREST_NAN_RIGHT};
    tree->importance[feature] += leaf->split.gain;
    tree->node_count += 2;
    size_t middle = part_rows(ground, bench, leaf);
    *behind = (struct forest_boost_leaf){.begin = middle, .end = leaf->end, .node = left + 1};
    *leaf = (struct forest_boost_leaf){.begin = leaf->begin, .end = middle, .node = left};
}

/* A Newton step, in floats as the file has it: the next round corrects what is really said. */
static fringe_status answer(const struct forest_boost_ground *ground, const struct forest_boost_bench *bench,
                            const struct forest_boost_leaf *leaf, uint32_t score, double *scores,
                            struct forest_tree *tree, fringe_error *error)
{
    struct forest_weight weight = {
        score, (float)(-ground->settings->rate * leaf->sum.slope / (leaf->sum.bend + RIDGE))};
    uint32_t index;
    for (size_t i = leaf->begin; i < leaf->end; i++)
        scores[(size_t)bench->rows[i] * ground->score_count + score] += (double)weight.weight;
    fringe_status status = forest_leaves_add(&tree->leaves, &weight, 1, &index, error);
    tree->nodes[leaf->node] = (struct forest_node){INFINITY, 0, leaf->node, index};
    return status;
}

fringe_status forest_boost_tree_grow(const struct forest_boost_ground *ground, uint32_t round, uint32_t score,
                                     const struct forest_pull *pulls, struct forest_boost_bench *bench,
                                     double *scores, struct forest_tree *tree, fringe_error *error)
{
    const struct forest_table *table = ground->table;
    struct rng all = rng_from_seed(ground->settings->seed), of_round = rng_split(&all, round),
               rng = rng_split(&of_round, score);
    struct forest_boost_leaf *leaves = bench->leaves;
    uint32_t count = 1;
    fringe_status status = FRINGE_OK;
    tree->node_capacity = 2 * (size_t)ground->leaf_count;
    tree->nodes = alloc_array(tree->node_capacity, sizeof *tree->nodes);
    tree->importance = alloc_array(table->feature_count, sizeof *tree->importance);
    if (!tree->nodes || !tree->importance)
        return failure_memory(error, "the nodes of a tree", tree->node_capacity * sizeof *tree->nodes);
    for (size_t i = 0; i < table->row_count; i++) bench->rows[i] = (uint32_t)i;
    for (uint32_t f = 0; f < table->feature_count; f++) bench->features[f] = f;
    tree->node_count = 1;
    leaves[0] = (struct forest_boost_leaf){.end = table->row_count};
    sum_pulls(bench, pulls, leaves);
    find_split(ground, bench, pulls, &rng, leaves);
    while (count < ground->leaf_count) {
        uint32_t best = 0;
        for (uint32_t i = 1; i < count; i++)
            if (leaves[i].split.gain > leaves[best].split.gain) best = i;
        if (!(leaves[best].split.gain > 0)) break;
        split_leaf(ground, bench, leaves + best, leaves + count, tree);
        struct forest_boost_leaf *halves[2] = {leaves + best, leaves + count++};
        for (int k = 0; k < 2; k++) {
            sum_pulls(bench, pulls, halves[k]);
            find_split(ground, bench, pulls, &rng, halves[k]);
        }
    }
    for (uint32_t i = 0; i < count && !status; i++)
        status = answer(ground, bench, leaves + i, score, scores, tree, error);
    return status;
}
