/* pairs.h - the two layers between the levels of a U-Net, by pairs of pixels: nearest upsampling by two and
 * 2x2 maximum. Both occur so often, at so few operations per byte, that they are worth a kernel. */
#ifndef TENSOR_PAIRS_H
#define TENSOR_PAIRS_H

#include <stdint.h>

#include "base/cpu.h"

struct pairs_kernels {
    /* out[2 i] = out[2 i + 1] = in[i], i < n. */
    void (*repeat)(const float *in, int64_t n, float *out);
    /* out[i] = the maximum of upper[2 i], upper[2 i + 1], lower[2 i], lower[2 i + 1], i < n; NaN where one
     * is. */
    void (*maximum)(const float *upper, const float *lower, int64_t n, float *out);
};

CPU_TABLES(struct pairs_kernels, pairs);

#endif
