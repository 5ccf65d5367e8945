/* line_sums.h - what a line leaves of a wave on either side. */
#ifndef FAULTS_LINE_SUMS_H
#define FAULTS_LINE_SUMS_H

#include "faults/line_profiles.h"

/* Waves stand on the crystal's net as far as it is known; each may lean along the normal by so many steps
 * both ways besides, as strain and the net's own error have it. Every explanation may correct it. */
enum { LINE_LEANS = 13 };

/* Places where a line has enough of the window on both sides, and the part of the noise's power below each.
 */
struct line_sides {
    int first, last; /* no place where last < first */
    double noise[LINE_PLACES];
};

/* A wave's sums from the lower end of a profile to behind each place; the last ones are the whole. */
struct line_sums {
    double re[LINE_PLACES], im[LINE_PLACES];
};

/* A fault that is known already: it turns a wave behind a place, in turns. */
struct line_turn {
    int place;
    double turns;
};

struct line_sides line_sides_measure(const struct line_profile *profile);

/* `known` is taken back first where it is not NULL. */
void line_sums_make(const struct line_profiles *profiles, int normal, int wave, int lean,
                    const struct line_turn *known, struct line_sums *sums);

#endif
