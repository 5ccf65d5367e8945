/* microstructure.h - the phases of a battery electrode in a box of voxels: rough grains of active material
 * that touch, a binder that gathers near them, pores.
 *
 * Voxel (x, y, z) stands at (z * size_px + y) * size_px + x. The box repeats itself along every axis, so that
 * no border differs from the middle.
 */
#ifndef SIMULATE_MICROSTRUCTURE_H
#define SIMULATE_MICROSTRUCTURE_H

#include <stdint.h>

#include "base/rng.h"
#include "fringe/status.h"

enum { MICROSTRUCTURE_PORE, MICROSTRUCTURE_ACTIVE, MICROSTRUCTURE_BINDER, MICROSTRUCTURE_PHASE_COUNT };

struct microstructure {
    int32_t size_px, depth_px;         /* depth 1: a section */
    double active_share, binder_share; /* of the volume; of what the active material leaves */
    double grain_px;                   /* mean diameter of the grains */
};

/* Fills `phases` and, where it is not NULL, `grains` with the grain of each active voxel (0 elsewhere). A
 * section is cut through grains in space. */
fringe_status microstructure_fill(const struct microstructure *structure, struct rng *rng, uint8_t *phases,
                                  uint16_t *grains, fringe_error *error);

/* Blurs by a Gaussian of the given standard deviation along every axis that is longer than 1; `line` holds
 * 2 size_px floats. */
void microstructure_blur(const struct microstructure *structure, double sd_px, float *values, float *line);

#endif
