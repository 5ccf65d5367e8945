/* What ONNX's own cases (support/dense_cases.c) do not say about the operators. */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "base/cpu.h"
#include "fringe/version.h"
#include "nn/graph.h"
#include "nn/resize_map.h"
#include "support/nets.h"
#include "tensor/blas.h"

/* Runs a net node by node on x = 0, 1, 2, ... of the shape (1, channels, height, width). The caller clears
 * the result with tensor_clear. */
static struct tensor run_net(struct net *net, int output, int64_t channels, int64_t height, int64_t width)
{
    struct graph_binding binding = {.name = "x"};
    const int64_t dims[4] = {1, channels, height, width};
    struct graph *graph;
    fringe_error error;
    fringe_run *run;
    cr_assert_eq(fringe_run_create(2, &run, NULL), FRINGE_OK);
    cr_assert_eq(tensor_set_shape(&binding.tensor, TENSOR_FLOAT32, 4, dims, "x", NULL), FRINGE_OK);
    cr_assert_eq(tensor_allocate(&binding.tensor, NULL), FRINGE_OK);
    for (int64_t i = 0; i < tensor_count(&binding.tensor); i++) ((float *)binding.tensor.data)[i] = (float)i;
    /* Bound with its data the whole graph folds. */
    fringe_status status = graph_create(net_end(net, output, "y"), &binding, 1, run, &graph, &error);
    cr_assert_eq(status, FRINGE_OK, "%s", error.message);
    cr_assert_eq(graph->node_count, 0);
    struct tensor result = graph->values[graph->outputs[0]].tensor;
    graph->values[graph->outputs[0]].tensor.owned = 0;
    graph_free(graph);
    tensor_clear(&binding.tensor);
    fringe_run_free(run);
    return result;
}

Test(nn_operators, blocks_go_into_the_depth_and_back)
{
    struct net *net = net_begin("x", 2);
    int x = net_input(net);
    int deep = net_node(net, "SpaceToDepth", &x, 1, "blocksize=2", 8);
    struct tensor t = run_net(net, deep, 2, 4, 6);
    cr_assert(t.dims[1] == 8 && t.dims[2] == 2 && t.dims[3] == 3);
    const float *values = t.data; /* channels: block row, block column, depth */
    cr_expect(values[0] == 0 && values[1] == 2 && values[6] == 24 && values[12] == 1 && values[24] == 6);
    tensor_clear(&t);
    net_free(net);
    net = net_begin("x", 2);
    x = net_input(net);
    deep = net_node(net, "SpaceToDepth", &x, 1, "blocksize=2", 8);
    int back = net_node(net, "DepthToSpace", &deep, 1, "blocksize=2", 2);
    t = run_net(net, back, 2, 4, 6);
    cr_assert_eq(tensor_count(&t), 48);
    for (int i = 0; i < 48; i++) cr_expect_eq(((float *)t.data)[i], (float)i);
    tensor_clear(&t);
    net_free(net);
}

Test(nn_operators, size_and_smallest_index)
{
    struct net *net = net_begin("x", 3);
    int x = net_input(net), size = net_node(net, "Size", &x, 1, "", 1);
    struct tensor t = run_net(net, size, 3, 4, 5);
    cr_expect(t.type == TENSOR_INT64 && t.rank == 0 && *(int64_t *)t.data == 60);
    tensor_clear(&t);
    net_free(net);
    net = net_begin("x", 3);
    x = net_input(net);
    int least = net_node(net, "ArgMin", &x, 1, "axis=1 keepdims=0", 1);
    t = run_net(net, least, 3, 4, 5);
    cr_assert(t.rank == 3 && t.dims[1] == 4);
    for (int i = 0; i < 20; i++) cr_expect_eq(((int64_t *)t.data)[i], 0);
    tensor_clear(&t);
    net_free(net);
}

