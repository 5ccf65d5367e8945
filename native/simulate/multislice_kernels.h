/* multislice_kernels.h - point-by-point arithmetic on the wave, for multislice.c. Counts need no multiple. */
#ifndef SIMULATE_MULTISLICE_KERNELS_H
#define SIMULATE_MULTISLICE_KERNELS_H

#include <stddef.h>

#include "base/cpu.h"

struct multislice_kernels {
    /* wave *= exp((i - absorption) phase); |phase| up to 1000, absorption * phase from -4 to 4; error below
     * 2e-6, and for the amplitude below 1e-6 where absorption * phase is 1 at most. */
    void (*transmit)(size_t count, const float *phase, float absorption, float *re, float *im);
    /* (re, im) *= (factor_re, factor_im) */
    void (*multiply)(size_t count, const float *factor_re, const float *factor_im, float *re, float *im);
    /* sum += factor * (re, im), or = where `first` */
    void (*add_filtered)(size_t count, int first, const float *factor, const float *re, const float *im,
                         float *sum_re, float *sum_im);
    /* intensity += weight (re^2 + im^2) */
    void (*add_intensity)(size_t count, float weight, const float *re, const float *im, float *intensity);
};

CPU_TABLES(struct multislice_kernels, multislice);

#endif
