/* Networks run in bands: the same bytes for any band and thread count, and the dense operators' values. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cpu.h"
#include "nn/network.h"
#include "nn/plan.h"
#include "support/nets.h"

static fringe_run *make_run(int threads)
{
    fringe_run *run;
    fringe_error error;
    cr_assert_eq(fringe_run_create(threads, &run, &error), FRINGE_OK, "%s", error.message);
    return run;
}

static struct tensor make_image(int64_t channels, int64_t height, int64_t width)
{
    struct tensor t = {0};
    const int64_t dims[4] = {1, channels, height, width};
    cr_assert_eq(tensor_set_shape(&t, TENSOR_FLOAT32, 4, dims, "image", NULL), FRINGE_OK);
    cr_assert_eq(tensor_allocate(&t, NULL), FRINGE_OK);
    uint32_t state = 1;
    for (int64_t i = 0; i < tensor_count(&t); i++) {
        state = state * 1664525u + 1013904223u;
        ((float *)t.data)[i] = (float)(state >> 8) / (float)(1 << 23) - 1.0f;
    }
    return t;
}

static struct tensor run_net(const struct onnx_model *model, const struct tensor *image, int64_t band,
                             int threads)
{
    struct network *network;
    struct network_workspace *workspace;
    struct tensor output;
    fringe_error error;
    fringe_run *run = make_run(threads);
    fringe_status status = network_create_for_image(model, image->dims[1], image->dims[2], image->dims[3],
                                                    band, run, &network, &error);
    cr_assert_eq(status, FRINGE_OK, "%s", error.message);
    status = network_workspace_create(network, threads, &workspace, &error);
    cr_assert_eq(status, FRINGE_OK, "%s", error.message);
    for (int repeat = 0; repeat < 2; repeat++) { /* a workspace serves run after run */
        status = network_run_dense(network, workspace, &image, &output, run, &error);
        cr_assert_eq(status, FRINGE_OK, "%s", error.message);
        if (repeat == 0) tensor_clear(&output);
    }
    network_workspace_free(workspace);
    network_free(network);
    fringe_run_free(run);
    return output;
}

/* Every node on dense tensors, one after the other. */
static struct tensor run_dense(const struct onnx_model *model, const struct tensor *image)
{
    struct graph_binding binding = {.name = model->inputs[0].name, .tensor = *image};
    binding.tensor.data = NULL;
    struct graph *graph;
    fringe_error error;
    fringe_run *run = make_run(1);
    cr_assert_eq(graph_create(model, &binding, 1, run, &graph, &error), FRINGE_OK, "%s", error.message);
    struct tensor *values = calloc(graph->value_count, sizeof *values);
    for (size_t v = 0; v < graph->value_count; v++) {
        values[v] = graph->values[v].tensor;
        values[v].owned = 0;
    }
    values[graph->inputs[0]] = *image;
    values[graph->inputs[0]].owned = 0;
    for (size_t n = 0; n < graph->node_count; n++) {
        const struct graph_node *node = &graph->nodes[n];
        const struct tensor *inputs[16] = {0};
        struct tensor *outputs[16] = {0};
        for (size_t i = 0; i < node->input_count; i++)
            if (node->inputs[i] >= 0) inputs[i] = &values[node->inputs[i]];
        for (size_t i = 0; i < node->output_count; i++)
            if (node->outputs[i] >= 0) {
                outputs[i] = &values[node->outputs[i]];
                cr_assert_eq(tensor_allocate(outputs[i], &error), FRINGE_OK);
            }
        cr_assert_eq(graph_node_evaluate(graph, node, inputs, outputs, run, &error), FRINGE_OK, "%s",
                     error.message);
    }
    struct tensor output = values[graph->outputs[0]];
    values[graph->outputs[0]].owned = 0;
    for (size_t v = 0; v < graph->value_count; v++)
        if (values[v].owned) tensor_clear(&values[v]);
    free(values);
    graph_free(graph);
    fringe_run_free(run);
    return output;
}

