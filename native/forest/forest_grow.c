#include "forest/forest_grow.h"

#include <math.h>
#include <stdatomic.h>
#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "base/run_state.h"
#include "forest/forest_grown.h"

enum { TRANSPOSED_ROWS = 64 };

/* One growing of one forest. */
struct growing {
    struct forest_ground ground;
    struct forest_bins bins;
    float *columns;
    double *class_weights;
    struct forest_bench *benches; /* one per worker */
    size_t bench_count;
    struct forest_tree *trees;
    const fringe_run *run;
    atomic_uint done;
    atomic_int starved;
};

void forest_settings_init(struct forest_settings *settings)
{
    *settings =
        (struct forest_settings){.tree_count = 100, .bootstrap = 1, .least_split = 2, .least_leaf = 1};
}

static fringe_status check_settings(const struct forest_settings *settings, const struct forest_table *table,
                                    fringe_error *error)
{
    if (settings->tree_count < 1)
        return failure_set(error, FRINGE_ARGUMENT, "a forest of %u trees: at least 1 is needed",
                           (unsigned)settings->tree_count);
    if (settings->draw_count > table->feature_count)
        return failure_set(error, FRINGE_ARGUMENT, "%u features to try at a split, the table has %u",
                           (unsigned)settings->draw_count, (unsigned)table->feature_count);
    if (settings->least_split < 2 || settings->least_leaf < 1)
        return failure_set(error, FRINGE_ARGUMENT,
                           "least rows of a split %u and of a leaf %u: at least 2 and 1",
                           (unsigned)settings->least_split, (unsigned)settings->least_leaf);
    for (uint32_t k = 0; settings->class_weights && k < table->class_count; k++)
        if (!(settings->class_weights[k] > 0 && isfinite(settings->class_weights[k])))
            return failure_set(error, FRINGE_ARGUMENT, "the weight of class %u is not above 0", (unsigned)k);
    return FRINGE_OK;
}

static uint32_t draw_count_of(const struct forest_settings *settings, uint32_t feature_count)
{
    if (settings->draw_count > 0) return settings->draw_count;
    double count = settings->draw == FOREST_SQRT   ? sqrt(feature_count)
                   : settings->draw == FOREST_LOG2 ? log2(feature_count)
                                                   : feature_count;
    return count < 1 ? 1 : (uint32_t)count;
}

/* What a row of each class counts; without rows of a class its weight is never looked at. */
static void weigh_classes(const struct forest_settings *settings, const struct forest_table *table,
                          double *weights)
{
    for (uint32_t k = 0; k < table->class_count; k++) weights[k] = 0;
    for (size_t row = 0; row < table->row_count; row++) weights[table->classes[row]]++;
    for (uint32_t k = 0; k < table->class_count; k++) {
        double balance = settings->balance == FOREST_BALANCED && weights[k] > 0
                             ? (double)table->row_count / (table->class_count * weights[k])
                             : 1;
        weights[k] = balance * (settings->class_weights ? settings->class_weights[k] : 1);
    }
}

static void transpose_rows(void *context, size_t chunk, int worker)
{
    const struct growing *growing = context;
    const struct forest_table *table = growing->ground.table;
    size_t begin = chunk * TRANSPOSED_ROWS, features = table->feature_count, rows = table->row_count;
    size_t end = rows - begin < TRANSPOSED_ROWS ? rows : begin + TRANSPOSED_ROWS;
    (void)worker;
    for (size_t feature = 0; feature < features; feature++)
        for (size_t row = begin; row < end; row++)
            growing->columns[feature * rows + row] = table->values[row * features + feature];
}

/* The table as the splits want it. */
static fringe_status lay_ground(struct growing *growing, fringe_error *error)
{
    const struct forest_table *table = growing->ground.table;
    const struct forest_settings *settings = growing->ground.settings;
    size_t chunks = (table->row_count + TRANSPOSED_ROWS - 1) / TRANSPOSED_ROWS;
    growing->class_weights = alloc_array(table->class_count, sizeof *growing->class_weights);
    if (!growing->class_weights) return failure_memory(error, "a forest", table->class_count);
    weigh_classes(settings, table, growing->class_weights);
    growing->ground.class_weights = growing->class_weights;
    growing->ground.draw_count = draw_count_of(settings, table->feature_count);
    growing->ground.bins = &growing->bins;
    if (settings->splits == FOREST_HISTOGRAM)
        return forest_bins_make(table->values, table->row_count, table->feature_count, settings->seed,
                                growing->run, &growing->bins, error);
    growing->columns = alloc_aligned(table->feature_count, table->row_count * sizeof *growing->columns);
    if (!growing->columns)
        return failure_memory(error, "a table by columns",
                              (unsigned long long)table->feature_count * table->row_count * sizeof(float));
    growing->ground.columns = growing->columns;
    return run_state_parallel(growing->run, chunks, transpose_rows, growing, error);
}

