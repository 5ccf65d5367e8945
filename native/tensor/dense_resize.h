/* dense_resize.h - linear resampling along one axis. */
#ifndef TENSOR_DENSE_RESIZE_H
#define TENSOR_DENSE_RESIZE_H

#include <stdint.h>

#include "fringe/run.h"

/* Output index i of the axis is (1 - blend[i]) * in[first[i]] + blend[i] * in[second[i]]; where first[i] is
 * -1 it is `outside`. Arrays are (outer, in_length, inner) and (outer, out_length, inner). */
struct dense_resize {
    int64_t outer, in_length, out_length, inner;
    const int32_t *first, *second;
    const float *blend;
    float outside;
};

fringe_status dense_resize_axis(const struct dense_resize *resize, const float *in, float *out,
                                const fringe_run *run, fringe_error *error);

#endif
