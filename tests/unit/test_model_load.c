/* Loading: what is told of a network, and how its odd forms are run. */
#include <criterion/criterion.h>
#include <math.h>

#include "base/alloc.h"
#include "model/loaded_model.h"
#include "model/output_reading.h"
#include "support/built_model.h"
#include "support/model_folder.h"
#include "support/nets.h"
#include "support/wire.h"

TestSuite(model_load, .init = model_folder_make, .fini = model_folder_remove);

static fringe_model *load(const char *name, struct heard *heard)
{
    fringe_model *model;
    fringe_error error;
    fringe_run *run = built_model_listen(1, heard);
    fringe_status status = fringe_model_load(model_folder_path(name), run, &model, &error);
    cr_assert_eq(status, FRINGE_OK, "%s", error.message);
    fringe_run_free(run);
    return model;
}

static void refuse(const char *path, fringe_status expected, const char *words)
{
    fringe_model *model;
    fringe_error error;
    cr_assert_eq(fringe_model_load(path, NULL, &model, &error), expected, "%s", words);
    cr_assert_null(model);
    cr_assert_not_null(strstr(error.message, words), "'%s' is not in: %s", words, error.message);
}

Test(model_load, tells_what_the_plan_knows)
{
    struct heard heard;
    fringe_model_info info;
    int64_t small, large;
    struct net *net = net_begin("image", 1);
    int x = net_conv(net, net_input(net), 4, 3, 1);
    x = net_pool(net, x);
    x = net_conv(net, x, 4, 3, 1);
    x = net_up(net, x);
    x = net_conv(net, x, 1, 1, 1);
    model_folder_write_onnx("unet.onnx", net_end(net, x, "output"));
    net_free(net);
    fringe_model *model = load("unet.onnx", &heard);
    fringe_model_get_info(model, &info);
    cr_assert_str_eq(info.name, "unet");
    cr_assert_str_eq(info.format, "onnx");
    cr_assert_str_eq(info.operators, "Conv 3, MaxPool 1, Resize 1");
    cr_assert_str_eq(info.preparation, "zero_mean_unit_variance");
    cr_assert_str_eq(info.completion, "none");
    cr_assert_str_eq(info.outputs, "mask");
    cr_assert_eq(info.stride_px, 2);
    cr_assert_eq(info.streams, 1);
    cr_assert_eq(info.fixed_height_px, 0);
    cr_assert_eq(info.output_channels, 1);
    cr_assert_str_eq(info.output_names[0], "");
    /* 4 * 9 + 4, 4 * 4 * 9 + 4, 4 + 1 weights; the pool and the scales of Resize may count with their values.
     */
    cr_assert_geq(info.parameter_count, 40 + 148 + 5);
    cr_assert_leq(info.parameter_count, 40 + 148 + 5 + 8);
    /* Two for each product: 4 * 9 at full size, 16 * 9 at a quarter of the pixels, 4. */
    cr_assert_float_eq(info.flop_per_px, 2 * (36 + 36 + 4), 20);
    cr_assert_eq(fringe_model_memory(model, 1024, 256, &small, NULL), FRINGE_OK);
    cr_assert_eq(fringe_model_memory(model, 8192, 256, &large, NULL), FRINGE_OK);
    cr_assert_gt(small, 0);
    cr_assert_eq(small, large, "memory grew with the height: %lld, %lld", (long long)small, (long long)large);
    fringe_model_free(model);
}

Test(model_load, a_fixed_size_is_freed_where_the_graph_allows)
{
    struct heard heard;
    struct wire wire = wire_one_node("Relu", 4, (int64_t[]){1, 1, 48, 32});
    model_folder_write("free.onnx", wire.bytes, wire.size);
    free(wire.bytes);
    fringe_model *model = load("free.onnx", &heard);
    cr_assert_eq(model->info.fixed_height_px, 0);
    cr_assert_not_null(strstr(heard.notices, "size_freed"), "%s", heard.notices);
    cr_assert_eq(model->notice_count, 1);
    cr_assert_not_null(strstr(model->notices[0], "size_freed: "), "%s", model->notices[0]);
    cr_assert_not_null(strstr(model->notices[0], heard.text), "%s", model->notices[0]);
    cr_assert_eq(loaded_model_check_output(model, NULL, NULL), FRINGE_OK);
    fringe_model_free(model);
}

