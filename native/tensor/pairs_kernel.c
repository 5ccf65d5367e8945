/* pairs_kernel.c - repeating is a plain loop, from which compilers make shuffles for each instruction path;
 * the maximum sorts pixels by their place in the pair first, since of its comparisons with NaN they make a
 * poor job. */
#include "base/kernel.h"
#include "base/vec_quads.h"
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

static inline vec vec_larger(vec a, vec b)
{
    return vec_select(a != a, a, vec_max(b, a));
}

/* The larger of each of KERNEL_LANES pairs. */
static inline vec larger_of_pairs(const float *from)
{
    vec a = vec_load_quads(from, 8), b = vec_load_quads(from + 4, 8);
    return vec_larger(VEC_QUAD_PICK(a, b, 0, 2, 0, 2), VEC_QUAD_PICK(a, b, 1, 3, 1, 3));
}

static void maximum(const float *upper, const float *lower, int64_t n, float *out)
{
    int64_t i = 0;
    for (; i + KERNEL_LANES <= n; i += KERNEL_LANES)
        vec_store(out + i, vec_larger(larger_of_pairs(upper + 2 * i), larger_of_pairs(lower + 2 * i)));
    for (; i < n; i++)
        out[i] = larger(larger(upper[2 * i], upper[2 * i + 1]), larger(lower[2 * i], lower[2 * i + 1]));
}

const struct pairs_kernels KERNEL_TABLE(pairs) = {repeat, maximum};
