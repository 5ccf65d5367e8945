/* fft_kernels.h - what fft.c asks of fft_kernel.c: one-dimensional transforms of neighbouring columns. */
#ifndef IMAGE_FFT_KERNELS_H
#define IMAGE_FFT_KERNELS_H

#include <stddef.h>
#include <stdint.h>

#include "base/cpu.h"

enum { FFT_MOST_STAGES = 16 };

/* One length: its radices, and for each stage its factors exp(-2 pi i p k / n) for k = 1 .. radix - 1. */
struct fft_length {
    int32_t n;
    int stage_count;
    int32_t radix[FFT_MOST_STAGES];
    const float *factors[FFT_MOST_STAGES]; /* real and imaginary part, [p][k - 1] */
};

/* A transform takes columns of n numbers, `stride` floats from one to the next along the column; `count`
 * columns stand side by side. `inverse` conjugates. */
struct fft_kernels {
    /* In place. */
    void (*columns)(const struct fft_length *length, int inverse, float *re, float *im, size_t stride,
                    size_t count, float *scratch);
    /* Of the `count` rows of n numbers at `re`, `im`; the result of row r goes to column r of out, whose rows
     * are `out_stride` floats apart. */
    void (*rows_transposed)(const struct fft_length *length, int inverse, const float *re, const float *im,
                            size_t count, float *out_re, float *out_im, size_t out_stride, float *scratch);
};

CPU_TABLES(struct fft_kernels, fft);

#endif
