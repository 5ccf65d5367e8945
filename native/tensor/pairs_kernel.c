/* pairs_kernel.c - plain loops, from which compilers make shuffles for each instruction path. */
#include "base/kernel.h"
#include "tensor/pairs.h"

static void repeat(const float *restrict in, int64_t n, float *restrict out)
{
    for (int64_t i = 0; i < n; i++) out[2 * i] = out[2 * i + 1] = in[i];
}

static inline float larger(float a, float b)
{
    float most = a > b ? a : b; /* b where either is NaN */
    return a != a ? a : most;
}

static void maximum(const float *restrict upper, const float *restrict lower, int64_t n, float *restrict out)
{
    for (int64_t i = 0; i < n; i++)
        out[i] = larger(larger(upper[2 * i], upper[2 * i + 1]), larger(lower[2 * i], lower[2 * i + 1]));
}

const struct pairs_kernels KERNEL_TABLE(pairs) = {repeat, maximum};
