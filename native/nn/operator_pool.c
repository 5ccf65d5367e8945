#include <string.h>

#include "nn/operator_families.h"
#include "nn/operator_params.h"
#include "nn/operator_window.h"
#include "tensor/dense_pool.h"
#include "tensor/dense_reduce.h"

static fringe_status check_input(const struct operator_call *call, fringe_error *error)
{
    struct pool_params *params = call->params;
    int indexed = strcmp(call->node->op_type, "MaxPool") == 0;
    fringe_status status = operator_arity(call, 1, 1, indexed ? 2 : 1, error);
    if (!status) status = operator_typed(call, 0, TENSOR_FLOAT32, error);
    if (status) return status;
    const struct tensor *x = call->inputs[0];
    char text[TENSOR_SHAPE_BYTES];
    if (x->rank < 3 || x->rank > 5)
        return operator_lacks(call, error, "the input %s has rank %d; 3 to 5 are supported",
                              tensor_shape_text(x, text), x->rank);
    params->window.spatial = x->rank - 2;
    params->average = strstr(call->node->op_type, "Average") != NULL;
    return FRINGE_OK;
}

fringe_status operator_pool_infer(struct operator_call *call, fringe_error *error)
{
    struct pool_params *params = call->params;
    enum window_padding padding;
    int64_t ceil = 0, order = 0, include = 0;
    fringe_status status = check_input(call, error);
    if (!status) status = operator_window_read(call, &params->window, &padding, error);
    if (!status) status = operator_int(call, "ceil_mode", 0, &ceil, error);
    if (!status) status = operator_int(call, "storage_order", 0, &order, error);
    if (!status) status = operator_int(call, "count_include_pad", 0, &include, error);
    if (status) return status;
    const struct tensor *x = call->inputs[0];
    int indexed = call->output_count > 1 && call->outputs[1];
    if (indexed && order != 0)
        return operator_lacks(call, error, "indices in column-major order (storage_order %lld)",
                              (long long)order);
    params->count_include_pad = include != 0;
    int64_t dims[5] = {x->dims[0], x->dims[1]};
    for (int axis = 0; axis < params->window.spatial; axis++) {
        if (params->window.kernel[axis] == 0) return operator_wrong(call, error, "kernel_shape is missing");
        status = operator_window_length(call, &params->window, axis, padding, ceil != 0, x->dims[2 + axis],
                                        &dims[2 + axis], error);
        if (status) return status;
        int64_t extent = operator_window_extent(&params->window, axis);
        if (params->window.pad_begin[axis] >= extent || params->window.pad_end[axis] >= extent)
            return operator_wrong(call, error, "pads %lld and %lld on an axis where the window covers %lld",
                                  (long long)params->window.pad_begin[axis],
                                  (long long)params->window.pad_end[axis], (long long)extent);
    }
    status = operator_output(call, 0, TENSOR_FLOAT32, x->rank, dims, error);
    if (!status && indexed) status = operator_output(call, 1, TENSOR_INT64, x->rank, dims, error);
    return status;
}

/* A global pool is a pool whose window is the image. */
fringe_status operator_global_pool_infer(struct operator_call *call, fringe_error *error)
{
    struct pool_params *params = call->params;
    fringe_status status = check_input(call, error);
    if (status) return status;
    const struct tensor *x = call->inputs[0];
    int64_t dims[5] = {x->dims[0], x->dims[1], 1, 1, 1};
    for (int axis = 0; axis < params->window.spatial; axis++) {
        params->window.kernel[axis] = x->dims[2 + axis];
        params->window.stride[axis] = params->window.dilation[axis] = 1;
    }
    return operator_output(call, 0, TENSOR_FLOAT32, x->rank, dims, error);
}

fringe_status operator_pool_evaluate(const struct operator_call *call, fringe_error *error)
{
    const struct pool_params *params = call->params;
    if (!params->average)
        return dense_max_pool(&params->window, call->inputs[0], call->outputs[0],
                              call->output_count > 1 ? call->outputs[1] : NULL, call->run, error);
    return dense_average_pool(&params->window, params->count_include_pad, call->inputs[0], call->outputs[0],
                              call->run, error);
}

/* The mean of an image goes through the reduction, which sums in double precision. */
fringe_status operator_global_pool_evaluate(const struct operator_call *call, fringe_error *error)
{
    const struct pool_params *params = call->params;
    unsigned axes = 0;
    for (int axis = 2; axis < call->inputs[0]->rank; axis++) axes |= 1u << axis;
    return dense_reduce(params->average ? DENSE_MEAN : DENSE_MAX, call->inputs[0], axes, call->outputs[0],
                        call->run, error);
}

/* The size before the pool is not known to be more than its windows cover; an output_shape that says more is
 * refused, since ONNX and its runtimes disagree on what the indices then count. */
fringe_status operator_max_unpool_infer(struct operator_call *call, fringe_error *error)
{
    struct window window = {0};
    enum window_padding padding;
    fringe_status status = operator_arity(call, 2, 3, 1, error);
    if (!status) status = operator_typed(call, 0, TENSOR_FLOAT32, error);
    if (!status) status = operator_typed(call, 1, TENSOR_INT64, error);
    if (status) return status;
    const struct tensor *x = call->inputs[0];
    char text[TENSOR_SHAPE_BYTES], other[TENSOR_SHAPE_BYTES];
    if (!tensor_same_shape(x, call->inputs[1]))
        return operator_wrong(call, error, "values of shape %s have indices of shape %s",
                              tensor_shape_text(x, text), tensor_shape_text(call->inputs[1], other));
    if (x->rank < 3 || x->rank > 5)
        return operator_lacks(call, error, "the input %s has rank %d; 3 to 5 are supported",
                              tensor_shape_text(x, text), x->rank);
    window.spatial = x->rank - 2;
    status = operator_window_read(call, &window, &padding, error);
    int64_t dims[5] = {x->dims[0], x->dims[1]};
    for (int axis = 0; axis < window.spatial && !status; axis++) {
        if (window.kernel[axis] == 0) return operator_wrong(call, error, "kernel_shape is missing");
        int64_t pads = window.pad_begin[axis] + window.pad_end[axis];
        dims[2 + axis] = (x->dims[2 + axis] - 1) * window.stride[axis] + window.kernel[axis] - pads;
        if (dims[2 + axis] < 1)
            return operator_wrong(call, error, "pads of %lld leave nothing of an axis", (long long)pads);
    }
    if (!status && operator_input(call, 2)) {
        int64_t wanted[5];
        size_t count;
        status = operator_whole_numbers(call, 2, 5, wanted, &count, error);
        for (size_t i = 0; i < count && !status; i++)
            if (count != (size_t)x->rank || wanted[i] != dims[i])
                return operator_lacks(call, error, "an output_shape other than what the windows cover");
    }
    if (status) return status;
    return operator_output(call, 0, TENSOR_FLOAT32, x->rank, dims, error);
}

fringe_status operator_max_unpool_evaluate(const struct operator_call *call, fringe_error *error)
{
    return dense_max_unpool(call->inputs[0], call->inputs[1], call->outputs[0], call->run, error);
}
