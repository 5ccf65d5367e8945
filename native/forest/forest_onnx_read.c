#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "forest/forest_lists.h"
#include "forest/forest_onnx.h"

#define NODE "tree %lld, node %lld: "

/* Where a node stands in the file's lists. Sorted by tree, then by number, a tree's nodes are neighbours. */
struct place {
    int64_t tree, number;
    size_t at;
};

struct reading {
    struct forest_lists lists;
    struct place *places;   /* (count) */
    size_t *children;       /* (count, 2) indices of places: where a row goes whose test is true, false */
    uint8_t *has_parent;    /* (count) */
    uint32_t *laid, *stack; /* (count) the forest's node of a place, and places still to be laid */
    uint32_t *leaf_of;      /* (count) of the forest's node */
    int has_class_1;        /* some weight is for another class than the first */
    struct forest *forest;
};

static int by_place(const void *a, const void *b)
{
    const struct place *x = a, *y = b;
    if (x->tree != y->tree) return x->tree < y->tree ? -1 : 1;
    return x->number < y->number ? -1 : x->number > y->number;
}

static enum forest_mode mode_at(const struct reading *reading, size_t place)
{
    enum forest_mode mode = FOREST_LEAF; /* all were checked by find_places */
    forest_lists_mode(&reading->lists, reading->places[place].at, &mode, NULL);
    return mode;
}

/* Sorts the nodes, which in most files they are. */
static fringe_status find_places(struct reading *reading, fringe_error *error)
{
    const struct forest_lists *lists = &reading->lists;
    struct place *places = reading->places;
    int sorted = 1;
    for (size_t i = 0; i < lists->count; i++) {
        enum forest_mode mode;
        fringe_status status = forest_lists_mode(lists, i, &mode, error);
        if (status) return status;
        places[i] = (struct place){lists->trees[i], lists->numbers[i], i};
        if (i > 0 && by_place(&places[i - 1], &places[i]) > 0) sorted = 0;
    }
    if (!sorted) qsort(places, lists->count, sizeof *places, by_place);
    for (size_t i = 1; i < lists->count; i++)
        if (by_place(&places[i - 1], &places[i]) == 0)
            return failure_set(error, FRINGE_MODEL, NODE "stands twice, at places %zu and %zu of its list",
                               (long long)places[i].tree, (long long)places[i].number, places[i - 1].at,
                               places[i].at);
    return FRINGE_OK;
}

/* The place of a node, or the count where there is none. Numbers mostly run from 0 on without a gap: then it
 * lies as far from `near`, a node of the same tree, as its number from that one's. */
static size_t find_place(const struct reading *reading, int64_t tree, int64_t number, size_t near)
{
    const struct place *places = reading->places;
    size_t count = reading->lists.count;
    struct place sought = {tree, number, 0};
    int64_t most = (int64_t)count;
    if (places[near].tree == tree && places[near].number >= 0 && places[near].number < most && number >= 0 &&
        number < most) {
        int64_t guess = (int64_t)near + number - places[near].number;
        if (guess >= 0 && guess < most && by_place(&places[guess], &sought) == 0) return (size_t)guess;
    }
    const struct place *found = bsearch(&sought, places, count, sizeof *places, by_place);
    return found ? (size_t)(found - places) : count;
}

/* A node that is nobody's child twice is in a tree or on a cycle; lay_trees tells the two apart. */
static fringe_status find_children(struct reading *reading, fringe_error *error)
{
    const struct forest_lists *lists = &reading->lists;
    for (size_t i = 0; i < lists->count; i++) {
        const struct place *place = &reading->places[i];
        if (mode_at(reading, i) == FOREST_LEAF) continue;
        const int64_t numbers[2] = {lists->true_numbers[place->at], lists->false_numbers[place->at]};
        for (int side = 0; side < 2; side++) {
            size_t child = find_place(reading, place->tree, numbers[side], i);
            if (child == lists->count)
                return failure_set(error, FRINGE_MODEL, NODE "its %s child is node %lld, which is not there",
                                   (long long)place->tree, (long long)place->number, side ? "false" : "true",
                                   (long long)numbers[side]);
            if (reading->has_parent[child])
                return failure_set(error, FRINGE_MODEL, NODE "its %s child, node %lld, is a child already",
                                   (long long)place->tree, (long long)place->number, side ? "false" : "true",
                                   (long long)numbers[side]);
            reading->has_parent[child] = 1;
            reading->children[2 * i + (size_t)side] = child;
        }
    }
    return FRINGE_OK;
}

