/* Fourier transforms against their definition, in both directions, on every CPU path. */
#include <criterion/criterion.h>

#include <math.h>

#include "base/alloc.h"
#include "base/cpu.h"
#include "base/rng.h"
#include "image/fft.h"

static double *sums; /* the spectrum by definition, transposed: real, imaginary */

/* Row by row and column by column in double precision: O(n^3), for small planes. */
static void define(int h, int w, const float *re, const float *im)
{
    double *half = alloc_array((size_t)(2 * h * w), sizeof(double));
    for (int y = 0; y < h; y++)
        for (int k = 0; k < w; k++)
            for (int x = 0; x < w; x++) {
                double a = -2 * M_PI * ((int64_t)k * x % w) / w, c = cos(a), s = sin(a);
                half[2 * (y * w + k)] += re[y * w + x] * c - im[y * w + x] * s;
                half[2 * (y * w + k) + 1] += re[y * w + x] * s + im[y * w + x] * c;
            }
    for (int k = 0; k < w; k++)
        for (int q = 0; q < h; q++)
            for (int y = 0; y < h; y++) {
                double a = -2 * M_PI * ((int64_t)q * y % h) / h, c = cos(a), s = sin(a);
                sums[2 * (k * h + q)] += half[2 * (y * w + k)] * c - half[2 * (y * w + k) + 1] * s;
                sums[2 * (k * h + q) + 1] += half[2 * (y * w + k)] * s + half[2 * (y * w + k) + 1] * c;
            }
    alloc_free(half);
}

static void check(int h, int w)
{
    size_t n = (size_t)h * (size_t)w;
    struct fft_plan *plan;
    float *p[6];
    struct rng rng = rng_from_seed((uint64_t)(h * 1000 + w));
    cr_assert_eq(fft_plan_create(h, w, &plan, NULL), FRINGE_OK);
    for (int i = 0; i < 6; i++) p[i] = alloc_aligned(n, sizeof(float));
    float *scratch = alloc_aligned(fft_scratch_floats(plan), sizeof(float));
    sums = alloc_array(2 * n, sizeof(double));
    for (size_t i = 0; i < n; i++) {
        p[0][i] = p[4][i] = (float)rng_normal(&rng);
        p[1][i] = p[5][i] = (float)rng_normal(&rng);
    }
    define(h, w, p[0], p[1]);
    fft_forward(plan, p[0], p[1], p[2], p[3], scratch);
    double error = 0, power = 0;
    for (size_t i = 0; i < n; i++) {
        error += pow(p[2][i] - sums[2 * i], 2) + pow(p[3][i] - sums[2 * i + 1], 2);
        power += sums[2 * i] * sums[2 * i] + sums[2 * i + 1] * sums[2 * i + 1];
    }
    cr_expect_lt(sqrt(error / power), 5e-7, "%d x %d forward: %g", h, w, sqrt(error / power));
    fft_inverse(plan, p[2], p[3], p[0], p[1], scratch);
    error = 0;
    for (size_t i = 0; i < n; i++)
        error += pow(p[0][i] / (double)n - p[4][i], 2) + pow(p[1][i] / (double)n - p[5][i], 2);
    cr_expect_lt(sqrt(error / (2. * (double)n)), 5e-7, "%d x %d there and back", h, w);
    for (int i = 0; i < 6; i++) alloc_free(p[i]);
    alloc_free(scratch);
    alloc_free(sums);
    fft_plan_free(plan);
}

Test(fft, is_its_definition)
{
    static const int sizes[][2] = {{2, 2},   {4, 6},   {16, 16},  {32, 20}, {10, 50}, {18, 162},
                                   {64, 30}, {96, 40}, {60, 128}, {2, 90},  {150, 2}};
    for (int path = CPU_PORTABLE; path <= (int)cpu_path_best(); path++) {
        cpu_path_set((enum cpu_path)path);
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) check(sizes[i][0], sizes[i][1]);
    }
}

/* Columns alone, of a plane whose rows are longer than there are columns. */
Test(fft, columns)
{
    enum { N = 12, COUNT = 21, STRIDE = 24 };
    struct fft_plan *plan;
    cr_assert_eq(fft_plan_create(N, 2, &plan, NULL), FRINGE_OK);
    float re[N * STRIDE], im[N * STRIDE], *scratch = alloc_aligned(fft_scratch_floats(plan), sizeof *scratch);
    for (int i = 0; i < N * STRIDE; i++) {
        re[i] =
            (float)cos(2 * M_PI * (i % STRIDE) * (i / STRIDE) / N); /* column c: the wave of frequency c */
        im[i] = (float)sin(2 * M_PI * (i % STRIDE) * (i / STRIDE) / N);
    }
    fft_columns(plan, 0, re, im, STRIDE, COUNT, scratch);
    for (int i = 0; i < N * STRIDE; i++) {
        int c = i % STRIDE, k = i / STRIDE;
        if (c < COUNT) {
            cr_expect_float_eq(re[i], k == c % N ? N : 0, 1e-5, "column %d, frequency %d: %g", c, k, re[i]);
            cr_expect_float_eq(im[i], 0, 1e-5, "column %d, frequency %d: %g i", c, k, im[i]);
        } else
            cr_expect_float_eq(re[i], cos(2 * M_PI * c * k / N), 1e-6, "column %d is not to change", c);
    }
    fft_columns(plan, 1, re, im, STRIDE, COUNT, scratch);
    for (int i = 0; i < N * STRIDE; i++)
        if (i % STRIDE < COUNT)
            cr_expect_float_eq(im[i], N * sin(2 * M_PI * (i % STRIDE) * (i / STRIDE) / N), 1e-4);
    alloc_free(scratch);
    fft_plan_free(plan);
}

Test(fft, sizes)
{
    fringe_error error;
    struct fft_plan *plan;
    cr_expect_eq(fft_next_size(1), 2);
    cr_expect_eq(fft_next_size(513), 540);
    cr_expect_eq(fft_next_size(640), 640);
    cr_expect_eq(fft_plan_create(14, 16, &plan, &error), FRINGE_ARGUMENT, "seven is no factor");
    cr_expect_eq(fft_plan_create(16, 15, &plan, &error), FRINGE_ARGUMENT, "odd");
    cr_expect(strstr(error.message, "16 x 15") && !plan, "%s", error.message);
    cr_expect_eq(fft_plan_create(16, 0, &plan, NULL), FRINGE_ARGUMENT);
    cr_expect_eq(fft_plan_create(16, 2 * FFT_MOST_PX, &plan, NULL), FRINGE_ARGUMENT);
    for (int n = 0; n < 4; n++) {
        alloc_fail_after(n);
        fringe_status status = fft_plan_create(16, 16, &plan, &error);
        alloc_fail_after(-1);
        cr_expect_eq(status, n < 2 ? FRINGE_MEMORY : FRINGE_OK);
        fft_plan_free(plan);
    }
}
