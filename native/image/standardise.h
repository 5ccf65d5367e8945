/* standardise.h - the arithmetic of preparing a plane for a network, in place.
 *
 * Which steps with which numbers is the model's business (model/) and the statistics come from
 * plane_statistics.h. Every step computes in double and rounds once to float; NaN and infinite values stay as
 * they are, so that they remain marked until standardise_fill ends the preparation. The result does not
 * depend on the number of threads. `run` is never NULL; FRINGE_CANCELLED is the only failure.
 */
#ifndef IMAGE_STANDARDISE_H
#define IMAGE_STANDARDISE_H

#include <stddef.h>

#include "fringe/run.h"
#include "fringe/status.h"

/* value = (value - subtract) * multiply + add. */
fringe_status standardise_linear(float *values, size_t count, double subtract, double multiply, double add,
                                 const fringe_run *run, fringe_error *error);

/* Values below `least` become it, those above `most` that. */
fringe_status standardise_clip(float *values, size_t count, double least, double most, const fringe_run *run,
                               fringe_error *error);

/* 1 where the value is above the threshold, else 0. */
fringe_status standardise_binarize(float *values, size_t count, double threshold, const fringe_run *run,
                                   fringe_error *error);

/* Puts `value` in the place of NaN and infinities. */
fringe_status standardise_fill(float *values, size_t count, double value, const fringe_run *run,
                               fringe_error *error);

#endif
