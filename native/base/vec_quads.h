/* vec_quads.h - vectors as runs of four floats ("quads"), for the kernels that sort pixels by fours: tiles of
 * a convolution, places in a window.
 *
 * Shuffles within quads cost one instruction on every path, those across the whole vector two or three: so
 * vectors are loaded and stored quad by quad, and what lies in between stays within quads.
 */
#ifndef BASE_VEC_QUADS_H
#define BASE_VEC_QUADS_H

#include "base/kernel.h"

enum { VEC_QUADS = KERNEL_LANES / 4 };

/* Quad q comes from from[q * apart]; any addresses. */
static inline vec vec_load_quads(const float *from, ptrdiff_t apart)
{
#if defined(KERNEL_PATH_avx512) && !defined(KERNEL_EMULATED)
    __m512 v = _mm512_castps128_ps512(_mm_loadu_ps(from));
    v = _mm512_insertf32x4(v, _mm_loadu_ps(from + apart), 1);
    v = _mm512_insertf32x4(v, _mm_loadu_ps(from + 2 * apart), 2);
    return (vec)_mm512_insertf32x4(v, _mm_loadu_ps(from + 3 * apart), 3);
#elif defined(KERNEL_PATH_avx2)
    __m256 v = _mm256_castps128_ps256(_mm_loadu_ps(from));
    return (vec)_mm256_insertf128_ps(v, _mm_loadu_ps(from + apart), 1);
#else
    vec v;
    for (int q = 0; q < VEC_QUADS; q++) memcpy((float *)&v + 4 * q, from + q * apart, 4 * sizeof *from);
    return v;
#endif
}

static inline void vec_store_quads(float *to, ptrdiff_t apart, vec v)
{
    for (int q = 0; q < VEC_QUADS; q++) memcpy(to + q * apart, (const float *)&v + 4 * q, 4 * sizeof *to);
}

/* Quad q of tile[k] becomes the (4 q + k)-th of the quads from `to` on: 4 * KERNEL_LANES floats. */
static inline void vec_store_tiles(float *to, const vec tile[4])
{
#if defined(KERNEL_PATH_avx2)
    /* Whole vectors: a shuffle across costs less than another store. */
    const __m256 a = (__m256)tile[0], b = (__m256)tile[1], c = (__m256)tile[2], d = (__m256)tile[3];
    vec_store(to, (vec)_mm256_permute2f128_ps(a, b, 0x20));
    vec_store(to + 8, (vec)_mm256_permute2f128_ps(c, d, 0x20));
    vec_store(to + 16, (vec)_mm256_permute2f128_ps(a, b, 0x31));
    vec_store(to + 24, (vec)_mm256_permute2f128_ps(c, d, 0x31));
#else
    for (int k = 0; k < 4; k++) vec_store_quads(to + 4 * k, 16, tile[k]);
#endif
}

/* In every quad: places i and j of `a`, then places k and l of `b`. */
#define VEC_QUAD_INDICES_(q, i, j, k, l)                                                                     \
    4 * (q) + (i), 4 * (q) + (j), KERNEL_LANES + 4 * (q) + (k), KERNEL_LANES + 4 * (q) + (l)
#if KERNEL_LANES == 16
#define VEC_INDICES_(i, j, k, l)                                                                             \
    VEC_QUAD_INDICES_(0, i, j, k, l), VEC_QUAD_INDICES_(1, i, j, k, l), VEC_QUAD_INDICES_(2, i, j, k, l),    \
        VEC_QUAD_INDICES_(3, i, j, k, l)
#elif KERNEL_LANES == 8
#define VEC_INDICES_(i, j, k, l) VEC_QUAD_INDICES_(0, i, j, k, l), VEC_QUAD_INDICES_(1, i, j, k, l)
#else
#define VEC_INDICES_(i, j, k, l) VEC_QUAD_INDICES_(0, i, j, k, l)
#endif
#if defined(__clang__)
#define VEC_QUAD_PICK(a, b, i, j, k, l) __builtin_shufflevector(a, b, VEC_INDICES_(i, j, k, l))
#else
#define VEC_QUAD_PICK(a, b, i, j, k, l) __builtin_shuffle(a, b, (vec_mask){VEC_INDICES_(i, j, k, l)})
#endif

/* KERNEL_LANES / 2 floats, each twice; two more are read. */
static inline vec vec_load_twice(const float *from)
{
    vec v = vec_load_quads(from, 2);
    return VEC_QUAD_PICK(v, v, 0, 0, 1, 1);
}

/* The first two columns of the 4x4 matrices whose rows are the quads of a, b, c and d. */
static inline void vec_first_columns(vec a, vec b, vec c, vec d, vec column[2])
{
    vec ab = VEC_QUAD_PICK(a, b, 0, 1, 0, 1), cd = VEC_QUAD_PICK(c, d, 0, 1, 0, 1);
    column[0] = VEC_QUAD_PICK(ab, cd, 0, 2, 0, 2);
    column[1] = VEC_QUAD_PICK(ab, cd, 1, 3, 1, 3);
}

/* All four: the transpose of each matrix. */
static inline void vec_columns(vec a, vec b, vec c, vec d, vec column[4])
{
    vec ab = VEC_QUAD_PICK(a, b, 2, 3, 2, 3), cd = VEC_QUAD_PICK(c, d, 2, 3, 2, 3);
    vec_first_columns(a, b, c, d, column);
    column[2] = VEC_QUAD_PICK(ab, cd, 0, 2, 0, 2);
    column[3] = VEC_QUAD_PICK(ab, cd, 1, 3, 1, 3);
}

#endif
