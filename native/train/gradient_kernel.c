/* gradient_kernel.c - scalar products of channels, and the transform of the output's gradient.
 *
 * Products: four channels of the gradient by three of the input make twelve sums in registers, fed by seven
 * loads for twelve multiply-adds, which is what two loads and two multiply-adds a cycle can bear.
 */
#include "base/kernel.h"
#include "tensor/winograd.h"
#include "train/gradient_kernels.h"

#define INLINE static inline __attribute__((always_inline))

enum { BLOCK_M = 4, BLOCK_V = 3 };

/* to[i] += the sum of v[i]'s lanes, for the four. */
INLINE void add_lanes(const vec v[BLOCK_M], float *to, const int count)
{
#if defined(KERNEL_PATH_avx2) || defined(KERNEL_PATH_avx512)
    __m256 h[4];
    for (int i = 0; i < 4; i++) {
#if KERNEL_LANES == 16
        __m256 halves[2];
        memcpy(halves, &v[i], sizeof halves);
        h[i] = _mm256_add_ps(halves[0], halves[1]);
#else
        h[i] = (__m256)v[i];
#endif
    }
    __m256 pairs = _mm256_hadd_ps(_mm256_hadd_ps(h[0], h[1]), _mm256_hadd_ps(h[2], h[3]));
    float sums[4];
    _mm_storeu_ps(sums, _mm_add_ps(_mm256_castps256_ps128(pairs), _mm256_extractf128_ps(pairs, 1)));
    for (int i = 0; i < count; i++) to[i] += sums[i];
#else
    for (int i = 0; i < count; i++) to[i] += (v[i][0] + v[i][1]) + (v[i][2] + v[i][3]);
#endif
}

/* m_count channels of m by v_count of v; both are constants at every call. */
INLINE void block(const struct gradient_rows *v, int32_t c, const int v_count, const struct gradient_rows *m,
                  int32_t o, const int m_count, int32_t height, int32_t width, float *sums, size_t sum_row)
{
    vec sum[BLOCK_V][BLOCK_M] = {{{0}}};
    for (int32_t y = 0; y < height; y++) {
        const float *from_v = v->data + (size_t)c * v->channel + (size_t)y * v->row;
        const float *from_m = m->data + (size_t)o * m->channel + (size_t)y * m->row;
        for (int32_t x = 0; x < width; x += KERNEL_LANES) {
            vec a[BLOCK_M];
#pragma GCC unroll 4
            for (int i = 0; i < m_count; i++) a[i] = vec_load(from_m + (size_t)i * m->channel + x);
#pragma GCC unroll 3
            for (int k = 0; k < v_count; k++) {
                vec b = vec_load(from_v + (size_t)k * v->channel + x);
#pragma GCC unroll 4
                for (int i = 0; i < m_count; i++) sum[k][i] = vec_fma(a[i], b, sum[k][i]);
            }
        }
    }
#pragma GCC unroll 3
    for (int k = 0; k < v_count; k++) add_lanes(sum[k], sums + (size_t)(c + k) * sum_row + o, m_count);
}

INLINE void blocks(const struct gradient_rows *v, const struct gradient_rows *m, int32_t o, const int m_count,
                   int32_t height, int32_t width, float *sums, size_t sum_row)
{
    int32_t c = 0;
    for (; v->channels - c > BLOCK_V + 1 || v->channels - c == BLOCK_V; c += BLOCK_V)
        block(v, c, BLOCK_V, m, o, m_count, height, width, sums, sum_row);
    for (; v->channels - c >= 2; c += 2) block(v, c, 2, m, o, m_count, height, width, sums, sum_row);
    if (c < v->channels) block(v, c, 1, m, o, m_count, height, width, sums, sum_row);
}

static void products(const struct gradient_rows *v, const struct gradient_rows *m, int32_t height,
                     int32_t width, float *sums, size_t sum_row)
{
    int32_t o = 0;
    for (; o + BLOCK_M <= m->channels; o += BLOCK_M) blocks(v, m, o, BLOCK_M, height, width, sums, sum_row);
    switch (m->channels - o) {
    case 3:
        blocks(v, m, o, 3, height, width, sums, sum_row);
        break;
    case 2:
        blocks(v, m, o, 2, height, width, sums, sum_row);
        break;
    case 1:
        blocks(v, m, o, 1, height, width, sums, sum_row);
        break;
    }
}

