#include "forest/forest_bins.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "base/rng.h"
#include "base/run_state.h"
#include "forest/forest_sort.h"

enum {
    SAMPLE_ROWS = 1 << 17, /* the 256 quantiles of so many are known to a hundredth of a step's width */
    CHUNK_ROWS = 64        /* rows sorted in together: their values stay in the nearest cache */
};

struct binning {
    const float *values;
    const uint32_t *sample; /* row indices; NULL: every row */
    size_t sample_count;
    struct forest_bins *bins;
    uint32_t *keys; /* 2 * sample_count for each worker */
};

float forest_bins_between(float a, float b)
{
    float middle = (float)(a + ((double)b - a) / 2);
    return middle < b ? middle : a;
}

/* A step ends where it holds its share of what was left when it began, so that one frequent value takes
 * nothing from the others, and never inside a run of equal values. With at most 256 different values each has
 * a step of its own. */
static void place_edges(const uint32_t *keys, size_t count, float *edges)
{
    size_t different = 1, placed = 0, end = count / FOREST_BIN_COUNT;
    for (size_t i = 1; i < count; i++) different += keys[i] != keys[i - 1];
    int each = different <= FOREST_BIN_COUNT;
    for (size_t i = 1; i < count && placed < FOREST_BIN_COUNT - 1; i++)
        if (keys[i] != keys[i - 1] && (each || i >= end)) {
            edges[placed++] = forest_bins_between(forest_sort_value(keys[i - 1]), forest_sort_value(keys[i]));
            end = i + (count - i) / (FOREST_BIN_COUNT - placed);
        }
    while (placed < FOREST_BIN_COUNT) edges[placed++] = INFINITY;
}

static void find_edges(void *context, size_t feature, int worker)
{
    const struct binning *binning = context;
    size_t count = binning->sample_count, features = binning->bins->feature_count;
    uint32_t *keys = binning->keys + 2 * count * (size_t)worker;
    for (size_t i = 0; i < count; i++) {
        size_t row = binning->sample ? binning->sample[i] : i;
        keys[i] = forest_sort_key(binning->values[row * features + feature]);
    }
    forest_sort_words(keys, count, keys + count);
    place_edges(keys, count, binning->bins->edges + feature * FOREST_BIN_COUNT);
}

/* Halving without branches, one halving for all rows at a time: no value waits for another's. */
static void fill_chunk(void *context, size_t chunk, int worker)
{
    const struct binning *binning = context;
    const struct forest_bins *bins = binning->bins;
    size_t begin = chunk * CHUNK_ROWS, features = bins->feature_count;
    size_t count = bins->row_count - begin < CHUNK_ROWS ? bins->row_count - begin : CHUNK_ROWS;
    float x[CHUNK_ROWS] = {0};
    (void)worker;
    for (size_t feature = 0; feature < features; feature++) {
        const float *edges = bins->edges + feature * FOREST_BIN_COUNT;
        uint32_t step[CHUNK_ROWS] = {0};
        for (size_t i = 0; i < count; i++) x[i] = binning->values[(begin + i) * features + feature];
        for (uint32_t half = FOREST_BIN_COUNT / 2; half > 0; half /= 2)
            for (size_t i = 0; i < CHUNK_ROWS; i++)
                step[i] += half & -(uint32_t)(x[i] > edges[step[i] + half - 1]);
        uint8_t *to = bins->steps + begin * features + feature;
        for (size_t i = 0; i < count; i++) to[i * features] = (uint8_t)step[i];
    }
}

fringe_status forest_bins_make(const float *values, size_t row_count, uint32_t feature_count, uint64_t seed,
                               const fringe_run *run, struct forest_bins *bins, fringe_error *error)
{
    struct binning binning = {.values = values, .bins = bins};
    uint32_t *sample = NULL;
    size_t workers = (size_t)fringe_run_threads(run);
    fringe_status status = FRINGE_OK;
    *bins = (struct forest_bins){.row_count = row_count, .feature_count = feature_count};
    bins->edges = alloc_array((size_t)feature_count * FOREST_BIN_COUNT, sizeof *bins->edges);
    bins->steps = alloc_aligned(feature_count, row_count);
    binning.sample_count = row_count;
    if (row_count > SAMPLE_ROWS) {
        struct rng rng = rng_from_seed(seed);
        binning.sample_count = SAMPLE_ROWS;
        sample = alloc_array(SAMPLE_ROWS, sizeof *sample);
        for (size_t i = 0; sample && i < SAMPLE_ROWS; i++) sample[i] = rng_below(&rng, (uint32_t)row_count);
    }
    binning.sample = sample;
    binning.keys = alloc_array(2 * binning.sample_count * workers, sizeof *binning.keys);
    if (!bins->edges || !bins->steps || !binning.keys || (row_count > SAMPLE_ROWS && !sample))
        status = failure_memory(error, "the steps of a table", (unsigned long long)feature_count * row_count);
    if (!status) status = run_state_parallel(run, feature_count, find_edges, &binning, error);
    if (!status)
        status =
            run_state_parallel(run, (row_count + CHUNK_ROWS - 1) / CHUNK_ROWS, fill_chunk, &binning, error);
    alloc_free(sample);
    alloc_free(binning.keys);
    return status;
}

void forest_bins_clear(struct forest_bins *bins)
{
    alloc_free(bins->steps);
    alloc_free(bins->edges);
    *bins = (struct forest_bins){0};
}
