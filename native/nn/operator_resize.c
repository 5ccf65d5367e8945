#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "nn/operator_families.h"
#include "nn/resize_map.h"
#include "tensor/dense_pick.h"
#include "tensor/dense_resize.h"

static const int64_t most_length = 1 << 22; /* of an axis: tables stay small, products below 2^63 */

/* What a node asks for, before it is shared out to axes. */
struct request {
    struct resize_rule rule;
    size_t scale_count, size_count; /* 0 where not given */
    float scales[TENSOR_MOST_DIMS];
    int64_t sizes[TENSOR_MOST_DIMS];
    const float *crop; /* begins and ends of the axes */
    unsigned named;    /* the axes that the lists are about, in this order: */
    int axes[TENSOR_MOST_DIMS], axis_count;
    enum { STRETCH, NOT_LARGER, NOT_SMALLER } policy;
};

static int find_text(const char *text, const char *const *list, int count)
{
    for (int i = 0; i < count; i++)
        if (!strcmp(text, list[i])) return i;
    return -1;
}

/* Modes in the order of the enums; Upsample and Resize of opset 10 have `mode` alone. */
static fringe_status read_rule(const struct operator_call *call, struct request *request, fringe_error *error)
{
    static const char *const modes[] = {"nearest", "linear"};
    static const char *const coordinates[] = {
        "half_pixel", "half_pixel_symmetric", "pytorch_half_pixel", "align_corners",
        "asymmetric", "tf_half_pixel_for_nn", "tf_crop_and_resize"};
    static const char *const roundings[] = {"round_prefer_floor", "round_prefer_ceil", "floor", "ceil"};
    static const char *const policies[] = {"stretch", "not_larger", "not_smaller"};
    const char *mode, *coordinate, *rounding, *policy;
    int64_t antialias;
    fringe_status status = operator_string(call, "mode", "nearest", &mode, error);
    if (!status)
        status = operator_string(call, "coordinate_transformation_mode", "half_pixel", &coordinate, error);
    if (!status) status = operator_string(call, "nearest_mode", "round_prefer_floor", &rounding, error);
    if (!status) status = operator_string(call, "keep_aspect_ratio_policy", "stretch", &policy, error);
    if (!status) status = operator_int(call, "antialias", 0, &antialias, error);
    if (status) return status;
    if (!strcmp(mode, "bilinear")) mode = "linear"; /* what early exporters wrote */
    int mode_index = find_text(mode, modes, 2), coordinate_index = find_text(coordinate, coordinates, 7);
    int rounding_index = find_text(rounding, roundings, 4), policy_index = find_text(policy, policies, 3);
    if (mode_index < 0) return operator_lacks(call, error, "mode '%s' is not supported", mode);
    if (antialias) return operator_lacks(call, error, "antialias is not supported");
    if (coordinate_index < 0 || rounding_index < 0 || policy_index < 0)
        return operator_wrong(call, error, "'%s', '%s' or '%s' has no meaning", coordinate, rounding, policy);
    request->rule.mode = mode_index ? RESIZE_LINEAR : RESIZE_NEAREST;
    request->rule.coordinates =
        call->opset < 11 ? RESIZE_ASYMMETRIC : (enum resize_coordinates)coordinate_index;
    request->rule.rounding = call->opset < 11 ? RESIZE_CEIL_IF_SMALLER : (enum resize_rounding)rounding_index;
    request->policy = policy_index;
    return FRINGE_OK;
}

/* Floats of a constant input; NULL where it is left out or empty. */
static fringe_status read_floats(const struct operator_call *call, size_t index, const float **values,
                                 size_t *count, fringe_error *error)
{
    const struct tensor *t = operator_input(call, index);
    *values = NULL;
    *count = 0;
    if (!t || tensor_count(t) == 0) return FRINGE_OK;
    fringe_status status = operator_typed(call, index, TENSOR_FLOAT32, error);
    if (status) return status;
    if (!t->data)
        return operator_lacks(call, error, "input %zu ('%s') decides a shape and is not a constant", index,
                              call->node->inputs[index]);
    *values = t->data;
    *count = (size_t)tensor_count(t);
    return FRINGE_OK;
}

static fringe_status read_axes(const struct operator_call *call, struct request *request, fringe_error *error)
{
    const int64_t *axes;
    size_t count;
    int rank = call->inputs[0]->rank;
    fringe_status status = operator_ints(call, "axes", &axes, &count, error);
    if (status) return status;
    request->axis_count = axes ? (int)count : rank;
    if (count > (size_t)rank)
        return operator_wrong(call, error, "%zu axes of an input of rank %d", count, rank);
    for (int i = 0; i < request->axis_count; i++) {
        status = operator_axis(call, axes ? axes[i] : i, rank, &request->axes[i], error);
        if (status) return status;
        if (request->named >> request->axes[i] & 1)
            return operator_wrong(call, error, "an axis is named twice");
        request->named |= 1u << request->axes[i];
    }
    return FRINGE_OK;
}

