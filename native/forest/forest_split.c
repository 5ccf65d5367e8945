#include "forest/forest_split.h"

#include <math.h>
#include <string.h>

#include "forest/forest_bins.h"
#include "forest/forest_sort.h"

/* Below so many rows most steps of a histogram are empty, and finding the others by a bit each is cheaper
 * than looking at all. */
enum { FEW_SAMPLES = 512, WORD_BITS = 64, WORDS = FOREST_BIN_COUNT / WORD_BITS };

/* A threshold on its way from the lowest value to the highest. The number of classes is handed in beside it,
 * so that a copy of the code for few classes keeps all sums in registers. */
struct sweep {
    const struct forest_splitter *splitter;
    double *left, *right; /* (class_count) weights */
    double left_sum, right_sum;
    uint64_t left_drawn, drawn;
};

static double entropy_part(const double *weights, uint32_t count, double sum)
{
    double part = 0;
    for (uint32_t k = 0; k < count; k++)
        if (weights[k] > 0) part += weights[k] * log(weights[k] / sum);
    return part;
}

double forest_split_unsplit(const struct forest_splitter *splitter, const double *class_sums)
{
    double sum = 0, squares = 0;
    for (uint32_t k = 0; k < splitter->class_count; k++) {
        sum += class_sums[k];
        squares += class_sums[k] * class_sums[k];
    }
    return splitter->criterion == FOREST_GINI ? squares / sum
                                              : entropy_part(class_sums, splitter->class_count, sum);
}

static inline void sweep_begin(struct sweep *sweep, const struct forest_splitter *splitter,
                               const struct forest_node_rows *rows, uint32_t classes, double *left,
                               double *right)
{
    *sweep = (struct sweep){.splitter = splitter, .left = left, .right = right, .drawn = rows->drawn};
    for (uint32_t k = 0; k < classes; k++) {
        left[k] = 0;
        right[k] = rows->class_sums[k];
        sweep->right_sum += rows->class_sums[k];
    }
}

/* `count` drawn rows of class k move from right to left. */
static inline void sweep_move(struct sweep *sweep, uint32_t k, uint32_t count)
{
    double weight = count * sweep->splitter->class_weights[k];
    sweep->left[k] += weight;
    sweep->right[k] -= weight;
    sweep->left_sum += weight;
    sweep->right_sum -= weight;
    sweep->left_drawn += count;
}

/* The squares are summed anew each time: these sums do not wait for those of the threshold before. */
static inline double sweep_score(const struct sweep *sweep, uint32_t classes)
{
    double left = 0, right = 0;
    if (sweep->splitter->criterion == FOREST_ENTROPY)
        return entropy_part(sweep->left, classes, sweep->left_sum) +
               entropy_part(sweep->right, classes, sweep->right_sum);
    for (uint32_t k = 0; k < classes; k++) {
        left += sweep->left[k] * sweep->left[k];
        right += sweep->right[k] * sweep->right[k];
    }
    return (left * sweep->right_sum + right * sweep->left_sum) / (sweep->left_sum * sweep->right_sum);
}

static inline int sweep_allowed(const struct sweep *sweep)
{
    uint32_t least = sweep->splitter->least_leaf;
    return sweep->left_drawn >= least && sweep->drawn - sweep->left_drawn >= least;
}

/* Adds the rows to a histogram of each feature, and a bit for each step that is not empty where there are few
 * rows. A row's steps lie side by side: it is fetched once for all features, and, where the table is larger
 * than the cache, asked for early. */
static void fill_histograms(const struct forest_splitter *splitter, const struct forest_node_rows *rows,
                            const struct forest_threshold *found, int found_count, uint64_t held[][WORDS])
{
    enum { AHEAD = 12, LINE_BYTES = 64 };
    const uint32_t classes = splitter->class_count, width = FOREST_BIN_COUNT * classes;
    const size_t row_bytes = rows->feature_count, count = rows->count;
    const int few = count < FEW_SAMPLES;
    uint32_t features[FOREST_SPLIT_FEATURES];
    for (int f = 0; f < found_count; f++) features[f] = found[f].feature;
    for (size_t i = 0; i < count; i++) {
        struct forest_sample sample = rows->samples[i];
        const uint8_t *row = rows->steps + sample.row * row_bytes;
        uint32_t *cell = splitter->histograms + sample.class_index;
        if (!few && i + AHEAD < count) {
            const uint8_t *later = rows->steps + rows->samples[i + AHEAD].row * row_bytes;
            if (row_bytes <= LINE_BYTES * FOREST_SPLIT_FEATURES)
                for (size_t at = 0; at < row_bytes; at += LINE_BYTES) __builtin_prefetch(later + at);
            else
                for (int f = 0; f < found_count; f++) __builtin_prefetch(later + features[f]);
        }
        for (int f = 0; f < found_count; f++, cell += width) {
            uint32_t step = row[features[f]];
            cell[step * classes] += sample.count;
            if (few) held[f][step / WORD_BITS] |= (uint64_t)1 << step % WORD_BITS;
        }
    }
    for (int f = 0; f < found_count && !few; f++)
        for (uint32_t step = 0; step < FOREST_BIN_COUNT; step++) {
            const uint32_t *counts = splitter->histograms + f * width + step * classes;
            uint32_t any = 0;
            for (uint32_t k = 0; k < classes; k++) any |= counts[k];
            held[f][step / WORD_BITS] |= (uint64_t)(any != 0) << step % WORD_BITS;
        }
}

