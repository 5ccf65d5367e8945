/* Operators that ask for a shape or change it; the values stay what they are. */
#include <string.h>

#include "nn/operator_families.h"
#include "nn/operator_params.h"
#include "tensor/dense_broadcast.h"
#include "tensor/dense_pick.h"

/* ---- the shape as a value ---- */

/* The axes start .. end - 1 of opset 15; all before. */
static fringe_status shape_range(const struct operator_call *call, int *start, int *end, fringe_error *error)
{
    int64_t from = 0, to = INT64_MAX, rank = call->inputs[0]->rank;
    fringe_status status = operator_int(call, "start", 0, &from, error);
    if (!status) status = operator_int(call, "end", INT64_MAX, &to, error);
    if (from < 0) from += rank;
    if (to < 0) to += rank;
    from = from < 0 ? 0 : from > rank ? rank : from;
    to = to < from ? from : to > rank ? rank : to;
    *start = (int)from;
    *end = (int)to;
    return status;
}

fringe_status operator_shape_infer(struct operator_call *call, fringe_error *error)
{
    int start, end;
    fringe_status status = operator_arity(call, 1, 1, 1, error);
    if (!status) status = shape_range(call, &start, &end, error);
    if (status) return status;
    int64_t count = end - start;
    return operator_output(call, 0, TENSOR_INT64, 1, &count, error);
}

fringe_status operator_shape_evaluate(const struct operator_call *call, fringe_error *error)
{
    int start, end;
    fringe_status status = shape_range(call, &start, &end, error);
    int64_t *out = call->outputs[0]->data;
    for (int axis = start; axis < end && !status; axis++) out[axis - start] = call->inputs[0]->dims[axis];
    return status;
}

fringe_status operator_size_infer(struct operator_call *call, fringe_error *error)
{
    fringe_status status = operator_arity(call, 1, 1, 1, error);
    return status ? status : operator_output(call, 0, TENSOR_INT64, 0, NULL, error);
}

fringe_status operator_size_evaluate(const struct operator_call *call, fringe_error *error)
{
    (void)error;
    *(int64_t *)call->outputs[0]->data = tensor_count(call->inputs[0]);
    return FRINGE_OK;
}

/* ---- the same values under another shape ---- */

fringe_status operator_copy_evaluate(const struct operator_call *call, fringe_error *error)
{
    (void)error;
    size_t bytes = tensor_bytes(call->outputs[0]);
    if (bytes) memcpy(call->outputs[0]->data, call->inputs[0]->data, bytes);
    return FRINGE_OK;
}

static fringe_status reshaped(const struct operator_call *call, int rank, const int64_t *dims,
                              fringe_error *error)
{
    const struct tensor *x = call->inputs[0];
    struct tensor shape;
    char from[TENSOR_SHAPE_BYTES], to[TENSOR_SHAPE_BYTES];
    fringe_status status = tensor_set_shape(&shape, x->type, rank, dims, call->node->outputs[0], error);
    if (!status && tensor_count(&shape) != tensor_count(x))
        status = operator_wrong(call, error, "%s cannot take the shape %s", tensor_shape_text(x, from),
                                tensor_shape_text(&shape, to));
    return status ? status : operator_output(call, 0, x->type, rank, dims, error);
}

fringe_status operator_reshape_infer(struct operator_call *call, fringe_error *error)
{
    int64_t dims[TENSOR_MOST_DIMS], allow_zero = 0, product = 1;
    size_t rank;
    int free_axis = -1;
    fringe_status status = operator_arity(call, 2, 2, 1, error);
    if (!status) status = operator_whole_numbers(call, 1, TENSOR_MOST_DIMS, dims, &rank, error);
    if (!status) status = operator_int(call, "allowzero", 0, &allow_zero, error);
    if (status) return status;
    const struct tensor *x = call->inputs[0];
    char text[TENSOR_SHAPE_BYTES];
    for (int axis = 0; axis < (int)rank; axis++) {
        if (dims[axis] == 0 && !allow_zero) {
            if (axis >= x->rank)
                return operator_wrong(call, error, "axis %d is to be kept from %s", axis,
                                      tensor_shape_text(x, text));
            dims[axis] = x->dims[axis];
        }
        if (dims[axis] == -1 && free_axis < 0) {
            free_axis = axis;
        } else if (dims[axis] < 0 || (dims[axis] > 0 && product > INT64_MAX / dims[axis])) {
            return operator_wrong(call, error, "dimension %d becomes %lld", axis, (long long)dims[axis]);
        } else {
            product *= dims[axis];
        }
    }
    if (free_axis >= 0) dims[free_axis] = product ? tensor_count(x) / product : 0;
    return reshaped(call, (int)rank, dims, error);
}

