/* labelled_images.h - small images with label images beside them, in a test's own folder. */
#ifndef SUPPORT_LABELLED_IMAGES_H
#define SUPPORT_LABELLED_IMAGES_H

#include <criterion/criterion.h>

#include "io/tiff_write.h"
#include "support/model_folder.h"

/* Writes planes (channels or slices) of side x side pixels, of 8 bits or floats, as files that are inputs. */
static inline void labelled_images_write(const char *name, fringe_pixel pixel, const void *pixels,
                                         int32_t side_px, int32_t channels, int32_t slices, double nm_per_px)
{
    struct tiff_write_options options = {.width_px = side_px,
                                         .height_px = side_px,
                                         .channel_count = channels,
                                         .slice_count = slices,
                                         .pixel = pixel,
                                         .nm_per_px_x = nm_per_px,
                                         .nm_per_px_y = nm_per_px,
                                         .unmarked = 1};
    struct tiff_writer *writer;
    fringe_error error;
    cr_assert_eq(tiff_write_begin(model_folder_path(name), &options, &writer, &error), FRINGE_OK, "%s",
                 error.message);
    cr_assert_eq(tiff_write_rows(writer, pixels, (int64_t)side_px * channels * slices, &error), FRINGE_OK,
                 "%s", error.message);
    cr_assert_eq(tiff_write_commit(writer, &error), FRINGE_OK, "%s", error.message);
}

#endif
