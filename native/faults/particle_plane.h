/* particle_plane.h - the plane that particles lie in, and each particle cut out of it. */
#ifndef FAULTS_PARTICLE_PLANE_H
#define FAULTS_PARTICLE_PLANE_H

#include "crystal/lattice_spectrum.h"
#include "fringe/faults.h"

struct particle_plane {
    const int32_t *labels; /* the particles' own */
    float *pixels;
    int32_t height_px, width_px;
    double nm_per_px_x, nm_per_px_y; /* both 0 where not known */
};

/* Where a particle lies. */
struct particle_box {
    int32_t x0, y0, x1, y1; /* x1 and y1 are behind the last pixel */
};

/* Reads the plane of an image that the particles lie in. FRINGE_ARGUMENT where their sizes differ (both are
 * named). particle_plane_clear gives the memory back, after a failure too. */
fringe_status particle_plane_read(fringe_micrograph *image, int32_t slice, int32_t channel,
                                  const fringe_particles *particles, struct particle_plane *plane,
                                  fringe_error *error);
void particle_plane_clear(struct particle_plane *plane);

/* The boxes of the particles 1 to `count`. */
void particle_plane_boxes(const struct particle_plane *plane, struct particle_box *boxes, int32_t count);

/* Whether a particle is more than FRINGE_FAULT_BOX_MOST across. */
int particle_plane_is_too_large(const struct particle_box *box);

/* A particle's pixels and mask, as large as its box. FRINGE_MEMORY is the only failure. Given back by
 * particle_plane_drop, after a failure too. */
fringe_status particle_plane_cut(const struct particle_plane *plane, int32_t number,
                                 const struct particle_box *box, struct lattice_region *region,
                                 fringe_error *error);
void particle_plane_drop(struct lattice_region *region);

#endif
