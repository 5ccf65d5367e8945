/* lattice_spectrum.h - the power spectrum of one particle: what its lattice is looked for in.
 *
 * A particle is a plane of pixels, (H, W) row-major, and a mask of the same size. Its pixels are freed from a
 * smooth background (a quadratic surface), weighted with a window that falls to zero at the mask's border,
 * and scaled so that white noise of any strength has power 1 on average: neither dose nor illumination is
 * left in it. Frequencies g are vectors (x to the right, y down) in 1/nm, or in 1/px where the pixel size is
 * not known; lengths below are in the same unit's inverse. A spectrum is immutable, for any number of
 * threads.
 */
#ifndef CRYSTAL_LATTICE_SPECTRUM_H
#define CRYSTAL_LATTICE_SPECTRUM_H

#include <stddef.h>
#include <stdint.h>

#include "fringe/status.h"

struct lattice_region {
    const float *pixels; /* values that are not finite count as outside the mask */
    const uint8_t *mask; /* 0 outside; NULL: everything is inside */
    int32_t height_px, width_px;
    double nm_per_px_x, nm_per_px_y; /* both 0 where not known: then a pixel is the unit */
};

struct lattice_spectrum {
    /* The window over the mask's bounding box, and the pixels that it has weighted. */
    int32_t height_px, width_px;
    double *window, *weighted;
    double centre_x_px, centre_y_px;  /* of the window, in the bounding box */
    int32_t origin_x_px, origin_y_px; /* of the bounding box in the region */
    double unit_x, unit_y;            /* nm or px to a pixel */
    /* The transform: size_px squared, power at (kx, ky) in power[kx * size_px + ky], as in image/fft.h. */
    int32_t size_px;
    float *power;
    double step_x, step_y; /* from one frequency to the next */
    /* What the window does to a frequency's precision: the second moments of w (xx, xy, yy) and of w^2. */
    double moments[3], noise_moments[3];
    double length;          /* of the window: the root of its effective area, in nm or px */
    double weight, weight2; /* sums of w and of w^2, px */
    /* Medians of the power on rings: ring i has the radius i * ring_step and is 2 ring_step wide. */
    double *ring_median;
    int32_t ring_count;
    double ring_step;
};

/* FRINGE_ARGUMENT where fewer than LATTICE_LEAST_PIXELS pixels are inside, or where they are all equal; where
 * the bounding box exceeds FFT_MOST_PX. Freed by lattice_spectrum_free, which takes NULL. */
enum { LATTICE_LEAST_PIXELS = 64 };
fringe_status lattice_spectrum_create(const struct lattice_region *region, struct lattice_spectrum **spectrum,
                                      fringe_error *error);
void lattice_spectrum_free(struct lattice_spectrum *spectrum);

/* The same pixels, all with equal weight: weak reflections stand out more than behind a window, strong ones
 * leak further. Single pixels far off the others are cut off. FRINGE_MEMORY is the only failure. */
fringe_status lattice_spectrum_unwindow(const struct lattice_spectrum *windowed,
                                        struct lattice_spectrum **spectrum, fringe_error *error);

/* The power at a frequency, in steps of the transform from -size_px to size_px - 1, either sign. */
double lattice_spectrum_power(const struct lattice_spectrum *spectrum, int32_t kx, int32_t ky);

/* 1 where none of the eight frequencies beside it has more; of neighbours that are alike one alone is it. */
int lattice_spectrum_is_maximum(const struct lattice_spectrum *spectrum, int32_t kx, int32_t ky);

/* The median power of the ring through |g|. */
double lattice_spectrum_ring(const struct lattice_spectrum *spectrum, double g);

/* The transform at any frequency, not only where the grid has one: amplitude[0] + i amplitude[1], whose
 * square is on the scale of `power`. `slope` (may be NULL) gets what a move of g changes in it: the first
 * moments in x and y, real and imaginary part, in units of the amplitude times length. */
void lattice_spectrum_at(const struct lattice_spectrum *spectrum, const double g[2], double amplitude[2],
                         double slope[2][2]);

/* The power at g as a multiple of its ring's median, at the best place within 0.15 / length. */
double lattice_spectrum_contrast(const struct lattice_spectrum *spectrum, const double g[2]);

#endif
