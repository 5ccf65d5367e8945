#include "tensor/dense_conv.h"

#include "tensor/dense_rows.h"

/* Letters: n image, o output channel, c input channel of the group, k kernel index, z y x spatial axes from
 * slow to fast. Fewer than three axes are three with leading ones of length 1. */
struct conv_work {
    struct window window; /* of three axes */
    const float *x, *weights, *bias;
    float *y;
    int64_t channels, group_channels, out_channels, group_out; /* C, C / groups, O, O / groups */
    int64_t in[3], out[3];
    int64_t in_plane, out_plane, kernel_size;
};

static void fill_work(struct conv_work *work, const struct window *window, int64_t groups,
                      const struct tensor *x, const struct tensor *weights, const struct tensor *bias,
                      struct tensor *y)
{
    *work = (struct conv_work){.x = x->data, .weights = weights->data, .y = y->data};
    if (bias) work->bias = bias->data;
    work->channels = x->dims[1];
    work->group_channels = x->dims[1] / groups;
    work->out_channels = y->dims[1];
    work->group_out = y->dims[1] / groups;
    work->in_plane = tensor_span(x, 2, x->rank);
    work->out_plane = tensor_span(y, 2, y->rank);
    work->kernel_size = tensor_span(weights, 2, weights->rank);
    int missing = 3 - window->spatial;
    for (int axis = 0; axis < 3; axis++) {
        int from = axis - missing;
        work->in[axis] = from < 0 ? 1 : x->dims[2 + from];
        work->out[axis] = from < 0 ? 1 : y->dims[2 + from];
        work->window.kernel[axis] = from < 0 ? 1 : window->kernel[from];
        work->window.stride[axis] = from < 0 ? 1 : window->stride[from];
        work->window.dilation[axis] = from < 0 ? 1 : window->dilation[from];
        work->window.pad_begin[axis] = from < 0 ? 0 : window->pad_begin[from];
    }
}

/* The indices i of 0 .. count - 1 for which i * stride + shift lies in 0 .. limit - 1. */
static void find_range(int64_t count, int64_t stride, int64_t shift, int64_t limit, int64_t *begin,
                       int64_t *end)
{
    *begin = shift >= 0 ? 0 : (-shift + stride - 1) / stride;
    *end = limit <= shift ? 0 : (limit - shift + stride - 1) / stride;
    if (*end > count) *end = count;
}

/* Adds one input channel's share to one output row: y[i] += w[kx] * x[i * stride + kx * dilation - pad]. */
static void add_row(const struct conv_work *work, const float *w, const float *x_row, float *y_row)
{
    const struct window *window = &work->window;
    for (int64_t kx = 0; kx < window->kernel[2]; kx++) {
        int64_t stride = window->stride[2], begin, end;
        int64_t shift = kx * window->dilation[2] - window->pad_begin[2];
        find_range(work->out[2], stride, shift, work->in[2], &begin, &end);
        if (stride == 1)
            for (int64_t i = begin; i < end; i++) y_row[i] += w[kx] * x_row[i + shift];
        else
            for (int64_t i = begin; i < end; i++) y_row[i] += w[kx] * x_row[i * stride + shift];
    }
}

/* A row of work is one row of one output plane. */
static void conv_rows(void *context, int64_t row_begin, int64_t row_end)
{
    const struct conv_work *work = context;
    const struct window *window = &work->window;
    int64_t out_rows = work->out[0] * work->out[1];
    for (int64_t row = row_begin; row < row_end; row++) {
        int64_t plane = row / out_rows, oz = row % out_rows / work->out[1], oy = row % work->out[1];
        int64_t n = plane / work->out_channels, o = plane % work->out_channels, group = o / work->group_out;
        float *y_row = work->y + row * work->out[2];
        for (int64_t i = 0; i < work->out[2]; i++) y_row[i] = work->bias ? work->bias[o] : 0;
        for (int64_t c = 0; c < work->group_channels; c++) {
            const float *x_c =
                work->x + (n * work->channels + group * work->group_channels + c) * work->in_plane;
            const float *w_c = work->weights + (o * work->group_channels + c) * work->kernel_size;
            for (int64_t kz = 0; kz < window->kernel[0]; kz++) {
                int64_t iz = oz * window->stride[0] + kz * window->dilation[0] - window->pad_begin[0];
                if (iz < 0 || iz >= work->in[0]) continue;
                for (int64_t ky = 0; ky < window->kernel[1]; ky++) {
                    int64_t iy = oy * window->stride[1] + ky * window->dilation[1] - window->pad_begin[1];
                    if (iy < 0 || iy >= work->in[1]) continue;
                    add_row(work, w_c + (kz * window->kernel[1] + ky) * window->kernel[2],
                            x_c + (iz * work->in[1] + iy) * work->in[2], y_row);
                }
            }
        }
    }
}

