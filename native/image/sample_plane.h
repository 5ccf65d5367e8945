/* sample_plane.h - one channel of one slice in memory, in the smallest type that gives its numbers back.
 *
 * Most micrographs are 8 or 16 bits of whole numbers, which as floats take four or two times the memory. A
 * plane is read as the type that the file names, and where a number turns out not to fit (a palette's
 * luminance) as float. Whole numbers stand for an index, 0 to sample_plane_value_count - 1, in the rising
 * order of the numbers: what is computed of a pixel alone can be computed once for each index instead.
 *
 * Pixels are (H, W) row-major without gaps. Any number of threads may look at a plane.
 */
#ifndef IMAGE_SAMPLE_PLANE_H
#define IMAGE_SAMPLE_PLANE_H

#include <stddef.h>
#include <stdint.h>

#include "fringe/micrograph.h"
#include "fringe/run.h"

struct sample_plane {
    fringe_pixel pixel; /* FRINGE_PIXEL_UINT8, _UINT16, _INT16 or _FLOAT32 */
    int32_t height_px, width_px;
    void *samples; /* owned */
    size_t capacity_bytes;
};

/* Reads a channel of a slice; the plane begins zeroed, and its memory is kept from slice to slice. `run` (may
 * be NULL) is looked at for its cancel flag alone. On failure what the plane holds is undefined. */
fringe_status sample_plane_read(struct sample_plane *plane, fringe_micrograph *micrograph, int32_t slice,
                                int32_t channel, const fringe_run *run, fringe_error *error);
void sample_plane_free(struct sample_plane *plane);

/* Which numbers a plane of this type may hold; 0 where they are floats. */
size_t sample_plane_value_count(fringe_pixel pixel);

/* The numbers themselves, one for each index. */
void sample_plane_values(fringe_pixel pixel, float *values);

/* Takes rows and columns off the edges; at least one of each stays. */
void sample_plane_crop(struct sample_plane *plane, const fringe_excluded *excluded);

/* counts[i] becomes the number of pixels of index i; planes of whole numbers only. */
void sample_plane_count(const struct sample_plane *plane, int64_t *counts);

/* One pixel, by its index in the plane: y * width_px + x. */
float sample_plane_at(const struct sample_plane *plane, size_t index);

/* Row y as float: where floats lie in the plane they are not copied, else they are put into `row`, which has
 * room for them. */
const float *sample_plane_row(const struct sample_plane *plane, int32_t y, float *row);

/* Of `count` pixels of row y from column x on table[i] for each of index i; planes of whole numbers only. */
void sample_plane_look_up(const struct sample_plane *plane, int32_t y, int32_t x, int32_t count,
                          const float *table, float *to);

#endif
