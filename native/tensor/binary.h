/* binary.h - functions of two numbers, applied to arrays.
 *
 * The dense operators and the row executor both come here, as with unary.h.
 */
#ifndef TENSOR_BINARY_H
#define TENSOR_BINARY_H

#include <stddef.h>

enum binary_kind {
    /* Arithmetic: float32 (binary_apply), int64 and int32. */
    BINARY_ADD,
    BINARY_SUB,
    BINARY_MUL,
    BINARY_DIV, /* whole numbers: towards zero */
    BINARY_MIN, /* NaN where either is */
    BINARY_MAX,
    BINARY_POW,
    BINARY_MOD,   /* the sign of the divisor; whole numbers only */
    BINARY_FMOD,  /* the sign of the dividend */
    BINARY_PRELU, /* x < 0 ? x y : x */
    /* Comparison: any type in, bool out. */
    BINARY_EQUAL,
    BINARY_LESS,
    BINARY_LESS_EQUAL,
    BINARY_GREATER,
    BINARY_GREATER_EQUAL,
    /* Logic: bool. */
    BINARY_AND,
    BINARY_OR,
    BINARY_XOR
};

/* out[i] = a[i * a_step] op b[i * b_step] for i < n, steps 0 or 1; kind is one of the arithmetic ones except
 * BINARY_MOD. out may be a or b itself, else they do not overlap. Any thread. */
void binary_apply(enum binary_kind kind, size_t n, const float *a, int a_step, const float *b, int b_step,
                  float *out);

#endif
