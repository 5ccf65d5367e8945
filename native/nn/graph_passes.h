/* graph_passes.h - what graph_create does to a graph whose shapes are known. */
#ifndef NN_GRAPH_PASSES_H
#define NN_GRAPH_PASSES_H

#include "nn/graph.h"

/* Frees a node's params. */
void graph_node_release(struct graph_node *node);

/* Drops the nodes that no output depends on, and the data of constants that nobody reads; counts readers and
 * notes producers afresh. */
void graph_sweep(struct graph *graph);

/* Moves transposes towards the outputs, through all operators that do not mind the order of axes, where they
 * meet their inverse and both vanish. TensorFlow's exports are (N, H, W, C) outside and keep (N, C, H, W) for
 * the convolutions alone; afterwards nothing but the graph's inputs and outputs are (N, H, W, C). Leaves the
 * graph to be swept. */
fringe_status graph_layout(struct graph *graph, const fringe_run *run, fringe_error *error);

#endif
