/* label_read.h - label images: which one belongs to a micrograph, and its pixels as whole numbers.
 *
 * The labels of X.* are X-mask.*, X_mask.*, X-label.*, X_label.*, X-labels.*, X_labels.*, X-classes.* or
 * X_classes.* beside it; or, in a folder that is named for them, X.* or one of these. Where there are none
 * and the micrograph is called X-image.* or X_image.*, those of X. What Fringe wrote as a result is nobody's
 * truth. Images with a colour table are read by index.
 */
#ifndef IO_LABEL_READ_H
#define IO_LABEL_READ_H

#include <stdint.h>

#include "base/file.h"
#include "fringe/micrograph.h"
#include "fringe/run.h"
#include "fringe/status.h"

/* 1 where a name without its extension ends like that of a label image. */
int label_read_has_suffix(const char *path);

/* The names in the folder that was looked into last, so that a folder of many images is listed once. */
struct label_folder {
    char *path;
    struct file_names names;
};
void label_folder_clear(struct label_folder *folder);

/* Finds the labels of an image. label_directory NULL: beside it. FRINGE_FILE where there are none, with the
 * names that were looked for; FRINGE_ARGUMENT where there are several. *label_path is given to alloc_free;
 * NULL on failure. `folder` is empty at first and kept for the next image. */
fringe_status label_read_find(const char *image_path, const char *label_directory,
                              struct label_folder *folder, char **label_path, fringe_error *error);

/* Opens the labels of an image of height_px x width_px and slice_count slices. FRINGE_MISMATCH, with both
 * sizes, where the labels have others. The caller frees *labels with fringe_micrograph_free. */
fringe_status label_read_open(const char *label_path, int32_t height_px, int32_t width_px,
                              int32_t slice_count, const fringe_run *run, fringe_micrograph **labels,
                              fringe_error *error);

/* Reads a slice into (H, W) values; what is above 255 becomes 255. FRINGE_FORMAT for a pixel that is negative
 * or no whole number. */
fringe_status label_read_slice(fringe_micrograph *labels, int32_t slice, uint8_t *values,
                               fringe_error *error);

#endif
