#include <float.h>

#include "base/kernel.h"
#include "base/vec_quads.h"
#include "image/lattice_kernels.h"

/* Noise is taken for this much stronger than it is, so that its own maxima go too. */
#define CAUTION 2.0f
/* The least that is left of what is taken for noise: without any, its remnants look like fringes. */
#define LEAST 0.5f
/* exp(gamma), with Euler's gamma: the powers of noise are distributed exponentially. */
#define MEAN_OF_GEOMETRIC 1.781072f
#define BITS_OF_ONE       0x3f800000

/* Four pixels of each pair's run of pixels, LATTICE_SIDE apart, become four vectors of pairs. */
static void read_row(const float *from, float *re, float *im, float *sums)
{
    vec re_sum = vec_load(sums), im_sum = vec_load(sums + KERNEL_LANES);
    for (int x = 0; x < LATTICE_SIDE + LATTICE_STEP; x += 4) {
        vec pixels[4], pairs[4];
        for (int i = 0; i < 4; i++) pixels[i] = vec_load_quads(from + i * LATTICE_SIDE + x, 4 * LATTICE_SIDE);
        vec_columns(pixels[0], pixels[1], pixels[2], pixels[3], pairs);
        for (int i = 0; i < 4; i++) {
            if (x < LATTICE_SIDE) vec_store(re + (x + i) * KERNEL_LANES, pairs[i]);
            if (x >= LATTICE_STEP) vec_store(im + (x - LATTICE_STEP + i) * KERNEL_LANES, pairs[i]);
        }
        vec sum = pairs[0] + pairs[1] + (pairs[2] + pairs[3]);
        if (x < LATTICE_SIDE) re_sum += sum;
        if (x >= LATTICE_STEP) im_sum += sum;
    }
    vec_store(sums, re_sum);
    vec_store(sums + KERNEL_LANES, im_sum);
}

/* Place x of a row of windows, with their means. */
static inline vec whole(const float *row, vec mean, const float *hann, int x)
{
    return vec_load(row + x * KERNEL_LANES) * vec_set(1.0f / LATTICE_AREA) + mean * vec_set(hann[x]);
}

static void add_row(const float *re, const float *im, const float *means, float height, const float *hann,
                    float *to)
{
    const vec re_mean = vec_load(means) * vec_set(height);
    const vec im_mean = vec_load(means + KERNEL_LANES) * vec_set(height);
    for (int x = 0; x < LATTICE_SIDE + LATTICE_STEP; x += 4) {
        vec pixels[4], pairs[4];
        for (int i = 0; i < 4; i++) {
            vec sum = {0};
            if (x < LATTICE_SIDE) sum += whole(re, re_mean, hann, x + i);
            if (x >= LATTICE_STEP) sum += whole(im, im_mean, hann, x - LATTICE_STEP + i);
            pairs[i] = sum;
        }
        vec_columns(pairs[0], pairs[1], pairs[2], pairs[3], pixels);
        for (int i = 0; i < 4; i++) {
            float *at = to + i * LATTICE_SIDE + x;
            vec_store_quads(at, 4 * LATTICE_SIDE, vec_load_quads(at, 4 * LATTICE_SIDE) + pixels[i]);
        }
    }
}

static void weigh(float *re, float *im, const float *means, const float *hann)
{
    const vec re_mean = vec_load(means), im_mean = vec_load(means + KERNEL_LANES);
    for (int y = 0; y < LATTICE_SIDE; y++)
        for (int x = 0; x < LATTICE_SIDE; x++) {
            size_t at = (size_t)(y * LATTICE_COLUMNS + x) * KERNEL_LANES;
            vec height = vec_set(hann[y]), width = vec_set(hann[x]);
            vec_store(re + at, (vec_load(re + at) - re_mean) * height * width);
            vec_store(im + at, (vec_load(im + at) - im_mean) * height * width);
        }
}

/* Both windows of every pair at one k: A(k) and B(k). */
struct waves {
    vec a_re, a_im, b_re, b_im;
};

static inline struct waves split(const float *re, const float *im, size_t k, size_t opposite)
{
    const vec half = vec_set(0.5f);
    vec k_re = vec_load(re + k), k_im = vec_load(im + k);
    vec o_re = vec_load(re + opposite), o_im = vec_load(im + opposite);
    return (struct waves){(k_re + o_re) * half, (k_im - o_im) * half, (k_re - o_re) * half,
                          (k_im + o_im) * half};
}

/* The power of noise behind powers of this mean, from the mean logarithm of their ratios to it. */
static inline vec noise_of(vec mean, vec logarithm)
{
    vec_mask bits = __builtin_convertvector(logarithm, vec_mask) + BITS_OF_ONE;
    return vec_select(mean > vec_set(FLT_MIN), mean * (vec)bits * vec_set(MEAN_OF_GEOMETRIC), (vec){0});
}

/* Of a positive float, but for straight lines between the powers of two: its bits. In units of 2^-23. */
static inline vec logarithm(vec ratio)
{
    return __builtin_convertvector((vec_mask)ratio - BITS_OF_ONE, vec);
}

static inline vec factor(vec power, vec noise)
{
    vec caution = noise * vec_set(CAUTION);
    vec kept = vec_select(power > caution, vec_set(1) - caution / power, (vec){0});
    return vec_set(LEAST) + vec_set(1 - LEAST) * kept;
}

/* The noise of a ring is the geometric mean of its powers, which a few reflections hardly raise, times what
 * the mean of an exponential distribution is of its geometric mean. Logarithms are taken of the ratios to the
 * mean, so that an image's scale does not matter. */
static void weaken(const struct lattice_ring *ring, float *re, float *im)
{
    vec a_power[LATTICE_RING_MOST], b_power[LATTICE_RING_MOST];
    vec a_sum = {0}, b_sum = {0}, a_logarithms = {0}, b_logarithms = {0};
    for (int i = 0; i < ring->count; i++) {
        struct waves w =
            split(re, im, (size_t)ring->at[i] * KERNEL_LANES, (size_t)ring->opposite[i] * KERNEL_LANES);
        a_power[i] = w.a_re * w.a_re + w.a_im * w.a_im;
        b_power[i] = w.b_re * w.b_re + w.b_im * w.b_im;
        a_sum += a_power[i];
        b_sum += b_power[i];
    }
    const vec share = vec_set(1.0f / (float)ring->count);
    const vec a_mean = a_sum * share, b_mean = b_sum * share;
    const vec a_inverse = vec_set(1) / a_mean, b_inverse = vec_set(1) / b_mean;
    for (int i = 0; i < ring->count; i++) {
        a_logarithms += logarithm(a_power[i] * a_inverse);
        b_logarithms += logarithm(b_power[i] * b_inverse);
    }
    const vec a_noise = noise_of(a_mean, a_logarithms * share);
    const vec b_noise = noise_of(b_mean, b_logarithms * share);
    for (int i = 0; i < ring->count; i++) {
        size_t k = (size_t)ring->at[i] * KERNEL_LANES, o = (size_t)ring->opposite[i] * KERNEL_LANES;
        struct waves w = split(re, im, k, o);
        vec a = factor(a_power[i], a_noise), b = factor(b_power[i], b_noise);
        vec_store(re + o, a * w.a_re - b * w.b_re);
        vec_store(im + o, b * w.b_im - a * w.a_im);
        vec_store(re + k, a * w.a_re + b * w.b_re);
        vec_store(im + k, a * w.a_im + b * w.b_im);
    }
}

const struct lattice_kernels KERNEL_TABLE(lattice) = {KERNEL_LANES, read_row, weigh, weaken, add_row};
