/* plane_kernel.c - sums and maps over one plane at a time.
 *
 * Sums run in vector lanes along a row and are added up in double precision row by row, always in the same
 * order. The end of a row that fills no vector is computed by the same vector, its other lanes set to 0.
 * Loops over pairs of pixels are written plainly; compilers make shuffles of them for each path.
 */
#include "base/kernel.h"
#include "train/plane_kernels.h"

#define INLINE static inline __attribute__((always_inline))

/* All ones in the first `count` lanes. */
INLINE vec_mask first_lanes(int32_t count)
{
    vec_mask lane;
    for (int i = 0; i < KERNEL_LANES; i++) lane[i] = i;
    return lane < (count - (vec_mask){0});
}

INLINE vec keep(vec v, int32_t remaining)
{
    return remaining >= KERNEL_LANES ? v : (vec)((vec_mask)v & first_lanes(remaining));
}

INLINE double lanes_sum(vec v)
{
    double sum = 0;
    for (int i = 0; i < KERNEL_LANES; i++) sum += (double)v[i];
    return sum;
}

INLINE vec clipped(vec v, int relu)
{
    return relu ? vec_max(v, vec_set(0)) : v;
}

/* ---- batch norm, ReLU ---- */

static void moments(struct plane_size size, const float *z, float pivot, double sums[2])
{
    const vec zero = vec_set(pivot);
    double first = 0, second = 0;
    for (int32_t y = 0; y < size.height; y++, z += size.row) {
        vec a = {0}, b = {0};
        for (int32_t x = 0; x < size.width; x += KERNEL_LANES) {
            vec d = keep(vec_load(z + x) - zero, size.width - x);
            a += d;
            b = vec_fma(d, d, b);
        }
        first += lanes_sum(a);
        second += lanes_sum(b);
    }
    sums[0] = first;
    sums[1] = second;
}

static void affine(struct plane_size size, const float *z, float scale, float shift, int relu, float *to)
{
    const vec a = vec_set(scale), b = vec_set(shift);
    for (int32_t y = 0; y < size.height; y++, z += size.row, to += size.row)
        for (int32_t x = 0; x < size.width; x += KERNEL_LANES)
            vec_store(to + x, keep(clipped(vec_fma(a, vec_load(z + x), b), relu), size.width - x));
}

/* The gradient that passes the ReLU of scale z + shift. */
INLINE vec passing(vec z, vec dy, vec scale, vec shift, int relu)
{
    return relu ? (vec)((vec_mask)dy & (vec_fma(scale, z, shift) > vec_set(0))) : dy;
}

static void affine_sums(struct plane_size size, const float *z, const float *dy, float scale, float shift,
                        int relu, float mean, double sums[2])
{
    const vec a = vec_set(scale), b = vec_set(shift), centre = vec_set(mean);
    double first = 0, second = 0;
    for (int32_t y = 0; y < size.height; y++, z += size.row, dy += size.row) {
        vec s = {0}, t = {0};
        for (int32_t x = 0; x < size.width; x += KERNEL_LANES) {
            vec value = vec_load(z + x);
            vec g = keep(passing(value, vec_load(dy + x), a, b, relu), size.width - x);
            s += g;
            t = vec_fma(g, value - centre, t);
        }
        first += lanes_sum(s);
        second += lanes_sum(t);
    }
    sums[0] = first;
    sums[1] = second;
}

static void affine_back(struct plane_size size, const float *z, const float *dy, float scale, float shift,
                        int relu, float slope, float offset, float *dz)
{
    const vec a = vec_set(scale), b = vec_set(shift), c = vec_set(slope), d = vec_set(offset);
    for (int32_t y = 0; y < size.height; y++, z += size.row, dy += size.row, dz += size.row)
        for (int32_t x = 0; x < size.width; x += KERNEL_LANES) {
            vec value = vec_load(z + x);
            vec g = passing(value, vec_load(dy + x), a, b, relu);
            vec_store(dz + x, keep(vec_fma(a, g, vec_fma(c, value, d)), size.width - x));
        }
}

static double relu_back(struct plane_size size, const float *value, float *dy)
{
    double total = 0;
    for (int32_t y = 0; y < size.height; y++, value += size.row, dy += size.row) {
        vec s = {0};
        for (int32_t x = 0; x < size.width; x += KERNEL_LANES) {
            vec g = (vec)((vec_mask)vec_load(dy + x) & (vec_load(value + x) > vec_set(0)));
            vec_store(dy + x, g);
            s += keep(g, size.width - x);
        }
        total += lanes_sum(s);
    }
    return total;
}

