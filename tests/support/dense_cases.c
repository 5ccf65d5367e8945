/* dense_cases.c - models with their test tensors, computed node by node on dense tensors, one test each.
 *
 *     dense_cases FOLDER...
 *
 * The operators alone: graph_create and graph_node_evaluate, without the row executor, which model_cases
 * covers. Each folder is a case in ONNX's backend-test layout; its name is the test's. float32 inputs are
 * fed, others are bound; where the graph cannot be compiled so, because a float decides a shape, all are
 * bound. Prints TAP without numbers, as Criterion does.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "nn/graph.h"
#include "nn/operator_values.h"

enum { MOST_INPUTS = 64 };

/* Relative to the larger of 1 and the expected value. */
static const double tolerance = 1e-5;

/* ONNX wrote the expected values of this one with four decimals. */
static const char rounded_case[] = "test_averagepool_2d_ceil_last_window_starts_on_pad";
static const double rounded_tolerance = 6e-5;

struct dense_case {
    struct onnx_model *model;
    struct onnx_tensor *files[MOST_INPUTS];
    struct graph_binding bindings[MOST_INPUTS];
    struct tensor inputs[MOST_INPUTS];
    struct graph *graph;
    struct tensor *values; /* of the graph: the data of those that were computed */
};

static void case_clear(struct dense_case *c)
{
    for (size_t i = 0; c->values && i < c->graph->value_count; i++) tensor_clear(&c->values[i]);
    free(c->values);
    graph_free(c->graph);
    for (size_t i = 0; i < MOST_INPUTS; i++) {
        tensor_clear(&c->inputs[i]);
        onnx_tensor_free(c->files[i]);
    }
    onnx_model_free(c->model);
}

static fringe_status compile(struct dense_case *c, int bind_all, const fringe_run *run, fringe_error *error)
{
    for (size_t i = 0; i < c->model->input_count; i++) {
        c->bindings[i] = (struct graph_binding){c->model->inputs[i].name, c->inputs[i]};
        if (!bind_all && c->inputs[i].type == TENSOR_FLOAT32) c->bindings[i].tensor.data = NULL;
    }
    return graph_create(c->model, c->bindings, c->model->input_count, run, &c->graph, error);
}

static fringe_status evaluate(struct dense_case *c, const fringe_run *run, fringe_error *error)
{
    const struct graph *graph = c->graph;
    c->values = calloc(graph->value_count + 1, sizeof *c->values);
    for (size_t i = 0; i < graph->value_count; i++) {
        c->values[i] = graph->values[i].tensor;
        c->values[i].owned = 0;
    }
    for (size_t i = 0; i < graph->input_count; i++) c->values[graph->inputs[i]].data = c->inputs[i].data;
    for (size_t n = 0; n < graph->node_count; n++) {
        const struct graph_node *node = &graph->nodes[n];
        const struct tensor *inputs[MOST_INPUTS] = {0};
        struct tensor *outputs[OPERATOR_MOST_OUTPUTS] = {0};
        for (size_t k = 0; k < node->input_count; k++)
            if (node->inputs[k] >= 0) inputs[k] = &c->values[node->inputs[k]];
        for (size_t k = 0; k < node->output_count; k++) {
            if (node->outputs[k] < 0) continue;
            outputs[k] = &c->values[node->outputs[k]];
            fringe_status status = tensor_allocate(outputs[k], error);
            if (status) return status;
        }
        fringe_status status = graph_node_evaluate(graph, node, inputs, outputs, run, error);
        if (status) return status;
    }
    return FRINGE_OK;
}

static double value_at(const struct tensor *t, int64_t i)
{
    switch (t->type) {
    case TENSOR_FLOAT32:
        return (double)((const float *)t->data)[i];
    case TENSOR_INT64:
        return (double)((const int64_t *)t->data)[i];
    case TENSOR_INT32:
        return (double)((const int32_t *)t->data)[i];
    case TENSOR_BOOL:
        return (double)(((const uint8_t *)t->data)[i] != 0);
    }
    return NAN;
}

