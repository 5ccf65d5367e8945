#include "tensor/dense_reduce.h"

#include <math.h>

#include "tensor/dense_pick.h"
#include "tensor/dense_rows.h"

struct reduce_work {
    enum dense_reduction kind;
    enum tensor_type type;
    const void *x;
    void *y;
    /* Axes that stay and axes that go, each from slow to fast, with their strides in x. */
    int kept_rank, gone_rank;
    int64_t kept[TENSOR_MOST_DIMS], kept_strides[TENSOR_MOST_DIMS];
    int64_t gone[TENSOR_MOST_DIMS], gone_strides[TENSOR_MOST_DIMS];
    int64_t gone_count;
};

static int64_t place_of(int64_t index, int rank, const int64_t *dims, const int64_t *strides)
{
    int64_t place = 0;
    for (int axis = rank - 1; axis >= 0; axis--) {
        place += index % dims[axis] * strides[axis];
        index /= dims[axis];
    }
    return place;
}

static double start_value(enum dense_reduction kind)
{
    return kind == DENSE_PROD                               ? 1
           : kind == DENSE_MAX || kind == DENSE_LOG_SUM_EXP ? -INFINITY
           : kind == DENSE_MIN                              ? INFINITY
                                                            : 0;
}

static double add_value(enum dense_reduction kind, double so_far, double x)
{
    switch (kind) {
    case DENSE_PROD:
        return so_far * x;
    case DENSE_MAX:
    case DENSE_LOG_SUM_EXP:
        return x > so_far || isnan(x) ? x : so_far;
    case DENSE_MIN:
        return x < so_far || isnan(x) ? x : so_far;
    case DENSE_L1:
        return so_far + fabs(x);
    case DENSE_L2:
    case DENSE_SUM_SQUARE:
        return so_far + x * x;
    case DENSE_SUM:
    case DENSE_MEAN:
    case DENSE_LOG_SUM:
        break;
    }
    return so_far + x;
}

/* All values that go into one value of y. Along the fastest of the axes they are reached by a fixed step. */
#define OVER_GONE(work, base, statement)                                                                     \
    do {                                                                                                     \
        int fast = (work)->gone_rank - 1;                                                                    \
        int64_t length = fast < 0 ? 1 : (work)->gone[fast],                                                  \
                step = fast < 0 ? 0 : (work)->gone_strides[fast];                                            \
        for (int64_t done = 0; done < (work)->gone_count; done += length) {                                  \
            int64_t at = (base) + place_of(done, (work)->gone_rank, (work)->gone, (work)->gone_strides);     \
            for (int64_t i = 0; i < length; i++, at += step) statement;                                      \
        }                                                                                                    \
    } while (0)

static float reduce_float(const struct reduce_work *work, int64_t base)
{
    const float *x = work->x;
    double value = start_value(work->kind);
    OVER_GONE(work, base, value = add_value(work->kind, value, (double)x[at]));
    switch (work->kind) {
    case DENSE_MEAN:
        return (float)(value / (double)work->gone_count);
    case DENSE_L2:
        return (float)sqrt(value);
    case DENSE_LOG_SUM:
        return (float)log(value);
    case DENSE_LOG_SUM_EXP: {
        if (isinf(value)) return (float)value;
        double sum = 0; /* value is the maximum, taken out so that nothing overflows */
        OVER_GONE(work, base, sum += exp((double)x[at] - value));
        return (float)(value + log(sum));
    }
    default:
        return (float)value;
    }
}

