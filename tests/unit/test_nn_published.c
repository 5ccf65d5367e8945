/* The published residual U-Nets of the HRTEM work, against their test tensors, which an independent numpy
 * forward pass computed: 1e-5 at most, 2e-5 on the portable path. Needs FRINGE_DATA. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/cpu.h"
#include "base/file.h"
#include "io/npy_read.h"
#include "nn/network.h"

static const char *const networks[] = {"10nmAu330kX425eUTC", "2p2nmAu330kX423eUTC", "5nmAg330kX423eUTC",
                                       "5nmAu330kX423eUTC", "5nmCdSe330kX421eUTC"};

static void data_path(const char *name, const char *ending, char path[4096])
{
    snprintf(path, 4096, "%s/models/hrtem/%s%s", getenv("FRINGE_DATA") ? getenv("FRINGE_DATA") : "", name,
             ending);
}

static struct npy_read_array read_array(const char *name, const char *ending)
{
    char path[4096];
    unsigned char *bytes;
    size_t size;
    struct npy_read_array array;
    fringe_error error;
    data_path(name, ending, path);
    cr_assert_eq(file_read_all(path, 1 << 26, &bytes, &size, &error), FRINGE_OK, "%s", error.message);
    cr_assert_eq(npy_read(bytes, size, path, &array, &error), FRINGE_OK, "%s", error.message);
    alloc_free(bytes);
    return array;
}

static double largest_difference(const char *name, const struct npy_read_array *input)
{
    char path[4096];
    struct onnx_model *model;
    struct network *network;
    struct network_workspace *workspace;
    struct tensor output;
    fringe_run *run;
    fringe_error error;
    data_path(name, ".onnx", path);
    cr_assert_eq(onnx_model_read(path, &model, &error), FRINGE_OK, "%s", error.message);
    cr_assert_eq(fringe_run_create(2, &run, &error), FRINGE_OK);
    cr_assert_eq(network_create_for_image(model, input->dims[1], input->dims[2], input->dims[3], 0, run,
                                          &network, &error),
                 FRINGE_OK, "%s", error.message);
    cr_assert_eq(network_workspace_create(network, 2, &workspace, &error), FRINGE_OK);
    const struct tensor image = {.type = TENSOR_FLOAT32,
                                 .rank = 4,
                                 .data = input->values,
                                 .dims = {input->dims[0], input->dims[1], input->dims[2], input->dims[3]}};
    const struct tensor *images[] = {&image};
    cr_assert_eq(network_run_dense(network, workspace, images, &output, run, &error), FRINGE_OK, "%s",
                 error.message);
    struct network_facts facts;
    network_get_facts(network, &facts);
    cr_expect(facts.streams, "%s is not banded because of %s", name,
              facts.streams ? "" : facts.whole_because);
    struct npy_read_array expected = read_array(name, "_test_output.npy");
    cr_assert_eq(expected.count, tensor_count(&output));
    double largest = 0;
    for (int64_t i = 0; i < expected.count; i++) {
        double difference = fabs((double)((float *)output.data)[i] - (double)expected.values[i]);
        if (!(difference <= largest)) largest = difference;
    }
    alloc_free(expected.values);
    tensor_clear(&output);
    network_workspace_free(workspace);
    network_free(network);
    fringe_run_free(run);
    onnx_model_free(model);
    return largest;
}

Test(nn_published, probabilities_agree)
{
    char path[4096];
    struct file_facts facts;
    data_path("test_input", ".npy", path);
    file_look(path, &facts);
    if (facts.kind == FILE_ABSENT) cr_skip_test("FRINGE_DATA absent");
    struct npy_read_array input = read_array("test_input", ".npy");
    for (int way = CPU_PORTABLE; way <= (int)cpu_path_best(); way++) {
        cpu_path_set((enum cpu_path)way);
        for (size_t i = 0; i < sizeof networks / sizeof *networks; i++) {
            double difference = largest_difference(networks[i], &input);
            double bound =
                way == CPU_PORTABLE ? 2e-5 : 1e-5; /* without fused products: twice the roundings */
            cr_expect(difference <= bound, "%s on %s: differs by %g", networks[i],
                      cpu_path_name((enum cpu_path)way), difference);
        }
    }
    alloc_free(input.values);
}
