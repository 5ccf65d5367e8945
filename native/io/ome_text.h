/* ome_text.h - what OME-XML in a TIFF description says of the first image: axes and pixel size. */
#ifndef IO_OME_TEXT_H
#define IO_OME_TEXT_H

#include <stddef.h>
#include <stdint.h>

#include "fringe/status.h"

/* 0 and "" where the text is silent. */
struct ome_text {
    int64_t channels, slices, frames; /* SizeC, SizeZ, SizeT */
    char order[8];                    /* DimensionOrder, "XYZCT" */
    double x, y, z;                   /* PhysicalSizeX, Y, Z in their units */
    char x_unit[32], y_unit[32], z_unit[32];
};

/* 1 where a description is OME-XML, by its first bytes. */
int ome_text_is(const char *description, size_t length);

/* Reads up to the first <Pixels> element. Entities are refused, so that nothing can be made to grow.
 * FRINGE_FORMAT where the text is no XML up to there or holds no such element; `name` stands before the
 * message. Any thread. */
fringe_status ome_text_parse(const char *description, size_t length, const char *name, struct ome_text *text,
                             fringe_error *error);

#endif
