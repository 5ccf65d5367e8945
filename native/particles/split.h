/* split.h - divides particles that touch.
 *
 * The half-width of a particle at a pixel is that pixel's distance to the nearest pixel that is not the
 * particle's. It has a peak in the middle of each part and a saddle in the neck between two. Parts are apart
 * where the saddle is lower than `neck` times the lower of the two peaks: for two discs of one radius R with
 * `neck` 0.8 that is when their centres are 1.2 R apart or more. The rule knows no size, so it is the same at
 * any magnification. What is less than SPLIT_LEAST_PART as wide as its neighbour is a bump on it (an atom at
 * a corner has a neck too), and differences below SPLIT_GRID_PX are the pixel grid's.
 *
 * What is beyond the edge of the image is not known and counts as particle: a particle that the edge cuts has
 * no neck there.
 */
#ifndef PARTICLES_SPLIT_H
#define PARTICLES_SPLIT_H

#include "particles/component.h"

/* A disc's outline of whole pixels is off by up to half a pixel on each side. */
#define SPLIT_GRID_PX 1.0

#define SPLIT_LEAST_PART 0.25

/* Fills `parts`, of the size of `labels`, with one number above 0 for each part of each component and 0
 * elsewhere; each pixel goes to the peak to which the half-width rises most steeply. connectivity as the
 * components were found with. FRINGE_MEMORY is the only failure. */
fringe_status split_parts(const int32_t *labels, int32_t height_px, int32_t width_px,
                          const struct component_list *list, int connectivity, double neck, int32_t *parts,
                          fringe_error *error);

#endif
