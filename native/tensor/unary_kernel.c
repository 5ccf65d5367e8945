#include "tensor/element_kernels.h"
#include "tensor/vec_math.h"

/* Runs `y = expression of x` over the array; the last few values go through the same vector arithmetic. */
#define EACH(expression)                                                                                     \
    do {                                                                                                     \
        for (size_t i = 0; i < n; i += KERNEL_LANES) {                                                       \
            size_t rest = n - i;                                                                             \
            vec x = rest >= KERNEL_LANES ? vec_load(in + i) : load_part(in + i, rest);                       \
            vec y = (expression);                                                                            \
            if (rest >= KERNEL_LANES)                                                                        \
                vec_store(out + i, y);                                                                       \
            else                                                                                             \
                memcpy(out + i, &y, rest * sizeof(float));                                                   \
        }                                                                                                    \
    } while (0)

static inline vec load_part(const float *in, size_t count)
{
    vec v = {0};
    memcpy(&v, in, count * sizeof(float));
    return v;
}

static inline vec clip(vec x, vec low, vec high)
{
    return vec_min(vec_max(x, low), high);
}

/* log(1 + e) = log(u) + (e - (u - 1)) / u with u = 1 + e rounded: what the rounding lost is put back. */
static inline vec softplus(vec x)
{
    vec e = vec_exp(-vec_abs(x));
    vec u = 1 + e;
    return vec_max(x, vec_set(0)) + (vec_log(u) + (e - (u - 1)) / u);
}

/* tanh(log(1 + e)) = (e^2 + 2 e) / (e^2 + 2 e + 2), e = exp(x); 1 in float from x = 20 on. */
static inline vec mish(vec x)
{
    vec e = vec_exp(vec_min(x, vec_set(20)));
    vec t = e * (e + 2);
    return x * (t / (t + 2));
}

static inline vec gelu_tanh(vec x)
{
    vec inner = 0.797884561f * (x + 0.044715f * x * x * x); /* sqrt(2 / pi) */
    return 0.5f * x * (1 + vec_tanh(inner));
}

static inline vec sign(vec x)
{
    const vec zero = vec_set(0);
    vec size = vec_select(x == zero, zero, vec_set(1));
    return vec_select(x == x, vec_copysign(size, x), x);
}

static void apply(enum unary_kind kind, float parameter_a, float parameter_b, size_t n, const float *in,
                  float *out)
{
    const vec a = vec_set(parameter_a), b = vec_set(parameter_b), zero = vec_set(0), one = vec_set(1);
    switch (kind) {
    case UNARY_ABS:
        EACH(vec_abs(x));
        break;
    case UNARY_NEG:
        EACH(-x);
        break;
    case UNARY_SIGN:
        EACH(sign(x));
        break;
    /* Rounded correctly by the processor and the C library alike, so left to the compiler. */
    case UNARY_SQRT:
        for (size_t i = 0; i < n; i++) out[i] = sqrtf(in[i]);
        break;
    case UNARY_FLOOR:
        for (size_t i = 0; i < n; i++) out[i] = floorf(in[i]);
        break;
    case UNARY_CEIL:
        for (size_t i = 0; i < n; i++) out[i] = ceilf(in[i]);
        break;
    case UNARY_ROUND:
        for (size_t i = 0; i < n; i++) out[i] = rintf(in[i]);
        break;
    case UNARY_EXP:
        EACH(vec_exp(x));
        break;
    case UNARY_LOG:
        EACH(vec_log(x));
        break;
    case UNARY_RECIPROCAL:
        EACH(1 / x);
        break;
    case UNARY_CLIP:
        EACH(clip(x, a, b));
        break;
    case UNARY_RELU:
        EACH(vec_max(x, zero));
        break;
    case UNARY_LEAKY_RELU:
        EACH(vec_select(x < zero, a * x, x));
        break;
    case UNARY_THRESHOLDED_RELU:
        EACH(vec_select(x <= a, zero, x));
        break;
    case UNARY_SIGMOID:
        EACH(vec_sigmoid(x));
        break;
    case UNARY_HARD_SIGMOID:
        EACH(clip(a * x + b, zero, one));
        break;
    case UNARY_HARD_SWISH:
        EACH(x * clip(x * (1.0f / 6) + 0.5f, zero, one));
        break;
    case UNARY_TANH:
        EACH(vec_tanh(x));
        break;
    case UNARY_ELU:
        EACH(vec_select(x < zero, a * vec_expm1_negative(x), x));
        break;
    case UNARY_SELU:
        EACH(b * vec_select(x <= zero, a * vec_expm1_negative(x), x));
        break;
    case UNARY_CELU:
        EACH(vec_select(x < zero, a * vec_expm1_negative(x / a), x));
        break;
    case UNARY_SOFTPLUS:
        EACH(softplus(x));
        break;
    case UNARY_SOFTSIGN:
        EACH(x / (1 + vec_abs(x)));
        break;
    case UNARY_GELU:
        EACH(0.5f * x * (1 + vec_erf(x * 0.707106781f)));
        break;
    case UNARY_GELU_TANH:
        EACH(gelu_tanh(x));
        break;
    case UNARY_MISH:
        EACH(mish(x));
        break;
    case UNARY_ERF:
        EACH(vec_erf(x));
        break;
    }
}

const struct unary_table KERNEL_TABLE(unary) = {apply};
