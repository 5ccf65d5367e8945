/* winograd_kernel.c - the three passes of F(4x4, 3x3): input transform, products, output transform.
 *
 * Both transforms work on columns and on rows. The input's column pass runs on vectors of neighbouring
 * pixels; then pixels are sorted by their place in the tile (x modulo 4), and the row pass runs on vectors of
 * tiles. The output's passes both run on tiles, and its pixels are put back side by side at the end. The
 * products are small matrix products held in registers, as in conv_kernel.c, with tiles in place of pixels.
 */
#include "base/kernel.h"
#include "tensor/winograd.h"

#define INLINE static inline __attribute__((always_inline))

/* One dimension of B' d: six values to six. */
INLINE void transform_input(const vec d[6], vec t[6])
{
    const vec four = vec_set(4), minus_four = vec_set(-4), minus_five = vec_set(-5);
    vec a = vec_fma(minus_four, d[2], d[4]), b = vec_fma(minus_four, d[1], d[3]);
    vec c = d[4] - d[2], e = d[3] - d[1];
    e = e + e;
    t[0] = vec_fma(four, d[0], vec_fma(minus_five, d[2], d[4]));
    t[1] = a + b;
    t[2] = a - b;
    t[3] = c + e;
    t[4] = c - e;
    t[5] = vec_fma(four, d[1], vec_fma(minus_five, d[3], d[5]));
}

/* One dimension of A' m: six values to four. */
INLINE void transform_output(const vec m[6], vec y[4])
{
    vec a = m[1] + m[2], b = m[1] - m[2], c = m[3] + m[4], d = m[3] - m[4];
    y[0] = m[0] + a + c;
    y[1] = vec_fma(vec_set(2), d, b);
    y[2] = vec_fma(vec_set(4), c, a);
    y[3] = vec_fma(vec_set(8), d, b) + m[5];
}

static void input(const float *const rows[WINOGRAD_REACH], int64_t count, float *v, size_t v_stride,
                  float *scratch)
{
    int64_t tiles = (count + KERNEL_LANES - 1) / KERNEL_LANES * KERNEL_LANES;
    int64_t pixels = (4 * count + 2 + 15) / 16 * 16; /* that may be read */
    size_t width = 4 * (size_t)tiles + 16, stride = (size_t)tiles + 16;
    float *sorted = scratch + WINOGRAD_REACH * width;
    for (int64_t x = 0; x < (int64_t)width; x += KERNEL_LANES) {
        vec d[6] = {{0}}, t[6];
        for (int k = 0; k < 6 && x < pixels; k++) d[k] = vec_load(rows[k] + x);
        transform_input(d, t);
        for (int k = 0; k < 6; k++) vec_store(scratch + (size_t)k * width + x, t[k]);
    }
    for (int i = 0; i < WINOGRAD_REACH; i++) {
        /* Tile t reads pixels 4t to 4t + 5; the last two are pixels 0 and 1 of the next tile. */
        const float *restrict row = scratch + (size_t)i * width;
        for (int64_t t = 0; t < tiles + 4; t++) {
            sorted[t] = row[4 * t];
            sorted[stride + (size_t)t] = row[4 * t + 1];
            sorted[2 * stride + (size_t)t] = row[4 * t + 2];
            sorted[3 * stride + (size_t)t] = row[4 * t + 3];
        }
        for (int64_t t = 0; t < tiles; t += KERNEL_LANES) {
            vec d[6], r[6];
            for (int k = 0; k < 4; k++) d[k] = vec_load(sorted + (size_t)k * stride + t);
            d[4] = vec_load(sorted + t + 1);
            d[5] = vec_load(sorted + stride + t + 1);
            transform_input(d, r);
            for (int k = 0; k < 6; k++) vec_store(v + (size_t)(6 * i + k) * v_stride + t, r[k]);
        }
    }
}

