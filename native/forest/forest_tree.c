#include "forest/forest_tree.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"

enum { NEAR_BYTES = 1 << 17 }; /* of a second cache of 256 kB or more */

/* The streams of one tree, so that a change of the settings leaves the drawn rows as they were. */
enum { STREAM_ROWS, STREAM_FEATURES };

static struct rng stream_of(const struct forest_settings *settings, uint32_t tree, uint64_t stream)
{
    struct rng forest = rng_from_seed(settings->seed), own = rng_split(&forest, tree);
    return rng_split(&own, stream);
}

void forest_grow_counts(const struct forest_settings *settings, size_t row_count, uint32_t tree,
                        uint16_t *counts)
{
    struct rng rng = stream_of(settings, tree, STREAM_ROWS);
    for (size_t i = 0; i < row_count; i++) counts[i] = !settings->bootstrap;
    for (size_t i = 0; settings->bootstrap && i < row_count; i++) {
        uint32_t row;
        do row = rng_below(&rng, (uint32_t)row_count);
        while (counts[row] == UINT16_MAX);
        counts[row]++;
    }
}

fringe_status forest_bench_create(const struct forest_ground *ground, struct forest_bench *bench,
                                  fringe_error *error)
{
    size_t rows = ground->table->row_count, classes = ground->table->class_count;
    int is_exact = ground->settings->splits == FOREST_EXACT;
    struct forest_splitter *splitter = &bench->splitter;
    bench->counts = alloc_array(rows, sizeof *bench->counts);
    bench->near_rows = NEAR_BYTES / ground->table->feature_count;
    bench->near = alloc_aligned(bench->near_rows, ground->table->feature_count);
    bench->samples = alloc_array(rows, sizeof *bench->samples);
    bench->spare = alloc_array(rows, sizeof *bench->spare);
    bench->features = alloc_array(ground->table->feature_count, sizeof *bench->features);
    bench->class_sums = alloc_array(classes, sizeof *bench->class_sums);
    bench->class_weights = alloc_array(classes, sizeof *bench->class_weights);
    bench->weights = alloc_array(classes, sizeof *bench->weights);
    *splitter = (struct forest_splitter){.criterion = ground->settings->criterion,
                                         .class_count = ground->table->class_count,
                                         .least_leaf = ground->settings->least_leaf,
                                         .class_weights = bench->class_weights};
    splitter->histograms =
        alloc_array(FOREST_SPLIT_FEATURES * FOREST_BIN_COUNT * classes, sizeof *splitter->histograms);
    splitter->left = alloc_array(classes, sizeof *splitter->left);
    splitter->right = alloc_array(classes, sizeof *splitter->right);
    splitter->keys = alloc_array(is_exact ? rows : 0, sizeof *splitter->keys);
    splitter->spare_keys = alloc_array(is_exact ? rows : 0, sizeof *splitter->keys);
    if (!bench->counts || !bench->near || !bench->samples || !bench->spare || !bench->features ||
        !bench->class_sums || !bench->class_weights || !bench->weights || !splitter->histograms ||
        !splitter->left || !splitter->right || !splitter->keys || !splitter->spare_keys)
        return failure_memory(error, "a tree to grow", rows * sizeof *bench->samples);
    return FRINGE_OK;
}

void forest_bench_clear(struct forest_bench *bench)
{
    alloc_free(bench->counts);
    alloc_free(bench->near);
    alloc_free(bench->samples);
    alloc_free(bench->spare);
    alloc_free(bench->features);
    alloc_free(bench->class_sums);
    alloc_free(bench->class_weights);
    alloc_free(bench->weights);
    alloc_free(bench->splitter.histograms);
    alloc_free(bench->splitter.left);
    alloc_free(bench->splitter.right);
    alloc_free(bench->splitter.keys);
    alloc_free(bench->splitter.spare_keys);
    alloc_free(bench->waiting);
    *bench = (struct forest_bench){0};
}

void forest_tree_clear(struct forest_tree *tree)
{
    alloc_free(tree->nodes);
    alloc_free(tree->importance);
    forest_leaves_clear(&tree->leaves);
    *tree = (struct forest_tree){0};
}

/* Draws the tree's rows; the number of different ones. */
static size_t draw_rows(const struct forest_ground *ground, uint32_t index, struct forest_bench *bench)
{
    const struct forest_table *table = ground->table;
    size_t count = 0;
    forest_grow_counts(ground->settings, table->row_count, index, bench->counts);
    for (size_t row = 0; row < table->row_count; row++)
        if (bench->counts[row])
            bench->samples[count++] =
                (struct forest_sample){(uint32_t)row, table->classes[row], bench->counts[row]};
    return count;
}

