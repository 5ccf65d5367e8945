/* distance.h - how far each pixel is from what is not its component: exact Euclidean distance. */
#ifndef PARTICLES_DISTANCE_H
#define PARTICLES_DISTANCE_H

#include <stdint.h>

#include "fringe/status.h"

/* Writes, for each pixel of the plane `labels`, (height_px, width_px), the squared distance in pixels from
 * its centre to that of the nearest pixel of another number; 0 for those of number 0, INFINITY where there is
 * no other number. Beyond the edge of the image lies nothing. Time is linear in the plane (Felzenszwalb and
 * Huttenlocher, DOI 10.4086/toc.2012.v008a019). FRINGE_MEMORY is the only failure. */
fringe_status distance_squares(const int32_t *labels, int32_t height_px, int32_t width_px, float *squares,
                               fringe_error *error);

#endif
