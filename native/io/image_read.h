/* image_read.h - opens an image file of any format that Fringe reads; the content decides, not the name. */
#ifndef IO_IMAGE_READ_H
#define IO_IMAGE_READ_H

#include <stdio.h>

#include "fringe/micrograph.h"
#include "fringe/run.h"
#include "fringe/status.h"

/* How an image with a colour table is read. */
enum image_read_palette {
    IMAGE_READ_LUMINANCE, /* a micrograph: the brightness of the colour */
    IMAGE_READ_INDEX      /* a label image: the index itself */
};

/* fringe_micrograph_open, with a choice for images with a colour table. */
fringe_status image_read_open(const char *path, enum image_read_palette palette, const fringe_run *run,
                              fringe_micrograph **micrograph, fringe_error *error);

/* The same for a stream that can seek and that the caller has opened; `name` stands in messages, and its
 * ending is compared with the content. The stream belongs to this function from the call on, whatever the
 * result. */
fringe_status image_read_stream(FILE *stream, const char *name, enum image_read_palette palette,
                                const fringe_run *run, fringe_micrograph **micrograph, fringe_error *error);

/* 1 where a name ends like an image that Fringe reads (".tif", ".TIFF", ".png", ...): which files of a folder
 * are taken. Hidden files, macOS' "._" companions among them, are not. */
int image_read_has_extension(const char *path);

#endif
