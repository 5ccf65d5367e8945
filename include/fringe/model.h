/* model.h - networks: loading, describing, testing, timing; and forests: what they are, testing.
 *
 * A model is a bioimage.io package (folder or zip, format 0.4 or 0.5) or a bare .onnx file. Loading reads and
 * checks everything: an operator that Fringe lacks is refused here, with operator, node and opset, before any
 * pixel is touched. A loaded model is immutable and may be used by any number of threads at once.
 */
#ifndef FRINGE_MODEL_H
#define FRINGE_MODEL_H

#include <stdint.h>

#include "fringe/run.h"
#include "fringe/status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct fringe_model fringe_model;

/* What is known of a model. Texts are owned by the model and never NULL; "" where the package does not say.
 * Numbers are 0 where unknown. */
typedef struct fringe_model_info {
    const char *name, *description, *version, *license;
    const char *format;      /* "bioimage.io 0.5.4" or "onnx" */
    const char *path;        /* folder, zip or file that it was loaded from */
    const char *sha256;      /* of the .onnx bytes (external data included), hexadecimal */
    const char *preparation; /* the steps before the network, one line */
    const char *completion;  /* the steps behind the network, one line */
    const char *outputs;     /* how the output is read: "mask", "classes", "masks", "values" */
    const char *operators;   /* "Conv 21, Relu 20, ..." by name */
    int32_t opset;
    int32_t input_channels, output_channels;
    const char *const *output_names;         /* output_channels texts, as channel_names says */
    int32_t fixed_height_px, fixed_width_px; /* the only size that it accepts, 0 when free */
    int32_t stride_px;                       /* sizes are multiples of this; padded otherwise */
    int32_t receptive_field_px; /* side of the square of input pixels that one output pixel depends on; 0:
                                   whole image */
    int streams;                /* 1 where it runs in bands, 0 where the whole image is needed at once */
    int64_t parameter_count;    /* values of all weights */
    double flop_per_px;         /* 2 for each multiply-add, per input pixel */
    double pixel_size_nm;       /* its own; micrographs with a calibration are resampled to it */
    double pixel_size_min_nm, pixel_size_max_nm; /* trained range */
} fringe_model_info;

/* Loads a model by path (folder, zip, .onnx) or by name. Names are looked up, in this order, in the folders
 * of FRINGE_MODELS, the user's models folder, and share/fringe/models beside the library. Notices go to `run`
 * (may be NULL). On success the caller owns *model. On failure *model is NULL: FRINGE_FILE (the message lists
 * where a name was looked for), FRINGE_FORMAT (damaged), FRINGE_UNSUPPORTED (operator, opset, weights format)
 * or FRINGE_MODEL (it contradicts itself). */
FRINGE_API fringe_status fringe_model_load(const char *path_or_name, const fringe_run *run,
                                           fringe_model **model, fringe_error *error);

/* NULL is accepted. Not while a call uses the model. */
FRINGE_API void fringe_model_free(fringe_model *model);

/* Fills *info. Its texts live as long as the model. Any thread. */
FRINGE_API void fringe_model_get_info(const fringe_model *model, fringe_model_info *info);

/* The bytes that the network needs to run on height_px x width_px pixels in bands, beside the weights. */
FRINGE_API fringe_status fringe_model_memory(const fringe_model *model, int32_t height_px, int32_t width_px,
                                             int64_t *bytes, fringe_error *error);

/* Outcome of a package's own test tensors. */
typedef struct fringe_model_check {
    int64_t case_count;        /* test cases that ran */
    int64_t value_count;       /* values compared */
    int64_t mismatch_count;    /* values outside the tolerance */
    double largest_difference; /* absolute */
    double relative_tolerance, absolute_tolerance;
} fringe_model_check;

/* Runs a package's test tensors, of a network or a forest, or every `test_data_set_N` of a folder in ONNX's
 * backend-test layout (model.onnx beside them), and compares. FRINGE_OK when all agree; FRINGE_MISMATCH with
 * numbers in `check` and the first difference in the message; FRINGE_MODEL where there is nothing to test.
 * `check` may be NULL.
 */
