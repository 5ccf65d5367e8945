/* tiff_deflate.h - the compressed form of tiff_write.h: Deflate, a directory behind each plane, by libtiff.
 *
 * Integers are stored as differences to their left neighbour (predictor 2), floats as they are: differences
 * of their bits win nothing that all readers would know to undo. Above 4 GB before compression the file is a
 * BigTIFF, because how large it becomes is known only at the end.
 */
#ifndef IO_TIFF_DEFLATE_H
#define IO_TIFF_DEFLATE_H

#include "base/file.h"
#include "io/tiff_write.h"

struct tiff_deflate;

/* What the first directory says beside the image's form: ImageJ's description, and its notes with their
 * sizes, NULL and 0 for none. */
struct tiff_deflate_texts {
    const char *description;
    const uint32_t *note_sizes;
    uint32_t note_count;
    const unsigned char *notes;
    uint32_t note_bytes;
};

/* Begins the file's content. `options` were checked; `file` stays where it is and its owner's. */
fringe_status tiff_deflate_begin(struct file_writer *file, const struct tiff_write_options *options,
                                 const struct tiff_deflate_texts *texts, struct tiff_deflate **deflate,
                                 fringe_error *error);

/* Appends rows of row_bytes each. */
fringe_status tiff_deflate_rows(struct tiff_deflate *deflate, const void *rows, int64_t row_count,
                                size_t row_bytes, fringe_error *error);

/* Frees; what libtiff held back is written. NULL is accepted. */
fringe_status tiff_deflate_end(struct tiff_deflate *deflate, fringe_error *error);

#endif