static void weigh_classes(const struct forest_ground *ground, size_t sample_count, struct forest_bench *bench)
{
    uint32_t classes = ground->table->class_count;
    memcpy(bench->class_weights, ground->class_weights, classes * sizeof *bench->class_weights);
    if (ground->settings->balance != FOREST_BALANCED_EACH_TREE) return;
    double drawn = 0, *per_class = bench->class_sums;
    memset(per_class, 0, classes * sizeof *per_class);
    for (size_t i = 0; i < sample_count; i++) {
        per_class[bench->samples[i].class_index] += bench->samples[i].count;
        drawn += bench->samples[i].count;
    }
    for (uint32_t k = 0; k < classes; k++)
        if (per_class[k] > 0) bench->class_weights[k] *= drawn / (classes * per_class[k]);
}

/* Room for two more nodes and their rows. */
static fringe_status make_room(struct forest_bench *bench, struct forest_tree *tree, fringe_error *error)
{
    enum { FIRST = 256 };
    if (tree->node_count + 2 > tree->node_capacity) {
        size_t capacity = 2 * tree->node_capacity + FIRST;
        struct forest_node *nodes = alloc_resize(tree->nodes, capacity, sizeof *nodes);
        if (!nodes) return failure_memory(error, "the nodes of a tree", capacity * sizeof *nodes);
        tree->nodes = nodes;
        tree->node_capacity = capacity;
    }
    if (bench->waiting_count + 2 > bench->waiting_capacity) {
        size_t capacity = 2 * bench->waiting_capacity + FIRST;
        struct forest_waiting *waiting = alloc_resize(bench->waiting, capacity, sizeof *waiting);
        if (!waiting) return failure_memory(error, "the nodes of a tree", capacity * sizeof *waiting);
        bench->waiting = waiting;
        bench->waiting_capacity = capacity;
    }
    return FRINGE_OK;
}

/* Draws the next feature that this node has not tried: those before `tried` in the list. */
static uint32_t draw_feature(uint32_t *features, uint32_t feature_count, uint32_t tried, struct rng *rng)
{
    uint32_t at = tried + rng_below(rng, feature_count - tried), feature = features[at];
    features[at] = features[tried];
    return features[tried] = feature;
}

/* Tries features in random order until draw_count were tried and one of them was not constant. */
static void find_split(const struct forest_ground *ground, const struct forest_bench *bench,
                       const struct forest_node_rows *rows, struct rng *rng, struct forest_threshold *best)
{
    struct forest_threshold found[FOREST_SPLIT_FEATURES];
    uint32_t feature_count = ground->table->feature_count, constant = 0, tried = 0;
    while (tried < feature_count && (tried < ground->draw_count || constant == tried)) {
        int count = 0;
        do found[count++].feature = draw_feature(bench->features, feature_count, tried++, rng);
        while (tried < ground->draw_count && count < FOREST_SPLIT_FEATURES);
        if (ground->settings->splits == FOREST_HISTOGRAM)
            forest_split_histogram(&bench->splitter, rows, found, count);
        for (int i = 0; i < count; i++) {
            if (ground->settings->splits == FOREST_EXACT)
                forest_split_exact(&bench->splitter, rows,
                                   ground->columns + found[i].feature * ground->table->row_count, &found[i]);
            constant += (uint32_t)found[i].constant;
            if (found[i].score > best->score) *best = found[i];
        }
    }
}

/* Rows that go left stand before the others afterwards; both keep their order, so that memory is read
 * forwards further down. Both places are written each time: which way a row goes cannot be foretold. */
static size_t part_rows(const struct forest_ground *ground, const struct forest_bench *bench,
                        const struct forest_node_rows *rows, const struct forest_waiting *at,
                        const struct forest_threshold *split)
{
    struct forest_sample *samples = bench->samples, *spare = bench->spare;
    int is_exact = ground->settings->splits == FOREST_EXACT;
    const uint8_t *steps = is_exact ? NULL : rows->steps + split->feature;
    const float *values = is_exact ? ground->columns + split->feature * ground->table->row_count : NULL;
    size_t left = at->begin, right = 0;
    for (size_t i = at->begin; i < at->end; i++) {
        struct forest_sample sample = samples[i];
        int goes_left = is_exact ? values[sample.row] <= split->value
                                 : steps[sample.row * rows->feature_count] <= split->step;
        samples[left] = spare[right] = sample;
        left += (size_t)goes_left;
        right += (size_t)!goes_left;
    }
    memcpy(samples + left, spare, right * sizeof *samples);
    return left;
}

/* Lays the rows of a node beside one another: what is below it finds them in the nearest caches. */
static void gather_rows(const struct forest_ground *ground, struct forest_bench *bench,
                        struct forest_waiting *at)
{
    enum { AHEAD = 8 };
    size_t width = ground->table->feature_count;
    const uint8_t *steps = ground->bins->steps;
    for (size_t i = at->begin; i < at->end; i++) {
        struct forest_sample *sample = bench->samples + i;
        if (i + AHEAD < at->end) __builtin_prefetch(steps + sample[AHEAD].row * width);
        memcpy(bench->near + (i - at->begin) * width, steps + sample->row * width, width);
        sample->row = (uint32_t)(i - at->begin);
    }
    at->gathered = 1;
}

