/* workspace.h - the memory of a pass through a network: values, gradients, scratch, for one size of batch.
 *
 * A concatenation owns its inputs' memory where it can: they are written into their place in it and nothing
 * is copied. A gradient lives from the first layer that writes it on the way back to the layer whose value it
 * belongs to; gradients that never live at the same time share memory.
 */
#ifndef TRAIN_WORKSPACE_H
#define TRAIN_WORKSPACE_H

#include "train/train_network.h"

struct workspace {
    int32_t images, height, width;
    int workers;              /* threads that scratch is there for */
    int training;             /* 0: no gradients, and norms work in place */
    struct planes *values;    /* of each layer */
    struct planes *gradients; /* of each layer, with data NULL where none is needed */
    int *value_homes;         /* the layer in whose memory a layer's value or gradient lies, often itself */
    int *gradient_homes;
    int *written; /* on the way back: 1 where a gradient has been written to */
    int *cleared; /* 1 where a gradient's margins are zero */
    float *memory, *gradient_memory, *partial, *scratch;
    size_t scratch_stride;
    float *scales, *shifts, *means, *inverses; /* of norms, as the last forward pass used them (inverse: of
                                                  the deviation); a norm's begin at statistics / 2 */
    double *sums;                              /* two for each plane of a layer */
};

/* For `workers` threads. Sides must be multiples of the network's stride. */
fringe_status workspace_create(const struct train_network *network, int32_t images, int32_t height,
                               int32_t width, int training, int workers, struct workspace *workspace,
                               fringe_error *error);
void workspace_clear(struct workspace *workspace);

#endif