/* The largest float that is at most (or below) a number: for a row of floats the test stays the same. */
static float float_below(double value, int strictly)
{
    float below = (float)value;
    int too_large = strictly ? (double)below >= value : (double)below > value;
    return too_large ? nextafterf(below, -INFINITY) : below;
}

/* A split, in the form in which rows at most at the threshold go left. */
static fringe_status lay_split(struct reading *reading, size_t place, uint32_t left, fringe_error *error)
{
    const struct forest_lists *lists = &reading->lists;
    size_t at = reading->places[place].at, *children = &reading->children[2 * place];
    enum forest_mode mode = mode_at(reading, place);
    int64_t feature = lists->features[at];
    double value = forest_reals_get(&lists->values, at);
    if (feature < 0 || feature >= reading->forest->feature_count)
        return failure_set(error, FRINGE_MODEL, NODE "asks for feature %lld of %u",
                           (long long)lists->trees[at], (long long)lists->numbers[at], (long long)feature,
                           (unsigned)reading->forest->feature_count);
    if (!isfinite(value))
        return failure_set(error, FRINGE_MODEL, NODE "its threshold is %s", (long long)lists->trees[at],
                           (long long)lists->numbers[at], isnan(value) ? "NaN" : "infinite");
    int swapped = mode == FOREST_GT || mode == FOREST_GTE; /* x > t is true where x <= t is false */
    int nan_true = lists->missing_true && lists->missing_true[at] != 0;
    reading->laid[children[0]] = left + (uint32_t)swapped;
    reading->laid[children[1]] = left + (uint32_t)!swapped;
    reading->forest->nodes[reading->laid[place]] =
        (struct forest_node){float_below(value, mode == FOREST_LT || mode == FOREST_GTE), (uint32_t)feature,
                             left, nan_true != swapped ? FOREST_NAN_LEFT : FOREST_NAN_RIGHT};
    return FRINGE_OK;
}

/* Lays one tree's nodes, the places from begin to end, behind one another, siblings side by side. */
static fringe_status lay_tree(struct reading *reading, size_t begin, size_t end, uint32_t tree,
                              fringe_error *error)
{
    struct forest *forest = reading->forest;
    size_t root = end, root_count = 0, waiting = 0, next = begin + 1;
    for (size_t i = end; i-- > begin;)
        if (!reading->has_parent[i]) root = i, root_count++;
    if (root_count != 1)
        return failure_set(error, FRINGE_MODEL, "tree %lld: has %zu nodes and %zu roots instead of 1",
                           (long long)reading->places[begin].tree, end - begin, root_count);
    forest->roots[tree] = reading->laid[root] = (uint32_t)begin;
    reading->stack[waiting++] = (uint32_t)root;
    while (waiting > 0) {
        size_t place = reading->stack[--waiting];
        uint32_t node = reading->laid[place];
        if (mode_at(reading, place) == FOREST_LEAF) {
            forest->nodes[node] = (struct forest_node){INFINITY, 0, node, 0};
            continue;
        }
        fringe_status status = lay_split(reading, place, (uint32_t)next, error);
        if (status) return status;
        next += 2;
        reading->stack[waiting++] = (uint32_t)reading->children[2 * place + 1];
        reading->stack[waiting++] = (uint32_t)reading->children[2 * place];
    }
    if (next != end) /* every other node has a parent: they hang in rings */
        return failure_set(error, FRINGE_MODEL, "tree %lld: %zu of its %zu nodes lie on cycles",
                           (long long)reading->places[begin].tree, end - next, end - begin);
    return FRINGE_OK;
}

