/* data_bar.h - finds the rows and columns at the edges of a micrograph that are no image.
 *
 * Two things are looked for, at each of the four edges:
 *   padding        lines (rows at top and bottom, columns left and right) of one constant value, as alignment
 *                  and rotation leave them;
 *   annotation bar a band whose background is one constant value, with text, a scale bar or a frame drawn on
 *                  it in few, clearly different values, as microscopes burn it in.
 * Both span the whole edge and end in a sharp step to the picture. A dark field of view, the circle of a
 * tomographic reconstruction or a clipped background end gradually or are noisy, and are left alone: when in
 * doubt nothing is excluded.
 */
#ifndef IMAGE_DATA_BAR_H
#define IMAGE_DATA_BAR_H

#include <stdint.h>

#include "fringe/micrograph.h"
#include "fringe/status.h"
#include "image/sample_plane.h"

/* Fills *excluded with the depth of the band at each edge, zero where there is none. The
 * plane may hold NaN and infinities. An image of one value has no bar; at least half of the rows and of
 * the columns always stay. Edges shorter than 16 pixels are not judged. FRINGE_MEMORY is the only failure.
 * Any thread; depends on the pixels alone, and not on their scale or offset. */
fringe_status data_bar_find(const struct sample_plane *plane, fringe_excluded *excluded, fringe_error *error);

#endif
