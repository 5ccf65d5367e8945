#include "simulate/microstructure.h"

#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/failure.h"

#define PI          3.14159265358979323846
#define CLOSEST     0.8 /* distance of two grains, of the sum of their radii: they may grow into each other */
#define ROUGHNESS   0.1
#define BUMPS       3
#define GATHERING   2.0 /* how much nearness to the active material counts beside chance, for the binder */
#define KERNEL_MOST 64

enum { GRAINS_MOST = 60000, TRIES = 40 };

struct grain_shape {
    double centre[3], radius, axis[3]; /* half axes of the ellipsoid, of the radius */
    double bump[BUMPS][3], phase[BUMPS];
};

/* The shorter way from b to a where the axis repeats itself. */
static double apart(double a, double b, double length)
{
    return remainder(a - b, length);
}

static struct grain_shape draw_grain(const struct microstructure *m, double height, struct rng *rng)
{
    struct grain_shape g = {.radius = m->grain_px / 2 * exp(0.3 * rng_normal(rng))};
    double lengths[3] = {m->size_px, m->size_px, height};
    g.radius = fmin(g.radius, m->size_px / 3.);
    for (int k = 0; k < 3; k++) {
        g.centre[k] = rng_uniform(rng, 0, lengths[k]);
        g.axis[k] = rng_uniform(rng, 0.75, 1);
    }
    for (int b = 0; b < BUMPS; b++) {
        rng_direction(rng, g.bump[b]);
        g.phase[b] = rng_uniform(rng, 0, 2 * PI);
    }
    return g;
}

/* Whether a point, seen from the centre, lies inside: an ellipsoid whose radius waves with the direction. */
static int is_inside(const struct grain_shape *g, const double *d)
{
    double sum = 0, norm = 1e-9, radius = 1;
    for (int k = 0; k < 3; k++) {
        double t = d[k] / (g->radius * g->axis[k]);
        sum += t * t;
        norm += d[k] * d[k];
    }
    if (sum > (1 + BUMPS * ROUGHNESS) * (1 + BUMPS * ROUGHNESS)) return 0;
    norm = sqrt(norm);
    for (int b = 0; b < BUMPS; b++) {
        double along = (d[0] * g->bump[b][0] + d[1] * g->bump[b][1] + d[2] * g->bump[b][2]) / norm;
        radius += ROUGHNESS * cos(3 * along + g->phase[b]);
    }
    return sum <= radius * radius;
}

/* Puts a grain into the box; returns the voxels that were free before. */
static int64_t put_grain(const struct microstructure *m, const struct grain_shape *g, double height,
                         uint16_t number, uint8_t *phases, uint16_t *grains)
{
    int32_t n = m->size_px, reach = (int32_t)ceil(g->radius * (1 + BUMPS * ROUGHNESS));
    int64_t won = 0;
    for (int32_t z = 0; z < m->depth_px; z++) {
        double d[3] = {0, 0, apart(z, g->centre[2], height)};
        if (fabs(d[2]) > reach) continue;
        for (int32_t i = -reach; i <= reach; i++)
            for (int32_t j = -reach; j <= reach; j++) {
                int32_t y = ((int32_t)g->centre[1] + i + n) % n, x = ((int32_t)g->centre[0] + j + n) % n;
                size_t at = ((size_t)z * n + y) * n + x;
                if (phases[at] == MICROSTRUCTURE_ACTIVE) continue;
                d[0] = apart(x, g->centre[0], n);
                d[1] = apart(y, g->centre[1], n);
                if (!is_inside(g, d)) continue;
                phases[at] = MICROSTRUCTURE_ACTIVE;
                if (grains) grains[at] = number;
                won++;
            }
    }
    return won;
}

static int is_crowded(const struct grain_shape *grains, int count, const double lengths[3])
{
    const struct grain_shape *g = grains + count;
    for (int i = 0; i < count; i++) {
        double sum = 0, closest = CLOSEST * (g->radius + grains[i].radius);
        for (int k = 0; k < 3; k++) sum += pow(apart(g->centre[k], grains[i].centre[k], lengths[k]), 2);
        if (sum < closest * closest) return 1;
    }
    return 0;
}

/* Grains are added where there is room, and after some tries anywhere, until the share is reached. */
static fringe_status put_grains(const struct microstructure *m, struct rng *rng, uint8_t *phases,
                                uint16_t *numbers, fringe_error *error)
{
    /* A section needs grains above and below it. */
    double height = m->depth_px > 1 ? m->depth_px : 3 * m->grain_px;
    double lengths[3] = {m->size_px, m->size_px, height};
    int64_t voxels = (int64_t)m->size_px * m->size_px * m->depth_px, active = 0;
    struct grain_shape *grains = alloc_array(GRAINS_MOST, sizeof *grains);
    if (!grains) return failure_memory(error, "grains", GRAINS_MOST * sizeof *grains);
    for (int count = 0; count < GRAINS_MOST && (double)active < m->active_share * (double)voxels; count++) {
        for (int tries = 0; tries < TRIES; tries++) {
            grains[count] = draw_grain(m, height, rng);
            if (!is_crowded(grains, count, lengths)) break;
        }
        active += put_grain(m, grains + count, height, (uint16_t)(count + 1), phases, numbers);
    }
    alloc_free(grains);
    return FRINGE_OK;
}

