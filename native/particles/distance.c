#include "particles/distance.h"

#include <math.h>

#include "base/alloc.h"
#include "base/failure.h"

/* Distances along columns: down row by row, then up. */
static void fill_columns(const int32_t *labels, int32_t height_px, int32_t width_px, float *distances)
{
    size_t width = (size_t)width_px;
    for (int32_t y = 0; y < height_px; y++)
        for (size_t at = (size_t)y * width, end = at + width; at < end; at++) {
            float above = y == 0 ? INFINITY : labels[at - width] == labels[at] ? distances[at - width] : 0;
            distances[at] = labels[at] ? above + 1 : 0;
        }
    for (int32_t y = height_px - 1; y-- > 0;)
        for (size_t at = (size_t)y * width, end = at + width; at < end; at++) {
            float below = labels[at + width] == labels[at] ? distances[at + width] : 0;
            if (labels[at]) distances[at] = fminf(distances[at], below + 1);
        }
}

/* The lower envelope of the parabolas (x - centre)^2 + height that stand on the columns of a row: where each
 * of them begins to be the lowest. */
struct envelope {
    int32_t count;
    double *centres, *heights, *begins;
};

static void stand(struct envelope *envelope, double centre, double height)
{
    double begin = -INFINITY;
    if (isinf(height)) return;
    while (envelope->count) {
        int32_t last = envelope->count - 1;
        double before = envelope->centres[last];
        begin = (height - envelope->heights[last] + (centre * centre - before * before)) /
                (2 * (centre - before));
        if (begin > envelope->begins[last]) break;
        envelope->count--;
        begin = -INFINITY;
    }
    envelope->centres[envelope->count] = centre;
    envelope->heights[envelope->count] = height;
    envelope->begins[envelope->count++] = begin;
}

/* One run of pixels of one number, x0 to x1 - 1. What is nearest lies above or below one of them, or is the
 * pixel before or behind them: anything else in the row lies further than that. */
static void fill_run(float *row, int32_t x0, int32_t x1, int32_t width_px, struct envelope *envelope)
{
    envelope->count = 0;
    if (x0 > 0) stand(envelope, x0 - 1, 0);
    for (int32_t x = x0; x < x1; x++) stand(envelope, x, (double)row[x] * row[x]);
    if (x1 < width_px) stand(envelope, x1, 0);
    for (int32_t x = x0, k = 0; x < x1; x++) {
        while (k + 1 < envelope->count && envelope->begins[k + 1] < x) k++;
        double along = x - envelope->centres[k];
        row[x] = envelope->count ? (float)(along * along + envelope->heights[k]) : INFINITY;
    }
}

fringe_status distance_squares(const int32_t *labels, int32_t height_px, int32_t width_px, float *squares,
                               fringe_error *error)
{
    size_t most = (size_t)width_px + 2;
    double *scratch = alloc_array(3 * most, sizeof *scratch);
    if (!scratch) return failure_memory(error, "distances", 3 * most * sizeof *scratch);
    struct envelope envelope = {0, scratch, scratch + most, scratch + 2 * most};
    fill_columns(labels, height_px, width_px, squares);
    for (int32_t y = 0; y < height_px; y++) {
        const int32_t *numbers = labels + (size_t)y * (size_t)width_px;
        float *row = squares + (size_t)y * (size_t)width_px;
        for (int32_t x0 = 0, x1; x0 < width_px; x0 = x1) {
            for (x1 = x0 + 1; x1 < width_px && numbers[x1] == numbers[x0];) x1++;
            if (numbers[x0]) fill_run(row, x0, x1, width_px, &envelope);
        }
    }
    alloc_free(scratch);
    return FRINGE_OK;
}
