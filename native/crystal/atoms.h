/* atoms.h - a growing list of atoms. Positions in A: x to the right, y down, z along the beam. */
#ifndef CRYSTAL_ATOMS_H
#define CRYSTAL_ATOMS_H

#include <stddef.h>

#include "fringe/status.h"

struct atom {
    double position[3];
    int element; /* index in element.h */
    int owner;   /* whatever the builder numbers: a particle, or -1 for the support */
};

struct atoms {
    struct atom *items;
    size_t count, capacity;
};

enum { ATOMS_MOST = 20000000 }; /* 800 MB: a slip in a recipe ends here */

/* Appends one; FRINGE_MEMORY where there is no room, and beyond ATOMS_MOST. An empty list is all zero. */
fringe_status atoms_add(struct atoms *atoms, const struct atom *atom, fringe_error *error);

/* Gives the memory back and empties the list. */
void atoms_clear(struct atoms *atoms);

#endif
