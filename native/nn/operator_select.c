/* Operators that put arrays together, cut them apart and choose among their values. */
#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "nn/operator_families.h"
#include "nn/operator_params.h"
#include "tensor/dense_broadcast.h"
#include "tensor/dense_pick.h"
#include "tensor/dense_rows.h"

/* ---- Concat, Split ---- */

fringe_status operator_concat_infer(struct operator_call *call, fringe_error *error)
{
    struct concat_params *params = call->params;
    int64_t axis = 0, dims[TENSOR_MOST_DIMS];
    if (call->input_count == 0) return operator_wrong(call, error, "no inputs");
    fringe_status status = operator_arity(call, call->input_count, call->input_count, 1, error);
    if (!status && !onnx_node_attribute(call->node, "axis"))
        status = operator_wrong(call, error, "axis is missing");
    if (!status) status = operator_int(call, "axis", 0, &axis, error);
    if (!status) status = operator_axis(call, axis, call->inputs[0]->rank, &params->axis, error);
    if (status) return status;
    const struct tensor *first = call->inputs[0];
    memcpy(dims, first->dims, sizeof dims);
    for (size_t i = 1; i < call->input_count; i++) {
        const struct tensor *other = call->inputs[i];
        char first_text[TENSOR_SHAPE_BYTES], other_text[TENSOR_SHAPE_BYTES];
        int fits = other->rank == first->rank && other->type == first->type;
        for (int k = 0; k < first->rank && fits; k++)
            fits = k == params->axis || other->dims[k] == first->dims[k];
        if (!fits)
            return operator_wrong(call, error, "%s %s and %s %s cannot be joined along axis %d",
                                  tensor_type_name(first->type), tensor_shape_text(first, first_text),
                                  tensor_type_name(other->type), tensor_shape_text(other, other_text),
                                  params->axis);
        dims[params->axis] += other->dims[params->axis];
    }
    return operator_output(call, 0, first->type, first->rank, dims, error);
}

/* Copies between a part, which has the whole's shape but for its length along `axis`, and the place where the
 * part begins in the whole. */
static void copy_part(const struct tensor *whole, const struct tensor *part, int axis, int64_t begin,
                      int to_whole)
{
    int64_t outer = tensor_span(part, 0, axis);
    size_t inner = (size_t)tensor_span(part, axis + 1, part->rank) * tensor_type_bytes(part->type);
    size_t part_bytes = (size_t)part->dims[axis] * inner, whole_bytes = (size_t)whole->dims[axis] * inner;
    if (part_bytes == 0) return;
    for (int64_t i = 0; i < outer; i++) {
        char *in_whole = (char *)whole->data + (size_t)i * whole_bytes + (size_t)begin * inner;
        char *in_part = (char *)part->data + (size_t)i * part_bytes;
        if (to_whole)
            memcpy(in_whole, in_part, part_bytes);
        else
            memcpy(in_part, in_whole, part_bytes);
    }
}

fringe_status operator_concat_evaluate(const struct operator_call *call, fringe_error *error)
{
    (void)error;
    int axis = ((const struct concat_params *)call->params)->axis;
    int64_t begin = 0;
    for (size_t i = 0; i < call->input_count; i++) {
        copy_part(call->outputs[0], call->inputs[i], axis, begin, 1);
        begin += call->inputs[i]->dims[axis];
    }
    return FRINGE_OK;
}

/* The lengths of the parts: by attribute or input, or equal ones, the last of which may be shorter (18). */
static fringe_status split_lengths(const struct operator_call *call, int axis, int64_t *lengths,
                                   fringe_error *error)
{
    const struct tensor *x = call->inputs[0];
    size_t count, parts = call->output_count;
    int64_t named = 0, sum = 0;
    fringe_status status = operator_whole_numbers_from(call, "split", call->opset >= 13 ? 1 : SIZE_MAX,
                                                       OPERATOR_MOST_OUTPUTS, lengths, &count, error);
    if (!status) status = operator_int(call, "num_outputs", (int64_t)parts, &named, error);
    if (status) return status;
    if (count == SIZE_MAX) {
        int64_t each = (x->dims[axis] + (int64_t)parts - 1) / (int64_t)parts, left = x->dims[axis];
        if (named != (int64_t)parts || (call->opset < 18 && each * (int64_t)parts != left))
            return operator_wrong(call, error, "length %lld does not split into %lld parts, %zu outputs",
                                  (long long)left, (long long)named, parts);
        for (size_t i = 0; i < parts; i++, left -= lengths[i - 1]) lengths[i] = each < left ? each : left;
        count = parts;
    }
    for (size_t i = 0; i < count; i++) {
        if (lengths[i] < 0 || lengths[i] > x->dims[axis])
            return operator_wrong(call, error, "part %zu of length %lld", i, (long long)lengths[i]);
        sum += lengths[i];
    }
    if (count != parts || sum != x->dims[axis])
        return operator_wrong(call, error, "%zu parts of %lld in all for %zu outputs and length %lld", count,
                              (long long)sum, parts, (long long)x->dims[axis]);
    return FRINGE_OK;
}

