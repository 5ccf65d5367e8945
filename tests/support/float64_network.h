/* float64_network.h - a layer graph computed in double precision by the plainest loops: what the training
 * engine's values, losses and, through finite differences, gradients are compared with. */
#ifndef SUPPORT_FLOAT64_NETWORK_H
#define SUPPORT_FLOAT64_NETWORK_H

#include "train/layer_graph.h"
#include "train/loss.h"
#include "train/train_batch.h"

struct float64_network {
    const struct layer_graph *graph;
    double *parameters;
    const float *statistics; /* of frozen norms */
    double **values;         /* of each layer (N, C, H, W), after float64_network_loss */
};

/* Takes the parameters over as they are. Lack of memory ends the program: this is test code. */
struct float64_network float64_network_make(const struct layer_graph *graph, const float *parameters,
                                            const float *statistics);
void float64_network_free(struct float64_network *network);

/* The loss of a batch, norms that are not frozen taking the batch's statistics. */
double float64_network_loss(struct float64_network *network, const struct loss_settings *settings,
                            const struct train_batch *batch);

#endif