static double largest_difference(const struct tensor *a, const struct tensor *b)
{
    double largest = 0;
    cr_assert(tensor_same_shape(a, b));
    for (int64_t i = 0; i < tensor_count(a); i++) {
        double x = ((float *)a->data)[i], y = ((float *)b->data)[i];
        double difference = fabs(x - y) / (1 + fabs(y));
        if (!(difference <= largest)) largest = difference;
    }
    return largest;
}

/* The network agrees with the dense operators, and is the same bytes for bands, threads and repeats, on every
 * path. */
static void check_net(const char *what, const struct onnx_model *model, int64_t channels, int64_t height,
                      int64_t width)
{
    static const int64_t bands[] = {0, 1, 2, 5, 17, 100000};
    static const int threads[] = {1, 2, 7};
    struct tensor image = make_image(channels, height, width), reference = run_dense(model, &image);
    enum cpu_path before = cpu_path();
    for (int path = CPU_PORTABLE; path <= (int)cpu_path_best(); path++) {
        cpu_path_set((enum cpu_path)path);
        struct tensor first = run_net(model, &image, 0, 1);
        double difference = largest_difference(&first, &reference);
        cr_expect(difference < 2e-5, "%s, %s: differs by %g", what, cpu_path_name((enum cpu_path)path),
                  difference);
        for (size_t b = 0; b < sizeof bands / sizeof *bands; b++)
            for (size_t t = 0; t < sizeof threads / sizeof *threads; t++) {
                if (b > 0 && t > 0 && b != 2) continue; /* every band once, threads with two of them */
                struct tensor other = run_net(model, &image, bands[b], threads[t]);
                cr_expect(memcmp(first.data, other.data, tensor_bytes(&first)) == 0,
                          "%s, %s: band %d with %d threads gives other bytes", what,
                          cpu_path_name((enum cpu_path)path), (int)bands[b], threads[t]);
                tensor_clear(&other);
            }
        tensor_clear(&first);
    }
    cpu_path_set(before);
    tensor_clear(&reference);
    tensor_clear(&image);
}

static void check_node(const char *operator, const char * attributes, int (*make)(struct net *),
                       int64_t channels, int64_t height, int64_t width)
{
    struct net *net = net_begin("image", channels);
    int inputs[2] = {0, make ? make(net) : -1};
    int y = net_node(net, operator, inputs, make ? 2 : 1, attributes, channels);
    char what[256];
    snprintf(what, sizeof what, "%s %s at %dx%d", operator, attributes, (int)height, (int)width);
    check_net(what, net_end(net, y, "output"), channels, height, width);
    net_free(net);
}

Test(nn_bands, unets)
{
    static const int64_t filters[] = {3, 5, 8};
    for (int transposed = 0; transposed < 2; transposed++) {
        struct net *net = net_unet(filters, 3, 12, transposed, 2);
        check_net(transposed ? "transposed U-Net" : "U-Net", net_end(net, 0, ""), 1, 48, 56);
        check_net("U-Net on a narrow image", net_end(net, 0, ""), 1, 64, 8);
        net_free(net);
    }
}

Test(nn_bands, convolutions_of_every_channel_count)
{
    for (int64_t channels = 1; channels <= 70; channels += channels < 10 ? 1 : 15) {
        struct net *net = net_begin("image", 3);
        int x = net_conv(net, 0, channels, 3, 1);
        x = net_conv(net, net_unary(net, "Relu", x), 71 - channels, 1, 1);
        char what[64];
        snprintf(what, sizeof what, "3 to %d to %d channels", (int)channels, (int)(71 - channels));
        check_net(what, net_end(net, x, "output"), 3, 9, 37);
        net_free(net);
    }
}

