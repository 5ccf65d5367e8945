#include "forest/forest_boost.h"

#include <math.h>
#include <stdatomic.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "base/number.h"
#include "base/run_state.h"
#include "forest/forest_boost_tree.h"

/* One growing of one forest. */
struct boosting {
    struct forest_boost_ground ground;
    struct forest_bins bins;
    const fringe_run *run;
    uint32_t round;
    double *base, *scores;            /* (score_count), (N, score_count) */
    struct forest_pull *pulls;        /* (score_count, N) */
    struct forest_tree *trees;        /* (round_count, score_count) */
    struct forest_boost_bench *bench; /* one per worker */
    size_t bench_count;
    atomic_int starved;
};

void forest_boost_settings_init(struct forest_boost_settings *settings)
{
    *settings = (struct forest_boost_settings){
        .round_count = 200, .rate = 0.06, .leaf_count = 12, .least_leaf = 15, .draw_share = 0.3};
}

static fringe_status check_settings(const struct forest_boost_settings *settings, fringe_error *error)
{
    char text[NUMBER_TEXT_BYTES];
    if (settings->round_count < 1 || settings->leaf_count < 2 || settings->least_leaf < 1)
        return failure_set(
            error, FRINGE_ARGUMENT, "%u rounds, %u leaves a tree and %u rows a leaf: at least 1, 2 and 1",
            (unsigned)settings->round_count, (unsigned)settings->leaf_count, (unsigned)settings->least_leaf);
    if (!(settings->rate > 0 && settings->rate <= 1))
        return failure_set(error, FRINGE_ARGUMENT, "a rate of %s: above 0 and at most 1",
                           number_text(settings->rate, 4, text));
    if (!(settings->draw_share > 0 && settings->draw_share <= 1))
        return failure_set(error, FRINGE_ARGUMENT,
                           "%s of the features tried at a split: above 0 and at most 1",
                           number_text(settings->draw_share, 4, text));
    return FRINGE_OK;
}

/* What each class's frequency says: of two classes that of the second against the first. Each class counts a
 * row more than it has, so that none is impossible. */
static void begin_scores(struct boosting *boosting)
{
    const struct forest_table *table = boosting->ground.table;
    uint32_t count = boosting->ground.score_count, first = table->class_count == 2;
    for (uint32_t k = 0; k < count; k++) {
        double rows = 1, others = 1;
        for (size_t i = 0; i < table->row_count; i++) {
            rows += table->classes[i] == k + first;
            others += table->classes[i] != k + first;
        }
        double share = rows / ((double)table->row_count + table->class_count);
        boosting->base[k] = (float)(first ? log(rows / others) : log(share));
    }
    for (size_t i = 0; i < table->row_count; i++)
        for (uint32_t k = 0; k < count; k++) boosting->scores[i * count + k] = boosting->base[k];
}

/* Of the cross entropy. */
static void find_pulls(struct boosting *boosting)
{
    const struct forest_table *table = boosting->ground.table;
    uint32_t count = boosting->ground.score_count, first = table->class_count == 2;
    for (size_t i = 0; i < table->row_count; i++) {
        const double *scores = boosting->scores + i * count;
        double most = first ? 0 : scores[0], sum = first;
        for (uint32_t k = 0; k < count; k++) most = fmax(most, scores[k]);
        if (first) sum = exp(-most); /* the first class has the score 0 */
        for (uint32_t k = 0; k < count; k++) sum += exp(scores[k] - most);
        for (uint32_t k = 0; k < count; k++) {
            double p = exp(scores[k] - most) / sum;
            boosting->pulls[k * table->row_count + i] =
                (struct forest_pull){p - (table->classes[i] == k + first), p * (1 - p)};
        }
    }
}

static void grow_one(void *context, size_t score, int worker)
{
    struct boosting *boosting = context;
    const struct forest_boost_ground *ground = &boosting->ground;
    struct forest_tree *tree = boosting->trees + (size_t)boosting->round * ground->score_count + score;
    if (forest_boost_tree_grow(ground, boosting->round, (uint32_t)score,
                               boosting->pulls + score * ground->table->row_count, boosting->bench + worker,
                               boosting->scores, tree, NULL))
        atomic_store(&boosting->starved, 1);
}

