#include "forest/forest_judge.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "base/rng.h"
#include "base/run_state.h"
#include "forest/forest_predict.h"

enum {
    BATCH_TREES = 32, /* whose unseen rows are known at a time */
    CHUNK_ROWS = 4096
};

struct bagging {
    const struct forest *forest;
    const struct forest_settings *settings;
    const struct forest_table *table;
    uint32_t first_tree, tree_count; /* of the batch */
    uint8_t *unseen;                 /* (BATCH_TREES, N) flags */
    uint16_t *counts;                /* (N) for each worker */
    double *scores;                  /* (N, class_count) */
    uint32_t *judges;                /* (N) trees that have not seen the row */
};

static void replay_draw(void *context, size_t index, int worker)
{
    struct bagging *bagging = context;
    size_t rows = bagging->table->row_count;
    uint16_t *counts = bagging->counts + (size_t)worker * rows;
    uint8_t *unseen = bagging->unseen + index * rows;
    forest_grow_counts(bagging->settings, rows, bagging->first_tree + (uint32_t)index, counts);
    for (size_t i = 0; i < rows; i++) unseen[i] = counts[i] == 0;
}

/* A row's trees are summed in their order: chunks of rows are shared out, never trees. */
static void judge_chunk(void *context, size_t chunk, int worker)
{
    struct bagging *bagging = context;
    const struct forest_table *table = bagging->table;
    size_t rows = table->row_count, begin = chunk * CHUNK_ROWS;
    size_t count = rows - begin < CHUNK_ROWS ? rows - begin : CHUNK_ROWS;
    (void)worker;
    for (uint32_t t = 0; t < bagging->tree_count; t++) {
        const uint8_t *unseen = bagging->unseen + t * rows + begin;
        forest_predict_tree(bagging->forest, bagging->first_tree + t,
                            table->values + begin * table->feature_count, count, unseen,
                            bagging->scores + begin * table->class_count);
        for (size_t i = 0; i < count; i++) bagging->judges[begin + i] += unseen[i];
    }
}

/* The sum of a leaf's weights over all trees is 1: over some of them it is their share. */
static void finish_rows(const struct bagging *bagging, float *probabilities, double *accuracy)
{
    const struct forest_table *table = bagging->table;
    uint32_t classes = table->class_count;
    size_t judged = 0, right = 0;
    for (size_t i = 0; i < table->row_count; i++) {
        float *row = probabilities + i * classes;
        double scale = bagging->judges[i] ? (double)bagging->forest->tree_count / bagging->judges[i] : 0;
        for (uint32_t k = 0; k < classes; k++) row[k] = (float)(scale * bagging->scores[i * classes + k]);
        if (classes == 2 && bagging->judges[i])
            row[1] = row[0], row[0] = 1 - row[1]; /* one score: class 1's */
        if (bagging->judges[i])
            judged++, right += forest_predict_class(bagging->forest, row) == table->classes[i];
    }
    if (accuracy) *accuracy = judged ? (double)right / (double)judged : 0;
}

fringe_status forest_judge_out_of_bag(const struct forest *forest, const struct forest_settings *settings,
                                      const struct forest_table *table, const fringe_run *run,
                                      float *probabilities, double *accuracy, fringe_error *error)
{
    struct bagging bagging = {.forest = forest, .settings = settings, .table = table};
    const fringe_run *used;
    size_t rows = table->row_count, chunks = (rows + CHUNK_ROWS - 1) / CHUNK_ROWS;
    if (!settings->bootstrap)
        return failure_set(error, FRINGE_ARGUMENT, "without bootstrap each of the %u trees has seen all rows",
                           (unsigned)forest->tree_count);
    fringe_status status = run_state_enter(run, &used, error);
    if (status) return status;
    bagging.unseen = alloc_array(BATCH_TREES, rows);
    bagging.counts = alloc_array((size_t)fringe_run_threads(used) * rows, sizeof *bagging.counts);
    bagging.scores = alloc_array(rows, table->class_count * sizeof *bagging.scores);
    bagging.judges = alloc_array(rows, sizeof *bagging.judges);
    if (!bagging.unseen || !bagging.counts || !bagging.scores || !bagging.judges)
        status = failure_memory(error, "unseen rows", BATCH_TREES * rows);
    while (!status && bagging.first_tree < forest->tree_count) {
        uint32_t left = forest->tree_count - bagging.first_tree;
        bagging.tree_count = left < BATCH_TREES ? left : BATCH_TREES;
        status = run_state_parallel(used, bagging.tree_count, replay_draw, &bagging, error);
        if (!status) status = run_state_parallel(used, chunks, judge_chunk, &bagging, error);
        bagging.first_tree += bagging.tree_count;
    }
    if (!status) finish_rows(&bagging, probabilities, accuracy);
    alloc_free(bagging.unseen);
    alloc_free(bagging.counts);
    alloc_free(bagging.scores);
    alloc_free(bagging.judges);
    run_state_leave(run, used);
    return status;
}

