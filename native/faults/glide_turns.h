/* glide_turns.h - by how much a glide of one side of a line turns the phase of each wave. */
#ifndef FAULTS_GLIDE_TURNS_H
#define FAULTS_GLIDE_TURNS_H

#include "faults/line_profiles.h"

/* A side glides by a part of the crystal's period along the line, and by a layer across it or not: wurtzite's
 * growth fault is both. Glide 0 is none. */
enum { GLIDE_PARTS = 12, GLIDE_COUNT = 2 * GLIDE_PARTS, GLIDE_THIRD_COUNT = 4 };

/* By a third of the period, either way, with a layer across and without: what faults of close-packed layers
 * are. */
extern const int glide_thirds[GLIDE_THIRD_COUNT];

/* turns[wave][glide] of the spots' waves. */
void glide_turns_list(const struct line_profiles *profiles, int normal,
                      double turns[LINE_SPOT_MOST][GLIDE_COUNT]);

#endif
