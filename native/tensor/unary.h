/* unary.h - functions of one number, applied to arrays of floats.
 *
 * The dense operators and the row executor both come here, so a value is the same bytes whoever asks, at any
 * place of an array: the last few values of an array go through the body's own arithmetic. Exponentials and
 * what is made of them are ours, not the C library's. On every path the error against the exact value is at
 * most exp, log, erf, and exp(x) - 1 in Elu, Selu, Celu   2 units in the last place sigmoid, tanh 3 units in
 * the last place softplus, gelu (both), mish                        1e-6 times the larger of 1 and the value
 * and, for sigmoid, results below 1e-37 may come out as 0. NaN stays NaN.
 */
#ifndef TENSOR_UNARY_H
#define TENSOR_UNARY_H

#include <stddef.h>

/* What each does to x, with its parameters a and b. */
enum unary_kind {
    UNARY_ABS,
    UNARY_NEG,
    UNARY_SIGN, /* -1, 0, 1 */
    UNARY_SQRT,
    UNARY_EXP,
    UNARY_LOG,
    UNARY_RECIPROCAL,
    UNARY_FLOOR,
    UNARY_CEIL,
    UNARY_ROUND,            /* halves to even */
    UNARY_CLIP,             /* to a .. b; b where a > b */
    UNARY_RELU,             /* max(x, 0) */
    UNARY_LEAKY_RELU,       /* x < 0 ? a x : x */
    UNARY_THRESHOLDED_RELU, /* x > a ? x : 0 */
    UNARY_SIGMOID,
    UNARY_HARD_SIGMOID, /* a x + b, clipped to 0 .. 1 */
    UNARY_HARD_SWISH,   /* x times (x / 6 + 0.5 clipped to 0 .. 1) */
    UNARY_TANH,
    UNARY_ELU,      /* x < 0 ? a (exp(x) - 1) : x */
    UNARY_SELU,     /* b (x <= 0 ? a (exp(x) - 1) : x) */
    UNARY_CELU,     /* x < 0 ? a (exp(x / a) - 1) : x */
    UNARY_SOFTPLUS, /* log(1 + exp(x)) */
    UNARY_SOFTSIGN, /* x / (1 + |x|) */
    UNARY_GELU,     /* x (1 + erf(x / sqrt 2)) / 2 */
    UNARY_GELU_TANH,
    UNARY_MISH, /* x tanh(softplus(x)) */
    UNARY_ERF
};

/* out[i] = f(in[i]; a, b) for i < n. out may be in itself, else they do not overlap. Any thread. */
void unary_apply(enum unary_kind kind, float a, float b, size_t n, const float *in, float *out);

#endif
