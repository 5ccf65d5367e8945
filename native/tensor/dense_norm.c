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

struct plane_work {
    const float *x, *factor, *shift;
    float *y;
    int64_t width, channels;
};

static void scale_shift_planes(void *context, int64_t begin, int64_t end)
{
    const struct plane_work *work = context;
    for (int64_t plane = begin; plane < end; plane++) {
        float factor = work->factor[plane % work->channels], shift = work->shift[plane % work->channels];
        const float *x = work->x + plane * work->width;
        float *y = work->y + plane * work->width;
        for (int64_t i = 0; i < work->width; i++) y[i] = x[i] * factor + shift;
    }
}

fringe_status dense_scale_shift(const struct tensor *x, const float *factor, const float *shift,
                                struct tensor *y, const fringe_run *run, fringe_error *error)
{
    if (tensor_count(x) == 0) return FRINGE_OK;
    struct plane_work work = {x->data, factor, shift, y->data, tensor_span(x, 2, x->rank), x->dims[1]};
    return dense_rows(x->dims[0] * x->dims[1], work.width, scale_shift_planes, &work, run, error);
}

struct row_work {
    const struct dense_row_norm *norm;
    const float *x;
    float *y;
};

/* Eight sums side by side: one alone would wait for itself at every value. */
double dense_norm_sum(const float *x, int64_t count, double mean, int power)
{
    enum { SUMS = 8 };
    double sums[SUMS] = {0}, total = 0;
    int64_t i = 0;
    for (; i + SUMS <= count; i += SUMS)
        for (int k = 0; k < SUMS; k++) {
            double difference = (double)x[i + k] - mean;
            sums[k] += power == 2 ? difference * difference : difference;
        }
    for (int k = 0; i < count; i++, k++) {
        double difference = (double)x[i] - mean;
        sums[k] += power == 2 ? difference * difference : difference;
    }
    for (int k = 0; k < SUMS; k++) total += sums[k];
    return total;
}

void dense_norm_apply(const float *x, int64_t count, float mean, float factor, float bias, float *y)
{
    for (int64_t i = 0; i < count; i++) y[i] = (x[i] - mean) * factor + bias;
}

/* A scale and a bias for each place. */
static void apply_by_place(const struct dense_row_norm *norm, const float *x, float mean, float factor,
                           float *y)
{
    for (int64_t i = 0; i < norm->width; i++) y[i] = (x[i] - mean) * factor * norm->scale[i];
    if (norm->bias)
        for (int64_t i = 0; i < norm->width; i++) y[i] += norm->bias[i];
}

static void norm_rows(void *context, int64_t begin, int64_t end)
{
    const struct row_work *work = context;
    const struct dense_row_norm *norm = work->norm;
    for (int64_t row = begin; row < end; row++) {
        const float *x = work->x + row * norm->width;
        float *y = work->y + row * norm->width;
        double mean = dense_norm_sum(x, norm->width, 0, 1) / (double)norm->width;
        double variance = dense_norm_sum(x, norm->width, mean, 2) / (double)norm->width;
        double factor = 1 / sqrt(variance + (double)norm->epsilon);
        if (norm->divide == 1 && norm->period == norm->width)
            apply_by_place(norm, x, (float)mean, (float)factor, y);
        else
            for (int64_t i = 0; i < norm->width;) { /* stretches with the same scale */
                int64_t at = row * norm->width + i, k = at / norm->divide % norm->period;
                int64_t length = norm->divide - at % norm->divide;
                if (length > norm->width - i) length = norm->width - i;
                dense_norm_apply(x + i, length, (float)mean, (float)(factor * (double)norm->scale[k]),
                                 norm->bias ? norm->bias[k] : 0, y + i);
                i += length;
            }
        if (norm->mean) norm->mean[row] = (float)mean;
        if (norm->inverse) norm->inverse[row] = (float)factor;
    }
}

fringe_status dense_row_norm(const struct dense_row_norm *norm, const struct tensor *x, struct tensor *y,
                             const fringe_run *run, fringe_error *error)
{
    if (tensor_count(x) == 0) return FRINGE_OK;
    struct row_work work = {norm, x->data, y->data};
    return dense_rows(tensor_count(x) / norm->width, 4 * norm->width, norm_rows, &work, run, error);
}
