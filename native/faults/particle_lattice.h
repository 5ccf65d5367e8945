/* particle_lattice.h - what was found in one particle, in the words of fringe/faults.h. */
#ifndef FAULTS_PARTICLE_LATTICE_H
#define FAULTS_PARTICLE_LATTICE_H

#include "crystal/lattice_match.h"
#include "faults/fault_features.h"
#include "fringe/faults.h"

/* Lines that a particle may have, by falling certainty; which of them it has depends on its class. */
struct particle_lines {
    fringe_fault_line steps[FRINGE_FAULT_LINES_MOST], twins[FRINGE_FAULT_LINES_MOST];
    int step_count, twin_count;
};

/* Room for the names of as many phases as a rating has at most. */
enum { PARTICLE_PHASE_BYTES = MATCH_DECIDED_MOST * (CELL_NAME_BYTES + 4) };

/* Fills in everything about the lattice. `phases` is NULL where the pixel size is not known. The rating's
 * `phase` is "" or lies in `names`, which has PARTICLE_PHASE_BYTES. Where it is named, *match (may be NULL)
 * is how the likeliest one lies. */
void particle_lattice_describe(const struct fault_findings *findings, const struct phase_list *phases,
                               char *names, fringe_fault_rating *rating, struct lattice_match *match);

/* The lines of the findings from border to border of the region's mask, moved by (left_px, top_px). */
void particle_lattice_trace(const struct fault_findings *findings, const struct lattice_region *region,
                            int32_t left_px, int32_t top_px, struct particle_lines *lines);

/* Gives a rating whose class is known the lines that belong to it. */
void particle_lattice_choose(const struct particle_lines *lines, fringe_fault_rating *rating);

#endif
