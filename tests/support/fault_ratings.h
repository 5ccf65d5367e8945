/* fault_ratings.h - whether two ratings say the same: every field's bytes, as NaN is no number's equal, and
 * none of what lies between fields. */
#ifndef SUPPORT_FAULT_RATINGS_H
#define SUPPORT_FAULT_RATINGS_H

#include <string.h>

#include "fringe/faults.h"

#define FAULT_RATINGS_DIFFER(field) (memcmp(&a->field, &b->field, sizeof a->field) != 0)

static int fault_ratings_are_same(const fringe_fault_rating *a, const fringe_fault_rating *b)
{
    if (FAULT_RATINGS_DIFFER(fault) || FAULT_RATINGS_DIFFER(probabilities) ||
        FAULT_RATINGS_DIFFER(fault_probability) || FAULT_RATINGS_DIFFER(resolved) ||
        FAULT_RATINGS_DIFFER(spot_count) || strcmp(a->phase, b->phase) || FAULT_RATINGS_DIFFER(zone) ||
        FAULT_RATINGS_DIFFER(pixel_size_is_off) || FAULT_RATINGS_DIFFER(line_count))
        return 0;
#define FAULT_RATINGS_LATTICE(field, column)                                                                 \
    if (FAULT_RATINGS_DIFFER(field)) return 0;
    FRINGE_LATTICE_LIST(FAULT_RATINGS_LATTICE)
#undef FAULT_RATINGS_LATTICE
    for (int32_t i = 0; i < a->line_count; i++)
        if (FAULT_RATINGS_DIFFER(lines[i].x0) || FAULT_RATINGS_DIFFER(lines[i].y0) ||
            FAULT_RATINGS_DIFFER(lines[i].x1) || FAULT_RATINGS_DIFFER(lines[i].y1) ||
            FAULT_RATINGS_DIFFER(lines[i].is_twin) || FAULT_RATINGS_DIFFER(lines[i].strength))
            return 0;
    return 1;
}

#endif
