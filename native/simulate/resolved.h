/* resolved.h - whether an image shows a particle's lattice, by what is known about the particle.
 *
 * Resolved: two reflections that are not collinear stand in the power spectrum of the particle's own pixels
 * at 5 times the median power of their ring or more. Known reflections are those that the particle's crystals
 * (also its twins, or the wedges of a multiply twinned one) send into the image: allowed by the structure
 * factor, near enough to the Ewald sphere for the particle's thickness, and coarser than two pixels.
 */
#ifndef SIMULATE_RESOLVED_H
#define SIMULATE_RESOLVED_H

#include <stdint.h>

#include "simulate/scene.h"

/* Fills exposure->resolved from the counts (size_px x size_px) that it gave. The scene's labels are filled.
 */
fringe_status resolved_find(const struct scene *scene, struct scene_exposure *exposure,
                            const uint16_t *counts, fringe_error *error);

#endif
