/* Thon rings: where the spectrum of an amorphous film's image vanishes, against the analytic transfer
 * function. */
#include <criterion/criterion.h>

#include <math.h>

#include "base/alloc.h"
#include "simulate/amorphous.h"
#include "simulate/multislice.h"

enum { SIZE = 720, RING_MOST = 16 };

/* sin^2 of pi lambda D k^2 - pi/2 Cs lambda^3 k^4 vanishes there for the n-th time. */
static double analytic_zero(double wavelength, double defocus_a, double cs_a, int n)
{
    /* Cs lambda^3 k^4 / 2 - lambda D k^2 + n = 0, a quadratic in k^2 */
    double a = cs_a * pow(wavelength, 3) / 2, b = wavelength * defocus_a;
    return sqrt((b - sqrt(b * b - 4 * a * n)) / (2 * a));
}

Test(thon, zeros_of_an_amorphous_film)
{
    const double side = 360, cs = 5e6, defocus = 2200, thickness = 20, kv = 200;
    const double wavelength = optics_wavelength_a(kv);
    struct multislice_settings settings = {SIZE, SIZE, side, side, thickness, 4, kv, 0, 0, 0};
    struct optics optics = {.voltage_kv = kv, .spherical_a = cs, .defocus_a = defocus};
    struct amorphous_region film = {.high = {side, side, thickness}, .repeats = 1, .density = 1};
    struct rng rng = rng_from_seed(11);
    struct atoms atoms = {0};
    struct multislice *multislice;
    struct fft_plan *plan;
    cr_assert_eq(amorphous_fill(&film, &rng, &atoms, NULL), FRINGE_OK);
    cr_assert_eq(multislice_create(&settings, &atoms, &multislice, NULL), FRINGE_OK);
    cr_assert_eq(fft_plan_create(SIZE, SIZE, &plan, NULL), FRINGE_OK);
    float *workspace = alloc_aligned(multislice_workspace_floats(multislice), sizeof(float)), *re, *im;
    float *planes = alloc_aligned(6 * SIZE * SIZE, sizeof(float));
    for (int i = 0; i < 6 * SIZE * SIZE; i++) planes[i] = 0;
    float *image = planes + 2 * SIZE * SIZE, *spectrum = planes + 4 * SIZE * SIZE;
    multislice_exit_wave(multislice, 0, NULL, workspace, &re, &im);
    multislice_transfer(multislice, &optics, planes, planes + SIZE * SIZE);
    multislice_add_image(multislice, planes, planes + SIZE * SIZE, 1, workspace, image);
    fft_forward(plan, image, image + SIZE * SIZE, spectrum, spectrum + SIZE * SIZE, workspace);

    double power[SIZE] = {0}, count[SIZE] = {0};
    for (int x = 0; x < SIZE; x++)
        for (int y = 0; y < SIZE; y++) {
            double kx = x < SIZE / 2 ? x : x - SIZE, ky = y < SIZE / 2 ? y : y - SIZE;
            int ring = (int)(hypot(kx, ky) + 0.5), at = x * SIZE + y;
            power[ring < SIZE ? ring : 0] += pow(spectrum[at], 2) + pow(spectrum[SIZE * SIZE + at], 2);
            count[ring < SIZE ? ring : 0]++;
        }
    for (int r = 0; r < SIZE; r++) power[r] /= fmax(1, count[r]);
    int zeros = 0;
    for (int n = 1; n < RING_MOST; n++) {
        /* The electrons focus on the film's middle on average. */
        double mid = defocus - thickness / 2, k = analytic_zero(wavelength, mid, cs, n), before, behind;
        before = analytic_zero(wavelength, mid, cs, n > 1 ? n - 1 : 1) * (n > 1 ? 1 : sqrt(0.5));
        behind = analytic_zero(wavelength, mid, cs, n + 1);
        if (behind > 0.55) break;
        /* Around a zero the power is a parabola: its vertex by least squares over the valley's inner part. */
        int from = (int)((0.65 * k + 0.35 * before) * side),
            to = (int)((0.65 * k + 0.35 * behind) * side) + 1;
        double m[5] = {0}, v[3] = {0};
        for (int r = from; r <= to; r++) {
            double t = r - k * side;
            for (int e = 0; e < 5; e++) m[e] += pow(t, e);
            for (int e = 0; e < 3; e++) v[e] += pow(t, e) * power[r] / power[(int)(before * side)];
        }
        /* Cramer's rule for c0 + c1 t + c2 t^2. */
        double det = m[0] * (m[2] * m[4] - m[3] * m[3]) - m[1] * (m[1] * m[4] - m[2] * m[3]) +
                     m[2] * (m[1] * m[3] - m[2] * m[2]);
        double c1 = m[0] * (v[1] * m[4] - v[2] * m[3]) - v[0] * (m[1] * m[4] - m[2] * m[3]) +
                    m[2] * (m[1] * v[2] - m[2] * v[1]);
        double c2 = m[0] * (m[2] * v[2] - m[3] * v[1]) - m[1] * (m[1] * v[2] - m[2] * v[1]) +
                    v[0] * (m[1] * m[3] - m[2] * m[2]);
        cr_assert_gt(c2 / det, 0, "zero %d is no valley", n);
        double found = k - c1 / (2 * c2) / side;
        cr_expect_float_eq(found, k, 0.01 * k, "zero %d: %g, not %g per A", n, found, k);
        zeros++;
    }
    cr_expect_geq(zeros, 6, "%d zeros", zeros);
    alloc_free(workspace);
    alloc_free(planes);
    atoms_clear(&atoms);
    fft_plan_free(plan);
    multislice_free(multislice);
}