fringe_status operator_flatten_infer(struct operator_call *call, fringe_error *error)
{
    int64_t axis = 1;
    fringe_status status = operator_arity(call, 1, 1, 1, error);
    if (!status) status = operator_int(call, "axis", 1, &axis, error);
    if (status) return status;
    const struct tensor *x = call->inputs[0];
    if (axis < -x->rank || axis > x->rank)
        return operator_wrong(call, error, "axis %lld of an input of rank %d", (long long)axis, x->rank);
    int split = (int)(axis < 0 ? axis + x->rank : axis);
    int64_t dims[2] = {tensor_span(x, 0, split), tensor_span(x, split, x->rank)};
    return reshaped(call, 2, dims, error);
}

/* Squeeze and Unsqueeze name axes by an attribute, from opset 13 on by an input. */
static fringe_status read_axes(const struct operator_call *call, int rank, unsigned *axes, int *count,
                               fringe_error *error)
{
    int64_t values[TENSOR_MOST_DIMS];
    size_t present;
    *axes = 0;
    *count = -1;
    fringe_status status = operator_whole_numbers_from(call, "axes", call->opset >= 13 ? 1 : SIZE_MAX,
                                                       TENSOR_MOST_DIMS, values, &present, error);
    if (status || present == SIZE_MAX) return status;
    *count = (int)present;
    for (size_t i = 0; i < present; i++) {
        int axis;
        status = operator_axis(call, values[i], rank, &axis, error);
        if (status) return status;
        if (*axes >> axis & 1) return operator_wrong(call, error, "axis %d is named twice", axis);
        *axes |= 1u << axis;
    }
    return FRINGE_OK;
}

fringe_status operator_squeeze_infer(struct operator_call *call, fringe_error *error)
{
    fringe_status status = operator_arity(call, 1, call->opset >= 13 ? 2 : 1, 1, error);
    if (status) return status;
    const struct tensor *x = call->inputs[0];
    unsigned axes;
    int count, rank = 0;
    int64_t dims[TENSOR_MOST_DIMS];
    status = read_axes(call, x->rank, &axes, &count, error);
    if (status) return status;
    for (int axis = 0; axis < x->rank; axis++) {
        int named = count < 0 ? x->dims[axis] == 1 : (int)(axes >> axis & 1);
        if (named && x->dims[axis] != 1)
            return operator_wrong(call, error, "axis %d has length %lld, not 1", axis,
                                  (long long)x->dims[axis]);
        if (!named) dims[rank++] = x->dims[axis];
    }
    return reshaped(call, rank, dims, error);
}

fringe_status operator_unsqueeze_infer(struct operator_call *call, fringe_error *error)
{
    fringe_status status = operator_arity(call, 1, call->opset >= 13 ? 2 : 1, 1, error);
    if (status) return status;
    const struct tensor *x = call->inputs[0];
    unsigned axes;
    int count;
    int64_t values[TENSOR_MOST_DIMS], dims[TENSOR_MOST_DIMS];
    size_t added;
    /* Axes are those of the output, whose rank follows from how many there are. */
    status = operator_whole_numbers_from(call, "axes", call->opset >= 13 ? 1 : SIZE_MAX, TENSOR_MOST_DIMS,
                                         values, &added, error);
    if (status) return status;
    if (added == SIZE_MAX) return operator_wrong(call, error, "axes are missing");
    int rank = x->rank + (int)added, from = 0;
    if (rank > TENSOR_MOST_DIMS)
        return operator_lacks(call, error, "rank %d is more than %d", rank, TENSOR_MOST_DIMS);
    status = read_axes(call, rank, &axes, &count, error);
    if (status) return status;
    for (int axis = 0; axis < rank; axis++) dims[axis] = axes >> axis & 1 ? 1 : x->dims[from++];
    return reshaped(call, rank, dims, error);
}

