/* outline.h - the outer edge of a particle as ImageJ traces it, and its convex hull.
 *
 * Corners lie between pixels: (x, y) is the top left corner of pixel (x, y). The outline is that of ImageJ's
 * wand (ij.gui.Wand), corner for corner and with the same start, because ImageJ's perimeter depends on both.
 * Holes have no outline.
 */
#ifndef PARTICLES_OUTLINE_H
#define PARTICLES_OUTLINE_H

#include <stddef.h>
#include <stdint.h>

#include "fringe/particles.h"
#include "particles/component.h"

/* Corners one behind the other, for one outline after another. */
struct outline_corners {
    fringe_corner *items;
    size_t count, capacity;
};

/* Appends the outline of component `number` of the plane `labels`. connectivity as it was found with: with 8,
 * pixels that meet at a corner lie inside one outline. FRINGE_MEMORY is the only failure. */
fringe_status outline_trace(const int32_t *labels, int32_t height_px, int32_t width_px,
                            const struct component *component, int32_t number, int connectivity,
                            struct outline_corners *corners, fringe_error *error);

/* ImageJ's estimate of the perimeter of a traced outline: the length of its sides, less for each corner what
 * a diagonal saves; of corners one pixel apart, those of a staircase, every second counts. Pixels are
 * pixel_width by pixel_height. */
double outline_perimeter(const fringe_corner *corners, size_t count, double pixel_width, double pixel_height);

/* The convex hull of a component of a plane of width_px, without corners on straight sides, from the topmost
 * corner, there the leftmost, down the left side. `hull` has room for 4 * rows of the component; returns
 * their number. */
size_t outline_hull(int32_t width_px, const struct component *component, fringe_corner *hull);

#endif
