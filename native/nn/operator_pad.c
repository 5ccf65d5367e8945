#include <string.h>

#include "nn/operator_families.h"
#include "nn/operator_params.h"
#include "tensor/dense_pick.h"

/* pads: begins, then ends, of all axes or (opset 18) of those that are named. */
static fringe_status read_pads(const struct operator_call *call, fringe_error *error)
{
    struct pad_params *params = call->params;
    const struct tensor *x = call->inputs[0];
    int64_t pads[2 * TENSOR_MOST_DIMS], axes[TENSOR_MOST_DIMS];
    size_t count, axis_count = SIZE_MAX;
    int by_input = call->opset >= 11;
    fringe_status status = operator_whole_numbers_from(call, "pads", by_input ? 1 : SIZE_MAX,
                                                       2 * TENSOR_MOST_DIMS, pads, &count, error);
    if (!status && operator_input(call, 3))
        status = operator_whole_numbers(call, 3, TENSOR_MOST_DIMS, axes, &axis_count, error);
    if (status) return status;
    size_t named = axis_count == SIZE_MAX ? (size_t)x->rank : axis_count;
    if (count != 2 * named)
        return operator_wrong(call, error, "%zu pads for %zu axes", count == SIZE_MAX ? 0 : count, named);
    for (size_t i = 0; i < named; i++) {
        int axis;
        status = operator_axis(call, axis_count == SIZE_MAX ? (int64_t)i : axes[i], x->rank, &axis, error);
        if (status) return status;
        params->begin[axis] = pads[i];
        params->end[axis] = pads[named + i];
    }
    return FRINGE_OK;
}

static fringe_status read_value(const struct operator_call *call, fringe_error *error)
{
    struct pad_params *params = call->params;
    if (call->opset < 11) return operator_float(call, "value", 0, &params->value, error);
    const struct tensor *value = operator_input(call, 2);
    if (value && tensor_count(value) == 0) return FRINGE_OK;
    if (call->inputs[0]->type == TENSOR_FLOAT32) return operator_number(call, 2, 0, &params->value, error);
    if (value && (value->type != call->inputs[0]->type || !value->data || tensor_count(value) != 1))
        return operator_lacks(call, error, "the value is not one constant %s",
                              tensor_type_name(call->inputs[0]->type));
    return FRINGE_OK;
}

fringe_status operator_pad_infer(struct operator_call *call, fringe_error *error)
{
    struct pad_params *params = call->params;
    static const char *const modes[] = {"constant", "reflect", "edge", "wrap"};
    const char *mode;
    int64_t dims[TENSOR_MOST_DIMS];
    fringe_status status = operator_arity(call, call->opset >= 11 ? 2 : 1,
                                          call->opset >= 18   ? 4
                                          : call->opset >= 11 ? 3
                                                              : 1,
                                          1, error);
    if (!status) status = operator_string(call, "mode", "constant", &mode, error);
    if (!status) status = read_pads(call, error);
    if (!status) status = read_value(call, error);
    if (status) return status;
    const struct tensor *x = call->inputs[0];
    int known = 0;
    /* wrap came with opset 19, but PyTorch writes it into 18 and ONNX Runtime does not mind. */
    for (int i = 0; i < (call->opset >= 18 ? 4 : 3); i++)
        if (!strcmp(mode, modes[i])) {
            params->mode = (enum pad_mode)i;
            known = 1;
        }
    if (!known) return operator_wrong(call, error, "mode '%s' has no meaning", mode);
    params->rank = x->rank;
    for (int axis = 0; axis < x->rank; axis++) {
        int64_t begin = params->begin[axis], end = params->end[axis], length = x->dims[axis];
        int64_t most = params->mode == PAD_REFLECT && (begin > 0 || end > 0) ? length - 1 : (int64_t)1 << 30;
        if (begin > most || end > most || begin < -length || end < -length || length + begin + end < 0 ||
            (length == 0 && params->mode != PAD_CONSTANT && (begin > 0 || end > 0)))
            return operator_wrong(call, error, "pads %lld and %lld on an axis of length %lld",
                                  (long long)begin, (long long)end, (long long)length);
        dims[axis] = length + begin + end;
    }
    return operator_output(call, 0, x->type, x->rank, dims, error);
}

/* The input index that an output index, counted from the input's first, takes its value from; -1: the fill.
 */
static int64_t source_of(enum pad_mode mode, int64_t i, int64_t length)
{
    if (i >= 0 && i < length) return i;
    switch (mode) {
    case PAD_CONSTANT:
        break;
    case PAD_REFLECT:
        return i < 0 ? -i : 2 * (length - 1) - i;
    case PAD_EDGE:
        return i < 0 ? 0 : length - 1;
    case PAD_WRAP:
        return (i % length + length) % length;
    }
    return -1;
}

fringe_status operator_pad_evaluate(const struct operator_call *call, fringe_error *error)
{
    const struct pad_params *params = call->params;
    const struct tensor *x = call->inputs[0], *value = call->opset < 11 ? NULL : operator_input(call, 2);
    struct tensor *y = call->outputs[0];
    int64_t strides[TENSOR_MOST_DIMS], zero = 0;
    const void *fill = x->type == TENSOR_FLOAT32 ? (const void *)&params->value
                       : value && value->data    ? value->data
                                                 : (const void *)&zero;
    struct dense_pick pick;
    fringe_status status = dense_pick_create(&pick, y->rank, y->dims, error);
    if (status) return status;
    dense_strides(x, strides);
    for (int axis = 0; axis < y->rank && pick.offsets[axis]; axis++)
        for (int64_t i = 0; i < y->dims[axis]; i++) {
            int64_t from = source_of(params->mode, i - params->begin[axis], x->dims[axis]);
            pick.offsets[axis][i] = from < 0 ? -1 : from * strides[axis];
        }
    status = dense_pick_apply(&pick, tensor_type_bytes(x->type), x->data, fill, y->data, call->run, error);
    dense_pick_free(&pick);
    return status;
}
