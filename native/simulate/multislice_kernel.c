#include "base/kernel.h"
#include "simulate/multislice_kernels.h"

/* Sine and cosine by Taylor's series behind a reduction to a quarter turn, |r| <= pi / 4: the terms left out
 * are below 4e-7. pi / 2 stands in three parts, so that a multiple of it is subtracted without loss. */
static inline void sine_cosine(vec x, vec *sine, vec *cosine)
{
    const vec shift = vec_set(12582912.0f); /* 1.5 * 2^23: adding it rounds to a whole number */
    vec shifted = vec_fma(x, vec_set(0.63661977f), shift), whole = shifted - shift;
    vec r = vec_fma(whole, vec_set(-1.5703125f), x);
    r = vec_fma(whole, vec_set(-4.837512969970703e-4f), r);
    r = vec_fma(whole, vec_set(-7.549789948768648e-8f), r);
    vec r2 = r * r;
    vec s = vec_fma(r2, vec_set(-1.0f / 5040), vec_set(1.0f / 120));
    s = vec_fma(r2, s, vec_set(-1.0f / 6));
    s = vec_fma(r2 * r, s, r);
    vec c = vec_fma(r2, vec_set(1.0f / 40320), vec_set(-1.0f / 720));
    c = vec_fma(r2, c, vec_set(1.0f / 24));
    c = vec_fma(r2, c, vec_set(-0.5f));
    c = vec_fma(r2, c, vec_set(1.0f));
    /* The quarter's number stands in the last bits of `shifted`. */
    vec_mask quarter = (vec_mask)shifted, odd = -(quarter & 1);
    vec swapped_s = vec_select(odd, c, s), swapped_c = vec_select(odd, s, c);
    *sine = (vec)((vec_mask)swapped_s ^ ((quarter & 2) << 30));
    *cosine = (vec)((vec_mask)swapped_c ^ (((quarter + 1) & 2) << 30));
}

/* exp(-x) as the eighth power of Taylor's series for x / 8; 1 for x = 0. */
static inline vec decay(vec x)
{
    vec u = vec_max(vec_min(x, vec_set(4)), vec_set(-4)) * vec_set(-0.125f);
    vec e = vec_fma(u, vec_set(1.0f / 720), vec_set(1.0f / 120));
    e = vec_fma(u, e, vec_set(1.0f / 24));
    e = vec_fma(u, e, vec_set(1.0f / 6));
    e = vec_fma(u, e, vec_set(0.5f));
    e = vec_fma(u, e, vec_set(1.0f));
    e = vec_fma(u, e, vec_set(1.0f));
    e = e * e;
    e = e * e;
    return e * e;
}

static void transmit(size_t count, const float *phase, float absorption, float *re, float *im)
{
    vec share = vec_set(absorption);
    for (size_t i = 0; i < count; i += KERNEL_LANES) {
        size_t lanes = count - i;
        vec s, c, a = vec_load_part(re + i, lanes), b = vec_load_part(im + i, lanes),
                  turn = vec_load_part(phase + i, lanes);
        vec left = decay(turn * share);
        sine_cosine(turn, &s, &c);
        s = s * left;
        c = c * left;
        vec_store_part(re + i, vec_fma(a, c, -(b * s)), lanes);
        vec_store_part(im + i, vec_fma(a, s, b * c), lanes);
    }
}

static void multiply(size_t count, const float *factor_re, const float *factor_im, float *re, float *im)
{
    for (size_t i = 0; i < count; i += KERNEL_LANES) {
        size_t lanes = count - i;
        vec a = vec_load_part(re + i, lanes), b = vec_load_part(im + i, lanes);
        vec c = vec_load_part(factor_re + i, lanes), d = vec_load_part(factor_im + i, lanes);
        vec_store_part(re + i, vec_fma(a, c, -(b * d)), lanes);
        vec_store_part(im + i, vec_fma(a, d, b * c), lanes);
    }
}

static void add_filtered(size_t count, int first, const float *factor, const float *re, const float *im,
                         float *sum_re, float *sum_im)
{
    for (size_t i = 0; i < count; i += KERNEL_LANES) {
        size_t lanes = count - i;
        vec f = vec_load_part(factor + i, lanes), a = {0}, b = {0};
        if (!first) {
            a = vec_load_part(sum_re + i, lanes);
            b = vec_load_part(sum_im + i, lanes);
        }
        vec_store_part(sum_re + i, vec_fma(f, vec_load_part(re + i, lanes), a), lanes);
        vec_store_part(sum_im + i, vec_fma(f, vec_load_part(im + i, lanes), b), lanes);
    }
}

static void add_intensity(size_t count, float weight, const float *re, const float *im, float *intensity)
{
    vec w = vec_set(weight);
    for (size_t i = 0; i < count; i += KERNEL_LANES) {
        size_t lanes = count - i;
        vec a = vec_load_part(re + i, lanes), b = vec_load_part(im + i, lanes);
        vec_store_part(intensity + i, vec_fma(w, vec_fma(a, a, b * b), vec_load_part(intensity + i, lanes)),
                       lanes);
    }
}

const struct multislice_kernels KERNEL_TABLE(multislice) = {transmit, multiply, add_filtered, add_intensity};
