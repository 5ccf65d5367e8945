#include "tensor/binary.h"

#include <math.h>
#include <string.h>

#include "nn/operator_families.h"
#include "nn/operator_params.h"
#include "tensor/dense_broadcast.h"
#include "tensor/dense_rows.h"

/* The operators, and whether they take any number of inputs. */
struct binary_row {
    const char *name;
    enum binary_kind kind;
    int many;
};

static const struct binary_row rows[] = {
    {"Add", BINARY_ADD, 0},         {"And", BINARY_AND, 0},
    {"Div", BINARY_DIV, 0},         {"Equal", BINARY_EQUAL, 0},
    {"Greater", BINARY_GREATER, 0}, {"GreaterOrEqual", BINARY_GREATER_EQUAL, 0},
    {"Less", BINARY_LESS, 0},       {"LessOrEqual", BINARY_LESS_EQUAL, 0},
    {"Max", BINARY_MAX, 1},         {"Mean", BINARY_ADD, 1},
    {"Min", BINARY_MIN, 1},         {"Mod", BINARY_MOD, 0},
    {"Mul", BINARY_MUL, 0},         {"Or", BINARY_OR, 0},
    {"PRelu", BINARY_PRELU, 0},     {"Pow", BINARY_POW, 0},
    {"Sub", BINARY_SUB, 0},         {"Sum", BINARY_ADD, 1},
    {"Xor", BINARY_XOR, 0},
};

static int is_comparison(int kind)
{
    return kind >= BINARY_EQUAL && kind <= BINARY_GREATER_EQUAL;
}

static int is_logic(int kind)
{
    return kind >= BINARY_AND;
}

static fringe_status check_types(const struct operator_call *call, int kind, int mean, fringe_error *error)
{
    enum tensor_type type = call->inputs[0]->type;
    for (size_t i = 1; i < call->input_count; i++) {
        /* Pow's exponent may be of another type than its base. */
        if (call->inputs[i]->type != type && (kind != BINARY_POW || call->inputs[i]->type == TENSOR_BOOL))
            return operator_wrong(call, error, "%s and %s disagree", tensor_type_name(type),
                                  tensor_type_name(call->inputs[i]->type));
    }
    if (is_logic(kind)) return operator_typed(call, 0, TENSOR_BOOL, error);
    if (mean || kind == BINARY_PRELU || (type == TENSOR_BOOL && kind != BINARY_EQUAL))
        return operator_typed(call, 0, TENSOR_FLOAT32, error);
    return FRINGE_OK;
}

fringe_status operator_binary_infer(struct operator_call *call, fringe_error *error)
{
    struct binary_params *params = call->params;
    const struct binary_row *row = rows;
    while (strcmp(row->name, call->node->op_type) != 0) row++; /* the table of operators has the same names */
    params->kind = row->kind;
    params->mean = !strcmp(row->name, "Mean");
    fringe_status status = row->many && call->input_count == 0
                               ? operator_wrong(call, error, "no inputs")
                               : operator_arity(call, row->many ? call->input_count : 2,
                                                row->many ? call->input_count : 2, 1, error);
    if (!status) status = check_types(call, params->kind, params->mean, error);
    if (status) return status;
    if (row->kind == BINARY_MOD) {
        int64_t fmod = 0;
        status = operator_int(call, "fmod", 0, &fmod, error);
        if (status) return status;
        if (fmod) params->kind = BINARY_FMOD;
        if (!fmod && call->inputs[0]->type == TENSOR_FLOAT32)
            return operator_wrong(call, error, "floats need fmod 1");
    }
    int64_t dims[TENSOR_MOST_DIMS];
    int rank = call->inputs[0]->rank;
    memcpy(dims, call->inputs[0]->dims, sizeof dims);
    for (size_t i = 1; i < call->input_count; i++) {
        const struct tensor *other = call->inputs[i];
        struct tensor so_far = {.rank = rank};
        char texts[2][TENSOR_SHAPE_BYTES];
        memcpy(so_far.dims, dims, sizeof dims);
        if (!dense_broadcast_shape(rank, dims, other->rank, other->dims, &rank, dims))
            return operator_wrong(call, error, "shapes %s and %s do not go together",
                                  tensor_shape_text(&so_far, texts[0]), tensor_shape_text(other, texts[1]));
    }
    enum tensor_type type = is_comparison(params->kind) ? TENSOR_BOOL : call->inputs[0]->type;
    return operator_output(call, 0, type, rank, dims, error);
}

/* ---- whole numbers ---- */

/* Unsigned where it may overflow, which wraps and is defined. */
static int64_t whole_power(int64_t base, int64_t exponent)
{
    if (exponent < 0) return base == 1 ? 1 : base == -1 ? (exponent % 2 ? -1 : 1) : 0;
    uint64_t power = 1, factor = (uint64_t)base;
    for (; exponent; exponent >>= 1, factor *= factor)
        if (exponent & 1) power *= factor;
    return (int64_t)power;
}

