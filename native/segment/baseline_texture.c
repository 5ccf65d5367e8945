/* baseline_texture.c - responses that tell fringes and grain from smooth ground. */
#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "base/run_state.h"
#include "segment/baseline_parts.h"

/* Sums over squares that are cut at the edges, of the values or of their squares: down all columns at once,
 * then along each row, with sums that run along. Gives the mean of the square around each pixel. */
static fringe_status box_mean(const float *pixels, int32_t height_px, int32_t width_px, int32_t side_px,
                              int squares, double *out, fringe_error *error)
{
    size_t width = (size_t)width_px;
    int32_t half = side_px / 2;
    double *columns = alloc_array(width, sizeof *columns);
    if (!columns) return failure_memory(error, "sums of columns", width * sizeof *columns);
    for (int32_t y = -half; y < height_px; y++) {
        int32_t enters = y + half, leaves = y - half - 1;
        for (int sign = 1; sign >= -1; sign -= 2) {
            int32_t at = sign > 0 ? enters : leaves;
            if (at < 0 || at >= height_px) continue;
            const float *row = pixels + (size_t)at * width;
            for (size_t x = 0; x < width; x++)
                columns[x] += sign * (squares ? (double)row[x] * (double)row[x] : (double)row[x]);
        }
        if (y < 0) continue;
        int32_t top = y - half > 0 ? y - half : 0, bottom = enters < height_px ? enters : height_px - 1;
        double *to = out + (size_t)y * width, sum = 0;
        for (int32_t x = -half; x < width_px; x++) {
            if (x + half < width_px) sum += columns[x + half];
            if (x - half - 1 >= 0) sum -= columns[x - half - 1];
            if (x < 0) continue;
            int32_t left = x - half > 0 ? x - half : 0;
            int32_t right = x + half < width_px ? x + half : width_px - 1;
            to[x] = sum / ((double)(bottom - top + 1) * (double)(right - left + 1));
        }
    }
    alloc_free(columns);
    return FRINGE_OK;
}

fringe_status baseline_mean(const float *pixels, int32_t height_px, int32_t width_px, int32_t side_px,
                            float *out, fringe_error *error)
{
    size_t count = (size_t)height_px * (size_t)width_px;
    double *means = alloc_aligned(count, sizeof *means);
    if (!means) return failure_memory(error, "local means", count * sizeof *means);
    fringe_status status = box_mean(pixels, height_px, width_px, side_px, 0, means, error);
    for (size_t i = 0; i < count && !status; i++) out[i] = (float)means[i];
    alloc_free(means);
    return status;
}

fringe_status baseline_spread(const float *pixels, int32_t height_px, int32_t width_px, int32_t side_px,
                              float *out, fringe_error *error)
{
    size_t count = (size_t)height_px * (size_t)width_px;
    double *means = alloc_aligned(count, sizeof *means), *squares = alloc_aligned(count, sizeof *squares);
    fringe_status status = FRINGE_OK;
    if (!means || !squares) status = failure_memory(error, "local spreads", 2 * count * sizeof *means);
    if (!status) status = box_mean(pixels, height_px, width_px, side_px, 0, means, error);
    if (!status) status = box_mean(pixels, height_px, width_px, side_px, 1, squares, error);
    for (size_t i = 0; i < count && !status; i++) {
        double variance = squares[i] - means[i] * means[i];
        out[i] = variance > 0 ? (float)sqrt(variance) : 0;
    }
    alloc_free(means);
    alloc_free(squares);
    return status;
}

/* A pass of a Gaussian blur over rows or columns: pixel i of line l is at l * line + i * step. */
struct blur {
    const float *from;
    float *to;
    const float *weights; /* radius + 1: of the pixel itself and those beside it */
    int32_t radius, length;
    size_t line, step;
};

static void blur_line(void *context, size_t index, int worker)
{
    (void)worker;
    const struct blur *blur = context;
    const float *from = blur->from + index * blur->line;
    float *to = blur->to + index * blur->line;
    for (int32_t i = 0; i < blur->length; i++) {
        float sum = blur->weights[0] * from[(size_t)i * blur->step];
        for (int32_t r = 1; r <= blur->radius; r++) {
            int32_t before = i - r > 0 ? i - r : 0, behind = i + r < blur->length ? i + r : blur->length - 1;
            sum += blur->weights[r] * (from[(size_t)before * blur->step] + from[(size_t)behind * blur->step]);
        }
        to[(size_t)i * blur->step] = sum;
    }
}

/* Beyond the edge the image goes on with its edge pixels. `between` holds the plane after the first pass. */
static fringe_status blur_plane(const float *pixels, int32_t height_px, int32_t width_px, double sigma_px,
                                const fringe_run *run, float *between, float *out, fringe_error *error)
{
    int32_t radius = (int32_t)ceil(4 * sigma_px);
    float *weights = alloc_array((size_t)radius + 1, sizeof *weights);
    double sum = 0;
    if (!weights) return failure_memory(error, "a blur's weights", ((size_t)radius + 1) * sizeof *weights);
    for (int32_t r = -radius; r <= radius; r++) sum += exp(-0.5 * (r / sigma_px) * (r / sigma_px));
    for (int32_t r = 0; r <= radius; r++)
        weights[r] = (float)(exp(-0.5 * (r / sigma_px) * (r / sigma_px)) / sum);
    struct blur rows = {pixels, between, weights, radius, width_px, (size_t)width_px, 1};
    struct blur columns = {between, out, weights, radius, height_px, 1, (size_t)width_px};
    fringe_status status = run_state_parallel(run, (size_t)height_px, blur_line, &rows, error);
    if (!status) status = run_state_parallel(run, (size_t)width_px, blur_line, &columns, error);
    alloc_free(weights);
    return status;
}

fringe_status baseline_band(const float *pixels, int32_t height_px, int32_t width_px, double fine_px,
                            double coarse_px, const fringe_run *run, float *out, fringe_error *error)
{
    size_t count = (size_t)height_px * (size_t)width_px;
    float *coarse = alloc_aligned(count, sizeof *coarse), *between = alloc_aligned(count, sizeof *between);
    fringe_status status = FRINGE_OK;
    if (!coarse || !between) status = failure_memory(error, "blurred images", 2 * count * sizeof *coarse);
    if (!status) status = blur_plane(pixels, height_px, width_px, fine_px, run, between, out, error);
    if (!status) status = blur_plane(pixels, height_px, width_px, coarse_px, run, between, coarse, error);
    for (size_t i = 0; i < count && !status; i++) out[i] -= coarse[i];
    alloc_free(coarse);
    alloc_free(between);
    return status;
}
