/* Compiling a graph: what is folded, dropped and forwarded, and what is refused with which words. */
#include <criterion/criterion.h>
#include <string.h>

#include "base/alloc.h"
#include "nn/graph.h"
#include "nn/network.h"
#include "nn/operator_params.h"
#include "support/nets.h"

/* A model of static parts: one float input "x", one output "y". */
struct sketch {
    struct onnx_model model;
    struct onnx_value input, output;
    struct onnx_node nodes[8];
    const char *inputs[8][4], *outputs[8][2];
    struct onnx_attribute attributes[8][2];
    struct onnx_tensor constants[4];
};

static const int64_t free_dims[4] = {-1, -1, -1, -1};

static void sketch_begin(struct sketch *s, int64_t opset)
{
    memset(s, 0, sizeof *s);
    s->input = s->output = (struct onnx_value){.name = "x", .type = ONNX_FLOAT, .rank = 4, .dims = free_dims};
    s->output.name = "y";
    s->model = (struct onnx_model){.opset = opset,
                                   .nodes = s->nodes,
                                   .initializers = s->constants,
                                   .inputs = &s->input,
                                   .input_count = 1,
                                   .outputs = &s->output,
                                   .output_count = 1};
}

/* Adds "Operator a b -> c": words apart by blanks. */
static struct onnx_node *sketch_node(struct sketch *s, const char *operator, const char * a, const char *b,
                                     const char *output)
{
    size_t k = s->model.node_count++;
    struct onnx_node *node = &s->nodes[k];
    s->inputs[k][0] = a;
    s->inputs[k][1] = b;
    s->outputs[k][0] = output;
    *node = (struct onnx_node){.name = operator,
                               .op_type = operator,
                               .domain = "",
                               .input_count = b   ? 2
                                              : a ? 1
                                                  : 0,
                               .output_count = 1,
                               .inputs = s->inputs[k],
                               .outputs = s->outputs[k],
                               .attributes = s->attributes[k]};
    return node;
}

static void sketch_int(struct sketch *s, const char *name, int64_t value)
{
    size_t k = s->model.node_count - 1;
    struct onnx_node *node = &s->nodes[k];
    s->attributes[k][node->attribute_count++] =
        (struct onnx_attribute){.name = name, .kind = ONNX_ATTR_INT, .i = value};
}

static void sketch_constant(struct sketch *s, const char *name, int32_t type, int rank, const int64_t *dims,
                            const void *bytes)
{
    s->constants[s->model.initializer_count++] =
        (struct onnx_tensor){.name = name, .type = type, .rank = rank, .dims = dims, .bytes = bytes};
}

static fringe_status compile(const struct sketch *s, int64_t channels, int64_t height, int64_t width,
                             struct graph **graph, fringe_error *error)
{
    struct graph_binding binding = {.name = "x"};
    const int64_t dims[4] = {1, channels, height, width};
    cr_assert_eq(tensor_set_shape(&binding.tensor, TENSOR_FLOAT32, 4, dims, "x", NULL), FRINGE_OK);
    return graph_create(&s->model, &binding, 1, NULL, graph, error);
}

static void expect_refusal(const struct sketch *s, fringe_status status, const char *words)
{
    struct graph *graph;
    fringe_error error = {0};
    cr_expect_eq(compile(s, 3, 8, 8, &graph, &error), status, "%s", error.message);
    cr_expect(strstr(error.message, words), "'%s' does not say '%s'", error.message, words);
    cr_expect_null(graph);
}

