/* built_model.h - a fringe_model around a network made in memory (nets.h), for tests of the rooms above. */
#ifndef SUPPORT_BUILT_MODEL_H
#define SUPPORT_BUILT_MODEL_H

#include "fringe/segment.h"
#include "model/loaded_model.h"

struct built_model {
    fringe_model model; /* what the tests may change after built_model_init */
    struct package package;
    struct package_tensor input, output;
    struct onnx_model onnx;
};

/* A model of one input and one output without preparation and completion. Lack of anything ends the program:
 * this is test code. The ONNX model must live on; nothing has to be freed. */
void built_model_init(struct built_model *built, const struct onnx_model *onnx, int32_t input_channels,
                      enum output_kind kind);

/* Segments once more without keeping probabilities; 1 where labels and facts are those of `result`, and no
 * probability is there unless the result is numbers. */
int built_model_same_labels(const struct built_model *built, fringe_micrograph *micrograph,
                            const fringe_segment_options *options, const fringe_segmentation *result);

/* What a run said: the notices' short names, each with a blank behind, and how progress went. */
struct heard {
    char notices[1024];
    char text[1024]; /* of the last notice */
    int64_t done, total;
    int fell; /* 1 where progress went back */
};

/* A run that listens; the caller frees it. */
fringe_run *built_model_listen(int threads, struct heard *heard);

#endif