FRINGE_API fringe_status fringe_model_test(const char *path_or_name, const fringe_run *run,
                                           fringe_model_check *check, fringe_error *error);

/* A forest, random or boosted, which rates rows of features instead of pixels. Immutable: any number of
 * threads may use one. */
typedef struct fringe_forest fringe_forest;

/* What is known of it. Texts are owned by the forest and never NULL; "" where the package does not say. */
typedef struct fringe_forest_info {
    const char *name, *description, *version, *license;
    const char *format;      /* "bioimage.io 0.5.4" or "onnx" */
    const char *path;        /* folder, zip or file that it was loaded from */
    const char *sha256;      /* of the .onnx bytes, hexadecimal */
    int64_t feature_version; /* of whoever computes the features; 0 where the package does not say */
    int32_t feature_count, class_count, tree_count;
    int64_t node_count;               /* of all trees, leaves among them */
    const char *const *feature_names; /* feature_count texts; NULL where the package does not name them */
    const char *const *class_names;   /* class_count texts */
    int calibrated;                   /* 1 where probabilities go through a curve for each class */
} fringe_forest_info;

/* 1 where a path or name, looked up as fringe_model_load does, is that of a package or .onnx file with a
 * forest; 0 for anything else, also for what cannot be read. */
FRINGE_API int fringe_model_is_forest(const char *path_or_name);

/* Loads a forest by path (folder, zip, .onnx) or by name. On success the caller owns *forest; on failure it
 * is NULL: FRINGE_FILE, FRINGE_FORMAT (damaged), FRINGE_MODEL (it contradicts itself), FRINGE_UNSUPPORTED.
 */
FRINGE_API fringe_status fringe_forest_load(const char *path_or_name, fringe_forest **forest,
                                            fringe_error *error);

/* NULL is accepted. */
FRINGE_API void fringe_forest_free(fringe_forest *forest);

/* Fills *info. Its texts live as long as the forest. Any thread. */
FRINGE_API void fringe_forest_get_info(const fringe_forest *forest, fringe_forest_info *info);

/* Bytes in a path of an installed model, the closing NUL included. */
#define FRINGE_MODEL_PATH_BYTES 4096

/* The user's models folder, where fringe_model_install writes and names are looked up: fringe/models below
 * XDG_DATA_HOME or ~/.local/share, LOCALAPPDATA or ~/Library/Application Support. It need not exist.
 * FRINGE_FILE where the environment does not say, or says more than fits into `path`. */
FRINGE_API fringe_status fringe_model_folder(char path[FRINGE_MODEL_PATH_BYTES], fringe_error *error);

/* Installs a package (folder or zip) into the user's models folder, under the name of its folder or zip: runs
 * its test tensors first, and copies it only where they agree. The model is there as a whole or not at all;
 * one of the same name is never replaced. `installed` (may be NULL) takes the path of what was written.
 * FRINGE_EXISTS where the name is taken, FRINGE_MISMATCH and FRINGE_MODEL as fringe_model_test says,
 * FRINGE_ARGUMENT for a bare .onnx, which has no tests, FRINGE_FORMAT where a link in a folder leads to what
 * is no file of the package, FRINGE_CANCELLED, FRINGE_FILE. */
FRINGE_API fringe_status fringe_model_install(const char *path, const fringe_run *run,
                                              char installed[FRINGE_MODEL_PATH_BYTES], fringe_error *error);

/* Times the network alone on a random image of height_px x width_px: one warm-up, then `run_count` runs,
 * whose milliseconds go to times_ms[run_count]. */
FRINGE_API fringe_status fringe_model_time(const fringe_model *model, int32_t height_px, int32_t width_px,
                                           int32_t run_count, const fringe_run *run, double *times_ms,
                                           fringe_error *error);

#ifdef __cplusplus
}
#endif
#endif
