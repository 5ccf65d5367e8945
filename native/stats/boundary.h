/* boundary.h - how far the outline of a class as predicted lies from its outline in truth.
 *
 * A pixel of a class lies on its boundary where one of its four neighbours is of another class; the edge of
 * the image is no boundary. From every boundary pixel of either plane the distance to the nearest boundary
 * pixel of the other is taken, between centres; their mean is the average symmetric surface distance. Sums
 * and counts may be added over images before the mean is taken. Planes are (H, W) row-major, one byte a
 * pixel.
 */
#ifndef STATS_BOUNDARY_H
#define STATS_BOUNDARY_H

#include <stdint.h>

#include "fringe/run.h"
#include "fringe/status.h"

struct boundary_distances {
    double sum;    /* in the unit of the pixel size */
    int64_t count; /* boundary pixels of both planes; 0 where one of them has no boundary: no distance */
};

struct boundary_grid {
    int32_t height_px, width_px;
    double pixel_y, pixel_x; /* the pixel's sides, above 0 */
};

/* Measures one class. Exact (Felzenszwalb and Huttenlocher 2012, DOI 10.4086/toc.2012.v008a019), in time
 * proportional to the pixels. Takes 16 bytes a pixel. FRINGE_MEMORY or FRINGE_CANCELLED. The same bytes for
 * any number of threads of `run`, which is not NULL. */
fringe_status boundary_measure(const uint8_t *truth, const uint8_t *predicted, int class_index,
                               struct boundary_grid grid, const fringe_run *run,
                               struct boundary_distances *distances, fringe_error *error);

#endif
