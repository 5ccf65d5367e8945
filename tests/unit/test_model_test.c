/* fringe_model_test: right results pass, wrong ones are counted and named. */
#include <criterion/criterion.h>
#include <math.h>
#include <sys/stat.h>

#include "fringe/model.h"
#include "support/model_folder.h"
#include "support/wire.h"

enum { SIDE = 20, COUNT = 2 * SIDE * SIDE };

static float image[COUNT], expected[COUNT];

/* y = relu(x); with the preparation around it, y = 10 * relu(2 x - 1). */
static void make(void)
{
    model_folder_make();
    struct wire wire = wire_one_node("Relu", 4, (int64_t[]){1, 1, -1, -1});
    model_folder_write("net.onnx", wire.bytes, wire.size);
    model_folder_write("model.onnx", wire.bytes, wire.size);
    free(wire.bytes);
    for (int i = 0; i < COUNT; i++) {
        image[i] = (float)(i % 37) / 37 - 0.2f;
        expected[i] = 10 * fmaxf(2 * image[i] - 1, 0);
    }
}

TestSuite(model_test, .init = make, .fini = model_folder_remove);

static void write_package(const char *tolerance)
{
    char yaml[2048];
    snprintf(yaml, sizeof yaml,
             "format_version: 0.4.10\nname: m\nweights: {onnx: {source: net.onnx}}\ntest_inputs: [in.npy]\n"
             "test_outputs: [out.npy]\ninputs:\n- name: x\n  axes: bcyx\n  shape: {min: [1, 1, 1, 1], step: "
             "[0, 0, 1, "
             "1]}\n  preprocessing:\n  - name: scale_linear\n    kwargs: {gain: 2, offset: -1}\noutputs:\n- "
             "name: y\n  "
             "axes: bcyx\n  postprocessing:\n  - name: scale_linear\n    kwargs: {gain: 10}\n%s",
             tolerance);
    model_folder_write_text("rdf.yaml", yaml);
    model_folder_write_npy("in.npy", "2, 1, 20, 20", image, COUNT);
    model_folder_write_npy("out.npy", "2, 1, 20, 20", expected, COUNT);
}

Test(model_test, a_package_passes_with_a_batch)
{
    fringe_model_check check;
    fringe_error error;
    write_package("");
    fringe_status status = fringe_model_test(model_folder, NULL, &check, &error);
    cr_assert_eq(status, FRINGE_OK, "%s", error.message);
    cr_assert_eq(check.case_count, 1);
    cr_assert_eq(check.value_count, COUNT);
    cr_assert_eq(check.mismatch_count, 0);
    cr_assert_lt(check.largest_difference, 1e-5);
}

Test(model_test, one_wrong_value_is_found)
{
    fringe_model_check check;
    fringe_error error;
    expected[411] += 0.5f;
    expected[411 + SIDE] += 0.0005f; /* within the absolute tolerance */
    write_package("");
    cr_assert_eq(fringe_model_test(model_folder, NULL, &check, &error), FRINGE_MISMATCH);
    cr_assert_eq(check.mismatch_count, 1);
    cr_assert_float_eq(check.largest_difference, 0.5, 1e-4);
    cr_assert_not_null(strstr(error.message, "1 of 800 values differ; value 411 is"), "%s", error.message);
}

Test(model_test, the_package_says_what_is_close_enough)
{
    expected[411] += 0.5f;
    write_package("config: {bioimageio: {reproducibility_tolerance: [{absolute_tolerance: 0.6}]}}\n");
    cr_assert_eq(fringe_model_test(model_folder, NULL, NULL, NULL), FRINGE_OK);
    write_package(
        "config: {bioimageio: {reproducibility_tolerance: [{mismatched_elements_per_million: 2000}]}}\n");
    cr_assert_eq(fringe_model_test(model_folder, NULL, NULL, NULL), FRINGE_OK);
}

Test(model_test, a_shape_must_be_equal)
{
    fringe_error error;
    write_package("");
    model_folder_write_npy("out.npy", "1, 1, 20, 40", expected, COUNT);
    cr_assert_eq(fringe_model_test(model_folder, NULL, NULL, &error), FRINGE_MISMATCH);
    cr_assert_not_null(strstr(error.message, "(2, 1, 20, 20), expected float32 (1, 1, 20, 40)"), "%s",
                       error.message);
}

static void put_transpose(struct wire *graph, const char *from, const char *to, const int perm[4])
{
    struct wire node = wire_node("Transpose", from, to), attribute = {0};
    wire_text(&attribute, 1, "perm");
    for (int k = 0; k < 4; k++) wire_number(&attribute, 8, perm[k]);
    wire_number(&attribute, 20, 7);
    wire_message(&node, 5, &attribute);
    wire_message(graph, 1, &node);
}

