/* The electron and the lens against formulas and published numbers, through the multislice where it matters.
 */
#include <criterion/criterion.h>

#include <math.h>

#include "base/alloc.h"
#include "crystal/element.h"
#include "simulate/multislice.h"

Test(optics, wavelengths)
{
    /* Reimer and Kohl, Transmission Electron Microscopy, appendix: 4.176, 2.508 and 1.969 pm */
    cr_expect_float_eq(optics_wavelength_a(80), 0.04176, 1e-5);
    cr_expect_float_eq(optics_wavelength_a(200), 0.02508, 1e-5);
    cr_expect_float_eq(optics_wavelength_a(300), 0.01969, 1e-5);
    /* Kirkland, Advanced Computing in Electron Microscopy, table: 0.7288 rad/(kV A) at 200 kV */
    cr_expect_float_eq(optics_interaction(200), 0.7288e-3, 2e-7);
}

Test(optics, tilt_makes_coma_and_astigmatism_of_spherical_aberration)
{
    /* Third order, from expanding Cs |a + t|^4 / 4 about the tilt t along x: coma 3 Cs t, and for small
     * angles the image of a frequency at right angles to the tilt sees a focus that is off by Cs t^2. */
    const double cs = 1e7, t = 5e-3, wavelength = optics_wavelength_a(200), k = 0.3, a = wavelength * k;
    struct optics tilted = {.voltage_kv = 200, .spherical_a = cs, .tilt_x = t};
    struct optics_lens lens = optics_lens_of(&tilted);
    double scale = 2 * M_PI / wavelength;
    double expected = scale * (cs * a * a * a * a / 4 + cs * t * a * a * a + 1.5 * cs * t * t * a * a);
    cr_expect_float_eq(optics_chi(&lens, k, 0), expected, 1e-6 * expected);
    expected = scale * (cs * a * a * a * a / 4 + 0.5 * cs * t * t * a * a);
    cr_expect_float_eq(optics_chi(&lens, 0, k), expected, 1e-6 * expected);
}

Test(optics, envelopes)
{
    const double wavelength = optics_wavelength_a(200), k = 0.4;
    struct optics spread = {.voltage_kv = 200, .defocus_a = 500, .focal_spread_a = 60, .convergence = 0.4e-3};
    double re, im, focal = M_PI * wavelength * 60 * k * k, slope = 2 * M_PI * wavelength * 500 * k;
    struct optics_lens lens = optics_lens_of(&spread);
    optics_transfer(&lens, k, 0, &re, &im);
    cr_expect_float_eq(hypot(re, im), exp(-focal * focal / 2) * exp(-pow(slope * 0.4e-3 / wavelength, 2) / 2),
                       1e-6);
    cr_expect_float_eq(atan2(im, re), remainder(M_PI * wavelength * 500 * k * k, 2 * M_PI), 1e-6);
}

/* Where sin(pi lambda (D - depth) k^2 - pi/2 Cs lambda^3 k^4) changes its sign between two frequencies. */
static double analytic_zero(double wavelength, double defocus_a, double cs_a, double low, double high)
{
    for (int i = 0; i < 60; i++) {
        double k = (low + high) / 2, value[2], at[2] = {low, k};
        for (int e = 0; e < 2; e++)
            value[e] = sin(M_PI * wavelength * defocus_a * at[e] * at[e] -
                           M_PI / 2 * cs_a * pow(wavelength, 3) * pow(at[e], 4));
        if (value[0] * value[1] <= 0)
            high = k;
        else
            low = k;
    }
    return (low + high) / 2;
}