static double sum(struct plane_size size, const float *z)
{
    double total = 0;
    for (int32_t y = 0; y < size.height; y++, z += size.row) {
        vec s = {0};
        for (int32_t x = 0; x < size.width; x += KERNEL_LANES) s += keep(vec_load(z + x), size.width - x);
        total += lanes_sum(s);
    }
    return total;
}

/* ---- copies and sums of planes ---- */

static void copy(struct plane_size size, const float *from, float *to, size_t to_row)
{
    for (int32_t y = 0; y < size.height; y++, from += size.row, to += to_row)
        for (int32_t x = 0; x < size.width; x += KERNEL_LANES)
            vec_store(to + x, keep(vec_load(from + x), size.width - x));
}

static void add(struct plane_size size, const float *from, float *to, size_t to_row)
{
    for (int32_t y = 0; y < size.height; y++, from += size.row, to += to_row)
        for (int32_t x = 0; x < size.width; x += KERNEL_LANES)
            vec_store(to + x, keep(vec_load(to + x) + vec_load(from + x), size.width - x));
}

static void add_pair(struct plane_size size, const float *a, const float *b, int relu, float *to)
{
    for (int32_t y = 0; y < size.height; y++, a += size.row, b += size.row, to += size.row)
        for (int32_t x = 0; x < size.width; x += KERNEL_LANES)
            vec_store(to + x, keep(clipped(vec_load(a + x) + vec_load(b + x), relu), size.width - x));
}

/* ---- between the levels ---- */

static void pool(struct plane_size size, const float *x, size_t wide_row, float *y)
{
    for (int32_t i = 0; i < size.height; i++, x += 2 * wide_row, y += size.row) {
        const float *restrict upper = x, *restrict lower = x + wide_row;
        float *restrict to = y;
        for (int32_t j = 0; j < size.width; j++) {
            float a = upper[2 * j], b = upper[2 * j + 1], c = lower[2 * j], d = lower[2 * j + 1];
            float ab = a >= b ? a : b, cd = c >= d ? c : d;
            to[j] = ab >= cd ? ab : cd;
        }
    }
}

/* Pixels are sorted by their place among the four, a stretch at a time: loops of one kind each are what
 * compilers make vectors of. */
enum { STRETCH = 64 };

INLINE void pool_back_row(const float *restrict upper, const float *restrict lower,
                          const float *restrict most, const float *restrict g, int32_t width,
                          const int add_up, float *restrict to, float *restrict to_lower)
{
    for (int32_t begin = 0; begin < width; begin += STRETCH) {
        int32_t count = width - begin < STRETCH ? width - begin : STRETCH;
        float at[4][STRETCH];
        for (int32_t j = 0; j < count; j++) {
            int32_t x = begin + j;
            int a = upper[2 * x] == most[x], b = !a & (upper[2 * x + 1] == most[x]);
            int c = !a & !b & (lower[2 * x] == most[x]), d = !a & !b & !c;
            at[0][j] = a ? g[x] : 0;
            at[1][j] = b ? g[x] : 0;
            at[2][j] = c ? g[x] : 0;
            at[3][j] = d ? g[x] : 0;
        }
        float *restrict first = to + 2 * begin, *restrict second = to_lower + 2 * begin;
        for (int32_t j = 0; j < count; j++) {
            first[2 * j] = (add_up ? first[2 * j] : 0) + at[0][j];
            first[2 * j + 1] = (add_up ? first[2 * j + 1] : 0) + at[1][j];
        }
        for (int32_t j = 0; j < count; j++) {
            second[2 * j] = (add_up ? second[2 * j] : 0) + at[2][j];
            second[2 * j + 1] = (add_up ? second[2 * j + 1] : 0) + at[3][j];
        }
    }
}

static void pool_back(struct plane_size size, const float *x, size_t wide_row, const float *y,
                      const float *dy, int add_up, float *dx)
{
    for (int32_t i = 0; i < size.height;
         i++, x += 2 * wide_row, dx += 2 * wide_row, y += size.row, dy += size.row) {
        if (add_up)
            pool_back_row(x, x + wide_row, y, dy, size.width, 1, dx, dx + wide_row);
        else
            pool_back_row(x, x + wide_row, y, dy, size.width, 0, dx, dx + wide_row);
    }
}

