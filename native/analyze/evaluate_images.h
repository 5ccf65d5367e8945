/* evaluate_images.h - which images are evaluated, with which labels, and what the labels' values mean. */
#ifndef ANALYZE_EVALUATE_IMAGES_H
#define ANALYZE_EVALUATE_IMAGES_H

#include "fringe/evaluate.h"

struct evaluate_image {
    char *path, *label_path;
};

struct evaluate_images {
    struct evaluate_image *items;
    size_t count;
};

/* Lists the images and finds the labels of each. Label images in a folder are no images, and what Fringe
 * wrote is passed over. The first image that cannot be read or has no labels ends it. The caller frees. */
fringe_status evaluate_images_collect(const char *const *paths, size_t path_count,
                                      const fringe_evaluate_options *options, const fringe_run *run,
                                      struct evaluate_images *images, fringe_error *error);
void evaluate_images_free(struct evaluate_images *images);

/* What each label value means: a class, EVALUATE_UNLABELLED, or nothing (EVALUATE_UNKNOWN). */
enum { EVALUATE_UNKNOWN = 254 };
struct evaluate_labels {
    int class_count;
    uint8_t class_of[256];
};

/* Decides it. class_count: the networks', 0 where there are none; then the options' classes say it, or the
 * values that the labels hold: two, of which one is 0 or that stand alone, are a mask, more are 0, 1, ...
 * FRINGE_ARGUMENT where they contradict each other or the values are no such. */
fringe_status evaluate_labels_decide(const fringe_evaluate_options *options,
                                     const struct evaluate_images *images, int class_count,
                                     const fringe_run *run, struct evaluate_labels *labels,
                                     fringe_error *error);

/* Turns a slice's label values into classes, in place. FRINGE_ARGUMENT, naming file, pixel and value, for one
 * that no class has. */
fringe_status evaluate_labels_apply(const struct evaluate_labels *labels, const char *label_path,
                                    uint8_t *values, int32_t height_px, int32_t width_px,
                                    fringe_error *error);

#endif