/* Unsigned, so that overflow wraps and is defined. */
static int64_t reduce_whole(const struct reduce_work *work, int64_t base)
{
    enum dense_reduction kind = work->kind;
    int narrow = work->type == TENSOR_INT32;
    int64_t least = narrow ? INT32_MIN : INT64_MIN, most = narrow ? INT32_MAX : INT64_MAX;
    uint64_t value = kind == DENSE_PROD  ? 1
                     : kind == DENSE_MAX ? (uint64_t)least
                     : kind == DENSE_MIN ? (uint64_t)most
                                         : 0;
    OVER_GONE(work, base, {
        int64_t x = narrow ? ((const int32_t *)work->x)[at] : ((const int64_t *)work->x)[at];
        uint64_t u = (uint64_t)x;
        if (kind == DENSE_PROD)
            value *= u;
        else if (kind == DENSE_MAX)
            value = x > (int64_t)value ? u : value;
        else if (kind == DENSE_MIN)
            value = x < (int64_t)value ? u : value;
        else if (kind == DENSE_L1)
            value += x < 0 ? -u : u;
        else if (kind == DENSE_SUM_SQUARE || kind == DENSE_L2)
            value += u * u;
        else
            value += u;
    });
    if (kind == DENSE_MEAN) return work->gone_count ? (int64_t)value / work->gone_count : 0;
    if (kind == DENSE_L2) return (int64_t)sqrt((double)value);
    if (kind == DENSE_LOG_SUM) return (int64_t)log((double)(int64_t)value);
    return (int64_t)value;
}

static void reduce_rows(void *context, int64_t begin, int64_t end)
{
    const struct reduce_work *work = context;
    for (int64_t row = begin; row < end; row++) {
        int64_t base = place_of(row, work->kept_rank, work->kept, work->kept_strides);
        if (work->type == TENSOR_FLOAT32)
            ((float *)work->y)[row] = reduce_float(work, base);
        else if (work->type == TENSOR_INT64)
            ((int64_t *)work->y)[row] = reduce_whole(work, base);
        else
            ((int32_t *)work->y)[row] = (int32_t)reduce_whole(work, base);
    }
}

fringe_status dense_reduce(enum dense_reduction kind, const struct tensor *x, unsigned axes, struct tensor *y,
                           const fringe_run *run, fringe_error *error)
{
    int64_t strides[TENSOR_MOST_DIMS];
    struct reduce_work work = {.kind = kind, .type = x->type, .x = x->data, .y = y->data, .gone_count = 1};
    dense_strides(x, strides);
    for (int axis = 0; axis < x->rank; axis++) {
        if (axes >> axis & 1) {
            work.gone[work.gone_rank] = x->dims[axis];
            work.gone_strides[work.gone_rank++] = strides[axis];
            work.gone_count *= x->dims[axis];
        } else {
            work.kept[work.kept_rank] = x->dims[axis];
            work.kept_strides[work.kept_rank++] = strides[axis];
        }
    }
    return dense_rows(tensor_count(y), work.gone_count, reduce_rows, &work, run, error);
}

struct arg_work {
    const struct tensor *x;
    int64_t *y;
    int64_t length, inner;
    int smallest, last;
};

/* 1 where a is beaten by b; NaN beats everything, as in NumPy. */
static int is_better(const struct arg_work *work, double a, double b)
{
    if (isnan(a) || isnan(b)) return isnan(b) && (work->last || !isnan(a));
    if (a == b) return work->last;
    return work->smallest ? b < a : b > a;
}

static double value_at(const struct tensor *x, int64_t at)
{
    if (x->type == TENSOR_FLOAT32) return (double)((const float *)x->data)[at];
    if (x->type == TENSOR_INT64) return (double)((const int64_t *)x->data)[at];
    return (double)((const int32_t *)x->data)[at];
}

static void arg_rows(void *context, int64_t begin, int64_t end)
{
    const struct arg_work *work = context;
    for (int64_t row = begin; row < end; row++) {
        int64_t base = row / work->inner * work->length * work->inner + row % work->inner, best = 0;
        double value = value_at(work->x, base);
        for (int64_t i = 1; i < work->length; i++) {
            double other = value_at(work->x, base + i * work->inner);
            if (!is_better(work, value, other)) continue;
            value = other;
            best = i;
        }
        work->y[row] = best;
    }
}

fringe_status dense_arg(const struct tensor *x, int axis, int smallest, int last, struct tensor *y,
                        const fringe_run *run, fringe_error *error)
{
    struct arg_work work = {x, y->data, x->dims[axis], tensor_span(x, axis + 1, x->rank), smallest, last};
    return dense_rows(tensor_count(y), work.length, arg_rows, &work, run, error);
}