static fringe_status lay_trees(struct reading *reading, fringe_error *error)
{
    size_t count = reading->lists.count;
    uint32_t tree = 0;
    for (size_t begin = 0, end; begin < count; begin = end) {
        for (end = begin + 1; end < count && reading->places[end].tree == reading->places[begin].tree;) end++;
        fringe_status status = lay_tree(reading, begin, end, tree++, error);
        if (status) return status;
    }
    return FRINGE_OK;
}

/* The forest's leaf that weight i belongs to. */
static fringe_status find_leaf(const struct reading *reading, size_t i, size_t *near, uint32_t *leaf,
                               fringe_error *error)
{
    const struct forest_lists *lists = &reading->lists;
    long long tree = lists->weight_trees[i], number = lists->weight_numbers[i];
    double weight = forest_reals_get(&lists->weights, i);
    size_t place = find_place(reading, lists->weight_trees[i], lists->weight_numbers[i], *near);
    if (place == lists->count)
        return failure_set(error, FRINGE_MODEL, NODE "weight %zu is for it, and it is not there", tree,
                           number, i);
    uint32_t node = reading->laid[place];
    if (reading->forest->nodes[node].leaf >= FOREST_NAN_LEFT)
        return failure_set(error, FRINGE_MODEL, NODE "weight %zu is for it, and it is no leaf", tree, number,
                           i);
    if (lists->weight_classes[i] < 0 || (size_t)lists->weight_classes[i] >= lists->class_count)
        return failure_set(error, FRINGE_MODEL, NODE "weight %zu is for class %lld of %zu", tree, number, i,
                           (long long)lists->weight_classes[i], lists->class_count);
    if (!isfinite((float)weight))
        return failure_set(error, FRINGE_MODEL, NODE "weight %zu is no finite number", tree, number, i);
    *near = place;
    *leaf = reading->leaf_of[node];
    return FRINGE_OK;
}

/* The weights, leaf by leaf. Those of 0 add nothing and are left out. */
static fringe_status lay_weights(struct reading *reading, fringe_error *error)
{
    const struct forest_lists *lists = &reading->lists;
    struct forest *forest = reading->forest;
    uint32_t *starts = forest->leaf_starts, leaf = 0, leaf_count = 0;
    for (size_t i = 0; i < forest->node_count; i++)
        if (forest->nodes[i].leaf < FOREST_NAN_LEFT)
            forest->nodes[i].leaf = reading->leaf_of[i] = leaf_count++;
    forest->leaf_count = leaf_count;
    for (int pass = 0; pass < 2; pass++) { /* counts, then places: each start moves to where its leaf ends */
        size_t near = 0;
        for (size_t i = 0; i < lists->weight_count; i++) {
            fringe_status status = find_leaf(reading, i, &near, &leaf, error);
            if (status) return status;
            float weight = (float)forest_reals_get(&lists->weights, i);
            if (lists->weight_classes[i] != 0) reading->has_class_1 = 1;
            if (weight == 0) continue;
            if (pass == 0)
                starts[leaf]++;
            else
                forest->weights[starts[leaf]++] =
                    (struct forest_weight){(uint32_t)lists->weight_classes[i], weight};
        }
        uint32_t sum = 0;
        for (uint32_t i = 0; pass == 0 && i <= leaf_count; i++) {
            uint32_t here = starts[i];
            starts[i] = sum;
            sum += here;
        }
    }
    memmove(starts + 1, starts, leaf_count * sizeof *starts);
    starts[0] = 0;
    return FRINGE_OK;
}

/* How scores become probabilities. Two classes whose weights are all for the first have one score: the
 * second's. */