/* One dimension of A y: four values to six. */
INLINE void transform(const vec y[4], vec m[6])
{
    vec even = y[0] + y[2], odd = y[1] + y[3];
    vec even_twice = vec_fma(vec_set(4), y[2], y[0]), odd_twice = vec_fma(vec_set(4), y[3], y[1]);
    odd_twice = odd_twice + odd_twice;
    m[0] = y[0];
    m[1] = even + odd;
    m[2] = even - odd;
    m[3] = even_twice + odd_twice;
    m[4] = even_twice - odd_twice;
    m[5] = y[3];
}

static void spread_tiles(const float *const rows[4], int64_t count, float *m, size_t m_stride, float *scratch)
{
    int64_t tiles = (count + KERNEL_LANES - 1) / KERNEL_LANES * KERNEL_LANES;
    size_t width = 4 * (size_t)tiles, stride = (size_t)tiles;
    float *sorted = scratch + WINOGRAD_REACH * width;
    int64_t pixels = (4 * count + 15) / 16 * 16; /* that may be read */
    for (int64_t x = 0; x < (int64_t)width; x += KERNEL_LANES) {
        vec y[4] = {{0}}, t[6];
        for (int k = 0; k < 4 && x < pixels; k++) y[k] = vec_load(rows[k] + x);
        transform(y, t);
        for (int k = 0; k < 6; k++) vec_store(scratch + (size_t)k * width + (size_t)x, t[k]);
    }
    for (int i = 0; i < WINOGRAD_REACH; i++) {
        const float *restrict row = scratch + (size_t)i * width;
        for (int64_t t = 0; t < tiles; t++) {
            sorted[t] = row[4 * t];
            sorted[stride + (size_t)t] = row[4 * t + 1];
            sorted[2 * stride + (size_t)t] = row[4 * t + 2];
            sorted[3 * stride + (size_t)t] = row[4 * t + 3];
        }
        for (int64_t t = 0; t < tiles; t += KERNEL_LANES) {
            vec y[4], r[6];
            for (int k = 0; k < 4; k++) y[k] = vec_load(sorted + (size_t)k * stride + (size_t)t);
            transform(y, r);
            for (int k = 0; k < 6; k++) vec_store(m + (size_t)(6 * i + k) * m_stride + (size_t)t, r[k]);
        }
    }
}

/* One dimension of G' u: six values to three. */
INLINE void transform_back(const vec u[6], vec g[3])
{
    vec a = u[1] + u[2], b = u[2] - u[1], c = u[3] + u[4], d = u[3] - u[4];
    g[0] = vec_fma(vec_set(1.f / 4), u[0], vec_fma(vec_set(1.f / 24), c, a * (-1.f / 6)));
    g[1] = vec_fma(vec_set(1.f / 12), d, b * (1.f / 6));
    g[2] = vec_fma(vec_set(1.f / 6), c - a, u[5]);
}

static void gather(const float *u, size_t u_stride, int32_t ranges, size_t range_stride, int32_t channels,
                   float *g, size_t g_stride)
{
    for (int32_t o = 0; o < channels; o += KERNEL_LANES) {
        int32_t count = channels - o < KERNEL_LANES ? channels - o : KERNEL_LANES;
        vec half[3][6], taps[9];
        for (int j = 0; j < 6; j++) {
            vec column[6], three[3];
            for (int i = 0; i < 6; i++) {
                const float *from = u + (size_t)(6 * i + j) * u_stride + o;
                column[i] = (vec){0};
                for (int32_t r = 0; r < ranges; r++, from += range_stride) {
                    vec part = {0};
                    memcpy(&part, from, (size_t)count * sizeof *from);
                    column[i] += part;
                }
            }
            transform_back(column, three);
            for (int i = 0; i < 3; i++) half[i][j] = three[i];
        }
        for (int i = 0; i < 3; i++) transform_back(half[i], taps + 3 * i);
        for (int32_t k = 0; k < count; k++)
            for (int t = 0; t < 9; t++) g[(size_t)(o + k) * g_stride + (size_t)t] = taps[t][k];
    }
}

const struct gradient_kernels KERNEL_TABLE(gradient) = {products, spread_tiles, gather};
