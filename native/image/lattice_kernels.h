/* lattice_kernels.h - what lattice_filter.c asks of lattice_kernel.c: the windows of a group, all at once.
 *
 * A group is `lanes` pairs of windows that stand side by side, each half a window right of the one before.
 * The first of a pair is the real part and the second the imaginary part of complex numbers: number (y, x) of
 * pair p stands at (y * LATTICE_COLUMNS + x) * lanes + p of two planes. So whatever is done to windows, their
 * transforms and the walk along the rings included, is done to whole vectors.
 */
#ifndef IMAGE_LATTICE_KERNELS_H
#define IMAGE_LATTICE_KERNELS_H

#include <stddef.h>
#include <stdint.h>

#include "base/cpu.h"
#include "image/lattice_filter.h"

enum {
    LATTICE_SIDE = LATTICE_FILTER_WINDOW_PX,
    LATTICE_STEP = LATTICE_SIDE / 2,
    LATTICE_AREA = LATTICE_SIDE * LATTICE_SIDE,
    LATTICE_COLUMNS = LATTICE_SIDE + 1, /* a column of 2^n bytes' stride would fight for a few cache lines */
    LATTICE_MOST_LANES = 16,
    LATTICE_RING_MOST = 64 /* the fullest ring has 48 */
};

/* The wave vectors of one length, each and its opposite as y * LATTICE_COLUMNS + x. */
struct lattice_ring {
    int count;
    int16_t at[LATTICE_RING_MOST], opposite[LATTICE_RING_MOST];
};

/* `re` and `im` are a group's planes, or one row of them where a row is spoken of. */
struct lattice_kernels {
    size_t lanes;
    /* Deals (2 lanes + 1) LATTICE_STEP pixels that stand side by side to the windows' rows, and adds them to
     * the windows' sums: those of the first windows, then those of the second. */
    void (*read_row)(const float *from, float *re, float *im, float *sums);
    /* Takes each window's mean off and weighs it by hann[y] hann[x]. */
    void (*weigh)(float *re, float *im, const float *means, const float *hann);
    /* Weakens what does not stand out from a ring of the windows' spectra. */
    void (*weaken)(const struct lattice_ring *ring, float *re, float *im);
    /* Adds the windows' rows, divided by LATTICE_AREA, and their means weighed by height * hann[x] to pixels
     * as read_row takes them. */
    void (*add_row)(const float *re, const float *im, const float *means, float height, const float *hann,
                    float *to);
};

CPU_TABLES(struct lattice_kernels, lattice);

#endif
