/* winograd_kernel.c - the three passes of F(4x4, 3x3): input transform, products, output transform.
 *
 * Both transforms work on columns and on rows. The input's column pass runs on vectors of neighbouring
 * pixels; then pixels are sorted in registers by their place in the tile (x modulo 4), and the row pass runs
 * on vectors of tiles. The output's passes both run on tiles, and its pixels are put back side by side at the
 * end. The products are small matrix products held in registers, as in conv_kernel.c, with tiles in place of
 * pixels.
 */
#include "base/kernel.h"
#include "base/vec_quads.h"
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

/* The same where every value of the input comes twice, d = a0 a1 a1 a2 a2 a3: t = s0, 2 s1, 0, 3 s2, -s2, s3.
 */
INLINE void transform_doubled(const vec a[4], vec s[4])
{
    const vec four = vec_set(4), minus_four = vec_set(-4), minus_five = vec_set(-5);
    s[0] = vec_fma(four, a[0], vec_fma(minus_five, a[1], a[2]));
    s[1] = vec_fma(minus_four, a[1], a[2]);
    s[2] = a[2] - a[1];
    s[3] = vec_fma(four, a[1], vec_fma(minus_five, a[2], a[3]));
}

/* Pixels of a row that are read where `pixels` are wanted. */
static int64_t readable(int64_t pixels)
{
    return (pixels + 15) / 16 * 16;
}

static void input(const float *const rows[WINOGRAD_REACH], int64_t count, size_t ahead, float *v,
                  size_t v_stride, float *scratch)
{
    int64_t tiles = (count + KERNEL_LANES - 1) / KERNEL_LANES * KERNEL_LANES;
    int64_t width = 4 * tiles + 16, pixels = readable(4 * count + 2);
    for (int64_t x = 0; x < pixels; x += KERNEL_LANES) {
        vec d[6], t[6];
        for (int k = 0; k < 6; k++) {
            d[k] = vec_load(rows[k] + x);
            __builtin_prefetch(rows[k] + x + ahead);
        }
        transform_input(d, t);
        for (int k = 0; k < 6; k++) vec_store(scratch + k * width + x, t[k]);
    }
    for (int k = 0; k < 6 && pixels < width; k++)
        memset(scratch + k * width + pixels, 0, (size_t)(width - pixels) * sizeof *scratch);
    for (int i = 0; i < WINOGRAD_REACH; i++, scratch += width)
        for (int64_t t = 0; t < tiles; t += KERNEL_LANES) {
            /* Quad q of tile[k] holds tile t + 4q + k; the last two pixels of a tile are the next one's
             * first. */
            vec tile[5], d[6], r[6];
            for (int k = 0; k < 5; k++) tile[k] = vec_load_quads(scratch + 4 * (t + k), 16);
            vec_columns(tile[0], tile[1], tile[2], tile[3], d);
            vec_first_columns(tile[1], tile[2], tile[3], tile[4], d + 4);
            transform_input(d, r);
            for (int k = 0; k < 6; k++) vec_store(v + (size_t)(6 * i + k) * v_stride + t, r[k]);
        }
}

static void input_doubled(const float *const rows[WINOGRAD_HALF_REACH], int64_t count, size_t ahead, float *v,
                          size_t v_stride, float *scratch)
{
    int64_t tiles = (count + KERNEL_LANES - 1) / KERNEL_LANES * KERNEL_LANES;
    int64_t width = 2 * tiles + 16, pixels = readable(2 * count + 2);
    for (int64_t x = 0; x < pixels; x += KERNEL_LANES) {
        vec a[4], s[4];
        for (int k = 0; k < 4; k++) {
            a[k] = vec_load(rows[k] + x);
            __builtin_prefetch(rows[k] + x + ahead);
        }
        transform_doubled(a, s);
        for (int k = 0; k < 4; k++) vec_store(scratch + k * width + x, s[k]);
    }
    for (int k = 0; k < 4 && pixels < width; k++)
        memset(scratch + k * width + pixels, 0, (size_t)(width - pixels) * sizeof *scratch);
    for (int i = 0; i < WINOGRAD_HALF_REACH; i++, scratch += width)
        for (int64_t t = 0; t < tiles; t += KERNEL_LANES) {
            /* A quad holds two tiles' first two pixels, or last two. */
            vec pair[4], a[4], r[4];
            for (int k = 0; k < 4; k++) pair[k] = vec_load_quads(scratch + 2 * (t + k), 8);
            a[0] = VEC_QUAD_PICK(pair[0], pair[2], 0, 2, 0, 2);
            a[1] = VEC_QUAD_PICK(pair[0], pair[2], 1, 3, 1, 3);
            a[2] = VEC_QUAD_PICK(pair[1], pair[3], 0, 2, 0, 2);
            a[3] = VEC_QUAD_PICK(pair[1], pair[3], 1, 3, 1, 3);
            transform_doubled(a, r);
            for (int k = 0; k < 4; k++) vec_store(v + (size_t)(4 * i + k) * v_stride + t, r[k]);
        }
}

