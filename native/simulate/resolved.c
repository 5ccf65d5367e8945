#include "simulate/resolved.h"

#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "crystal/element.h"
#include "image/fft.h"

#define PI            3.14159265358979323846
#define STANDS_OUT    5.0  /* of its ring's median */
#define ALLOWED       0.05 /* |F|^2 of what it were with all atoms in phase: spinel's 220 passes */
#define FINEST_PER_A  1.0  /* 0.1 nm */
#define PASSED        0.05 /* the lens's envelope there */
#define PERIODS_LEAST 3.0  /* of a reflection across the particle */
#define NON_COLLINEAR 0.17 /* sine of the angle: 10 degrees */
#define OUTLIER_SD    6.0  /* X-ray pixels are cut off there */

/* The power spectrum of one particle's pixels, sorted by distance from the centre. */
struct spectrum {
    int32_t n;
    double per_a;            /* bins per 1/A */
    const float *re, *im;    /* transposed, as fft.h has it */
    size_t *begin;           /* of ring r, the distances r - 0.5 to r + 0.5; n / 2 + 2 of them */
    float *sorted, *scratch; /* powers by ring; n * n each */
};

/* A reflection that stood out before. */
struct spot {
    double x, y;
    int found;
};

static float power_at(const struct spectrum *s, int32_t kx, int32_t ky)
{
    size_t at = (size_t)(kx < 0 ? kx + s->n : kx) * (size_t)s->n + (size_t)(ky < 0 ? ky + s->n : ky);
    return s->re[at] * s->re[at] + s->im[at] * s->im[at];
}

/* The ring of a frequency; n / 2 + 1 for all beyond the last. */
static int32_t ring_of(const struct spectrum *s, int32_t kx, int32_t ky)
{
    int32_t ring = (int32_t)(sqrt((double)kx * kx + (double)ky * ky) + 0.5);
    return ring <= s->n / 2 ? ring : s->n / 2 + 1;
}

static void sort_rings(struct spectrum *s)
{
    int32_t half = s->n / 2;
    for (int pass = 0; pass < 2; pass++) { /* counts, then puts; half of the plane repeats the other */
        for (int32_t kx = 0; kx < half; kx++)
            for (int32_t ky = -half + 1; ky < half; ky++) {
                int32_t ring = ring_of(s, kx, ky);
                if (ring > half) continue;
                if (pass)
                    s->sorted[s->begin[ring]++] = power_at(s, kx, ky);
                else
                    s->begin[ring + 1]++;
            }
        for (int32_t r = 0; r <= half && !pass; r++) s->begin[r + 1] += s->begin[r];
    }
    for (int32_t r = half + 1; r > 0; r--)
        s->begin[r] = s->begin[r - 1]; /* each begin stands at its end now */
    s->begin[0] = 0;
}

