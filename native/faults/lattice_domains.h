/* lattice_domains.h - whether a particle's reflections come from the same parts of it.
 *
 * Each strong reflection's amplitude is mapped over the particle, through a Gaussian of two spacings. In one
 * crystal all maps rise and fall together, with its thickness; in twins and multiply twinned particles each
 * domain has its own. No plane, axis or symmetry is asked for, so that icosahedra far off their axes show
 * what they are as well. Pure; the same bytes on every run and thread.
 */
#ifndef FAULTS_LATTICE_DOMAINS_H
#define FAULTS_LATTICE_DOMAINS_H

#include "faults/line_profiles.h"

/* Of two maps and more; all zero where there are fewer, or where the particle is a few cells alone. */
struct lattice_domains {
    double overlap;     /* cosine of two maps, mean over all pairs */
    double correlation; /* the same about their means, by the reflections' amplitudes */
    double order;       /* of a wave's local phases: sum over sum of moduli, by amplitude */
    double order_least; /* of the five strongest */
    double evenness;    /* the weakest quarter of a map over its strongest, by amplitude */
    double count;       /* how many maps unlike one another there are: 1 where all are alike */
    double power_count; /* the same, by the reflections' power */
};

/* FRINGE_MEMORY is the only failure. */
fringe_status lattice_domains_measure(struct line_profiles *profiles, struct lattice_domains *domains,
                                      fringe_error *error);

#endif
