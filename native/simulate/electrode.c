#include "simulate/electrode.h"

#include <math.h>

#include "base/alloc.h"
#include "base/failure.h"

#define PI       3.14159265358979323846
#define BLACK    6000. /* counts of a pore without noise */
#define CONTRAST 30000.

/* Levels between 0 (pore) and about 1 (active material), by enum of microstructure.h. */
static const double attenuation[MICROSTRUCTURE_PHASE_COUNT] = {0, 1, 0.3};
static const double backscatter[MICROSTRUCTURE_PHASE_COUNT] = {0.05, 0.9, 0.3};
static const double secondary[MICROSTRUCTURE_PHASE_COUNT] = {0.15, 0.6, 0.5};

struct painter {
    const struct electrode *electrode;
    size_t voxels;
    float *plane, *other, *line;
    uint16_t *grains;
};

/* Blurs what was painted, adds noise that grows with the signal as counting does, and stores a channel. */
static void store(const struct painter *p, int channel, struct rng *rng)
{
    const double *v = p->electrode->values;
    uint16_t *to = p->electrode->intensity + (size_t)channel * p->voxels;
    for (size_t i = 0; i < p->voxels; i++) {
        double level = p->plane[i];
        level += v[KEY_noise] * sqrt(0.4 + 0.6 * fmax(0, level)) * rng_normal(rng);
        to[i] = (uint16_t)fmin(65535, fmax(0, floor(BLACK + CONTRAST * level + 0.5)));
    }
}

/* A smooth random field of mean 0 and standard deviation 1, in `other`. */
static void paint_field(const struct painter *p, double sd_px, struct rng *rng)
{
    double power = 1e-12;
    for (size_t i = 0; i < p->voxels; i++) p->other[i] = (float)rng_normal(rng);
    microstructure_blur(&p->electrode->structure, sd_px, p->other, p->line);
    for (size_t i = 0; i < p->voxels; i++) power += p->other[i] * p->other[i] / (double)p->voxels;
    for (size_t i = 0; i < p->voxels; i++) p->other[i] /= (float)sqrt(power);
}

/* Stripes along y, the same in both channels: line noise, smoothed over a few columns. */
static void draw_curtains(const struct painter *p, struct rng *rng, float *curtains)
{
    int32_t n = p->electrode->structure.size_px;
    float before = 0;
    for (int32_t x = 0; x < n; x++) {
        before = 0.7f * before + 0.7f * (float)rng_normal(rng);
        curtains[x] = (float)p->electrode->values[KEY_curtains] * before;
    }
}

/* Backscattered electrons see the atomic number, and in a crystal its direction. */
static void paint_backscatter(const struct painter *p, struct rng *rng)
{
    const struct electrode *e = p->electrode;
    paint_field(p, e->structure.grain_px / 6, rng);
    for (size_t i = 0; i < p->voxels; i++) {
        double level = backscatter[e->phases[i]];
        if (e->phases[i] == MICROSTRUCTURE_PORE)
            level += 0.08 * p->other[i]; /* what lies deeper shines through */
        struct rng own = rng_split(rng, p->grains[i]);
        if (p->grains[i]) level += rng_uniform(&own, -0.08, 0.08);
        p->plane[i] = (float)level;
    }
}

/* Secondary electrons see edges and charge, less the material. */
static void paint_secondary(const struct painter *p, struct rng *rng)
{
    const struct electrode *e = p->electrode;
    int32_t n = e->structure.size_px;
    double tilt = rng_uniform(rng, 0, 2 * PI);
    for (size_t i = 0; i < p->voxels; i++) p->other[i] = e->phases[i] != MICROSTRUCTURE_PORE;
    microstructure_blur(&e->structure, 2, p->other, p->line);
    for (size_t i = 0; i < p->voxels; i++) {
        double solid = p->other[i], x = (double)(i % (size_t)n) / n - 0.5,
               y = (double)(i / (size_t)n) / n - 0.5;
        double edge = e->phases[i] == MICROSTRUCTURE_PORE ? 0 : 4 * solid * (1 - solid); /* 1 on a rim */
        p->plane[i] = (float)(secondary[e->phases[i]] + 0.35 * edge +
                              e->values[KEY_charging] * (x * cos(tilt) + y * sin(tilt)));
    }
    paint_field(p, e->structure.grain_px / 3, rng);
    for (size_t i = 0; i < p->voxels; i++)
        p->plane[i] += (float)(0.3 * e->values[KEY_charging]) * p->other[i];
}