/* Channels enough for Winograd's filtering, over a concatenation, at sizes that are no whole tiles. */
static void check_winograd(int64_t in, int64_t out, int64_t height, int64_t width, const char *attributes)
{
    struct net *net = net_begin("image", 2);
    int x = net_unary(net, "Relu", net_norm(net, net_conv(net, 0, in - 2, 3, 1)));
    x = net_concat(net, x, 0);
    const int64_t dims[4] = {out, in, 3, 3};
    double spread = 1.7 / sqrt(9.0 * (double)in);
    int inputs[3] = {x, net_random(net, 4, dims, -spread, spread), net_random(net, 1, dims, -0.1, 0.1)};
    x = net_node(net, "Conv", inputs, 3, attributes, out);
    x = net_conv(net, net_unary(net, "Relu", x), 17, 3, 1);
    char what[128];
    snprintf(what, sizeof what, "winograd %d to %d at %dx%d, %s", (int)in, (int)out, (int)height, (int)width,
             attributes);
    check_net(what, net_end(net, x, "output"), 2, height, width);
    net_free(net);
}

/* A lone output channel has a loop of its own, which ends in pieces of 8, 4, 2 and 1 vectors. */
Test(nn_bands, lone_channels_of_many_widths)
{
    static const int64_t widths[] = {5, 60, 141, 250};
    for (size_t i = 0; i < sizeof widths / sizeof *widths; i++) {
        struct net *net = net_begin("image", 2);
        check_net("lone channel", net_end(net, net_conv(net, 0, 1, 3, 1), "output"), 2, 6, widths[i]);
        net_free(net);
    }
}

Test(nn_bands, winograd)
{
    for (int64_t width = 3; width < 24; width++)
        check_winograd(16, 16, width + 4, width, "kernel_shape=3,3 pads=1,1,1,1");
    check_winograd(18, 70, 33, 211, "kernel_shape=3,3 pads=1,1,1,1");
    check_winograd(130, 16, 9, 110, "kernel_shape=3,3 pads=1,1,1,1");
    check_winograd(33, 140, 22, 30, "kernel_shape=3,3 pads=1,1,1,1");
    check_winograd(16, 16, 21, 35, "kernel_shape=3,3");
    check_winograd(16, 17, 21, 36, "kernel_shape=3,3 pads=2,0,1,2");
}

static int add(struct net *net, int a, int b)
{
    const int both[2] = {a, b};
    return net_node(net, "Add", both, 2, "", net_channels(net, a));
}

/* The last block of a residual U-Net: an image of half the size is doubled and joined with the skip, two 3x3
 * convolutions follow, and a 1x1 convolution of what went in is added. */
static int residual_block(struct net *net, int64_t deep, int64_t skip, int64_t out)
{
    int beside = net_conv(net, 0, skip, 3, 1);
    int x = net_concat(net, beside, net_up(net, net_conv(net, net_pool(net, 0), deep, 3, 1)));
    int y = net_unary(net, "Relu", net_norm(net, net_conv(net, x, out, 3, 1)));
    y = net_norm(net, net_conv(net, y, out, 3, 1));
    return net_unary(net, "Relu", add(net, y, net_conv(net, x, out, 1, 1)));
}

static size_t count_steps(const struct onnx_model *model)
{
    struct network *network;
    fringe_error error;
    fringe_run *run = make_run(1);
    cr_assert_eq(network_create_for_image(model, 1, 32, 32, 0, run, &network, &error), FRINGE_OK, "%s",
                 error.message);
    size_t count = network->step_count;
    network_free(network);
    fringe_run_free(run);
    return count;
}

/* The last 3x3 convolution does the 1x1 one too, which doubles its own input, the addition and the cut: steps
 * are left for the input, the pool and four convolutions, and where these are direct for the doubling. */
Test(nn_bands, residual_blocks)
{
    static const int64_t channels[][3] = {{8, 4, 4}, {3, 2, 1}, {1, 1, 6}, {20, 10, 35}};
    for (size_t i = 0; i < sizeof channels / sizeof *channels; i++) {
        struct net *net = net_begin("image", 1);
        int y = residual_block(net, channels[i][0], channels[i][1], channels[i][2]);
        const struct onnx_model *model = net_end(net, y, "output");
        char what[64];
        for (int64_t width = 2; width < 300; width += 2 * width + 20) {
            snprintf(what, sizeof what, "residual block of %d channels, width %d", (int)channels[i][2],
                     (int)width);
            check_net(what, model, 1, 22, width);
        }
        cr_expect_eq(count_steps(model), channels[i][0] + channels[i][1] < 8 ? 7 : 6);
        net_free(net);
    }
}

