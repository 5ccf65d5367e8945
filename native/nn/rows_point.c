/* rows_point.c - layers that work pixel by pixel: functions of one and of two values, batch normalisation
 * that no convolution took, softmax and reductions over channels. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "nn/plan_build.h"
#include "tensor/binary.h"
#include "tensor/dense_norm.h"
#include "tensor/softmax.h"
#include "tensor/unary.h"

struct point_data {
    int kind;
    float a, b;
    int logarithm;
    enum reduce_kind reduce;
    /* a constant operand or factors, one value for each plane of the output */
    float *plane_values, *plane_shifts;
    int constant_first; /* the constant is the left operand */
};

static void point_clear(struct step *step)
{
    struct point_data *data = step->data;
    if (!data) return;
    alloc_free(data->plane_values);
    alloc_free(data->plane_shifts);
}

static const struct slot *slot_of(const struct execution *execution, int index)
{
    return &execution->network->slots[index];
}

static fringe_status begin_point(struct plan_builder *builder, const struct step_kind *kind,
                                 const struct graph_node *node, const int *inputs, size_t count,
                                 struct step **step)
{
    fringe_status status = builder_step(builder, kind, node, inputs, count, node->outputs[0], step);
    if (!status) status = builder_data(builder, *step, sizeof(struct point_data));
    return status;
}

/* ---- one value ---- */

static void unary_row(const struct step *step, struct execution *execution, int64_t row, int part, int worker)
{
    (void)worker;
    const struct point_data *data = step->data;
    const struct slot *in = slot_of(execution, step->inputs[0]), *out = slot_of(execution, step->output);
    unary_apply((enum unary_kind)data->kind, data->a, data->b, (size_t)out->width,
                execution_row(execution, in, row) + (size_t)part * in->plane_stride,
                execution_row(execution, out, row) + (size_t)part * out->plane_stride);
}

static const struct step_kind unary_kind_of_step = {.name = "unary", .row = unary_row, .clear = point_clear};

fringe_status rows_unary_lower(struct plan_builder *builder, const struct graph_node *node, int *taken)
{
    const struct unary_params *params = node->params;
    *taken = !params->bounds_vary;
    if (!*taken) return FRINGE_OK;
    struct step *step;
    int input;
    fringe_status status = builder_rows(builder, node->inputs[0], &input);
    if (!status) status = begin_point(builder, &unary_kind_of_step, node, &input, 1, &step);
    if (status) return status;
    struct point_data *data = step->data;
    const struct slot *out = &builder->network->slots[step->output];
    data->kind = params->kind;
    data->a = params->a;
    data->b = params->b;
    step->parts = (int)(out->batch * out->channels);
    return FRINGE_OK;
}

/* ---- two values ---- */

/* The plane of an operand that broadcasts to plane `plane` of the output. */
static const float *operand_row(const struct execution *execution, const struct slot *in,
                                const struct slot *out, int64_t row, int64_t plane)
{
    int64_t n = in->batch == 1 ? 0 : plane / out->channels, c = in->channels == 1 ? 0 : plane % out->channels;
    return execution_row(execution, in, in->height == 1 ? 0 : row) +
           (size_t)(n * in->channels + c) * in->plane_stride;
}

static void binary_row(const struct step *step, struct execution *execution, int64_t row, int part,
                       int worker)
{
    (void)worker;
    const struct point_data *data = step->data;
    const struct slot *out = slot_of(execution, step->output);
    const float *operands[2];
    int steps[2];
    for (size_t i = 0; i < step->input_count; i++) {
        const struct slot *in = slot_of(execution, step->inputs[i]);
        operands[i] = operand_row(execution, in, out, row, part);
        steps[i] = in->width == 1 && out->width != 1 ? 0 : 1;
    }
    if (step->input_count == 1) { /* beside a constant */
        operands[1] = &data->plane_values[part];
        steps[1] = 0;
    }
    int first = data->constant_first;
    binary_apply((enum binary_kind)data->kind, (size_t)out->width, operands[first], steps[first],
                 operands[!first], steps[!first],
                 execution_row(execution, out, row) + (size_t)part * out->plane_stride);
}

static const struct step_kind binary_kind_of_step = {
    .name = "binary", .row = binary_row, .clear = point_clear};

