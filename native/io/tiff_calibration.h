/* tiff_calibration.h - the pixel size of a TIFF file, from whichever of many places holds it. */
#ifndef IO_TIFF_CALIBRATION_H
#define IO_TIFF_CALIBRATION_H

#include "image/micrograph_source.h"
#include "io/imagej_text.h"
#include "io/ome_text.h"
#include "io/tiff_stream.h"

/* Fills in pixel size, distance of slices and unit of `micrograph` from the handle's current directory, its
 * first. Asked in this order: OME-XML, ImageJ's description with the resolution tags, the notes of FEI and
 * Zeiss microscopes, the resolution tags alone. Either description may be NULL. What cannot be used is left
 * out with a notice. */
void tiff_calibration_read(struct tiff_stream *stream, const struct imagej_text *imagej,
                           const struct ome_text *ome, fringe_micrograph *micrograph);

#endif
