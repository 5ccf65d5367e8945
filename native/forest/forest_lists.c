#include "forest/forest_lists.h"

#include <stdio.h>
#include <string.h>

#include "base/failure.h"

static fringe_status wrong_length(const char *name, size_t count, const char *other, size_t expected,
                                  fringe_error *error)
{
    return failure_set(error, FRINGE_MODEL, "%s holds %zu values, %s %zu", name, count, other, expected);
}

/* A list that must be there, as long as another. */
static fringe_status read_ints(const struct onnx_node *node, const char *name, const char *other,
                               size_t expected, const int64_t **ints, fringe_error *error)
{
    const struct onnx_attribute *attribute = onnx_node_attribute(node, name);
    size_t count = attribute && attribute->kind == ONNX_ATTR_INTS ? attribute->count : 0;
    if (count != expected) return wrong_length(name, count, other, expected, error);
    *ints = attribute->ints;
    return FRINGE_OK;
}

/* Floats, or the tensor `<name>_as_tensor`; none is a count of 0. */
static fringe_status read_reals(const struct onnx_node *node, const char *name, struct forest_reals *reals,
                                fringe_error *error)
{
    char tensor_name[64];
    snprintf(tensor_name, sizeof tensor_name, "%s_as_tensor", name);
    const struct onnx_attribute *attribute = onnx_node_attribute(node, name);
    const struct onnx_attribute *other = onnx_node_attribute(node, tensor_name);
    *reals = (struct forest_reals){0};
    if (attribute && attribute->kind == ONNX_ATTR_FLOATS && attribute->count > 0) {
        reals->count = attribute->count;
        reals->floats = attribute->floats;
    } else if (other && other->kind == ONNX_ATTR_TENSOR) {
        const struct onnx_tensor *tensor = other->t;
        if (tensor->type == ONNX_FLOAT)
            reals->floats = tensor->bytes, reals->count = tensor->size / sizeof(float);
        else if (tensor->type == ONNX_DOUBLE)
            reals->doubles = tensor->bytes, reals->count = tensor->size / sizeof(double);
        else
            return failure_set(error, FRINGE_MODEL, "%s is of ONNX type %d, not float (%d) or double (%d)",
                               tensor_name, (int)tensor->type, ONNX_FLOAT, ONNX_DOUBLE);
    }
    return FRINGE_OK;
}

static fringe_status read_nodes(const struct onnx_node *node, struct forest_lists *lists, fringe_error *error)
{
    static const char first[] = "nodes_nodeids";
    const struct onnx_attribute *numbers = onnx_node_attribute(node, first);
    const struct onnx_attribute *modes = onnx_node_attribute(node, "nodes_modes");
    const struct onnx_attribute *missing = onnx_node_attribute(node, "nodes_missing_value_tracks_true");
    if (!numbers || numbers->kind != ONNX_ATTR_INTS || numbers->count == 0)
        return failure_set(error, FRINGE_MODEL, "%s holds no nodes", first);
    lists->count = numbers->count;
    lists->numbers = numbers->ints;
    struct {
        const char *name;
        const int64_t **ints;
    } rows[] = {{"nodes_treeids", &lists->trees},
                {"nodes_featureids", &lists->features},
                {"nodes_truenodeids", &lists->true_numbers},
                {"nodes_falsenodeids", &lists->false_numbers}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        fringe_status status = read_ints(node, rows[i].name, first, lists->count, rows[i].ints, error);
        if (status) return status;
    }
    if (missing && missing->count > 0) {
        fringe_status status =
            read_ints(node, missing->name, first, lists->count, &lists->missing_true, error);
        if (status) return status;
    }
    size_t mode_count = modes && modes->kind == ONNX_ATTR_STRINGS ? modes->count : 0;
    if (mode_count != lists->count)
        return wrong_length("nodes_modes", mode_count, first, lists->count, error);
    lists->modes = modes->strings;
    fringe_status status = read_reals(node, "nodes_values", &lists->values, error);
    if (!status && lists->values.count != lists->count)
        return wrong_length("nodes_values", lists->values.count, first, lists->count, error);
    return status;
}

static fringe_status read_weights(const struct onnx_node *node, struct forest_lists *lists,
                                  fringe_error *error)
{
    static const char first[] = "class_ids";
    const struct onnx_attribute *classes = onnx_node_attribute(node, first);
    if (!classes || classes->kind != ONNX_ATTR_INTS || classes->count == 0)
        return failure_set(error, FRINGE_MODEL, "%s holds no weights", first);
    lists->weight_count = classes->count;
    lists->weight_classes = classes->ints;
    fringe_status status =
        read_ints(node, "class_treeids", first, classes->count, &lists->weight_trees, error);
    if (!status)
        status = read_ints(node, "class_nodeids", first, classes->count, &lists->weight_numbers, error);
    if (!status) status = read_reals(node, "class_weights", &lists->weights, error);
    if (!status && lists->weights.count != lists->weight_count)
        return wrong_length("class_weights", lists->weights.count, first, lists->weight_count, error);
    return status;
}

static fringe_status read_classes(const struct onnx_node *node, struct forest_lists *lists,
                                  fringe_error *error)
{
    const struct onnx_attribute *numbers = onnx_node_attribute(node, "classlabels_int64s");
    const struct onnx_attribute *texts = onnx_node_attribute(node, "classlabels_strings");
    if (numbers && numbers->kind == ONNX_ATTR_INTS) {
        lists->class_count = numbers->count;
        lists->class_numbers = numbers->ints;
    }
    if (texts && texts->kind == ONNX_ATTR_STRINGS && texts->count > 0) {
        if (lists->class_count > 0)
            return failure_set(error, FRINGE_MODEL, "names %zu classes by numbers and %zu by texts",
                               lists->class_count, texts->count);
        lists->class_count = texts->count;
        lists->class_texts = texts->strings;
    }
    if (lists->class_count < 1 || lists->class_count > FOREST_MOST_CLASSES)
        return failure_set(error, FRINGE_MODEL, "names %zu classes, 1 to %d are possible", lists->class_count,
                           FOREST_MOST_CLASSES);
    return FRINGE_OK;
}

fringe_status forest_lists_read(const struct onnx_node *node, struct forest_lists *lists, fringe_error *error)
{
    const struct onnx_attribute *transform = onnx_node_attribute(node, "post_transform");
    *lists = (struct forest_lists){.transform = "NONE"};
    if (transform && transform->kind == ONNX_ATTR_STRING) lists->transform = transform->s;
    fringe_status status = read_nodes(node, lists, error);
    if (!status) status = read_weights(node, lists, error);
    if (!status) status = read_classes(node, lists, error);
    return status ? status : read_reals(node, "base_values", &lists->base, error);
}

fringe_status forest_lists_mode(const struct forest_lists *lists, size_t i, enum forest_mode *mode,
                                fringe_error *error)
{
    static const char *const names[] = {"BRANCH_LEQ", "BRANCH_LT", "BRANCH_GTE", "BRANCH_GT", "LEAF"};
    for (size_t k = 0; k < sizeof names / sizeof *names; k++)
        if (strcmp(lists->modes[i], names[k]) == 0) {
            *mode = (enum forest_mode)k;
            return FRINGE_OK;
        }
    return failure_set(error, FRINGE_UNSUPPORTED,
                       "tree %lld, node %lld: its mode is '%.40s'; Fringe compares by LEQ, LT, GTE and GT",
                       (long long)lists->trees[i], (long long)lists->numbers[i], lists->modes[i]);
}
