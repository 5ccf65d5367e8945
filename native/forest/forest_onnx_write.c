#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/failure.h"
#include "base/number.h"
#include "forest/forest_onnx.h"

/* What every runtime of today reads: opset 1 of ai.onnx.ml has all that is needed. */
enum { IR_VERSION = 8, OPSET = 17, OPSET_ML = 1, MOST_ATTRIBUTES = 16 };

/* The lists of a TreeEnsembleClassifier; numbers of nodes count from 0 within each tree. */
struct lists {
    struct arena *arena;
    size_t weight_count;
    int64_t *trees, *numbers, *features, *true_numbers, *false_numbers, *missing;
    float *values;
    const char **modes;
    int64_t *weight_trees, *weight_numbers, *weight_classes, *labels;
    float *weights, *base;
    struct onnx_attribute attributes[MOST_ATTRIBUTES];
    size_t attribute_count;
};

static void add_attribute(struct lists *lists, struct onnx_attribute attribute)
{
    attribute.s = attribute.s ? attribute.s : "";
    lists->attributes[lists->attribute_count++] = attribute;
}

static void add_ints(struct lists *lists, const char *name, size_t count, const int64_t *ints)
{
    add_attribute(
        lists, (struct onnx_attribute){.name = name, .kind = ONNX_ATTR_INTS, .count = count, .ints = ints});
}

static void add_floats(struct lists *lists, const char *name, size_t count, const float *floats)
{
    add_attribute(lists, (struct onnx_attribute){
                             .name = name, .kind = ONNX_ATTR_FLOATS, .count = count, .floats = floats});
}

static void add_texts(struct lists *lists, const char *name, size_t count, const char *const *texts)
{
    add_attribute(lists, (struct onnx_attribute){
                             .name = name, .kind = ONNX_ATTR_STRINGS, .count = count, .strings = texts});
}

/* A leaf without weights gets one of 0: runtimes want to find every leaf among them. */
static size_t leaf_weights(const struct forest *forest, uint32_t leaf)
{
    size_t count = forest->leaf_starts[leaf + 1] - forest->leaf_starts[leaf];
    return count > 0 ? count : 1;
}

static int take_room(const struct forest *forest, struct lists *lists)
{
    size_t nodes = forest->node_count;
    for (size_t i = 0; i < nodes; i++)
        if (forest->nodes[i].leaf < FOREST_NAN_LEFT)
            lists->weight_count += leaf_weights(forest, forest->nodes[i].leaf);
    int64_t **ints[] = {&lists->trees,        &lists->numbers,        &lists->features,
                        &lists->true_numbers, &lists->false_numbers,  &lists->missing,
                        &lists->weight_trees, &lists->weight_numbers, &lists->weight_classes};
    enum { OF_NODES = 6 };
    for (size_t i = 0; i < sizeof ints / sizeof *ints; i++) {
        size_t count = i < OF_NODES ? nodes : lists->weight_count;
        if (!(*ints[i] = arena_array(lists->arena, count, sizeof **ints[i]))) return 0;
    }
    lists->values = arena_array(lists->arena, nodes, sizeof *lists->values);
    lists->modes = arena_array(lists->arena, nodes, sizeof *lists->modes);
    lists->weights = arena_array(lists->arena, lists->weight_count, sizeof *lists->weights);
    lists->base = arena_array(lists->arena, forest->class_count, sizeof *lists->base);
    lists->labels = arena_array(lists->arena, forest->class_count, sizeof *lists->labels);
    return lists->values && lists->modes && lists->weights && lists->base && lists->labels;
}

static void fill_nodes(const struct forest *forest, struct lists *lists)
{
    size_t w = 0;
    for (uint32_t tree = 0; tree < forest->tree_count; tree++) {
        /* Trees lie behind one another, each from its root on. */
        size_t begin = forest->roots[tree],
               end = tree + 1 < forest->tree_count ? forest->roots[tree + 1] : forest->node_count;
        for (size_t i = begin; i < end; i++) {
            const struct forest_node *node = &forest->nodes[i];
            lists->trees[i] = tree;
            lists->numbers[i] = (int64_t)(i - begin);
            lists->modes[i] = "LEAF";
            if (node->leaf >= FOREST_NAN_LEFT) {
                lists->modes[i] = "BRANCH_LEQ";
                lists->features[i] = node->feature;
                lists->values[i] = node->threshold;
                lists->true_numbers[i] = (int64_t)(node->left - begin);
                lists->false_numbers[i] = lists->true_numbers[i] + 1;
                lists->missing[i] = node->leaf == FOREST_NAN_LEFT;
                continue;
            }
            uint32_t start = forest->leaf_starts[node->leaf], stop = forest->leaf_starts[node->leaf + 1];
            for (size_t k = 0; k < leaf_weights(forest, node->leaf); k++, w++) {
                lists->weight_trees[w] = tree;
                lists->weight_numbers[w] = lists->numbers[i];
                if (start + k == stop) continue;
                lists->weight_classes[w] = forest->weights[start + k].class_index;
                lists->weights[w] = forest->weights[start + k].weight;
            }
        }
    }
}

