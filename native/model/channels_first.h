/* channels_first.h - networks whose images are not (N, C, H, W), as TensorFlow's are not.
 *
 * The executor streams (N, C, H, W). tf2onnx puts a Transpose behind the input and one before the output; a
 * network read the other way round from outside needs neither. So the graph gets the opposite Transposes at
 * its ends, and where they meet the network's own both go. An output (N, H, W), as a maximum over channels
 * leaves it, gets the axis that it lacks.
 */
#ifndef MODEL_CHANNELS_FIRST_H
#define MODEL_CHANNELS_FIRST_H

#include "model/package.h"

/* Makes such a network of a package with one input; *model is NULL where its axes are (N, C, H, W) already.
 * It shares weights and texts with the package's, which must outlive it. The caller frees with
 * channels_first_free. */
fringe_status channels_first_create(const struct package *package, struct onnx_model **model,
                                    fringe_error *error);

/* NULL is accepted. */
void channels_first_free(struct onnx_model *model);

#endif
