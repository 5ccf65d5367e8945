/* network_onnx.h - networks being trained as ONNX files, out and in.
 *
 * Written with opset 13: input "image" (N, C, H, W) with N, H and W free, output "probability" (N, classes,
 * H, W) behind a softmax. Norms are kept as such, so that a file can be read back and trained on; the engine
 * folds them when it loads it.
 */
#ifndef TRAIN_NETWORK_ONNX_H
#define TRAIN_NETWORK_ONNX_H

#include "train/train_network.h"

/* Writes the graph with these parameters and statistics, as many as the network has. */
fringe_status network_onnx_write(const struct layer_graph *graph, const float *parameters,
                                 const float *statistics, const char *path, fringe_error *error);

/* A graph with its numbers, read from a file. */
struct network_onnx {
    struct layer_graph graph;
    float *parameters, *statistics;
};

/* Reads a network made of the layers of layer_graph.h: what Fringe wrote, and U-Nets of others that keep to
 * 3x3 and 1x1 convolutions with stride 1, batch norm, ReLU, 2x2 maximum pooling and unpooling, upsampling by
 * two (nearest, or a 2x2 transposed convolution), concatenation of two and sum of two, at the end perhaps
 * softmax. FRINGE_UNSUPPORTED, with the node, for anything else. On success the caller clears *read. */
fringe_status network_onnx_read(const char *path, struct network_onnx *read, fringe_error *error);
void network_onnx_clear(struct network_onnx *read);

#endif
