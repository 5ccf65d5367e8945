#include "image/fft.h"

#include <math.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "image/fft_kernels.h"

struct fft_plan {
    struct fft_length rows, columns; /* along a row (W numbers), along a column (H numbers) */
    float *factors;
};

/* The radices of n, fours first; 0 where another prime is left over. */
static int split_length(int32_t n, struct fft_length *length)
{
    static const int32_t radices[] = {4, 2, 3, 5};
    length->n = n;
    length->stage_count = 0;
    for (int i = 0; i < 4; i++)
        for (; n % radices[i] == 0; n /= radices[i]) length->radix[length->stage_count++] = radices[i];
    return n == 1;
}

static int is_allowed(int32_t n)
{
    struct fft_length length;
    return n >= 2 && n <= FFT_MOST_PX && n % 2 == 0 && split_length(n, &length);
}

int32_t fft_next_size(int32_t size)
{
    int32_t n = size < 2 ? 2 : size + size % 2;
    while (n < FFT_MOST_PX && !is_allowed(n)) n += 2;
    return n;
}

/* Sets a length's factors from `to` on; returns the first float behind them. Fewer than 2 n in all. */
static float *fill_factors(struct fft_length *length, float *to)
{
    int32_t span = 1;
    for (int i = 0; i < length->stage_count; i++) {
        int32_t radix = length->radix[i], groups = length->n / (span * radix);
        length->factors[i] = to;
        for (int32_t p = 0; p < groups; p++)
            for (int32_t k = 1; k < radix; k++) {
                double angle = -2 * 3.14159265358979323846 * p * k / (groups * (double)radix);
                *to++ = (float)cos(angle);
                *to++ = (float)sin(angle);
            }
        span *= radix;
    }
    return to;
}

fringe_status fft_plan_create(int32_t height_px, int32_t width_px, struct fft_plan **plan,
                              fringe_error *error)
{
    *plan = NULL;
    if (!is_allowed(height_px) || !is_allowed(width_px))
        return failure_set(error, FRINGE_ARGUMENT,
                           "a Fourier transform of %d x %d: each must be an even product of 2, 3 and 5 up to "
                           "%d",
                           (int)height_px, (int)width_px, (int)FFT_MOST_PX);
    struct fft_plan *made = alloc_array(1, sizeof *made);
    size_t floats = 2 * ((size_t)height_px + (size_t)width_px);
    if (made) made->factors = alloc_aligned(floats, sizeof(float));
    if (!made || !made->factors) {
        alloc_free(made);
        return failure_memory(error, "a Fourier transform", floats * sizeof(float));
    }
    split_length(width_px, &made->rows);
    split_length(height_px, &made->columns);
    fill_factors(&made->columns, fill_factors(&made->rows, made->factors));
    *plan = made;
    return FRINGE_OK;
}

void fft_plan_free(struct fft_plan *plan)
{
    if (plan) alloc_free(plan->factors);
    alloc_free(plan);
}

size_t fft_scratch_floats(const struct fft_plan *plan)
{
    size_t longest = (size_t)(plan->rows.n > plan->columns.n ? plan->rows.n : plan->columns.n);
    return longest * 4 * FFT_LANES; /* two halves of pairs of vectors */
}

void fft_forward(const struct fft_plan *plan, float *re, float *im, float *out_re, float *out_im,
                 float *scratch)
{
    const struct fft_kernels *kernels = CPU_CHOOSE(fft);
    size_t height = (size_t)plan->columns.n, width = (size_t)plan->rows.n;
    kernels->columns(&plan->columns, 0, re, im, width, width, scratch);
    kernels->rows_transposed(&plan->rows, 0, re, im, height, out_re, out_im, height, scratch);
}

void fft_inverse(const struct fft_plan *plan, float *spectrum_re, float *spectrum_im, float *out_re,
                 float *out_im, float *scratch)
{
    const struct fft_kernels *kernels = CPU_CHOOSE(fft);
    size_t height = (size_t)plan->columns.n, width = (size_t)plan->rows.n;
    kernels->columns(&plan->rows, 1, spectrum_re, spectrum_im, height, height, scratch);
    kernels->rows_transposed(&plan->columns, 1, spectrum_re, spectrum_im, width, out_re, out_im, width,
                             scratch);
}

void fft_columns(const struct fft_plan *plan, int inverse, float *re, float *im, size_t stride, size_t count,
                 float *scratch)
{
    CPU_CHOOSE(fft)->columns(&plan->columns, inverse, re, im, stride, count, scratch);
}
