/* amorphous.h - amorphous matter: atoms at random, none closer to another than a bond allows. */
#ifndef SIMULATE_AMORPHOUS_H
#define SIMULATE_AMORPHOUS_H

#include "base/rng.h"
#include "crystal/atoms.h"

/* What is filled: the part of a box that `inside` accepts. Lengths in A. */
struct amorphous_region {
    double low[3], high[3];
    int repeats;      /* 1: the box repeats itself in x and y, and so do the distances that are kept */
    int nitride;      /* silicon nitride (Si3N4) of 3.0 g/cm^3, else carbon of 2.0 g/cm^3 */
    double density;   /* of that, above 0 to 1 */
    double crystal_a; /* room that is kept around particles' atoms (owner 0 on); 0: no atom that is there
                         already is looked at */
    int (*inside)(const void *context, const double *position); /* NULL: all of the box */
    const void *context;
};

/* Adds atoms of owner -1: random sequential packing with at least 1.35 A (carbon) or 1.55 A between two,
 * which reaches these densities easily. FRINGE_MEMORY where there would be more than ATOMS_MOST. */
fringe_status amorphous_fill(const struct amorphous_region *region, struct rng *rng, struct atoms *atoms,
                             fringe_error *error);

#endif