fringe_status operator_identity_infer(struct operator_call *call, fringe_error *error)
{
    fringe_status status = operator_arity(call, 1, 1, 1, error);
    if (status) return status;
    return operator_output(call, 0, call->inputs[0]->type, call->inputs[0]->rank, call->inputs[0]->dims,
                           error);
}

/* Nothing is dropped at inference; the mask is all ones. */
fringe_status operator_dropout_infer(struct operator_call *call, fringe_error *error)
{
    fringe_status status = operator_arity(call, 1, call->opset >= 12 ? 3 : 1, 2, error);
    if (status) return status;
    const struct tensor *x = call->inputs[0], *training = operator_input(call, 2);
    if (training && (training->type != TENSOR_BOOL || tensor_count(training) != 1))
        return operator_wrong(call, error, "training_mode is not one bool");
    if (training && (!training->data || *(const uint8_t *)training->data))
        return operator_lacks(call, error, "training_mode is not constantly false");
    status = operator_output(call, 0, x->type, x->rank, x->dims, error);
    if (status) return status;
    return operator_output(call, 1, call->opset >= 10 ? TENSOR_BOOL : x->type, x->rank, x->dims, error);
}

fringe_status operator_dropout_evaluate(const struct operator_call *call, fringe_error *error)
{
    struct tensor *mask = call->output_count > 1 ? call->outputs[1] : NULL;
    if (mask && mask->type == TENSOR_BOOL) memset(mask->data, 1, tensor_bytes(mask));
    if (mask && mask->type == TENSOR_FLOAT32)
        for (int64_t i = 0; i < tensor_count(mask); i++) ((float *)mask->data)[i] = 1;
    return call->outputs[0] ? operator_copy_evaluate(call, error) : FRINGE_OK;
}

/* ---- the same values elsewhere ---- */

fringe_status operator_transpose_infer(struct operator_call *call, fringe_error *error)
{
    struct transpose_params *params = call->params;
    const int64_t *order;
    size_t count;
    fringe_status status = operator_arity(call, 1, 1, 1, error);
    if (!status) status = operator_ints(call, "perm", &order, &count, error);
    if (status) return status;
    const struct tensor *x = call->inputs[0];
    int64_t dims[TENSOR_MOST_DIMS];
    unsigned seen = 0;
    params->rank = x->rank;
    if (order && count != (size_t)x->rank)
        return operator_wrong(call, error, "perm has %zu axes, the input %d", count, x->rank);
    for (int axis = 0; axis < x->rank; axis++) {
        status = operator_axis(call, order ? order[axis] : x->rank - 1 - axis, x->rank,
                               &params->permutation[axis], error);
        if (status) return status;
        seen |= 1u << params->permutation[axis];
        dims[axis] = x->dims[params->permutation[axis]];
    }
    if (seen != (1u << x->rank) - 1) return operator_wrong(call, error, "perm names an axis twice");
    return operator_output(call, 0, x->type, x->rank, dims, error);
}

/* Copies from input 0 to output 0, moving by these strides along the output's axes. */
static fringe_status pick_by_strides(const struct operator_call *call, const int64_t *strides,
                                     fringe_error *error)
{
    const struct tensor *x = call->inputs[0];
    struct tensor *y = call->outputs[0];
    struct dense_pick pick;
    fringe_status status = dense_pick_create(&pick, y->rank, y->dims, error);
    if (status) return status;
    dense_pick_strides(&pick, strides);
    status = dense_pick_apply(&pick, tensor_type_bytes(x->type), x->data, NULL, y->data, call->run, error);
    dense_pick_free(&pick);
    return status;
}