/* What PyTorch writes to upsample to another tensor's size. */
Test(nn_graph, shape_chains_are_folded)
{
    struct sketch s;
    struct graph *graph;
    fringe_error error;
    static const int64_t two = 2, one_dim[1] = {1}, factor = 2, axis0 = 0, none[1] = {0};
    sketch_begin(&s, 13);
    sketch_constant(&s, "index", ONNX_INT64, 0, NULL, &two);
    sketch_constant(&s, "factor", ONNX_INT64, 0, NULL, &factor);
    sketch_constant(&s, "axis", ONNX_INT64, 1, one_dim, &axis0);
    sketch_constant(&s, "empty", ONNX_FLOAT, 1, none, NULL);
    sketch_node(&s, "Shape", "x", NULL, "shape");
    sketch_node(&s, "Gather", "shape", "index", "height");
    sketch_node(&s, "Mul", "height", "factor", "double");
    sketch_node(&s, "Unsqueeze", "double", "axis", "list");
    sketch_node(&s, "Concat", "shape", "list", "sizes"); /* five numbers: too many for Resize */
    sketch_int(&s, "axis", 0);
    struct onnx_node *resize = sketch_node(&s, "Resize", "x", "", "y");
    s.inputs[5][2] = "";
    s.inputs[5][3] = "sizes";
    resize->input_count = 4;
    expect_refusal(&s, FRINGE_MODEL, "5 scales or sizes");

    s.inputs[4][0] = "list"; /* (2H, 2H): too few */
    s.nodes[4].input_count = 2;
    expect_refusal(&s, FRINGE_MODEL, "2 scales or sizes");

    s.inputs[5][3] = "shape";
    cr_assert_eq(compile(&s, 3, 8, 12, &graph, &error), FRINGE_OK, "%s", error.message);
    cr_expect_eq(graph->node_count, 1);
    cr_expect_str_eq(graph->nodes[0].source->op_type, "Resize");
    const struct resize_params *params = graph->nodes[0].params;
    cr_expect(params->axes[3].identity && params->axes[3].out == 12);
    graph_free(graph);
}

Test(nn_graph, identity_and_dead_nodes_vanish)
{
    struct sketch s;
    struct graph *graph;
    fringe_error error;
    sketch_begin(&s, 13);
    sketch_node(&s, "Relu", "c", NULL, "y"); /* not in order */
    sketch_node(&s, "Identity", "x", NULL, "a");
    sketch_node(&s, "Dropout", "a", NULL, "b");
    sketch_node(&s, "Exp", "x", NULL, "unused");
    sketch_node(&s, "Cast", "b", NULL, "c"); /* of floats to floats */
    sketch_int(&s, "to", ONNX_FLOAT);
    cr_assert_eq(compile(&s, 3, 8, 8, &graph, &error), FRINGE_OK, "%s", error.message);
    cr_assert_eq(graph->node_count, 1);
    cr_expect_str_eq(graph->nodes[0].source->op_type, "Relu");
    cr_expect_eq(graph->nodes[0].inputs[0], graph->inputs[0]);
    cr_expect_eq(graph->values[graph->inputs[0]].use_count, 1);
    cr_expect_eq(graph->values[graph->outputs[0]].producer, 0);
    graph_free(graph);

    s.inputs[0][0] = "x"; /* an output that is the input */
    s.outputs[0][0] = "r";
    s.outputs[1][0] = s.inputs[2][0] = "y";
    cr_assert_eq(compile(&s, 3, 8, 8, &graph, &error), FRINGE_OK, "%s", error.message);
    cr_expect_eq(graph->node_count, 0);
    cr_expect_eq(graph->outputs[0], graph->inputs[0]);
    graph_free(graph);
}

Test(nn_graph, half_and_double_constants_become_float)
{
    struct sketch s;
    struct graph *graph;
    fringe_error error;
    static const uint16_t halves[4] = {0x3c00, 0xc000, 0x0001, 0x7c00}; /* 1, -2, 2^-24, infinity */
    static const int64_t four[1] = {4};
    static const double third = 1.0 / 3;
    sketch_begin(&s, 13);
    sketch_constant(&s, "h", ONNX_FLOAT16, 1, four, halves);
    sketch_constant(&s, "d", ONNX_DOUBLE, 0, NULL, &third);
    sketch_node(&s, "Add", "h", "d", "y");
    cr_assert_eq(compile(&s, 3, 8, 8, &graph, &error), FRINGE_OK, "%s", error.message);
    const struct tensor *sum = &graph->values[graph->outputs[0]].tensor;
    cr_assert_eq(graph->node_count, 0);
    const float *values = sum->data;
    cr_expect(values[0] == 1 + 1.0f / 3 && values[1] == -2 + 1.0f / 3 && values[2] == 0x1p-24f + 1.0f / 3 &&
              values[3] > 1e38f);
    graph_free(graph);

    s.constants[0].type = ONNX_UINT8;
    expect_refusal(&s, FRINGE_UNSUPPORTED, "constant 'h': element type uint8");
}