fringe_status operator_split_infer(struct operator_call *call, fringe_error *error)
{
    struct split_params *params = call->params;
    int64_t axis = 0, lengths[OPERATOR_MOST_OUTPUTS], begin = 0, dims[TENSOR_MOST_DIMS];
    fringe_status status = operator_arity(call, 1, call->opset >= 13 ? 2 : 1, OPERATOR_MOST_OUTPUTS, error);
    if (!status) status = operator_int(call, "axis", 0, &axis, error);
    if (!status) status = operator_axis(call, axis, call->inputs[0]->rank, &params->axis, error);
    if (!status) status = split_lengths(call, params->axis, lengths, error);
    if (status) return status;
    const struct tensor *x = call->inputs[0];
    memcpy(dims, x->dims, sizeof dims);
    for (size_t i = 0; i < call->output_count && !status; i++) {
        params->begin[i] = begin;
        begin += dims[params->axis] = lengths[i];
        status = operator_output(call, i, x->type, x->rank, dims, error);
    }
    return status;
}

fringe_status operator_split_evaluate(const struct operator_call *call, fringe_error *error)
{
    (void)error;
    const struct split_params *params = call->params;
    for (size_t i = 0; i < call->output_count; i++)
        if (call->outputs[i]) copy_part(call->inputs[0], call->outputs[i], params->axis, params->begin[i], 0);
    return FRINGE_OK;
}

/* ---- Slice ---- */

/* Brings one axis's bounds into range as NumPy does; the number of values that it selects. */
static int64_t slice_length(int64_t length, int64_t *start, int64_t end, int64_t step)
{
    int64_t low = step > 0 ? 0 : -1, high = step > 0 ? length : length - 1; /* where a bound may lie */
    if (*start < 0) *start += length;
    if (end < 0) end += length;
    *start = *start < low ? low : *start > high ? high : *start;
    end = end < low ? low : end > high ? high : end;
    if (step > 0) return *start < end ? (end - *start - 1) / step + 1 : 0;
    return *start > end ? (*start - end - 1) / -step + 1 : 0;
}

fringe_status operator_slice_infer(struct operator_call *call, fringe_error *error)
{
    struct slice_params *params = call->params;
    enum { STARTS, ENDS, AXES, STEPS, LISTS };
    static const char *const names[LISTS] = {"starts", "ends", "axes", "steps"};
    int64_t values[LISTS][TENSOR_MOST_DIMS], dims[TENSOR_MOST_DIMS];
    size_t counts[LISTS];
    int by_input = call->opset >= 10;
    fringe_status status = operator_arity(call, by_input ? 3 : 1, by_input ? 5 : 1, 1, error);
    for (size_t k = 0; k < LISTS && !status; k++)
        status = operator_whole_numbers_from(call, names[k], by_input ? 1 + k : SIZE_MAX, TENSOR_MOST_DIMS,
                                             values[k], &counts[k], error);
    if (status) return status;
    const struct tensor *x = call->inputs[0];
    for (size_t k = ENDS; k < LISTS; k++)
        if (counts[k] != counts[STARTS] && (k == ENDS || counts[k] != SIZE_MAX))
            return operator_wrong(call, error, "%zu starts and %zu %s", counts[STARTS], counts[k], names[k]);
    if (counts[STARTS] > (size_t)x->rank)
        return operator_wrong(call, error, "%zu starts for an input of rank %d", counts[STARTS], x->rank);
    params->rank = x->rank;
    for (int axis = 0; axis < x->rank; axis++) {
        params->start[axis] = 0;
        params->step[axis] = 1;
        dims[axis] = x->dims[axis];
    }
    for (size_t i = 0; i < counts[STARTS]; i++) {
        int axis;
        int64_t step = counts[STEPS] == SIZE_MAX ? 1 : values[STEPS][i];
        status = operator_axis(call, counts[AXES] == SIZE_MAX ? (int64_t)i : values[AXES][i], x->rank, &axis,
                               error);
        if (status) return status;
        if (step == 0) return operator_wrong(call, error, "a step of 0 on axis %d", axis);
        /* A longer step selects one value as this one does, and its multiples stay in range. */
        if (step > x->dims[axis] + 1) step = x->dims[axis] + 1;
        if (step < -x->dims[axis] - 1) step = -x->dims[axis] - 1;
        params->start[axis] = values[STARTS][i];
        params->step[axis] = step;
        dims[axis] = slice_length(x->dims[axis], &params->start[axis], values[ENDS][i], step);
    }
    return operator_output(call, 0, x->type, x->rank, dims, error);
}

