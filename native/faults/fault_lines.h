/* fault_lines.h - lines in a particle across which its lattice changes as across a fault's plane.
 *
 * Two whole crystals with one fault each are held against a crystal with none, for every line at right angles
 * to a strong reflection. A glide moves one side of its plane along the line: one length decides the jumps of
 * all waves' phases at once. A twin's plane has every reflection on one side alone, and its mirror image on
 * the other. All three have the same number of amplitudes, so what a fault explains more may be compared as
 * it stands, and is below zero where there is none. Lengths in nm, or px where the pixel size is not known.
 * Pure; the same bytes on every run and thread.
 */
#ifndef FAULTS_FAULT_LINES_H
#define FAULTS_FAULT_LINES_H

#include "faults/lattice_domains.h"
#include "faults/line_jumps.h"

/* The best glide by a third of the crystal's period across one normal, wherever it lies best: named as in
 * struct fault_line. */
struct fault_third {
    double gain, share, strength, offset;
};

/* The best line across one normal. */
struct fault_line {
    double normal[2];  /* unit vector in the image */
    double offset;     /* of the line from the window's centre, along the normal */
    double extent;     /* of the window from its centre, along the normal */
    double layer;      /* spacing of the reflection that is the normal's */
    double length;     /* of the line inside the window */
    double gain;       /* log likelihood over a crystal with no fault; grows with the dose */
    double share;      /* the gain, of what that crystal explains; does not grow with the dose */
    double strength;   /* 0 to 1: a glide's gain over that of waves with free jumps; how completely a twin
                          exchanges its waves */
    double along;      /* glide: what the waves along the normal would gain if they might jump, of what they
                          explain; twin: what its two crystals share, over what they do not */
    int waves;         /* that gain; pairs of them for a twin */
    double third_part; /* glide: the gain by a third of the crystal's period over that by the best part, to 1
                        */
    double next;       /* glide: the share of a second one across the same normal, behind which the first is
                          taken back */
    struct fault_third third;
};

struct fault_lines {
    int normal_count;
    struct fault_line glides[LINE_NORMAL_MOST], twins[LINE_NORMAL_MOST]; /* both by falling gain */
    struct line_jump jump_near, jump_far;
    struct lattice_domains domains;
};

/* FRINGE_MEMORY is the only failure. Without spots there are no normals. */
fringe_status fault_lines_find(const struct lattice_spectrum *spectrum, const struct lattice_spots *spots,
                               struct fault_lines *lines, fringe_error *error);

#endif
