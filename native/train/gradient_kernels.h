/* gradient_kernels.h - the kernels behind the gradient of a convolution's weights.
 *
 * That gradient is a set of scalar products, each of one channel of the input with one of the output's
 * gradient: directly once per tap, the input shifted; or by Winograd's filtering once per frequency, on tiles
 * of 4x4 pixels of the gradient, since Y = A' [(G g G') * (B' d B)] A has the adjoint
 *     dg = G' [ sum over tiles of (B' d B) * (A dY A') ] G
 * with a quarter of the multiplications (tensor/winograd.h has B, G and A).
 */
#ifndef TRAIN_GRADIENT_KERNELS_H
#define TRAIN_GRADIENT_KERNELS_H

#include <stddef.h>
#include <stdint.h>

#include "base/cpu.h"

/* Channels of rows: value (c, y, x) at data[c * channel + y * row + x]. */
struct gradient_rows {
    const float *data;
    size_t channel, row;
    int32_t channels;
};

/* Floats for `count` tiles: six transformed rows, and the four places of one row apart. */
#define GRADIENT_SCRATCH(count) ((6 + 1) * 4 * (((size_t)(count) + 15) / 16 * 16))

struct gradient_kernels {
    /* sums[c * sum_row + o] += sum over y < height and x < width of v(c, y, x) m(o, y, x). Up to the next
     * whole vector behind `width` values are read: those of m must be 0, those of v finite. */
    void (*products)(const struct gradient_rows *v, const struct gradient_rows *m, int32_t height,
                     int32_t width, float *sums, size_t sum_row);
    /* A dY A' for `count` tiles of one channel: rows[k] is the k-th of four rows of dY at the first tile.
     * Frequency f of tile t goes to m[f * m_stride + t]; up to a vector behind `count` is overwritten.
     * scratch: GRADIENT_SCRATCH(count). */
    void (*spread_tiles)(const float *const rows[4], int64_t count, float *m, size_t m_stride,
                         float *scratch);
    /* G' u G: frequency f of output channel o is the sum over `ranges` of u[r * range_stride + f * u_stride +
     * o]; tap t of channel o goes to g[o * g_stride + t]. */
    void (*gather)(const float *u, size_t u_stride, int32_t ranges, size_t range_stride, int32_t channels,
                   float *g, size_t g_stride);
};

CPU_TABLES(struct gradient_kernels, gradient);

#endif
