#include "base/kernel.h"
#include "image/fft_kernels.h"

/* A column is held in scratch as n pairs of vectors: the real parts of KERNEL_LANES columns, then the
 * imaginary ones. Stages go from one half of the scratch to the other (Stockham's order: no bit reversal). */
struct pair {
    vec re, im;
};

static inline struct pair add(struct pair a, struct pair b)
{
    return (struct pair){a.re + b.re, a.im + b.im};
}

static inline struct pair sub(struct pair a, struct pair b)
{
    return (struct pair){a.re - b.re, a.im - b.im};
}

/* a - i b and a + i b */
static inline struct pair sub_i(struct pair a, struct pair b)
{
    return (struct pair){a.re + b.im, a.im - b.re};
}

static inline struct pair add_i(struct pair a, struct pair b)
{
    return (struct pair){a.re - b.im, a.im + b.re};
}

/* a + c b for a real c */
static inline struct pair add_scaled(struct pair a, float c, struct pair b)
{
    vec factor = vec_set(c);
    return (struct pair){vec_fma(factor, b.re, a.re), vec_fma(factor, b.im, a.im)};
}

static inline struct pair scaled(float c, struct pair a)
{
    return (struct pair){vec_set(c) * a.re, vec_set(c) * a.im};
}

static inline struct pair times(struct pair a, const float factor[2])
{
    vec re = vec_set(factor[0]), im = vec_set(factor[1]);
    return (struct pair){vec_fma(a.re, re, -(a.im * im)), vec_fma(a.re, im, a.im * re)};
}

/* y[k] = sum over j of x[j] exp(-2 pi i j k / radix), in place */
static inline __attribute__((always_inline)) void butterfly(int radix, struct pair *x)
{
    if (radix == 2) {
        struct pair a = x[0];
        x[0] = add(a, x[1]);
        x[1] = sub(a, x[1]);
    } else if (radix == 3) {
        struct pair sum = add(x[1], x[2]), difference = scaled(0.8660254037844386f, sub(x[1], x[2]));
        struct pair middle = add_scaled(x[0], -0.5f, sum);
        x[0] = add(x[0], sum);
        x[1] = sub_i(middle, difference);
        x[2] = add_i(middle, difference);
    } else if (radix == 4) {
        struct pair a = add(x[0], x[2]), b = sub(x[0], x[2]), c = add(x[1], x[3]), d = sub(x[1], x[3]);
        x[0] = add(a, c);
        x[1] = sub_i(b, d);
        x[2] = sub(a, c);
        x[3] = add_i(b, d);
    } else {
        /* cos and sin of 72 and 144 degrees */
        const float c1 = 0.3090169943749474f, c2 = -0.8090169943749475f;
        const float s1 = 0.9510565162951535f, s2 = 0.5877852522924731f;
        struct pair a = add(x[1], x[4]), b = sub(x[1], x[4]), c = add(x[2], x[3]), d = sub(x[2], x[3]);
        struct pair m1 = add_scaled(add_scaled(x[0], c1, a), c2, c);
        struct pair m2 = add_scaled(add_scaled(x[0], c2, a), c1, c);
        struct pair n1 = add_scaled(scaled(s1, b), s2, d), n2 = add_scaled(scaled(s2, b), -s1, d);
        x[0] = add(x[0], add(a, c));
        x[1] = sub_i(m1, n1);
        x[4] = add_i(m1, n1);
        x[2] = sub_i(m2, n2);
        x[3] = add_i(m2, n2);
    }
}

/* One stage: `span` interleaved transforms are done, n / (span radix) groups remain to be split. */
static inline __attribute__((always_inline)) void stage(int radix, int32_t n, int32_t span,
                                                        const float *factors, const struct pair *restrict in,
                                                        struct pair *restrict out)
{
    int32_t groups = n / (span * radix);
    for (int32_t p = 0; p < groups; p++, factors += 2 * (radix - 1))
        for (int32_t q = 0; q < span; q++) {
            struct pair x[5];
            for (int k = 0; k < radix; k++) x[k] = in[q + span * (p + groups * k)];
            butterfly(radix, x);
            struct pair *to = out + q + span * radix * p;
            to[0] = x[0];
            for (int k = 1; k < radix; k++) to[span * k] = times(x[k], factors + 2 * (k - 1));
        }
}

/* All stages; returns the half of the scratch in which the result stands. */
static struct pair *transform(const struct fft_length *length, struct pair *in, struct pair *out)
{
    int32_t span = 1;
    for (int i = 0; i < length->stage_count; i++) {
        int32_t radix = length->radix[i];
        if (radix == 2) stage(2, length->n, span, length->factors[i], in, out);
        if (radix == 3) stage(3, length->n, span, length->factors[i], in, out);
        if (radix == 4) stage(4, length->n, span, length->factors[i], in, out);
        if (radix == 5) stage(5, length->n, span, length->factors[i], in, out);
        struct pair *swap = in;
        in = out;
        out = swap;
        span *= radix;
    }
    return in;
}

/* The inverse is the forward transform with real and imaginary parts exchanged on the way in and out. */
static void columns(const struct fft_length *length, int inverse, float *re, float *im, size_t stride,
                    size_t count, float *scratch)
{
    size_t n = (size_t)length->n;
    struct pair *first = (struct pair *)scratch, *second = first + n;
    float *one = inverse ? im : re, *other = inverse ? re : im;
    for (size_t c = 0; c < count; c += KERNEL_LANES) {
        size_t lanes = count - c;
        for (size_t i = 0; i < n; i++)
            first[i] = (struct pair){vec_load_part(one + i * stride + c, lanes),
                                     vec_load_part(other + i * stride + c, lanes)};
        struct pair *result = transform(length, first, second);
        for (size_t i = 0; i < n; i++) {
            vec_store_part(one + i * stride + c, result[i].re, lanes);
            vec_store_part(other + i * stride + c, result[i].im, lanes);
        }
    }
}

static void rows_transposed(const struct fft_length *length, int inverse, const float *re, const float *im,
                            size_t count, float *out_re, float *out_im, size_t out_stride, float *scratch)
{
    size_t n = (size_t)length->n;
    struct pair *first = (struct pair *)scratch, *second = first + n;
    const float *one = inverse ? im : re, *other = inverse ? re : im;
    float *out_one = inverse ? out_im : out_re, *out_other = inverse ? out_re : out_im;
    for (size_t r = 0; r < count; r += KERNEL_LANES) {
        size_t rows = count - r < KERNEL_LANES ? count - r : KERNEL_LANES;
        for (size_t i = 0; i < n; i++)
            for (size_t lane = 0; lane < rows; lane++) {
                ((float *)&first[i].re)[lane] = one[(r + lane) * n + i];
                ((float *)&first[i].im)[lane] = other[(r + lane) * n + i];
            }
        struct pair *result = transform(length, first, second);
        for (size_t i = 0; i < n; i++) {
            vec_store_part(out_one + i * out_stride + r, result[i].re, rows);
            vec_store_part(out_other + i * out_stride + r, result[i].im, rows);
        }
    }
}

const struct fft_kernels KERNEL_TABLE(fft) = {columns, rows_transposed};
