/* plane_read.h - the planes that particles are found and measured in, and the size of their pixels. */
#ifndef PARTICLES_PLANE_READ_H
#define PARTICLES_PLANE_READ_H

#include <stdint.h>

#include "fringe/particles.h"
#include "particles/shape.h"

/* Largest label that a float tells apart from its neighbours; micrographs hand out floats. */
#define PLANE_READ_MOST_LABEL (1 << 24)

/* The size of a pixel: the options' own, else the labels', else the image's; 1, 1 and *calibrated 0 where
 * none is known. Where labels and image contradict each other by more than 0.5 % a notice goes to `run`.
 * FRINGE_ARGUMENT where the options ask for nm and there are none. `image` may be NULL. */
fringe_status plane_read_pixel_size(fringe_micrograph *labels, fringe_micrograph *image,
                                    const fringe_particles_options *options, const fringe_run *run,
                                    struct pixel_size *pixel, int *calibrated, fringe_error *error);

/* Reads labels as whole numbers, or with a threshold above 0 as 1 where they reach it. FRINGE_ARGUMENT names
 * the first pixel that is no label. The caller gives *values to alloc_free. */
fringe_status plane_read_values(fringe_micrograph *labels, int32_t slice, double threshold, int32_t **values,
                                fringe_error *error);

/* Reads the plane of an image that lies under the labels; NULL where `image` is NULL. `channel` -1 takes the
 * only one, or the second of two. FRINGE_ARGUMENT where size, slices or channels do not fit. The caller gives
 * *plane to alloc_free. */
fringe_status plane_read_beside(fringe_micrograph *labels, fringe_micrograph *image, const char *what,
                                int32_t channel, int32_t slice, float **plane, fringe_error *error);

#endif