static void unpool(struct plane_size size, const float *x, const float *pooled, const float *v,
                   size_t wide_row, float *y)
{
    for (int32_t i = 0; i < size.height;
         i++, x += 2 * wide_row, y += 2 * wide_row, pooled += size.row, v += size.row) {
        const float *restrict upper = x, *restrict lower = x + wide_row, *restrict most = pooled,
                              *restrict from = v;
        float *restrict to = y, *restrict to_lower = y + wide_row;
        for (int32_t j = 0; j < size.width; j++) {
            int a = upper[2 * j] == most[j], b = !a & (upper[2 * j + 1] == most[j]);
            int c = !a & !b & (lower[2 * j] == most[j]), d = !a & !b & !c;
            to[2 * j] = a ? from[j] : 0;
            to[2 * j + 1] = b ? from[j] : 0;
            to_lower[2 * j] = c ? from[j] : 0;
            to_lower[2 * j + 1] = d ? from[j] : 0;
        }
    }
}

static void unpool_back(struct plane_size size, const float *x, const float *pooled, const float *dy,
                        size_t wide_row, int add_up, float *dv)
{
    for (int32_t i = 0; i < size.height;
         i++, x += 2 * wide_row, dy += 2 * wide_row, pooled += size.row, dv += size.row) {
        const float *restrict upper = x, *restrict lower = x + wide_row, *restrict most = pooled;
        const float *restrict g = dy, *restrict g_lower = dy + wide_row;
        float *restrict to = dv;
        for (int32_t j = 0; j < size.width; j++) {
            float at = upper[2 * j] == most[j]       ? g[2 * j]
                       : upper[2 * j + 1] == most[j] ? g[2 * j + 1]
                       : lower[2 * j] == most[j]     ? g_lower[2 * j]
                                                     : g_lower[2 * j + 1];
            to[j] = add_up ? to[j] + at : at;
        }
    }
}

static void repeat(struct plane_size size, const float *x, size_t wide_row, float *y)
{
    for (int32_t i = 0; i < size.height; i++, x += size.row, y += 2 * wide_row) {
        const float *restrict from = x;
        float *restrict to = y;
        for (int32_t j = 0; j < size.width; j++) to[2 * j] = to[2 * j + 1] = from[j];
        memcpy(y + wide_row, y, 2 * (size_t)size.width * sizeof *y);
    }
}

static void repeat_back(struct plane_size size, const float *dy, size_t wide_row, int add_up, float *dx)
{
    for (int32_t i = 0; i < size.height; i++, dy += 2 * wide_row, dx += size.row) {
        const float *restrict upper = dy, *restrict lower = dy + wide_row;
        float *restrict to = dx;
        for (int32_t j = 0; j < size.width; j++) {
            float four = (upper[2 * j] + upper[2 * j + 1]) + (lower[2 * j] + lower[2 * j + 1]);
            to[j] = add_up ? to[j] + four : four;
        }
    }
}

static void spread(struct plane_size size, const float *x, size_t wide_row, int place, float bias, float *y)
{
    y += (size_t)(place / 2) * wide_row + (size_t)(place % 2);
    for (int32_t i = 0; i < size.height; i++, x += size.row, y += 2 * wide_row)
        for (int32_t j = 0; j < size.width; j++) y[2 * j] = x[j] + bias;
}

static void spread_back(struct plane_size size, const float *dy, size_t wide_row, int place, int add_up,
                        float *dx)
{
    dy += (size_t)(place / 2) * wide_row + (size_t)(place % 2);
    for (int32_t i = 0; i < size.height; i++, dy += 2 * wide_row, dx += size.row)
        for (int32_t j = 0; j < size.width; j++) dx[j] = add_up ? dx[j] + dy[2 * j] : dy[2 * j];
}

const struct plane_kernels KERNEL_TABLE(plane) = {.moments = moments,
                                                  .affine = affine,
                                                  .affine_sums = affine_sums,
                                                  .affine_back = affine_back,
                                                  .relu_back = relu_back,
                                                  .sum = sum,
                                                  .copy = copy,
                                                  .add = add,
                                                  .add_pair = add_pair,
                                                  .pool = pool,
                                                  .pool_back = pool_back,
                                                  .unpool = unpool,
                                                  .unpool_back = unpool_back,
                                                  .repeat = repeat,
                                                  .repeat_back = repeat_back,
                                                  .spread = spread,
                                                  .spread_back = spread_back};
