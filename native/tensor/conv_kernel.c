/* conv_kernel.c - direct convolution, vectorised over pixels.
 *
 * A tile of CONV_BLOCK channels by `n` vectors of pixels stays in registers while all channels and taps are
 * added up: for each tap n loads and CONV_BLOCK broadcasts feed CONV_BLOCK * n multiply-adds. With n = 3 that
 * is 12 accumulators, 3 inputs and a weight in the 16 registers of SSE and AVX2; AVX-512 has 32, so n goes
 * to 6. Pixels are the outer loop, so that the input under a tile stays in L1 while the blocks of channels
 * pass over it.
 */
#include "base/kernel.h"
#include "base/vec_quads.h"
#include "tensor/conv.h"

#if KERNEL_LANES == 16
enum { MOST_VECTORS = 6 };
#else
enum { MOST_VECTORS = 3 };
#endif

#define INLINE static inline __attribute__((always_inline))

/* The v-th vector of pixels from `in` on. */
INLINE vec pixels_of(const float *in, int v, const int doubled)
{
    return doubled ? vec_load_twice(in + v * KERNEL_LANES / 2) : vec_load(in + v * KERNEL_LANES);
}

INLINE void add_tap(const float *in, const int doubled, const float *weights,
                    vec sum[CONV_BLOCK][MOST_VECTORS], const int n)
{
    vec pixels[MOST_VECTORS];
#pragma GCC unroll 8
    for (int v = 0; v < n; v++) {
        pixels[v] = pixels_of(in, v, doubled);
        vec_hold(&pixels[v]);
    }
#pragma GCC unroll 8
    for (int o = 0; o < CONV_BLOCK; o++) {
        vec weight = vec_set(weights[o]);
        vec_hold(&weight);
#pragma GCC unroll 8
        for (int v = 0; v < n; v++) sum[o][v] = vec_fma(pixels[v], weight, sum[o][v]);
    }
}

INLINE void add_rows(const float *addend, size_t plane_stride, int64_t channels,
                     vec sum[CONV_BLOCK][MOST_VECTORS], const int n)
{
#pragma GCC unroll 8
    for (int o = 0; o < CONV_BLOCK; o++, addend += plane_stride) {
        if (o >= channels) break;
#pragma GCC unroll 8
        for (int v = 0; v < n; v++) sum[o][v] = sum[o][v] + vec_load(addend + v * KERNEL_LANES);
    }
}

/* One tile: `channels` (at most a block) from `weights` and `bias` on. `tap_count` and `n` are constants at
 * every call, so that loops unroll and sums live in registers. */
INLINE void tile(const struct conv_sum *conv, const int tap_count, const float *weights, const float *bias,
                 const float *addend, float *out, size_t out_plane_stride, int64_t channels, int64_t x,
                 const int n)
{
    vec sum[CONV_BLOCK][MOST_VECTORS];
#pragma GCC unroll 8
    for (int o = 0; o < CONV_BLOCK; o++)
#pragma GCC unroll 8
        for (int v = 0; v < n; v++) sum[o][v] = vec_set(bias[o]);
    for (const struct conv_source *s = conv->sources; s < conv->sources + conv->source_count; s++) {
        const ptrdiff_t *taps = s->taps;
        if (tap_count == 1 && s->doubled) {
            const float *in = s->plane + x / 2 + taps[0];
            for (int64_t c = 0; c < s->channels; c++, in += s->plane_stride, weights += CONV_BLOCK)
                add_tap(in, 1, weights, sum, n);
            continue;
        }
        const float *plane = s->plane + x;
        for (int64_t c = 0; c < s->channels; c++, plane += s->plane_stride)
            for (int t = 0; t < tap_count; t++, weights += CONV_BLOCK)
                add_tap(plane + taps[t], 0, weights, sum, n);
    }
    if (addend) add_rows(addend + x, conv->addend_plane_stride, channels, sum, n);
    const int relu = conv->relu;
    vec zero = vec_set(0);
    vec_hold(&zero); /* from here on: made before the sums, it would cost one of them its register */
#pragma GCC unroll 8
    for (int o = 0; o < CONV_BLOCK; o++) {
        if (o >= channels) break;
#pragma GCC unroll 8
        for (int v = 0; v < n; v++)
            vec_store(out + (size_t)o * out_plane_stride + x + v * KERNEL_LANES,
                      relu ? vec_max(sum[o][v], zero) : sum[o][v]);
    }
}