/* One carbon atom scatters weakly into all directions: the spectrum of its image is the lens's sine alone. */
Test(optics, rings_of_zeros)
{
    enum { N = 400 };
    const double side = 160, cs = 1.2e7, defocus = 1500, slice = 2;
    struct multislice_settings settings = {N, N, side, side, slice, slice, 200, 0, 0, 0};
    struct optics optics = {.voltage_kv = 200, .spherical_a = cs, .defocus_a = defocus};
    struct atom atom = {{0, 0, 1}, ELEMENT_C, 0};
    struct atoms atoms = {&atom, 1, 1};
    struct multislice *multislice;
    struct fft_plan *plan;
    cr_assert_eq(multislice_create(&settings, &atoms, &multislice, NULL), FRINGE_OK);
    cr_assert_eq(fft_plan_create(N, N, &plan, NULL), FRINGE_OK);
    float *workspace = alloc_aligned(multislice_workspace_floats(multislice), sizeof(float)), *re, *im;
    float *planes = alloc_aligned(6 * N * N, sizeof(float)), *image = planes + 2 * N * N;
    for (int i = 0; i < 6 * N * N; i++) planes[i] = 0;
    multislice_exit_wave(multislice, 0, NULL, workspace, &re, &im);
    multislice_transfer(multislice, &optics, planes, planes + N * N);
    multislice_add_image(multislice, planes, planes + N * N, 1, workspace, image);
    float *spectrum = planes + 4 * N * N;
    fft_forward(plan, image, image + N * N, spectrum, spectrum + N * N, workspace);
    int zeros = 0;
    for (int i = 4; i < 110; i++) { /* along kx, which runs by rows; to 0.69 per A */
        double before = spectrum[(size_t)i * N], after = spectrum[(size_t)(i + 1) * N];
        if (before * after > 0) continue;
        double k = (i + before / (before - after)) / side;
        double expected =
            analytic_zero(optics_wavelength_a(200), defocus - slice, cs, (i - 1) / side, (i + 2) / side);
        cr_expect_float_eq(k, expected, 0.01 * expected, "ring %d: %g, not %g", zeros, k, expected);
        zeros++;
    }
    /* pi lambda D k^2 - ... passes 8 multiples of pi below 0.69 */
    cr_expect_geq(zeros, 8, "%d rings", zeros);
    alloc_free(workspace);
    alloc_free(planes);
    fft_plan_free(plan);
    multislice_free(multislice);
}

/* Part of a pixel moves the wave and nothing else. */
Test(multislice, places_between_pixels)
{
    enum { H = 60, W = 80 };
    const double dx = 0.083, dy = 0.137;
    struct multislice_settings settings = {H, W, 12, 16, 6, 2, 300, 0, 0, 0};
    struct atom here[3] = {
        {{4, 5, 1}, ELEMENT_AU, 0}, {{6, 5.2, 3}, ELEMENT_AU, 0}, {{9, 2, 5}, ELEMENT_C, 0}};
    double error = 0, power = 0;
    float *spectra[2][2], *workspaces[2];
    struct multislice *multislice[2];
    for (int shifted = 0; shifted < 2; shifted++) {
        struct atoms atoms = {here, 3, 3};
        if (shifted)
            for (int i = 0; i < 3; i++) {
                here[i].position[0] += dx;
                here[i].position[1] += dy;
            }
        cr_assert_eq(multislice_create(&settings, &atoms, &multislice[shifted], NULL), FRINGE_OK);
        workspaces[shifted] = alloc_aligned(multislice_workspace_floats(multislice[shifted]), sizeof(float));
        multislice_exit_wave(multislice[shifted], 0, NULL, workspaces[shifted], &spectra[shifted][0],
                             &spectra[shifted][1]);
    }
    for (int x = 0; x < W; x++)
        for (int y = 0; y < H; y++) {
            int i = x * H + y;
            double kx = (x < W / 2 ? x : x - W) / 16., ky = (y < H / 2 ? y : y - H) / 12.;
            double a = -2 * M_PI * (kx * dx + ky * dy), re = spectra[0][0][i], im = spectra[0][1][i];
            error += pow(re * cos(a) - im * sin(a) - spectra[1][0][i], 2) +
                     pow(re * sin(a) + im * cos(a) - spectra[1][1][i], 2);
            if (i) power += re * re + im * im;
        }
    /* Gold's overtones above the band limit fold back, and those do depend on the grid. */
    cr_expect_lt(sqrt(error / power), 0.01, "%g of what is scattered", sqrt(error / power));
    for (int i = 0; i < 2; i++) {
        alloc_free(workspaces[i]);
        multislice_free(multislice[i]);
    }
}

