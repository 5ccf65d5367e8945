/* conv.h - the one kernel behind every convolution: a sum over channels and taps for a stretch of a row.
 *
 * Output pixel x of output channel o is
 *     bias[o] + sum over sources, their channels c, and taps t of plane[c * plane_stride + taps[t] + x] *
 * w[c][t][o] in just this order, so that it is the same bytes wherever x lies and however the row is cut. A
 * tap is an offset from pixel x to an input pixel: rows may lie anywhere (a ring), dilation is in the
 * offsets, a concatenation is several sources. Strided convolutions gather a column matrix first and use the
 * kernel with one tap; a transposed one is a convolution for each phase. Hence im2col and gemm need no kernel
 * of their own. What a residual block adds to a convolution is added, and cut off below zero, while the sum
 * is still in registers.
 */
#ifndef TENSOR_CONV_H
#define TENSOR_CONV_H

#include <stddef.h>
#include <stdint.h>

#include "base/cpu.h"

enum {
    CONV_BLOCK = 4,     /* output channels computed together; packed weights come in such blocks */
    CONV_OVERREAD = 16, /* floats behind the last pixel that may be read, and written */
};

struct conv_source {
    const float *plane;    /* pixel 0 of the first channel, before the tap's offset */
    size_t plane_stride;   /* floats from channel to channel */
    const ptrdiff_t *taps; /* one offset per tap */
    int64_t channels;
    int doubled; /* pixel x is found at x / 2: a nearest upsampling by two, under a single tap only */
};

struct conv_sum {
    const struct conv_source *sources;
    int source_count, tap_count;
    const float *weights; /* for each block of CONV_BLOCK output channels, for each source and channel, for
                             each tap, CONV_BLOCK values (zeros behind the last channel) */
    const float *bias;    /* for each output channel, rounded up to whole blocks */
    const float *addend;  /* added to the sum: as many channels and pixels as the output's, or NULL */
    size_t addend_plane_stride;
    int relu;
};

struct conv_kernels {
    /* Computes pixels 0 .. width - 1 of `out_channels` channels; out has the given stride from channel to
     * channel. Up to CONV_OVERREAD floats behind `width` are overwritten. */
    void (*row)(const struct conv_sum *sum, float *out, size_t out_plane_stride, int64_t out_channels,
                int64_t width);
};

CPU_TABLES(struct conv_kernels, conv);

/* Floats of packed weights for one block. */
static inline int64_t conv_block_floats(int64_t in_channels, int64_t tap_count)
{
    return in_channels * tap_count * CONV_BLOCK;
}

#endif
