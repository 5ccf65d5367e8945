#include <string.h>

#include "nn/operator_families.h"
#include "nn/operator_params.h"
#include "nn/operator_window.h"
#include "tensor/dense_pool.h"
#include "tensor/dense_reduce.h"

static fringe_status check_input(const struct operator_call *call, fringe_error *error)
{
    struct pool_params *params = call->params;
    fringe_status status = operator_arity(call, 1, 1, 1, error);
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
    if (!status) status = operator_int(call, "storage_order", 0, &order, error); /* of the indices only */
    if (!status) status = operator_int(call, "count_include_pad", 0, &include, error);
    if (status) return status;
    const struct tensor *x = call->inputs[0];
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
    return operator_output(call, 0, TENSOR_FLOAT32, x->rank, dims, error);
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
        return dense_max_pool(&params->window, call->inputs[0], call->outputs[0], call->run, error);
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