fringe_status operator_transpose_evaluate(const struct operator_call *call, fringe_error *error)
{
    const struct transpose_params *params = call->params;
    int64_t strides[TENSOR_MOST_DIMS], moved[TENSOR_MOST_DIMS];
    dense_strides(call->inputs[0], strides);
    for (int axis = 0; axis < params->rank; axis++) moved[axis] = strides[params->permutation[axis]];
    return pick_by_strides(call, moved, error);
}

fringe_status operator_expand_infer(struct operator_call *call, fringe_error *error)
{
    int64_t dims[TENSOR_MOST_DIMS];
    size_t count;
    int rank;
    fringe_status status = operator_arity(call, 2, 2, 1, error);
    if (!status) status = operator_whole_numbers(call, 1, TENSOR_MOST_DIMS, dims, &count, error);
    if (status) return status;
    const struct tensor *x = call->inputs[0];
    struct tensor wish = {.rank = (int)count};
    char from[TENSOR_SHAPE_BYTES], to[TENSOR_SHAPE_BYTES];
    memcpy(wish.dims, dims, sizeof dims);
    if (!dense_broadcast_shape(x->rank, x->dims, (int)count, dims, &rank, dims))
        return operator_wrong(call, error, "%s does not expand to %s", tensor_shape_text(x, from),
                              tensor_shape_text(&wish, to));
    return operator_output(call, 0, x->type, rank, dims, error);
}

fringe_status operator_expand_evaluate(const struct operator_call *call, fringe_error *error)
{
    const struct tensor *x = call->inputs[0], *y = call->outputs[0];
    int64_t own[TENSOR_MOST_DIMS], strides[TENSOR_MOST_DIMS] = {0};
    int missing = y->rank - x->rank;
    dense_strides(x, own);
    for (int axis = 0; axis < x->rank; axis++) strides[missing + axis] = x->dims[axis] == 1 ? 0 : own[axis];
    return pick_by_strides(call, strides, error);
}

fringe_status operator_tile_infer(struct operator_call *call, fringe_error *error)
{
    int64_t repeats[TENSOR_MOST_DIMS], dims[TENSOR_MOST_DIMS];
    size_t count;
    fringe_status status = operator_arity(call, 2, 2, 1, error);
    if (!status) status = operator_whole_numbers(call, 1, TENSOR_MOST_DIMS, repeats, &count, error);
    if (status) return status;
    const struct tensor *x = call->inputs[0];
    if (count != (size_t)x->rank)
        return operator_wrong(call, error, "%zu repeats for an input of rank %d", count, x->rank);
    for (int axis = 0; axis < x->rank; axis++) {
        if (repeats[axis] < 0 || (x->dims[axis] && repeats[axis] > INT64_MAX / x->dims[axis]))
            return operator_wrong(call, error, "axis %d of length %lld is repeated %lld times", axis,
                                  (long long)x->dims[axis], (long long)repeats[axis]);
        dims[axis] = x->dims[axis] * repeats[axis];
    }
    return operator_output(call, 0, x->type, x->rank, dims, error);
}

fringe_status operator_tile_evaluate(const struct operator_call *call, fringe_error *error)
{
    const struct tensor *x = call->inputs[0];
    struct tensor *y = call->outputs[0];
    int64_t strides[TENSOR_MOST_DIMS];
    struct dense_pick pick;
    fringe_status status = dense_pick_create(&pick, y->rank, y->dims, error);
    if (status) return status;
    dense_strides(x, strides);
    for (int axis = 0; axis < y->rank && pick.offsets[axis]; axis++)
        for (int64_t i = 0; i < y->dims[axis]; i++) pick.offsets[axis][i] = i % x->dims[axis] * strides[axis];
    status = dense_pick_apply(&pick, tensor_type_bytes(x->type), x->data, NULL, y->data, call->run, error);
    dense_pick_free(&pick);
    return status;
}
