/* resample.h - planes from one grid to another.
 *
 * A grid of `in` pixels and one of `out` pixels along an axis cover the same extent: output pixel i is
 * [i, i + 1] * in / out in units of input pixels, and its centre lies at (i + 0.5) * in / out - 0.5 in the
 * count where input pixel 0 has its centre at 0. The two axes are independent of each other.
 *
 * Beyond the edge the image goes on with its edge pixels. Planes are (H, W) row-major floats. NaN and
 * infinite pixels spread to every output pixel that takes part of them, and to no other.
 */
#ifndef IMAGE_RESAMPLE_H
#define IMAGE_RESAMPLE_H

#include <stddef.h>
#include <stdint.h>

#include "fringe/run.h"
#include "fringe/status.h"
#include "image/sample_plane.h"

enum resample_kernel {
    /* Where there are more output than input pixels: cubic convolution with a = -0.5 (Keys 1981,
     * DOI 10.1109/TASSP.1981.1163711), which reproduces parabolas. Where there are fewer: the mean over the
     * area of the output pixel, partly covered input pixels counting by their part. Equal counts: a copy. */
    RESAMPLE_IMAGE,
    /* Between the two nearest centres in proportion to the distance, whatever the factor; apart from rounding
     * it never leaves the range of the values: for probabilities. */
    RESAMPLE_LINEAR,
    /* The input pixel in which the output pixel's centre lies; on the edge of two, the later one: for values
     * between which nothing lies. */
    RESAMPLE_NEAREST
};

/* The number of pixels that `in` become when each is `factor` of the new ones wide: rounded to the nearest,
 * halves up, at least 1. FRINGE_ARGUMENT for a factor that is not above zero and finite, or a result above
 * 2^31 - 1. `what` is the axis in messages. */
fringe_status resample_size(int32_t in, double factor, const char *what, int32_t *out, fringe_error *error);

/* Where the result goes: rows and columns, and the floats from one row to the next. */
struct resample_target {
    float *pixels;
    int32_t height_px, width_px;
    ptrdiff_t row_stride;
};

/* Fills the target from `from`; they must not overlap. Rows are shared out over the threads of `run` (not
 * NULL); the result is the same bytes for any number of them. Weights are computed in double and applied in
 * float: first along columns, then along rows, taps in rising order. FRINGE_MEMORY or FRINGE_CANCELLED. */
fringe_status resample_run(enum resample_kernel kernel, const struct sample_plane *from,
                           const struct resample_target *to, const fringe_run *run, fringe_error *error);

#endif