/* What one source gives to a frequency. */
struct operand {
    const float *v, *u; /* its first channel */
    int64_t channels;
};

/* `blocks` blocks of channels by n vectors of tiles; both are constants at every call. */
INLINE void product(const struct operand *operands, int count, int64_t at, size_t from, size_t block_floats,
                    float *m, int64_t stride, const int blocks, const int n)
{
    vec sum[8][3] = {{{0}}};
    for (const struct operand *p = operands; p < operands + count; p++) {
        const float *v = p->v + at, *u = p->u + from;
        for (int64_t c = 0; c < p->channels; c++, v += stride, u += WINOGRAD_BLOCK) {
            vec tiles[3];
#pragma GCC unroll 3
            for (int k = 0; k < n; k++) {
                tiles[k] = vec_load(v + k * KERNEL_LANES);
                vec_hold(&tiles[k]);
            }
#pragma GCC unroll 8
            for (int o = 0; o < blocks * WINOGRAD_BLOCK; o++) {
                vec weight = vec_set(u[(size_t)(o / WINOGRAD_BLOCK) * block_floats + o % WINOGRAD_BLOCK]);
                vec_hold(&weight);
#pragma GCC unroll 3
                for (int k = 0; k < n; k++) sum[o][k] = vec_fma(tiles[k], weight, sum[o][k]);
            }
        }
    }
#pragma GCC unroll 8
    for (int o = 0; o < blocks * WINOGRAD_BLOCK; o++)
#pragma GCC unroll 3
        for (int k = 0; k < n; k++) vec_store(m + at + o * stride + k * KERNEL_LANES, sum[o][k]);
}

/* Two blocks, or one, over n vectors; both at once where registers allow, or where one would have too few
 * sums to hide the latency of a multiply-add. */
INLINE void products(const struct operand *operands, int count, int64_t at, size_t block_floats, float *m,
                     int64_t stride, int blocks, const int n)
{
    if (blocks == 2 && (KERNEL_LANES == 16 || n == 1)) {
        product(operands, count, at, 0, block_floats, m, stride, 2, n);
        return;
    }
    for (int b = 0; b < blocks; b++)
        product(operands, count, at, (size_t)b * block_floats, block_floats, m + b * WINOGRAD_BLOCK * stride,
                stride, 1, n);
}

/* All vectors of up to two blocks: their weights stay in L1 meanwhile. */
static void product_row(const struct operand *operands, int count, size_t block_floats, float *m,
                        int64_t stride, int blocks)
{
    int64_t vectors = stride / KERNEL_LANES, at = 0;
    while (vectors > 0) {
        int n = vectors == 4 ? 2 : vectors < 3 ? (int)vectors : 3;
        if (n == 3)
            products(operands, count, at, block_floats, m, stride, blocks, 3);
        else if (n == 2)
            products(operands, count, at, block_floats, m, stride, blocks, 2);
        else
            products(operands, count, at, block_floats, m, stride, blocks, 1);
        vectors -= n;
        at += n * KERNEL_LANES;
    }
}

/* Where frequency f of a doubled source is found, -1 where it is zero: f's places on either axis are 0, 1
 * (twice it), none, 2 (three times), 2 (minus), 3; the factors are in the weights. */
