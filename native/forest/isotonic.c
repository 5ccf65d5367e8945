#include "forest/isotonic.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "base/number.h"
#include "forest/forest_sort.h"

/* Neighbouring scores with one value: the mean of their outcomes. */
struct pool_block {
    double first, last; /* lowest and highest score */
    double sum, count;
};

static fringe_status take_knots(struct isotonic *curve, size_t count, fringe_error *error)
{
    curve->scores = alloc_array(count, sizeof *curve->scores);
    curve->values = alloc_array(count, sizeof *curve->values);
    if (curve->scores && curve->values) return FRINGE_OK;
    isotonic_clear(curve);
    return failure_memory(error, "the knots of a calibration", count * sizeof *curve->scores);
}

/* Blocks of equal scores, in rising order; then a block that lies below the one before joins it. */
static size_t pool_violators(const uint64_t *keys, size_t count, struct pool_block *blocks)
{
    size_t block_count = 0;
    for (size_t i = 0; i < count;) {
        double score = (double)forest_sort_value((uint32_t)(keys[i] >> 32));
        struct pool_block block = {score, score, 0, 0};
        for (size_t first = i; i < count && keys[i] >> 32 == keys[first] >> 32; i++) {
            block.sum += (double)(keys[i] & 1);
            block.count++;
        }
        while (block_count > 0) {
            const struct pool_block *before = &blocks[block_count - 1];
            if (before->sum * block.count < block.sum * before->count) break;
            block = (struct pool_block){before->first, block.last, before->sum + block.sum,
                                        before->count + block.count};
            block_count--;
        }
        blocks[block_count++] = block;
    }
    return block_count;
}

fringe_status isotonic_fit(const float *scores, const unsigned char *outcomes, size_t count,
                           struct isotonic *curve, fringe_error *error)
{
    *curve = (struct isotonic){0};
    if (count < 1) return failure_set(error, FRINGE_ARGUMENT, "a calibration from %zu scores", count);
    for (size_t i = 0; i < count; i++)
        if (!isfinite(scores[i]))
            return failure_set(error, FRINGE_ARGUMENT, "score %zu of %zu is no number", i, count);
    uint64_t *keys = alloc_array(count, 2 * sizeof *keys);
    struct pool_block *blocks = alloc_array(count, sizeof *blocks);
    fringe_status status =
        keys && blocks ? FRINGE_OK : failure_memory(error, "a calibration", count * sizeof *blocks);
    size_t block_count = 0;
    if (!status) {
        for (size_t i = 0; i < count; i++)
            keys[i] = (uint64_t)forest_sort_key(scores[i]) << 32 | (outcomes[i] != 0);
        forest_sort_long(keys, count, keys + count);
        block_count = pool_violators(keys, count, blocks);
        status = take_knots(curve, 2 * block_count, error);
    }
    for (size_t i = 0; i < block_count && !status; i++) { /* flat over a block, straight between two */
        size_t ends = blocks[i].first < blocks[i].last ? 2 : 1;
        for (size_t k = 0; k < ends; k++, curve->count++) {
            curve->scores[curve->count] = k ? blocks[i].last : blocks[i].first;
            curve->values[curve->count] = blocks[i].sum / blocks[i].count;
        }
    }
    alloc_free(keys);
    alloc_free(blocks);
    return status;
}

fringe_status isotonic_from_knots(const double *scores, const double *values, size_t count,
                                  struct isotonic *curve, fringe_error *error)
{
    *curve = (struct isotonic){0};
    for (size_t i = 0; i < count; i++) {
        char a[NUMBER_TEXT_BYTES], b[NUMBER_TEXT_BYTES];
        if (!isfinite(scores[i]) || (i > 0 && scores[i] <= scores[i - 1]))
            return failure_set(error, FRINGE_MODEL, "knot %zu: score %s does not lie above %s", i,
                               number_text(scores[i], 9, a), i ? number_text(scores[i - 1], 9, b) : "-inf");
        if (!(values[i] >= (i ? values[i - 1] : 0) && values[i] <= 1))
            return failure_set(error, FRINGE_MODEL, "knot %zu: value %s is not from %s to 1", i,
                               number_text(values[i], 9, a), i ? number_text(values[i - 1], 9, b) : "0");
    }
    fringe_status status = take_knots(curve, count, error);
    if (status) return status;
    memcpy(curve->scores, scores, count * sizeof *scores);
    memcpy(curve->values, values, count * sizeof *values);
    curve->count = count;
    return FRINGE_OK;
}

double isotonic_apply(const struct isotonic *curve, double score)
{
    size_t low = 0, high = curve->count;
    if (curve->count == 0) return score;
    while (low < high) { /* the first knot that lies above the score */
        size_t middle = low + (high - low) / 2;
        if (curve->scores[middle] > score)
            high = middle;
        else
            low = middle + 1;
    }
    if (low == 0) return curve->values[0];
    if (low == curve->count) return curve->values[low - 1];
    double begin = curve->scores[low - 1], share = (score - begin) / (curve->scores[low] - begin);
    return curve->values[low - 1] + share * (curve->values[low] - curve->values[low - 1]);
}

void isotonic_clear(struct isotonic *curve)
{
    alloc_free(curve->scores);
    alloc_free(curve->values);
    *curve = (struct isotonic){0};
}
