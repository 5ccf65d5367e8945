#include "support/float64_network.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "train/train_network.h"

struct float64_network float64_network_make(const struct layer_graph *graph, const float *parameters,
                                            const float *statistics)
{
    struct float64_network network = {.graph = graph, .statistics = statistics};
    network.parameters = calloc(graph->parameter_count, sizeof(double));
    network.values = calloc((size_t)graph->count, sizeof *network.values);
    if (!network.parameters || !network.values) exit(1);
    for (size_t i = 0; i < graph->parameter_count; i++) network.parameters[i] = parameters[i];
    return network;
}

void float64_network_free(struct float64_network *network)
{
    for (int i = 0; i < network->graph->count; i++) free(network->values[i]);
    free(network->values);
    free(network->parameters);
}

/* The shape of one value: N, C, H, W. */
struct shape {
    int n, c, h, w;
};

static struct shape shape_of(const struct float64_network *network, int index,
                             const struct train_batch *batch)
{
    const struct layer *layer = &network->graph->layers[index];
    return (struct shape){batch->count, layer->channels, batch->height_px >> layer->level,
                          batch->width_px >> layer->level};
}

static double *at(double *values, struct shape s, int n, int c, int y, int x)
{
    return values + (((size_t)n * (size_t)s.c + (size_t)c) * (size_t)s.h + (size_t)y) * (size_t)s.w +
           (size_t)x;
}

static void conv(const struct layer *layer, const double *p, double *in, struct shape si, double *out,
                 struct shape so)
{
    int k = layer->kernel, reach = k / 2;
    for (int n = 0; n < so.n; n++)
        for (int o = 0; o < so.c; o++)
            for (int y = 0; y < so.h; y++)
                for (int x = 0; x < so.w; x++) {
                    double sum = layer->has_bias ? p[layer->bias + (size_t)o] : 0;
                    for (int c = 0; c < si.c; c++)
                        for (int i = 0; i < k; i++)
                            for (int j = 0; j < k; j++) {
                                int yy = y + i - reach, xx = x + j - reach;
                                if (yy < 0 || xx < 0 || yy >= si.h || xx >= si.w) continue;
                                sum += p[layer->weights + (size_t)(((o * si.c + c) * k + i) * k + j)] *
                                       *at(in, si, n, c, yy, xx);
                            }
                    *at(out, so, n, o, y, x) = sum;
                }
}

static void norm(const struct float64_network *network, const struct layer *layer, double *in, double *out,
                 struct shape s)
{
    double count = (double)s.n * s.h * s.w;
    for (int c = 0; c < s.c; c++) {
        double mean = 0, variance = 0;
        for (int n = 0; n < s.n; n++)
            for (int i = 0; i < s.h * s.w; i++) mean += at(in, s, n, c, 0, 0)[i] / count;
        for (int n = 0; n < s.n; n++)
            for (int i = 0; i < s.h * s.w; i++) {
                double d = at(in, s, n, c, 0, 0)[i] - mean;
                variance += d * d / count;
            }
        if (layer->frozen) {
            mean = network->statistics[layer->statistics + (size_t)c];
            variance = network->statistics[layer->statistics + (size_t)(layer->channels + c)];
        }
        double gamma = network->parameters[layer->weights + (size_t)c];
        double beta = network->parameters[layer->bias + (size_t)c];
        for (int n = 0; n < s.n; n++)
            for (int i = 0; i < s.h * s.w; i++)
                at(out, s, n, c, 0, 0)[i] =
                    gamma * (at(in, s, n, c, 0, 0)[i] - mean) / sqrt(variance + NETWORK_NORM_EPSILON) + beta;
    }
}

/* Which of the four pixels of (y, x) is the largest, the first in reading order. */
static int place_of_most(double *in, struct shape si, int n, int c, int y, int x)
{
    int place = 0;
    for (int k = 1; k < 4; k++)
        if (*at(in, si, n, c, 2 * y + k / 2, 2 * x + k % 2) >
            *at(in, si, n, c, 2 * y + place / 2, 2 * x + place % 2))
            place = k;
    return place;
}

