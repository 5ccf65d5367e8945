/* isotonic.h - probabilities that mean what they say: a rising curve through outcomes.
 *
 * A forest's score orders rows well, but of those with 0.8 not 80 of 100 need be right. Isotonic regression
 * finds, among all curves that never fall, that with the least squared distance to the outcomes 0 and 1: by
 * pooling adjacent violators (Ayer et al., Ann. Math. Stat. 26, 641 (1955), DOI 10.1214/aoms/1177728423). The
 * curve is kept as knots between which it is straight. Fit on rows that the forest has not seen.
 */
#ifndef FOREST_ISOTONIC_H
#define FOREST_ISOTONIC_H

#include <stddef.h>

#include "fringe/status.h"

struct isotonic {
    size_t count;   /* of knots, 1 or more; 0: nothing is changed */
    double *scores; /* rising */
    double *values; /* never falling, 0 to 1 */
};

/* Fits `count` scores (finite) with outcomes 0 or 1. The caller clears *curve. FRINGE_ARGUMENT for no score
 * or one that is no number; FRINGE_MEMORY. */
fringe_status isotonic_fit(const float *scores, const unsigned char *outcomes, size_t count,
                           struct isotonic *curve, fringe_error *error);

/* Copies knots that were read from a file. FRINGE_MODEL where scores do not rise or values fall or leave 0 to
 * 1, with knot and both numbers. */
fringe_status isotonic_from_knots(const double *scores, const double *values, size_t count,
                                  struct isotonic *curve, fringe_error *error);

/* The curve at a score; that of the first or last knot beyond them, the score itself where there are none. */
double isotonic_apply(const struct isotonic *curve, double score);

void isotonic_clear(struct isotonic *curve);

#endif
