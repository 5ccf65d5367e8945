/* label.h - the truth of a scene: which pixels belong to particles.
 *
 * The rule: a disc of the covalent radius around every projected atom of a particle, and whatever those discs
 * enclose. A pixel belongs where its centre does. The support counts nothing.
 */
#ifndef SIMULATE_LABEL_H
#define SIMULATE_LABEL_H

#include <stdint.h>

#include "simulate/scene.h"

/* Fills `mask` (size_px x size_px, 0 or 255), and each particle's own label with its box and area_px. */
fringe_status label_fill(struct scene *scene, uint8_t *mask, fringe_error *error);

#endif
