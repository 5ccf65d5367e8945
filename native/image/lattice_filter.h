/* lattice_filter.h - makes lattice fringes stand out from noise: a local Wiener filter.
 *
 * Each place of the image is looked at through a window of LATTICE_FILTER_WINDOW_PX. In the window's power
 * spectrum noise is what all directions share: its power at a spatial frequency is told by the geometric
 * mean of the ring of that frequency, which the few reflections of a lattice hardly raise. What stands above
 * that is kept and the rest is weakened, by Wiener's factor. The faintest fringes that the eye sees reach
 * over many periods, and a small network does not look that far. What changes slowly is left alone.
 *
 * After R. Kilaas, J. Microsc. 190 (1998) 45-51, doi:10.1046/j.1365-2818.1998.3070861.x, who takes the
 * background from the spectrum of the whole image.
 */
#ifndef IMAGE_LATTICE_FILTER_H
#define IMAGE_LATTICE_FILTER_H

#include <stdint.h>

#include "fringe/run.h"

enum { LATTICE_FILTER_WINDOW_PX = 32 };

/* Filters `plane` (height_px x width_px, without gaps) in place. A factor or an offset of the pixels stays
 * one. Beyond its border the image goes on mirrored; pixels that are no numbers count as their window's mean
 * and stay what they are. `run` is not NULL; memory for a quarter of the plane is needed meanwhile. The same
 * bytes for any number of threads. On FRINGE_MEMORY the plane is as it was, on FRINGE_CANCELLED of no use. */
fringe_status lattice_filter_apply(float *plane, int32_t height_px, int32_t width_px, const fringe_run *run,
                                   fringe_error *error);

#endif
