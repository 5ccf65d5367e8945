#include <string.h>

#include "nn/operator_families.h"
#include "nn/operator_params.h"
#include "tensor/dense_reduce.h"
#include "tensor/dense_rows.h"
#include "tensor/softmax.h"

/* ---- Reduce... ---- */

static const struct {
    const char *name;
    enum reduce_kind kind;
    enum dense_reduction reduction;
    short axes_input; /* the opset from which axes are an input */
} rows[] = {
    {"ReduceL1", REDUCE_L1, DENSE_L1, 18},
    {"ReduceL2", REDUCE_L2, DENSE_L2, 18},
    {"ReduceLogSum", REDUCE_LOG_SUM, DENSE_LOG_SUM, 18},
    {"ReduceLogSumExp", REDUCE_LOG_SUM_EXP, DENSE_LOG_SUM_EXP, 18},
    {"ReduceMax", REDUCE_MAX, DENSE_MAX, 18},
    {"ReduceMean", REDUCE_MEAN, DENSE_MEAN, 18},
    {"ReduceMin", REDUCE_MIN, DENSE_MIN, 18},
    {"ReduceProd", REDUCE_PROD, DENSE_PROD, 18},
    {"ReduceSum", REDUCE_SUM, DENSE_SUM, 13},
    {"ReduceSumSquare", REDUCE_SUM_SQUARE, DENSE_SUM_SQUARE, 18},
};

fringe_status operator_reduce_infer(struct operator_call *call, fringe_error *error)
{
    struct reduce_params *params = call->params;
    size_t row = 0, count;
    while (strcmp(rows[row].name, call->node->op_type) != 0) row++; /* the table of operators has the same */
    int by_input = call->opset >= rows[row].axes_input;
    int64_t keep = 1, no_change = 0, axes[TENSOR_MOST_DIMS], dims[TENSOR_MOST_DIMS];
    params->kind = rows[row].kind;
    fringe_status status = operator_arity(call, 1, by_input ? 2 : 1, 1, error);
    if (!status) status = operator_int(call, "keepdims", 1, &keep, error);
    if (!status && by_input) status = operator_int(call, "noop_with_empty_axes", 0, &no_change, error);
    if (!status)
        status = operator_whole_numbers_from(call, "axes", by_input ? 1 : SIZE_MAX, TENSOR_MOST_DIMS, axes,
                                             &count, error);
    if (status) return status;
    const struct tensor *x = call->inputs[0];
    if (x->type == TENSOR_BOOL) return operator_typed(call, 0, TENSOR_FLOAT32, error);
    params->keepdims = keep != 0;
    if (count == SIZE_MAX) count = 0;
    for (size_t i = 0; i < count; i++) {
        int axis;
        status = operator_axis(call, axes[i], x->rank, &axis, error);
        if (status) return status;
        params->axes |= 1u << axis;
    }
    if (count == 0 && !no_change) params->axes = (1u << x->rank) - 1;
    int rank = 0;
    for (int axis = 0; axis < x->rank; axis++) {
        if (!(params->axes >> axis & 1))
            dims[rank++] = x->dims[axis];
        else if (keep)
            dims[rank++] = 1;
    }
    return operator_output(call, 0, x->type, rank, dims, error);
}

fringe_status operator_reduce_evaluate(const struct operator_call *call, fringe_error *error)
{
    const struct reduce_params *params = call->params;
    size_t row = 0;
    while (rows[row].kind != params->kind) row++;
    return dense_reduce(rows[row].reduction, call->inputs[0], params->axes, call->outputs[0], call->run,
                        error);
}

/* ---- ArgMax, ArgMin ---- */

