/* output_reading.h - what a network's output means, seen from its end. */
#ifndef MODEL_OUTPUT_READING_H
#define MODEL_OUTPUT_READING_H

#include "model/loaded_model.h"

/* Decides from the completion and the graph's last operators. One channel: a mask, but
 * class numbers where it is that of the largest of other than two channels (ArgMax). Two softmax channels: a
 * mask of the one that is called particle or foreground, or of the one that is not called background; where
 * the names leave it open, of the second. More: classes. Sigmoid channels: masks. Anything else: values.
 * `onnx` has (N, C, H, W) images; channel_count is the output's. */
enum output_kind output_reading_decide(const struct onnx_model *onnx, const struct package_tensor *output,
                                       int64_t channel_count, int *foreground);

#endif