/* Found before any micrograph is touched; what is only cut to a multiple of the stride is no obstacle. */
Test(model_load, an_output_of_another_size_is_told)
{
    struct heard heard;
    fringe_error error;
    struct net *net = net_begin("image", 1);
    model_folder_write_onnx("half.onnx", net_end(net, net_pool(net, net_input(net)), "output"));
    net_free(net);
    fringe_model *model = load("half.onnx", &heard);
    cr_assert_eq(loaded_model_check_output(model, NULL, &error), FRINGE_MODEL);
    cr_assert(strstr(error.message, "(1, 1, 128, 128)") && strstr(error.message, "256 x 256"), "%s",
              error.message);
    fringe_model_free(model);

    net = net_begin("image", 1); /* thirds: 256 becomes 85, and 255 in the end */
    int third = net_input(net);
    third = net_node(net, "MaxPool", &third, 1, "kernel_shape=3,3 strides=3,3", 1);
    const float scales[] = {1, 1, 3, 3};
    int inputs[] = {third, -1, net_floats(net, 1, (int64_t[]){4}, scales)};
    int whole = net_node(net, "Resize", inputs, 3,
                         "mode=nearest coordinate_transformation_mode=asymmetric nearest_mode=floor", 1);
    model_folder_write_onnx("thirds.onnx", net_end(net, whole, "output"));
    net_free(net);
    model = load("thirds.onnx", &heard);
    cr_assert_eq(model->probe_output.dims[2], 255);
    cr_assert_eq(loaded_model_check_output(model, NULL, &error), FRINGE_OK, "%s", error.message);
    fringe_model_free(model);
}

Test(model_load, a_fixed_size_that_the_graph_needs_is_told)
{
    struct heard heard;
    const int64_t there[] = {1, 1, 32, 48}, back[] = {1, 1, 48, 32};
    struct wire graph = {0}, part = wire_value("x", 4, back);
    wire_message(&graph, 11, &part);
    part = wire_value("y", 4, back);
    wire_message(&graph, 12, &part);
    for (int i = 0; i < 2; i++) { /* two Reshapes with sizes written into the graph */
        part = wire_node("Reshape", i ? "turned" : "x", i ? "y" : "turned");
        part.size = 0;
        wire_text(&part, 1, i ? "turned" : "x");
        wire_text(&part, 1, i ? "back" : "there");
        wire_text(&part, 2, i ? "y" : "turned");
        wire_text(&part, 4, "Reshape");
        wire_message(&graph, 1, &part);
        part = wire_tensor(i ? "back" : "there", ONNX_INT64, 1, (int64_t[]){4});
        wire_bytes(&part, 9, i ? back : there, sizeof back);
        wire_message(&graph, 5, &part);
    }
    struct wire wire = wire_model(&graph, 13);
    model_folder_write("fixed.onnx", wire.bytes, wire.size);
    free(wire.bytes);
    fringe_model *model = load("fixed.onnx", &heard);
    cr_assert_eq(model->info.fixed_height_px, 48);
    cr_assert_eq(model->info.fixed_width_px, 32);
    cr_assert_null(strstr(heard.notices, "size_freed"));
    fringe_model_free(model);
}

/* tf2onnx's form: a Transpose, the network, a Transpose. */
Test(model_load, channels_last_runs_as_channels_first)
{
    struct heard heard;
    const int first[] = {0, 3, 1, 2}, last[] = {0, 2, 3, 1};
    struct wire graph = {0}, part = wire_value("x", 4, (int64_t[]){-1, -1, -1, 2});
    wire_message(&graph, 11, &part);
    part = wire_value("y", 4, (int64_t[]){-1, -1, -1, 2});
    wire_message(&graph, 12, &part);
    const char *names[] = {"x", "a", "b", "y"};
    for (int i = 0; i < 3; i++) {
        struct wire perm = {0};
        part = wire_node(i == 1 ? "Sigmoid" : "Transpose", names[i], names[i + 1]);
        if (i != 1) {
            wire_text(&perm, 1, "perm");
            for (int k = 0; k < 4; k++) wire_number(&perm, 8, i ? last[k] : first[k]);
            wire_number(&perm, 20, ONNX_ATTR_INTS);
            wire_message(&part, 5, &perm);
        }
        wire_message(&graph, 1, &part);
    }
    struct wire wire = wire_model(&graph, 13);
    model_folder_write("last.onnx", wire.bytes, wire.size);
    free(wire.bytes);
    fringe_model *model = load("last.onnx", &heard);
    cr_assert_not_null(strstr(heard.text, "(batch, height, width, channels)"), "%s", heard.text);
    cr_assert_not_null(model->channels_first);
    cr_assert_eq(model->info.streams, 1, "the Transposes are still there");
    cr_assert_eq(model->info.input_channels, 2);
    cr_assert_eq(model->info.output_channels, 2);
    cr_assert_eq(model->output_kind, OUTPUT_MASKS);
    struct network *network;
    cr_assert_eq(loaded_model_compile(model, 20, 30, 0, NULL, &network, NULL), FRINGE_OK);
    cr_assert_eq(network_input(network, 0)->dims[1], 2);
    cr_assert_eq(network_output(network, 0)->dims[3], 30);
    network_free(network);
    fringe_model_free(model);
}

