/* resize_map.h - which input indices an output index of Resize reads, with which weights. */
#ifndef NN_RESIZE_MAP_H
#define NN_RESIZE_MAP_H

#include "nn/operator_params.h"

#include "fringe/status.h"

/* ONNX's coordinate_transformation_mode and nearest_mode. */
enum resize_coordinates {
    RESIZE_HALF_PIXEL,
    RESIZE_HALF_PIXEL_SYMMETRIC,
    RESIZE_PYTORCH_HALF_PIXEL,
    RESIZE_ALIGN_CORNERS,
    RESIZE_ASYMMETRIC,
    RESIZE_TF_HALF_PIXEL,
    RESIZE_CROP
};
enum resize_rounding {
    RESIZE_PREFER_FLOOR,
    RESIZE_PREFER_CEIL,
    RESIZE_FLOOR,
    RESIZE_CEIL,
    RESIZE_CEIL_IF_SMALLER /* Upsample and Resize of opset 10: ceil where the scale is below 1, else floor */
};

/* Output pixels per input pixel: a fraction where one fits (denominator > 0), else `value` alone. With a
 * fraction all coordinates are computed in whole numbers, so that they depend on the position modulo the
 * period and on nothing else. */
struct resize_scale {
    int64_t numerator, denominator;
    float value;
};

/* The fraction of least denominator, at most 4096, whose nearest float is `value`. */
struct resize_scale resize_scale_of(float value);

struct resize_rule {
    enum resize_mode mode;
    enum resize_coordinates coordinates;
    enum resize_rounding rounding;
    float crop_begin, crop_end; /* RESIZE_CROP: of this axis, 0 to 1 */
};

/* Fills axis->first, second and blend for axis->in and axis->out; resize_params_free gives them back. */
fringe_status resize_map_axis(const struct resize_rule *rule, struct resize_scale scale,
                              struct resize_axis *axis, fringe_error *error);

/* Frees the tables of every axis. */
void resize_params_free(struct resize_params *params);

#endif