static int compare(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

/* The median of a ring that is 3 bins wide. */
static float ring_median(const struct spectrum *s, int32_t ring)
{
    size_t from = s->begin[ring > 0 ? ring - 1 : 0],
           to = s->begin[ring + 2 <= s->n / 2 + 1 ? ring + 2 : ring + 1];
    for (size_t i = from; i < to; i++) s->scratch[i - from] = s->sorted[i];
    qsort(s->scratch, to - from, sizeof *s->scratch, compare);
    return s->scratch[(to - from) / 2];
}

static int stands_out(const struct spectrum *s, double gx, double gy)
{
    int32_t kx = (int32_t)lround(gx * s->per_a), ky = (int32_t)lround(gy * s->per_a);
    int32_t ring = ring_of(s, kx, ky);
    return ring <= s->n / 2 && power_at(s, kx, ky) >= STANDS_OUT * ring_median(s, ring);
}

/* The reciprocal vectors of three vectors, without 2 pi. */
static void reciprocal(double cell[3][3], double dual[3][3])
{
    double volume = 0;
    for (int k = 0; k < 3; k++) {
        const double *b = cell[(k + 1) % 3], *c = cell[(k + 2) % 3];
        for (int x = 0; x < 3; x++)
            dual[k][x] = b[(x + 1) % 3] * c[(x + 2) % 3] - b[(x + 2) % 3] * c[(x + 1) % 3];
    }
    for (int x = 0; x < 3; x++) volume += cell[0][x] * dual[0][x];
    for (int k = 0; k < 9; k++) dual[k / 3][k % 3] /= volume;
}

static void combine(const int h[3], double dual[3][3], double g[3])
{
    for (int x = 0; x < 3; x++) g[x] = h[0] * dual[0][x] + h[1] * dual[1][x] + h[2] * dual[2][x];
}

/* Whether the cell's atoms scatter together into g, which is given along the cell's own axes. */
static int is_allowed(const struct phase_site *sites, int site_count, const double g[3])
{
    double re = 0, im = 0, all = 0, g2 = g[0] * g[0] + g[1] * g[1] + g[2] * g[2];
    for (int s = 0; s < site_count; s++) {
        const double *p = sites[s].position;
        double phase = 2 * PI * (g[0] * p[0] + g[1] * p[1] + g[2] * p[2]);
        double f = element_scattering(element_get(sites[s].element), g2);
        re += f * cos(phase);
        im += f * sin(phase);
        all += f;
    }
    return re * re + im * im >= ALLOWED * all * all;
}

static int is_passed(const struct optics_lens *lens, const double g[3])
{
    double re, im;
    optics_transfer(lens, g[0], g[1], &re, &im);
    return re * re + im * im >= PASSED * PASSED;
}

/* Goes through the reflections of one crystal; 1 when a second direction stands out. */
static int search_crystal(const struct spectrum *s, const struct particle *particle, const double map[9],
                          const struct optics_lens *lens, double finest, struct spot *before)
{
    double cell[3][3], turned[3][3], dual[3][3], turned_dual[3][3], g[3], own[3];
    struct phase_site sites[PHASE_CELL_MOST];
    int site_count = phase_cell(particle->grain.phase, cell, sites), h[3], most[3];
    double diameter = 2 * particle->grain.radius_a, rod = 1.5 / diameter; /* its length in z, half */
    for (int k = 0; k < 3; k++) {
        for (int x = 0; x < 3; x++)
            turned[k][x] =
                map[3 * x] * cell[k][0] + map[3 * x + 1] * cell[k][1] + map[3 * x + 2] * cell[k][2];
        most[k] = (int)ceil(
            finest * 1.1 * sqrt(cell[k][0] * cell[k][0] + cell[k][1] * cell[k][1] + cell[k][2] * cell[k][2]));
    }
    reciprocal(cell, dual);
    reciprocal(turned, turned_dual);
    for (h[0] = 0; h[0] <= most[0]; h[0]++) /* what lies opposite says the same */
        for (h[1] = -most[1]; h[1] <= most[1]; h[1]++)
            for (h[2] = -most[2]; h[2] <= most[2]; h[2]++) {
                combine(h, turned_dual, g);
                double across2 = g[0] * g[0] + g[1] * g[1], across = sqrt(across2);
                /* The Ewald sphere bends away from the plane by wavelength g^2 / 2. */
                if (fabs(g[2]) > rod + lens->wavelength * across2 / 2) continue;
                if (across > finest || across * diameter < PERIODS_LEAST) continue;
                combine(h, dual, own);
                if (!is_allowed(sites, site_count, own) || !is_passed(lens, g)) continue;
                if (!stands_out(s, g[0], g[1])) continue;
                double x = g[0] / across, y = g[1] / across;
                if (before->found && fabs(x * before->y - y * before->x) > NON_COLLINEAR) return 1;
                if (!before->found) *before = (struct spot){x, y, 1};
            }
    return 0;
}

/* The particle's own pixels about their mean, 0 elsewhere. */
static void cut_out(const struct scene *scene, const struct particle *particle, const uint16_t *counts,
                    int32_t n, float *re, float *im)
{
    double sum = 0, sum2 = 0;
    for (int pass = 0; pass < 2; pass++) {
        double mean = sum / (double)particle->area_px;
        double most = OUTLIER_SD * sqrt(fmax(0, sum2 / (double)particle->area_px - mean * mean));
        for (size_t i = 0; pass && i < (size_t)n * (size_t)n; i++) re[i] = im[i] = 0;
        for (int32_t i = 0; i < particle->height_px; i++)
            for (int32_t j = 0; j < particle->width_px; j++) {
                if (!particle->label[(size_t)i * particle->width_px + j]) continue;
                size_t from = (size_t)(i + particle->top_px) * scene->size_px + j + particle->left_px;
                double value = counts[from];
                if (pass) {
                    re[(size_t)i * n + j] = (float)fmin(fmax(value - mean, -most), most);
                } else {
                    sum += value;
                    sum2 += value * value;
                }
            }
    }
}

static fringe_status search_particle(const struct scene *scene, const struct particle *particle,
                                     const struct optics_lens *lens, const uint16_t *counts,
                                     uint8_t *resolved, fringe_error *error)
{
    int32_t extent = particle->width_px > particle->height_px ? particle->width_px : particle->height_px;
    int32_t n = fft_next_size(2 * extent); /* so that no reflection falls between two bins */
    size_t pixels = (size_t)n * (size_t)n, plane = (pixels + 15) / 16 * 16;
    double maps[GRAIN_DOMAIN_MOST][9], finest = fmin(FINEST_PER_A, 0.5 / scene->pixel_a);
    struct spectrum s = {.n = n, .per_a = n * scene->pixel_a};
    struct fft_plan *plan = NULL;
    struct spot before = {0, 0, 0};
    fringe_status status = fft_plan_create(n, n, &plan, error);
    if (status) return status;
    float *planes = alloc_aligned(4 * plane + fft_scratch_floats(plan), sizeof *planes);
    s.begin = alloc_array((size_t)n / 2 + 2, sizeof *s.begin);
    if (!planes || !s.begin) {
        status = failure_memory(error, "a particle's spectrum", 4 * plane * sizeof *planes);
        goto done;
    }
    s.re = planes + 2 * plane;
    s.im = planes + 3 * plane;
    cut_out(scene, particle, counts, n, planes, planes + plane);
    fft_forward(plan, planes, planes + plane, planes + 2 * plane, planes + 3 * plane, planes + 4 * plane);
    s.sorted = planes;
    s.scratch = planes + plane;
    sort_rings(&s);
    int domains = grain_domains(&particle->grain, maps);
    for (int d = 0; d < domains && !*resolved; d++)
        *resolved = (uint8_t)search_crystal(&s, particle, maps[d], lens, finest, &before);
done:
    alloc_free(planes);
    alloc_free(s.begin);
    fft_plan_free(plan);
    return status;
}

fringe_status resolved_find(const struct scene *scene, struct scene_exposure *exposure,
                            const uint16_t *counts, fringe_error *error)
{
    const struct optics_lens lens = optics_lens_of(&exposure->optics);
    fringe_status status = FRINGE_OK;
    for (int p = 0; p < scene->particle_count && !status; p++) {
        exposure->resolved[p] = 0;
        if (scene->particles[p].area_px > 0)
            status =
                search_particle(scene, scene->particles + p, &lens, counts, exposure->resolved + p, error);
    }
    return status;
}