/* Where roi, scales and sizes stand changed with opsets 9, 10 and 11. */
static fringe_status read_request(const struct operator_call *call, struct request *request,
                                  fringe_error *error)
{
    int by_attribute = call->opset < 9, full = call->opset >= 11;
    const float *scales;
    size_t crop_count = 0, sizes = 0;
    fringe_status status = operator_arity(call, by_attribute || full ? 1 : 2,
                                          by_attribute ? 1
                                          : full       ? 4
                                                       : 2,
                                          1, error);
    if (!status) status = read_rule(call, request, error);
    if (!status) status = read_axes(call, request, error);
    if (!status && by_attribute)
        status = operator_floats(call, "scales", &scales, &request->scale_count, error);
    if (!status && !by_attribute)
        status = read_floats(call, full ? 2 : 1, &scales, &request->scale_count, error);
    if (!status && full && request->rule.coordinates == RESIZE_CROP)
        status = read_floats(call, 1, &request->crop, &crop_count, error);
    if (!status && full && operator_input(call, 3))
        status = operator_whole_numbers(call, 3, TENSOR_MOST_DIMS, request->sizes, &sizes, error);
    if (status) return status;
    request->size_count = sizes;
    size_t wanted = (size_t)request->axis_count;
    if ((request->scale_count == 0) == (sizes == 0))
        return operator_wrong(call, error, "%zu scales and %zu sizes: one of them is needed",
                              request->scale_count, sizes);
    if (request->scale_count + sizes != wanted || (request->crop && crop_count != 2 * wanted))
        return operator_wrong(call, error, "%zu scales or sizes and %zu bounds of a region for %zu axes",
                              request->scale_count + sizes, crop_count, wanted);
    if (request->rule.coordinates == RESIZE_CROP && !request->crop)
        return operator_wrong(call, error, "tf_crop_and_resize without a region");
    for (size_t i = 0; i < request->scale_count; i++) request->scales[i] = scales[i];
    return FRINGE_OK;
}

/* Which of the sizes decides the common scale of not_larger and not_smaller: the index among the named axes.
 */
static int deciding_axis(const struct request *request, const struct tensor *x)
{
    int best = 0;
    for (int i = 1; i < request->axis_count; i++) {
        double one = (double)request->sizes[i] / (double)x->dims[request->axes[i]];
        double other = (double)request->sizes[best] / (double)x->dims[request->axes[best]];
        if (request->policy == NOT_LARGER ? one < other : one > other) best = i;
    }
    return best;
}

/* The length and the scale of one named axis. */
static fringe_status find_length(const struct operator_call *call, const struct request *request, int i,
                                 struct resize_axis *axis, struct resize_scale *scale, fringe_error *error)
{
    double length;
    if (request->scale_count) {
        *scale = resize_scale_of(request->scales[i]);
        length = scale->denominator ? (double)(axis->in * scale->numerator / scale->denominator)
                                    : floor((double)((float)axis->in * scale->value));
    } else {
        const struct tensor *x = call->inputs[0];
        int decides = request->policy == STRETCH ? i : deciding_axis(request, x);
        int64_t p = request->sizes[decides], q = x->dims[request->axes[decides]];
        *scale = (struct resize_scale){p, q, (float)p / (float)q};
        /* Rounded half up; the deciding axis itself divides without a rest. */
        length = p < 0 || p > most_length ? -1 : (double)((2 * axis->in * p + q) / (2 * q));
    }
    if (!(length >= 1 && length <= (double)most_length))
        return operator_wrong(call, error,
                              "axis %d of length %lld would become shorter than 1 or longer than %lld",
                              request->axes[i], (long long)axis->in, (long long)most_length);
    axis->out = (int64_t)length;
    return FRINGE_OK;
}

