/* intensity.h - the grey values of a particle, as ImageJ 1.54g's statistics count them.
 *
 * ImageJ has two rules for mode and median: images of 8 and 16 bits are counted value by value (the median is
 * the value at which more than half are counted), 32-bit ones go into 256 bins between the particle's
 * extremes for the mode, and the median of an even number is the mean of the middle two.
 */
#ifndef PARTICLES_INTENSITY_H
#define PARTICLES_INTENSITY_H

#include "particles/component.h"
#include "particles/shape.h"

/* 1 where ImageJ opens images of this type with 8 or 16 bits. */
int intensity_is_counted(fringe_pixel pixel);

/* Fills in every measure of FRINGE_FROM_IMAGE of a component; those of its shape stand already. Pixels that
 * are NaN or infinite are left out; a particle without others stays as it is. `values` is scratch for the
 * component's pixels. */
void intensity_measure(const float *image, int32_t width_px, const struct component *component, int counted,
                       struct pixel_size pixel, float *values, fringe_particle *particle);

/* The mean of a plane over the component's finite pixels, NaN where there are none. */
double intensity_mean(const float *plane, const struct component *component);

#endif