/* All blocks of channels over one stretch of n vectors. */
INLINE void stretch(const struct conv_sum *conv, const int tap_count, float *out, size_t out_plane_stride,
                    int64_t out_channels, int64_t x, const int n)
{
    int64_t in_channels = 0;
    for (int s = 0; s < conv->source_count; s++) in_channels += conv->sources[s].channels;
    for (int64_t o = 0; o < out_channels; o += CONV_BLOCK)
        tile(conv, tap_count, conv->weights + o / CONV_BLOCK * conv_block_floats(in_channels, tap_count),
             conv->bias + o, conv->addend ? conv->addend + (size_t)o * conv->addend_plane_stride : NULL,
             out + (size_t)o * out_plane_stride, out_plane_stride, out_channels - o, x, n);
}

/* A single output channel, as every group of a depthwise convolution has: a block would compute CONV_BLOCK
 * and throw the others away. More vectors side by side hide the latency instead of the channels. */
enum { LONE_VECTORS = 8 };

INLINE void lone_tap(const float *in, const int doubled, const float *weights, vec sum[LONE_VECTORS],
                     const int n)
{
    vec weight = vec_set(*weights);
#pragma GCC unroll 8
    for (int v = 0; v < n; v++) sum[v] = vec_fma(pixels_of(in, v, doubled), weight, sum[v]);
}

INLINE void lone_tile(const struct conv_sum *conv, const int tap_count, float *out, int64_t x, const int n)
{
    vec sum[LONE_VECTORS];
    const float *weights = conv->weights;
#pragma GCC unroll 8
    for (int v = 0; v < n; v++) sum[v] = vec_set(*conv->bias);
    for (const struct conv_source *s = conv->sources; s < conv->sources + conv->source_count; s++) {
        const int doubled = tap_count == 1 && s->doubled;
        const float *plane = s->plane + (doubled ? x / 2 : x);
        for (int64_t c = 0; c < s->channels; c++, plane += s->plane_stride)
            for (int t = 0; t < tap_count; t++, weights += CONV_BLOCK) {
                if (doubled)
                    lone_tap(plane + s->taps[t], 1, weights, sum, n);
                else
                    lone_tap(plane + s->taps[t], 0, weights, sum, n);
            }
    }
    const vec zero = vec_set(0);
#pragma GCC unroll 8
    for (int v = 0; v < n; v++) {
        vec y = sum[v];
        if (conv->addend) y = y + vec_load(conv->addend + x + v * KERNEL_LANES);
        vec_store(out + x + v * KERNEL_LANES, conv->relu ? vec_max(y, zero) : y);
    }
}

INLINE void lone_row(const struct conv_sum *conv, const int tap_count, float *out, int64_t vectors)
{
    for (int64_t x = 0; vectors > 0;) {
        int n = vectors >= LONE_VECTORS ? LONE_VECTORS : vectors >= 4 ? 4 : vectors >= 2 ? 2 : 1;
        if (n == LONE_VECTORS)
            lone_tile(conv, tap_count, out, x, LONE_VECTORS);
        else if (n == 4)
            lone_tile(conv, tap_count, out, x, 4);
        else if (n == 2)
            lone_tile(conv, tap_count, out, x, 2);
        else
            lone_tile(conv, tap_count, out, x, 1);
        x += n * KERNEL_LANES;
        vectors -= n;
    }
}

INLINE void row_of(const struct conv_sum *conv, const int tap_count, float *out, size_t out_plane_stride,
                   int64_t out_channels, int64_t width)
{
#define STRETCH(n) stretch(conv, tap_count, out, out_plane_stride, out_channels, x, n)
    int64_t vectors = (width + KERNEL_LANES - 1) / KERNEL_LANES, x = 0;
    if (out_channels == 1) {
        lone_row(conv, tap_count, out, vectors);
        return;
    }
    /* A single vector has too few sums to hide the latency of a multiply-add, so the end is cut into 2 + 2
     * rather than 3 + 1. */
    while (vectors > MOST_VECTORS + 1 || vectors == MOST_VECTORS) {
        STRETCH(MOST_VECTORS);
        vectors -= MOST_VECTORS;
        x += MOST_VECTORS * KERNEL_LANES;
    }
    while (vectors > 0) {
        int n = vectors >= 4 ? 2 : vectors == 3 ? 3 : (int)vectors;
        if (n == 3)
            STRETCH(3);
        else if (n == 2)
            STRETCH(2);
        else
            STRETCH(1);
        vectors -= n;
        x += n * KERNEL_LANES;
    }
#undef STRETCH
}

static void row(const struct conv_sum *conv, float *out, size_t out_plane_stride, int64_t out_channels,
                int64_t width)
{
    if (conv->tap_count == 9)
        row_of(conv, 9, out, out_plane_stride, out_channels, width);
    else if (conv->tap_count == 1)
        row_of(conv, 1, out, out_plane_stride, out_channels, width);
    else
        row_of(conv, conv->tap_count, out, out_plane_stride, out_channels, width);
}

const struct conv_kernels KERNEL_TABLE(conv) = {row};