Test(nn_graph, graphs_that_contradict_themselves_are_refused)
{
    struct sketch s;
    sketch_begin(&s, 13);
    sketch_node(&s, "Add", "x", "b", "a");
    sketch_node(&s, "Relu", "a", NULL, "b");
    sketch_node(&s, "Relu", "b", NULL, "y");
    expect_refusal(&s, FRINGE_MODEL, "in a circle through value");
    s.inputs[0][1] = "nothing";
    expect_refusal(&s, FRINGE_MODEL, "'nothing' is nowhere defined");
    s.inputs[0][1] = "x";
    s.outputs[1][0] = "a";
    expect_refusal(&s, FRINGE_MODEL, "'a' is defined twice");
    s.outputs[1][0] = "b";
    s.output.name = "z";
    expect_refusal(&s, FRINGE_MODEL, "output 'z' is nowhere defined");
}

Test(nn_graph, disagreeing_shapes_are_both_named)
{
    struct sketch s;
    static const float values[8] = {0};
    static const int64_t five[1] = {5}, weights[4] = {1, 2, 2, 2};
    sketch_begin(&s, 13);
    sketch_constant(&s, "c", ONNX_FLOAT, 1, five, values);
    sketch_constant(&s, "w", ONNX_FLOAT, 4, weights, values);
    sketch_node(&s, "Mul", "x", "c", "y");
    expect_refusal(&s, FRINGE_MODEL, "node 'Mul' (Mul): shapes (1, 3, 8, 8) and (5)");
    s.nodes[0].op_type = "Conv";
    s.inputs[0][1] = "w";
    expect_refusal(&s, FRINGE_MODEL, "input (1, 3, 8, 8) and weights (1, 2, 2, 2)");
}

Test(nn_graph, operators_and_opsets_are_refused_by_name)
{
    struct sketch s;
    struct graph *graph;
    fringe_error error;
    sketch_begin(&s, 13);
    struct onnx_node *node = sketch_node(&s, "LSTM", "x", NULL, "y");
    expect_refusal(&s, FRINGE_UNSUPPORTED, "node 'LSTM': operator LSTM (opset 13)");
    cr_expect_eq(graph_check_operators(&s.model, &error), FRINGE_UNSUPPORTED);
    node->op_type = "Relu";
    node->domain = "com.example";
    expect_refusal(&s, FRINGE_UNSUPPORTED, "operator Relu of domain 'com.example'");
    node->domain = "ai.onnx";
    cr_expect_eq(graph_check_operators(&s.model, &error), FRINGE_OK);
    s.model.opset = 28; /* Relu has not changed since 14 */
    cr_assert_eq(compile(&s, 3, 8, 8, &graph, &error), FRINGE_OK, "%s", error.message);
    graph_free(graph);
    s.model.opset = 99;
    expect_refusal(&s, FRINGE_UNSUPPORTED, "opset 99");
    node->op_type = "Flatten";
    s.model.opset = 24;
    expect_refusal(&s, FRINGE_UNSUPPORTED, "operator Flatten changed in opset 24");
    node->op_type = "Celu";
    s.model.opset = 11;
    expect_refusal(&s, FRINGE_MODEL, "operator Celu is in opset 11, but begins in 12");
    node->op_type = "BatchNormalization";
    s.model.opset = 6;
    expect_refusal(&s, FRINGE_UNSUPPORTED,
                   "operator BatchNormalization of opset 6 is older than that of opset 7");
}

Test(nn_graph, absurd_sizes_are_refused_quickly)
{
    struct sketch s;
    static const int64_t huge[4] = {1 << 20, 1 << 20, 1 << 20, 1 << 20}, four[1] = {4}, one = 1,
                         most = 1LL << 40;
    sketch_begin(&s, 13);
    sketch_constant(&s, "huge", ONNX_INT64, 1, four, huge);
    sketch_constant(&s, "one", ONNX_INT64, 0, NULL, &one);
    sketch_constant(&s, "most", ONNX_INT64, 0, NULL, &most);
    sketch_node(&s, "ConstantOfShape", "huge", NULL, "y");
    expect_refusal(&s, FRINGE_MODEL, "needs more than");
    s.nodes[0].op_type = "Range";
    s.inputs[0][0] = "one";
    s.inputs[0][1] = "most";
    s.inputs[0][2] = "one";
    s.nodes[0].input_count = 3;
    expect_refusal(&s, FRINGE_MODEL, "no end that could be reached");
    s.nodes[0].op_type = "Expand";
    s.inputs[0][0] = "x";
    s.inputs[0][1] = "huge";
    s.nodes[0].input_count = 2;
    expect_refusal(&s, FRINGE_MODEL, "does not expand to (1048576, 1048576, 1048576, 1048576)");
}

