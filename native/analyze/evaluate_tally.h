/* evaluate_tally.h - what is counted for one method on some images, and the scores that follow. */
#ifndef ANALYZE_EVALUATE_TALLY_H
#define ANALYZE_EVALUATE_TALLY_H

#include "fringe/evaluate.h"
#include "stats/boundary.h"
#include "stats/calibration.h"
#include "stats/confusion.h"

enum { EVALUATE_UNLABELLED = 255 }; /* class of pixels that are not scored */

struct evaluate_tally {
    struct confusion confusion;
    struct boundary_distances px[FRINGE_EVALUATE_MOST_CLASSES], nm[FRINGE_EVALUATE_MOST_CLASSES];
    struct calibration calibration;
};

fringe_status evaluate_tally_create(int class_count, struct evaluate_tally *tally, fringe_error *error);
void evaluate_tally_clear(struct evaluate_tally *tally);

/* A slice with what a method made of it. */
struct evaluate_slice {
    const uint8_t *truth, *predicted; /* (H, W): class, in truth also EVALUATE_UNLABELLED */
    const float *confidence;          /* of the predicted class; NULL where the method has none; a pixel of 0
                                         or less has none */
    int32_t height_px, width_px;
    double nm_per_px_x, nm_per_px_y; /* 0 unknown */
};

/* Adds a slice. FRINGE_MEMORY or FRINGE_CANCELLED. */
fringe_status evaluate_tally_add(struct evaluate_tally *tally, const struct evaluate_slice *slice,
                                 const fringe_run *run, fringe_error *error);

/* Adds a tally of the same number of classes; empties one. */
void evaluate_tally_add_all(struct evaluate_tally *tally, const struct evaluate_tally *other);
void evaluate_tally_empty(struct evaluate_tally *tally);

/* Fills (class_count + 1, FRINGE_SCORE_COUNT) values: each class, then the mean of those that are there. */
void evaluate_tally_scores(const struct evaluate_tally *tally, double *values);

#endif
