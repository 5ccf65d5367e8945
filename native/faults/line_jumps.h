/* line_jumps.h - a few layers against the next few: where a lattice jumps at once.
 *
 * fault_lines.h holds whole sides of a particle against each other: strain, and a thickness that falls
 * towards the rim, turn phases as a glide does, only slowly. Between neighbouring layers they turn little, a
 * glide turns as much as anywhere; and a fault that leaves one side few layers is lost between whole sides.
 * Pure; the same bytes on every run and thread.
 */
#ifndef FAULTS_LINE_JUMPS_H
#define FAULTS_LINE_JUMPS_H

#include "faults/line_profiles.h"

struct line_jump {
    double gain;      /* log likelihood of the best glide over none, of the layers beside one line */
    double share;     /* the gain, of what those layers explain without a glide */
    double coherence; /* their cosine without a glide, all waves together: 1 where nothing jumps */
    double next_gain; /* the best one across another normal */
};

/* The best jump of all normals, with so many layers on either side; no gain and coherence 1 where no wave
 * crosses any. */
struct line_jump line_jumps_find(const struct line_profiles *profiles, double layers);

#endif
