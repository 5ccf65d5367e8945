#include "nn/operator_window.h"

#include <string.h>

/* More is never meant, and less keeps every product below 2^63. */
static const int64_t most_pixels = 1 << 24;

static fringe_status read_axes(const struct operator_call *call, const char *name, int count, int64_t least,
                               int64_t *values, fringe_error *error)
{
    const int64_t *from;
    size_t present;
    fringe_status status = operator_ints(call, name, &from, &present, error);
    if (status || !from) return status;
    if (present != (size_t)count)
        return operator_wrong(call, error, "%s has %zu values instead of %d", name, present, count);
    for (int i = 0; i < count; i++) {
        if (from[i] < least || from[i] > most_pixels)
            return operator_wrong(call, error, "%s: %lld is not in %lld to %lld", name, (long long)from[i],
                                  (long long)least, (long long)most_pixels);
        values[i] = from[i];
    }
    return FRINGE_OK;
}

fringe_status operator_window_read(const struct operator_call *call, struct window *window,
                                   enum window_padding *padding, fringe_error *error)
{
    int spatial = window->spatial;
    int64_t pads[6] = {0};
    const char *automatic;
    for (int axis = 0; axis < spatial; axis++) window->stride[axis] = window->dilation[axis] = 1;
    fringe_status status = read_axes(call, "kernel_shape", spatial, 1, window->kernel, error);
    if (!status) status = read_axes(call, "strides", spatial, 1, window->stride, error);
    if (!status) status = read_axes(call, "dilations", spatial, 1, window->dilation, error);
    if (!status) status = read_axes(call, "pads", 2 * spatial, 0, pads, error);
    if (!status) status = operator_string(call, "auto_pad", "NOTSET", &automatic, error);
    if (status) return status;
    *padding = WINDOW_PADS;
    if (!strcmp(automatic, "SAME_UPPER"))
        *padding = WINDOW_SAME_UPPER;
    else if (!strcmp(automatic, "SAME_LOWER"))
        *padding = WINDOW_SAME_LOWER;
    else if (!strcmp(automatic, "VALID"))
        memset(pads, 0, sizeof pads);
    else if (strcmp(automatic, "NOTSET") != 0)
        return operator_wrong(call, error, "auto_pad '%s' has no meaning", automatic);
    for (int axis = 0; axis < spatial; axis++) {
        window->pad_begin[axis] = pads[axis];
        window->pad_end[axis] = pads[spatial + axis];
    }
    return FRINGE_OK;
}

int64_t operator_window_extent(const struct window *window, int axis)
{
    return (window->kernel[axis] - 1) * window->dilation[axis] + 1;
}

void operator_window_share(struct window *window, int axis, enum window_padding padding, int64_t total)
{
    int64_t less = total / 2;
    window->pad_begin[axis] = padding == WINDOW_SAME_LOWER ? total - less : less;
    window->pad_end[axis] = total - window->pad_begin[axis];
}

fringe_status operator_window_length(const struct operator_call *call, struct window *window, int axis,
                                     enum window_padding padding, int ceil, int64_t in, int64_t *out,
                                     fringe_error *error)
{
    int64_t extent = operator_window_extent(window, axis), stride = window->stride[axis];
    if (padding != WINDOW_PADS) {
        *out = (in + stride - 1) / stride;
        int64_t total = (*out - 1) * stride + extent - in;
        operator_window_share(window, axis, padding, total > 0 ? total : 0);
        return FRINGE_OK;
    }
    int64_t slack = in + window->pad_begin[axis] + window->pad_end[axis] - extent;
    if (slack < 0)
        return operator_wrong(call, error, "the window covers %lld pixels, the padded input has %lld",
                              (long long)extent, (long long)(slack + extent));
    *out = slack / stride + 1;
    if (ceil && slack % stride && *out * stride < in + window->pad_begin[axis]) ++*out;
    return FRINGE_OK;
}