Test(nn_graph, a_shape_that_depends_on_pixels_is_refused)
{
    struct sketch s;
    sketch_begin(&s, 13);
    sketch_node(&s, "Cast", "x", NULL, "whole");
    sketch_int(&s, "to", ONNX_INT64);
    sketch_node(&s, "Squeeze", "whole", NULL, "shape");
    sketch_node(&s, "Reshape", "x", "shape", "y");
    struct graph *graph;
    fringe_error error = {0};
    cr_expect_eq(compile(&s, 1, 1, 4, &graph, &error), FRINGE_UNSUPPORTED);
    cr_expect(strstr(error.message, "input 1 ('shape') decides a shape and is not a constant"), "%s",
              error.message);
}

static void sketch_ints(struct sketch *s, const char *name, size_t count, const int64_t *values)
{
    size_t k = s->model.node_count - 1;
    struct onnx_node *node = &s->nodes[k];
    s->attributes[k][node->attribute_count++] =
        (struct onnx_attribute){.name = name, .kind = ONNX_ATTR_INTS, .count = count, .ints = values};
}

static const int64_t to_last[4] = {0, 2, 3, 1}, to_first[4] = {0, 3, 1, 2};

/* What PyTorch wrote before opset 13, when Softmax was right on the last axis only. */
Test(nn_graph, transposes_around_operators_that_do_not_mind_vanish)
{
    struct sketch s;
    struct graph *graph;
    fringe_error error;
    static const float factors[3] = {1, 2, 3};
    static const int64_t three[1] = {3};
    sketch_begin(&s, 11);
    sketch_constant(&s, "factors", ONNX_FLOAT, 1, three, factors);
    sketch_node(&s, "Transpose", "x", NULL, "t");
    sketch_ints(&s, "perm", 4, to_last);
    sketch_node(&s, "Mul", "t", "factors", "m"); /* one factor for each channel, behind */
    sketch_node(&s, "Softmax", "m", NULL, "p");
    sketch_int(&s, "axis", 3);
    sketch_node(&s, "Transpose", "p", NULL, "y");
    sketch_ints(&s, "perm", 4, to_first);
    cr_assert_eq(compile(&s, 3, 8, 6, &graph, &error), FRINGE_OK, "%s", error.message);
    cr_assert_eq(graph->node_count, 2);
    cr_expect_str_eq(graph->nodes[0].operator->name, "Mul");
    const struct tensor *turned = &graph->values[graph->nodes[0].inputs[1]].tensor;
    cr_expect(turned->rank == 4 && turned->dims[1] == 3 && turned->dims[3] == 1);
    const struct softmax_params *params = graph->nodes[1].params;
    cr_expect(params->axis == 1 && params->end == 2);
    const struct tensor *out = &graph->values[graph->outputs[0]].tensor;
    cr_expect(out->dims[1] == 3 && out->dims[2] == 8 && out->dims[3] == 6);
    graph_free(graph);

    /* Over the flattened tail the order of axes matters: nothing moves past it. */
    s.attributes[2][0].i = 2;
    cr_assert_eq(compile(&s, 3, 8, 6, &graph, &error), FRINGE_OK, "%s", error.message);
    cr_expect_eq(graph->node_count, 4);
    graph_free(graph);
}

