/* augmentation.h - crops that differ each time they are looked at: other place, turn, size, dose, detector.
 *
 * A crop is drawn from a prepared image (channels x H x W, as the network takes it) and its labels. Shape and
 * grey values are drawn from the crop's own random numbers alone, so that crop n of batch m is the same
 * whoever makes it. Grey values change in units of the prepared image; where that has mean 0 and standard
 * deviation 1, gain, noise and illumination are divided out again as the preparation would.
 */
#ifndef TRAIN_AUGMENTATION_H
#define TRAIN_AUGMENTATION_H

#include <stdint.h>

#include "base/rng.h"

struct augmentation_range {
    double low, high;
};

/* What is drawn for each crop, uniform within the range; a range of one value is that value. */
struct augmentation_settings {
    int dihedral;                           /* 1: one of the eight turns and mirror images of a square */
    struct augmentation_range rotation;     /* degrees, beyond dihedral's */
    struct augmentation_range scale;        /* magnification; drawn uniformly in its logarithm */
    struct augmentation_range noise;        /* standard deviation of added Gaussian noise */
    struct augmentation_range gain;         /* factor */
    struct augmentation_range offset;       /* added */
    struct augmentation_range illumination; /* change of a linear ramp of random direction across the crop */
    double polarity;                        /* chance that values change their sign */
    struct augmentation_range blur_px;      /* standard deviation of a Gaussian blur */
    struct augmentation_range hot_pixels;   /* per megapixel, each 5 to 50 above */
    /* Share of the slow changes of brightness that is taken away, and what is slow: how far the mean reaches
     * that is called so. Particles are then told by their texture where their thickness is not seen. */
    struct augmentation_range flatten, flatten_px;
    int standardised; /* 1: the preparation brings images to mean 0, standard deviation 1 */
};

enum { AUGMENTATION_MOST_BLUR_PX = 20 };

/* Nothing is changed. */
void augmentation_settings_init(struct augmentation_settings *settings);

enum { AUGMENTATION_UNKNOWN = 255 };

/* An image in memory. */
struct augmentation_image {
    const float *pixels;   /* (C, H, W), prepared */
    const uint8_t *labels; /* (H, W): class, or AUGMENTATION_UNKNOWN */
    int32_t channels, height_px, width_px;
};

/* Fills pixels (C, side, side) and labels (side, side) with a crop. Beyond the image it goes on mirrored, and
 * labels there are BATCH_IGNORED. Between pixels the image is interpolated linearly; labels are the nearest.
 * `scratch` has 2 * side * side floats. */
void augmentation_crop(const struct augmentation_settings *settings, const struct augmentation_image *image,
                       struct rng *rng, int32_t side_px, float *scratch, float *pixels, int32_t *labels);

#endif
