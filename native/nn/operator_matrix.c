#include <string.h>

#include "base/run_state.h"
#include "nn/operator_families.h"
#include "nn/operator_params.h"
#include "tensor/blas.h"
#include "tensor/dense_broadcast.h"

static fringe_status check_floats(const struct operator_call *call, fringe_error *error)
{
    fringe_status status = FRINGE_OK;
    for (size_t i = 0; i < call->input_count && !status; i++)
        if (call->inputs[i]) status = operator_typed(call, i, TENSOR_FLOAT32, error);
    return status;
}

/* ---- MatMul ---- */

/* A vector is a matrix of one row on the left, of one column on the right. */
struct matrices {
    int64_t m, k, n;
    int a_batch, b_batch; /* axes in front of the matrix */
};

static struct matrices shape_of(const struct tensor *a, const struct tensor *b)
{
    struct matrices s = {.m = 1, .n = 1};
    s.k = a->dims[a->rank - 1];
    if (a->rank > 1) s.m = a->dims[a->rank - 2];
    if (b->rank > 1) s.n = b->dims[b->rank - 1];
    s.a_batch = a->rank > 2 ? a->rank - 2 : 0;
    s.b_batch = b->rank > 2 ? b->rank - 2 : 0;
    return s;
}

fringe_status operator_matmul_infer(struct operator_call *call, fringe_error *error)
{
    fringe_status status = operator_arity(call, 2, 2, 1, error);
    if (!status) status = check_floats(call, error);
    if (status) return status;
    const struct tensor *a = call->inputs[0], *b = call->inputs[1];
    char texts[2][TENSOR_SHAPE_BYTES];
    int64_t dims[TENSOR_MOST_DIMS + 2];
    int rank = 0, fits = a->rank > 0 && b->rank > 0;
    struct matrices s = {0};
    if (fits) {
        s = shape_of(a, b);
        fits = s.k == b->dims[b->rank > 1 ? b->rank - 2 : 0] &&
               dense_broadcast_shape(s.a_batch, a->dims, s.b_batch, b->dims, &rank, dims);
    }
    if (!fits)
        return operator_wrong(call, error, "%s times %s", tensor_shape_text(a, texts[0]),
                              tensor_shape_text(b, texts[1]));
    if (a->rank > 1) dims[rank++] = s.m;
    if (b->rank > 1) dims[rank++] = s.n;
    return operator_output(call, 0, TENSOR_FLOAT32, rank, dims, error);
}

fringe_status operator_matmul_evaluate(const struct operator_call *call, fringe_error *error)
{
    const struct tensor *a = call->inputs[0], *b = call->inputs[1];
    struct tensor *y = call->outputs[0];
    if (tensor_count(y) == 0) return FRINGE_OK;
    struct matrices s = shape_of(a, b);
    /* The walk over the batch axes: tensors of matrices. */
    struct tensor a_batch = *a, b_batch = *b, y_batch = *y;
    a_batch.rank = s.a_batch;
    b_batch.rank = s.b_batch;
    y_batch.rank = s.a_batch > s.b_batch ? s.a_batch : s.b_batch;
    const struct tensor *operands[2] = {&a_batch, &b_batch};
    struct dense_broadcast plan;
    dense_broadcast_plan(&plan, &y_batch, operands, 2);
    struct blas_matrices product = {.m = s.m, .n = s.n, .k = s.k, .alpha = 1};
    fringe_status status = FRINGE_OK;
    for (int64_t row = 0; row < plan.rows && !status; row++) {
        int64_t offsets[DENSE_BROADCAST_MOST];
        dense_broadcast_row(&plan, row, offsets);
        for (int64_t i = 0; i < plan.width && !status; i++) {
            status = run_state_check(call->run, error);
            if (!status)
                status = blas_multiply(&product,
                                       (const float *)a->data + (offsets[0] + i * plan.steps[0]) * s.m * s.k,
                                       (const float *)b->data + (offsets[1] + i * plan.steps[1]) * s.k * s.n,
                                       (float *)y->data + (row * plan.width + i) * s.m * s.n, error);
        }
    }
    return status;
}

/* ---- Gemm ---- */

fringe_status operator_gemm_infer(struct operator_call *call, fringe_error *error)
{
    struct gemm_params *params = call->params;
    int64_t transpose_a = 0, transpose_b = 0;
    fringe_status status = operator_arity(call, call->opset >= 11 ? 2 : 3, 3, 1, error);
    if (!status) status = check_floats(call, error);
    if (!status) status = operator_float(call, "alpha", 1, &params->alpha, error);
    if (!status) status = operator_float(call, "beta", 1, &params->beta, error);
    if (!status) status = operator_int(call, "transA", 0, &transpose_a, error);
    if (!status) status = operator_int(call, "transB", 0, &transpose_b, error);
    if (status) return status;
    const struct tensor *a = call->inputs[0], *b = call->inputs[1], *c = operator_input(call, 2);
    char texts[3][TENSOR_SHAPE_BYTES];
    params->transpose_a = transpose_a != 0;
    params->transpose_b = transpose_b != 0;
    if (a->rank != 2 || b->rank != 2 || a->dims[!params->transpose_a] != b->dims[params->transpose_b])
        return operator_wrong(call, error, "%s%s times %s%s", tensor_shape_text(a, texts[0]),
                              transpose_a ? " transposed" : "", tensor_shape_text(b, texts[1]),
                              transpose_b ? " transposed" : "");
    int64_t dims[2] = {a->dims[params->transpose_a], b->dims[!params->transpose_b]},
            together[TENSOR_MOST_DIMS];
    int rank;
    if (c && (!dense_broadcast_shape(2, dims, c->rank, c->dims, &rank, together) || rank != 2 ||
              together[0] != dims[0] || together[1] != dims[1]))
        return operator_wrong(call, error, "C of shape %s does not fit the product (%lld, %lld)",
                              tensor_shape_text(c, texts[2]), (long long)dims[0], (long long)dims[1]);
    return operator_output(call, 0, TENSOR_FLOAT32, 2, dims, error);
}

fringe_status operator_gemm_evaluate(const struct operator_call *call, fringe_error *error)
{
    const struct gemm_params *params = call->params;
    const struct tensor *a = call->inputs[0], *b = call->inputs[1], *c = operator_input(call, 2);
    struct tensor *y = call->outputs[0];
    if (tensor_count(y) == 0) return FRINGE_OK;
    struct blas_matrices product = {.m = y->dims[0],
                                    .n = y->dims[1],
                                    .k = a->dims[!params->transpose_a],
                                    .transpose_a = params->transpose_a,
                                    .transpose_b = params->transpose_b,
                                    .alpha = params->alpha,
                                    .beta = c ? params->beta : 0};
    if (c) { /* the product is added to what is there */
        const struct tensor *operands[1] = {c};
        struct dense_broadcast plan;
        dense_broadcast_plan(&plan, y, operands, 1);
        for (int64_t row = 0; row < plan.rows; row++) {
            int64_t offsets[DENSE_BROADCAST_MOST];
            dense_broadcast_row(&plan, row, offsets);
            for (int64_t i = 0; i < plan.width; i++)
                ((float *)y->data)[row * plan.width + i] =
                    ((const float *)c->data)[offsets[0] + i * plan.steps[0]];
        }
    }
    return blas_multiply(&product, a->data, b->data, y->data, error);
}