/* What a convolution adds may also go elsewhere, come first in the sum, or lie beside a gathered input; what
 * is not there yet, is another shape or is itself is not added by it. */
Test(nn_bands, sums_of_convolutions)
{
    struct net *net = net_begin("image", 2);
    int a = net_conv(net, 0, 5, 3, 1), b = net_conv(net, 0, 5, 1, 1), c = net_conv(net, 0, 5, 3, 1);
    int sum = add(net, net_conv(net, add(net, c, add(net, a, b)), 5, 1, 1), a);
    int twice = net_conv(net, sum, 5, 1, 1), lone = net_conv(net, sum, 1, 1, 1);
    check_net("sums", net_end(net, add(net, add(net, twice, twice), lone), "output"), 2, 19, 21);
    net_free(net);
    net = net_begin("image", 2);
    a = net_conv(net, net_conv(net, 0, 4, 3, 2), 6, 3, 1);
    b = net_unary(net, "Relu", add(net, a, net_conv(net, 0, 6, 3, 2)));
    check_net("sum with a strided convolution", net_end(net, b, "output"), 2, 19, 230);
    net_free(net);
}

/* Weights (8, 4 / groups, ky, kx) and no bias. */
static void check_conv(const char *operator, const char * attributes, int64_t groups, int64_t ky, int64_t kx)
{
    for (int64_t width = 1; width < 40; width += 13) {
        struct net *net = net_begin("image", 4);
        int transposed = operator[4] == 'T';
        const int64_t dims[4] = {transposed ? 4 : 8, transposed ? 8 / groups : 4 / groups, ky, kx};
        int inputs[2] = {0, net_random(net, 4, dims, -0.5, 0.5)};
        int y = net_node(net, operator, inputs, 2, attributes, 8);
        char what[256];
        snprintf(what, sizeof what, "%s %s at 21x%d", operator, attributes, (int)width + 6);
        check_net(what, net_end(net, y, "output"), 4, 21, width + 6);
        net_free(net);
    }
}

Test(nn_bands, convolutions_of_every_shape)
{
    check_conv("Conv", "kernel_shape=3,3 pads=1,1,1,1 dilations=1,1", 1, 3, 3);
    check_conv("Conv", "kernel_shape=3,3", 1, 3, 3);
    check_conv("Conv", "kernel_shape=5,7 pads=4,0,1,6", 1, 5, 7);
    check_conv("Conv", "kernel_shape=3,3 pads=2,2,2,2 dilations=2,2", 1, 3, 3);
    check_conv("Conv", "kernel_shape=3,3 pads=20,20,20,20", 1, 3, 3);
    check_conv("Conv", "kernel_shape=3,3 pads=1,1,1,1 strides=2,2", 1, 3, 3);
    check_conv("Conv", "kernel_shape=4,3 pads=0,1,2,1 strides=3,1", 1, 4, 3);
    check_conv("Conv", "kernel_shape=3,3 pads=1,1,1,1 strides=1,3", 1, 3, 3);
    check_conv("Conv", "kernel_shape=1,1 strides=2,2", 1, 1, 1);
    check_conv("Conv", "kernel_shape=3,3 pads=1,1,1,1 group=2", 2, 3, 3);
    check_conv("Conv", "kernel_shape=3,3 pads=1,1,1,1 group=4 strides=2,2", 4, 3, 3);
    check_conv("Conv", "kernel_shape=3,3 auto_pad=SAME_UPPER strides=2,2", 1, 3, 3);
}

