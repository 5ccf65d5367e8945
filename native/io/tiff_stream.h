/* tiff_stream.h - libtiff on a stream of ours: its messages caught, its reading bounded.
 *
 * libtiff prints through global handlers unless told otherwise; here every handle has its own. The bytes that
 * it may fetch while it looks at directories are counted, because a small file can name the same large tag in
 * thousands of directories.
 */
#ifndef IO_TIFF_STREAM_H
#define IO_TIFF_STREAM_H

#include <stdint.h>
#include <stdio.h>

#include <tiffio.h>

#include "fringe/run.h"
#include "fringe/status.h"

struct tiff_stream {
    TIFF *tiff;
    FILE *stream; /* not owned */
    const char *name;
    int64_t bytes;         /* length of the file */
    int64_t at;            /* position of the next read, as libtiff sees it */
    int64_t allowance;     /* bytes that may still be read; negative once they were used up */
    int64_t past_end;      /* where a read went past the end of the file, or -1 */
    char failed[256];      /* the first error since tiff_stream_forget, "" when there was none */
    char warned[256];      /* the last warning */
    int notices_left;      /* so that a file of a thousand pages does not warn a thousand times */
    const fringe_run *run; /* who hears of warnings; NULL for nobody */
};

/* Opens the handle and reads the first directory. `tiff_stream` and `name` stay where they are until
 * tiff_stream_close; the stream is not closed. */
fringe_status tiff_stream_open(struct tiff_stream *tiff_stream, FILE *stream, int64_t bytes, const char *name,
                               const fringe_run *run, fringe_error *error);
void tiff_stream_close(struct tiff_stream *tiff_stream);

/* FRINGE_FORMAT with what libtiff said, where it said anything since the last tiff_stream_forget or read past
 * the file's end; else FRINGE_OK. */
fringe_status tiff_stream_check(struct tiff_stream *tiff_stream, fringe_error *error);
void tiff_stream_forget(struct tiff_stream *tiff_stream);

/* Reads exactly `count` bytes at `offset`; FRINGE_FORMAT with both numbers where the file is shorter. */
fringe_status tiff_stream_fetch(struct tiff_stream *tiff_stream, uint64_t offset, void *bytes, size_t count,
                                fringe_error *error);

#endif
