#include "tensor/unary.h"

#include <math.h>
#include <string.h>

#include "nn/operator_families.h"
#include "nn/operator_params.h"
#include "tensor/dense_rows.h"

static fringe_status same_shape(const struct operator_call *call, fringe_error *error)
{
    const struct tensor *x = call->inputs[0];
    return operator_output(call, 0, x->type, x->rank, x->dims, error);
}

/* Operators of one input, with the names and defaults of their two parameters. */
struct unary_row {
    const char *name;
    enum unary_kind kind;
    const char *a_name;
    float a;
    const char *b_name;
    float b;
};

static const struct unary_row rows[] = {
    {"Abs", UNARY_ABS, 0, 0, 0, 0},
    {"Ceil", UNARY_CEIL, 0, 0, 0, 0},
    {"Celu", UNARY_CELU, "alpha", 1, 0, 0},
    {"Elu", UNARY_ELU, "alpha", 1, 0, 0},
    {"Erf", UNARY_ERF, 0, 0, 0, 0},
    {"Exp", UNARY_EXP, 0, 0, 0, 0},
    {"Floor", UNARY_FLOOR, 0, 0, 0, 0},
    {"Gelu", UNARY_GELU, 0, 0, 0, 0},
    {"HardSigmoid", UNARY_HARD_SIGMOID, "alpha", 0.2f, "beta", 0.5f},
    {"HardSwish", UNARY_HARD_SWISH, 0, 0, 0, 0},
    {"LeakyRelu", UNARY_LEAKY_RELU, "alpha", 0.01f, 0, 0},
    {"Log", UNARY_LOG, 0, 0, 0, 0},
    {"Mish", UNARY_MISH, 0, 0, 0, 0},
    {"Neg", UNARY_NEG, 0, 0, 0, 0},
    {"Reciprocal", UNARY_RECIPROCAL, 0, 0, 0, 0},
    {"Relu", UNARY_RELU, 0, 0, 0, 0},
    {"Round", UNARY_ROUND, 0, 0, 0, 0},
    {"Selu", UNARY_SELU, "alpha", 1.67326319f, "gamma", 1.05070102f},
    {"Sigmoid", UNARY_SIGMOID, 0, 0, 0, 0},
    {"Sign", UNARY_SIGN, 0, 0, 0, 0},
    {"Softplus", UNARY_SOFTPLUS, 0, 0, 0, 0},
    {"Softsign", UNARY_SOFTSIGN, 0, 0, 0, 0},
    {"Sqrt", UNARY_SQRT, 0, 0, 0, 0},
    {"Tanh", UNARY_TANH, 0, 0, 0, 0},
    {"ThresholdedRelu", UNARY_THRESHOLDED_RELU, "alpha", 1, 0, 0},
};

fringe_status operator_unary_infer(struct operator_call *call, fringe_error *error)
{
    struct unary_params *params = call->params;
    fringe_status status = operator_arity(call, 1, 1, 1, error);
    if (status) return status;
    const struct unary_row *row = rows;
    while (strcmp(row->name, call->node->op_type) != 0) row++; /* the table of operators has the same names */
    params->kind = row->kind;
    if (row->a_name) status = operator_float(call, row->a_name, row->a, &params->a, error);
    if (row->b_name && !status) status = operator_float(call, row->b_name, row->b, &params->b, error);
    if (status) return status;
    if (row->kind == UNARY_CELU && !(params->a > 0))
        return operator_lacks(call, error, "alpha is not above 0");
    if (row->kind == UNARY_GELU) {
        const char *approximate;
        status = operator_string(call, "approximate", "none", &approximate, error);
        if (status) return status;
        if (!strcmp(approximate, "tanh"))
            params->kind = UNARY_GELU_TANH;
        else if (strcmp(approximate, "none") != 0)
            return operator_wrong(call, error, "approximate '%s' has no meaning", approximate);
    }
    enum tensor_type type = call->inputs[0]->type;
    int of_whole = row->kind == UNARY_ABS || row->kind == UNARY_NEG || row->kind == UNARY_SIGN ||
                   row->kind == UNARY_RELU;
    if (type != TENSOR_FLOAT32 && (!of_whole || type == TENSOR_BOOL))
        status = operator_typed(call, 0, TENSOR_FLOAT32, error);
    return status ? status : same_shape(call, error);
}

static int64_t apply_whole(const struct unary_params *params, int64_t low, int64_t high, int64_t x)
{
    switch (params->kind) {
    case UNARY_ABS:
        return x < 0 ? (int64_t) - (uint64_t)x : x;
    case UNARY_NEG:
        return (int64_t) - (uint64_t)x;
    case UNARY_SIGN:
        return (x > 0) - (x < 0);
    case UNARY_RELU:
        return x > 0 ? x : 0;
    default:
        x = x < low ? low : x;
        return x > high ? high : x; /* Clip */
    }
}

