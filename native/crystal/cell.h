/* cell.h - a crystal as its unit cell: what reflections are computed from, whoever described it.
 *
 * Lengths in A. Positions are parts of the cell vectors. An atom scatters by its atomic number alone, which
 * is near enough to tell strong reflections from weak and from absent ones.
 */
#ifndef CRYSTAL_CELL_H
#define CRYSTAL_CELL_H

#include <stddef.h>

#include "crystal/phase.h"
#include "fringe/status.h"

enum { CELL_NAME_BYTES = 64, CELL_SITE_MOST = 512, CELL_ATOMIC_NUMBER_MOST = 103 };

struct cell_site {
    double position[3];
    double atomic_number, occupancy;
};

struct cell {
    char name[CELL_NAME_BYTES];
    double vectors[3][3]; /* rows */
    struct cell_site *sites;
    size_t site_count;
};

/* The vectors of a cell of these lengths in A and angles in degrees: a along x, b in the plane of x and y.
 * FRINGE_ARGUMENT with the numbers for lengths outside 0.5 to 200 A or angles that enclose no cell. */
fringe_status cell_set_lengths(struct cell *cell, const double lengths_a[3], const double angles_deg[3],
                               fringe_error *error);

/* Appends a site, its position brought within the cell; one that stands there already (within 0.01 A) is
 * passed over. FRINGE_FORMAT beyond CELL_SITE_MOST. */
fringe_status cell_add_site(struct cell *cell, const struct cell_site *site, fringe_error *error);

/* One of the built-in phases. */
fringe_status cell_from_phase(const struct phase *phase, struct cell *cell, fringe_error *error);

/* Gives the memory back and empties the cell. */
void cell_clear(struct cell *cell);

/* The atomic number of an element's symbol of `length` bytes ("Cd", "cd", "CD"), 0 where it is none. */
int cell_atomic_number(const char *symbol, size_t length);

/* ---- reflections ---- */

struct reflection {
    int index[3];
    double g[3];      /* 1/nm, Cartesian as the cell's vectors */
    double length;    /* |g| */
    double intensity; /* kinematic, of the strongest = 1 */
};

struct reflections {
    struct reflection *items; /* by rising length; of g and -g only one */
    size_t count;
};

/* Every reflection up to `most` 1/nm whose intensity is REFLECTION_LEAST or more. FRINGE_ARGUMENT where more
 * than REFLECTION_MOST places are to be looked at, or REFLECTION_WORK_MOST of them times atoms: a second's
 * work. */
#define REFLECTION_LEAST 0.004
enum { REFLECTION_MOST = 400000, REFLECTION_WORK_MOST = 20000000 };
fringe_status reflections_list(const struct cell *cell, double most, struct reflections *reflections,
                               fringe_error *error);
void reflections_clear(struct reflections *reflections);

#endif
