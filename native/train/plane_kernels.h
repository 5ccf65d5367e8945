/* plane_kernels.h - what layers do to the pixels of one plane, forward and backward.
 *
 * A plane is (height, width) with `row` floats from row to row and zeros behind each row's end (planes.h);
 * what is written keeps them. Gradients bear the name of the value with d before it.
 */
#ifndef TRAIN_PLANE_KERNELS_H
#define TRAIN_PLANE_KERNELS_H

#include <stddef.h>
#include <stdint.h>

#include "base/cpu.h"

struct plane_size {
    int32_t height, width;
    size_t row;
};

struct plane_kernels {
    /* sums[0] = sum of z - pivot, sums[1] = sum of (z - pivot)^2. */
    void (*moments)(struct plane_size size, const float *z, float pivot, double sums[2]);
    /* y = scale z + shift, below 0 set to 0 if relu. y may be z. */
    void (*affine)(struct plane_size size, const float *z, float scale, float shift, int relu, float *y);
    /* With g = dy where relu is 0 or scale z + shift > 0, else 0: sums[0] = sum of g, sums[1] = sum of
     * g (z - mean). */
    void (*affine_sums)(struct plane_size size, const float *z, const float *dy, float scale, float shift,
                        int relu, float mean, double sums[2]);
    /* dz = scale g + slope z + offset with the same g. dz may be dy. */
    void (*affine_back)(struct plane_size size, const float *z, const float *dy, float scale, float shift,
                        int relu, float slope, float offset, float *dz);
    /* dy = 0 where y is not above 0; the sum of what is left. */
    double (*relu_back)(struct plane_size size, const float *y, float *dy);
    double (*sum)(struct plane_size size, const float *z);
    /* to = from, to += from. Rows of both may differ in step. */
    void (*copy)(struct plane_size size, const float *from, float *to, size_t to_row);
    void (*add)(struct plane_size size, const float *from, float *to, size_t to_row);
    /* y = a + b, below 0 set to 0 if relu. */
    void (*add_pair)(struct plane_size size, const float *a, const float *b, int relu, float *y);

    /* The next ones are given the size of the smaller plane; `row` is its own, the larger has `wide_row`.
     *
     * The four pixels that a pixel came from are compared with it in reading order; the first that equals it
     * is the pool's place. */
    void (*pool)(struct plane_size size, const float *x, size_t wide_row, float *y);
    void (*pool_back)(struct plane_size size, const float *x, size_t wide_row, const float *y,
                      const float *dy, int add, float *dx);
    /* y is v at the pool's places, 0 elsewhere. x and pooled are the pool's input and output. */
    void (*unpool)(struct plane_size size, const float *x, const float *pooled, const float *v,
                   size_t wide_row, float *y);
    void (*unpool_back)(struct plane_size size, const float *x, const float *pooled, const float *dy,
                        size_t wide_row, int add, float *dv);
    void (*repeat)(struct plane_size size, const float *x, size_t wide_row, float *y);
    void (*repeat_back)(struct plane_size size, const float *dy, size_t wide_row, int add, float *dx);
    /* y(2i + place / 2, 2j + place % 2) = x(i, j) + bias, and back. */
    void (*spread)(struct plane_size size, const float *x, size_t wide_row, int place, float bias, float *y);
    void (*spread_back)(struct plane_size size, const float *dy, size_t wide_row, int place, int add,
                        float *dx);
};

CPU_TABLES(struct plane_kernels, plane);

#endif
