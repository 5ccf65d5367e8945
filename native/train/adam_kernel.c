/* adam_kernel.c - plain loops over parameters: each is a few operations on four streams of memory. */
#include <math.h>

#include "base/kernel.h"
#include "train/adam_kernels.h"

static void update(const struct adam_step *step, size_t count, const float *restrict gradient,
                   float *restrict first, float *restrict second, float *restrict weights)
{
    const struct adam_step s = *step;
    for (size_t i = 0; i < count; i++) {
        float g = gradient[i] * s.gradient_scale;
        first[i] = s.beta1 * first[i] + s.share1 * g;
        second[i] = s.beta2 * second[i] + s.share2 * g * g;
        weights[i] = s.keep * weights[i] - s.rate * first[i] / (sqrtf(second[i]) * s.second + s.epsilon);
    }
}

static void average(size_t count, float share, const float *restrict weights, float *restrict mean)
{
    for (size_t i = 0; i < count; i++) mean[i] += share * (weights[i] - mean[i]);
}

static double square_sum(size_t count, const float *values)
{
    double lanes[KERNEL_LANES] = {0}, sum = 0;
    size_t i = 0;
    for (; i + KERNEL_LANES <= count; i += KERNEL_LANES)
        for (size_t k = 0; k < KERNEL_LANES; k++) lanes[k] += (double)values[i + k] * (double)values[i + k];
    for (; i < count; i++) lanes[0] += (double)values[i] * (double)values[i];
    for (size_t k = 0; k < KERNEL_LANES; k++) sum += lanes[k];
    return sum;
}

const struct adam_kernels KERNEL_TABLE(adam) = {update, average, square_sum};