Test(nn_bands, transposed_convolutions_of_every_shape)
{
    check_conv("ConvTranspose", "kernel_shape=2,2 strides=2,2", 1, 2, 2);
    check_conv("ConvTranspose", "kernel_shape=3,3 strides=2,2 pads=1,1,1,1 output_padding=1,1", 1, 3, 3);
    check_conv("ConvTranspose", "kernel_shape=4,4 strides=2,2 pads=1,1,1,1", 1, 4, 4);
    check_conv("ConvTranspose", "kernel_shape=3,3 strides=1,1", 1, 3, 3);
    check_conv("ConvTranspose", "kernel_shape=2,2 strides=3,3", 1, 2, 2);
    check_conv("ConvTranspose", "kernel_shape=3,3 strides=2,1 dilations=2,2", 1, 3, 3);
    check_conv("ConvTranspose", "kernel_shape=3,3 strides=2,2 group=2", 2, 3, 3);
}

Test(nn_bands, pools)
{
    check_node("MaxPool", "kernel_shape=2,2 strides=2,2", NULL, 2, 19, 37);
    check_node("MaxPool", "kernel_shape=3,3 strides=2,2 pads=1,1,1,1", NULL, 2, 19, 37);
    check_node("MaxPool", "kernel_shape=3,2 strides=1,3 ceil_mode=1", NULL, 2, 19, 38);
    check_node("AveragePool", "kernel_shape=3,3 strides=2,2 pads=1,1,1,1", NULL, 2, 19, 37);
    check_node("AveragePool", "kernel_shape=3,3 strides=2,2 pads=1,1,1,1 count_include_pad=1 ceil_mode=1",
               NULL, 2, 18, 36);
}

static int scales_up(struct net *net)
{
    static const float scales[4] = {1, 1, 2, 3};
    const int64_t four = 4;
    return net_floats(net, 1, &four, scales);
}

static int scales_odd(struct net *net)
{
    static const float scales[4] = {1, 1, 1.5, 0.4f};
    const int64_t four = 4;
    return net_floats(net, 1, &four, scales);
}

static void check_resize(const char *attributes, int (*make)(struct net *))
{
    struct net *net = net_begin("image", 2);
    int inputs[3] = {0, -1, make(net)};
    int y = net_node(net, "Resize", inputs, 3, attributes, 2);
    check_net(attributes, net_end(net, y, "output"), 2, 13, 27);
    net_free(net);
}

Test(nn_bands, resampling)
{
    check_resize("mode=nearest coordinate_transformation_mode=asymmetric nearest_mode=floor", scales_up);
    check_resize("mode=linear coordinate_transformation_mode=half_pixel", scales_up);
    check_resize("mode=linear coordinate_transformation_mode=align_corners", scales_up);
    check_resize("mode=linear coordinate_transformation_mode=asymmetric", scales_odd);
    check_resize("mode=nearest coordinate_transformation_mode=half_pixel nearest_mode=round_prefer_ceil",
                 scales_odd);
}

static int pads(struct net *net)
{
    static const int64_t pads[8] = {0, 0, 3, 2, 0, 0, 4, 5};
    return net_integers(net, 8, pads);
}

static int pads_cutting(struct net *net)
{
    static const int64_t pads[8] = {0, 0, -3, 2, 0, 0, 4, -5};
    return net_integers(net, 8, pads);
}

Test(nn_bands, padding)
{
    check_node("Pad", "mode=reflect", pads, 2, 15, 30);
    check_node("Pad", "mode=edge", pads, 2, 15, 30);
    check_node("Pad", "mode=constant", pads, 2, 15, 30);
    check_node("Pad", "mode=constant", pads_cutting, 2, 15, 30);
}

/* PyTorch writes circular padding into opset 18, where ONNX does not have it yet. */
Test(nn_bands, circular_padding_of_opset_18)
{
    struct net *net = net_begin("image", 2);
    int inputs[2] = {0, pads(net)};
    int x = net_node(net, "Pad", inputs, 2, "mode=wrap", 2);
    struct onnx_model model = *net_end(net, x, "output");
    model.opset = 18;
    check_net("circular padding", &model, 2, 15, 30);
    net_free(net);
}

