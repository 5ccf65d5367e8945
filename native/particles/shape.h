/* shape.h - the measures of a particle that need nothing but its pixels. */
#ifndef PARTICLES_SHAPE_H
#define PARTICLES_SHAPE_H

#include "particles/component.h"
#include "particles/outline.h"

/* The size of a pixel in the unit of the results; 1, 1 for pixels. */
struct pixel_size {
    double width, height;
};

/* Fills in every measure of FRINGE_FROM_SHAPE but the neighbour's distance, of a component of a plane of
 * width_px. `corners` is its outline; `hull` is scratch for 4 * rows of the component. */
void shape_measure(int32_t width_px, const struct component *component, const fringe_corner *corners,
                   size_t corner_count, struct pixel_size pixel, fringe_corner *hull,
                   fringe_particle *particle);

/* Fills in each particle's distance to the nearest other one, centroid to centroid, NaN for a single one.
 * FRINGE_MEMORY is the only failure. */
fringe_status shape_neighbours(fringe_particle *particles, int32_t count, fringe_error *error);

#endif
