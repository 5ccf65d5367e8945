/* architecture.h - which network a recipe asks for, as numbers.
 *
 * Level 0 is the image's own grid; each level further down has half the rows and columns. A block is some
 * 3x3 convolutions, each followed by batch norm (if asked for) and ReLU. The network ends in a 1x1
 * convolution to one value per class, of which softmax makes probabilities.
 */
#ifndef TRAIN_ARCHITECTURE_H
#define TRAIN_ARCHITECTURE_H

#include <stdint.h>

#include "fringe/status.h"

enum architecture_kind {
    ARCHITECTURE_UNET,          /* skips are concatenated in front of the upsampled map */
    ARCHITECTURE_RESIDUAL_UNET, /* the same, and each block adds its input (through a 1x1 convolution where
                                   the channels differ) before its last ReLU */
    ARCHITECTURE_SEGNET         /* no skips: the decoder puts values back where the pool found them */
};

enum { ARCHITECTURE_MOST_LEVELS = 8, ARCHITECTURE_MOST_CLASSES = 64 };

struct architecture {
    enum architecture_kind kind;
    int32_t input_channels, classes;          /* 1 and more, 2 and more */
    int32_t levels;                           /* 1 to ARCHITECTURE_MOST_LEVELS, the bottom among them */
    int32_t widths[ARCHITECTURE_MOST_LEVELS]; /* channels of each level, the bottom last */
    int32_t encoder_convolutions, decoder_convolutions; /* of a block on the way down and up, 1 to 8 */
    int batch_norm;                                     /* 0 or 1 */
    int transposed; /* 1: 2x2 transposed convolution upwards, to the channels of the level above;
                       0: nearest. Without meaning for ARCHITECTURE_SEGNET */
};

/* A U-Net of 4 levels, 8 to 64 channels, two convolutions per block, batch norm, nearest, 1 channel, 2
 * classes. */
void architecture_init(struct architecture *architecture);

/* FRINGE_ARGUMENT, with both numbers, for what lies out of range. */
fringe_status architecture_check(const struct architecture *architecture, fringe_error *error);

#endif