/* One channel given to a network made for three: it streams. */
Test(nn_bands, repeated_channels)
{
    static const char *const operators[] = {"Expand", "Tile"};
    static const int64_t three_channels[] = {1, 3, 1, 1}; /* broadcast with the image, or how often */
    for (int i = 0; i < 2; i++) {
        struct net *net = net_begin("image", 1);
        int inputs[2] = {0, net_integers(net, 4, three_channels)};
        int x = net_node(net, operators[i], inputs, 2, "", 3);
        const struct onnx_model *model = net_end(net, net_conv(net, x, 4, 3, 1), "output");
        struct network *network;
        struct network_facts facts;
        check_net(operators[i], model, 1, 19, 26);
        cr_assert_eq(network_create_for_image(model, 1, 19, 26, 0, NULL, &network, NULL), FRINGE_OK);
        network_get_facts(network, &facts);
        cr_expect(facts.streams, "%s does not stream", operators[i]);
        network_free(network);
        net_free(net);
    }
}

/* A global statistic in the middle: what comes before is computed whole, what comes behind in bands. */
Test(nn_bands, instance_norm_between_convolutions)
{
    struct net *net = net_begin("image", 1);
    int x = net_conv(net, 0, 6, 3, 1);
    const int64_t six = 6;
    int inputs[3] = {x, net_random(net, 1, &six, 0.5, 1.5), net_random(net, 1, &six, -1, 1)};
    x = net_node(net, "InstanceNormalization", inputs, 3, "epsilon=0.00001", 6);
    x = net_conv(net, net_unary(net, "Relu", x), 3, 3, 1);
    x = net_conv(net, x, 2, 3, 1);
    check_net("instance norm", net_end(net, x, "output"), 1, 33, 29);
    net_free(net);
}

/* PyTorch's group normalisation: one step between rows, without dense tensors. */
Test(nn_bands, group_norm_between_reshapes)
{
    struct net *net = net_begin("image", 1);
    static const int64_t grouped[] = {0, 2, -1}, image[] = {1, 6, 64, 64}, two = 2, channels[] = {6, 1, 1};
    int x = net_conv(net, 0, 6, 3, 1);
    int in[3] = {x, net_integers(net, 3, grouped)};
    in[0] = net_node(net, "Reshape", in, 2, "", 2);
    in[1] = net_random(net, 1, &two, 0.5, 1.5);
    in[2] = net_random(net, 1, &two, -1, 1);
    in[0] = net_node(net, "InstanceNormalization", in, 3, "epsilon=0.00001", 2);
    in[1] = net_integers(net, 4, image);
    in[0] = net_node(net, "Reshape", in, 2, "", 6);
    in[1] = net_random(net, 3, channels, 0.5, 1.5);
    in[0] = net_node(net, "Mul", in, 2, "", 6);
    in[1] = net_random(net, 3, channels, -1, 1);
    x = net_node(net, "Add", in, 2, "", 6);
    const struct onnx_model *model = net_end(net, x, "output");
    check_net("group norm", model, 1, 64, 64);
    struct network *network;
    struct network_facts facts;
    cr_assert_eq(network_create_for_image(model, 1, 64, 64, 0, NULL, &network, NULL), FRINGE_OK);
    network_get_facts(network, &facts);
    /* Input, convolution and norm: 13 planes of 65 rows and their margins. */
    cr_expect(facts.workspace_bytes < 14 * 65 * 84 * sizeof(float), "%zu bytes", facts.workspace_bytes);
    network_free(network);
    net_free(net);
}

/* Squeeze and excitation: a dense value of one pixel for each channel joins rows. */
Test(nn_bands, channel_weights)
{
    struct net *net = net_begin("image", 1);
    int x = net_conv(net, 0, 5, 3, 1);
    int weights = net_unary(net, "Sigmoid", net_conv(net, net_unary(net, "GlobalAveragePool", x), 5, 1, 1));
    int inputs[2] = {x, weights};
    x = net_node(net, "Mul", inputs, 2, "", 5);
    int sum[2] = {x, net_unary(net, "Tanh", x)};
    x = net_node(net, "Add", sum, 2, "", 5);
    check_net("channel weights", net_end(net, x, "output"), 1, 24, 31);
    net_free(net);
}

