/* dense_norm.h - normalisations of (N, C, spatial...) tensors, as they are at inference.
 *
 * Sums are taken in double precision and in a fixed order.
 */
#ifndef TENSOR_DENSE_NORM_H
#define TENSOR_DENSE_NORM_H

#include "fringe/run.h"
#include "tensor/tensor.h"

/* Batch normalisation is y = x * factor + shift per channel: factor = scale / sqrt(variance + epsilon),
 * shift = bias - mean * factor, in double precision, rounded once. Arrays of `channels` values. */
void dense_batch_norm_factors(int64_t channels, const float *scale, const float *bias, const float *mean,
                              const float *variance, float epsilon, float *factor, float *shift);

/* y = x * factor[c] + shift[c]; axis 1 is c. */
fringe_status dense_scale_shift(const struct tensor *x, const float *factor, const float *shift,
                                struct tensor *y, const fringe_run *run, fringe_error *error);

/* The sum of (x - mean) to the power of 1 or 2. */
double dense_norm_sum(const float *x, int64_t count, double mean, int power);

/* y = (x - mean) * factor + bias. */
void dense_norm_apply(const float *x, int64_t count, float mean, float factor, float bias, float *y);

/* Rows of `width` consecutive values are brought to mean 0 and variance 1 (epsilon is added to the variance).
 * Then value i of row r is multiplied by scale[k], and bias[k] is added (bias may be NULL), with k = (r *
 * width + i) / divide % period: which value of the scale belongs to which place. */
struct dense_row_norm {
    int64_t width, divide, period;
    float epsilon;
    const float *scale, *bias;
    float *mean, *inverse; /* one value per row each, mean and 1 / deviation; NULL where not wanted */
};

fringe_status dense_row_norm(const struct dense_row_norm *norm, const struct tensor *x, struct tensor *y,
                             const fringe_run *run, fringe_error *error);

#endif
