/* detector.h - from the intensity behind the lens to counts. */
#ifndef SIMULATE_DETECTOR_H
#define SIMULATE_DETECTOR_H

#include <stdint.h>

#include "base/rng.h"
#include "simulate/scene.h"

/* `intensity` (wave_px x wave_px over the scene's whole cell, mean about 1 of the incident beam; lost)
 * becomes counts (size_px x size_px): sampled at the image's pixels, blurred by drift, lit unevenly, counted
 * with Poisson noise, struck by X-rays.
 *
 * Transfer function at the frequency u of Nyquist's: 1 / sqrt(1 + u^2 (1 / m^2 - 1)) with m its value at
 * Nyquist. A counting detector has it before the counting, so its noise stays white, and a count is an
 * electron. An integrating one (scintillator and camera) spreads each counted electron by it, so its noise is
 * as blurred as the image; a count is 1 / gain electron, and readout adds noise of its own.
 * Drift is a straight, even motion during the exposure: sinc of its length along a drawn direction. Counts
 * end at 0 and 65535. */
fringe_status detector_expose(const struct scene *scene, const struct scene_exposure *exposure,
                              float *intensity, int32_t wave_px, struct rng *rng, uint16_t *counts,
                              fringe_error *error);

#endif
