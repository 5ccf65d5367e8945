/* image_format.h - what image_read.c knows of one image format: is it mine, and open it.
 *
 * One file per format fills in one row. A reader trusts nothing: every size that a file claims is held
 * against the bytes that are really there before memory is taken for it.
 */
#ifndef IO_IMAGE_FORMAT_H
#define IO_IMAGE_FORMAT_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "fringe/run.h"
#include "image/micrograph_source.h"
#include "io/image_read.h"

/* The file that a reader is to open. */
struct image_input {
    FILE *stream;
    int64_t bytes;    /* its length */
    const char *name; /* for messages; lives as long as the micrograph */
    enum image_read_palette palette;
    const fringe_run *run; /* for notices while opening; may be NULL */
};

struct image_format {
    const char *name;              /* "tiff", as in fringe_micrograph_info.reader */
    const char *const *extensions; /* in lower case with their dot, NULL at the end */
    /* 1 where the first `size` bytes of a file are this format's. */
    int (*recognise)(const unsigned char *head, size_t size);
    /* Fills in info, methods and state. On success the state owns input->stream; on failure it was left open
     * and the micrograph without methods. */
    fringe_status (*open)(const struct image_input *input, fringe_micrograph *micrograph,
                          fringe_error *error);
};

extern const struct image_format tiff_read_format, png_read_format, jpeg_read_format;

/* Memory for decoded pixels that a reader takes at most at one time (a row, a row of tiles, an interlaced
 * image). Planes may be larger: they are handed out in rows. */
#define IMAGE_FORMAT_DECODED_BYTES ((uint64_t)512 << 20)

/* Deflate makes at most 258 bytes of 2 bits, so that n bytes cannot hold more than this times n. */
#define IMAGE_FORMAT_DEFLATE_RATIO 1032

/* The luminance of a colour, in the units of its parts (ITU-R BT.601). Exact for greys up to 16 bits. */
static inline float image_format_luminance(double red, double green, double blue)
{
    return (float)(0.299 * red + 0.587 * green + 0.114 * blue);
}

#endif