/* Whether every class name is a whole number as it would be written. */
static int are_numbers(const struct forest *forest, int64_t *labels)
{
    for (uint32_t k = 0; k < forest->class_count; k++) {
        char text[NUMBER_TEXT_BYTES];
        if (!number_parse_integer(forest->class_names[k], &labels[k])) return 0;
        snprintf(text, sizeof text, "%lld", (long long)labels[k]);
        if (strcmp(text, forest->class_names[k]) != 0) return 0;
    }
    return 1;
}

static int collect(const struct forest *forest, struct lists *lists)
{
    static const char *const transforms[] = {"NONE", "LOGISTIC", "SOFTMAX"};
    size_t count = forest->node_count, scores = forest->scores == FOREST_EACH ? forest->class_count : 1;
    int any_base = 0, by_number = are_numbers(forest, lists->labels);
    fill_nodes(forest, lists);
    for (size_t k = 0; k < scores; k++) {
        lists->base[k] = (float)forest->base[k];
        any_base |= forest->base[k] != 0;
    }
    add_ints(lists, "nodes_treeids", count, lists->trees);
    add_ints(lists, "nodes_nodeids", count, lists->numbers);
    add_ints(lists, "nodes_featureids", count, lists->features);
    add_floats(lists, "nodes_values", count, lists->values);
    add_texts(lists, "nodes_modes", count, lists->modes);
    add_ints(lists, "nodes_truenodeids", count, lists->true_numbers);
    add_ints(lists, "nodes_falsenodeids", count, lists->false_numbers);
    add_ints(lists, "nodes_missing_value_tracks_true", count, lists->missing);
    add_ints(lists, "class_treeids", lists->weight_count, lists->weight_trees);
    add_ints(lists, "class_nodeids", lists->weight_count, lists->weight_numbers);
    add_ints(lists, "class_ids", lists->weight_count, lists->weight_classes);
    add_floats(lists, "class_weights", lists->weight_count, lists->weights);
    add_attribute(lists, (struct onnx_attribute){.name = "post_transform",
                                                 .kind = ONNX_ATTR_STRING,
                                                 .s = transforms[forest->transform]});
    if (any_base) add_floats(lists, "base_values", scores, lists->base);
    if (by_number)
        add_ints(lists, "classlabels_int64s", forest->class_count, lists->labels);
    else
        add_texts(lists, "classlabels_strings", forest->class_count,
                  (const char *const *)forest->class_names);
    return by_number;
}

fringe_status forest_onnx_write(const char *path, const struct forest *forest, fringe_error *error)
{
    static const char *const inputs[] = {"features"}, *const outputs[] = {"label", "probabilities"};
    static const struct onnx_opset opsets[] = {{"", OPSET}, {"ai.onnx.ml", OPSET_ML}};
    static const char *const symbols[] = {"N", ""};
    const int64_t table[] = {-1, forest->feature_count}, answer[] = {-1, forest->class_count};
    struct lists lists = {.arena = arena_create(SIZE_MAX)};
    if (!lists.arena || !take_room(forest, &lists)) {
        arena_free(lists.arena);
        return failure_memory(error, path, forest->node_count * sizeof(int64_t));
    }
    int by_number = collect(forest, &lists);
    const struct onnx_node node = {.name = "forest",
                                   .op_type = "TreeEnsembleClassifier",
                                   .domain = "ai.onnx.ml",
                                   .input_count = 1,
                                   .output_count = 2,
                                   .attribute_count = lists.attribute_count,
                                   .inputs = inputs,
                                   .outputs = outputs,
                                   .attributes = lists.attributes};
    const struct onnx_value in = {inputs[0], ONNX_FLOAT, 2, table, symbols};
    const struct onnx_value out[] = {{outputs[0], by_number ? ONNX_INT64 : ONNX_STRING, 1, table, symbols},
                                     {outputs[1], ONNX_FLOAT, 2, answer, symbols}};
    const struct onnx_model model = {.ir_version = IR_VERSION,
                                     .producer = "fringe",
                                     .graph_name = "forest",
                                     .opset_count = 2,
                                     .node_count = 1,
                                     .input_count = 1,
                                     .output_count = 2,
                                     .opsets = opsets,
                                     .nodes = &node,
                                     .inputs = &in,
                                     .outputs = out};
    fringe_status status = onnx_model_write(path, &model, error);
    arena_free(lists.arena);
    return status;
}