static void paint_section(const struct painter *p, struct rng *rng)
{
    const struct electrode *e = p->electrode;
    int32_t n = e->structure.size_px;
    float *curtains = p->line + 2 * n;
    draw_curtains(p, rng, curtains);
    for (int channel = 0; channel < 2; channel++) {
        if (channel == 0)
            paint_secondary(p, rng);
        else
            paint_backscatter(p, rng);
        for (size_t i = 0; i < p->voxels; i++) p->plane[i] *= 1 + curtains[i % (size_t)n];
        microstructure_blur(&e->structure, e->values[KEY_blur_px], p->plane, p->line);
        store(p, channel, rng);
    }
}

/* Rings stand about the axis in the middle of each slice, in each slice others: a slice is a detector's row.
 */
static void paint_tomogram(const struct painter *p, struct rng *rng)
{
    const struct electrode *e = p->electrode;
    int32_t n = e->structure.size_px;
    float *rings = p->line + 2 * n; /* by radius, to n */
    for (size_t i = 0; i < p->voxels; i++) p->plane[i] = (float)attenuation[e->phases[i]];
    microstructure_blur(&e->structure, e->values[KEY_blur_px], p->plane, p->line);
    for (int32_t z = 0; z < e->structure.depth_px; z++) {
        for (int32_t r = 0; r < n; r++) rings[r] = (float)(e->values[KEY_rings] * rng_normal(rng));
        for (int32_t y = 0; y < n; y++)
            for (int32_t x = 0; x < n; x++) {
                double dx = x - (n - 1) / 2., dy = y - (n - 1) / 2., r = sqrt(dx * dx + dy * dy);
                double shade = e->values[KEY_cupping] * (2 * r * r / ((double)n * n) - 0.5);
                int32_t ring = (int32_t)r;
                double part = r - ring, next = rings[ring + 1 < n ? ring + 1 : ring];
                p->plane[((size_t)z * n + y) * n + x] +=
                    (float)(shade + rings[ring] * (1 - part) + next * part);
            }
    }
    store(p, 0, rng);
}

fringe_status electrode_draw(const struct recipe *recipe, struct rng *rng, struct electrode *e,
                             fringe_error *error)
{
    *e = (struct electrode){.subject = recipe->subject,
                            .channel_count = recipe->subject == RECIPE_SECTION ? 2 : 1};
    double *v = e->values;
    recipe_draw_stage(recipe, STAGE_ANY, rng, v);
    recipe_draw_stage(recipe, STAGE_ELECTRODE, rng, v);
    recipe_draw_stage(recipe, recipe->subject == RECIPE_SECTION ? STAGE_SECTION : STAGE_TOMOGRAM, rng, v);
    int32_t size = (int32_t)v[KEY_size_px];
    e->structure = (struct microstructure){.size_px = size,
                                           .depth_px = recipe->subject == RECIPE_SECTION ? 1 : size,
                                           .active_share = v[KEY_active_share],
                                           .binder_share = v[KEY_phase_count] < 3 ? 0 : v[KEY_binder_share],
                                           .grain_px = v[KEY_grain_px]};
    double count = (double)size * size * e->structure.depth_px;
    if (count > ELECTRODE_VOXEL_MOST)
        return failure_set(error, FRINGE_ARGUMENT, "a tomogram of %d^3 voxels: %d in all are the most",
                           (int)size, (int)ELECTRODE_VOXEL_MOST);
    struct painter p = {.electrode = e, .voxels = (size_t)count};
    fringe_status status = FRINGE_OK;
    e->phases = alloc_array(p.voxels, 1);
    e->intensity = alloc_array(p.voxels, (size_t)e->channel_count * sizeof *e->intensity);
    p.plane = alloc_array(p.voxels, sizeof *p.plane);
    p.other = alloc_array(p.voxels, sizeof *p.other);
    p.line = alloc_array(3 * (size_t)size, sizeof *p.line);
    p.grains = alloc_array(p.voxels, sizeof *p.grains);
    if (!e->phases || !e->intensity || !p.plane || !p.other || !p.line || !p.grains)
        status = failure_memory(error, "an electrode", p.voxels * 2 * sizeof *p.plane);
    if (!status) status = microstructure_fill(&e->structure, rng, e->phases, p.grains, error);
    if (status) goto done;
    for (size_t i = 0; i < p.voxels; i++) e->share[e->phases[i]] += 1 / count;
    if (recipe->subject == RECIPE_SECTION)
        paint_section(&p, rng);
    else
        paint_tomogram(&p, rng);
done:
    alloc_free(p.plane);
    alloc_free(p.other);
    alloc_free(p.line);
    alloc_free(p.grains);
    return status;
}

void electrode_clear(struct electrode *e)
{
    alloc_free(e->phases);
    alloc_free(e->intensity);
    *e = (struct electrode){0};
}