/* Two classes have one score, that of class 1: what files of such forests hold. */
static fringe_status end_in_leaf(const struct forest_ground *ground, const struct forest_bench *bench,
                                 uint32_t node, struct forest_tree *tree, fringe_error *error)
{
    uint32_t classes = ground->table->class_count, first = classes == 2;
    const double *sums = bench->class_sums;
    double all = 0;
    size_t count = 0;
    uint32_t leaf;
    for (uint32_t k = 0; k < classes; k++) all += sums[k];
    for (uint32_t k = first; k < classes; k++)
        if (sums[k] > 0)
            bench->weights[count++] =
                (struct forest_weight){k - first, (float)(sums[k] / all / ground->settings->tree_count)};
    fringe_status status = forest_leaves_add(&tree->leaves, bench->weights, count, &leaf, error);
    tree->nodes[node] = (struct forest_node){INFINITY, 0, node, leaf};
    return status;
}

/* Splits one node, or ends it in a leaf. */
static fringe_status settle(const struct forest_ground *ground, struct forest_bench *bench, struct rng *rng,
                            struct forest_waiting *at, struct forest_tree *tree, fringe_error *error)
{
    const struct forest_settings *settings = ground->settings;
    struct forest_node_rows rows = {.samples = bench->samples + at->begin,
                                    .count = at->end - at->begin,
                                    .class_sums = bench->class_sums,
                                    .feature_count = ground->table->feature_count};
    struct forest_threshold split = {.score = -INFINITY};
    uint32_t present = 0, classes = ground->table->class_count;
    memset(bench->class_sums, 0, classes * sizeof *bench->class_sums);
    for (size_t i = 0; i < rows.count; i++) {
        bench->class_sums[rows.samples[i].class_index] += rows.samples[i].count;
        rows.drawn += rows.samples[i].count;
    }
    for (uint32_t k = 0; k < classes; k++) {
        present += bench->class_sums[k] > 0;
        bench->class_sums[k] *= bench->class_weights[k];
    }
    int may_split = present > 1 && rows.drawn >= settings->least_split &&
                    rows.drawn / 2 >= settings->least_leaf &&
                    (settings->most_depth == 0 || at->depth < settings->most_depth);
    if (may_split && settings->splits == FOREST_HISTOGRAM) {
        if (!at->gathered && rows.count <= bench->near_rows) gather_rows(ground, bench, at);
        rows.steps = at->gathered ? bench->near : ground->bins->steps;
    }
    if (may_split) find_split(ground, bench, &rows, rng, &split);
    if (!(split.score > -INFINITY)) return end_in_leaf(ground, bench, at->node, tree, error);
    fringe_status status = make_room(bench, tree, error);
    if (status) return status;
    tree->importance[split.feature] +=
        split.score - forest_split_unsplit(&bench->splitter, bench->class_sums);
    float value = settings->splits == FOREST_EXACT
                      ? split.value
                      : ground->bins->edges[split.feature * FOREST_BIN_COUNT + split.step];
    uint32_t left = (uint32_t)tree->node_count;
    tree->node_count += 2;
    tree->nodes[at->node] = (struct forest_node){value, split.feature, left, FOREST_NAN_RIGHT};
    size_t middle = part_rows(ground, bench, &rows, at, &split);
    bench->waiting[bench->waiting_count++] =
        (struct forest_waiting){middle, at->end, left + 1, at->depth + 1, at->gathered};
    bench->waiting[bench->waiting_count++] =
        (struct forest_waiting){at->begin, middle, left, at->depth + 1, at->gathered};
    return FRINGE_OK;
}

/* Depth first: the rows of a small node are still in the cache when its children are split, and a subtree
 * lies in one piece for those who walk down it. */
fringe_status forest_tree_grow(const struct forest_ground *ground, uint32_t index, struct forest_bench *bench,
                               struct forest_tree *tree, fringe_error *error)
{
    struct rng rng = stream_of(ground->settings, index, STREAM_FEATURES);
    uint32_t feature_count = ground->table->feature_count;
    tree->importance = alloc_array(feature_count, sizeof *tree->importance);
    if (!tree->importance) return failure_memory(error, "a tree", feature_count * sizeof(double));
    bench->waiting_count = 0;
    fringe_status status = make_room(bench, tree, error);
    if (status) return status;
    size_t count = draw_rows(ground, index, bench);
    weigh_classes(ground, count, bench);
    for (uint32_t i = 0; i < feature_count; i++) bench->features[i] = i;
    tree->node_count = 1;
    bench->waiting[bench->waiting_count++] = (struct forest_waiting){0, count, 0, 0, 0};
    while (bench->waiting_count > 0 && !status) {
        struct forest_waiting at = bench->waiting[--bench->waiting_count];
        status = settle(ground, bench, &rng, &at, tree, error);
    }
    return status;
}
