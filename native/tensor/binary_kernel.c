#include "base/kernel.h"
#include "tensor/element_kernels.h"

#include <math.h>

/* Up to KERNEL_LANES values from index i of an array, or one value in every lane. */
static inline vec load(const float *from, int step, size_t i, size_t count)
{
    if (!step) return vec_set(*from);
    if (count >= KERNEL_LANES) return vec_load(from + i);
    vec v = {0};
    memcpy(&v, from + i, count * sizeof(float));
    return v;
}

/* Runs `z = expression of x and y` over the arrays; the last few values go through the same arithmetic. */
#define EACH(expression)                                                                                     \
    do {                                                                                                     \
        for (size_t i = 0; i < n; i += KERNEL_LANES) {                                                       \
            size_t rest = n - i < KERNEL_LANES ? n - i : KERNEL_LANES;                                       \
            vec x = load(a, a_step, i, rest), y = load(b, b_step, i, rest);                                  \
            vec z = (expression);                                                                            \
            if (rest == KERNEL_LANES)                                                                        \
                vec_store(out + i, z);                                                                       \
            else                                                                                             \
                memcpy(out + i, &z, rest * sizeof(float));                                                   \
        }                                                                                                    \
    } while (0)

static void power(size_t n, const float *a, int a_step, const float *b, int b_step, float *out)
{
    if (!b_step && *b == 2)
        for (size_t i = 0; i < n; i++) out[i] = a[i * (size_t)a_step] * a[i * (size_t)a_step];
    else if (!b_step && *b == 0.5f)
        for (size_t i = 0; i < n; i++) out[i] = sqrtf(a[i * (size_t)a_step]);
    else
        for (size_t i = 0; i < n; i++) out[i] = powf(a[i * (size_t)a_step], b[i * (size_t)b_step]);
}

static void apply(enum binary_kind kind, size_t n, const float *a, int a_step, const float *b, int b_step,
                  float *out)
{
    switch (kind) {
    case BINARY_ADD:
        EACH(x + y);
        break;
    case BINARY_SUB:
        EACH(x - y);
        break;
    case BINARY_MUL:
        EACH(x * y);
        break;
    case BINARY_DIV:
        EACH(x / y);
        break;
    case BINARY_MIN:
        EACH(vec_select((y < x) | (y != y), y, x));
        break;
    case BINARY_MAX:
        EACH(vec_select((y > x) | (y != y), y, x));
        break;
    case BINARY_PRELU:
        EACH(vec_select(x < vec_set(0), x * y, x));
        break;
    case BINARY_POW:
        power(n, a, a_step, b, b_step, out);
        break;
    case BINARY_FMOD:
        for (size_t i = 0; i < n; i++) out[i] = fmodf(a[i * (size_t)a_step], b[i * (size_t)b_step]);
        break;
    default:
        break; /* not for floats */
    }
}

const struct binary_table KERNEL_TABLE(binary) = {apply};
