#include "model/backend_test.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "base/file.h"
#include "base/path.h"
#include "model/comparison.h"
#include "nn/network.h"
#include "nn/operator_values.h"

enum { MOST_TENSORS = 64 };
static const char model_name[] = "model.onnx", set_prefix[] = "test_data_set_";

int backend_test_recognise(const char *folder)
{
    struct file_facts facts = {.kind = FILE_ABSENT};
    struct file_names names;
    int sets = 0;
    char *path = path_join(folder, model_name);
    if (path) file_look(path, &facts);
    alloc_free(path);
    if (facts.kind != FILE_REGULAR || file_list(folder, &names, NULL)) return 0;
    for (size_t i = 0; i < names.count; i++)
        sets += strncmp(names.names[i], set_prefix, sizeof set_prefix - 1) == 0;
    file_names_free(&names);
    return sets > 0;
}

/* The tensors of one data set. */
struct data_set {
    const char *folder;
    size_t count; /* of inputs or outputs */
    struct onnx_tensor *raw[MOST_TENSORS];
    struct tensor tensors[MOST_TENSORS]; /* views of raw, or copies */
};

static void clear(struct data_set *set)
{
    for (size_t i = 0; i < set->count; i++) {
        tensor_clear(&set->tensors[i]);
        onnx_tensor_free(set->raw[i]);
    }
    set->count = 0;
}

/* Reads <kind>_0.pb, <kind>_1.pb, ... as far as they go. */
static fringe_status read_all(struct data_set *set, const char *kind, fringe_error *error)
{
    fringe_status status = FRINGE_OK;
    while (!status) {
        char name[32];
        struct file_facts facts = {.kind = FILE_ABSENT};
        snprintf(name, sizeof name, "%s_%zu.pb", kind, set->count);
        char *path = path_join(set->folder, name);
        if (!path) return failure_memory(error, set->folder, strlen(set->folder));
        file_look(path, &facts);
        if (facts.kind != FILE_REGULAR) {
            alloc_free(path);
            return FRINGE_OK;
        }
        if (set->count == MOST_TENSORS)
            status =
                failure_set(error, FRINGE_UNSUPPORTED, "%s: more than %d tensors", set->folder, MOST_TENSORS);
        else
            status = onnx_tensor_read(path, &set->raw[set->count], error);
        if (!status) {
            size_t index = set->count++;
            status = operator_tensor_view(set->raw[index], &set->tensors[index], error);
            if (status) failure_prefix(error, status, "%s: ", path);
        }
        alloc_free(path);
    }
    return status;
}

/* Operands that decide a shape or stand in for an attribute: a graph is compiled with their values. */
static int is_shape_operand(const struct onnx_node *node, size_t operand)
{
    static const struct {
        const char *name;
        size_t first; /* this operand and all behind it */
    } operators[] = {{"Resize", 1},  {"Upsample", 1}, {"Range", 0},  {"Pad", 1},
                     {"Dropout", 1}, {"Tile", 1},     {"Expand", 1}, {"Clip", 1}};
    for (size_t i = 0; i < sizeof operators / sizeof *operators; i++)
        if (strcmp(operators[i].name, node->op_type) == 0) return operand >= operators[i].first;
    return 0;
}

/* Whether any node takes the input as such an operand. */
static int feeds_shape(const struct onnx_model *onnx, const char *name)
{
    for (size_t i = 0; i < onnx->node_count; i++)
        for (size_t k = 0; k < onnx->nodes[i].input_count; k++)
            if (strcmp(onnx->nodes[i].inputs[k], name) == 0 && is_shape_operand(&onnx->nodes[i], k)) return 1;
    return 0;
}

/* Compiles for the shapes of the data and compares every output. What is no float, and what decides a shape,
 * is bound: networks are compiled with shapes known. */
