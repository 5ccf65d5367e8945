/* ring_contrast.h - how far a particle's spectrum stands out of its rings, whether or not a spot is sure.
 *
 * What may be called a spot noise makes once in fifty particles. Many particles show their lattice by several
 * reflections that are weaker, each of which might be chance: small crystals, and above all those of many
 * domains, whose reflections share the power. Here all frequencies are counted instead, by contrast: power
 * over the median of their ring, so that noise has the same contrasts everywhere. A pure function of the
 * spectrum.
 */
#ifndef FAULTS_RING_CONTRAST_H
#define FAULTS_RING_CONTRAST_H

#include "crystal/lattice_spectrum.h"

enum { RING_DIRECTION_COUNT = 3 };

struct ring_contrast {
    /* Of the highest maximum, the highest of another direction than its, and so on: log2(1 + contrast), 0
     * where there is none. Two directions differ by 10 degrees or more. */
    double peaks[RING_DIRECTION_COUNT];
    double share_8; /* of all frequencies, those that stand at 8 times their median; of noise 1/256 */
    double spread;  /* of rings, the mean over what their median tells of noise: 1 for noise alone */
    double rise;    /* the greatest log2 of a ring's mean power over that of the rings on either side */
};

/* FRINGE_MEMORY is the only failure. All zero where a particle is so small that no frequency is left. */
fringe_status ring_contrast_measure(const struct lattice_spectrum *spectrum, struct ring_contrast *contrast,
                                    fringe_error *error);

#endif