static void layer_value(struct float64_network *network, int index, const struct train_batch *batch)
{
    const struct layer *layer = &network->graph->layers[index];
    struct shape so = shape_of(network, index, batch), si = {0}, s2 = {0};
    double *in = NULL, *in2 = NULL, *out = network->values[index];
    if (layer->input_count > 0)
        in = network->values[layer->inputs[0]], si = shape_of(network, layer->inputs[0], batch);
    if (layer->input_count > 1)
        in2 = network->values[layer->inputs[1]], s2 = shape_of(network, layer->inputs[1], batch);
    size_t count = (size_t)so.n * (size_t)so.c * (size_t)so.h * (size_t)so.w;
    if (layer->kind == LAYER_CONV) {
        conv(layer, network->parameters, in, si, out, so);
    } else if (layer->kind == LAYER_NORM) {
        norm(network, layer, in, out, so);
    } else if (layer->kind == LAYER_INPUT) {
        for (size_t i = 0; i < count; i++) out[i] = batch->images[i];
    } else {
        for (int n = 0; n < so.n; n++)
            for (int c = 0; c < so.c; c++)
                for (int y = 0; y < so.h; y++)
                    for (int x = 0; x < so.w; x++) {
                        double v = 0;
                        int k = 2 * (y % 2) + x % 2, place;
                        switch (layer->kind) {
                        case LAYER_POOL:
                            place = place_of_most(in, si, n, c, y, x);
                            v = *at(in, si, n, c, 2 * y + place / 2, 2 * x + place % 2);
                            break;
                        case LAYER_UNPOOL: {
                            double *before =
                                network->values[network->graph->layers[layer->inputs[1]].inputs[0]];
                            v = place_of_most(before, so, n, c, y / 2, x / 2) == k
                                    ? *at(in, si, n, c, y / 2, x / 2)
                                    : 0;
                            break;
                        }
                        case LAYER_REPEAT:
                            v = *at(in, si, n, c, y / 2, x / 2);
                            break;
                        case LAYER_SPREAD:
                            v = *at(in, si, n, k * so.c + c, y / 2, x / 2) +
                                network->parameters[layer->bias + (size_t)c];
                            break;
                        case LAYER_CONCAT:
                            v = c < si.c ? *at(in, si, n, c, y, x) : *at(in2, s2, n, c - si.c, y, x);
                            break;
                        default: /* LAYER_ADD */
                            v = *at(in, si, n, c, y, x) + *at(in2, s2, n, c, y, x);
                        }
                        *at(out, so, n, c, y, x) = v;
                    }
    }
    for (size_t i = 0; i < count && layer->relu; i++)
        if (out[i] < 0) out[i] = 0;
}

static double loss_of(const struct loss_settings *settings, double *values, struct shape s,
                      const int32_t *labels)
{
    double weight = 0, entropy = 0, focal = 0, sums[ARCHITECTURE_MOST_CLASSES][3] = {{0}};
    for (int n = 0; n < s.n; n++)
        for (int i = 0; i < s.h * s.w; i++) {
            int y = labels[n * s.h * s.w + i];
            double total = 0, p[ARCHITECTURE_MOST_CLASSES];
            if (y < 0) continue;
            for (int c = 0; c < s.c; c++) total += p[c] = exp(at(values, s, n, c, 0, 0)[i]);
            for (int c = 0; c < s.c; c++) {
                p[c] /= total;
                sums[c][0] += p[c];
                sums[c][1] += c == y;
                sums[c][2] += c == y ? p[c] : 0;
            }
            double w = settings->class_weights[y];
            weight += w;
            entropy -= w * log(p[y]);
            focal -= w * pow(1 - p[y], settings->focal_gamma) * log(p[y]);
        }
    double loss = (settings->cross_entropy * entropy + settings->focal * focal) / weight, overlap = 0,
           total = 0;
    for (int c = 0; c < s.c; c++) {
        total += settings->class_weights[c];
        overlap += settings->class_weights[c] * (2 * sums[c][2] + 1) / (sums[c][0] + sums[c][1] + 1);
    }
    return loss + settings->dice * (1 - overlap / total);
}

double float64_network_loss(struct float64_network *network, const struct loss_settings *settings,
                            const struct train_batch *batch)
{
    for (int i = 0; i < network->graph->count; i++) {
        struct shape s = shape_of(network, i, batch);
        if (!network->values[i])
            network->values[i] =
                malloc((size_t)s.n * (size_t)s.c * (size_t)s.h * (size_t)s.w * sizeof(double));
        if (!network->values[i]) exit(1);
        layer_value(network, i, batch);
    }
    int last = network->graph->count - 1;
    return loss_of(settings, network->values[last], shape_of(network, last, batch), batch->labels);
}
