/* published_features.h - the five features of the published stacking-fault forest, to compare with.
 *
 * Groschner, Choi and Scott, Microsc. Microanal. 27, 549 (2021), DOI 10.1017/S1431927621000386: sums of the
 * modulus of a crop's Fourier transform over rings, and moments of the crop's pixels. They carry neither
 * angle nor phase, and change with crop size, dose and light; nothing of ours is built on them.
 */
#ifndef FAULTS_PUBLISHED_FEATURES_H
#define FAULTS_PUBLISHED_FEATURES_H

#include "crystal/lattice_spectrum.h"

/* Mean and standard deviation of the ring sums, of the pixels, and the ring sums' centre of mass. */
enum { PUBLISHED_FEATURE_COUNT = 5 };

/* Of the mask's bounding box, background included, as crops were published; one that is no product of 2, 3
 * and 5 is made larger with its mean. Values that are not finite count as the mean. FRINGE_ARGUMENT for an
 * empty mask or a box beyond FFT_MOST_PX; FRINGE_MEMORY. */
fringe_status published_features_compute(const struct lattice_region *region,
                                         double features[PUBLISHED_FEATURE_COUNT], fringe_error *error);

#endif
