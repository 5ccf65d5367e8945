/* component.h - connected sets of pixels.
 *
 * Planes are (H, W) row-major, of 32-bit numbers of which 0 is background. A component is a largest set of
 * pixels of one value above 0 that are connected, at sides or also at corners. Components are numbered from 1
 * by their topmost row, and in it by their leftmost pixel: the order in which ImageJ's particle analyzer
 * finds them. The same numbers every time.
 */
#ifndef PARTICLES_COMPONENT_H
#define PARTICLES_COMPONENT_H

#include <stdint.h>

#include "fringe/status.h"

struct component {
    int32_t value;          /* of its pixels, in the plane that it was found in */
    int32_t x0, y0, x1, y1; /* its box; x1 and y1 are behind the last pixel */
    const int32_t *pixels;  /* their places in the plane, y * width + x, rising */
    int32_t pixel_count;
};

struct component_list {
    struct component *items; /* component k of the plane is items[k - 1] */
    int32_t count;
    int32_t *pixels; /* those of all components, one behind the other: what takes each of them in turn takes
                        no longer than the plane is large, however their boxes overlap */
};

/* Finds the components of `values`, (height_px, width_px), and writes the number of each into `labels` of the
 * same size. `connectivity` is 4 or 8. The caller frees the list with component_list_free. FRINGE_MEMORY is
 * the only failure; the list is empty then. */
fringe_status component_find(const int32_t *values, int32_t height_px, int32_t width_px, int connectivity,
                             int32_t *labels, struct component_list *list, fringe_error *error);

void component_list_free(struct component_list *list);

/* Gives background that one component encloses the value around it. `connectivity` is that of the components;
 * their background is connected the other way, so that an outline and what it encloses agree. */
fringe_status component_fill_holes(int32_t *values, int32_t height_px, int32_t width_px, int connectivity,
                                   fringe_error *error);

/* Takes those components out of list and plane whose flag in `keep`, list->count of them, is 0, and numbers
 * the others anew in the same order. */
void component_select(int32_t *labels, struct component_list *list, const uint8_t *keep);

#endif
