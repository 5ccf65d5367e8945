/* loss_kernels.h - the loss and its gradient for a row of pixels, for loss.c. */
#ifndef TRAIN_LOSS_KERNELS_H
#define TRAIN_LOSS_KERNELS_H

#include <stddef.h>
#include <stdint.h>

#include "base/cpu.h"

/* The sums of a loss: three over pixels, then three for each class. */
enum {
    LOSS_WEIGHT,        /* w_y */
    LOSS_CROSS_ENTROPY, /* w_y (-log p_y) */
    LOSS_FOCAL,         /* w_y (1 - p_y)^gamma (-log p_y) */
    LOSS_CLASSES        /* from here on: sum of p_c, of [y = c], of p_c [y = c] */
};
#define LOSS_SUMS(classes) (LOSS_CLASSES + 3 * (classes))

/* Values of class c begin at c * plane. Labels below 0 are ignored. */
struct loss_row {
    int32_t classes, width;
    size_t plane;
    const int32_t *labels;
    const float *weights; /* of the classes */
    float gamma;
    int focal; /* 1 where the focal term is wanted; its sum is 0 otherwise */
};

struct loss_kernels {
    /* The softmax of `values` into `probabilities`; adds to sums (LOSS_SUMS). */
    void (*forward)(const struct loss_row *row, const float *values, size_t values_plane,
                    float *probabilities, double *sums);
    /* In place from probabilities to the gradient with respect to the values. cross_entropy and focal: their
     * shares, divided by the sum of weights. on_class and off_class: what the Dice term has as derivative
     * with respect to p_c where y = c and elsewhere; NULL without it. Zeros behind the row's end up to a
     * whole vector. */
    void (*back)(const struct loss_row *row, float *probabilities, float cross_entropy, float focal,
                 const float *on_class, const float *off_class);
};

CPU_TABLES(struct loss_kernels, loss);

#endif
