/* forest_onnx.h - forests as ONNX files: one TreeEnsembleClassifier of ai.onnx.ml.
 *
 * Read is what scikit-learn's converter and those of its relatives write: comparisons LEQ, LT, GTE and GT,
 * thresholds and weights as floats or as double tensors, a score for each class or one for both of two, the
 * transforms NONE, LOGISTIC and SOFTMAX, and behind it Cast, Identity and ZipMap, which change no number. The
 * class of a row is that of its largest probability; ONNX Runtime answers otherwise for two classes with a
 * score each (class 1 wherever its score is above 0), a form that no converter writes.
 */
#ifndef FOREST_FOREST_ONNX_H
#define FOREST_FOREST_ONNX_H

#include "forest/forest.h"
#include "onnx/onnx_model.h"

/* 1 where a model has a node of a tree ensemble: whether it is one that can be read is forest_onnx_read's
 * answer. */
int forest_onnx_recognise(const struct onnx_model *model);

/* Makes a forest of a model, which may be hostile; `name` stands in messages. The caller frees *forest; the
 * model is not needed afterwards. FRINGE_MODEL for what contradicts itself (with tree, node and both
 * numbers), FRINGE_UNSUPPORTED for what Fringe lacks. */
fringe_status forest_onnx_read(const struct onnx_model *model, const char *name, struct forest **forest,
                               fringe_error *error);

/* Writes a file whole or not at all: input "features" (N, F), outputs "label" (N), text, or whole numbers
 * where all class names are, and "probabilities" (N, C). Read back it is the same forest, byte for byte in
 * its answers. */
fringe_status forest_onnx_write(const char *path, const struct forest *forest, fringe_error *error);

#endif