/* TensorFlow's (N, H, W, C): only the graph's input and output keep it. */
Test(nn_graph, channels_come_first_between_input_and_output)
{
    struct sketch s;
    struct graph *graph;
    fringe_error error;
    static const float weights[4] = {1, 2, 3, 4};
    static const int64_t dims[4] = {2, 2, 1, 1};
    sketch_begin(&s, 13);
    sketch_constant(&s, "w", ONNX_FLOAT, 4, dims, weights);
    sketch_node(&s, "Neg", "x", NULL, "n");
    sketch_node(&s, "Transpose", "n", NULL, "t");
    sketch_ints(&s, "perm", 4, to_first);
    sketch_node(&s, "Conv", "t", "w", "c");
    sketch_node(&s, "Transpose", "c", NULL, "b");
    sketch_ints(&s, "perm", 4, to_last);
    sketch_node(&s, "ArgMax", "b", NULL, "y");
    sketch_int(&s, "axis", -1);
    sketch_int(&s, "keepdims", 0);
    s.output.type = ONNX_INT64;
    s.output.rank = 3;
    cr_assert_eq(compile(&s, 8, 6, 2, &graph, &error), FRINGE_OK, "%s",
                 error.message); /* H = 8, W = 6, C = 2 */
    static const char *const expected[4] = {"Transpose", "Neg", "Conv", "ArgMax"};
    cr_assert_eq(graph->node_count, 4);
    for (int i = 0; i < 4; i++) cr_expect_str_eq(graph->nodes[i].operator->name, expected[i]);
    cr_expect_eq(((struct arg_params *)graph->nodes[3].params)->axis, 1);
    const struct tensor *out = &graph->values[graph->outputs[0]].tensor;
    cr_expect(out->rank == 3 && out->dims[1] == 8 && out->dims[2] == 6);
    graph_free(graph);
}

/* Resize with tables of its own, transposes that move, constants that are turned: every allocation fails
 * once. */
Test(nn_graph, any_allocation_may_fail)
{
    struct sketch s;
    struct graph *graph;
    fringe_error error;
    fringe_run *run;
    struct graph_binding binding = {.name = "x"};
    static const float scales[4] = {1, 2, 2, 1}, factors[3] = {1, 2, 3};
    static const int64_t four[1] = {4}, three[1] = {3}, dims[4] = {1, 8, 6, 3};
    sketch_begin(&s, 13);
    sketch_constant(&s, "scales", ONNX_FLOAT, 1, four, scales);
    sketch_constant(&s, "factors", ONNX_FLOAT, 1, three, factors);
    sketch_node(&s, "Mul", "x", "factors", "m");
    sketch_node(&s, "Identity", "scales", NULL, "i");
    sketch_node(&s, "Resize", "m", "", "r");
    s.inputs[2][2] = "i";
    s.nodes[2].input_count = 3;
    sketch_node(&s, "Abs", "factors", NULL, "a");
    sketch_node(&s, "Add", "r", "a", "b");
    sketch_node(&s, "Transpose", "b", NULL, "t");
    sketch_ints(&s, "perm", 4, to_first);
    sketch_node(&s, "GlobalMaxPool", "t", NULL, "y");
    cr_assert_eq(fringe_run_create(1, &run, NULL), FRINGE_OK);
    cr_assert_eq(tensor_set_shape(&binding.tensor, TENSOR_FLOAT32, 4, dims, "x", NULL), FRINGE_OK);
    long allowed = 0;
    fringe_status status;
    do {
        alloc_fail_after(allowed++);
        status = graph_create(&s.model, &binding, 1, run, &graph, &error);
        alloc_fail_after(-1);
        cr_assert(status == FRINGE_OK || (status == FRINGE_MEMORY && !graph), "%s", error.message);
        cr_assert(allowed < 1000);
    } while (status);
    cr_expect(allowed > 20); /* the count of allocations, so that the loop was one */
    cr_expect_eq(graph->node_count, 5);
    graph_free(graph);
    fringe_run_free(run);
}

/* A hostile file of a few megabytes may hold tens of thousands of layers; the square of that is minutes. */
Test(nn_graph, a_long_chain_is_planned)
{
    struct net *net = net_begin("image", 1);
    struct network *network;
    fringe_error error;
    int x = net_input(net);
    for (int i = 0; i < 6000; i++) x = net_unary(net, "Relu", x);
    cr_assert_eq(network_create_for_image(net_end(net, x, "output"), 1, 64, 64, 0, NULL, &network, &error),
                 FRINGE_OK, "%s", error.message);
    network_free(network);
    net_free(net);
}
