/* package.h - what a model's files say, before anything is computed.
 *
 * A package is a bioimage.io folder or zip (format 0.4 or 0.5) or a bare .onnx file. Reading it checks the
 * description against the ONNX file; whether the network can run is nn/'s question. Everything is owned by
 * the package and immutable; texts are never NULL, "" where the package does not say.
 */
#ifndef MODEL_PACKAGE_H
#define MODEL_PACKAGE_H

#include "base/digest.h"
#include "fringe/run.h"
#include "model/package_files.h"
#include "model/preparation.h"
#include "onnx/onnx_model.h"

enum { PACKAGE_MOST_AXES = 5 };

/* How long an image axis may be. */
struct package_extent {
    int64_t fixed;       /* the only size, 0 where free */
    int64_t least, step; /* else least + k * step; 1, 1 where the package does not say */
};

/* One input or output of the network, in the order of the ONNX file. */
struct package_tensor {
    const char *name; /* the package's; the ONNX file's own where there is no description */
    /* Positions of the axes in the tensor's shape, -1 where it has none: (N, C, H, W) is 0, 1, 2, 3. */
    int rank, batch_axis, channel_axis, y_axis, x_axis;
    int64_t channel_count; /* 1 without a channel axis; 0 where only the graph can say */
    size_t channel_name_count;
    const char *const *channel_names;
    struct package_extent height, width; /* inputs */
    double scale_y, scale_x; /* outputs: pixels per input pixel; 0 where the package does not say */
    int64_t halo_px;         /* outputs: what the package says; the computed dependence decides */
    double nm_per_px;        /* from 0.5's axis scale and unit; 0 unknown */
    size_t step_count;       /* inputs: before the network; outputs: behind it */
    const struct step *steps;
    const char *test_file; /* .npy in the package, "" where it names none */
};

struct package {
    const char *path;   /* as it was found */
    const char *format; /* "bioimage.io 0.5.4", "onnx" */
    const char *name, *description, *version, *license;
    const char *onnx_name; /* of the file within the package */
    char
        sha256[DIGEST_TEXT_BYTES]; /* of the ONNX file; with external data: of its digest's text and theirs */
    const struct onnx_model *onnx;
    size_t input_count, output_count;
    const struct package_tensor *inputs, *outputs;
    int described; /* 0 for a bare .onnx: names, axes and preparation were assumed */

    /* config.fringe; pixel_size_nm falls back on 0.5's axis scale. 0 and "" where unknown. */
    double pixel_size_nm, pixel_size_min_nm, pixel_size_max_nm;
    double dose_min_e_per_A2, dose_max_e_per_A2;
    const char *polarity; /* "bright", "dark", "either" or "" */
    int lattice_filter;   /* 1: the input goes through image/lattice_filter.h before its steps */
    int drop_ghosts;      /* 1: what segment_ghosts.c takes for a ghost is no particle */

    /* Of the test tensors: |out - expected| <= absolute + relative * |expected|. */
    double relative_tolerance, absolute_tolerance, mismatches_per_million;

    struct package_files *files;
};

/* Reads a package from a folder, a zip, a package's .yaml or a bare .onnx. Notices of oddities go to `run`
 * (may be NULL). The caller frees *package with package_free. FRINGE_FILE, FRINGE_FORMAT, FRINGE_UNSUPPORTED
 * (weights format, operator of the preparation, 3-D), FRINGE_MODEL. */
fringe_status package_read(const char *path, const fringe_run *run, struct package **package,
                           fringe_error *error);

/* NULL is accepted. */
void package_free(struct package *package);

#endif
