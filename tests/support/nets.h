/* nets.h - small networks built in memory for tests and benchmarks, with fixed pseudo-random weights.
 *
 *     struct net *net = net_begin("image", 1);
 *     int x = net_conv(net, net_input(net), 8, 3, 1);
 *     const struct onnx_model *model = net_end(net, x, "output");
 *     ... net_free(net);
 *
 * Values are numbered; a function returns the value it makes. Lack of memory ends the program: this is test
 * code.
 */
#ifndef SUPPORT_NETS_H
#define SUPPORT_NETS_H

#include "onnx/onnx_model.h"

struct net;

/* A network with one float input (1, channels, H, W), H and W free. */
struct net *net_begin(const char *input, int64_t channels);
void net_free(struct net *net);
int net_input(const struct net *net);
int64_t net_channels(const struct net *net, int value); /* as the builder knows them */

/* Any operator: `inputs` are values, attributes are given as text: "kernel_shape=3,3 pads=1,1,1,1
 * mode=nearest alpha=0.5" (integers where all parts are whole numbers, one without a comma is a single one
 * unless it ends in ','; floats where one has a point; else text). channels: of the output. */
int net_node(struct net *net, const char *operator, const int * inputs, size_t count, const char *attributes,
             int64_t channels);

/* Constants. Random values are uniform in low .. high. */
int net_random(struct net *net, int rank, const int64_t *dims, double low, double high);
int net_floats(struct net *net, int rank, const int64_t *dims, const float *values);
int net_integers(struct net *net, int64_t count, const int64_t *values);

/* Shorthands. Convolution with bias, padded to keep the size at stride 1; batch norm; 2x2 max-pool; nearest
 * x2. */
int net_conv(struct net *net, int x, int64_t channels, int64_t kernel, int64_t stride);
int net_norm(struct net *net, int x);
int net_unary(struct net *net, const char *operator, int x);
int net_pool(struct net *net, int x);
int net_up(struct net *net, int x);
int net_up_transposed(struct net *net, int x, int64_t channels);
int net_concat(struct net *net, int a, int b);

/* The U-Net of the benchmarks: for each level two of (3x3 conv, batch norm, ReLU) and a 2x2 max-pool, the
 * same at the bottom, then upwards nearest x2 (or a 2x2 transposed convolution that halves the channels),
 * concatenation with the skip in front, two convolutions; 1x1 to `classes`, softmax. */
struct net *net_unet(const int64_t *filters, size_t levels, int64_t bottom, int transposed, int64_t classes);
/* Nets A, B, C: filters 4-8-16-32 + 64; 16-32-64-128 + 256; 64-128-256-512 + 1024 transposed. */
struct net *net_reference(char which);

/* The finished model with `output` as its only output; owned by the net. */
const struct onnx_model *net_end(struct net *net, int output, const char *name);

#endif
