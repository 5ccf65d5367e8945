/* loaded_model.h - a fringe_model from within: the package, the network and how its output is read. */
#ifndef MODEL_LOADED_MODEL_H
#define MODEL_LOADED_MODEL_H

#include "fringe/model.h"
#include "model/package.h"

/* How the values behind the completion are read; the public name is fringe_model_info.outputs. */
enum output_kind {
    OUTPUT_MASK,    /* "mask": the probability of channel `foreground`; at least the threshold is 255 */
    OUTPUT_CLASSES, /* "classes": probabilities that sum to 1; the class is the largest, ties to the lower */
    OUTPUT_MASKS,   /* "masks": an independent probability for each channel, one mask each */
    OUTPUT_VALUES   /* "values": anything else, handed out as they are */
};

struct network; /* nn/network.h */

struct fringe_model {
    struct package *package;
    struct network *network;
    const struct package_tensor *input, *output; /* the one image input, the first output */
    enum output_kind output_kind;
    int foreground; /* channel of OUTPUT_MASK */
    fringe_model_info info;
    char *preparation, *completion, *operators; /* texts of info */
    const char **output_names;
};

#endif