static int compare(const char *name, size_t output, const struct tensor *got, const struct tensor *expected)
{
    char texts[2][TENSOR_SHAPE_BYTES];
    double allowed = strcmp(name, rounded_case) == 0 ? rounded_tolerance : tolerance;
    if (got->type != expected->type || !tensor_same_shape(got, expected)) {
        fprintf(stderr, "%s: output %zu is %s %s, expected %s %s\n", name, output,
                tensor_type_name(got->type), tensor_shape_text(got, texts[0]),
                tensor_type_name(expected->type), tensor_shape_text(expected, texts[1]));
        return 0;
    }
    for (int64_t i = 0; i < tensor_count(got); i++) {
        double a = value_at(got, i), b = value_at(expected, i);
        int same = a == b || (isnan(a) && isnan(b)) || fabs(a - b) <= allowed * fmax(1, fabs(b));
        if (same) continue;
        fprintf(stderr, "%s: output %zu at %lld is %.9g, expected %.9g\n", name, output, (long long)i, a, b);
        return 0;
    }
    return 1;
}

/* Runs one data set; 1 when all outputs agree. */
static int run_set(const char *folder, const char *name, int set, const fringe_run *run)
{
    struct dense_case c = {0};
    char path[4096];
    fringe_error error = {0};
    int good = 1;
    snprintf(path, sizeof path, "%s/model.onnx", folder);
    fringe_status status = onnx_model_read(path, &c.model, &error);
    for (size_t i = 0; !status && i < c.model->input_count && i < MOST_INPUTS; i++) {
        snprintf(path, sizeof path, "%s/test_data_set_%d/input_%zu.pb", folder, set, i);
        status = onnx_tensor_read(path, &c.files[i], &error);
        if (!status) status = operator_tensor_view(c.files[i], &c.inputs[i], &error);
    }
    if (!status) {
        status = compile(&c, 0, run, &error);
        if (status == FRINGE_UNSUPPORTED) status = compile(&c, 1, run, &error);
    }
    if (!status) status = evaluate(&c, run, &error);
    for (size_t i = 0; !status && i < c.graph->output_count && good; i++) {
        struct onnx_tensor *file = NULL;
        struct tensor expected = {0};
        snprintf(path, sizeof path, "%s/test_data_set_%d/output_%zu.pb", folder, set, i);
        status = onnx_tensor_read(path, &file, &error);
        if (!status) status = operator_tensor_view(file, &expected, &error);
        if (!status) good = compare(name, i, &c.values[c.graph->outputs[i]], &expected);
        tensor_clear(&expected);
        onnx_tensor_free(file);
    }
    if (status) fprintf(stderr, "%s: %s\n", name, error.message);
    case_clear(&c);
    return good && !status;
}

int main(int count, char **folders)
{
    fringe_run *run;
    fringe_error error;
    if (fringe_run_create(2, &run, &error)) {
        fprintf(stderr, "%s\n", error.message);
        return 2;
    }
    int failures = 0;
    printf("1..%d\n", count - 1);
    for (int i = 1; i < count; i++) {
        const char *slash = strrchr(folders[i], '/'), *name = slash ? slash + 1 : folders[i];
        char path[4096];
        int good = 1, sets = 0;
        for (;; sets++) {
            snprintf(path, sizeof path, "%s/test_data_set_%d", folders[i], sets);
            if (access(path, R_OK) != 0) break;
            good = run_set(folders[i], name, sets, run) && good;
        }
        if (sets == 0) fprintf(stderr, "%s: no test_data_set_0\n", name);
        good = good && sets > 0;
        failures += !good;
        printf("%s - %s\n", good ? "ok" : "not ok", name);
        fflush(stdout);
    }
    fringe_run_free(run);
    return failures > 0;
}
