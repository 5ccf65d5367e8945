/* Trees that are none: each is refused with tree, node and both numbers. */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "forest/forest_onnx.h"

enum { NODES = 5, WEIGHTS = 3 };

/* A sound tree of two splits and three leaves; each test breaks one thing. */
struct lists {
    int64_t trees[NODES], numbers[NODES], features[NODES], yes[NODES], no[NODES];
    float values[NODES];
    const char *modes[NODES];
    int64_t weight_trees[WEIGHTS], weight_numbers[WEIGHTS], weight_classes[WEIGHTS], labels[3];
    float weights[WEIGHTS], base[3];
    int64_t dims[2];
    const char *transform;
    size_t base_count, mode_count, class_count;
};

static struct lists sound(void)
{
    return (struct lists){.numbers = {0, 1, 2, 3, 4},
                          .features = {0, 3},
                          .yes = {1, 3},
                          .no = {2, 4},
                          .values = {0.5f, -1},
                          .modes = {"BRANCH_LEQ", "BRANCH_LEQ", "LEAF", "LEAF", "LEAF"},
                          .weight_numbers = {2, 3, 4},
                          .weight_classes = {0, 1, 2},
                          .labels = {10, 20, 30},
                          .weights = {1, 1, 1},
                          .dims = {-1, 4},
                          .transform = "NONE",
                          .mode_count = NODES,
                          .class_count = 3};
}

static fringe_status read_lists(const struct lists *l, struct forest **forest, fringe_error *error)
{
#define INTS(title, length, from)                                                                            \
    {                                                                                                        \
        .name = title, .kind = ONNX_ATTR_INTS, .count = length, .ints = from                                 \
    }
#define FLOATS(title, length, from)                                                                          \
    {                                                                                                        \
        .name = title, .kind = ONNX_ATTR_FLOATS, .count = length, .floats = from                             \
    }
    const struct onnx_attribute attributes[] = {
        INTS("nodes_treeids", NODES, l->trees),
        INTS("nodes_nodeids", NODES, l->numbers),
        INTS("nodes_featureids", NODES, l->features),
        INTS("nodes_truenodeids", NODES, l->yes),
        INTS("nodes_falsenodeids", NODES, l->no),
        FLOATS("nodes_values", NODES, l->values),
        {.name = "nodes_modes", .kind = ONNX_ATTR_STRINGS, .count = l->mode_count, .strings = l->modes},
        INTS("class_treeids", WEIGHTS, l->weight_trees),
        INTS("class_nodeids", WEIGHTS, l->weight_numbers),
        INTS("class_ids", WEIGHTS, l->weight_classes),
        FLOATS("class_weights", WEIGHTS, l->weights),
        INTS("classlabels_int64s", l->class_count, l->labels),
        FLOATS("base_values", l->base_count, l->base),
        {.name = "post_transform", .kind = ONNX_ATTR_STRING, .s = l->transform}};
    const struct onnx_node node = {.name = "n",
                                   .op_type = "TreeEnsembleClassifier",
                                   .domain = "ai.onnx.ml",
                                   .attribute_count = sizeof attributes / sizeof *attributes,
                                   .attributes = attributes};
    const struct onnx_value input = {.name = "x", .type = ONNX_FLOAT, .rank = 2, .dims = l->dims};
    const struct onnx_model model = {.node_count = 1, .nodes = &node, .input_count = 1, .inputs = &input};
    return forest_onnx_read(&model, "t.onnx", forest, error);
}

static void refuse(const struct lists *lists, fringe_status expected, const char *words)
{
    struct forest *forest;
    fringe_error error = {.message = ""};
    cr_expect_eq(read_lists(lists, &forest, &error), expected, "%s", words);
    cr_expect_null(forest);
    cr_expect(strstr(error.message, words) && strstr(error.message, "t.onnx: "), "'%s' is not in: %s", words,
              error.message);
}

Test(forest_hostile, the_sound_tree_is_read)
{
    struct lists l = sound();
    struct forest *forest;
    cr_assert_eq(read_lists(&l, &forest, NULL), FRINGE_OK);
    cr_expect_eq(forest->leaf_count, 3);
    cr_expect_str_eq(forest->class_names[2], "30");
    forest_free(forest);
}

