#include "nn/operator_families.h"
#include "nn/operator_params.h"
#include "nn/operator_window.h"
#include "tensor/dense_conv.h"

/* What both have in common: x (N, C, spatial...), weights of the same rank, bias of one value per output
 * channel. */
static fringe_status read_conv(const struct operator_call *call, enum window_padding *padding,
                               fringe_error *error)
{
    struct conv_params *params = call->params;
    fringe_status status = operator_arity(call, 2, 3, 1, error);
    for (size_t i = 0; i < 3 && !status; i++)
        if (operator_input(call, i)) status = operator_typed(call, i, TENSOR_FLOAT32, error);
    if (status) return status;
    const struct tensor *x = call->inputs[0], *weights = call->inputs[1];
    char x_text[TENSOR_SHAPE_BYTES], w_text[TENSOR_SHAPE_BYTES];
    if (x->rank < 3 || x->rank > 5)
        return operator_lacks(call, error, "the input %s has rank %d; 3 to 5 are supported",
                              tensor_shape_text(x, x_text), x->rank);
    if (weights->rank != x->rank || tensor_count(weights) == 0)
        return operator_wrong(call, error, "weights %s do not fit the input %s",
                              tensor_shape_text(weights, w_text), tensor_shape_text(x, x_text));
    params->window.spatial = x->rank - 2;
    for (int axis = 0; axis < params->window.spatial; axis++)
        params->window.kernel[axis] = weights->dims[2 + axis];
    status = operator_window_read(call, &params->window, padding, error);
    if (!status) status = operator_int(call, "group", 1, &params->groups, error);
    if (status) return status;
    for (int axis = 0; axis < params->window.spatial; axis++)
        if (params->window.kernel[axis] != weights->dims[2 + axis])
            return operator_wrong(call, error, "kernel_shape says %lld, the weights are %s",
                                  (long long)params->window.kernel[axis], tensor_shape_text(weights, w_text));
    if (params->groups < 1 || x->dims[1] % params->groups || weights->dims[0] % params->groups)
        return operator_wrong(call, error, "%lld groups do not divide input %s and weights %s",
                              (long long)params->groups, tensor_shape_text(x, x_text),
                              tensor_shape_text(weights, w_text));
    return FRINGE_OK;
}

static fringe_status check_bias(const struct operator_call *call, int64_t channels, fringe_error *error)
{
    const struct tensor *bias = operator_input(call, 2);
    char text[TENSOR_SHAPE_BYTES];
    if (!bias || (bias->rank == 1 && bias->dims[0] == channels)) return FRINGE_OK;
    return operator_wrong(call, error, "the bias is %s for %lld output channels",
                          tensor_shape_text(bias, text), (long long)channels);
}

fringe_status operator_conv_infer(struct operator_call *call, fringe_error *error)
{
    struct conv_params *params = call->params;
    enum window_padding padding;
    fringe_status status = read_conv(call, &padding, error);
    if (status) return status;
    const struct tensor *x = call->inputs[0], *weights = call->inputs[1];
    char x_text[TENSOR_SHAPE_BYTES], w_text[TENSOR_SHAPE_BYTES];
    if (x->dims[1] != weights->dims[1] * params->groups)
        return operator_wrong(call, error, "input %s and weights %s with %lld groups disagree in channels",
                              tensor_shape_text(x, x_text), tensor_shape_text(weights, w_text),
                              (long long)params->groups);
    int64_t dims[5] = {x->dims[0], weights->dims[0]};
    status = check_bias(call, dims[1], error);
    for (int axis = 0; axis < params->window.spatial && !status; axis++)
        status = operator_window_length(call, &params->window, axis, padding, 0, x->dims[2 + axis],
                                        &dims[2 + axis], error);
    if (status) return status;
    return operator_output(call, 0, TENSOR_FLOAT32, x->rank, dims, error);
}