/* A row of work is one output plane, to which every input pixel of the group is added. */
static void conv_transpose_planes(void *context, int64_t plane_begin, int64_t plane_end)
{
    const struct conv_work *work = context;
    const struct window *window = &work->window;
    for (int64_t plane = plane_begin; plane < plane_end; plane++) {
        int64_t n = plane / work->out_channels, o = plane % work->out_channels, group = o / work->group_out;
        float *y_o = work->y + plane * work->out_plane;
        for (int64_t i = 0; i < work->out_plane; i++) y_o[i] = work->bias ? work->bias[o] : 0;
        for (int64_t c = 0; c < work->group_channels; c++) {
            int64_t channel = group * work->group_channels + c;
            const float *x_c = work->x + (n * work->channels + channel) * work->in_plane;
            const float *w_c =
                work->weights + (channel * work->group_out + o % work->group_out) * work->kernel_size;
            for (int64_t k = 0; k < work->kernel_size; k++) {
                int64_t kernel_row = k / window->kernel[2];
                int64_t at[3] = {kernel_row / window->kernel[1], kernel_row % window->kernel[1],
                                 k % window->kernel[2]};
                int64_t shift[3], begin[3], end[3];
                for (int axis = 0; axis < 3; axis++) {
                    shift[axis] = at[axis] * window->dilation[axis] - window->pad_begin[axis];
                    find_range(work->in[axis], window->stride[axis], shift[axis], work->out[axis],
                               &begin[axis], &end[axis]);
                }
                for (int64_t iz = begin[0]; iz < end[0]; iz++)
                    for (int64_t iy = begin[1]; iy < end[1]; iy++) {
                        const float *x_row = x_c + (iz * work->in[1] + iy) * work->in[2];
                        float *y_row = y_o + ((iz * window->stride[0] + shift[0]) * work->out[1] +
                                              iy * window->stride[1] + shift[1]) *
                                                 work->out[2];
                        for (int64_t i = begin[2]; i < end[2]; i++)
                            y_row[i * window->stride[2] + shift[2]] += w_c[k] * x_row[i];
                    }
            }
        }
    }
}

fringe_status dense_conv(const struct window *window, int64_t groups, const struct tensor *x,
                         const struct tensor *weights, const struct tensor *bias, struct tensor *y,
                         const fringe_run *run, fringe_error *error)
{
    if (tensor_count(y) == 0) return FRINGE_OK;
    struct conv_work work;
    fill_work(&work, window, groups, x, weights, bias, y);
    return dense_rows(tensor_count(y) / work.out[2], work.out[2] * work.group_channels * work.kernel_size,
                      conv_rows, &work, run, error);
}

fringe_status dense_conv_transpose(const struct window *window, int64_t groups, const struct tensor *x,
                                   const struct tensor *weights, const struct tensor *bias, struct tensor *y,
                                   const fringe_run *run, fringe_error *error)
{
    if (tensor_count(y) == 0) return FRINGE_OK;
    struct conv_work work;
    fill_work(&work, window, groups, x, weights, bias, y);
    return dense_rows(y->dims[0] * y->dims[1], work.in_plane * work.group_channels * work.kernel_size,
                      conv_transpose_planes, &work, run, error);
}
