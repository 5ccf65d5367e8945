#include "forest/forest_predict.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "base/run_state.h"

enum {
    GROUP = 16,       /* rows that fall through a tree side by side: the processor waits for all at once */
    BLOCK_ROWS = 1024 /* rows for which a tree is fetched once; they stay in the second cache */
};

struct predicting {
    const struct forest *forest;
    const float *values;
    size_t row_count;
    double *scores; /* (BLOCK_ROWS, class_count) for each worker */
    float *probabilities;
};

/* The leaf nodes of GROUP rows without NaN. */
static void fall_together(const struct forest *forest, uint32_t root, const float *values, uint32_t at[GROUP])
{
    const struct forest_node *nodes = forest->nodes;
    size_t width = forest->feature_count;
    uint32_t moved;
    for (int i = 0; i < GROUP; i++) at[i] = root;
    do {
        moved = 0;
        for (int i = 0; i < GROUP; i++) {
            const struct forest_node *node = nodes + at[i];
            uint32_t next = node->left + (values[(size_t)i * width + node->feature] > node->threshold);
            moved |= next ^ at[i];
            at[i] = next;
        }
    } while (moved);
}

static uint32_t fall_alone(const struct forest *forest, uint32_t root, const float *values)
{
    uint32_t at = root;
    while (forest->nodes[at].leaf >= FOREST_NAN_LEFT) {
        const struct forest_node *node = forest->nodes + at;
        float value = values[node->feature];
        at = node->left +
             (isnan(value) ? node->leaf == FOREST_NAN_RIGHT : (uint32_t)(value > node->threshold));
    }
    return at;
}

static int any_nan(const float *values, size_t count)
{
    int any = 0;
    for (size_t i = 0; i < count; i++) any |= values[i] != values[i];
    return any;
}

static inline void add_leaf(const struct forest *forest, uint32_t node, double *scores)
{
    uint32_t leaf = forest->nodes[node].leaf;
    for (uint32_t i = forest->leaf_starts[leaf]; i < forest->leaf_starts[leaf + 1]; i++)
        scores[forest->weights[i].class_index] += (double)forest->weights[i].weight;
}

/* `alone` holds a flag for each group that has a NaN, and so does a group that is not full. */
static void add_tree(const struct forest *forest, uint32_t root, const float *values, size_t row_count,
                     const uint8_t *alone, const uint8_t *wanted, double *scores)
{
    size_t width = forest->feature_count, classes = forest->class_count;
    for (size_t begin = 0; begin < row_count; begin += GROUP) {
        size_t count = row_count - begin < GROUP ? row_count - begin : GROUP;
        const float *rows = values + begin * width;
        uint32_t at[GROUP];
        if (alone[begin / GROUP])
            for (size_t i = 0; i < count; i++) at[i] = fall_alone(forest, root, rows + i * width);
        else
            fall_together(forest, root, rows, at);
        for (size_t i = 0; i < count; i++)
            if (!wanted || wanted[begin + i]) add_leaf(forest, at[i], scores + (begin + i) * classes);
    }
}

static void find_alone(const struct forest *forest, const float *values, size_t row_count, uint8_t *alone)
{
    size_t width = forest->feature_count;
    for (size_t begin = 0; begin < row_count; begin += GROUP)
        alone[begin / GROUP] = row_count - begin < GROUP || any_nan(values + begin * width, GROUP * width);
}

/* In floats, as ONNX Runtime has them, where the two could differ visibly: the last step. */
static void finish_row(const struct forest *forest, const double *scores, float *probabilities)
{
    uint32_t classes = forest->class_count;
    double sum = 0, most = scores[0];
    if (forest->scores != FOREST_EACH) {
        double score = scores[0], other = forest->scores == FOREST_POSITIVE ? 1 - score : -score;
        int logistic = forest->transform == FOREST_LOGISTIC;
        probabilities[0] = (float)(logistic ? 1 / (1 + exp(-other)) : other);
        probabilities[1] = (float)(logistic ? 1 / (1 + exp(-score)) : score);
        return;
    }
    for (uint32_t k = 1; k < classes; k++) most = scores[k] > most ? scores[k] : most;
    for (uint32_t k = 0; forest->transform == FOREST_SOFTMAX && k < classes; k++)
        sum += exp(scores[k] - most);
    for (uint32_t k = 0; k < classes; k++)
        probabilities[k] = (float)(forest->transform == FOREST_SOFTMAX    ? exp(scores[k] - most) / sum
                                   : forest->transform == FOREST_LOGISTIC ? 1 / (1 + exp(-scores[k]))
                                                                          : scores[k]);
}

static void predict_block(void *context, size_t block, int worker)
{
    const struct predicting *predicting = context;
    const struct forest *forest = predicting->forest;
    size_t classes = forest->class_count, begin = block * BLOCK_ROWS;
    size_t count = predicting->row_count - begin < BLOCK_ROWS ? predicting->row_count - begin : BLOCK_ROWS;
    const float *values = predicting->values + begin * forest->feature_count;
    double *scores = predicting->scores + (size_t)worker * BLOCK_ROWS * classes;
    uint8_t alone[BLOCK_ROWS / GROUP];
    find_alone(forest, values, count, alone);
    for (size_t i = 0; i < count; i++) memcpy(scores + i * classes, forest->base, classes * sizeof *scores);
    for (uint32_t tree = 0; tree < forest->tree_count; tree++)
        add_tree(forest, forest->roots[tree], values, count, alone, NULL, scores);
    for (size_t i = 0; i < count; i++)
        finish_row(forest, scores + i * classes, predicting->probabilities + (begin + i) * classes);
}

fringe_status forest_predict(const struct forest *forest, const float *values, size_t row_count,
                             const fringe_run *run, float *probabilities, fringe_error *error)
{
    struct predicting predicting = {forest, values, row_count, NULL, probabilities};
    const fringe_run *used;
    fringe_status status = run_state_enter(run, &used, error);
    if (status) return status;
    size_t room = (size_t)fringe_run_threads(used) * BLOCK_ROWS;
    predicting.scores = alloc_array(room, forest->class_count * sizeof *predicting.scores);
    if (predicting.scores)
        status = run_state_parallel(used, (row_count + BLOCK_ROWS - 1) / BLOCK_ROWS, predict_block,
                                    &predicting, error);
    else
        status = failure_memory(error, "the scores of a forest", room * forest->class_count * sizeof(double));
    alloc_free(predicting.scores);
    run_state_leave(run, used);
    return status;
}

uint32_t forest_predict_class(const struct forest *forest, const float *probabilities)
{
    uint32_t best = 0;
    for (uint32_t k = 1; k < forest->class_count; k++)
        if (probabilities[k] > probabilities[best]) best = k;
    return best;
}

void forest_predict_tree(const struct forest *forest, uint32_t tree, const float *values, size_t row_count,
                         const uint8_t *wanted, double *scores)
{
    for (size_t begin = 0; begin < row_count; begin += BLOCK_ROWS) {
        uint8_t alone[BLOCK_ROWS / GROUP];
        size_t count = row_count - begin < BLOCK_ROWS ? row_count - begin : BLOCK_ROWS;
        const float *rows = values + begin * forest->feature_count;
        find_alone(forest, rows, count, alone);
        add_tree(forest, forest->roots[tree], rows, count, alone, wanted ? wanted + begin : NULL,
                 scores + begin * forest->class_count);
    }
}