/* `blocks` blocks of channels by n vectors of tiles; both are constants at every call. */
INLINE void product(const float *v, const float *u, float *m, int64_t in_channels, int64_t stride,
                    const int blocks, const int n)
{
    vec sum[8][3] = {{{0}}};
    const float *next_block = u + in_channels * WINOGRAD_BLOCK;
    for (int64_t c = 0; c < in_channels;
         c++, v += stride, u += WINOGRAD_BLOCK, next_block += WINOGRAD_BLOCK) {
        vec tiles[3];
#pragma GCC unroll 3
        for (int k = 0; k < n; k++) tiles[k] = vec_load(v + k * KERNEL_LANES);
#pragma GCC unroll 8
        for (int o = 0; o < blocks * WINOGRAD_BLOCK; o++) {
            vec weight = vec_set(o < WINOGRAD_BLOCK ? u[o] : next_block[o - WINOGRAD_BLOCK]);
#pragma GCC unroll 3
            for (int k = 0; k < n; k++) sum[o][k] = vec_fma(tiles[k], weight, sum[o][k]);
        }
    }
#pragma GCC unroll 8
    for (int o = 0; o < blocks * WINOGRAD_BLOCK; o++)
#pragma GCC unroll 3
        for (int k = 0; k < n; k++) vec_store(m + o * stride + k * KERNEL_LANES, sum[o][k]);
}

/* All blocks over n vectors. Two blocks at once where registers allow, or where one would have too few sums
 * to hide the latency of a multiply-add. */
INLINE void products(const float *v, const float *u, float *m, int64_t in_channels, int64_t blocks,
                     int64_t stride, const int n)
{
    const int together = KERNEL_LANES == 16 || n == 1 ? 2 : 1;
    int64_t block = 0;
    for (; block + together <= blocks; block += together)
        product(v, u + block * in_channels * WINOGRAD_BLOCK, m + block * WINOGRAD_BLOCK * stride, in_channels,
                stride, together, n);
    for (; block < blocks; block++)
        product(v, u + block * in_channels * WINOGRAD_BLOCK, m + block * WINOGRAD_BLOCK * stride, in_channels,
                stride, 1, n);
}

static void multiply(const float *v, size_t v_stride, const float *u, size_t u_stride, float *m,
                     size_t m_stride, int64_t in_channels, int64_t blocks, int64_t stride)
{
    for (int f = 0; f < WINOGRAD_FREQUENCIES; f++, v += v_stride, u += u_stride, m += m_stride) {
        int64_t vectors = stride / KERNEL_LANES, at = 0;
        while (vectors > 0) {
            int n = vectors == 4 ? 2 : vectors < 3 ? (int)vectors : 3;
            if (n == 3)
                products(v + at, u, m + at, in_channels, blocks, stride, 3);
            else if (n == 2)
                products(v + at, u, m + at, in_channels, blocks, stride, 2);
            else
                products(v + at, u, m + at, in_channels, blocks, stride, 1);
            vectors -= n;
            at += n * KERNEL_LANES;
        }
    }
}

static void output(const float *m, size_t m_stride, int64_t count, float bias, int relu, float *const *rows,
                   int row_count, float *scratch)
{
    const vec zero = vec_set(0), offset = vec_set(bias);
    int64_t tiles = (count + KERNEL_LANES - 1) / KERNEL_LANES * KERNEL_LANES;
    for (int64_t t = 0; t < tiles; t += KERNEL_LANES) {
        vec half[4][6];
        for (int j = 0; j < 6; j++) {
            vec column[6], y[4];
            for (int i = 0; i < 6; i++) column[i] = vec_load(m + (size_t)(6 * i + j) * m_stride + t);
            transform_output(column, y);
            for (int i = 0; i < 4; i++) half[i][j] = y[i];
        }
        for (int i = 0; i < 4; i++) {
            vec y[4];
            transform_output(half[i], y);
            for (int k = 0; k < 4; k++) {
                vec pixel = y[k] + offset;
                vec_store(scratch + (size_t)(4 * i + k) * (size_t)tiles + t,
                          relu ? vec_max(pixel, zero) : pixel);
            }
        }
    }
    for (int i = 0; i < row_count; i++) {
        const float *restrict sorted = scratch + (size_t)(4 * i) * (size_t)tiles;
        float *restrict row = rows[i];
        for (int64_t t = 0; t < count; t++) {
            row[4 * t] = sorted[t];
            row[4 * t + 1] = sorted[tiles + t];
            row[4 * t + 2] = sorted[2 * tiles + t];
            row[4 * t + 3] = sorted[3 * tiles + t];
        }
    }
}

const struct winograd_kernels KERNEL_TABLE(winograd) = {KERNEL_LANES, input, multiply, output};