Test(nn_operators, scales_are_taken_for_the_fractions_they_are)
{
    static const struct {
        float value;
        int64_t numerator, denominator;
    } cases[] = {{2, 2, 1},          {0.5f, 1, 2},        {4.0f / 3, 4, 3}, {0.1f, 1, 10},
                 {13.0f / 7, 13, 7}, {3.14159265f, 0, 0}, {1e30f, 0, 0},    {-2, 0, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct resize_scale scale = resize_scale_of(cases[i].value);
        if (cases[i].denominator)
            cr_expect_eq(scale.numerator, cases[i].numerator, "%g", (double)cases[i].value);
        if (cases[i].denominator) cr_expect_eq(scale.denominator, cases[i].denominator);
        if (scale.denominator)
            cr_expect_eq((float)((double)scale.numerator / (double)scale.denominator), cases[i].value);
        cr_expect_eq(scale.value, cases[i].value);
    }
    cr_expect_eq(resize_scale_of(1e30f).denominator, 0);
    cr_expect_eq(resize_scale_of(-2).denominator, 0);
}

/* Bands and tiles rely on it: what an output index reads depends on its place in the period alone. */
Test(nn_operators, resize_repeats_itself_after_a_period)
{
    enum { PERIODS = 40, P = 7, Q = 3 };
    static const enum resize_coordinates coordinates[] = {RESIZE_HALF_PIXEL, RESIZE_PYTORCH_HALF_PIXEL,
                                                          RESIZE_ASYMMETRIC, RESIZE_TF_HALF_PIXEL,
                                                          RESIZE_HALF_PIXEL_SYMMETRIC};
    for (size_t c = 0; c < sizeof coordinates / sizeof *coordinates; c++)
        for (int mode = RESIZE_NEAREST; mode <= RESIZE_LINEAR; mode++)
            for (int rounding = RESIZE_PREFER_FLOOR; rounding <= RESIZE_CEIL; rounding++) {
                const struct resize_rule rule = {.mode = (enum resize_mode)mode,
                                                 .coordinates = coordinates[c],
                                                 .rounding = (enum resize_rounding)rounding};
                const struct resize_scale scale = {P, Q, (float)P / Q};
                struct resize_params params = {.rank = 1};
                struct resize_axis *axis = &params.axes[0];
                axis->in = PERIODS * Q;
                axis->out = PERIODS * P;
                cr_assert_eq(resize_map_axis(&rule, scale, axis, NULL), FRINGE_OK);
                for (int64_t o = P; o + P < axis->out - P; o++) {
                    cr_expect_eq(axis->first[o + P], axis->first[o] + Q);
                    cr_expect_eq(axis->second[o + P], axis->second[o] + Q);
                    cr_expect_eq(axis->blend[o + P], axis->blend[o]);
                }
                resize_params_free(&params);
            }
}

Test(nn_operators, products_come_from_the_kernels_of_our_path)
{
    enum { M = 5, N = 7, K = 300 };
    static float a[M * K], b[K * N], y[M * N];
    for (int i = 0; i < M * K; i++) a[i] = (float)sin(i);
    for (int i = 0; i < K * N; i++) b[i] = (float)cos(i);
    for (int i = 0; i < M * N; i++) y[i] = 1;
    const struct blas_matrices product = {.m = M, .n = N, .k = K, .transpose_b = 1, .alpha = 2, .beta = -1};
    fringe_error error;
    cr_assert_eq(blas_multiply(&product, a, b, y, &error), FRINGE_OK, "%s", error.message);
    for (int m = 0; m < M; m++)
        for (int n = 0; n < N; n++) {
            double sum = 0;
            for (int k = 0; k < K; k++) sum += (double)a[m * K + k] * (double)b[n * K + k];
            cr_expect_float_eq((double)y[m * N + n], 2 * sum - 1, 1e-3);
        }
    const char *description = fringe_blas_description();
    cr_expect(strstr(description, "OpenBLAS"), "%s", description);
    if (cpu_path() > CPU_PORTABLE) cr_expect_null(strstr(description, "Prescott"), "%s", description);
    const struct blas_matrices wide = {.m = 1, .n = (int64_t)1 << 31, .k = 1};
    cr_expect_eq(blas_multiply(&wide, a, b, y, &error), FRINGE_UNSUPPORTED);
}
