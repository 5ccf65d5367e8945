#include "simulate/detector.h"

#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "image/fft.h"

#define PI 3.14159265358979323846

/* sin(pi x) / (pi x) */
static double sinc(double x)
{
    return fabs(x) < 1e-9 ? 1 : sin(PI * x) / (PI * x);
}

/* The detector's transfer function, u2 the square of the frequency over Nyquist's. */
static double transfer(const double *v, double u2)
{
    double mtf = v[KEY_mtf_at_nyquist];
    return 1 / sqrt(1 + u2 * (1 / (mtf * mtf) - 1));
}

/* The frequency of index i of n. */
static int32_t frequency(int32_t i, int32_t n)
{
    return i < n / 2 ? i : i - n;
}

/* The spectrum on the image's own frequencies, times what drift and a counting detector let through. */
static void resample(const struct scene *scene, const double *v, const float *re, const float *im,
                     int32_t wave_px, double direction, float *to_re, float *to_im)
{
    int32_t n = scene->total_px, least = n < wave_px ? n : wave_px;
    double drift_px = v[KEY_drift_nm] * 10 / scene->pixel_a;
    for (int32_t x = 0; x < n; x++)
        for (int32_t y = 0; y < n; y++) {
            int32_t kx = frequency(x, n), ky = frequency(y, n);
            double ux = 2. * kx / n, uy = 2. * ky / n; /* of Nyquist's frequency */
            size_t at = (size_t)x * n + y;
            to_re[at] = to_im[at] = 0;
            /* Nyquist's own frequency would miss its other half. */
            if (2 * abs(kx) >= least || 2 * abs(ky) >= least) continue;
            size_t from = (size_t)(kx < 0 ? kx + wave_px : kx) * wave_px + (ky < 0 ? ky + wave_px : ky);
            double factor = sinc(drift_px * (ux * cos(direction) + uy * sin(direction)) / 2) /
                            ((double)wave_px * wave_px);
            if (v[KEY_integrating] == 0) factor *= transfer(v, ux * ux + uy * uy);
            to_re[at] = (float)(factor * re[from]);
            to_im[at] = (float)(factor * im[from]);
        }
}

/* Counts electrons over the whole cell, so that blurring them has no border in the image; X-rays strike with
 * them. The light is a plane and a parabola whose sizes share the drawn change. */
static void count_electrons(const struct scene *scene, const double *v, struct rng *rng, float *plane)
{
    int32_t n = scene->total_px;
    double per_pixel = v[KEY_dose_per_a2] * scene->pixel_a * scene->pixel_a, change = v[KEY_illumination];
    double angle = rng_uniform(rng, 0, 2 * PI), share = rng_unit(rng), diffuse = v[KEY_diffuse];
    double hit = v[KEY_xray_per_megapixel] * 1e-6;
    for (int32_t i = 0; i < n; i++)
        for (int32_t j = 0; j < n; j++) {
            double x = (2. * (j - scene->margin_px) + 1) / scene->size_px - 1;
            double y = (2. * (i - scene->margin_px) + 1) / scene->size_px - 1;
            double light =
                1 +
                change / 2 * (share * (x * cos(angle) + y * sin(angle)) + (1 - share) * (1 - x * x - y * y));
            float *at = plane + (size_t)i * n + j;
            double mean = per_pixel * light * ((1 - diffuse) * *at + diffuse);
            double count = rng_poisson(rng, fmax(0, mean));
            if (rng_unit(rng) < hit) count += per_pixel * rng_log_uniform(rng, 3, 30) + 10;
            *at = (float)count;
        }
}

