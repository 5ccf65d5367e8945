#include "train/layer_graph.h"

#include <string.h>

/* ---- single layers ---- */

static int append(struct layer_graph *graph, enum layer_kind kind, int a, int b, int32_t channels,
                  int32_t level)
{
    if (graph->count == LAYER_GRAPH_MOST || level > LAYER_GRAPH_MOST_LEVEL) {
        graph->full = 1;
        return 0;
    }
    struct layer *layer = &graph->layers[graph->count];
    *layer = (struct layer){.kind = kind, .channels = channels, .level = level};
    if (a >= 0) layer->inputs[layer->input_count++] = a;
    if (b >= 0) layer->inputs[layer->input_count++] = b;
    layer->encoder = kind != LAYER_REPEAT && kind != LAYER_SPREAD && kind != LAYER_UNPOOL;
    for (int i = 0; i < layer->input_count; i++)
        layer->encoder = layer->encoder && graph->layers[layer->inputs[i]].encoder;
    return graph->count++;
}

static void give_weights(struct layer_graph *graph, int index, size_t weights, size_t bias)
{
    struct layer *layer = &graph->layers[index];
    layer->weights = graph->parameter_count;
    layer->weight_count = weights;
    layer->bias = layer->weights + weights;
    layer->bias_count = bias;
    graph->parameter_count += weights + bias;
}

int layer_graph_input(struct layer_graph *graph, int32_t channels)
{
    return append(graph, LAYER_INPUT, -1, -1, channels, 0);
}

int layer_graph_conv(struct layer_graph *graph, int x, int32_t channels, int kernel, int has_bias, int relu)
{
    const struct layer from = graph->layers[x];
    int index = append(graph, LAYER_CONV, x, -1, channels, from.level);
    struct layer *layer = &graph->layers[index];
    layer->kernel = kernel;
    layer->has_bias = has_bias;
    layer->relu = relu;
    give_weights(graph, index, (size_t)channels * (size_t)from.channels * (size_t)(kernel * kernel),
                 has_bias ? (size_t)channels : 0);
    return index;
}

int layer_graph_norm(struct layer_graph *graph, int x, int relu)
{
    const struct layer from = graph->layers[x];
    int index = append(graph, LAYER_NORM, x, -1, from.channels, from.level);
    graph->layers[index].relu = relu;
    graph->layers[index].statistics = graph->statistic_count;
    graph->statistic_count += 2 * (size_t)from.channels;
    give_weights(graph, index, (size_t)from.channels, (size_t)from.channels);
    return index;
}

int layer_graph_pool(struct layer_graph *graph, int x)
{
    return append(graph, LAYER_POOL, x, -1, graph->layers[x].channels, graph->layers[x].level + 1);
}

int layer_graph_unpool(struct layer_graph *graph, int x, int pool)
{
    return append(graph, LAYER_UNPOOL, x, pool, graph->layers[x].channels, graph->layers[x].level - 1);
}

int layer_graph_repeat(struct layer_graph *graph, int x)
{
    return append(graph, LAYER_REPEAT, x, -1, graph->layers[x].channels, graph->layers[x].level - 1);
}

int layer_graph_spread(struct layer_graph *graph, int x)
{
    int32_t channels = graph->layers[x].channels / 4;
    int index = append(graph, LAYER_SPREAD, x, -1, channels, graph->layers[x].level - 1);
    give_weights(graph, index, 0, (size_t)channels);
    return index;
}

int layer_graph_concat(struct layer_graph *graph, int a, int b)
{
    int32_t channels = graph->layers[a].channels + graph->layers[b].channels;
    return append(graph, LAYER_CONCAT, a, b, channels, graph->layers[a].level);
}

int layer_graph_add(struct layer_graph *graph, int a, int b, int relu)
{
    int index = append(graph, LAYER_ADD, a, b, graph->layers[a].channels, graph->layers[a].level);
    graph->layers[index].relu = relu;
    return index;
}

int32_t layer_graph_stride_px(const struct layer_graph *graph)
{
    int32_t deepest = 0;
    for (int i = 0; i < graph->count; i++)
        if (graph->layers[i].level > deepest) deepest = graph->layers[i].level;
    return (int32_t)1 << deepest;
}

void layer_graph_freeze(struct layer_graph *graph, int32_t levels)
{
    for (int i = 0; i < graph->count; i++)
        graph->layers[i].frozen = graph->layers[i].encoder && graph->layers[i].level < levels;
}

/* ---- whole networks ---- */

/* A convolution, its norm if there are any, and ReLU if asked for. A bias before a norm would be taken away
 * again by the norm's mean. */
static int add_unit(struct layer_graph *graph, const struct architecture *a, int x, int32_t channels,
                    int kernel, int relu)
{
    if (!a->batch_norm) return layer_graph_conv(graph, x, channels, kernel, 1, relu);
    return layer_graph_norm(graph, layer_graph_conv(graph, x, channels, kernel, 0, 0), relu);
}

/* `last` channels of the last convolution, `channels` of the others. */
static int add_block(struct layer_graph *graph, const struct architecture *a, int x, int32_t channels,
                     int32_t last, int32_t convolutions)
{
    int residual = a->kind == ARCHITECTURE_RESIDUAL_UNET, y = x;
    for (int32_t i = 1; i < convolutions; i++) y = add_unit(graph, a, y, channels, 3, 1);
    y = add_unit(graph, a, y, last, 3, !residual);
    if (!residual) return y;
    if (graph->layers[x].channels != last) x = add_unit(graph, a, x, last, 1, 0);
    return layer_graph_add(graph, y, x, 1);
}

static int add_upsampling(struct layer_graph *graph, const struct architecture *a, int x, int32_t channels)
{
    if (!a->transposed) return layer_graph_repeat(graph, x);
    return layer_graph_spread(graph, layer_graph_conv(graph, x, 4 * channels, 1, 0, 0));
}

void layer_graph_build(const struct architecture *a, struct layer_graph *graph)
{
    int32_t bottom = a->levels - 1;
    int skips[ARCHITECTURE_MOST_LEVELS], pools[ARCHITECTURE_MOST_LEVELS];
    int segnet = a->kind == ARCHITECTURE_SEGNET;
    memset(graph, 0, sizeof *graph);
    int x = layer_graph_input(graph, a->input_channels);
    for (int32_t level = 0; level < bottom; level++) {
        int32_t width = a->widths[level];
        skips[level] = add_block(graph, a, x, width, width, a->encoder_convolutions);
        x = pools[level] = layer_graph_pool(graph, skips[level]);
    }
    /* What is put back by a pool's places has that pool's channels. */
    int32_t width = a->widths[bottom];
    x = add_block(graph, a, x, width, segnet && bottom > 0 ? a->widths[bottom - 1] : width,
                  a->encoder_convolutions);
    for (int32_t level = bottom - 1; level >= 0; level--) {
        width = a->widths[level];
        x = segnet ? layer_graph_unpool(graph, x, pools[level])
                   : layer_graph_concat(graph, skips[level], add_upsampling(graph, a, x, width));
        x = add_block(graph, a, x, width, segnet && level > 0 ? a->widths[level - 1] : width,
                      a->decoder_convolutions);
    }
    layer_graph_conv(graph, x, a->classes, 1, 1, 0);
}