/* One feature's histogram from the lowest step that holds rows to the highest, leaving it empty. A threshold
 * is looked at when the step behind it is known, and lies in the middle of the gap. */
static inline __attribute__((always_inline)) void
walk_histogram(const struct forest_splitter *splitter, const struct forest_node_rows *rows,
               uint32_t *histogram, const uint64_t held[WORDS], uint32_t classes, double *left, double *right,
               struct forest_threshold *best)
{
    struct sweep sweep;
    uint32_t last = 0;
    int step_count = 0;
    sweep_begin(&sweep, splitter, rows, classes, left, right);
    best->score = -INFINITY;
    for (uint32_t word = 0; word < WORDS; word++)
        for (uint64_t bits = held[word]; bits; bits &= bits - 1) {
            uint32_t step = word * WORD_BITS + (uint32_t)__builtin_ctzll(bits);
            uint32_t *counts = histogram + step * classes;
            if (step_count++ > 0 && sweep_allowed(&sweep)) {
                double score = sweep_score(&sweep, classes);
                if (score > best->score) {
                    best->score = score;
                    best->step = last + (step - last - 1) / 2;
                }
            }
            for (uint32_t k = 0; k < classes; k++) {
                sweep_move(&sweep, k, counts[k]);
                counts[k] = 0;
            }
            last = step;
        }
    best->constant = step_count == 1;
}

void forest_split_histogram(const struct forest_splitter *splitter, const struct forest_node_rows *rows,
                            struct forest_threshold *found, int found_count)
{
    uint32_t classes = splitter->class_count;
    uint64_t held[FOREST_SPLIT_FEATURES][WORDS] = {{0}};
    fill_histograms(splitter, rows, found, found_count, held);
    for (int f = 0; f < found_count; f++) {
        double left[3], right[3];
        uint32_t *histogram = splitter->histograms + (size_t)f * FOREST_BIN_COUNT * classes;
        if (classes == 2)
            walk_histogram(splitter, rows, histogram, held[f], 2, left, right, &found[f]);
        else if (classes == 3)
            walk_histogram(splitter, rows, histogram, held[f], 3, left, right, &found[f]);
        else
            walk_histogram(splitter, rows, histogram, held[f], classes, splitter->left, splitter->right,
                           &found[f]);
    }
}

void forest_split_exact(const struct forest_splitter *splitter, const struct forest_node_rows *rows,
                        const float *values, struct forest_threshold *found)
{
    struct sweep sweep;
    uint64_t *keys = splitter->keys;
    found->score = -INFINITY;
    for (size_t i = 0; i < rows->count; i++)
        keys[i] = (uint64_t)forest_sort_key(values[rows->samples[i].row]) << 32 | i;
    forest_sort_long(keys, rows->count, splitter->spare_keys);
    found->constant = keys[0] >> 32 == keys[rows->count - 1] >> 32;
    if (found->constant) return;
    sweep_begin(&sweep, splitter, rows, splitter->class_count, splitter->left, splitter->right);
    for (size_t i = 0; i + 1 < rows->count; i++) {
        const struct forest_sample *sample = rows->samples + (uint32_t)keys[i];
        sweep_move(&sweep, sample->class_index, sample->count);
        if (keys[i] >> 32 == keys[i + 1] >> 32 || !sweep_allowed(&sweep)) continue;
        double score = sweep_score(&sweep, splitter->class_count);
        if (score > found->score) {
            found->score = score;
            found->value = forest_bins_between(forest_sort_value((uint32_t)(keys[i] >> 32)),
                                               forest_sort_value((uint32_t)(keys[i + 1] >> 32)));
        }
    }
}
