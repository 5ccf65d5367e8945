/* png_write.h - PNG pictures for people: overlays and covers, 8-bit grey or RGB. */
#ifndef IO_PNG_WRITE_H
#define IO_PNG_WRITE_H

#include <stdint.h>

#include "fringe/status.h"

/* The text "Software" of every PNG that Fringe writes begins so; png_read.c knows its own by it. */
#define PNG_WRITE_SOFTWARE "Fringe"

/* Writes (height_px, width_px, channel_count) bytes, channel_count 1 for grey or 3 for RGB, compressed
 * without loss. The file is complete or absent; an existing one is replaced. FRINGE_FILE where it cannot be
 * written. Any thread. */
fringe_status png_write(const char *path, const uint8_t *pixels, int32_t height_px, int32_t width_px,
                        int32_t channel_count, fringe_error *error);

#endif
