/* particle.h - one particle of a scene: what is drawn about it, and what its faults look like from above. */
#ifndef SIMULATE_PARTICLE_H
#define SIMULATE_PARTICLE_H

#include <stdint.h>

#include "simulate/recipe.h"

struct particle_fault {
    struct grain_fault fault;
    double distance_a; /* of its plane from the particle's centre */
    double tilt_deg;   /* of its plane from the beam, 0 to 90 */
    double trace_a;    /* length of its trace in particle and image, by the atoms beside it */
    double trace_deg;  /* the trace's direction in the image, 0 to 180, 0 along x, 90 down */
    int edge_on;       /* tilt below 5 degrees and trace of 1 nm at least */
};

struct particle {
    struct grain grain;
    double zone[3]; /* the crystal's direction along the beam, Cartesian, where on_zone */
    int on_zone;
    double strain; /* the largest relative change of a length that was drawn */
    double foot_a; /* from the centre to where it is cut flat; the radius where it is not */
    struct particle_fault faults[GRAIN_FAULT_MOST];
    int boundary_count; /* twin planes of a decahedron or icosahedron */
    int edge_on_count;  /* of faults and of these */
    /* Its label inside the image, by label_fill: the box that holds it, 1 where it is. */
    int32_t left_px, top_px, width_px, height_px;
    uint8_t *label;
    int64_t area_px;
};

/* Draws everything but the place of a particle. `zone` and faults are chosen so that an on-zone particle
 * shows its faults edge-on. */
void particle_draw(const struct recipe *recipe, const struct phase *phase, double diameter_a, struct rng *rng,
                   struct particle *particle);

/* Once the way up from the support is known: cuts the foot. */
void particle_cut_foot(struct particle *particle, double up);

/* How faults and twin planes lie to the beam; the faults' traces by the atoms of `owner`. The image is the
 * square from `low_a` to `high_a` in x and y: what lies beyond its edge is no part of a trace. */
void particle_measure(const struct atoms *atoms, int owner, double low_a, double high_a,
                      struct particle *particle);

#endif