/* (N, H, W), as ArgMax leaves it, is one channel; the missing axis is an attribute or an input. */
Test(model_load, an_output_without_channels_is_one)
{
    for (int opset = 11; opset <= 17; opset += 6) {
        struct heard heard;
        struct wire graph = {0}, part = wire_value("x", 4, (int64_t[]){1, 3, -1, -1}), keep = {0};
        wire_message(&graph, 11, &part);
        part = wire_value("y", 3, (int64_t[]){1, -1, -1});
        wire_message(&graph, 12, &part);
        part = wire_node("ReduceMax", "x", "y");
        wire_text(&keep, 1, "keepdims");
        wire_number(&keep, 3, 0);
        wire_number(&keep, 20, ONNX_ATTR_INT);
        wire_message(&part, 5, &keep);
        struct wire axes = {0};
        wire_text(&axes, 1, "axes");
        wire_number(&axes, 8, 1);
        wire_number(&axes, 20, ONNX_ATTR_INTS);
        wire_message(&part, 5, &axes);
        wire_message(&graph, 1, &part);
        struct wire wire = wire_model(&graph, opset);
        model_folder_write("flat.onnx", wire.bytes, wire.size);
        free(wire.bytes);
        fringe_model *model = load("flat.onnx", &heard);
        cr_expect_eq(model->info.output_channels, 1);
        struct network *network;
        cr_assert_eq(loaded_model_compile(model, 20, 30, 0, NULL, &network, NULL), FRINGE_OK);
        const struct tensor *output = network_output(network, 0);
        cr_expect(output->rank == 4 && output->dims[1] == 1 && output->dims[3] == 30);
        network_free(network);
        fringe_model_free(model);
    }
}

Test(model_load, refusals_name_the_reason)
{
    refuse("/no/such/folder", FRINGE_FILE, "there is no such file or folder");
    refuse("no-such-model", FRINGE_FILE, "no model of this name");
    refuse("", FRINGE_FILE, "is empty");
    struct wire wire = wire_one_node("NonMaxSuppression", 4, (int64_t[]){1, 1, -1, -1});
    model_folder_write("odd.onnx", wire.bytes, wire.size);
    free(wire.bytes);
    refuse(model_folder_path("odd.onnx"), FRINGE_UNSUPPORTED, "NonMaxSuppression");
    refuse(model_folder_path("odd.onnx"), FRINGE_UNSUPPORTED, "odd.onnx");
    wire = wire_one_node("Relu", 2, (int64_t[]){1, 8});
    model_folder_write("flat.onnx", wire.bytes, wire.size);
    free(wire.bytes);
    refuse(model_folder_path("flat.onnx"), FRINGE_UNSUPPORTED, "'x' has 2 axes");
}

/* The number of the largest channel: of two it is a mask, of more it must not be cut at a threshold. */
Test(model_load, class_numbers_are_no_probabilities)
{
    for (int channels = 2; channels <= 4; channels++)
        for (int soft = 0; soft < 2; soft++) {
            int foreground;
            struct package_tensor output = {0};
            struct net *net = net_begin("image", 1);
            int x = net_conv(net, net_input(net), channels, 1, 1);
            if (soft) x = net_node(net, "Softmax", &x, 1, "axis=1", channels);
            x = net_node(net, "ArgMax", &x, 1, "axis=1", 1);
            x = net_node(net, "Cast", &x, 1, "to=1", 1);
            enum output_kind kind = output_reading_decide(net_end(net, x, "output"), &output, 1, &foreground);
            cr_expect_eq(kind, channels == 2 ? OUTPUT_MASK : OUTPUT_NUMBERS, "%d channels", channels);
            net_free(net);
        }
}

