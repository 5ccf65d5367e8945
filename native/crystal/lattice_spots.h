/* lattice_spots.h - the reflections that stand out of a particle's spectrum, with their errors, and the net
 * of two basis vectors on which most of them lie.
 *
 * Only one of each pair g and -g is kept, that with g_y > 0, or g_y = 0 and g_x > 0. Units as in
 * lattice_spectrum.h. Pure functions of the spectrum: the same bytes on every run and thread.
 */
#ifndef CRYSTAL_LATTICE_SPOTS_H
#define CRYSTAL_LATTICE_SPOTS_H

#include "crystal/lattice_spectrum.h"

struct lattice_spot {
    double g[2];
    double covariance[3]; /* xx, xy, yy: noise, and what the window's shape adds */
    double contrast;      /* power as a multiple of the ring's median */
    double phase;         /* of the fringes at the window's centre, radians */
    double d, d_error;    /* 1 / |g|, and its standard error */
    int index[2];         /* on the net, where is_indexed */
    int is_indexed;
};

/* Reciprocal basis a, b: Gauss-reduced (|a| <= |b|, 60 to 90 degrees between them). Standard errors include
 * how far the spots scatter about the net where that exceeds their own errors. */
struct lattice_net {
    double a[2], b[2];
    double covariance[4][4]; /* of a_x, a_y, b_x, b_y */
    double length_a, length_b, angle_deg;
    double length_a_error, length_b_error, angle_deg_error;
    double residual; /* root mean square distance of indexed spots from their places, in units of |g| error */
    int indexed_count;
};

enum { LATTICE_SPOT_MOST = 48 };

struct lattice_spots {
    struct lattice_spot items[LATTICE_SPOT_MOST]; /* by falling contrast */
    int count;
    double g_least, g_most; /* between which spots were looked for */
    double threshold;       /* contrast that a peak of noise exceeds once in LATTICE_FALSE_ALARMS spectra */
    int has_net;
    struct lattice_net net;
};

#define LATTICE_FALSE_ALARMS 50.0

/* Finds spots and their net. */
void lattice_spots_find(const struct lattice_spectrum *spectrum, struct lattice_spots *spots);

#endif