/* No electron is lost but beyond the band limit; atoms at rest and vibrating ones scatter differently. */
Test(multislice, keeps_the_electrons)
{
    enum { N = 64 };
    struct multislice_settings settings = {N, N, 12.8, 12.8, 4, 2, 200, 0, 0, 0};
    struct atom atom[2] = {{{3, 4, 1}, ELEMENT_AU, 0}, {{6, 8, 3}, ELEMENT_O, 0}};
    struct atoms atoms = {atom, 2, 2};
    struct multislice *multislice;
    double sum[2] = {0, 0};
    cr_assert_eq(multislice_create(&settings, &atoms, &multislice, NULL), FRINGE_OK);
    float *workspace = alloc_aligned(multislice_workspace_floats(multislice), sizeof(float)), *re, *im;
    float *image = alloc_array(2 * N * N, sizeof(float));
    for (int i = 0; i < 2; i++) {
        struct rng rng = rng_from_seed(4);
        multislice_exit_wave(multislice, i, &rng, workspace, &re, &im);
        multislice_add_image(multislice, NULL, NULL, 1, workspace, image + i * N * N);
        for (int p = 0; p < N * N; p++) sum[i] += image[i * N * N + p] / (double)(N * N);
        cr_expect(sum[i] > 0.99 && sum[i] < 1.0001, "%g", sum[i]);
    }
    cr_expect_neq(sum[0], sum[1]);
    alloc_free(workspace);
    alloc_free(image);
    multislice_free(multislice);
}

/* Absorption takes electrons where atoms are, by exp(-2 a phase) where the wave is thin and weak. */
Test(multislice, absorbs)
{
    enum { N = 64 };
    struct multislice_settings settings = {N, N, 12.8, 12.8, 2, 2, 200, 0, 0, 0};
    struct atom atom = {{6.4, 6.4, 1}, ELEMENT_C, 0};
    struct atoms atoms = {&atom, 1, 1};
    const double absorption = 0.1;
    double sum[2] = {0, 0}, phase = 0;
    for (int i = 0; i < 2; i++) {
        struct multislice *multislice;
        settings.absorption = i * absorption;
        cr_assert_eq(multislice_create(&settings, &atoms, &multislice, NULL), FRINGE_OK);
        float *workspace = alloc_aligned(multislice_workspace_floats(multislice), sizeof(float)), *re, *im;
        float *image = alloc_array(N * N, sizeof(float));
        multislice_exit_wave(multislice, 0, NULL, workspace, &re, &im);
        multislice_add_image(multislice, NULL, NULL, 1, workspace, image);
        for (int p = 0; p < N * N; p++) sum[i] += image[p];
        alloc_free(workspace);
        alloc_free(image);
        multislice_free(multislice);
    }
    /* The potential's mean is the scattering factor at 0: sum of phases = sigma * 47.878 * f(0) / pixel area.
     */
    phase =
        optics_interaction(200) * 47.8780116 * element_scattering(element_get(ELEMENT_C), 0) / (0.2 * 0.2);
    cr_expect_float_eq(sum[0] - sum[1], 2 * absorption * phase, 0.03 * 2 * absorption * phase,
                       "%g lost, not %g", sum[0] - sum[1], 2 * absorption * phase);
}

/* An image leaves the wave as it was: the second one is that of a fresh wave. */
Test(multislice, one_wave_serves_several_images)
{
    enum { N = 64 };
    struct multislice_settings settings = {N, N, 12.8, 12.8, 4, 2, 200, 0, 0, 0};
    struct atom atom[2] = {{{3, 4, 1}, ELEMENT_AU, 0}, {{6, 8, 3}, ELEMENT_O, 0}};
    struct atoms atoms = {atom, 2, 2};
    struct optics lens[2] = {{.voltage_kv = 200, .defocus_a = 300}, {.voltage_kv = 200, .defocus_a = -80}};
    struct multislice *multislice;
    cr_assert_eq(multislice_create(&settings, &atoms, &multislice, NULL), FRINGE_OK);
    float *workspace = alloc_aligned(multislice_workspace_floats(multislice), sizeof(float)), *re, *im;
    float *planes = alloc_array(4 * N * N, sizeof(float)), *images = planes + 2 * N * N;
    for (int fresh = 0; fresh < 2; fresh++) {
        multislice_exit_wave(multislice, 0, NULL, workspace, &re, &im);
        for (int i = fresh; i < 2; i++) {
            multislice_transfer(multislice, lens + i, planes, planes + N * N);
            for (int p = 0; p < N * N; p++) images[fresh * N * N + p] = 0;
            multislice_add_image(multislice, planes, planes + N * N, 1, workspace, images + fresh * N * N);
        }
    }
    double spread = 0;
    for (int p = 0; p < N * N; p++) {
        cr_assert_eq(images[p], images[N * N + p], "pixel %d", p);
        spread = fmax(spread, fabs(images[p] - images[0]));
    }
    cr_expect_gt(spread, 0.05);
    alloc_free(workspace);
    alloc_free(planes);
    multislice_free(multislice);
}
