#include "faults/published_features.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "image/fft.h"

/* Rings 0 to 99: a plateau 10 px wide, with flanks of an error function over 4 px. */
#define PLATEAU_PX 10.0
#define FLANK_PX   4.0
enum { RING_COUNT = 100, PARTS = 4, RADII = (RING_COUNT + 16) * PARTS };

struct box {
    int32_t x0, y0, x1, y1; /* the last ones are inside */
};

static int find_box(const struct lattice_region *region, struct box *box)
{
    *box = (struct box){region->width_px, region->height_px, -1, -1};
    for (int32_t y = 0; y < region->height_px; y++)
        for (int32_t x = 0; x < region->width_px; x++) {
            if (region->mask && !region->mask[(size_t)y * (size_t)region->width_px + (size_t)x]) continue;
            if (x < box->x0) box->x0 = x;
            if (y < box->y0) box->y0 = y;
            if (x > box->x1) box->x1 = x;
            if (y > box->y1) box->y1 = y;
        }
    return box->x1 >= 0;
}

/* Mean and population s.d. of the box's finite pixels. */
static void measure_pixels(const struct lattice_region *region, const struct box *box, double *mean,
                           double *sd)
{
    double sum = 0, sum2 = 0;
    int64_t count = 0;
    for (int pass = 0; pass < 2; pass++) {
        for (int32_t y = box->y0; y <= box->y1; y++)
            for (int32_t x = box->x0; x <= box->x1; x++) {
                double value = region->pixels[(size_t)y * (size_t)region->width_px + (size_t)x];
                if (!isfinite(value)) continue;
                if (pass == 0)
                    sum += value, count++;
                else
                    sum2 += (value - *mean) * (value - *mean);
            }
        if (pass == 0) *mean = count ? sum / (double)count : 0;
    }
    *sd = count ? sqrt(sum2 / (double)count) : 0;
}

/* The modulus by its distance from zero frequency, in steps of 1 / PARTS of a pixel. */
static fringe_status sum_radii(const struct lattice_region *region, const struct box *box, double mean,
                               double radii[RADII], fringe_error *error)
{
    int32_t height = fft_next_size(box->y1 - box->y0 + 1), width = fft_next_size(box->x1 - box->x0 + 1);
    struct fft_plan *plan = NULL;
    float *planes[4] = {0}, *scratch = NULL;
    size_t count = (size_t)height * (size_t)width;
    int missing = 0;
    fringe_status status = fft_plan_create(height, width, &plan, error);
    if (status) return status;
    for (int i = 0; i < 4; i++) missing |= !(planes[i] = alloc_aligned(count, sizeof(float)));
    scratch = alloc_aligned(fft_scratch_floats(plan), sizeof(float));
    if (missing || !scratch) {
        status = failure_memory(error, "a crop's transform", 4ULL * count * sizeof(float));
        goto done;
    }
    memset(planes[1], 0, count * sizeof(float));
    for (int32_t y = 0; y < height; y++)
        for (int32_t x = 0; x < width; x++) {
            float value = (float)mean;
            if (y + box->y0 <= box->y1 && x + box->x0 <= box->x1)
                value =
                    region->pixels[(size_t)(y + box->y0) * (size_t)region->width_px + (size_t)(x + box->x0)];
            planes[0][(size_t)y * (size_t)width + (size_t)x] = isfinite(value) ? value : (float)mean;
        }
    fft_forward(plan, planes[0], planes[1], planes[2], planes[3], scratch);
    for (int32_t kx = 0; kx < width; kx++)
        for (int32_t ky = 0; ky < height; ky++) {
            size_t at = (size_t)kx * (size_t)height + (size_t)ky;
            double dx = kx > width / 2 ? kx - width : kx, dy = ky > height / 2 ? ky - height : ky;
            double place = sqrt(dx * dx + dy * dy) * PARTS + 0.5;
            if (place < RADII) radii[(int)place] += hypot(planes[2][at], planes[3][at]);
        }
done:
    for (int i = 0; i < 4; i++) alloc_free(planes[i]);
    alloc_free(scratch);
    fft_plan_free(plan);
    return status;
}

fringe_status published_features_compute(const struct lattice_region *region,
                                         double features[PUBLISHED_FEATURE_COUNT], fringe_error *error)
{
    struct box box;
    double radii[RADII] = {0}, rings[RING_COUNT], mean = 0, sd = 0, sum = 0, sum2 = 0, moment = 0;
    if (!find_box(region, &box)) return failure_set(error, FRINGE_ARGUMENT, "a mask of no pixel");
    measure_pixels(region, &box, &mean, &sd);
    fringe_status status = sum_radii(region, &box, mean, radii, error);
    if (status) return status;
    for (int ring = 0; ring < RING_COUNT; ring++) {
        rings[ring] = 0;
        for (int i = 0; i < RADII; i++) {
            double from = (double)i / PARTS - ring;
            rings[ring] +=
                radii[i] * 0.5 *
                (erf((from + PLATEAU_PX / 2) / FLANK_PX) - erf((from - PLATEAU_PX / 2) / FLANK_PX));
        }
        sum += rings[ring];
        moment += ring * rings[ring];
    }
    for (int ring = 0; ring < RING_COUNT; ring++) sum2 += pow(rings[ring] - sum / RING_COUNT, 2);
    features[0] = sum / RING_COUNT;
    features[1] = sqrt(sum2 / RING_COUNT);
    features[2] = mean;
    features[3] = sd;
    features[4] = sum > 0 ? moment / sum : 0;
    return FRINGE_OK;
}
