/* support.h - an amorphous film: atoms at random, none closer to another than a bond allows. */
#ifndef SIMULATE_SUPPORT_H
#define SIMULATE_SUPPORT_H

#include "base/rng.h"
#include "crystal/atoms.h"

/* Carbon at 2.0 g/cm^3 with 1.35 A between atoms at least, or silicon nitride (Si3N4) at 3.0 g/cm^3 with 1.55
 * A: random sequential packing, which reaches these densities easily. Adds atoms of owner -1 in a square of
 * side `side_a`, which repeats itself, between z = top_a and top_a + thickness_a. */
fringe_status support_pack(int nitride, double side_a, double top_a, double thickness_a, struct rng *rng,
                           struct atoms *atoms, fringe_error *error);

#endif
