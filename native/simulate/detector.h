/* detector.h - from the intensity behind the lens to counted electrons. */
#ifndef SIMULATE_DETECTOR_H
#define SIMULATE_DETECTOR_H

#include <stdint.h>

#include "base/rng.h"
#include "simulate/scene.h"

/* `intensity` (wave_px x wave_px over the scene's whole cell, mean about 1 of the incident beam; lost)
 * becomes counts (size_px x size_px): sampled at the image's pixels through drift and the detector's transfer
 * function, lit unevenly, counted with Poisson noise, struck by X-rays. wave_px is at least total_px.
 *
 * Transfer function at the frequency u of Nyquist's: 1 / sqrt(1 + u^2 (1 / m^2 - 1)) with m its value at
 * Nyquist. It acts before the counting, so the noise stays white. Drift is a straight, even motion during the
 * exposure: sinc of its length along a drawn direction. Counts end at 65535. */
fringe_status detector_expose(const struct scene *scene, float *intensity, int32_t wave_px, struct rng *rng,
                              uint16_t *counts, fringe_error *error);

#endif
