/* graph_names.h - finds the values of a graph by name, and the order in which its nodes can be computed. */
#ifndef NN_GRAPH_NAMES_H
#define NN_GRAPH_NAMES_H

#include "nn/graph.h"

/* Names sorted, so that the time is bounded whatever the names are. */
struct graph_names {
    size_t count;
    struct graph_name {
        const char *name;
        int value;
    } * entries;
};

/* Collects the names of all values. FRINGE_MODEL for a name that two have. The caller frees with
 * graph_names_free. */
fringe_status graph_names_create(const struct graph *graph, struct graph_names *names, fringe_error *error);
void graph_names_free(struct graph_names *names);

/* The value of that name, or -1. */
int graph_names_find(const struct graph_names *names, const char *name);

/* Writes into `order` (node_count entries) the nodes that the graph's outputs depend on, each behind those
 * that it reads, otherwise in the file's order; *count of them. FRINGE_MODEL, naming a node, for a cycle. */
fringe_status graph_order(const struct graph *graph, int *order, size_t *count, fringe_error *error);

#endif