Test(forest_hostile, shapes_that_are_no_tree)
{
    struct lists l = sound();
    l.yes[1] = 0; /* back to the root */
    refuse(&l, FRINGE_MODEL, "tree 0: 4 of its 5 nodes lie on cycles");
    l = sound();
    l.yes[1] = 1;
    refuse(&l, FRINGE_MODEL, "tree 0, node 1: its true child, node 1, is a child already");
    l = sound();
    l.no[0] = 1;
    refuse(&l, FRINGE_MODEL, "tree 0, node 0: its false child, node 1, is a child already");
    l = sound();
    l.no[1] = 5;
    refuse(&l, FRINGE_MODEL, "tree 0, node 1: its false child is node 5, which is not there");
    l = sound();
    l.no[1] = INT64_MIN;
    refuse(&l, FRINGE_MODEL, "its false child is node -9223372036854775808, which is not there");
    l = sound();
    l.trees[4] = 1; /* a child in another tree */
    refuse(&l, FRINGE_MODEL, "tree 0, node 1: its false child is node 4, which is not there");
    l = sound();
    l.numbers[4] = 2;
    refuse(&l, FRINGE_MODEL, "tree 0, node 2: stands twice, at places 2 and 4 of its list");
    l = sound();
    l.modes[0] = "LEAF";
    refuse(&l, FRINGE_MODEL, "tree 0: has 5 nodes and 3 roots instead of 1");
    /* 0 is a leaf and the root; 1 and 2 are each other's children, with the leaves 3 and 4 */
    l = (struct lists){.numbers = {0, 1, 2, 3, 4},
                       .yes = {0, 2, 1},
                       .no = {0, 3, 4},
                       .modes = {"LEAF", "BRANCH_LEQ", "BRANCH_LEQ", "LEAF", "LEAF"},
                       .dims = {-1, 4},
                       .transform = "NONE",
                       .mode_count = NODES,
                       .class_count = 3};
    refuse(&l, FRINGE_MODEL, "tree 0: 4 of its 5 nodes lie on cycles");
}

Test(forest_hostile, numbers_out_of_range)
{
    struct lists l = sound();
    l.features[1] = 4;
    refuse(&l, FRINGE_MODEL, "tree 0, node 1: asks for feature 4 of 4");
    l = sound();
    l.features[0] = -1;
    refuse(&l, FRINGE_MODEL, "asks for feature -1 of 4");
    l = sound();
    l.dims[1] = -1; /* then the highest feature counts */
    l.features[0] = INT64_MAX;
    refuse(&l, FRINGE_MODEL, "asks for 9223372036854775807 features, 1 to 65536 are possible");
    l = sound();
    l.dims[1] = 1LL << 40;
    refuse(&l, FRINGE_MODEL, "asks for 1099511627776 features, 1 to 65536");
    l = sound();
    l.values[0] = NAN;
    refuse(&l, FRINGE_MODEL, "tree 0, node 0: its threshold is NaN");
    l = sound();
    l.values[1] = INFINITY;
    refuse(&l, FRINGE_MODEL, "tree 0, node 1: its threshold is infinite");
    l = sound();
    l.weight_classes[1] = 3;
    refuse(&l, FRINGE_MODEL, "tree 0, node 3: weight 1 is for class 3 of 3");
    l = sound();
    l.weights[2] = -INFINITY;
    refuse(&l, FRINGE_MODEL, "tree 0, node 4: weight 2 is no finite number");
    l = sound();
    l.weight_numbers[0] = 1;
    refuse(&l, FRINGE_MODEL, "tree 0, node 1: weight 0 is for it, and it is no leaf");
    l = sound();
    l.weight_trees[0] = 7;
    refuse(&l, FRINGE_MODEL, "tree 7, node 2: weight 0 is for it, and it is not there");
    l = sound();
    l.base_count = 2;
    refuse(&l, FRINGE_MODEL, "base_values holds 2 values for 3 scores");
    l = sound();
    l.base_count = 3, l.base[1] = NAN;
    refuse(&l, FRINGE_MODEL, "base_values[1] is no finite number");
}