/* A constant that is the same over each plane, spread to one value for each plane; 0 where it is not so. */
static int spread_constant(const struct tensor *constant, const struct slot *out, float *values)
{
    int64_t dims[4] = {1, 1, 1, 1};
    if (constant->rank > 4) return 0;
    for (int i = 0; i < constant->rank; i++) dims[4 - constant->rank + i] = constant->dims[i];
    if (dims[2] != 1 || dims[3] != 1) return 0;
    for (int64_t n = 0; n < out->batch; n++)
        for (int64_t c = 0; c < out->channels; c++)
            values[n * out->channels + c] =
                ((const float *)constant->data)[(dims[0] == 1 ? 0 : n) * dims[1] + (dims[1] == 1 ? 0 : c)];
    return 1;
}

fringe_status rows_binary_lower(struct plan_builder *builder, const struct graph_node *node, int *taken)
{
    const struct binary_params *params = node->params;
    *taken =
        node->input_count == 2 && !params->mean && params->kind != BINARY_MOD && params->kind <= BINARY_PRELU;
    int constant = -1;
    for (int i = 0; i < 2 && *taken; i++) {
        if (builder_constant(builder, node, (size_t)i))
            constant = i;
        else if (!builder_can_be_rows(builder, node->inputs[i]))
            *taken = 0;
    }
    if (!*taken) return FRINGE_OK;
    struct step *step;
    int inputs[2];
    size_t count = 0;
    fringe_status status = FRINGE_OK;
    float *values = NULL;
    if (constant >= 0) {
        const int64_t *dims = builder->graph->values[node->outputs[0]].tensor.dims;
        struct slot out = {.batch = dims[0], .channels = dims[1]};
        const struct tensor *other = &builder->graph->values[node->inputs[!constant]].tensor;
        values = alloc_array((size_t)(dims[0] * dims[1]), sizeof *values);
        if (!values) return failure_memory(builder->error, "constant of a layer", 0);
        /* A constant with rows or columns of its own, or one that is larger than the other operand, is left
         * to the dense operator. */
        if (!builder_can_be_rows(builder, node->inputs[!constant]) || other->dims[1] > dims[1] ||
            !spread_constant(builder_constant(builder, node, (size_t)constant), &out, values)) {
            alloc_free(values);
            *taken = 0;
            return FRINGE_OK;
        }
    }
    for (int i = 0; i < 2 && !status; i++)
        if (i != constant) status = builder_rows(builder, node->inputs[i], &inputs[count++]);
    if (!status) status = begin_point(builder, &binary_kind_of_step, node, inputs, count, &step);
    if (status) {
        alloc_free(values);
        return status;
    }
    struct point_data *data = step->data;
    const struct slot *out = &builder->network->slots[step->output];
    data->kind = params->kind;
    data->plane_values = values;
    data->constant_first = constant == 0;
    step->parts = (int)(out->batch * out->channels);
    return FRINGE_OK;
}

/* ---- batch normalisation that no convolution took ---- */

static void norm_row(const struct step *step, struct execution *execution, int64_t row, int part, int worker)
{
    (void)worker;
    const struct point_data *data = step->data;
    const struct slot *in = slot_of(execution, step->inputs[0]), *out = slot_of(execution, step->output);
    const float *from = execution_row(execution, in, row) + (size_t)part * in->plane_stride;
    float *to = execution_row(execution, out, row) + (size_t)part * out->plane_stride;
    float factor = data->plane_values[part % out->channels], shift = data->plane_shifts[part % out->channels];
    for (int64_t x = 0; x < out->width; x++) to[x] = from[x] * factor + shift;
}

static const struct step_kind norm_kind = {.name = "batch norm", .row = norm_row, .clear = point_clear};

