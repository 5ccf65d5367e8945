/* tiff_write.h - calibrated TIFF as ImageJ writes it, row by row.
 *
 * The form is ImageJ's own: classic TIFF, uncompressed, one strip per plane, planes without gaps, a directory
 * for each plane and, where the file passes 4 GB, for the first alone, the description that ImageJ reads
 * ("ImageJ=...", unit, channels, display range), resolution tags in pixels per nm, slice labels in ImageJ's
 * private tags. Everything but the pixels is known at the beginning and stands before them. The file is
 * complete or absent.
 *
 * Planes come channel by channel, then slice by slice: plane = slice * channel_count + channel; rows from the
 * top. One object serves one thread.
 */
#ifndef IO_TIFF_WRITE_H
#define IO_TIFF_WRITE_H

#include <stdint.h>

#include "fringe/micrograph.h"
#include "fringe/status.h"

struct tiff_writer;

struct tiff_write_options {
    int32_t width_px, height_px;
    int32_t channel_count, slice_count; /* at least 1 each */
    fringe_pixel pixel;                 /* FRINGE_PIXEL_UINT8, _UINT16 or _FLOAT32 */
    double nm_per_px_x, nm_per_px_y;    /* 0 when unknown; both or none */
    double nm_per_slice;                /* 0 when unknown */
    int32_t frame_count;                /* time points among the slices; 0 stands for 1 */
    double seconds_per_frame;           /* 0 when unknown */
    int has_display;                    /* 1: ImageJ shows display_min to display_max */
    double display_min, display_max;
    const char *const *slice_labels; /* slice_count texts in UTF-8, single ones NULL or ""; NULL for none */
    /* channel_count texts as well: a plane of several channels is labelled "particle", or "particle: slice 7"
     * where its slice has a label. */
    const char *const *channel_names;
    const char *description; /* lines "key=value\n" added to ImageJ's; NULL for none */
    int class_colours;       /* 1, UINT8 only: a colour table of easily told colours, 0 black; the
                                indices stay readable as such */
    int compress;            /* 1: the form of tiff_deflate.h, which cannot be resumed */
    int unmarked;            /* 1: without the line by which Fringe knows its results, for files that
                                are made to be inputs */
};

/* 1 where the file is a BigTIFF, which plain ImageJ does not open: compressed, of more than 4 GB before. */
int tiff_write_is_big(const struct tiff_write_options *options);

/* Begins a file beside `path`. FRINGE_ARGUMENT where the options contradict themselves, FRINGE_UNSUPPORTED
 * where a plane would pass 4 GB, FRINGE_FILE where it cannot be created. Texts are copied. */
fringe_status tiff_write_begin(const char *path, const struct tiff_write_options *options,
                               struct tiff_writer **writer, fringe_error *error);

/* Goes on with a file that tiff_write_keep or a killed process left, behind its first `planes` planes;
 * options as they were at its beginning. FRINGE_FILE where there is none, FRINGE_FORMAT where it is shorter
 * or another file; it stays as it is then. */
fringe_status tiff_write_resume(const char *path, const struct tiff_write_options *options, int64_t planes,
                                struct tiff_writer **writer, fringe_error *error);

/* Appends row_count rows of width_px samples in the options' type, native byte order. FRINGE_ARGUMENT where
 * the file has room for fewer. */
fringe_status tiff_write_rows(struct tiff_writer *writer, const void *rows, int64_t row_count,
                              fringe_error *error);

/* Brings the rows so far to the disk: from here on a killed process can be resumed behind them. */
fringe_status tiff_write_sync(struct tiff_writer *writer, fringe_error *error);

/* Puts the file in place and frees the writer, in every case; FRINGE_ARGUMENT where rows are missing, and
 * then, as after any failure, nothing is left of it. */
fringe_status tiff_write_commit(struct tiff_writer *writer, fringe_error *error);

/* Deletes what was written and frees. NULL is accepted. */
void tiff_write_discard(struct tiff_writer *writer);

/* Leaves what was written for tiff_write_resume and frees. NULL is accepted. */
void tiff_write_keep(struct tiff_writer *writer);

#endif