/* Spreads what was counted. */
static void blur(const struct fft_plan *plan, const double *v, int32_t n, float *counted, float *zero,
                 float *re, float *im, float *scratch)
{
    size_t pixels = (size_t)n * (size_t)n;
    for (size_t i = 0; i < pixels; i++) zero[i] = 0;
    fft_forward(plan, counted, zero, re, im, scratch);
    for (int32_t x = 0; x < n; x++)
        for (int32_t y = 0; y < n; y++) {
            double ux = 2. * frequency(x, n) / n, uy = 2. * frequency(y, n) / n;
            float factor = (float)(transfer(v, ux * ux + uy * uy) / (double)pixels);
            re[(size_t)x * n + y] *= factor;
            im[(size_t)x * n + y] *= factor;
        }
    fft_inverse(plan, re, im, counted, zero, scratch);
}

static void read_out(const struct scene *scene, const double *v, const float *plane, struct rng *rng,
                     uint16_t *counts)
{
    int32_t size = scene->size_px, n = scene->total_px;
    int integrating = v[KEY_integrating] != 0;
    for (int32_t i = 0; i < size; i++)
        for (int32_t j = 0; j < size; j++) {
            double value = plane[(size_t)(i + scene->margin_px) * n + j + scene->margin_px];
            if (integrating) value = v[KEY_gain] * value + v[KEY_readout] * rng_normal(rng);
            counts[(size_t)i * size + j] = (uint16_t)fmin(65535, fmax(0, floor(value + 0.5)));
        }
}

enum { WAVE_ZERO = 1, WAVE_RE, WAVE_IM, IMAGE, IMAGE_ZERO, IMAGE_RE, IMAGE_IM, PLANE_COUNT };

fringe_status detector_expose(const struct scene *scene, const struct scene_exposure *exposure,
                              float *intensity, int32_t wave_px, struct rng *rng, uint16_t *counts,
                              fringe_error *error)
{
    const double *v = exposure->values;
    struct fft_plan *wave_plan = NULL, *plan = NULL;
    size_t wave_pixels = (size_t)wave_px * (size_t)wave_px;
    size_t pixels = (size_t)scene->total_px * (size_t)scene->total_px;
    float *planes[PLANE_COUNT] = {NULL}; /* the first is the transforms' scratch */
    fringe_status status = fft_plan_create(wave_px, wave_px, &wave_plan, error);
    if (!status) status = fft_plan_create(scene->total_px, scene->total_px, &plan, error);
    if (status) goto done;
    for (int i = 0; i < PLANE_COUNT; i++) {
        size_t floats = i == 0      ? fft_scratch_floats(wave_plan) + fft_scratch_floats(plan)
                        : i < IMAGE ? wave_pixels
                                    : pixels;
        planes[i] = alloc_aligned(floats, sizeof(float));
        if (!planes[i]) {
            status = failure_memory(error, "a detector", floats * sizeof(float));
            goto done;
        }
    }
    for (size_t i = 0; i < wave_pixels; i++) planes[WAVE_ZERO][i] = 0;
    fft_forward(wave_plan, intensity, planes[WAVE_ZERO], planes[WAVE_RE], planes[WAVE_IM], planes[0]);
    resample(scene, v, planes[WAVE_RE], planes[WAVE_IM], wave_px, rng_uniform(rng, 0, 2 * PI),
             planes[IMAGE_RE], planes[IMAGE_IM]);
    /* The imaginary part of what comes back is rounding. */
    fft_inverse(plan, planes[IMAGE_RE], planes[IMAGE_IM], planes[IMAGE], planes[IMAGE_ZERO], planes[0]);
    count_electrons(scene, v, rng, planes[IMAGE]);
    if (v[KEY_integrating] != 0)
        blur(plan, v, scene->total_px, planes[IMAGE], planes[IMAGE_ZERO], planes[IMAGE_RE], planes[IMAGE_IM],
             planes[0]);
    read_out(scene, v, planes[IMAGE], rng, counts);
done:
    for (int i = 0; i < PLANE_COUNT; i++) alloc_free(planes[i]);
    fft_plan_free(wave_plan);
    fft_plan_free(plan);
    return status;
}
