#include "tensor/dense_resize.h"

#include "tensor/dense_rows.h"

struct resize_work {
    const struct dense_resize *resize;
    const float *in;
    float *out;
};

/* A row of work is one index of the outer and the resized axes. */
static void resize_rows(void *context, int64_t begin, int64_t end)
{
    const struct resize_work *work = context;
    const struct dense_resize *resize = work->resize;
    for (int64_t row = begin; row < end; row++) {
        int64_t outer = row / resize->out_length, i = row % resize->out_length;
        float *out = work->out + row * resize->inner;
        if (resize->first[i] < 0) {
            for (int64_t k = 0; k < resize->inner; k++) out[k] = resize->outside;
            continue;
        }
        const float *in = work->in + outer * resize->in_length * resize->inner;
        const float *a = in + resize->first[i] * resize->inner, *b = in + resize->second[i] * resize->inner;
        float weight_b = resize->blend[i], weight_a = 1 - weight_b;
        for (int64_t k = 0; k < resize->inner; k++) out[k] = weight_a * a[k] + weight_b * b[k];
    }
}

fringe_status dense_resize_axis(const struct dense_resize *resize, const float *in, float *out,
                                const fringe_run *run, fringe_error *error)
{
    struct resize_work work = {resize, in, out};
    return dense_rows(resize->outer * resize->out_length, resize->inner, resize_rows, &work, run, error);
}
