/* exposure.h - the microscope at work: a scene's intensity behind the lens. */
#ifndef SIMULATE_EXPOSURE_H
#define SIMULATE_EXPOSURE_H

#include "fringe/run.h"
#include "simulate/scene.h"

/* The grid of a scene's wave: fine enough for the recipe's wave_pixel_nm and for the image's own pixels. */
int32_t exposure_wave_px(const struct scene *scene);

/* The mean intensity over the frozen phonons, wave_px x wave_px, in a block for alloc_free. The phonons run
 * in parallel, each with its own stream of `rng`, and are summed in their order: the bytes do not depend on
 * the number of threads. Progress counts phonons. FRINGE_CANCELLED between phonons. */
fringe_status exposure_intensity(const struct scene *scene, const struct rng *rng, const fringe_run *run,
                                 float **intensity, fringe_error *error);

#endif
