/* fft.h - two-dimensional Fourier transforms of single precision, many columns at a time.
 *
 * A plane of complex numbers is two planes of floats, real and imaginary parts, (H, W) row-major. The
 * spectrum is kept transposed, (W, H): frequency (ky, kx) stands at kx * H + ky, in the usual order 0, 1,
 * ..., -1. That saves a transposition in each direction, and filters are made for that order once.
 *
 * Sizes are products of 2, 3 and 5 (fft_next_size). Each column is computed by the same arithmetic in its own
 * lane, so the bytes do not depend on threads; they do depend on the CPU path (relative 1e-6).
 */
#ifndef IMAGE_FFT_H
#define IMAGE_FFT_H

#include <stddef.h>
#include <stdint.h>

#include "fringe/status.h"

enum { FFT_MOST_PX = 16384, FFT_LANES = 16 };

struct fft_plan;

/* A plan for planes of height x width, each even, 2 to FFT_MOST_PX, a product of 2, 3 and 5; else
 * FRINGE_ARGUMENT. Immutable, for any number of threads. Freed by fft_plan_free, which takes NULL. */
fringe_status fft_plan_create(int32_t height_px, int32_t width_px, struct fft_plan **plan,
                              fringe_error *error);
void fft_plan_free(struct fft_plan *plan);

/* Floats that a thread needs as scratch, aligned as alloc_aligned gives them. */
size_t fft_scratch_floats(const struct fft_plan *plan);

/* The smallest even product of 2, 3 and 5 that is at least `size`. */
int32_t fft_next_size(int32_t size);

/* Into the spectrum: out(kx, ky) = sum over y, x of in(y, x) exp(-2 pi i (kx x / W + ky y / H)). The input
 * is used as scratch and holds nothing of use afterwards. Buffers lie at multiples of 64 bytes. */
void fft_forward(const struct fft_plan *plan, float *re, float *im, float *out_re, float *out_im,
                 float *scratch);

/* Back, with exp(+...): forward and inverse together multiply by H W. The spectrum is used as scratch. */
void fft_inverse(const struct fft_plan *plan, float *spectrum_re, float *spectrum_im, float *out_re,
                 float *out_im, float *scratch);

/* Along columns alone, in place: `count` columns of height_px numbers stand side by side, `stride` floats
 * from row to row. `inverse` other than 0 goes back; both together multiply by height_px. For planes that lie
 * in an order of the caller's own, many in one. Planes at any address, scratch as above. */
void fft_columns(const struct fft_plan *plan, int inverse, float *re, float *im, size_t stride, size_t count,
                 float *scratch);

#endif
