/* roi_write.h - an outline as one of ImageJ's ROI files (.roi, version 228, as ImageJ 1.54g writes them).
 *
 * An outline becomes a "traced" selection, the kind that ImageJ's wand and particle analyzer make: its
 * perimeter is then ImageJ's own. That kind holds 16-bit coordinates; outlines of more than 65,535 corners,
 * or beyond pixel 60,000, are written as ImageJ writes those, as a shape of 32-bit floats.
 */
#ifndef IO_ROI_WRITE_H
#define IO_ROI_WRITE_H

#include <stddef.h>
#include <stdint.h>

#include "fringe/particles.h"
#include "fringe/status.h"

struct roi_outline {
    const fringe_corner *corners; /* in order, without the first again at the end */
    size_t count;                 /* at least 3 */
    const char *name;             /* UTF-8 */
    int32_t position;             /* in a stack, from 1; 0 where there is none */
    int32_t group;                /* 0 to 255: ImageJ colours ROIs by group; 0 for none */
};

/* Encodes an outline. The caller gives *bytes to alloc_free. FRINGE_MEMORY is the only failure. */
fringe_status roi_write(const struct roi_outline *outline, unsigned char **bytes, size_t *size,
                        fringe_error *error);

#endif
