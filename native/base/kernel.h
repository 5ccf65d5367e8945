/* kernel.h - one vector of floats, for the files `<name>_kernel.c` alone.
 *
 * Such a file is compiled once for each instruction path, with KERNEL_LANES floats in a vector. It may
 * include nothing that defines a non-static function: a copy compiled for AVX-512 could be linked into code
 * that runs on a lesser processor. A product and a sum are fused only by vec_fma, where the path has the
 * instruction; thus the paths differ in the last bits, and each is the same bytes everywhere and always.
 */
#ifndef BASE_KERNEL_H
#define BASE_KERNEL_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#ifdef KERNEL_PATH_avx512
#define KERNEL_LANES 16
#elif defined(KERNEL_PATH_avx2)
#define KERNEL_LANES 8
#else
#define KERNEL_LANES 4
#endif

#define KERNEL_CONCAT_(a, b) a##_##b
#define KERNEL_CONCAT(a, b)  KERNEL_CONCAT_(a, b)
/* The name of this path's table: KERNEL_TABLE(conv) is conv_avx2 in the copy for AVX2. */
#define KERNEL_TABLE(stem) KERNEL_CONCAT(stem, KERNEL_PATH)

typedef float vec __attribute__((vector_size(4 * KERNEL_LANES)));
typedef int32_t vec_mask __attribute__((vector_size(4 * KERNEL_LANES))); /* -1 where true, 0 where false */

static inline vec vec_set(float value)
{
    return value - (vec){0}; /* every lane; x - 0 keeps the sign of zero where 0 + x would not */
}

static inline vec vec_load(const float *from) /* any address */
{
    vec v;
    memcpy(&v, from, sizeof v);
    return v;
}

/* Keeps a vector in its register: without it gcc reads the same pixels from memory for every use, and the
 * loads, not the arithmetic, are what a kernel then waits for. */
static inline void vec_hold(vec *v)
{
#if defined(__x86_64__) && !defined(KERNEL_EMULATED)
    __asm__("" : "+v"(*v)); /* v: any of the vector registers that the path has */
#else
    (void)v;
#endif
}

static inline void vec_store(float *to, vec v) /* any address */
{
    memcpy(to, &v, sizeof v);
}

/* A vector of which only the first `lanes` are there, where that is fewer than all; the others read 0. */
static inline vec vec_load_part(const float *from, size_t lanes)
{
    if (lanes >= KERNEL_LANES) return vec_load(from);
    vec v = {0};
    memcpy(&v, from, lanes * sizeof(float));
    return v;
}

static inline void vec_store_part(float *to, vec v, size_t lanes)
{
    if (lanes >= KERNEL_LANES)
        vec_store(to, v);
    else
        memcpy(to, &v, lanes * sizeof(float));
}

/* a * b + c, in one rounding on the paths that have the instruction. */
static inline vec vec_fma(vec a, vec b, vec c)
{
#if defined(KERNEL_PATH_avx512) && !defined(KERNEL_EMULATED)
    return (vec)_mm512_fmadd_ps((__m512)a, (__m512)b, (__m512)c);
#elif defined(KERNEL_PATH_avx512)
    __m256 half[3][2];
    memcpy(half[0], &a, sizeof a);
    memcpy(half[1], &b, sizeof b);
    memcpy(half[2], &c, sizeof c);
    for (int i = 0; i < 2; i++) half[0][i] = _mm256_fmadd_ps(half[0][i], half[1][i], half[2][i]);
    memcpy(&a, half[0], sizeof a);
    return a;
#elif defined(KERNEL_PATH_avx2)
    return (vec)_mm256_fmadd_ps((__m256)a, (__m256)b, (__m256)c);
#else
    return a * b + c;
#endif
}

/* Lane by lane: where the mask is true the first, else the second. */
static inline vec vec_select(vec_mask mask, vec yes, vec no)
{
    return (vec)((mask & (vec_mask)yes) | (~mask & (vec_mask)no));
}

/* other > v ? other : v, so NaN in `v` stays NaN, as in ONNX's Relu, Max and Min. x86 has just this as one
 * instruction, which gives its second operand where neither is the larger. */
static inline vec vec_max(vec v, vec other)
{
#if defined(KERNEL_PATH_avx512) && !defined(KERNEL_EMULATED)
    return (vec)_mm512_max_ps((__m512)other, (__m512)v);
#elif defined(KERNEL_PATH_avx2)
    return (vec)_mm256_max_ps((__m256)other, (__m256)v);
#else
    return vec_select(other > v, other, v);
#endif
}

static inline vec vec_min(vec v, vec other)
{
#if defined(KERNEL_PATH_avx512) && !defined(KERNEL_EMULATED)
    return (vec)_mm512_min_ps((__m512)other, (__m512)v);
#elif defined(KERNEL_PATH_avx2)
    return (vec)_mm256_min_ps((__m256)other, (__m256)v);
#else
    return vec_select(other < v, other, v);
#endif
}

#endif
