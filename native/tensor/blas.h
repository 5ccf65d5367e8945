/* blas.h - matrix products through OpenBLAS, which is loaded when first needed.
 *
 * Convolutions never come here: OpenBLAS gives other bytes for other cuts of the same product. It is loaded
 * at run time and not linked, because its choice of kernels can be put right only before its constructor runs
 * (see blas.c), and because most networks do without it. It runs on the calling thread alone.
 */
#ifndef TENSOR_BLAS_H
#define TENSOR_BLAS_H

#include <stdint.h>

#include "fringe/status.h"

/* y = alpha a b + beta y with a (m, k), b (k, n), y (m, n), row-major and packed; a transposed one lies as
 * (k, m), (n, k). With beta 0 what y held does not matter. */
struct blas_matrices {
    int64_t m, n, k;
    int transpose_a, transpose_b;
    float alpha, beta;
};

/* FRINGE_LIBRARY when OpenBLAS cannot be loaded, FRINGE_UNSUPPORTED for sides of 2^31 and more. Any thread.
 */
fringe_status blas_multiply(const struct blas_matrices *product, const float *a, const float *b, float *y,
                            fringe_error *error);

#endif
