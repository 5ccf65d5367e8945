/* forest_package.h - a forest as a package: the trees, the features that they ask for, calibrated
 * probabilities.
 *
 * A package is a bioimage.io folder or zip whose network is a TreeEnsembleClassifier, or a bare .onnx file.
 * Its description says under config.fringe:
 *
 *     features:
 *       version: 1
 *       names: [area_nm2, ...]            one for each feature of the forest, in its order
 *     calibration:                        may be absent; else one for each class, in their order
 *     - scores: [0.1, 0.4]                knots of forest/isotonic.h
 *       values: [0.0, 0.8]
 *
 * Test tensors are those of the first input, rows of features, and of the first output, the probabilities
 * that the network gives them: without calibration, so that whatever runs ONNX can be tested by them.
 *
 * Everything is owned by the package and immutable.
 */
#ifndef MODEL_FOREST_PACKAGE_H
#define MODEL_FOREST_PACKAGE_H

#include "base/digest.h"
#include "forest/forest.h"
#include "forest/isotonic.h"
#include "fringe/run.h"

struct text_tree;

struct forest_package {
    struct forest *forest;
    char *path;                                         /* as it was found */
    char sha256[DIGEST_TEXT_BYTES];                     /* of the .onnx file */
    const char *format;                                 /* "bioimage.io 0.5.4", "onnx" */
    const char *name, *description, *version, *license; /* "" where it gives none */
    const char *test_input, *test_output;               /* files of the package; "" where it gives none */
    int64_t feature_version;                            /* 0 where it does not say */
    const char **feature_names; /* (feature_count) texts; NULL where it does not say */
    struct isotonic *curves;    /* (class_count); NULL: probabilities are the forest's own */
    struct text_tree *tree;     /* owns the texts */
    char *format_text;          /* owns the format */
};

/* 1 where a package (folder or zip) or a bare .onnx file holds a tree ensemble; 0 for anything else, also for
 * what cannot be read. */
int forest_package_recognise(const char *path);

/* Reads a package by its path, or by a name that model_find knows. The caller frees *package. FRINGE_FILE,
 * FRINGE_FORMAT, FRINGE_MODEL (it contradicts itself), FRINGE_UNSUPPORTED. */
fringe_status forest_package_read(const char *path_or_name, struct forest_package **package,
                                  fringe_error *error);

/* NULL is accepted. */
void forest_package_free(struct forest_package *package);

/* FRINGE_MODEL, with both, where the forest's features are not exactly these. */
fringe_status forest_package_require(const struct forest_package *package, int64_t version,
                                     const char *const *names, size_t count, fringe_error *error);

/* Like forest_predict, but each class's probability goes through its curve, and those of a row then sum to 1.
 * A row whose curves are all 0 keeps the forest's own. */
fringe_status forest_package_predict(const struct forest_package *package, const float *values,
                                     size_t row_count, const fringe_run *run, float *probabilities,
                                     fringe_error *error);

#endif