static fringe_status set_transform(struct reading *reading, fringe_error *error)
{
    static const char *const names[] = {"NONE", "LOGISTIC", "SOFTMAX"};
    const struct forest_lists *lists = &reading->lists;
    struct forest *forest = reading->forest;
    size_t kind = 0, score_count = lists->class_count;
    while (kind < 3 && strcmp(lists->transform, names[kind]) != 0) kind++;
    if (kind == 3)
        return failure_set(error, FRINGE_UNSUPPORTED,
                           "post_transform is '%.40s'; Fringe has NONE, LOGISTIC and SOFTMAX",
                           lists->transform);
    forest->transform = (enum forest_transform)kind;
    if (lists->class_count == 2 && !reading->has_class_1) {
        int negative = kind != FOREST_NONE;
        for (size_t i = 0; i < lists->weight_count && !negative; i++)
            negative = forest_reals_get(&lists->weights, i) < 0;
        forest->scores = negative ? FOREST_SIGNED : FOREST_POSITIVE;
        score_count = 1;
        if (kind == FOREST_SOFTMAX)
            return failure_set(error, FRINGE_UNSUPPORTED, "post_transform is SOFTMAX over %zu score",
                               score_count);
    }
    if (lists->base.count != 0 && lists->base.count != score_count)
        return failure_set(error, FRINGE_MODEL, "base_values holds %zu values for %zu scores",
                           lists->base.count, score_count);
    for (size_t i = 0; i < lists->base.count; i++) {
        forest->base[i] = (float)forest_reals_get(&lists->base, i);
        if (!isfinite(forest->base[i]))
            return failure_set(error, FRINGE_MODEL, "base_values[%zu] is no finite number", i);
    }
    return FRINGE_OK;
}

/* What the graph says, or else the highest that a split asks for. */
static fringe_status count_features(const struct onnx_model *model, const struct forest_lists *lists,
                                    uint32_t *feature_count, fringe_error *error)
{
    const struct onnx_value *input = &model->inputs[0];
    int64_t count = input->rank == 2 ? input->dims[1] : -1, highest = 0;
    for (size_t i = 0; i < lists->count && count < 0; i++)
        if (lists->features[i] > highest) highest = lists->features[i];
    if (count < 0) count = highest < INT64_MAX ? highest + 1 : highest;
    if (count < 1 || count > FOREST_MOST_FEATURES)
        return failure_set(error, FRINGE_MODEL, "asks for %lld features, 1 to %d are possible",
                           (long long)count, FOREST_MOST_FEATURES);
    *feature_count = (uint32_t)count;
    return FRINGE_OK;
}

static fringe_status create_forest(const struct onnx_model *model, struct reading *reading,
                                   fringe_error *error)
{
    enum { NUMBER_BYTES = 24 };
    const struct forest_lists *lists = &reading->lists;
    const char *names[FOREST_MOST_CLASSES];
    char numbers[FOREST_MOST_CLASSES][NUMBER_BYTES];
    uint32_t feature_count = 0;
    size_t tree_count = 1, most_leaves = lists->count;
    for (size_t i = 0; i < lists->class_count; i++) {
        names[i] = lists->class_texts ? lists->class_texts[i] : numbers[i];
        if (lists->class_numbers)
            snprintf(numbers[i], NUMBER_BYTES, "%lld", (long long)lists->class_numbers[i]);
    }
    for (size_t i = 1; i < lists->count; i++)
        tree_count += reading->places[i].tree != reading->places[i - 1].tree;
    fringe_status status = count_features(model, lists, &feature_count, error);
    if (!status)
        status = forest_create(feature_count, (uint32_t)lists->class_count, names, &reading->forest, error);
    if (!status)
        status = forest_reserve(reading->forest, tree_count, lists->count, most_leaves, lists->weight_count,
                                error);
    return status;
}

