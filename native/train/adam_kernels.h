/* adam_kernels.h - one step of Adam over a run of parameters, for optimiser.c. */
#ifndef TRAIN_ADAM_KERNELS_H
#define TRAIN_ADAM_KERNELS_H

#include <stddef.h>

#include "base/cpu.h"

struct adam_step {
    float beta1, beta2;   /* what is kept of the moments */
    float share1, share2; /* 1 - beta1, 1 - beta2, rounded once */
    float epsilon;
    float rate;           /* learning rate / (1 - beta1^t) */
    float second;         /* 1 / sqrt(1 - beta2^t) */
    float keep;           /* 1 - learning rate * weight decay */
    float gradient_scale; /* by which clipping shortens the gradient */
};

struct adam_kernels {
    /* first = b1 first + (1 - b1) g, second likewise with g^2; then
     * weight = keep weight - rate first / (second^(1/2) step.second + epsilon). */
    void (*update)(const struct adam_step *step, size_t count, const float *gradient, float *first,
                   float *second, float *weights);
    /* average += share (weights - average) */
    void (*average)(size_t count, float share, const float *weights, float *average);
    double (*square_sum)(size_t count, const float *values);
};

CPU_TABLES(struct adam_kernels, adam);

#endif