fringe_status operator_arg_infer(struct operator_call *call, fringe_error *error)
{
    struct arg_params *params = call->params;
    int64_t axis = 0, keep = 1, last = 0, dims[TENSOR_MOST_DIMS];
    fringe_status status = operator_arity(call, 1, 1, 1, error);
    if (!status) status = operator_int(call, "axis", 0, &axis, error);
    if (!status) status = operator_int(call, "keepdims", 1, &keep, error);
    if (!status) status = operator_int(call, "select_last_index", 0, &last, error);
    if (!status) status = operator_axis(call, axis, call->inputs[0]->rank, &params->axis, error);
    if (status) return status;
    const struct tensor *x = call->inputs[0];
    if (x->type == TENSOR_BOOL) return operator_typed(call, 0, TENSOR_FLOAT32, error);
    if (x->dims[params->axis] == 0) return operator_wrong(call, error, "axis %d has no values", params->axis);
    params->keepdims = keep != 0;
    params->last = last != 0;
    params->smallest = !strcmp(call->node->op_type, "ArgMin");
    int rank = 0;
    for (int k = 0; k < x->rank; k++)
        if (k != params->axis || params->keepdims) dims[rank++] = k == params->axis ? 1 : x->dims[k];
    return operator_output(call, 0, TENSOR_INT64, rank, dims, error);
}

fringe_status operator_arg_evaluate(const struct operator_call *call, fringe_error *error)
{
    const struct arg_params *params = call->params;
    return dense_arg(call->inputs[0], params->axis, params->smallest, params->last, call->outputs[0],
                     call->run, error);
}

/* ---- Softmax, LogSoftmax ---- */

fringe_status operator_softmax_infer(struct operator_call *call, fringe_error *error)
{
    struct softmax_params *params = call->params;
    int64_t axis = 0;
    fringe_status status = operator_arity(call, 1, 1, 1, error);
    if (!status) status = operator_typed(call, 0, TENSOR_FLOAT32, error);
    if (!status) status = operator_int(call, "axis", call->opset >= 13 ? -1 : 1, &axis, error);
    if (status) return status;
    const struct tensor *x = call->inputs[0];
    if (call->opset < 13 && axis == x->rank) { /* flattened to rows of one value each */
        params->axis = x->rank;
    } else {
        status = operator_axis(call, axis, x->rank, &params->axis, error);
        if (status) return status;
    }
    params->end = call->opset >= 13 ? params->axis + 1 : x->rank;
    params->logarithm = call->node->op_type[0] == 'L';
    return operator_output(call, 0, TENSOR_FLOAT32, x->rank, x->dims, error);
}

struct softmax_work {
    const float *x;
    float *y;
    size_t channels, inner;
    int logarithm;
};

/* A row of work is one position of the axes before `axis` (and of those behind, if there are any): a run of
 * `inner` pixels whose channels lie `inner` apart, or, where nothing comes behind, one pixel of its own. */
static void softmax_planes(void *context, int64_t begin, int64_t end)
{
    const struct softmax_work *work = context;
    size_t size = work->channels * work->inner, first = (size_t)begin * size, count = (size_t)(end - begin);
    if (work->inner == 1) {
        struct softmax_steps steps = {.channel_step = 1, .pixel_step = work->channels};
        softmax_rows(work->channels, count, work->x + first, steps, work->y + first, steps, work->logarithm);
        return;
    }
    struct softmax_steps steps = {.channel_step = work->inner, .pixel_step = 1};
    for (size_t i = 0; i < count; i++, first += size)
        softmax_rows(work->channels, work->inner, work->x + first, steps, work->y + first, steps,
                     work->logarithm);
}

fringe_status operator_softmax_evaluate(const struct operator_call *call, fringe_error *error)
{
    const struct softmax_params *params = call->params;
    const struct tensor *x = call->inputs[0];
    if (tensor_count(x) == 0) return FRINGE_OK;
    struct softmax_work work = {x->data, call->outputs[0]->data,
                                (size_t)tensor_span(x, params->axis, params->end),
                                (size_t)tensor_span(x, params->end, x->rank), params->logarithm};
    return dense_rows(tensor_span(x, 0, params->axis), (int64_t)(4 * work.channels * work.inner),
                      softmax_planes, &work, call->run, error);
}