fringe_status operator_slice_evaluate(const struct operator_call *call, fringe_error *error)
{
    const struct slice_params *params = call->params;
    const struct tensor *x = call->inputs[0], *y = call->outputs[0];
    int64_t strides[TENSOR_MOST_DIMS];
    struct dense_pick pick;
    fringe_status status = dense_pick_create(&pick, y->rank, y->dims, error);
    if (status) return status;
    dense_strides(x, strides);
    for (int axis = 0; axis < y->rank; axis++)
        dense_pick_step(&pick, axis, params->start[axis] * strides[axis], params->step[axis] * strides[axis]);
    status = dense_pick_apply(&pick, tensor_type_bytes(x->type), x->data, NULL, y->data, call->run, error);
    dense_pick_free(&pick);
    return status;
}

/* ---- Gather ---- */

fringe_status operator_gather_infer(struct operator_call *call, fringe_error *error)
{
    struct gather_params *params = call->params;
    int64_t axis = 0, dims[2 * TENSOR_MOST_DIMS];
    fringe_status status = operator_arity(call, 2, 2, 1, error);
    if (!status) status = operator_int(call, "axis", 0, &axis, error);
    if (!status) status = operator_axis(call, axis, call->inputs[0]->rank, &params->axis, error);
    if (status) return status;
    const struct tensor *x = call->inputs[0], *indices = call->inputs[1];
    int rank = 0;
    if (indices->type != TENSOR_INT64 && indices->type != TENSOR_INT32)
        return operator_wrong(call, error, "indices are %s", tensor_type_name(indices->type));
    for (int k = 0; k < params->axis; k++) dims[rank++] = x->dims[k];
    for (int k = 0; k < indices->rank; k++) dims[rank++] = indices->dims[k];
    for (int k = params->axis + 1; k < x->rank; k++) dims[rank++] = x->dims[k];
    return operator_output(call, 0, x->type, rank, dims, error);
}

fringe_status operator_gather_evaluate(const struct operator_call *call, fringe_error *error)
{
    const struct tensor *x = call->inputs[0], *indices = call->inputs[1];
    int axis = ((const struct gather_params *)call->params)->axis;
    int64_t outer = tensor_span(x, 0, axis), length = x->dims[axis], count = tensor_count(indices);
    size_t inner = (size_t)tensor_span(x, axis + 1, x->rank) * tensor_type_bytes(x->type);
    char *to = call->outputs[0]->data;
    const char *from = x->data;
    for (int64_t i = 0; i < outer; i++, from += (size_t)length * inner)
        for (int64_t k = 0; k < count; k++, to += inner) {
            int64_t at = indices->type == TENSOR_INT64 ? ((const int64_t *)indices->data)[k]
                                                       : ((const int32_t *)indices->data)[k];
            if (at < -length || at >= length)
                return operator_wrong(call, error, "index %lld on an axis of length %lld", (long long)at,
                                      (long long)length);
            memcpy(to, from + (size_t)(at < 0 ? at + length : at) * inner, inner);
        }
    return FRINGE_OK;
}

/* ---- Where ---- */

fringe_status operator_where_infer(struct operator_call *call, fringe_error *error)
{
    fringe_status status = operator_arity(call, 3, 3, 1, error);
    if (!status) status = operator_typed(call, 0, TENSOR_BOOL, error);
    if (status) return status;
    const struct tensor *condition = call->inputs[0], *x = call->inputs[1], *y = call->inputs[2];
    char texts[3][TENSOR_SHAPE_BYTES];
    int64_t dims[TENSOR_MOST_DIMS];
    int rank;
    if (x->type != y->type)
        return operator_wrong(call, error, "%s and %s disagree", tensor_type_name(x->type),
                              tensor_type_name(y->type));
    if (!dense_broadcast_shape(x->rank, x->dims, y->rank, y->dims, &rank, dims) ||
        !dense_broadcast_shape(condition->rank, condition->dims, rank, dims, &rank, dims))
        return operator_wrong(call, error, "shapes %s, %s and %s do not go together",
                              tensor_shape_text(condition, texts[0]), tensor_shape_text(x, texts[1]),
                              tensor_shape_text(y, texts[2]));
    return operator_output(call, 0, x->type, rank, dims, error);
}

struct where_work {
    struct dense_broadcast plan;
    const struct tensor *condition, *x, *y;
    struct tensor *out;
};