/* A concatenation that both a convolution and an addition read, and one of a value with itself. */
Test(nn_bands, concatenations_with_several_readers)
{
    struct net *net = net_begin("image", 2);
    int a = net_conv(net, 0, 3, 3, 1), both = net_concat(net, a, 0);
    int inputs[2] = {net_conv(net, both, 5, 3, 1), both};
    int x = net_node(net, "Add", inputs, 2, "", 5);
    x = net_conv(net, net_concat(net, x, x), 2, 3, 1);
    check_net("concatenations", net_end(net, x, "output"), 2, 17, 23);
    net_free(net);
}

/* A stranger's file may join a hundred thousand times: no stack may grow with the chain. AddressSanitizer
 * copies lists each time they grow, which takes minutes for so many. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define CHAIN 1500
#endif
#endif
#ifndef CHAIN
#define CHAIN 99000
#endif

Test(nn_bands, long_chain_of_concatenations)
{
    struct net *net = net_begin("image", 1);
    struct network *network;
    fringe_error error;
    int x = net_input(net);
    for (int i = 0; i < CHAIN; i++) x = net_concat(net, x, 0);
    x = net_conv(net, x, 1, 1, 1);
    cr_assert_eq(network_create_for_image(net_end(net, x, "output"), 1, 1, 1, 0, NULL, &network, &error),
                 FRINGE_OK, "%s", error.message);
    network_free(network);
    net_free(net);
}

Test(nn_bands, facts_of_a_unet)
{
    static const int64_t filters[] = {4, 8, 16, 32};
    struct net *net = net_unet(filters, 4, 64, 0, 2);
    struct network *network;
    struct network_facts facts, deep, high;
    cr_assert_eq(network_create_for_image(net_end(net, 0, ""), 1, 512, 512, 0, NULL, &network, NULL),
                 FRINGE_OK);
    network_get_facts(network, &facts);
    network_free(network);
    cr_expect_eq(facts.stride, 16);
    cr_expect(facts.streams && facts.tiles);
    /* Two 3x3 convolutions at each level: 2 (1 + 2 + 4 + 8 + 16 + 8 + 4 + 2 + 1) pixels to either side, the
     * pools and the nearest neighbours between them less than 16 more. */
    cr_expect(facts.reach_px >= 92 && facts.reach_px < 108, "reach %d", (int)facts.reach_px);
    cr_expect_float_eq(facts.flop / (512.0 * 512.0), 6700, 150); /* 1.76 GFLOP at 512 x 512 */
    /* Memory does not grow with the height. */
    cr_assert_eq(network_create_for_image(net_end(net, 0, ""), 1, 8192, 512, 16, NULL, &network, NULL),
                 FRINGE_OK);
    network_get_facts(network, &high);
    network_free(network);
    cr_assert_eq(network_create_for_image(net_end(net, 0, ""), 1, 2048, 512, 16, NULL, &network, NULL),
                 FRINGE_OK);
    network_get_facts(network, &deep);
    network_free(network);
    cr_expect_eq(high.workspace_bytes, deep.workspace_bytes, "%zu and %zu", high.workspace_bytes,
                 deep.workspace_bytes);
    net_free(net);
}

/* Layers that want the whole image keep the stride of what they read, and are named. */
Test(nn_bands, facts_behind_a_global_statistic)
{
    struct net *net = net_begin("image", 1);
    int x = net_pool(net, net_conv(net, 0, 4, 3, 1));
    const int64_t four = 4;
    int inputs[3] = {x, net_random(net, 1, &four, 0.5, 1.5), net_random(net, 1, &four, -1, 1)};
    x = net_pool(net, net_node(net, "InstanceNormalization", inputs, 3, "epsilon=0.00001", 4));
    struct network *network;
    struct network_facts facts;
    const struct onnx_model *model = net_end(net, net_up(net, net_up(net, x)), "output");
    cr_assert_eq(network_create_for_image(model, 1, 64, 64, 0, NULL, &network, NULL), FRINGE_OK);
    network_get_facts(network, &facts);
    cr_expect_eq(facts.stride, 4);
    cr_expect_not(facts.streams);
    cr_expect_str_eq(facts.whole_because, "InstanceNormalization");
    network_free(network);
    net_free(net);
}

