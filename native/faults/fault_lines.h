/* fault_lines.h - the lattice of a particle on both sides of straight lines.
 *
 * A stacking fault or twin that is seen along its plane is a line at right angles to a reflection of its
 * layers. Every strong reflection is therefore tried as a normal, and all are followed across: the image
 * times a reflection's wave, summed along lines, is a profile whose phase is that of the lattice (geometric
 * phase analysis, DOI 10.1016/S0304-3991(98)00035-7, with the whole line as its filter). A glide of the
 * layers makes a step in the phase, of 120 degrees for <112>/6; a twin takes the reflection away on one side,
 * and its mirror image appears on the other. Lengths in nm, or px where the pixel size is not known. Pure;
 * the same bytes on every run and thread.
 */
#ifndef FAULTS_FAULT_LINES_H
#define FAULTS_FAULT_LINES_H

#include "crystal/lattice_spots.h"

enum { FAULT_NORMAL_MOST = 6, FAULT_SPOT_MOST = 9, FAULT_WAVE_MOST = FAULT_SPOT_MOST + 5 };

/* The best line across one normal. */
struct fault_line {
    double normal[2]; /* unit vector in the image */
    double offset;    /* of the line from the window's centre, along the normal */
    double extent;    /* of the window from its centre, along the normal */
    double length;    /* of the line inside the window */
    double evidence;  /* log likelihood of a change across the line over none; grows with the dose */
    double strength;  /* how complete the change is, 0 to 1; does not grow with the dose */
    double jump_deg;  /* step: the mean jump of the phases, 0 to 180, weighted by evidence; twin: 0 */
    double third;     /* step: how near the jumps are to a third of a turn, 0 to 1; twin: 0 */
    double balance;   /* how equal the sides are, 0 to 1, weighted by evidence */
    double along;     /* evidence that reflections along the normal, which no glide moves, change too */
    int waves;        /* reflections, or pairs of them, that change */
};

struct fault_lines {
    int normal_count;
    struct fault_line step[FAULT_NORMAL_MOST]; /* by falling evidence */
    struct fault_line twin[FAULT_NORMAL_MOST]; /* by falling strength times evidence */
};

/* FRINGE_MEMORY is the only failure. Without spots there are no normals. */
fringe_status fault_lines_find(const struct lattice_spectrum *spectrum, const struct lattice_spots *spots,
                               struct fault_lines *lines, fringe_error *error);

#endif
