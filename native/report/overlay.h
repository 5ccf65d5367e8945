/* overlay.h - the picture of a result: the micrograph in grey with its particles in colour.
 *
 * For people, not for measuring: grey values are stretched and rounded. Planes are (H, W) row-major, origin
 * top left.
 */
#ifndef REPORT_OVERLAY_H
#define REPORT_OVERLAY_H

#include <stdint.h>

#include "fringe/faults.h"
#include "fringe/micrograph.h"
#include "fringe/particles.h"
#include "fringe/status.h"

/* What lies over the micrograph. */
struct overlay_labels {
    const uint8_t *planes; /* (plane_count, H, W) */
    int32_t plane_count;
    int classes; /* 1: one plane of class indices, each class but 0 tinted and outlined in its own colour;
                    0: masks, not 0 inside, each outlined in its own colour */
};

/* Draws into rgb, (H, W, 3) bytes. `grey` is (H, W); it is stretched so that 0.35 % of its finite pixels
 * outside `excluded` are saturated, half of them at each end, as ImageJ's Enhance Contrast does; pixels that
 * are not finite come out black. Outlines lie inside their particle and are one pixel thick, and one more for
 * each 1024 pixels of the longer side. FRINGE_MEMORY is the only failure. Any thread; the same bytes every
 * time. */
fringe_status overlay_draw(const float *grey, int32_t height_px, int32_t width_px,
                           const fringe_excluded *excluded, const struct overlay_labels *labels, uint8_t *rgb,
                           fringe_error *error);

/* The same for particles, each with an outline of its own also where others touch it: in the colour of its
 * class (overlay_fault_colour), with the planes that were seen as lines; all in one colour where `faults` is
 * NULL. `grey` has the particles' size. */
fringe_status overlay_draw_particles(const float *grey, const fringe_excluded *excluded,
                                     const fringe_particles *particles, const fringe_faults *faults,
                                     uint8_t *rgb, fringe_error *error);

/* The colour of a class: red, green, blue. Static. */
const uint8_t *overlay_fault_colour(fringe_fault fault);

#endif