static int64_t whole_value(int kind, int64_t a, int64_t b)
{
    int64_t rest;
    switch (kind) {
    case BINARY_ADD:
        return (int64_t)((uint64_t)a + (uint64_t)b);
    case BINARY_SUB:
        return (int64_t)((uint64_t)a - (uint64_t)b);
    case BINARY_MUL:
        return (int64_t)((uint64_t)a * (uint64_t)b);
    /* Without a value where b is 0; -1 apart, since the least number has no opposite. */
    case BINARY_DIV:
        return b == 0 ? 0 : b == -1 ? (int64_t) - (uint64_t)a : a / b;
    case BINARY_FMOD:
        return b == 0 || b == -1 ? 0 : a % b;
    case BINARY_MOD:
        rest = b == 0 || b == -1 ? 0 : a % b;
        return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
    case BINARY_MIN:
        return a < b ? a : b;
    case BINARY_MAX:
        return a > b ? a : b;
    case BINARY_POW:
        return whole_power(a, b);
    case BINARY_EQUAL:
        return a == b;
    case BINARY_LESS:
        return a < b;
    case BINARY_LESS_EQUAL:
        return a <= b;
    case BINARY_GREATER:
        return a > b;
    case BINARY_GREATER_EQUAL:
        return a >= b;
    case BINARY_AND:
        return a && b;
    case BINARY_OR:
        return a || b;
    default:
        return !a != !b; /* BINARY_XOR */
    }
}

static int float_compare(int kind, float a, float b)
{
    switch (kind) {
    case BINARY_EQUAL:
        return a == b;
    case BINARY_LESS:
        return a < b;
    case BINARY_LESS_EQUAL:
        return a <= b;
    case BINARY_GREATER:
        return a > b;
    default:
        return a >= b; /* BINARY_GREATER_EQUAL */
    }
}

static int64_t whole_at(const struct tensor *t, int64_t at)
{
    switch (t->type) {
    case TENSOR_INT64:
        return ((const int64_t *)t->data)[at];
    case TENSOR_INT32:
        return ((const int32_t *)t->data)[at];
    case TENSOR_BOOL:
        return ((const uint8_t *)t->data)[at] != 0;
    case TENSOR_FLOAT32:
        break;
    }
    return 0;
}

static double number_at(const struct tensor *t, int64_t at)
{
    return t->type == TENSOR_FLOAT32 ? (double)((const float *)t->data)[at] : (double)whole_at(t, at);
}

static void put_whole(struct tensor *t, int64_t at, int64_t value)
{
    if (t->type == TENSOR_INT64) ((int64_t *)t->data)[at] = value;
    if (t->type == TENSOR_INT32) ((int32_t *)t->data)[at] = (int32_t)value;
    if (t->type == TENSOR_BOOL) ((uint8_t *)t->data)[at] = value != 0;
}

/* ---- two inputs ---- */

struct binary_work {
    struct dense_broadcast plan;
    int kind;
    const struct tensor *a, *b;
    struct tensor *out;
};

static void binary_rows(void *context, int64_t begin, int64_t end)
{
    const struct binary_work *work = context;
    const struct dense_broadcast *plan = &work->plan;
    int mixed = work->a->type != work->b->type; /* Pow: each kind of float and whole number */
    for (int64_t row = begin; row < end; row++) {
        int64_t offsets[DENSE_BROADCAST_MOST], out = row * plan->width;
        dense_broadcast_row(plan, row, offsets);
        if (work->out->type == TENSOR_FLOAT32 && !mixed) {
            binary_apply((enum binary_kind)work->kind, (size_t)plan->width,
                         (const float *)work->a->data + offsets[0], plan->steps[0],
                         (const float *)work->b->data + offsets[1], plan->steps[1],
                         (float *)work->out->data + out);
            continue;
        }
        for (int64_t i = 0; i < plan->width; i++) {
            int64_t at_a = offsets[0] + i * plan->steps[0], at_b = offsets[1] + i * plan->steps[1];
            if (mixed && work->out->type == TENSOR_FLOAT32)
                ((float *)work->out->data)[out + i] =
                    powf((float)number_at(work->a, at_a), (float)number_at(work->b, at_b));
            else if (mixed && work->b->type == TENSOR_FLOAT32)
                put_whole(work->out, out + i,
                          (int64_t)pow(number_at(work->a, at_a), number_at(work->b, at_b)));
            else if (work->a->type == TENSOR_FLOAT32)
                put_whole(work->out, out + i,
                          float_compare(work->kind, ((const float *)work->a->data)[at_a],
                                        ((const float *)work->b->data)[at_b]));
            else
                put_whole(work->out, out + i,
                          whole_value(work->kind, whole_at(work->a, at_a), whole_at(work->b, at_b)));
        }
    }
}

static fringe_status apply(const struct operator_call *call, int kind, const struct tensor *a,
                           const struct tensor *b, struct tensor *out, fringe_error *error)
{
    struct binary_work work = {.kind = kind, .a = a, .b = b, .out = out};
    const struct tensor *operands[2] = {a, b};
    dense_broadcast_plan(&work.plan, out, operands, 2);
    return dense_rows(work.plan.rows, work.plan.width, binary_rows, &work, call->run, error);
}

fringe_status operator_binary_evaluate(const struct operator_call *call, fringe_error *error)
{
    const struct binary_params *params = call->params;
    struct tensor *out = call->outputs[0];
    if (tensor_count(out) == 0) return FRINGE_OK;
    /* Sum, Mean, Max and Min of one input are that input. */
    if (call->input_count == 1) return operator_copy_evaluate(call, error);
    fringe_status status = apply(call, params->kind, call->inputs[0], call->inputs[1], out, error);
    for (size_t i = 2; i < call->input_count && !status; i++)
        status = apply(call, params->kind, out, call->inputs[i], out, error);
    if (!params->mean || status) return status;
    float count = (float)call->input_count;
    struct tensor divisor = {.type = TENSOR_FLOAT32, .data = &count};
    return apply(call, BINARY_DIV, out, &divisor, out, error);
}