static fringe_status take_rows(void *user, size_t output, int64_t begin, int64_t end, const float *from,
                               size_t plane_stride, size_t row_stride, fringe_error *error)
{
    (void)output, (void)from, (void)plane_stride, (void)row_stride, (void)error;
    *(int64_t *)user += end - begin;
    return FRINGE_OK;
}

static fringe_status give_zeros(void *user, size_t input, int64_t begin, int64_t end, float *to,
                                size_t plane_stride, size_t row_stride, fringe_error *error)
{
    (void)user, (void)input, (void)plane_stride, (void)error;
    for (int64_t row = begin; row < end; row++, to += row_stride) memset(to, 0, 30 * sizeof *to);
    return FRINGE_OK;
}

/* A float image that an operator without rows gives comes out in rows all the same. */
Test(nn_bands, output_of_a_dense_operator)
{
    struct net *net = net_begin("image", 2);
    const int64_t one = 1;
    int inputs[2] = {net_conv(net, 0, 2, 3, 1), net_random(net, 1, &one, 0, 0)};
    int x = net_node(net, "Mod", inputs, 2, "fmod=1", 2);
    struct network *network;
    struct network_workspace *workspace;
    fringe_error error;
    fringe_run *run = make_run(1);
    int64_t rows = 0;
    fringe_status status =
        network_create_for_image(net_end(net, x, "output"), 2, 20, 30, 8, run, &network, &error);
    cr_assert_eq(status, FRINGE_OK, "%s", error.message);
    cr_assert_eq(network_workspace_create(network, 1, &workspace, &error), FRINGE_OK);
    cr_expect_eq(network_run(network, workspace, give_zeros, take_rows, &rows, run, &error), FRINGE_OK, "%s",
                 error.message);
    cr_expect_eq(rows, 20);
    network_workspace_free(workspace);
    network_free(network);
    fringe_run_free(run);
    net_free(net);
}

struct cancelling {
    fringe_run *run;
    int64_t rows_after;
};

static fringe_status cancelling_source(void *user, size_t input, int64_t begin, int64_t end, float *to,
                                       size_t plane_stride, size_t row_stride, fringe_error *error)
{
    struct cancelling *state = user;
    (void)input, (void)plane_stride, (void)error;
    if (fringe_run_cancelled(state->run)) state->rows_after += end - begin;
    for (int64_t row = begin; row < end; row++)
        memset(to + (size_t)(row - begin) * row_stride, 0, 64 * sizeof *to);
    if (begin >= 100) fringe_run_cancel(state->run);
    return FRINGE_OK;
}

static fringe_status cancelling_sink(void *user, size_t output, int64_t begin, int64_t end, const float *from,
                                     size_t plane_stride, size_t row_stride, fringe_error *error)
{
    struct cancelling *state = user;
    (void)output, (void)from, (void)plane_stride, (void)row_stride, (void)error;
    if (fringe_run_cancelled(state->run)) state->rows_after += end - begin;
    return FRINGE_OK;
}

Test(nn_bands, no_row_starts_after_cancel)
{
    static const int64_t filters[] = {3, 5};
    struct net *net = net_unet(filters, 2, 8, 0, 2);
    struct network *network;
    struct network_workspace *workspace;
    struct cancelling state = {.run = make_run(2)};
    fringe_error error;
    cr_assert_eq(network_create_for_image(net_end(net, 0, ""), 1, 400, 64, 8, NULL, &network, &error),
                 FRINGE_OK);
    cr_assert_eq(network_workspace_create(network, 2, &workspace, &error), FRINGE_OK);
    cr_expect_eq(
        network_run(network, workspace, cancelling_source, cancelling_sink, &state, state.run, &error),
        FRINGE_CANCELLED);
    cr_expect_eq(state.rows_after, 0);
    network_workspace_free(workspace);
    network_free(network);
    fringe_run_free(state.run);
    net_free(net);
}