fringe_status rows_norm_lower(struct plan_builder *builder, const struct graph_node *node, int *taken)
{
    const struct batch_norm_params *params = node->params;
    const float *constants[4];
    *taken = 1;
    for (size_t i = 0; i < 4 && *taken; i++) {
        const struct tensor *t = builder_constant(builder, node, i + 1);
        *taken = t != NULL;
        if (t) constants[i] = t->data;
    }
    if (!*taken) return FRINGE_OK;
    struct step *step;
    int input;
    fringe_status status = builder_rows(builder, node->inputs[0], &input);
    if (!status) status = begin_point(builder, &norm_kind, node, &input, 1, &step);
    if (status) return status;
    struct point_data *data = step->data;
    const struct slot *out = &builder->network->slots[step->output];
    data->plane_values = alloc_array((size_t)out->channels, sizeof(float));
    data->plane_shifts = alloc_array((size_t)out->channels, sizeof(float));
    if (!data->plane_values || !data->plane_shifts)
        return failure_memory(builder->error, "batch normalisation",
                              2 * (size_t)out->channels * sizeof(float));
    dense_batch_norm_factors(out->channels, constants[0], constants[1], constants[2], constants[3],
                             params->epsilon, data->plane_values, data->plane_shifts);
    step->parts = (int)(out->batch * out->channels);
    return FRINGE_OK;
}

/* ---- over channels ---- */

static void softmax_row(const struct step *step, struct execution *execution, int64_t row, int part,
                        int worker)
{
    (void)worker;
    const struct point_data *data = step->data;
    const struct slot *in = slot_of(execution, step->inputs[0]), *out = slot_of(execution, step->output);
    const struct softmax_steps in_steps = {in->plane_stride, 1}, out_steps = {out->plane_stride, 1};
    size_t first = (size_t)(part * out->channels);
    softmax_rows((size_t)out->channels, (size_t)out->width,
                 execution_row(execution, in, row) + first * in->plane_stride, in_steps,
                 execution_row(execution, out, row) + first * out->plane_stride, out_steps, data->logarithm);
}

static const struct step_kind softmax_kind = {.name = "softmax", .row = softmax_row, .clear = point_clear};

fringe_status rows_softmax_lower(struct plan_builder *builder, const struct graph_node *node, int *taken)
{
    const struct softmax_params *params = node->params;
    *taken = params->axis == 1 && params->end == 2;
    if (!*taken) return FRINGE_OK;
    struct step *step;
    int input;
    fringe_status status = builder_rows(builder, node->inputs[0], &input);
    if (!status) status = begin_point(builder, &softmax_kind, node, &input, 1, &step);
    if (status) return status;
    ((struct point_data *)step->data)->logarithm = params->logarithm;
    step->parts = (int)builder->network->slots[step->output].batch;
    return FRINGE_OK;
}

/* Sum, mean, maximum and minimum over channels; the others are rare and dense. */
static void reduce_row(const struct step *step, struct execution *execution, int64_t row, int part,
                       int worker)
{
    (void)worker;
    const struct point_data *data = step->data;
    const struct slot *in = slot_of(execution, step->inputs[0]), *out = slot_of(execution, step->output);
    const float *from = execution_row(execution, in, row) + (size_t)(part * in->channels) * in->plane_stride;
    float *to = execution_row(execution, out, row) + (size_t)part * out->plane_stride;
    enum binary_kind kind = data->reduce == REDUCE_MAX   ? BINARY_MAX
                            : data->reduce == REDUCE_MIN ? BINARY_MIN
                                                         : BINARY_ADD;
    memcpy(to, from, (size_t)out->width * sizeof *to);
    for (int64_t c = 1; c < in->channels; c++)
        binary_apply(kind, (size_t)out->width, to, 1, from + (size_t)c * in->plane_stride, 1, to);
    float count = (float)in->channels;
    if (data->reduce == REDUCE_MEAN) binary_apply(BINARY_DIV, (size_t)out->width, to, 1, &count, 0, to);
}

static const struct step_kind reduce_kind_of_step = {
    .name = "reduce", .row = reduce_row, .clear = point_clear};

fringe_status rows_reduce_lower(struct plan_builder *builder, const struct graph_node *node, int *taken)
{
    const struct reduce_params *params = node->params;
    *taken = params->axes == 1u << 1 && params->keepdims && params->kind <= REDUCE_MIN;
    if (!*taken) return FRINGE_OK;
    struct step *step;
    int input;
    fringe_status status = builder_rows(builder, node->inputs[0], &input);
    if (!status) status = begin_point(builder, &reduce_kind_of_step, node, &input, 1, &step);
    if (status) return status;
    ((struct point_data *)step->data)->reduce = params->kind;
    step->parts = (int)builder->network->slots[step->output].batch;
    return FRINGE_OK;
}
