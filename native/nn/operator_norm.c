#include "base/alloc.h"
#include "base/failure.h"
#include "nn/operator_families.h"
#include "nn/operator_params.h"
#include "tensor/dense_norm.h"

/* Input `index` as `count` floats. */
static fringe_status check_vector(const struct operator_call *call, size_t index, int64_t count,
                                  fringe_error *error)
{
    const struct tensor *t = call->inputs[index];
    char text[TENSOR_SHAPE_BYTES];
    fringe_status status = operator_typed(call, index, TENSOR_FLOAT32, error);
    if (!status && (t->rank != 1 || t->dims[0] != count))
        status = operator_wrong(call, error, "input %zu is %s instead of (%lld)", index,
                                tensor_shape_text(t, text), (long long)count);
    return status;
}

static fringe_status check_image(const struct operator_call *call, int least_rank, fringe_error *error)
{
    const struct tensor *x = call->inputs[0];
    char text[TENSOR_SHAPE_BYTES];
    fringe_status status = operator_typed(call, 0, TENSOR_FLOAT32, error);
    if (!status && x->rank < least_rank)
        status = operator_wrong(call, error, "the input %s has rank %d, less than %d",
                                tensor_shape_text(x, text), x->rank, least_rank);
    return status;
}

fringe_status operator_batch_norm_infer(struct operator_call *call, fringe_error *error)
{
    struct batch_norm_params *params = call->params;
    int64_t training = 0, spatial = 1;
    /* The further outputs are statistics of training; before opset 14 their presence is the training mode. */
    fringe_status status = operator_arity(call, 5, 5, 1, error);
    if (!status) status = check_image(call, 2, error);
    if (!status) status = operator_float(call, "epsilon", 1e-5f, &params->epsilon, error);
    if (!status) status = operator_int(call, "training_mode", 0, &training, error);
    if (!status && call->opset < 9) status = operator_int(call, "spatial", 1, &spatial, error);
    if (!status && (training || !spatial))
        status = operator_lacks(call, error, "training_mode %lld, spatial %lld: only 0 and 1 are supported",
                                (long long)training, (long long)spatial);
    for (size_t i = 1; i < 5 && !status; i++) status = check_vector(call, i, call->inputs[0]->dims[1], error);
    if (status) return status;
    return operator_output(call, 0, TENSOR_FLOAT32, call->inputs[0]->rank, call->inputs[0]->dims, error);
}

fringe_status operator_batch_norm_evaluate(const struct operator_call *call, fringe_error *error)
{
    const struct batch_norm_params *params = call->params;
    int64_t channels = call->inputs[0]->dims[1];
    float *factor = alloc_array((size_t)channels, 2 * sizeof *factor);
    if (!factor)
        return failure_memory(error, "batch norm", (unsigned long long)channels * 2 * sizeof *factor);
    float *shift = factor + channels;
    dense_batch_norm_factors(channels, call->inputs[1]->data, call->inputs[2]->data, call->inputs[3]->data,
                             call->inputs[4]->data, params->epsilon, factor, shift);
    fringe_status status =
        dense_scale_shift(call->inputs[0], factor, shift, call->outputs[0], call->run, error);
    alloc_free(factor);
    return status;
}

/* InstanceNormalization and GroupNormalization. */
fringe_status operator_group_norm_infer(struct operator_call *call, fringe_error *error)
{
    struct group_norm_params *params = call->params;
    int instance = call->node->op_type[0] == 'I';
    fringe_status status = operator_arity(call, 3, 3, 1, error);
    if (!status) status = check_image(call, instance ? 3 : 2, error);
    if (!status) status = operator_float(call, "epsilon", 1e-5f, &params->epsilon, error);
    if (status) return status;
    const struct tensor *x = call->inputs[0];
    params->groups = x->dims[1];
    if (!instance) status = operator_int(call, "num_groups", 0, &params->groups, error);
    if (status) return status;
    if (!instance && (params->groups < 1 || x->dims[1] % params->groups))
        return operator_wrong(call, error, "%lld groups do not divide %lld channels",
                              (long long)params->groups, (long long)x->dims[1]);
    params->per_group = !instance && call->opset < 21;
    for (size_t i = 1; i < 3 && !status; i++)
        status = check_vector(call, i, params->per_group ? params->groups : x->dims[1], error);
    if (status) return status;
    return operator_output(call, 0, TENSOR_FLOAT32, x->rank, x->dims, error);
}

