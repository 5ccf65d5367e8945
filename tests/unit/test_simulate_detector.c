/* The detector: dose, transfer function before and after the counting, drift, light, X-rays. */
#include <criterion/criterion.h>

#include <math.h>

#include "base/alloc.h"
#include "simulate/detector.h"

enum { SIZE = 128, WAVE = 128 };

static struct scene scene_of(void)
{
    return (struct scene){.size_px = SIZE, .total_px = SIZE, .pixel_a = 0.5, .side_a = SIZE * 0.5};
}

static struct scene_exposure plain(double dose)
{
    struct scene_exposure exposure = {.resolved = NULL};
    exposure.values[KEY_mtf_at_nyquist] = 1;
    exposure.values[KEY_dose_per_a2] = dose;
    return exposure;
}

/* 1 + contrast cos(2 pi periods x / N) */
static void expose(const struct scene_exposure *exposure, double contrast, int periods, uint64_t seed,
                   uint16_t *counts)
{
    struct scene scene = scene_of();
    struct rng rng = rng_from_seed(seed);
    float *intensity = alloc_aligned(WAVE * WAVE, sizeof *intensity);
    for (int i = 0; i < WAVE * WAVE; i++)
        intensity[i] = (float)(1 + contrast * cos(2 * M_PI * periods * (i % WAVE) / WAVE));
    fringe_error error;
    cr_assert_eq(detector_expose(&scene, exposure, intensity, WAVE, &rng, counts, &error), FRINGE_OK, "%s",
                 error.message);
    alloc_free(intensity);
}

static double mean_of(const uint16_t *counts)
{
    double sum = 0;
    for (int i = 0; i < SIZE * SIZE; i++) sum += counts[i] / (double)(SIZE * SIZE);
    return sum;
}

/* Amplitude of the wave of that many periods along x, of the mean. */
static double amplitude(const uint16_t *counts, int periods)
{
    double re = 0, im = 0, mean = mean_of(counts);
    for (int i = 0; i < SIZE * SIZE; i++) {
        re += counts[i] * cos(2 * M_PI * periods * (i % SIZE) / SIZE);
        im += counts[i] * sin(2 * M_PI * periods * (i % SIZE) / SIZE);
    }
    return 2 * hypot(re, im) / (SIZE * SIZE) / mean;
}

/* Variance over the mean, and how alike neighbours in x are. */
static void noise_of(const uint16_t *counts, double *excess, double *likeness)
{
    double mean = mean_of(counts), variance = 0, along = 0;
    for (int i = 0; i < SIZE * SIZE; i++) variance += pow(counts[i] - mean, 2) / (SIZE * SIZE);
    for (int i = 0; i < SIZE * SIZE - 1; i++)
        along += (counts[i] - mean) * (counts[i + 1] - mean) / (SIZE * SIZE - 1);
    *excess = variance / mean;
    *likeness = along / variance;
}

Test(detector, counts_the_dose)
{
    struct scene_exposure exposure = plain(400);
    uint16_t counts[SIZE * SIZE];
    double excess, likeness;
    expose(&exposure, 0, 0, 1, counts);
    cr_expect_float_eq(mean_of(counts), 100, 0.4); /* 400 / A^2 on 0.25 A^2 */
    noise_of(counts, &excess, &likeness);
    cr_expect_float_eq(excess, 1, 0.04, "Poisson, not %g", excess);
    cr_expect_float_eq(likeness, 0, 0.03);
    exposure.values[KEY_diffuse] = 0.3;
    expose(&exposure, 0.5, 8, 1, counts);
    cr_expect_float_eq(amplitude(counts, 8), 0.35, 0.005);
}

Test(detector, counting_one_blurs_the_image_alone)
{
    struct scene_exposure exposure = plain(4000);
    uint16_t counts[SIZE * SIZE];
    double excess, likeness;
    exposure.values[KEY_mtf_at_nyquist] = 0.3;
    expose(&exposure, 0.2, SIZE / 4, 2, counts); /* half of Nyquist's frequency */
    cr_expect_float_eq(amplitude(counts, SIZE / 4), 0.2 / sqrt(1 + 0.25 * (1 / 0.09 - 1)), 0.002);
    expose(&exposure, 0, 0, 3, counts);
    noise_of(counts, &excess, &likeness);
    cr_expect_float_eq(excess, 1, 0.04);
    cr_expect_float_eq(likeness, 0, 0.03);
}

