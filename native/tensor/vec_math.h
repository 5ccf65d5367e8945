/* vec_math.h - exponential, logarithm and error function of a vector, for the kernels alone.
 *
 * Polynomials are least-maximum fits of our own (Lawson's reweighted least squares at Chebyshev nodes, in
 * double precision); their errors lie below half a unit in the last place of the result. What remains is
 * rounding: tests/unit/test_tensor_dense.c holds every path to the bounds of unary.h.
 */
#ifndef TENSOR_VEC_MATH_H
#define TENSOR_VEC_MATH_H

#include <float.h>
#include <math.h>

#include "base/kernel.h"

typedef uint32_t vec_bits __attribute__((vector_size(4 * KERNEL_LANES)));

/* ln 2 in two parts; the first has 14 bits, so that its product with an exponent is exact. */
#define VEC_LN2_HIGH 0x1.62e4p-1f
#define VEC_LN2_LOW  1.42860677e-06f

static inline vec vec_abs(vec v)
{
    return (vec)((vec_mask)v & 0x7fffffff);
}

/* The size of `size` with the sign of `sign`. */
static inline vec vec_copysign(vec size, vec sign)
{
    return (vec)(((vec_mask)size & 0x7fffffff) | ((vec_mask)sign & (int32_t)0x80000000));
}

/* c[0] + c[1] x + ... + c[count - 1] x^(count - 1) */
static inline vec vec_horner(vec x, const float *c, int count)
{
    vec sum = vec_set(c[count - 1]);
    for (int i = count - 2; i >= 0; i--) sum = vec_fma(sum, x, vec_set(c[i]));
    return sum;
}

/* x = n ln 2 + r with |r| <= ln 2 / 2; returns exp(r) - 1. For |x| < 2^20. */
static inline vec vec_exp_reduced(vec x, vec_mask *n)
{
    static const float c[] = {0.5f, 0.16666576f, 0.041666374f, 0.008363235f, 0.0013941214f};
    const vec shift = vec_set(12582912.0f); /* 1.5 * 2^23: adding it rounds to a whole number */
    vec shifted = vec_fma(x, vec_set(1.44269504f), shift);
    vec whole = shifted - shift;
    vec r = vec_fma(whole, vec_set(-VEC_LN2_HIGH), x);
    r = vec_fma(whole, vec_set(-VEC_LN2_LOW), r);
    *n = (vec_mask)((vec_bits)shifted - (vec_bits)shift);
    return vec_fma(r * r, vec_horner(r, c, 5), r);
}

static inline vec vec_power_of_two(vec_mask n) /* -126 <= n <= 127 */
{
    return (vec)((vec_bits)(n + 127) << 23);
}

static inline vec vec_exp(vec x)
{
    vec_mask n;
    vec p = vec_exp_reduced(vec_min(vec_max(x, vec_set(-110)), vec_set(100)), &n);
    vec_mask half = n >> 1; /* in two steps, for 2^n itself may be out of range where the result is not */
    return (p + 1) * vec_power_of_two(half) * vec_power_of_two(n - half);
}

/* exp(x) - 1 for x <= 0, without loss near 0. */
static inline vec vec_expm1_negative(vec x)
{
    vec_mask n;
    vec p = vec_exp_reduced(vec_max(x, vec_set(-20)), &n); /* exp(-20) is lost beside 1 */
    vec scale = vec_power_of_two(n);
    return vec_fma(scale, p, scale - 1);
}

static inline vec vec_log(vec x)
{
    static const float c[] = {0.3333333f,    -0.2499998f, 0.20000689f,   -0.16669151f, 0.14251155f,
                              -0.123967074f, 0.11634677f, -0.116598874f, 0.073324375f};
    const int32_t root_half = 0x3f3504f3; /* bits of sqrt(1/2): the mantissa goes to [sqrt 1/2, sqrt 2) */
    vec_mask tiny = x < vec_set(FLT_MIN);
    vec_mask bits = (vec_mask)vec_select(tiny, x * 8388608.0f, x) + (0x3f800000 - root_half);
    vec_mask exponent = (bits >> 23) - 127 - (tiny & 23);
    vec f = (vec)((bits & 0x007fffff) + root_half) - 1;
    vec e = __builtin_convertvector(exponent, vec);
    vec low = vec_fma(f * f * f, vec_horner(f, c, 9), vec_fma(f * f, vec_set(-0.5f), e * VEC_LN2_LOW));
    vec result = vec_fma(e, vec_set(VEC_LN2_HIGH), f + low);
    result = vec_select(x == vec_set(INFINITY), x, result);
    result = vec_select(x == vec_set(0), vec_set(-INFINITY), result);
    return vec_select(x >= vec_set(0), result, vec_set(NAN));
}

static inline vec vec_tanh(vec x)
{
    vec t = vec_expm1_negative(vec_abs(x) * -2); /* tanh |x| = (1 - exp(-2|x|)) / (1 + exp(-2|x|)) */
    return vec_copysign(t / (t + 2), x);
}

static inline vec vec_sigmoid(vec x)
{
    return 1 / (1 + vec_exp(-x));
}

static inline vec vec_erf(vec x)
{
    /* |x| < 0.92: x + x P(x^2); beyond: 1 - exp(Q(|x|)), which is 1 in float from 4 on. */
    static const float p[] = {0.12837915f,   -0.37612495f, 0.112818025f,
                              -0.026765566f, 0.00499098f,  -0.00059768936f};
    static const float q[] = {0.00017587456f, -1.1295208f,   -0.63333464f,   -0.10829394f,
                              0.025128625f,   -0.004174643f, 0.00043521888f, -2.1161906e-05f};
    vec size = vec_abs(x);
    vec_mask n;
    vec e = vec_exp_reduced(vec_horner(vec_min(size, vec_set(4)), q, 8), &n);
    vec large = vec_copysign(1 - (e + 1) * vec_power_of_two(n), x);
    vec small = vec_fma(x, vec_horner(x * x, p, 6), x);
    return vec_select(size >= vec_set(0.92f), large, small);
}

#endif
