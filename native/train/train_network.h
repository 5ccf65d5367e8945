/* train_network.h - a graph with the values of its parameters, and its weights as the kernels want them. */
#ifndef TRAIN_TRAIN_NETWORK_H
#define TRAIN_TRAIN_NETWORK_H

#include "train/convolution.h"
#include "train/layer_graph.h"

#define NETWORK_NORM_EPSILON 1e-5 /* added to a variance: the default of PyTorch and ONNX */

struct train_network {
    struct layer_graph graph;
    float *parameters; /* graph.parameter_count */
    float *statistics; /* graph.statistic_count: of each norm the mean, then the variance */
    int *trains;       /* for each layer 1 where it or a layer before it has parameters that are not frozen */
    struct convolution *forward, *back; /* for each layer; empty where it is no convolution */
};

/* Weights drawn after He et al., arXiv:1502.01852: normal, variance 2 / (inputs of an output) where a ReLU
 * follows, 1 / inputs elsewhere; biases 0, norms 1 and 0, statistics 0 and 1. The graph is copied. */
fringe_status train_network_create(const struct layer_graph *graph, uint64_t seed,
                                   struct train_network *network, fringe_error *error);
void train_network_clear(struct train_network *network);

/* Packs the weights among `parameters` (as many as the network's own) for the passes that follow; those for
 * the way back only where asked. */
fringe_status train_network_pack(struct train_network *network, const float *parameters, int back,
                                 const fringe_run *run, fringe_error *error);

#endif
