#include "tensor/dense_norm.h"

#include <math.h>

#include "tensor/dense_rows.h"

void dense_batch_norm_factors(int64_t channels, const float *scale, const float *bias, const float *mean,
                              const float *variance, float epsilon, float *factor, float *shift)
{
    for (int64_t c = 0; c < channels; c++) {
        double f = (double)scale[c] / sqrt((double)variance[c] + (double)epsilon);
        factor[c] = (float)f;
        shift[c] = (float)((double)bias[c] - (double)mean[c] * f);
    }
}

struct norm_work {
    const float *x, *scale, *bias;
    float *y;
    int64_t width, divide, period;
    float epsilon;
};

static void scale_shift_planes(void *context, int64_t begin, int64_t end)
{
    const struct norm_work *work = context;
    for (int64_t plane = begin; plane < end; plane++) {
        float factor = work->scale[plane % work->period], shift = work->bias[plane % work->period];
        const float *x = work->x + plane * work->width;
        float *y = work->y + plane * work->width;
        for (int64_t i = 0; i < work->width; i++) y[i] = x[i] * factor + shift;
    }
}

fringe_status dense_scale_shift(const struct tensor *x, const float *factor, const float *shift,
                                struct tensor *y, const fringe_run *run, fringe_error *error)
{
    if (tensor_count(x) == 0) return FRINGE_OK;
    struct norm_work work = {.x = x->data, .scale = factor, .bias = shift, .y = y->data};
    work.width = tensor_span(x, 2, x->rank);
    work.period = x->dims[1];
    return dense_rows(x->dims[0] * x->dims[1], work.width, scale_shift_planes, &work, run, error);
}

static void norm_rows(void *context, int64_t begin, int64_t end)
{
    const struct norm_work *work = context;
    for (int64_t row = begin; row < end; row++) {
        const float *x = work->x + row * work->width;
        float *y = work->y + row * work->width;
        double sum = 0, squares = 0;
        for (int64_t i = 0; i < work->width; i++) sum += (double)x[i];
        double mean = sum / (double)work->width;
        for (int64_t i = 0; i < work->width; i++) squares += ((double)x[i] - mean) * ((double)x[i] - mean);
        double factor = 1 / sqrt(squares / (double)work->width + (double)work->epsilon);
        for (int64_t i = 0; i < work->width; i++) {
            int64_t k = (row * work->width + i) / work->divide % work->period;
            double bias = work->bias ? (double)work->bias[k] : 0;
            y[i] = (float)(((double)x[i] - mean) * factor * (double)work->scale[k] + bias);
        }
    }
}

fringe_status dense_row_norm(const struct tensor *x, int64_t width, float epsilon, const float *scale,
                             const float *bias, int64_t divide, int64_t period, struct tensor *y,
                             const fringe_run *run, fringe_error *error)
{
    if (tensor_count(x) == 0) return FRINGE_OK;
    struct norm_work work = {x->data, scale, bias, y->data, width, divide, period, epsilon};
    return dense_rows(tensor_count(x) / width, 4 * width, norm_rows, &work, run, error);
}
