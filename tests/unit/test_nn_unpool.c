/* MaxPool with its indices and MaxUnpool (opset 11). */
#include <criterion/criterion.h>
#include <string.h>

#include "nn/network.h"
#include "onnx/onnx_model.h"

enum { SIDE = 6 };

/* A network of a pool, a unary operator between, and its unpooling, of one image; y has x's shape. */
static fringe_status run(const char *between, const int64_t *strides, int64_t order, int64_t channels,
                         float *x, float *y, fringe_error *error)
{
    const int64_t dims[4] = {1, channels, SIDE, SIDE}, twos[2] = {2, 2};
    const struct onnx_attribute attributes[] = {
        {.name = "kernel_shape", .kind = ONNX_ATTR_INTS, .count = 2, .ints = twos},
        {.name = "strides", .kind = ONNX_ATTR_INTS, .count = 2, .ints = strides},
        {.name = "storage_order", .kind = ONNX_ATTR_INT, .i = order}};
    const char *const names[] = {"x", "pooled", "indices", "changed", "indices", "y"};
    const struct onnx_node nodes[] = {{"pool", "MaxPool", "", 1, 2, 3, names, names + 1, attributes},
                                      {"between", between, "", 1, 1, 0, names + 1, names + 3, NULL},
                                      {"unpool", "MaxUnpool", "", 2, 1, 2, names + 3, names + 5, attributes}};
    const struct onnx_opset opset = {"", 13};
    const struct onnx_value input = {"x", ONNX_FLOAT, 4, dims, NULL},
                            output = {"y", ONNX_FLOAT, -1, NULL, NULL};
    const struct onnx_model model = {.opset = 13,
                                     .opset_count = 1,
                                     .opsets = &opset,
                                     .node_count = 3,
                                     .nodes = nodes,
                                     .input_count = 1,
                                     .inputs = &input,
                                     .output_count = 1,
                                     .outputs = &output};
    struct network *network = NULL;
    struct network_workspace *workspace = NULL;
    fringe_run *threads = NULL;
    struct tensor image = {.type = TENSOR_FLOAT32, .rank = 4, .dims = {1, channels, SIDE, SIDE}, .data = x};
    const struct tensor *inputs[] = {&image};
    cr_assert_eq(fringe_run_create(2, &threads, NULL), FRINGE_OK);
    fringe_status status =
        network_create_for_image(&model, channels, SIDE, SIDE, 0, threads, &network, error);
    if (!status) status = network_workspace_create(network, 2, &workspace, error);
    if (!status) {
        struct tensor result = {0};
        status = network_run_dense(network, workspace, inputs, &result, threads, error);
        if (!status) {
            cr_assert(tensor_same_shape(&result, &image));
            memcpy(y, result.data, tensor_bytes(&result));
        }
        tensor_clear(&result);
    }
    network_workspace_free(workspace);
    network_free(network);
    fringe_run_free(threads);
    return status;
}

Test(unpool, puts_values_back_where_they_were)
{
    float x[2 * SIDE * SIDE], y[2 * SIDE * SIDE];
    const int64_t twos[2] = {2, 2};
    fringe_error error = {0};
    for (int i = 0; i < 2 * SIDE * SIDE; i++) x[i] = (float)(i * 31 % 17); /* some maxima twice in a window */
    cr_assert_eq(run("Neg", twos, 0, 2, x, y, &error), FRINGE_OK, "%s", error.message);
    for (int c = 0; c < 2; c++)
        for (int i = 0; i < SIDE; i += 2)
            for (int j = 0; j < SIDE; j += 2) {
                const int at[4] = {0, 1, SIDE, SIDE + 1};
                const int corner = (c * SIDE + i) * SIDE + j;
                int most = 0;
                for (int k = 1; k < 4; k++)
                    if (x[corner + at[k]] > x[corner + at[most]]) most = k;
                for (int k = 0; k < 4; k++)
                    cr_expect_eq(y[corner + at[k]], k == most ? -x[corner + at[k]] : 0, "%d", corner + at[k]);
            }
}

Test(unpool, refuses_indices_in_another_order)
{
    float x[SIDE * SIDE] = {0}, y[SIDE * SIDE];
    const int64_t twos[2] = {2, 2};
    fringe_error error = {0};
    cr_expect_eq(run("Neg", twos, 1, 1, x, y, &error), FRINGE_UNSUPPORTED);
    cr_expect(strstr(error.message, "storage_order 1"), "%s", error.message);
}
