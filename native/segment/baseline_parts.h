/* baseline_parts.h - what the baselines are made of: responses of single pixels, and ways to group them. */
#ifndef SEGMENT_BASELINE_PARTS_H
#define SEGMENT_BASELINE_PARTS_H

#include <stddef.h>
#include <stdint.h>

#include "fringe/run.h"
#include "fringe/status.h"
#include "segment/baseline.h"

enum { BASELINE_BINS = 256 };

/* Equal bins from the 0.1th to the 99.9th percentile, so that a hot pixel does not decide their width; what
 * lies outside counts as the first or last. */
struct baseline_scale {
    double least, width; /* of a bin; 0 where all values are equal */
};
fringe_status baseline_scale_values(const float *values, size_t count, const fringe_run *run,
                                    struct baseline_scale *scale, fringe_error *error);
int baseline_bin(const struct baseline_scale *scale, float value);

/* Group k is the bins from ends[k - 1] (0 for the first) to ends[k] - 1; ends[group_count - 1] is all. */
void baseline_otsu(const int64_t counts[BASELINE_BINS], int group_count, int ends[BASELINE_MOST_GROUPS]);

/* As above for the best mean IoU with the truth, whose class `order[k]` group k is to be; counts of bins by
 * class. From Otsu's thresholds on each is moved to its best place until none moves. */
void baseline_fit_thresholds(int64_t counts[BASELINE_MOST_GROUPS][BASELINE_BINS], int group_count,
                             const int order[BASELINE_MOST_GROUPS], int ends[BASELINE_MOST_GROUPS]);

/* K-means (Lloyd) on a histogram of rows x columns bins, from centres that divide the pixels into equal parts
 * by the row, until no bin changes its group. Fills the group of each bin; groups rise with the row. */
void baseline_kmeans(const int32_t *counts, int rows, int columns, int group_count, uint8_t *groups);

/* Responses: means over squares of side_px (odd) that are cut at the edges of the image; the standard
 * deviation there; that of the image between two Gaussian blurs. `out` may not be `pixels`. */
fringe_status baseline_mean(const float *pixels, int32_t height_px, int32_t width_px, int32_t side_px,
                            float *out, fringe_error *error);
fringe_status baseline_spread(const float *pixels, int32_t height_px, int32_t width_px, int32_t side_px,
                              float *out, fringe_error *error);
fringe_status baseline_band(const float *pixels, int32_t height_px, int32_t width_px, double fine_px,
                            double coarse_px, const fringe_run *run, float *out, fringe_error *error);

#endif
