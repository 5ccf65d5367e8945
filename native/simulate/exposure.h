/* exposure.h - the microscope at work: a scene's intensities behind the lens. */
#ifndef SIMULATE_EXPOSURE_H
#define SIMULATE_EXPOSURE_H

#include "fringe/run.h"
#include "simulate/scene.h"

/* The grid of a scene's wave: as fine as the recipe's wave_pixel_nm says. The image's own pixels may be
 * finer: what the lens lets through is the same. */
int32_t exposure_wave_px(const struct scene *scene);

/* The mean intensity over the frozen phonons of each of the scene's exposures, one plane of wave_px x wave_px
 * after the other, in a block for alloc_free. The phonons, each with its own stream of `rng`, are summed in
 * their order: the bytes do not depend on who computes them. With `spread` they run in parallel on the run's
 * pool; without, one after the other, for a caller that stands in the pool itself. `run` is not NULL.
 * FRINGE_CANCELLED between phonons. */
fringe_status exposure_intensities(const struct scene *scene, const struct rng *rng, const fringe_run *run,
                                   int spread, float **intensities, fringe_error *error);

#endif
