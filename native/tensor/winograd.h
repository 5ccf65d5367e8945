/* winograd.h - 3x3 convolutions at stride 1 by Winograd's minimal filtering F(4x4, 3x3).
 *
 * Four rows of output are cut into tiles of 4x4 pixels. A tile depends on 6x6 pixels d of each input channel
 * and is Y = A' [ sum over channels of (G g G') * (B' d B) ] A with * element by element (Lavin and Gray,
 * 2015, arXiv:1509.09308): 36 multiplications for a channel where the direct sum has 144. The element-wise
 * products over channels are 36 matrix products, one for each of the 36 places
 * ("frequencies") of the transformed tile. B, G, A belong to the points 0, 1, -1, 2, -2 and infinity.
 * Rounding is about four times that of the direct sum (rms 1e-6 of the output's at 16 channels, 4e-6 at 512).
 *
 * An input that is another one repeated twice in both directions (a nearest upsampling by two) is not
 * repeated: six neighbours are then only four values, of whose six frequencies one is always zero and two are
 * multiples of each other. 16 planes hold what 36 would, and 25 products do; what the multiples are is in the
 * weights.
 *
 * Tiles lie side by side in vectors. What a tile gives does not depend on its neighbours in the vector, so
 * the result is the same bytes however the tiles are grouped; it does depend on where the tiles begin, which
 * is why they begin at multiples of 4 in the image, in rows and columns.
 */
#ifndef TENSOR_WINOGRAD_H
#define TENSOR_WINOGRAD_H

#include <stddef.h>
#include <stdint.h>

#include "base/cpu.h"

enum {
    WINOGRAD_TILE = 4,         /* pixels of output on a side */
    WINOGRAD_REACH = 6,        /* pixels of input on a side */
    WINOGRAD_HALF_REACH = 4,   /* pixels on a side of an input that is then doubled */
    WINOGRAD_FREQUENCIES = 36, /* WINOGRAD_REACH squared */
    WINOGRAD_BLOCK = 4,        /* output channels computed together; packed weights come in such blocks */
    WINOGRAD_MOST_SOURCES = 16
};

/* Transformed channels: channel c, frequency f of tile t at v[f * v_stride + c * stride + t]; of a doubled
 * source the planes that input_doubled gives in place of frequencies. */
struct winograd_source {
    float *v;
    size_t v_stride;
    int64_t channels;
    int doubled;
};

/* Arrays of tiles have `stride` places, a whole multiple of `lanes`, of which the first `count` are tiles and
 * the others hold anything. Planes of tiles follow each other as said; scratch is of WINOGRAD_SCRATCH(stride)
 * floats. */
struct winograd_kernels {
    int lanes;
    /* B' d B for `count` tiles of one channel. rows[k] is the k-th of the six rows, at the first pixel that
     * the first tile depends on; of each 4 * count + 2 pixels, rounded up to a multiple of 16, are read.
     * Frequency f of tile t goes to v[f * v_stride + t]. The rows that lie `ahead` floats further on are
     * wanted next (0: unknown) and fetched meanwhile: stretches of rows are too short for the processor to
     * foresee. */
    void (*input)(const float *const rows[WINOGRAD_REACH], int64_t count, size_t ahead, float *v,
                  size_t v_stride, float *scratch);
    /* The same for a source that is to be doubled, its first tile at an even row and column: rows[k] is the
     * k-th of four rows, and of each 2 * count + 2 pixels, rounded up likewise, are read. Sixteen planes. */
    void (*input_doubled)(const float *const rows[WINOGRAD_HALF_REACH], int64_t count, size_t ahead, float *v,
                          size_t v_stride, float *scratch);
    /* For each frequency f the product of weights and input: m[f * m_stride + o * stride + t] = sum over the
     * sources' channels c, in order, of weight (f, o, c) times c's frequency f. `blocks` blocks of output
     * channels; u[f * u_stride] holds for each block and c of all sources WINOGRAD_BLOCK weights. At most
     * WINOGRAD_MOST_SOURCES. */
    void (*multiply)(const struct winograd_source *sources, int source_count, const float *u, size_t u_stride,
                     float *m, size_t m_stride, int64_t blocks, int64_t stride);
    /* A' m A + bias for `count` tiles of one output channel, m[f * m_stride + t], into the first row_count of
     * four rows, 4 * count pixels each; `ahead` as for input. */
    void (*output)(const float *m, size_t m_stride, int64_t count, float bias, int relu, float *const *rows,
                   int row_count, size_t ahead);
};

#define WINOGRAD_SCRATCH(stride) ((size_t)WINOGRAD_REACH * (4 * (size_t)(stride) + 16))

CPU_TABLES(struct winograd_kernels, winograd);

/* G g G' times `scale` of WINOGRAD_BLOCK 3x3 kernels g of a channel, in double precision, rounded once;
 * frequency f of kernel k goes to u[f * u_stride + k]. `doubled`: the channel is one of a doubled source. */
void winograd_weights(const float *const g[WINOGRAD_BLOCK], const double scale[WINOGRAD_BLOCK], int doubled,
                      float *u, size_t u_stride);

#endif
