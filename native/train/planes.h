/* planes.h - images as the layers of a network being trained hold them: (N, C, H, W) with margins of zeros.
 *
 * A row is followed by at least PLANES_MARGIN zeros, which are also what lies left of the next row; a plane
 * is followed by a row of zeros, which also lies above the next plane, and one such row lies before the
 * first. Thus a 3x3 window may be read around every pixel, and a vector at every pixel. Whoever writes a row
 * leaves its margin zero.
 */
#ifndef TRAIN_PLANES_H
#define TRAIN_PLANES_H

#include <stddef.h>
#include <stdint.h>

enum { PLANES_MARGIN = 16 };

struct planes {
    float *data; /* pixel (0, 0) of the first channel of the first image */
    int32_t images, channels, height, width;
    size_t row, plane, image; /* floats from row to row, channel to channel, image to image */
};

/* Sets sizes and steps, not the data. */
void planes_lay_out(struct planes *planes, int32_t images, int32_t channels, int32_t height, int32_t width);

/* Floats of memory that the layout needs, and where its data begin. */
size_t planes_floats(const struct planes *planes);
float *planes_data(const struct planes *planes, float *memory);

/* Channels `first` to first + channels - 1 of `whole`, in place. */
struct planes planes_part(const struct planes *whole, int32_t first, int32_t channels);

/* Zeros in the margins of plane `index`, counted over channels and images; all of them together clear the
 * whole layout. Different planes may be cleared by different threads. */
void planes_clear_margins(const struct planes *planes, size_t index);

static inline float *planes_row(const struct planes *planes, int32_t image, int32_t channel, int32_t y)
{
    return planes->data + (size_t)image * planes->image + (size_t)channel * planes->plane +
           (ptrdiff_t)y * (ptrdiff_t)planes->row;
}

/* Zeros behind a row's last pixel, after a kernel has written whole vectors. */
static inline void planes_seal(const struct planes *planes, float *row)
{
    for (size_t x = (size_t)planes->width; x % PLANES_MARGIN; x++) row[x] = 0;
}

#endif