fringe_status operator_conv_evaluate(const struct operator_call *call, fringe_error *error)
{
    const struct conv_params *params = call->params;
    return dense_conv(&params->window, params->groups, call->inputs[0], call->inputs[1],
                      operator_input(call, 2), call->outputs[0], call->run, error);
}

/* Without padding the transposed convolution makes (in - 1) * stride + extent pixels; pads cut some off at
 * both ends, output_padding gives some back at the end, output_shape says how many shall be left. */
static fringe_status transposed_length(const struct operator_call *call, int axis,
                                       enum window_padding padding, const int64_t *output_padding,
                                       const int64_t *output_shape, int64_t in, int64_t *out,
                                       fringe_error *error)
{
    struct window *window = &((struct conv_params *)call->params)->window;
    int64_t extra = output_padding ? output_padding[axis] : 0;
    int64_t full = (in - 1) * window->stride[axis] + operator_window_extent(window, axis);
    if (extra < 0 || extra >= (1 << 24))
        return operator_wrong(call, error, "output_padding %lld is not in 0 to 2^24", (long long)extra);
    if (output_shape || padding != WINDOW_PADS) {
        *out = output_shape ? output_shape[axis] : in * window->stride[axis];
        int64_t total = full + extra - *out;
        operator_window_share(window, axis, padding == WINDOW_SAME_UPPER ? padding : WINDOW_SAME_LOWER,
                              total > 0 ? total : 0);
        window->pad_end[axis] = full - *out - window->pad_begin[axis];
    } else {
        window->pad_end[axis] -= extra;
        *out = full - window->pad_begin[axis] - window->pad_end[axis];
    }
    if (*out < 1)
        return operator_wrong(call, error, "%lld pixels are left of %lld on axis %d", (long long)*out,
                              (long long)full, 2 + axis);
    return FRINGE_OK;
}

fringe_status operator_conv_transpose_infer(struct operator_call *call, fringe_error *error)
{
    struct conv_params *params = call->params;
    enum window_padding padding;
    const int64_t *output_padding, *output_shape;
    size_t padding_count, shape_count;
    fringe_status status = read_conv(call, &padding, error);
    if (!status) status = operator_ints(call, "output_padding", &output_padding, &padding_count, error);
    if (!status) status = operator_ints(call, "output_shape", &output_shape, &shape_count, error);
    if (status) return status;
    const struct tensor *x = call->inputs[0], *weights = call->inputs[1];
    size_t spatial = (size_t)params->window.spatial;
    char x_text[TENSOR_SHAPE_BYTES], w_text[TENSOR_SHAPE_BYTES];
    if ((output_padding && padding_count != spatial) || (output_shape && shape_count < spatial))
        return operator_wrong(call, error, "output_padding has %zu values and output_shape %zu, for %zu axes",
                              padding_count, shape_count, spatial);
    if (output_shape) output_shape += shape_count - spatial; /* N and C may stand in front */
    if (x->dims[1] != weights->dims[0])
        return operator_wrong(call, error, "input %s and weights %s disagree in channels",
                              tensor_shape_text(x, x_text), tensor_shape_text(weights, w_text));
    int64_t dims[5] = {x->dims[0], weights->dims[1] * params->groups};
    status = check_bias(call, dims[1], error);
    for (int axis = 0; axis < params->window.spatial && !status; axis++)
        status = transposed_length(call, axis, padding, output_padding, output_shape, x->dims[2 + axis],
                                   &dims[2 + axis], error);
    if (status) return status;
    return operator_output(call, 0, TENSOR_FLOAT32, x->rank, dims, error);
}

fringe_status operator_conv_transpose_evaluate(const struct operator_call *call, fringe_error *error)
{
    const struct conv_params *params = call->params;
    return dense_conv_transpose(&params->window, params->groups, call->inputs[0], call->inputs[1],
                                operator_input(call, 2), call->outputs[0], call->run, error);
}