fringe_status operator_group_norm_evaluate(const struct operator_call *call, fringe_error *error)
{
    const struct group_norm_params *params = call->params;
    const struct tensor *x = call->inputs[0];
    if (tensor_count(x) == 0) return FRINGE_OK;
    int64_t plane = tensor_span(x, 2, x->rank), width = x->dims[1] / params->groups * plane;
    struct dense_row_norm norm = {.width = width,
                                  .divide = params->per_group ? width : plane,
                                  .period = params->per_group ? params->groups : x->dims[1],
                                  .epsilon = params->epsilon,
                                  .scale = call->inputs[1]->data,
                                  .bias = call->inputs[2]->data};
    return dense_row_norm(&norm, x, call->outputs[0], call->run, error);
}

fringe_status operator_layer_norm_infer(struct operator_call *call, fringe_error *error)
{
    struct layer_norm_params *params = call->params;
    int64_t axis = -1;
    fringe_status status = operator_arity(call, 2, 3, 3, error); /* mean and 1 / deviation come out too */
    if (!status) status = check_image(call, 1, error);
    if (!status) status = operator_int(call, "axis", -1, &axis, error);
    if (!status) status = operator_axis(call, axis, call->inputs[0]->rank, &params->axis, error);
    if (!status) status = operator_float(call, "epsilon", 1e-5f, &params->epsilon, error);
    if (status) return status;
    const struct tensor *x = call->inputs[0];
    int64_t count = tensor_span(x, params->axis, x->rank);
    for (size_t i = 1; i < 3 && !status; i++) {
        const struct tensor *t = operator_input(call, i);
        if (!t) continue;
        char text[TENSOR_SHAPE_BYTES];
        status = operator_typed(call, i, TENSOR_FLOAT32, error);
        if (!status && tensor_count(t) != count)
            status = operator_lacks(call, error, "input %zu is %s for %lld normalised values", i,
                                    tensor_shape_text(t, text), (long long)count);
    }
    int64_t dims[TENSOR_MOST_DIMS];
    for (int k = 0; k < x->rank; k++) dims[k] = k < params->axis ? x->dims[k] : 1;
    if (!status) status = operator_output(call, 0, TENSOR_FLOAT32, x->rank, x->dims, error);
    if (!status) status = operator_output(call, 1, TENSOR_FLOAT32, x->rank, dims, error);
    return status ? status : operator_output(call, 2, TENSOR_FLOAT32, x->rank, dims, error);
}

static float *data_of(const struct operator_call *call, size_t output)
{
    return output < call->output_count && call->outputs[output] ? call->outputs[output]->data : NULL;
}

fringe_status operator_layer_norm_evaluate(const struct operator_call *call, fringe_error *error)
{
    const struct layer_norm_params *params = call->params;
    const struct tensor *x = call->inputs[0], *bias = operator_input(call, 2);
    int64_t width = tensor_span(x, params->axis, x->rank);
    struct dense_row_norm norm = {.width = width,
                                  .divide = 1,
                                  .period = width,
                                  .epsilon = params->epsilon,
                                  .scale = call->inputs[1]->data,
                                  .bias = bias ? bias->data : NULL,
                                  .mean = data_of(call, 1),
                                  .inverse = data_of(call, 2)};
    struct tensor unwanted = *x; /* where statistics alone are asked for */
    if (call->outputs[0]) return dense_row_norm(&norm, x, call->outputs[0], call->run, error);
    unwanted.owned = 0;
    fringe_status status = tensor_allocate(&unwanted, error);
    if (!status) status = dense_row_norm(&norm, x, &unwanted, call->run, error);
    tensor_clear(&unwanted);
    return status;
}
