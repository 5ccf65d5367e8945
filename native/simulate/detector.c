#include "simulate/detector.h"

#include <math.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "image/fft.h"

#define PI 3.14159265358979323846

/* sin(pi x) / (pi x) */
static double sinc(double x)
{
    return fabs(x) < 1e-9 ? 1 : sin(PI * x) / (PI * x);
}

/* The spectrum on the image's own frequencies, times what drift and detector let through. */
static void resample(const struct scene *scene, const float *re, const float *im, int32_t wave_px,
                     double direction, float *to_re, float *to_im)
{
    int32_t n = scene->total_px;
    const double *v = scene->values;
    double mtf = v[KEY_mtf_at_nyquist], drift_px = v[KEY_drift_nm] * 10 / scene->pixel_a;
    double rise = 1 / (mtf * mtf) - 1;
    for (int32_t x = 0; x < n; x++)
        for (int32_t y = 0; y < n; y++) {
            int32_t kx = x < n / 2 ? x : x - n, ky = y < n / 2 ? y : y - n;
            double ux = 2. * kx / n, uy = 2. * ky / n; /* of Nyquist's frequency */
            size_t at = (size_t)x * n + y;
            size_t from = (size_t)(kx < 0 ? kx + wave_px : kx) * wave_px + (ky < 0 ? ky + wave_px : ky);
            double factor = sinc(drift_px * (ux * cos(direction) + uy * sin(direction)) / 2) /
                            sqrt(1 + rise * (ux * ux + uy * uy)) / ((double)wave_px * wave_px);
            if (2 * kx == -n || 2 * ky == -n) factor = 0; /* its other half would be missing */
            to_re[at] = (float)(factor * re[from]);
            to_im[at] = (float)(factor * im[from]);
        }
}

/* Counts of one image; the light is a plane and a parabola whose sizes share the drawn change. */
static void count_electrons(const struct scene *scene, const float *brightness, struct rng *rng,
                            uint16_t *counts)
{
    int32_t size = scene->size_px, margin = scene->margin_px, n = scene->total_px;
    const double *v = scene->values;
    double per_pixel = v[KEY_dose_per_a2] * scene->pixel_a * scene->pixel_a, change = v[KEY_illumination];
    double angle = rng_uniform(rng, 0, 2 * PI), share = rng_unit(rng);
    double hit = v[KEY_xray_per_megapixel] * 1e-6;
    for (int32_t i = 0; i < size; i++)
        for (int32_t j = 0; j < size; j++) {
            double x = (2. * j + 1) / size - 1, y = (2. * i + 1) / size - 1;
            double light =
                1 +
                change / 2 * (share * (x * cos(angle) + y * sin(angle)) + (1 - share) * (1 - x * x - y * y));
            double mean = per_pixel * light * brightness[(size_t)(i + margin) * n + j + margin];
            double count = rng_poisson(rng, fmax(0, mean));
            if (rng_unit(rng) < hit) count += per_pixel * rng_log_uniform(rng, 3, 30) + 10;
            counts[(size_t)i * size + j] = (uint16_t)fmin(65535, count);
        }
}

fringe_status detector_expose(const struct scene *scene, float *intensity, int32_t wave_px, struct rng *rng,
                              uint16_t *counts, fringe_error *error)
{
    struct fft_plan *wave_plan = NULL, *plan = NULL;
    size_t wave_pixels = (size_t)wave_px * (size_t)wave_px;
    size_t pixels = (size_t)scene->total_px * (size_t)scene->total_px, scratch_floats = 0;
    float *planes[7] = {NULL};
    fringe_status status = fft_plan_create(wave_px, wave_px, &wave_plan, error);
    if (!status) status = fft_plan_create(scene->total_px, scene->total_px, &plan, error);
    if (status) goto done;
    scratch_floats = fft_scratch_floats(wave_plan) + fft_scratch_floats(plan);
    for (int i = 0; i < 7; i++) {
        size_t floats = i == 0 ? scratch_floats : i < 4 ? wave_pixels : pixels;
        planes[i] = i == 1 ? alloc_array(floats + 16, sizeof(float)) : alloc_aligned(floats, sizeof(float));
        if (!planes[i]) {
            status = failure_memory(error, "a detector", floats * sizeof(float));
            goto done;
        }
    }
    fft_forward(wave_plan, intensity, planes[1], planes[2], planes[3], planes[0]);
    resample(scene, planes[2], planes[3], wave_px, rng_uniform(rng, 0, 2 * PI), planes[4], planes[5]);
    /* The imaginary part of what comes back is rounding, and goes where the wave's was. */
    fft_inverse(plan, planes[4], planes[5], planes[6], planes[1], planes[0]);
    count_electrons(scene, planes[6], rng, counts);
done:
    for (int i = 0; i < 7; i++) alloc_free(planes[i]);
    fft_plan_free(wave_plan);
    fft_plan_free(plan);
    return status;
}