static void where_rows(void *context, int64_t begin, int64_t end)
{
    const struct where_work *work = context;
    const struct dense_broadcast *plan = &work->plan;
    size_t bytes = tensor_type_bytes(work->out->type);
    for (int64_t row = begin; row < end; row++) {
        int64_t offsets[DENSE_BROADCAST_MOST];
        dense_broadcast_row(plan, row, offsets);
        for (int64_t i = 0; i < plan->width; i++) {
            int yes = ((const uint8_t *)work->condition->data)[offsets[0] + i * plan->steps[0]] != 0;
            int64_t at = yes ? offsets[1] + i * plan->steps[1] : offsets[2] + i * plan->steps[2];
            const char *from = yes ? work->x->data : work->y->data;
            memcpy((char *)work->out->data + (size_t)(row * plan->width + i) * bytes,
                   from + (size_t)at * bytes, bytes);
        }
    }
}

fringe_status operator_where_evaluate(const struct operator_call *call, fringe_error *error)
{
    struct where_work work = {
        .condition = call->inputs[0], .x = call->inputs[1], .y = call->inputs[2], .out = call->outputs[0]};
    dense_broadcast_plan(&work.plan, call->outputs[0], call->inputs, 3);
    return dense_rows(work.plan.rows, work.plan.width, where_rows, &work, call->run, error);
}

/* ---- DepthToSpace, SpaceToDepth ---- */

fringe_status operator_depth_infer(struct operator_call *call, fringe_error *error)
{
    struct depth_params *params = call->params;
    const char *mode;
    fringe_status status = operator_arity(call, 1, 1, 1, error);
    if (!status) status = operator_int(call, "blocksize", 0, &params->block, error);
    if (!status) status = operator_string(call, "mode", "DCR", &mode, error);
    if (status) return status;
    const struct tensor *x = call->inputs[0];
    char text[TENSOR_SHAPE_BYTES];
    params->to_depth = call->node->op_type[0] == 'S';
    params->column_row_depth = !params->to_depth && !strcmp(mode, "CRD");
    if (!params->column_row_depth && strcmp(mode, "DCR") != 0)
        return operator_wrong(call, error, "mode '%s' has no meaning", mode);
    int64_t block = params->block;
    int fits = x->rank == 4 && block > 0 && block < (1 << 20);
    if (fits)
        fits = params->to_depth ? x->dims[2] % block == 0 && x->dims[3] % block == 0
                                : x->dims[1] % (block * block) == 0;
    if (!fits)
        return operator_wrong(call, error, "blocks of %lld do not fit the input %s", (long long)block,
                              tensor_shape_text(x, text));
    int64_t dims[4] = {x->dims[0], x->dims[1] * block * block, x->dims[2] / block, x->dims[3] / block};
    if (!params->to_depth) {
        dims[1] = x->dims[1] / (block * block);
        dims[2] = x->dims[2] * block;
        dims[3] = x->dims[3] * block;
    }
    return operator_output(call, 0, x->type, 4, dims, error);
}

/* Both are a transpose of a tensor of six axes: the block's rows and columns go from the channels into the
 * image, or back. */
fringe_status operator_depth_evaluate(const struct operator_call *call, fringe_error *error)
{
    const struct depth_params *params = call->params;
    const struct tensor *x = call->inputs[0], *small = params->to_depth ? call->outputs[0] : x;
    int64_t block = params->block, depth = small->dims[1] / (block * block), h = small->dims[2],
            w = small->dims[3];
    /* Axes of the small image's tensor: N, then block row, block column and depth in DCR's or CRD's order. */
    int64_t plane = h * w, row_step = plane * depth * block, column_step = plane * depth, depth_step = plane;
    if (params->column_row_depth) {
        row_step = plane * block;
        column_step = plane;
        depth_step = plane * block * block;
    }
    struct dense_pick pick;
    fringe_status status;
    if (params->to_depth) {
        /* From (N, D, h * b, w * b) to (N, row, column, D, h, w). */
        int64_t dims[6] = {x->dims[0], block, block, depth, h, w};
        int64_t wide = w * block;
        int64_t strides[6] = {depth * h * block * wide, wide, 1, h * block * wide, block * wide, block};
        status = dense_pick_create(&pick, 6, dims, error);
        if (!status) dense_pick_strides(&pick, strides);
    } else {
        int64_t dims[6] = {x->dims[0], depth, h, block, w, block};
        int64_t strides[6] = {x->dims[1] * plane, depth_step, w, row_step, 1, column_step};
        status = dense_pick_create(&pick, 6, dims, error);
        if (!status) dense_pick_strides(&pick, strides);
    }
    if (status) return status;
    status = dense_pick_apply(&pick, tensor_type_bytes(x->type), x->data, NULL, call->outputs[0]->data,
                              call->run, error);
    dense_pick_free(&pick);
    return status;
}
