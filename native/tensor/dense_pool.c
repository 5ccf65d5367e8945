#include "tensor/dense_pool.h"

#include <math.h>
#include <string.h>

#include "base/failure.h"
#include "base/run_state.h"
#include "tensor/dense_rows.h"

struct pool_work {
    struct window window; /* of three axes: fewer are three with leading ones of length 1 */
    const float *x;
    float *y;
    int64_t *indices; /* of the maxima in x, or NULL */
    int64_t in[3], out[3];
    int average, count_padding;
};

/* The kernel indices [*begin, *end) of output index o that lie in [low, high). */
static void find_taps(const struct window *window, int axis, int64_t o, int64_t low, int64_t high,
                      int64_t *begin, int64_t *end)
{
    int64_t start = o * window->stride[axis] - window->pad_begin[axis], dilation = window->dilation[axis];
    *begin = start >= low ? 0 : (low - start + dilation - 1) / dilation;
    *end = high <= start ? 0 : (high - start + dilation - 1) / dilation;
    if (*end > window->kernel[axis]) *end = window->kernel[axis];
    if (*begin > *end) *begin = *end;
}

/* *index: of the maximum in the plane. */
static float pool_one(const struct pool_work *work, const float *x_plane, const int64_t o[3], int64_t *index)
{
    const struct window *window = &work->window;
    int64_t begin[3], end[3], start[3], divisor = 1;
    for (int axis = 0; axis < 3; axis++) {
        start[axis] = o[axis] * window->stride[axis] - window->pad_begin[axis];
        find_taps(window, axis, o[axis], 0, work->in[axis], &begin[axis], &end[axis]);
        int64_t first = begin[axis], last = end[axis];
        if (work->count_padding)
            find_taps(window, axis, o[axis], -window->pad_begin[axis], work->in[axis] + window->pad_end[axis],
                      &first, &last);
        divisor *= last - first;
    }
    float most = -INFINITY, sum = 0;
    const float *at = x_plane;
    for (int64_t kz = begin[0]; kz < end[0]; kz++)
        for (int64_t ky = begin[1]; ky < end[1]; ky++) {
            int64_t iz = start[0] + kz * window->dilation[0], iy = start[1] + ky * window->dilation[1];
            const float *x_row = x_plane + (iz * work->in[1] + iy) * work->in[2];
            for (int64_t kx = begin[2]; kx < end[2]; kx++) {
                float x = x_row[start[2] + kx * window->dilation[2]];
                if (x > most) at = x_row + start[2] + kx * window->dilation[2];
                most = x > most ? x : most;
                sum += x;
            }
        }
    *index = at - x_plane;
    return work->average ? sum / (float)divisor : most;
}

/* A row of work is one row of one output plane. */
static void pool_rows(void *context, int64_t row_begin, int64_t row_end)
{
    const struct pool_work *work = context;
    int64_t out_rows = work->out[0] * work->out[1], in_plane = work->in[0] * work->in[1] * work->in[2];
    for (int64_t row = row_begin; row < row_end; row++) {
        int64_t o[3] = {row % out_rows / work->out[1], row % work->out[1], 0};
        int64_t plane = row / out_rows * in_plane, index;
        for (; o[2] < work->out[2]; o[2]++) {
            work->y[row * work->out[2] + o[2]] = pool_one(work, work->x + plane, o, &index);
            if (work->indices) work->indices[row * work->out[2] + o[2]] = plane + index;
        }
    }
}

static fringe_status run_pool(struct pool_work *work, const struct window *window, const struct tensor *x,
                              struct tensor *y, const fringe_run *run, fringe_error *error)
{
    if (tensor_count(y) == 0) return FRINGE_OK;
    work->x = x->data;
    work->y = y->data;
    int missing = 3 - window->spatial;
    int64_t cost = 1;
    for (int axis = 0; axis < 3; axis++) {
        int from = axis - missing;
        work->in[axis] = from < 0 ? 1 : x->dims[2 + from];
        work->out[axis] = from < 0 ? 1 : y->dims[2 + from];
        work->window.kernel[axis] = from < 0 ? 1 : window->kernel[from];
        work->window.stride[axis] = from < 0 ? 1 : window->stride[from];
        work->window.dilation[axis] = from < 0 ? 1 : window->dilation[from];
        work->window.pad_begin[axis] = from < 0 ? 0 : window->pad_begin[from];
        work->window.pad_end[axis] = from < 0 ? 0 : window->pad_end[from];
        int64_t taps =
            work->window.kernel[axis] < work->in[axis] ? work->window.kernel[axis] : work->in[axis];
        cost *= taps;
    }
    return dense_rows(tensor_count(y) / work->out[2], work->out[2] * cost, pool_rows, work, run, error);
}

fringe_status dense_max_pool(const struct window *window, const struct tensor *x, struct tensor *y,
                             struct tensor *indices, const fringe_run *run, fringe_error *error)
{
    struct pool_work work = {.indices = indices ? indices->data : NULL};
    return run_pool(&work, window, x, y, run, error);
}

fringe_status dense_average_pool(const struct window *window, int count_padding, const struct tensor *x,
                                 struct tensor *y, const fringe_run *run, fringe_error *error)
{
    struct pool_work work = {.average = 1, .count_padding = count_padding};
    return run_pool(&work, window, x, y, run, error);
}

fringe_status dense_max_unpool(const struct tensor *x, const struct tensor *indices, struct tensor *y,
                               const fringe_run *run, fringe_error *error)
{
    const float *from = x->data;
    const int64_t *at = indices->data;
    float *to = y->data;
    int64_t count = tensor_count(x), places = tensor_count(y);
    memset(to, 0, tensor_bytes(y));
    for (int64_t i = 0; i < count; i++) {
        if (at[i] < 0 || at[i] >= places)
            return failure_set(error, FRINGE_MODEL, "MaxUnpool: index %lld is not in 0 to %lld",
                               (long long)at[i], (long long)(places - 1));
        to[at[i]] = from[i];
    }
    return run_state_check(run, error);
}