Test(model_load, outputs_are_read_by_their_end)
{
    static const char *const ab[] = {"particle", "background"}, *const ba[] = {"background", "particle"},
                             *const thing[] = {"Nanoparticles", "carbon"}, *const bg[] = {"carbon", "BG"},
                             *const open[] = {"gold", "carbon"};
    static const struct step sigmoid[] = {{.kind = STEP_SIGMOID}}, softmax[] = {{.kind = STEP_SOFTMAX}},
                             scaled[] = {{.kind = STEP_SIGMOID}, {.kind = STEP_UNIT_SPREAD}};
    static const struct {
        const char *end; /* the network's last operator */
        const struct step *steps;
        size_t step_count;
        const char *const *names;
        int channels;
        enum output_kind expected;
        int foreground;
    } cases[] = {
        {"Relu", NULL, 0, NULL, 1, OUTPUT_MASK, 0},        {"Softmax", NULL, 0, NULL, 2, OUTPUT_MASK, 1},
        {"Softmax", NULL, 0, ab, 2, OUTPUT_MASK, 0},       {"Softmax", NULL, 0, ba, 2, OUTPUT_MASK, 1},
        {"Softmax", NULL, 0, NULL, 5, OUTPUT_CLASSES, 0},  {"Sigmoid", NULL, 0, NULL, 2, OUTPUT_MASKS, 0},
        {"Sigmoid", NULL, 0, NULL, 3, OUTPUT_MASKS, 0},    {"Relu", NULL, 0, NULL, 2, OUTPUT_VALUES, 0},
        {"Relu", sigmoid, 1, NULL, 3, OUTPUT_MASKS, 0},    {"Relu", softmax, 1, NULL, 3, OUTPUT_CLASSES, 0},
        {"Sigmoid", scaled, 2, NULL, 3, OUTPUT_VALUES, 0}, {"Softmax", NULL, 0, thing, 2, OUTPUT_MASK, 0},
        {"Softmax", NULL, 0, bg, 2, OUTPUT_MASK, 0},       {"Softmax", NULL, 0, open, 2, OUTPUT_MASK, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct net *net = net_begin("image", 1);
        int x = net_conv(net, net_input(net), cases[i].channels, 1, 1);
        x = strcmp(cases[i].end, "Softmax") == 0
                ? net_node(net, "Softmax", &x, 1, "axis=1", cases[i].channels)
                : net_unary(net, cases[i].end, x);
        x = net_unary(net, "Identity", x);
        struct package_tensor output = {.step_count = cases[i].step_count,
                                        .steps = cases[i].steps,
                                        .channel_names = cases[i].names,
                                        .channel_name_count = cases[i].names ? 2 : 0};
        int foreground = 7;
        enum output_kind kind =
            output_reading_decide(net_end(net, x, "output"), &output, cases[i].channels, &foreground);
        cr_assert_eq(kind, cases[i].expected, "case %zu: %s", i, loaded_model_output_name(kind));
        cr_assert_eq(foreground, cases[i].foreground, "case %zu: channel %d", i, foreground);
        net_free(net);
    }
}

/* Lets every allocation of a loading fail in turn. */
static void expect_failures_told(const char *path)
{
    int succeeded = 0;
    for (long allowed = 0; allowed < 5000 && !succeeded; allowed++) {
        fringe_model *model;
        fringe_error error;
        alloc_fail_after(allowed);
        fringe_status status = fringe_model_load(path, NULL, &model, &error);
        alloc_fail_after(-1);
        if (status)
            cr_assert_eq(status, FRINGE_MEMORY, "%ld: %s", allowed, error.message);
        else
            succeeded = 1;
        fringe_model_free(model);
    }
    cr_assert(succeeded);
}

Test(model_load, every_failing_allocation_is_told)
{
    struct net *net = net_begin("image", 1);
    model_folder_write_onnx("net.onnx", net_end(net, net_conv(net, net_input(net), 1, 3, 1), "output"));
    net_free(net);
    expect_failures_told(model_folder_path("net.onnx"));
    model_folder_write_text("rdf.yaml",
                            "format_version: 0.4.10\nname: m\nweights: {onnx: {source: net.onnx}}\n"
                            "inputs:\n- name: image\n  axes: bcyx\n  shape: {min: [1, 1, 8, 8], step: [0, "
                            "0, 8, 8]}\n  preprocessing:\n  - {name: scale_linear, kwargs: {gain: [2]}}\n"
                            "outputs:\n- {name: output, axes: bcyx}\n");
    expect_failures_told(model_folder);
}