Test(forest_hostile, lists_of_different_lengths)
{
    struct lists l = sound();
    l.mode_count = 4;
    refuse(&l, FRINGE_MODEL, "nodes_modes holds 4 values, nodes_nodeids 5");
    l = sound();
    l.class_count = 0;
    refuse(&l, FRINGE_MODEL, "names 0 classes, 1 to 1024 are possible");
}

Test(forest_hostile, what_fringe_lacks)
{
    struct lists l = sound();
    l.modes[1] = "BRANCH_EQ";
    refuse(&l, FRINGE_UNSUPPORTED, "tree 0, node 1: its mode is 'BRANCH_EQ'");
    l = sound();
    l.transform = "PROBIT";
    refuse(&l, FRINGE_UNSUPPORTED, "post_transform is 'PROBIT'");
    struct onnx_node nodes[2] = {{.name = "a", .op_type = "Normalizer", .domain = "ai.onnx.ml"},
                                 {.name = "b", .op_type = "TreeEnsemble", .domain = "ai.onnx.ml"}};
    struct onnx_model model = {.node_count = 2, .nodes = nodes, .opset_ml = 5};
    struct forest *forest;
    fringe_error error;
    cr_expect_eq(forest_onnx_read(&model, "t.onnx", &forest, &error), FRINGE_UNSUPPORTED);
    cr_expect_not_null(strstr(error.message, "node 'a' is a Normalizer (opset 5 of ai.onnx.ml)"), "%s",
                       error.message);
    cr_expect(forest_onnx_recognise(&model));
    model.node_count = 1;
    cr_expect_not(forest_onnx_recognise(&model));
}

/* A chain as deep as it has nodes: no recursion, and time in proportion. */
Test(forest_hostile, a_chain_of_a_million_nodes, .timeout = 30)
{
    enum { SPLITS = 500000, COUNT = 2 * SPLITS + 1 };
    int64_t *ints = calloc((size_t)COUNT * 5, sizeof *ints);
    float *values = calloc(COUNT, sizeof *values);
    const char **modes = calloc(COUNT, sizeof *modes);
    int64_t *numbers = ints, *yes = ints + COUNT, *no = ints + 2 * COUNT, *zeros = ints + 3 * COUNT;
    for (int64_t i = 0; i < COUNT; i++) {
        numbers[i] = i;
        modes[i] = i % 2 || i == COUNT - 1 ? "LEAF" : "BRANCH_LEQ";
        yes[i] = i + 1, no[i] = i + 2; /* the even ones are the chain */
    }
    const int64_t weight_number = COUNT - 1, labels[] = {0, 1, 2}, dims[] = {-1, 1};
    const float weight = 1;
    const struct onnx_attribute attributes[] = {
        INTS("nodes_treeids", COUNT, zeros),
        INTS("nodes_nodeids", COUNT, numbers),
        INTS("nodes_featureids", COUNT, zeros),
        INTS("nodes_truenodeids", COUNT, yes),
        INTS("nodes_falsenodeids", COUNT, no),
        FLOATS("nodes_values", COUNT, values),
        {.name = "nodes_modes", .kind = ONNX_ATTR_STRINGS, .count = COUNT, .strings = modes},
        INTS("class_treeids", 1, zeros),
        INTS("class_nodeids", 1, &weight_number),
        INTS("class_ids", 1, &labels[1]),
        FLOATS("class_weights", 1, &weight),
        INTS("classlabels_int64s", 3, labels)};
    const struct onnx_node node = {.name = "n",
                                   .op_type = "TreeEnsembleClassifier",
                                   .domain = "ai.onnx.ml",
                                   .attribute_count = sizeof attributes / sizeof *attributes,
                                   .attributes = attributes};
    const struct onnx_value input = {.name = "x", .type = ONNX_FLOAT, .rank = 2, .dims = dims};
    const struct onnx_model model = {.node_count = 1, .nodes = &node, .input_count = 1, .inputs = &input};
    struct forest *forest;
    fringe_error error;
    cr_assert_eq(forest_onnx_read(&model, "t.onnx", &forest, &error), FRINGE_OK, "%s", error.message);
    cr_expect_eq(forest->node_count, COUNT);
    forest_free(forest);
    free(ints);
    free(values);
    free(modes);
}