fringe_status operator_resize_infer(struct operator_call *call, fringe_error *error)
{
    struct resize_params *params = call->params;
    struct request request = {0};
    if (!strcmp(call->node->op_type, "Upsample") && call->opset >= 10)
        return operator_wrong(call, error, "withdrawn in opset 10, the model has opset %d", call->opset);
    fringe_status status = read_request(call, &request, error);
    if (!status) status = operator_float(call, "extrapolation_value", 0, &params->extrapolation, error);
    if (!status && request.rule.mode == RESIZE_LINEAR)
        status = operator_typed(call, 0, TENSOR_FLOAT32, error);
    if (status) return status;
    const struct tensor *x = call->inputs[0];
    int64_t dims[TENSOR_MOST_DIMS];
    for (int k = 0; k < x->rank; k++)
        if (x->dims[k] < 1 || x->dims[k] > most_length)
            return operator_wrong(call, error, "axis %d has length %lld, not 1 to %lld", k,
                                  (long long)x->dims[k], (long long)most_length);
    params->mode = request.rule.mode;
    params->rank = x->rank;
    for (int k = 0; k < x->rank && !status; k++) {
        struct resize_axis *axis = &params->axes[k];
        struct resize_scale scale = {1, 1, 1};
        struct resize_rule rule = request.rule;
        int i = 0;
        axis->in = axis->out = x->dims[k];
        while (i < request.axis_count && request.axes[i] != k) i++;
        if (i < request.axis_count) {
            status = find_length(call, &request, i, axis, &scale, error);
            if (status) return status;
            if (request.crop) {
                rule.crop_begin = request.crop[i];
                rule.crop_end = request.crop[request.axis_count + i];
            }
        }
        int crops = request.crop && i < request.axis_count && (rule.crop_begin != 0 || rule.crop_end != 1);
        axis->identity = axis->in == axis->out && scale.value == 1 && !crops;
        axis->scale = (double)scale.value;
        dims[k] = axis->out;
        status = resize_map_axis(&rule, scale, axis, error);
    }
    return status ? status : operator_output(call, 0, x->type, x->rank, dims, error);
}

static fringe_status pick_nearest(const struct operator_call *call, fringe_error *error)
{
    const struct resize_params *params = call->params;
    const struct tensor *x = call->inputs[0];
    struct tensor *y = call->outputs[0];
    int64_t strides[TENSOR_MOST_DIMS], zero = 0;
    struct dense_pick pick;
    fringe_status status = dense_pick_create(&pick, y->rank, y->dims, error);
    if (status) return status;
    dense_strides(x, strides);
    for (int axis = 0; axis < y->rank && pick.offsets[axis]; axis++)
        for (int64_t i = 0; i < y->dims[axis]; i++) {
            int64_t first = params->axes[axis].first[i];
            pick.offsets[axis][i] = first < 0 ? -1 : first * strides[axis];
        }
    const void *fill = x->type == TENSOR_FLOAT32 ? (const void *)&params->extrapolation : (const void *)&zero;
    status = dense_pick_apply(&pick, tensor_type_bytes(x->type), x->data, fill, y->data, call->run, error);
    dense_pick_free(&pick);
    return status;
}

fringe_status operator_resize_evaluate(const struct operator_call *call, fringe_error *error)
{
    const struct resize_params *params = call->params;
    if (params->mode == RESIZE_NEAREST) return pick_nearest(call, error);
    const struct tensor *x = call->inputs[0], *y = call->outputs[0];
    const float *from = x->data;
    float *made = NULL; /* what `from` points to, from the second axis on */
    int64_t dims[TENSOR_MOST_DIMS];
    fringe_status status = FRINGE_OK;
    memcpy(dims, x->dims, sizeof dims);
    int last = x->rank - 1; /* the last axis that changes writes the output; axis 0 does where none changes */
    while (last > 0 && params->axes[last].identity) last--;
    for (int k = 0; k <= last && !status; k++) {
        const struct resize_axis *axis = &params->axes[k];
        if (axis->identity && k != last) continue;
        struct dense_resize resize = {1,           axis->in,     axis->out,   1,
                                      axis->first, axis->second, axis->blend, params->extrapolation};
        for (int i = 0; i < k; i++) resize.outer *= dims[i];
        for (int i = k + 1; i < x->rank; i++) resize.inner *= dims[i];
        dims[k] = axis->out;
        size_t count = (size_t)(resize.outer * resize.out_length * resize.inner);
        float *to = k == last ? y->data : alloc_aligned(count, sizeof *to);
        if (!to) status = failure_memory(error, "resize", count * sizeof *to);
        if (!status) status = dense_resize_axis(&resize, from, to, call->run, error);
        alloc_free(made);
        made = k == last ? NULL : to;
        from = to;
    }
    alloc_free(made);
    return status;
}

void operator_resize_release(void *params)
{
    resize_params_free(params);
}

size_t operator_resize_owned_bytes(const void *params)
{
    const struct resize_params *resize = params;
    const struct resize_axis *axis = resize->axes;
    size_t entries = 0;
    for (int k = 0; k < resize->rank; k++) entries += (size_t)axis[k].out;
    return entries * (sizeof *axis->first + sizeof *axis->second + sizeof *axis->blend);
}