static fringe_status compute(const struct onnx_model *onnx, const struct data_set *inputs,
                             const struct data_set *expected, const struct comparison *comparison,
                             const fringe_run *run, fringe_error *error)
{
    struct graph_binding bindings[MOST_TENSORS];
    const struct tensor *given[MOST_TENSORS];
    struct tensor found[MOST_TENSORS] = {{0}};
    struct network *network = NULL;
    struct network_workspace *workspace = NULL;
    struct network_facts facts = {0};
    size_t given_count = 0;
    for (size_t i = 0; i < inputs->count; i++) {
        bindings[i] = (struct graph_binding){.name = onnx->inputs[i].name, .tensor = inputs->tensors[i]};
        bindings[i].tensor.owned = 0;
        if (inputs->tensors[i].type != TENSOR_FLOAT32 || feeds_shape(onnx, onnx->inputs[i].name)) continue;
        bindings[i].tensor.data = NULL;
        given[given_count++] = &inputs->tensors[i];
    }
    fringe_status status = network_create(onnx, bindings, inputs->count, 0, run, &network, error);
    if (!status) status = network_workspace_create(network, fringe_run_threads(run), &workspace, error);
    if (status) goto done;
    network_get_facts(network, &facts);
    if (facts.input_count != given_count || facts.output_count < expected->count) {
        status = failure_set(
            error, FRINGE_MODEL, "%s: the network has %zu free inputs and %zu outputs, the data %zu and %zu",
            inputs->folder, facts.input_count, facts.output_count, given_count, expected->count);
        goto done;
    }
    status = network_run_dense(network, workspace, given, found, run, error);
    for (size_t i = 0; i < expected->count && !status; i++)
        status = comparison_run(comparison, onnx->outputs[i].name, &found[i], &expected->tensors[i], error);
done:
    for (size_t i = 0; i < facts.output_count && i < MOST_TENSORS; i++) tensor_clear(&found[i]);
    network_workspace_free(workspace);
    network_free(network);
    return status;
}

static fringe_status run_set(const struct onnx_model *onnx, const char *folder, const fringe_run *run,
                             fringe_model_check *check, fringe_error *error)
{
    struct data_set inputs = {.folder = folder}, expected = {.folder = folder};
    struct comparison comparison = {check, 100, folder};
    fringe_status status = read_all(&inputs, "input", error);
    if (!status) status = read_all(&expected, "output", error);
    if (status) goto done;
    if (inputs.count != onnx->input_count || expected.count == 0 || expected.count > onnx->output_count ||
        onnx->output_count > MOST_TENSORS) {
        status =
            failure_set(error, FRINGE_MODEL, "%s: %zu inputs and %zu outputs for a network of %zu and %zu",
                        folder, inputs.count, expected.count, onnx->input_count, onnx->output_count);
        goto done;
    }
    status = compute(onnx, &inputs, &expected, &comparison, run, error);
    check->case_count++;
done:
    clear(&inputs);
    clear(&expected);
    return status;
}

fringe_status backend_test_run(const char *folder, const fringe_run *run, fringe_model_check *check,
                               fringe_error *error)
{
    struct onnx_model *onnx = NULL;
    struct file_names names = {0};
    fringe_status mismatch = FRINGE_OK;
    char *path = path_join(folder, model_name);
    fringe_status status =
        path ? onnx_model_read(path, &onnx, error) : failure_memory(error, folder, strlen(folder));
    alloc_free(path);
    if (!status) status = graph_check_operators(onnx, error);
    if (!status) status = file_list(folder, &names, error);
    for (size_t i = 0; i < names.count && !status; i++) {
        if (strncmp(names.names[i], set_prefix, sizeof set_prefix - 1) != 0) continue;
        char *set = path_join(folder, names.names[i]);
        fringe_error words;
        status =
            set ? run_set(onnx, set, run, check, &words) : failure_memory(&words, folder, strlen(folder));
        /* All sets are run and counted; the words are the first mismatch's, or what ended the test. */
        if (status && (status != FRINGE_MISMATCH || !mismatch) && error) *error = words;
        if (status == FRINGE_MISMATCH) mismatch = status, status = FRINGE_OK;
        alloc_free(set);
    }
    file_names_free(&names);
    onnx_model_free(onnx);
    return status ? status : mismatch;
}