static fringe_status grow_all(struct boosting *boosting, fringe_error *error)
{
    const struct forest_boost_ground *ground = &boosting->ground;
    uint32_t rounds = ground->settings->round_count;
    for (; boosting->round < rounds; boosting->round++) {
        find_pulls(boosting);
        fringe_status status =
            run_state_parallel(boosting->run, ground->score_count, grow_one, boosting, error);
        if (status) return status;
        if (atomic_load(&boosting->starved)) return failure_memory(error, "the trees of a forest", rounds);
        run_state_progress(boosting->run, boosting->round + 1, rounds);
    }
    return FRINGE_OK;
}

static fringe_status prepare(struct boosting *boosting, fringe_error *error)
{
    struct forest_boost_ground *ground = &boosting->ground;
    const struct forest_table *table = ground->table;
    size_t rows = table->row_count, width;
    ground->score_count = table->class_count == 2 ? 1 : table->class_count;
    ground->draw_count = (uint32_t)fmax(1, floor(ground->settings->draw_share * table->feature_count + 0.5));
    size_t fit = rows / ground->settings->least_leaf;
    ground->leaf_count = ground->settings->leaf_count;
    if (ground->leaf_count > fit) ground->leaf_count = fit > 1 ? (uint32_t)fit : 1;
    ground->bins = &boosting->bins;
    width = ground->score_count;
    boosting->bench_count = (size_t)fringe_run_threads(boosting->run);
    boosting->base = alloc_array(width, sizeof *boosting->base);
    boosting->scores = alloc_array(rows, width * sizeof *boosting->scores);
    boosting->pulls = alloc_array(rows, width * sizeof *boosting->pulls);
    boosting->trees = alloc_array(ground->settings->round_count, width * sizeof *boosting->trees);
    boosting->bench = alloc_array(boosting->bench_count, sizeof *boosting->bench);
    if (!boosting->base || !boosting->scores || !boosting->pulls || !boosting->trees || !boosting->bench)
        return failure_memory(error, "a forest", rows * width * sizeof *boosting->pulls);
    for (size_t i = 0; i < boosting->bench_count; i++) {
        fringe_status status = forest_boost_bench_create(ground, boosting->bench + i, error);
        if (status) return status;
    }
    return forest_bins_make(table->values, rows, table->feature_count, ground->settings->seed, boosting->run,
                            &boosting->bins, error);
}

/* Shares of what all splits gained. */
static void sum_importance(const struct boosting *boosting, size_t tree_count, double *importance)
{
    uint32_t feature_count = boosting->ground.table->feature_count;
    double all = 0;
    for (uint32_t f = 0; f < feature_count; f++) {
        importance[f] = 0;
        for (size_t t = 0; t < tree_count; t++) importance[f] += boosting->trees[t].importance[f];
        all += importance[f];
    }
    for (uint32_t f = 0; all > 0 && f < feature_count; f++) importance[f] /= all;
}

static void clear(struct boosting *boosting, size_t tree_count)
{
    for (size_t i = 0; boosting->bench && i < boosting->bench_count; i++)
        forest_boost_bench_clear(boosting->bench + i);
    for (size_t i = 0; boosting->trees && i < tree_count; i++) forest_tree_clear(boosting->trees + i);
    alloc_free(boosting->base);
    alloc_free(boosting->scores);
    alloc_free(boosting->pulls);
    alloc_free(boosting->trees);
    alloc_free(boosting->bench);
    forest_bins_clear(&boosting->bins);
}

fringe_status forest_boost(const struct forest_boost_settings *settings, const struct forest_table *table,
                           const char *const *class_names, const fringe_run *run, struct forest **forest,
                           double *importance, fringe_error *error)
{
    struct boosting boosting = {.ground = {.settings = settings, .table = table}};
    *forest = NULL;
    fringe_status status = check_settings(settings, error);
    if (!status) status = forest_grown_check(table, error);
    if (!status) status = run_state_enter(run, &boosting.run, error);
    if (status) return status;
    status = prepare(&boosting, error);
    size_t tree_count = (size_t)settings->round_count * boosting.ground.score_count;
    if (!status) begin_scores(&boosting);
    if (!status) status = grow_all(&boosting, error);
    if (!status && importance) sum_importance(&boosting, tree_count, importance);
    if (!status) status = forest_grown_join(table, class_names, boosting.trees, tree_count, forest, error);
    if (!status) {
        int is_two = table->class_count == 2;
        (*forest)->transform = is_two ? FOREST_LOGISTIC : FOREST_SOFTMAX;
        (*forest)->scores = is_two ? FOREST_SIGNED : FOREST_EACH;
        for (uint32_t k = 0; k < boosting.ground.score_count; k++) (*forest)->base[k] = boosting.base[k];
    }
    clear(&boosting, tree_count);
    run_state_leave(run, boosting.run);
    return status;
}
