#include "nn/graph_names.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"

static int compare_names(const void *a, const void *b)
{
    return strcmp(((const struct graph_name *)a)->name, ((const struct graph_name *)b)->name);
}

fringe_status graph_names_create(const struct graph *graph, struct graph_names *names, fringe_error *error)
{
    names->count = graph->value_count;
    names->entries = alloc_array(names->count, sizeof *names->entries);
    if (!names->entries) return failure_memory(error, "names", names->count * sizeof *names->entries);
    for (size_t i = 0; i < names->count; i++)
        names->entries[i] = (struct graph_name){graph->values[i].name, (int)i};
    qsort(names->entries, names->count, sizeof *names->entries, compare_names);
    for (size_t i = 1; i < names->count; i++)
        if (!strcmp(names->entries[i - 1].name, names->entries[i].name))
            return failure_set(error, FRINGE_MODEL, "value '%s' is defined twice", names->entries[i].name);
    return FRINGE_OK;
}

void graph_names_free(struct graph_names *names)
{
    alloc_free(names->entries);
    names->entries = NULL;
}

int graph_names_find(const struct graph_names *names, const char *name)
{
    struct graph_name key = {name, -1};
    const struct graph_name *found =
        names->count ? bsearch(&key, names->entries, names->count, sizeof key, compare_names) : NULL;
    return found ? found->value : -1;
}

enum mark { FRESH, OPEN, DONE };

struct visit {
    int node;
    size_t next_input;
};

/* Puts a node and all that it needs into the order. A stack of our own, since a chain may be as long as the
 * graph. */
static fringe_status visit_from(const struct graph *graph, int start, struct visit *stack, char *marks,
                                int *order, size_t *count, fringe_error *error)
{
    size_t depth = 0;
    stack[depth++] = (struct visit){start, 0};
    marks[start] = OPEN;
    while (depth) {
        struct visit *top = &stack[depth - 1];
        const struct graph_node *node = &graph->nodes[top->node];
        if (top->next_input == node->input_count) {
            marks[top->node] = DONE;
            order[(*count)++] = top->node;
            depth--;
            continue;
        }
        int value = node->inputs[top->next_input++];
        int producer = value < 0 ? -1 : graph->values[value].producer;
        if (producer < 0 || marks[producer] == DONE) continue;
        if (marks[producer] == OPEN)
            return failure_set(error, FRINGE_MODEL, "the graph runs in a circle through value '%s'",
                               graph->values[value].name);
        marks[producer] = OPEN;
        stack[depth++] = (struct visit){producer, 0};
    }
    return FRINGE_OK;
}

static int compare_ints(const void *a, const void *b)
{
    int x = *(const int *)a, y = *(const int *)b;
    return (x > y) - (x < y);
}

fringe_status graph_order(const struct graph *graph, int *order, size_t *count, fringe_error *error)
{
    struct visit *stack = alloc_array(graph->node_count, sizeof *stack);
    char *marks = alloc_array(graph->node_count, 1);
    int *needed = alloc_array(graph->node_count, sizeof *needed);
    size_t needed_count = 0;
    fringe_status status = FRINGE_OK;
    *count = 0;
    if (!stack || !marks || !needed)
        status = failure_memory(error, "order of nodes", graph->node_count * sizeof *stack);
    /* What is needed, in any order; then once more from the needed nodes in the file's order, which nearly
     * always is the result. */
    for (size_t i = 0; i < graph->output_count && !status; i++) {
        int producer = graph->values[graph->outputs[i]].producer;
        if (producer >= 0 && marks[producer] == FRESH)
            status = visit_from(graph, producer, stack, marks, needed, &needed_count, error);
    }
    if (!status) {
        qsort(needed, needed_count, sizeof *needed, compare_ints);
        memset(marks, FRESH, graph->node_count);
    }
    for (size_t i = 0; i < needed_count && !status; i++)
        if (marks[needed[i]] == FRESH)
            status = visit_from(graph, needed[i], stack, marks, order, count, error);
    alloc_free(stack);
    alloc_free(marks);
    alloc_free(needed);
    return status;
}
