#include "train/train_network.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "base/rng.h"

static int is_rectified(const struct layer_graph *graph, int index)
{
    if (graph->layers[index].relu) return 1;
    for (int i = index + 1; i < graph->count; i++)
        if (graph->layers[i].kind == LAYER_NORM && graph->layers[i].inputs[0] == index)
            return graph->layers[i].relu;
    return 0;
}

static void draw_weights(struct train_network *network, uint64_t seed)
{
    struct rng root = rng_from_seed(seed);
    for (int i = 0; i < network->graph.count; i++) {
        const struct layer *layer = &network->graph.layers[i];
        float *weights = network->parameters + layer->weights;
        struct rng rng = rng_split(&root, (uint64_t)i);
        if (layer->kind == LAYER_CONV) {
            double inputs = (double)layer->weight_count / layer->channels;
            double deviation = sqrt((is_rectified(&network->graph, i) ? 2 : 1) / inputs);
            for (size_t k = 0; k < layer->weight_count; k++)
                weights[k] = (float)(deviation * rng_normal(&rng));
        }
        if (layer->kind == LAYER_NORM)
            for (int32_t c = 0; c < layer->channels; c++) {
                weights[c] = 1;
                network->statistics[layer->statistics + (size_t)(layer->channels + c)] = 1;
            }
    }
}

static void find_trained(struct train_network *network)
{
    for (int i = 0; i < network->graph.count; i++) {
        const struct layer *layer = &network->graph.layers[i];
        network->trains[i] = !layer->frozen && layer->weight_count + layer->bias_count > 0;
        for (int k = 0; k < layer->input_count; k++) network->trains[i] |= network->trains[layer->inputs[k]];
    }
}

static fringe_status create_convolutions(struct train_network *network, fringe_error *error)
{
    fringe_status status = FRINGE_OK;
    for (int i = 0; i < network->graph.count && !status; i++) {
        const struct layer *layer = &network->graph.layers[i];
        if (layer->kind != LAYER_CONV) continue;
        int32_t in_channels = network->graph.layers[layer->inputs[0]].channels;
        status = convolution_create(in_channels, layer->channels, layer->kernel, &network->forward[i], error);
        if (!status && network->trains[layer->inputs[0]])
            status =
                convolution_create(layer->channels, in_channels, layer->kernel, &network->back[i], error);
    }
    return status;
}

fringe_status train_network_create(const struct layer_graph *graph, uint64_t seed,
                                   struct train_network *network, fringe_error *error)
{
    *network = (struct train_network){.graph = *graph};
    network->parameters = alloc_array(graph->parameter_count, sizeof(float));
    network->statistics = alloc_array(graph->statistic_count, sizeof(float));
    network->trains = alloc_array((size_t)graph->count, sizeof(int));
    network->forward = alloc_array((size_t)graph->count, sizeof *network->forward);
    network->back = alloc_array((size_t)graph->count, sizeof *network->back);
    fringe_status status = FRINGE_OK;
    if (!network->parameters || !network->statistics || !network->trains || !network->forward ||
        !network->back)
        status = failure_memory(error, "a network", 4 * (graph->parameter_count + graph->statistic_count));
    if (!status) {
        draw_weights(network, seed);
        find_trained(network);
        status = create_convolutions(network, error);
    }
    if (status) train_network_clear(network);
    return status;
}

void train_network_clear(struct train_network *network)
{
    for (int i = 0; i < network->graph.count; i++) {
        if (network->forward) convolution_clear(&network->forward[i]);
        if (network->back) convolution_clear(&network->back[i]);
    }
    alloc_free(network->parameters);
    alloc_free(network->statistics);
    alloc_free(network->trains);
    alloc_free(network->forward);
    alloc_free(network->back);
    *network = (struct train_network){0};
}

fringe_status train_network_pack(struct train_network *network, const float *parameters, int back,
                                 const fringe_run *run, fringe_error *error)
{
    fringe_status status = FRINGE_OK;
    for (int i = 0; i < network->graph.count && !status; i++) {
        const struct layer *layer = &network->graph.layers[i];
        if (layer->kind != LAYER_CONV) continue;
        status = convolution_pack(&network->forward[i], parameters + layer->weights,
                                  layer->has_bias ? parameters + layer->bias : NULL, run, error);
        if (!status && back && network->back[i].weights)
            status = convolution_pack_turned(&network->back[i], parameters + layer->weights, run, error);
    }
    return status;
}