static void grow_one(void *context, size_t index, int worker)
{
    struct growing *growing = context;
    if (forest_tree_grow(&growing->ground, (uint32_t)index, &growing->benches[worker], &growing->trees[index],
                         NULL))
        atomic_store(&growing->starved, 1);
    unsigned done = atomic_fetch_add(&growing->done, 1) + 1;
    if (worker == 0) run_state_progress(growing->run, done, growing->ground.settings->tree_count);
}

static fringe_status grow_all(struct growing *growing, fringe_error *error)
{
    size_t tree_count = growing->ground.settings->tree_count;
    growing->bench_count = (size_t)fringe_run_threads(growing->run);
    growing->benches = alloc_array(growing->bench_count, sizeof *growing->benches);
    growing->trees = alloc_array(tree_count, sizeof *growing->trees);
    if (!growing->benches || !growing->trees)
        return failure_memory(error, "the trees of a forest", tree_count * sizeof *growing->trees);
    for (size_t i = 0; i < growing->bench_count; i++) {
        fringe_status status = forest_bench_create(&growing->ground, &growing->benches[i], error);
        if (status) return status;
    }
    fringe_status status = run_state_parallel(growing->run, tree_count, grow_one, growing, error);
    if (status) return status;
    if (atomic_load(&growing->starved)) return failure_memory(error, "the trees of a forest", tree_count);
    run_state_progress(growing->run, (int64_t)tree_count, (int64_t)tree_count);
    return FRINGE_OK;
}

/* The mean over the trees of each tree's shares. */
static void sum_importance(const struct growing *growing, double *importance)
{
    uint32_t feature_count = growing->ground.table->feature_count;
    double all = 0;
    for (uint32_t f = 0; f < feature_count; f++) importance[f] = 0;
    for (uint32_t t = 0; t < growing->ground.settings->tree_count; t++) {
        const double *own = growing->trees[t].importance;
        double sum = 0;
        for (uint32_t f = 0; f < feature_count; f++) sum += own[f];
        for (uint32_t f = 0; sum > 0 && f < feature_count; f++) importance[f] += own[f] / sum;
    }
    for (uint32_t f = 0; f < feature_count; f++) all += importance[f];
    for (uint32_t f = 0; all > 0 && f < feature_count; f++) importance[f] /= all;
}

static void clear(struct growing *growing)
{
    for (size_t i = 0; growing->benches && i < growing->bench_count; i++)
        forest_bench_clear(&growing->benches[i]);
    for (size_t i = 0; growing->trees && i < growing->ground.settings->tree_count; i++)
        forest_tree_clear(&growing->trees[i]);
    alloc_free(growing->benches);
    alloc_free(growing->trees);
    alloc_free(growing->columns);
    alloc_free(growing->class_weights);
    forest_bins_clear(&growing->bins);
}

fringe_status forest_grow(const struct forest_settings *settings, const struct forest_table *table,
                          const char *const *class_names, const fringe_run *run, struct forest **forest,
                          double *importance, fringe_error *error)
{
    struct growing growing = {.ground = {.settings = settings, .table = table}};
    *forest = NULL;
    fringe_status status = check_settings(settings, table, error);
    if (!status) status = forest_grown_check(table, error);
    if (!status) status = run_state_enter(run, &growing.run, error);
    if (status) return status;
    status = lay_ground(&growing, error);
    if (!status) status = grow_all(&growing, error);
    if (!status && importance) sum_importance(&growing, importance);
    if (!status)
        status = forest_grown_join(table, class_names, growing.trees, settings->tree_count, forest, error);
    if (!status && table->class_count == 2) (*forest)->scores = FOREST_POSITIVE;
    clear(&growing);
    run_state_leave(run, growing.run);
    return status;
}