/* `values` may be other ones than the table's own. */
static fringe_status accuracy_of(const struct forest *forest, const struct forest_table *table,
                                 const float *values, const fringe_run *run, float *probabilities,
                                 double *accuracy, fringe_error *error)
{
    size_t right = 0;
    fringe_status status = forest_predict(forest, values, table->row_count, run, probabilities, error);
    if (status) return status;
    for (size_t i = 0; i < table->row_count; i++)
        right += forest_predict_class(forest, probabilities + i * forest->class_count) == table->classes[i];
    *accuracy = table->row_count ? (double)right / (double)table->row_count : 0;
    return FRINGE_OK;
}

fringe_status forest_judge_accuracy(const struct forest *forest, const struct forest_table *table,
                                    const fringe_run *run, double *accuracy, fringe_error *error)
{
    float *probabilities = alloc_array(table->row_count, forest->class_count * sizeof *probabilities);
    if (!probabilities) return failure_memory(error, "probabilities", table->row_count * sizeof(float));
    fringe_status status = accuracy_of(forest, table, table->values, run, probabilities, accuracy, error);
    alloc_free(probabilities);
    return status;
}

/* Shuffles one column: Fisher and Yates. */
static void shuffle_column(float *values, size_t row_count, size_t width, struct rng *rng)
{
    for (size_t i = row_count; i > 1; i--) {
        size_t k = rng_below(rng, (uint32_t)i);
        float moved = values[(i - 1) * width];
        values[(i - 1) * width] = values[k * width];
        values[k * width] = moved;
    }
}

fringe_status forest_judge_permutation(const struct forest *forest, const struct forest_table *table,
                                       uint32_t repeat_count, uint64_t seed, const fringe_run *run,
                                       double *mean, double *deviation, fringe_error *error)
{
    size_t rows = table->row_count, width = table->feature_count;
    struct rng all = rng_from_seed(seed);
    double whole = 0;
    float *probabilities = alloc_array(rows, forest->class_count * sizeof *probabilities);
    float *values = alloc_array(rows, width * sizeof *values);
    fringe_status status = probabilities && values
                               ? FRINGE_OK
                               : failure_memory(error, "a shuffled table", rows * width * sizeof *values);
    if (!status) memcpy(values, table->values, rows * width * sizeof *values);
    if (!status) status = accuracy_of(forest, table, values, run, probabilities, &whole, error);
    for (size_t feature = 0; feature < width && !status; feature++) {
        double sum = 0, squares = 0;
        for (uint32_t repeat = 0; repeat < repeat_count && !status; repeat++) {
            struct rng rng = rng_split(&all, feature * repeat_count + repeat);
            double shuffled = 0;
            shuffle_column(values + feature, rows, width, &rng);
            status = accuracy_of(forest, table, values, run, probabilities, &shuffled, error);
            sum += whole - shuffled;
            squares += (whole - shuffled) * (whole - shuffled);
        }
        for (size_t i = 0; i < rows && !status; i++)
            values[i * width + feature] = table->values[i * width + feature];
        mean[feature] = repeat_count ? sum / repeat_count : 0;
        double spread = squares - sum * mean[feature];
        if (deviation)
            deviation[feature] = repeat_count > 1 && spread > 0 ? sqrt(spread / (repeat_count - 1)) : 0;
    }
    alloc_free(probabilities);
    alloc_free(values);
    return status;
}
