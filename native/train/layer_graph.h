/* layer_graph.h - a network as a list of layers, each behind those it reads.
 *
 * Layer i makes value i, (N, channels, H / 2^level, W / 2^level). Parameters of all layers lie in one array,
 * which the optimiser sees as a whole; a layer knows where its own begin.
 */
#ifndef TRAIN_LAYER_GRAPH_H
#define TRAIN_LAYER_GRAPH_H

#include <stddef.h>
#include <stdint.h>

#include "train/architecture.h"

enum layer_kind {
    LAYER_INPUT,
    LAYER_CONV,   /* 3x3 with zeros around or 1x1; weights (O, I, k, k), bias (O) if has_bias */
    LAYER_NORM,   /* batch norm: weights gamma (C), bias beta (C), statistics mean (C) and variance (C) */
    LAYER_POOL,   /* 2x2 maximum */
    LAYER_UNPOOL, /* inputs x and a pool: each value of x goes where that pool found its maximum */
    LAYER_REPEAT, /* nearest upsampling by two */
    LAYER_SPREAD, /* 4C channels to C at twice the size: (2y + i, 2x + j) of c is (y, x) of (2i + j) C + c,
                     plus bias (C). Behind a 1x1 convolution that is a 2x2 transposed one */
    LAYER_CONCAT, /* the channels of both inputs */
    LAYER_ADD     /* the sum of both inputs */
};

struct layer {
    enum layer_kind kind;
    int input_count, inputs[2];
    int32_t channels, level;
    int kernel;           /* LAYER_CONV: 1 or 3 */
    int has_bias;         /* LAYER_CONV */
    int relu;             /* values below 0 become 0 at the end; LAYER_CONV, LAYER_NORM, LAYER_ADD */
    int encoder;          /* before anything was upsampled */
    int frozen;           /* parameters and statistics stay as they are */
    size_t weights, bias; /* first of them in the array of parameters */
    size_t weight_count, bias_count;
    size_t statistics; /* LAYER_NORM: in the array of statistics */
};

enum { LAYER_GRAPH_MOST = 512, LAYER_GRAPH_MOST_LEVEL = 16 };

struct layer_graph {
    int count; /* the last layer's value is the network's */
    int full;  /* set where a layer found no place */
    struct layer layers[LAYER_GRAPH_MOST];
    size_t parameter_count, statistic_count;
};

/* Each appends a layer and returns its number; of a graph that is full, 0 (look at `full` at the end). */
int layer_graph_input(struct layer_graph *graph, int32_t channels);
int layer_graph_conv(struct layer_graph *graph, int x, int32_t channels, int kernel, int has_bias, int relu);
int layer_graph_norm(struct layer_graph *graph, int x, int relu);
int layer_graph_pool(struct layer_graph *graph, int x);
int layer_graph_unpool(struct layer_graph *graph, int x, int pool);
int layer_graph_repeat(struct layer_graph *graph, int x);
int layer_graph_spread(struct layer_graph *graph, int x);
int layer_graph_concat(struct layer_graph *graph, int a, int b);
int layer_graph_add(struct layer_graph *graph, int a, int b, int relu);

/* Fills *graph with the layers of an architecture that passed architecture_check. */
void layer_graph_build(const struct architecture *architecture, struct layer_graph *graph);

/* Of both sides of an image: 2^(deepest level). */
int32_t layer_graph_stride_px(const struct layer_graph *graph);

/* Freezes the encoder's layers of levels 0 to levels - 1. */
void layer_graph_freeze(struct layer_graph *graph, int32_t levels);

#endif
