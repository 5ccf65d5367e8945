#include "base/kernel.h"
#include "base/vec_quads.h"
#include "image/fft_kernels.h"

/* KERNEL_LANES columns are transformed at a time, as pairs of vectors. Stages go from one half of the scratch
 * to the other (Stockham's order: no bit reversal); whole vectors of columns are read by the first stage and
 * written by the last where they stand. */
struct pair {
    vec re, im;
};

/* Pair i stands at re + i * stride and im + i * stride. */
struct places {
    float *re, *im;
    size_t stride;
};

static inline struct places places_in(float *scratch)
{
    return (struct places){scratch, scratch + KERNEL_LANES, 2 * KERNEL_LANES};
}

static inline struct pair load(const struct places *from, size_t offset)
{
    struct pair pair = {vec_load(from->re + offset), vec_load(from->im + offset)};
    vec_hold(&pair.re);
    vec_hold(&pair.im);
    return pair;
}

static inline void store(const struct places *to, size_t offset, struct pair pair)
{
    vec_store(to->re + offset, pair.re);
    vec_store(to->im + offset, pair.im);
}

static inline void walk(struct places *places, size_t offset)
{
    places->re += offset;
    places->im += offset;
}

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

/* One stage: `span` interleaved transforms are done, n / (span radix) groups remain to be split. Pair q of
 * group p is read from place q + span (p + groups k) and written to q + span (radix p + k), for k below the
 * radix: both pointers walk. */
static inline __attribute__((always_inline)) void
stage(int radix, int32_t n, int32_t span, const float *factors, struct places in, struct places out)
{
    int32_t groups = n / (span * radix);
    size_t in_apart = (size_t)(span * groups) * in.stride, out_apart = (size_t)span * out.stride;
    for (int32_t p = 0; p < groups; p++, factors += 2 * (radix - 1)) {
        for (int32_t q = 0; q < span; q++) {
            struct pair x[5];
            for (int k = 0; k < radix; k++) x[k] = load(&in, k * in_apart);
            butterfly(radix, x);
            for (int k = 1; k < radix && p > 0; k++) x[k] = times(x[k], factors + 2 * (k - 1)); /* else 1 */
            for (int k = 0; k < radix; k++) store(&out, k * out_apart, x[k]);
            walk(&in, in.stride);
            walk(&out, out.stride);
        }
        walk(&out, (size_t)(radix - 1) * out_apart);
    }
}

/* All stages, the last into `to`, which may be where the first reads. */
static void transform(const struct fft_length *length, struct places from, struct places to,
                      const struct places halves[2])
{
    int32_t span = 1;
    for (int i = 0; i < length->stage_count; i++) {
        int32_t radix = length->radix[i];
        struct places out = i + 1 < length->stage_count ? halves[i % 2] : to;
        if (radix == 2) stage(2, length->n, span, length->factors[i], from, out);
        if (radix == 3) stage(3, length->n, span, length->factors[i], from, out);
        if (radix == 4) stage(4, length->n, span, length->factors[i], from, out);
        if (radix == 5) stage(5, length->n, span, length->factors[i], from, out);
        from = out;
        span *= radix;
    }
}

/* The first lanes of n pairs. */
static void write_part(const struct places *from, size_t n, size_t lanes, const struct places *to)
{
    for (size_t i = 0; i < n; i++) {
        struct pair pair = load(from, i * from->stride);
        vec_store_part(to->re + i * to->stride, pair.re, lanes);
        vec_store_part(to->im + i * to->stride, pair.im, lanes);
    }
}

/* The inverse is the forward transform with real and imaginary parts exchanged on the way in and out. */
static void columns(const struct fft_length *length, int inverse, float *re, float *im, size_t stride,
                    size_t count, float *scratch)
{
    size_t n = (size_t)length->n;
    const struct places halves[2] = {places_in(scratch), places_in(scratch + 2 * n * KERNEL_LANES)};
    const struct places *last = &halves[(length->stage_count - 1) % 2];
    for (size_t c = 0; c < count; c += KERNEL_LANES) {
        struct places here = {(inverse ? im : re) + c, (inverse ? re : im) + c, stride};
        if (count - c >= KERNEL_LANES) {
            transform(length, here, here, halves);
            continue;
        }
        for (size_t i = 0; i < n; i++) {
            struct pair pair = {vec_load_part(here.re + i * stride, count - c),
                                vec_load_part(here.im + i * stride, count - c)};
            store(&halves[1], i * halves[1].stride, pair);
        }
        transform(length, halves[1], *last, halves);
        write_part(last, n, count - c, &here);
    }
}

/* Number i of `rows` rows to lane 0, 1, ... of pair i. */
static void read_rows(const float *re, const float *im, size_t n, size_t rows, const struct places *to)
{
    size_t i = 0;
    for (; rows == KERNEL_LANES && i + 4 <= n; i += 4)
        for (int part = 0; part < 2; part++) {
            const float *from = (part ? im : re) + i;
            float *out = (part ? to->im : to->re) + i * to->stride;
            vec column[4], row[4];
            for (size_t r = 0; r < 4; r++) row[r] = vec_load_quads(from + r * n, 4 * (ptrdiff_t)n);
            vec_columns(row[0], row[1], row[2], row[3], column);
            for (size_t r = 0; r < 4; r++) vec_store(out + r * to->stride, column[r]);
        }
    for (; i < n; i++)
        for (size_t r = 0; r < rows; r++) {
            to->re[i * to->stride + r] = re[r * n + i];
            to->im[i * to->stride + r] = im[r * n + i];
        }
}

static void rows_transposed(const struct fft_length *length, int inverse, const float *re, const float *im,
                            size_t count, float *out_re, float *out_im, size_t out_stride, float *scratch)
{
    size_t n = (size_t)length->n;
    const struct places halves[2] = {places_in(scratch), places_in(scratch + 2 * n * KERNEL_LANES)};
    const struct places *last = &halves[(length->stage_count - 1) % 2];
    const float *one = inverse ? im : re, *other = inverse ? re : im;
    for (size_t r = 0; r < count; r += KERNEL_LANES) {
        struct places there = {(inverse ? out_im : out_re) + r, (inverse ? out_re : out_im) + r, out_stride};
        int whole = count - r >= KERNEL_LANES;
        read_rows(one + r * n, other + r * n, n, whole ? KERNEL_LANES : count - r, &halves[1]);
        transform(length, halves[1], whole ? there : *last, halves);
        if (!whole) write_part(last, n, count - r, &there);
    }
}

const struct fft_kernels KERNEL_TABLE(fft) = {columns, rows_transposed};