struct unary_work {
    const struct unary_params *params;
    int64_t low, high; /* of a Clip of whole numbers */
    const struct tensor *x;
    void *y;
};

/* A row of work is one value. */
static void unary_values(void *context, int64_t begin, int64_t end)
{
    const struct unary_work *work = context;
    const struct unary_params *params = work->params;
    if (work->x->type == TENSOR_FLOAT32) {
        unary_apply((enum unary_kind)params->kind, params->a, params->b, (size_t)(end - begin),
                    (const float *)work->x->data + begin, (float *)work->y + begin);
        return;
    }
    for (int64_t i = begin; i < end; i++) {
        if (work->x->type == TENSOR_INT64)
            ((int64_t *)work->y)[i] =
                apply_whole(params, work->low, work->high, ((const int64_t *)work->x->data)[i]);
        else
            ((int32_t *)work->y)[i] =
                (int32_t)apply_whole(params, work->low, work->high, ((const int32_t *)work->x->data)[i]);
    }
}

fringe_status operator_unary_evaluate(const struct operator_call *call, fringe_error *error)
{
    struct unary_work work = {.params = call->params, .x = call->inputs[0], .y = call->outputs[0]->data};
    return dense_rows(tensor_count(work.x), 4, unary_values, &work, call->run, error);
}

/* ---- Clip ---- */

/* Bounds are attributes, from opset 11 on inputs, which may be whole numbers. */
static fringe_status whole_bound(const struct operator_call *call, size_t index, int64_t fallback,
                                 int64_t *value, fringe_error *error)
{
    const struct tensor *bound = operator_input(call, index);
    *value = fallback;
    if (!bound) return FRINGE_OK;
    if (tensor_count(bound) != 1 || bound->type != call->inputs[0]->type)
        return operator_wrong(call, error, "input %zu is not one %s value", index,
                              tensor_type_name(call->inputs[0]->type));
    if (bound->data)
        *value = bound->type == TENSOR_INT64 ? *(const int64_t *)bound->data : *(const int32_t *)bound->data;
    return FRINGE_OK;
}

static fringe_status float_bounds(const struct operator_call *call, float *low, float *high,
                                  fringe_error *error)
{
    if (call->opset < 11) {
        fringe_status status = operator_float(call, "min", -INFINITY, low, error);
        return status ? status : operator_float(call, "max", INFINITY, high, error);
    }
    fringe_status status = operator_number(call, 1, -INFINITY, low, error);
    return status ? status : operator_number(call, 2, INFINITY, high, error);
}

fringe_status operator_clip_infer(struct operator_call *call, fringe_error *error)
{
    struct unary_params *params = call->params;
    int64_t bound;
    fringe_status status = operator_arity(call, 1, call->opset >= 11 ? 3 : 1, 1, error);
    if (status) return status;
    params->kind = UNARY_CLIP;
    for (size_t i = 1; i < call->input_count; i++)
        if (call->inputs[i] && !call->inputs[i]->data) params->bounds_vary = 1;
    if (call->inputs[0]->type == TENSOR_BOOL) return operator_typed(call, 0, TENSOR_FLOAT32, error);
    if (call->inputs[0]->type != TENSOR_FLOAT32 && !params->bounds_vary) {
        status = whole_bound(call, 1, 0, &bound, error);
        if (!status) status = whole_bound(call, 2, 0, &bound, error);
    } else if (!params->bounds_vary) {
        status = float_bounds(call, &params->a, &params->b, error);
    }
    return status ? status : same_shape(call, error);
}

fringe_status operator_clip_evaluate(const struct operator_call *call, fringe_error *error)
{
    struct unary_params params = {.kind = UNARY_CLIP};
    struct unary_work work = {.params = &params, .x = call->inputs[0], .y = call->outputs[0]->data};
    fringe_status status;
    if (work.x->type == TENSOR_FLOAT32) {
        status = float_bounds(call, &params.a, &params.b, error);
    } else {
        status = whole_bound(call, 1, INT64_MIN, &work.low, error);
        if (!status) status = whole_bound(call, 2, INT64_MAX, &work.high, error);
    }
    return status ? status : dense_rows(tensor_count(work.x), 4, unary_values, &work, call->run, error);
}

/* ---- Not ---- */

fringe_status operator_not_infer(struct operator_call *call, fringe_error *error)
{
    fringe_status status = operator_arity(call, 1, 1, 1, error);
    if (!status) status = operator_typed(call, 0, TENSOR_BOOL, error);
    return status ? status : same_shape(call, error);
}

fringe_status operator_not_evaluate(const struct operator_call *call, fringe_error *error)
{
    (void)error;
    const uint8_t *x = call->inputs[0]->data;
    uint8_t *y = call->outputs[0]->data;
    for (int64_t i = 0; i < tensor_count(call->inputs[0]); i++) y[i] = !x[i];
    return FRINGE_OK;
}