Test(detector, integrating_one_blurs_its_noise)
{
    struct scene_exposure exposure = plain(4000);
    uint16_t counts[SIZE * SIZE];
    double excess, likeness;
    exposure.values[KEY_mtf_at_nyquist] = 0.3;
    exposure.values[KEY_integrating] = 1;
    exposure.values[KEY_gain] = 8;
    expose(&exposure, 0.2, SIZE / 4, 2, counts);
    cr_expect_float_eq(mean_of(counts), 8000, 30);
    cr_expect_float_eq(amplitude(counts, SIZE / 4), 0.2 / sqrt(1 + 0.25 * (1 / 0.09 - 1)), 0.002);
    expose(&exposure, 0, 0, 3, counts);
    noise_of(counts, &excess, &likeness);
    cr_expect_lt(excess, 0.4 * 8);
    cr_expect_gt(likeness, 0.2);
    exposure.values[KEY_dose_per_a2] = 0.01;
    exposure.values[KEY_readout] = 5;
    expose(&exposure, 0, 0, 4, counts); /* nothing but the readout, of which half is cut off at 0 */
    noise_of(counts, &excess, &likeness);
    cr_expect_float_eq(sqrt(excess * mean_of(counts)), 5 * 0.584, 0.2);
}

Test(detector, drift_blurs_along_itself)
{
    struct scene_exposure exposure = plain(4000);
    uint16_t counts[SIZE * SIZE];
    exposure.values[KEY_drift_nm] = 0.4; /* 8 pixels in a drawn direction */
    double weakest = 1;
    for (uint64_t seed = 0; seed < 6; seed++) {
        expose(&exposure, 0.2, 12, seed, counts);
        double left = amplitude(counts, 12);
        cr_expect_lt(left, 0.201);
        weakest = fmin(weakest, left);
    }
    cr_expect_lt(weakest, 0.15);
}

Test(detector, light_and_x_rays)
{
    struct scene_exposure exposure = plain(4000);
    uint16_t counts[SIZE * SIZE];
    exposure.values[KEY_illumination] = 0.4;
    exposure.values[KEY_xray_per_megapixel] = 2000;
    expose(&exposure, 0, 0, 5, counts);
    int hits = 0;
    double low = 1e9, high = 0;
    for (int i = 0; i < SIZE * SIZE; i++) hits += counts[i] > 2500;
    for (int by = 0; by < 8; by++)
        for (int bx = 0; bx < 8; bx++) {
            double sum = 0;
            int count = 0;
            for (int i = 0; i < 256; i++) {
                uint16_t c = counts[(by * 16 + i / 16) * SIZE + bx * 16 + i % 16];
                sum += c > 2500 ? 0 : c;
                count += c <= 2500;
            }
            low = fmin(low, sum / count);
            high = fmax(high, sum / count);
        }
    cr_expect(hits > 12 && hits < 60, "%d hits of about 33", hits);
    cr_expect(high - low > 130 && high - low < 450, "light from %g to %g", low, high);
}

Test(detector, takes_waves_finer_and_coarser_than_its_pixels)
{
    struct scene_exposure exposure = plain(40000);
    uint16_t counts[SIZE * SIZE];
    for (int wave = 64; wave <= 256; wave *= 2) {
        struct scene scene = scene_of();
        struct rng rng = rng_from_seed(7);
        float *intensity = alloc_aligned((size_t)wave * (size_t)wave, sizeof *intensity);
        for (int i = 0; i < wave * wave; i++)
            intensity[i] = (float)(1 + 0.2 * cos(2 * M_PI * 20 * (i % wave) / wave));
        cr_assert_eq(detector_expose(&scene, &exposure, intensity, wave, &rng, counts, NULL), FRINGE_OK);
        cr_expect_float_eq(amplitude(counts, 20), 0.2, 0.001, "wave of %d", wave);
        alloc_free(intensity);
    }
}
