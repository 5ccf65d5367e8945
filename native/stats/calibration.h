/* calibration.h - whether probabilities mean what they say.
 *
 * Pixels are sorted by the confidence of their label into CALIBRATION_BINS equal bins of 0 to 1 (a bin holds
 * its upper end). Where labels of confidence 0.8 are right in 80 % of the pixels, the error is 0. Tables of
 * several images may be added before the error is taken.
 */
#ifndef STATS_CALIBRATION_H
#define STATS_CALIBRATION_H

#include <stddef.h>
#include <stdint.h>

enum { CALIBRATION_BINS = 15 };

struct calibration {
    int64_t count[CALIBRATION_BINS], right[CALIBRATION_BINS];
    double confidence[CALIBRATION_BINS]; /* sums */
};

/* Adds one pixel: how sure its label is, 0 to 1 (what lies outside counts as the nearest end, NaN as 0), and
 * whether it is right. */
void calibration_add(struct calibration *table, float confidence, int right);

void calibration_add_table(struct calibration *table, const struct calibration *other);

/* The expected calibration error (Naeini et al. 2015): the mean over all pixels of how far the share of right
 * labels in their bin is from the mean confidence there. NAN where there is no pixel. */
double calibration_error(const struct calibration *table);

#endif