/* y = x times 2 and 3 in its two channels, which stand last; with tf2onnx's Transposes around, or without. */
static void write_channels_last(int transposes)
{
    const int64_t shape[] = {1, -1, -1, 2}, first[] = {1, 2, 1, 1}, last[] = {1, 1, 1, 2};
    const char *in = transposes ? "a" : "x", *out = transposes ? "b" : "y";
    struct wire graph = {0}, part = wire_value("x", 4, shape);
    wire_message(&graph, 11, &part);
    part = wire_value("y", 4, shape);
    wire_message(&graph, 12, &part);
    if (transposes) put_transpose(&graph, "x", "a", (const int[]){0, 3, 1, 2});
    wire_text(&part, 1, in);
    wire_text(&part, 1, "factors");
    wire_text(&part, 2, out);
    wire_text(&part, 4, "Mul");
    wire_message(&graph, 1, &part);
    if (transposes) put_transpose(&graph, "b", "y", (const int[]){0, 2, 3, 1});
    part = wire_tensor("factors", 1, 4, transposes ? first : last);
    wire_bytes(&part, 9, (const float[]){2, 3}, 8);
    wire_message(&graph, 5, &part);
    struct wire wire = wire_model(&graph, 13);
    model_folder_write("net.onnx", wire.bytes, wire.size);
    free(wire.bytes);
    for (int i = 0; i < COUNT; i++) expected[i] = image[i] * (i % 2 ? 3 : 2);
    model_folder_write_text("rdf.yaml",
                            "format_version: 0.4.10\nname: m\nweights: {onnx: {source: net.onnx}}\n"
                            "test_inputs: [in.npy]\ntest_outputs: [out.npy]\n"
                            "inputs: [{name: x, axes: byxc, shape: [1, 20, 20, 2]}]\n"
                            "outputs: [{name: y, axes: byxc}]\n");
    model_folder_write_npy("in.npy", "1, 20, 20, 2", image, COUNT);
    model_folder_write_npy("out.npy", "1, 20, 20, 2", expected, COUNT);
}

Test(model_test, channels_may_stand_last)
{
    fringe_model_check check;
    fringe_error error;
    for (int transposes = 0; transposes <= 1; transposes++) {
        write_channels_last(transposes);
        fringe_status status = fringe_model_test(model_folder, NULL, &check, &error);
        cr_assert_eq(status, FRINGE_OK, "%s", error.message);
        cr_assert_eq(check.value_count, COUNT);
    }
}

Test(model_test, nothing_to_test_is_no_success)
{
    fringe_error error;
    cr_assert_eq(fringe_model_test(model_folder_path("net.onnx"), NULL, NULL, &error), FRINGE_MODEL);
    cr_assert_not_null(strstr(error.message, "no test tensors"), "%s", error.message);
}

static void write_set(const char *name, const float *in, const float *out)
{
    char path[64];
    mkdir(model_folder_path(name), 0700);
    for (int i = 0; i < 2; i++) {
        struct wire tensor = wire_tensor("t", 1, 4, (int64_t[]){1, 1, SIDE, SIDE});
        wire_bytes(&tensor, 9, i ? out : in, SIDE * SIDE * sizeof(float));
        snprintf(path, sizeof path, "%s/%s_0.pb", name, i ? "output" : "input");
        model_folder_write(path, tensor.bytes, tensor.size);
        free(tensor.bytes);
    }
}

Test(model_test, every_set_of_a_backend_test_is_run)
{
    fringe_model_check check;
    fringe_error error;
    float rectified[SIDE * SIDE];
    for (int i = 0; i < SIDE * SIDE; i++) rectified[i] = fmaxf(image[i], 0);
    write_set("test_data_set_0", image, rectified);
    write_set("test_data_set_1", image, rectified);
    fringe_status status = fringe_model_test(model_folder, NULL, &check, &error);
    cr_assert_eq(status, FRINGE_OK, "%s", error.message);
    cr_assert_eq(check.case_count, 2);
    rectified[3] = NAN;
    rectified[7] += 1;
    write_set("test_data_set_1", image, rectified);
    write_set("test_data_set_2", image, rectified);
    cr_assert_eq(fringe_model_test(model_folder, NULL, &check, &error), FRINGE_MISMATCH);
    cr_assert_eq(check.case_count, 3);
    cr_assert_eq(check.mismatch_count, 4);
    cr_assert_not_null(strstr(error.message, "test_data_set_1: output 'y': 2 of 400 values differ; value 3"),
                       "%s", error.message);
}

Test(model_test, time_needs_a_size)
{
    fringe_model *model;
    double times[3] = {-1, -1, -1};
    cr_assert_eq(fringe_model_load(model_folder_path("net.onnx"), NULL, &model, NULL), FRINGE_OK);
    cr_assert_eq(fringe_model_time(model, 0, 10, 3, NULL, times, NULL), FRINGE_ARGUMENT);
    cr_assert_eq(fringe_model_time(model, 33, 21, 3, NULL, times, NULL), FRINGE_OK);
    for (int i = 0; i < 3; i++) cr_assert_geq(times[i], 0);
    fringe_model_free(model);
}