/* One line of a box, blurred around its ends. */
static void blur_line(const float *kernel, int32_t reach, int32_t n, float *values, size_t stride,
                      float *line)
{
    for (int32_t i = 0; i < n; i++) line[i] = values[(size_t)i * stride];
    for (int32_t i = 0; i < n; i++) {
        float sum = 0;
        for (int32_t k = -reach; k <= reach; k++) sum += kernel[k + reach] * line[((i + k) % n + n) % n];
        values[(size_t)i * stride] = sum;
    }
}

void microstructure_blur(const struct microstructure *m, double sd_px, float *values, float *line)
{
    float kernel[2 * KERNEL_MOST + 1];
    int32_t n = m->size_px, reach = (int32_t)fmin(KERNEL_MOST, ceil(3 * sd_px));
    double sum = 0;
    if (!(sd_px > 0)) return;
    for (int32_t k = -reach; k <= reach; k++) sum += exp(-k * k / (2 * sd_px * sd_px));
    for (int32_t k = -reach; k <= reach; k++)
        kernel[k + reach] = (float)(exp(-k * k / (2 * sd_px * sd_px)) / sum);
    for (int axis = 0; axis < (m->depth_px > 1 ? 3 : 2); axis++) {
        size_t stride = axis == 0 ? 1 : axis == 1 ? (size_t)n : (size_t)n * (size_t)n;
        int32_t length = axis < 2 ? n : m->depth_px, rows = axis == 2 ? n : m->depth_px;
        size_t row_stride = axis == 2 ? (size_t)n : (size_t)n * (size_t)n;
        for (int32_t r = 0; r < rows; r++) /* the two other axes */
            for (int32_t c = 0; c < n; c++)
                blur_line(kernel, reach, length,
                          values + (size_t)r * row_stride + (size_t)c * (axis ? 1 : (size_t)n), stride, line);
    }
}

static int compare(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

/* The binder takes its share of the voxels that are left: those where a smooth random field, raised near the
 * active material, is highest. */
static fringe_status put_binder(const struct microstructure *m, struct rng *rng, uint8_t *phases,
                                fringe_error *error)
{
    size_t voxels = (size_t)m->size_px * (size_t)m->size_px * (size_t)m->depth_px, left = 0;
    double scale = m->grain_px / 10;
    float *field = alloc_array(voxels, sizeof *field), *near = alloc_array(voxels, sizeof *near);
    float *line = alloc_array(2 * (size_t)m->size_px, sizeof *line);
    fringe_status status = FRINGE_OK;
    if (!field || !near || !line) {
        status = failure_memory(error, "a binder", 2 * voxels * sizeof *field);
        goto done;
    }
    for (size_t i = 0; i < voxels; i++) {
        field[i] = (float)rng_normal(rng);
        near[i] = phases[i] == MICROSTRUCTURE_ACTIVE;
    }
    microstructure_blur(m, scale, field, line);
    microstructure_blur(m, scale, near, line);
    double power = 0;
    for (size_t i = 0; i < voxels; i++) power += field[i] * field[i] / (double)voxels;
    for (size_t i = 0; i < voxels; i++) {
        field[i] = (float)(field[i] / sqrt(power) + GATHERING * near[i]);
        if (phases[i] == MICROSTRUCTURE_PORE) near[left++] = field[i];
    }
    size_t taken = (size_t)(m->binder_share * (double)left);
    if (taken == 0) goto done;
    qsort(near, left, sizeof *near, compare);
    for (size_t i = 0; i < voxels; i++)
        if (phases[i] == MICROSTRUCTURE_PORE && field[i] >= near[left - taken])
            phases[i] = MICROSTRUCTURE_BINDER;
done:
    alloc_free(field);
    alloc_free(near);
    alloc_free(line);
    return status;
}

fringe_status microstructure_fill(const struct microstructure *m, struct rng *rng, uint8_t *phases,
                                  uint16_t *grains, fringe_error *error)
{
    size_t voxels = (size_t)m->size_px * (size_t)m->size_px * (size_t)m->depth_px;
    for (size_t i = 0; i < voxels; i++) phases[i] = MICROSTRUCTURE_PORE;
    for (size_t i = 0; grains && i < voxels; i++) grains[i] = 0;
    fringe_status status = put_grains(m, rng, phases, grains, error);
    return status ? status : put_binder(m, rng, phases, error);
}
