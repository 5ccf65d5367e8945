/* png_picture.h - small PNG pictures in memory: from a large picture of Fringe's to one that a page can hold.
 */
#ifndef IO_PNG_PICTURE_H
#define IO_PNG_PICTURE_H

#include <stddef.h>
#include <stdint.h>

#include "fringe/status.h"

/* Reads a PNG as RGB, makes it smaller by a whole factor, averaging, until neither side exceeds `most_px`,
 * and writes it as PNG again. `name` stands in messages. The caller gives *bytes to alloc_free; *width_px and
 * *height_px are the new size. FRINGE_FORMAT where it is damaged or claims more pixels than its bytes can
 * hold. */
fringe_status png_picture_reduce(const unsigned char *png, size_t png_size, const char *name, int32_t most_px,
                                 unsigned char **bytes, size_t *size, int32_t *width_px, int32_t *height_px,
                                 fringe_error *error);

#endif