static fringe_status read_lists(const struct onnx_model *model, const struct onnx_node *node,
                                struct reading *reading, fringe_error *error)
{
    fringe_status status = forest_lists_read(node, &reading->lists, error);
    if (status) return status;
    size_t count = reading->lists.count;
    if (count > UINT32_MAX - 2)
        return failure_set(error, FRINGE_UNSUPPORTED, "has %zu nodes, at most %u fit", count, UINT32_MAX - 2);
    reading->places = alloc_array(count, sizeof *reading->places);
    reading->children = alloc_array(count, 2 * sizeof *reading->children);
    reading->has_parent = alloc_array(count, sizeof *reading->has_parent);
    reading->laid = alloc_array(count, sizeof *reading->laid);
    reading->stack = alloc_array(count, sizeof *reading->stack);
    reading->leaf_of = alloc_array(count, sizeof *reading->leaf_of);
    if (!reading->places || !reading->children || !reading->has_parent || !reading->laid || !reading->stack ||
        !reading->leaf_of)
        return failure_memory(error, "a forest's nodes", count * sizeof *reading->places);
    status = find_places(reading, error);
    if (!status) status = create_forest(model, reading, error);
    if (!status) status = find_children(reading, error);
    if (!status) status = lay_trees(reading, error);
    if (!status) status = lay_weights(reading, error);
    return status ? status : set_transform(reading, error);
}

static int is_ensemble(const struct onnx_node *node)
{
    return strncmp(node->op_type, "TreeEnsemble", strlen("TreeEnsemble")) == 0;
}

int forest_onnx_recognise(const struct onnx_model *model)
{
    for (size_t i = 0; i < model->node_count; i++)
        if (is_ensemble(&model->nodes[i])) return 1;
    return 0;
}

/* The ensemble, which must be all that computes. */
static fringe_status find_ensemble(const struct onnx_model *model, const struct onnx_node **ensemble,
                                   fringe_error *error)
{
    static const char *const passing[] = {"Cast", "Identity", "ZipMap"};
    *ensemble = NULL;
    if (!forest_onnx_recognise(model))
        return failure_set(error, FRINGE_UNSUPPORTED, "%zu nodes, none of them a tree ensemble: no forest",
                           model->node_count);
    for (size_t i = 0; i < model->node_count; i++) {
        const struct onnx_node *node = &model->nodes[i];
        size_t k = 0;
        while (k < 3 && strcmp(node->op_type, passing[k]) != 0) k++;
        if (k < 3) continue;
        if (strcmp(node->op_type, "TreeEnsembleClassifier") != 0 || strcmp(node->domain, "ai.onnx.ml") != 0)
            return failure_set(error, FRINGE_UNSUPPORTED,
                               "node '%s' is a %s (opset %lld of ai.onnx.ml); Fringe reads one "
                               "TreeEnsembleClassifier with Cast, Identity and ZipMap around it",
                               node->name, node->op_type, (long long)model->opset_ml);
        if (*ensemble)
            return failure_set(error, FRINGE_UNSUPPORTED, "nodes '%s' and '%s' are both tree ensembles",
                               (*ensemble)->name, node->name);
        *ensemble = node;
    }
    if (!*ensemble || model->input_count != 1)
        return failure_set(error, FRINGE_UNSUPPORTED, "%zu nodes and %zu inputs; a forest has one of each",
                           model->node_count, model->input_count);
    return FRINGE_OK;
}

fringe_status forest_onnx_read(const struct onnx_model *model, const char *name, struct forest **forest,
                               fringe_error *error)
{
    struct reading reading = {0};
    const struct onnx_node *node;
    *forest = NULL;
    fringe_status status = find_ensemble(model, &node, error);
    if (!status) status = read_lists(model, node, &reading, error);
    if (status)
        failure_prefix(error, status, "%s: ", name);
    else
        *forest = reading.forest;
    if (status) forest_free(reading.forest);
    alloc_free(reading.places);
    alloc_free(reading.children);
    alloc_free(reading.has_parent);
    alloc_free(reading.laid);
    alloc_free(reading.stack);
    alloc_free(reading.leaf_of);
    return status;
}
