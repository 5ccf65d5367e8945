/* loaded_model.h - a fringe_model from within: the package, and how the network is fed and read.
 *
 * A network is compiled for one image size, so a model holds none: whoever runs it compiles it for the size
 * at hand with loaded_model_compile. Loading has compiled it once, at some size, for what is told of it.
 */
#ifndef MODEL_LOADED_MODEL_H
#define MODEL_LOADED_MODEL_H

#include "fringe/model.h"
#include "model/package.h"
#include "nn/network.h"

/* How the values behind the completion are read; the public name is fringe_model_info.outputs. */
enum output_kind {
    OUTPUT_MASK,    /* "mask": the probability of channel `foreground`; at least the threshold is 255 */
    OUTPUT_CLASSES, /* "classes": probabilities that sum to 1; the class is the largest, ties to the lower */
    OUTPUT_MASKS,   /* "masks": an independent probability for each channel, one mask each */
    OUTPUT_NUMBERS, /* "values": of each pixel the number of its class, between two of which nothing lies */
    OUTPUT_VALUES   /* "values": anything else, handed out as they are */
};

struct fringe_model {
    struct package *package;
    struct onnx_model *channels_first; /* the network with (N, C, H, W) images, where it had them otherwise */
    /* The one image input, and the first output. Their images are (N, C, H, W) in the compiled network. */
    const struct package_tensor *input, *output;
    enum output_kind output_kind;
    int foreground; /* channel of OUTPUT_MASK */
    fringe_model_info info;
    /* What came of compiling for probe_height x probe_width pixels while loading; rank 0: it was not. */
    int64_t probe_height, probe_width;
    struct tensor probe_output;
    char **notices; /* what was said while loading, "name: text" each: every result's provenance tells it */
    size_t notice_count;
    char *preparation, *completion, *operators; /* texts of info */
    const char **output_names;
};

/* Compiles the network for an image of height_px x width_px and one sample: input (1, C, H, W). `band_rows`
 * and statuses as for network_create. The model must outlive the network. */
fringe_status loaded_model_compile(const fringe_model *model, int64_t height_px, int64_t width_px,
                                   int64_t band_rows, const fringe_run *run, struct network **network,
                                   fringe_error *error);

/* FRINGE_MODEL where the network does not give an image of its input's size, so that no micrograph can be
 * segmented with it. */
fringe_status loaded_model_check_output(const fringe_model *model, const fringe_run *run,
                                        fringe_error *error);

/* What stands in fringe_model_info.outputs. Static text. */
const char *loaded_model_output_name(enum output_kind kind);

#endif