static int doubled_plane(int f)
{
    static const signed char place[WINOGRAD_REACH] = {0, 1, -1, 2, 2, 3};
    int row = place[f / WINOGRAD_REACH], column = place[f % WINOGRAD_REACH];
    return row < 0 || column < 0 ? -1 : WINOGRAD_HALF_REACH * row + column;
}

static void multiply(const struct winograd_source *sources, int source_count, const float *u, size_t u_stride,
                     float *m, size_t m_stride, int64_t blocks, int64_t stride)
{
    int64_t in_channels = 0;
    for (int s = 0; s < source_count; s++) in_channels += sources[s].channels;
    size_t block_floats = (size_t)in_channels * WINOGRAD_BLOCK;
    for (int f = 0; f < WINOGRAD_FREQUENCIES; f++, u += u_stride, m += m_stride) {
        struct operand operands[WINOGRAD_MOST_SOURCES];
        int count = 0;
        const float *weights = u;
        for (int s = 0; s < source_count; weights += sources[s].channels * WINOGRAD_BLOCK, s++) {
            int plane = sources[s].doubled ? doubled_plane(f) : f;
            if (plane < 0) continue;
            operands[count++] = (struct operand){sources[s].v + (size_t)plane * sources[s].v_stride, weights,
                                                 sources[s].channels};
        }
        for (int64_t block = 0; block < blocks; block += 2) {
            product_row(operands, count, block_floats, m + block * WINOGRAD_BLOCK * stride, stride,
                        block + 1 < blocks ? 2 : 1);
            for (int s = 0; s < count; s++) operands[s].u += 2 * block_floats;
        }
    }
}

/* Four rows of KERNEL_LANES tiles. Both loops stay loops: unrolled they want 36 addresses, and gcc then keeps
 * more vectors on the stack than in registers. */
INLINE void output_tiles(const float *m, size_t m_stride, vec offset, int relu, float *const *rows,
                         int row_count, int64_t x, size_t ahead)
{
    for (int i = 0; i < row_count; i++)
        for (int k = 0; k < 4 * KERNEL_LANES; k += 16) __builtin_prefetch(rows[i] + x + ahead + k, 1);
    const vec zero = vec_set(0);
    vec half[6][4];
#pragma GCC unroll 1
    for (int j = 0; j < 6; j++) {
        vec column[6];
#pragma GCC unroll 6
        for (int i = 0; i < 6; i++) column[i] = vec_load(m + (size_t)(6 * i + j) * m_stride);
        transform_output(column, half[j]);
    }
#pragma GCC unroll 1
    for (int i = 0; i < row_count; i++) {
        vec row[6], y[4], tile[4];
#pragma GCC unroll 6
        for (int j = 0; j < 6; j++) row[j] = half[j][i];
        row[1] = row[1] + offset; /* a term of all four */
        transform_output(row, y);
#pragma GCC unroll 4
        for (int k = 0; k < 4; k++)
            if (relu) y[k] = vec_max(y[k], zero);
        vec_columns(y[0], y[1], y[2], y[3], tile);
        vec_store_tiles(rows[i] + x, tile);
    }
}

static void output(const float *m, size_t m_stride, int64_t count, float bias, int relu, float *const *rows,
                   int row_count, size_t ahead)
{
    const vec offset = vec_set(bias);
    int64_t t = 0;
    for (; t + KERNEL_LANES <= count; t += KERNEL_LANES)
        output_tiles(m + t, m_stride, offset, relu, rows, row_count, 4 * t, ahead);
    if (t == count) return;
    float rest[4][4 * KERNEL_LANES]; /* what lies behind the last tile is not ours to write */
    float *const to[4] = {rest[0], rest[1], rest[2], rest[3]};
    output_tiles(m + t, m_stride, offset, relu, to, row_count, 0, 0);
    for (int i = 0; i < row_count; i++)
        memcpy(rows[i] + 4 * t, rest[i], (size_t)(4 * (count - t)) * sizeof **rest);
}

const struct winograd_kernels KERNEL_TABLE(winograd) = {KERNEL_LANES, input, input_doubled, multiply, output};
