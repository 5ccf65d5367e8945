/* phase_list.h - the crystals that a lattice is compared with, and what each looks like along its zone axes.
 *
 * A list is immutable once built, for any number of threads. Phases keep the order in which they were given.
 */
#ifndef CRYSTAL_PHASE_LIST_H
#define CRYSTAL_PHASE_LIST_H

#include "crystal/cell.h"

/* A place of a zone's pattern. Of g and -g only one, in 1/nm, in the plane's own axes. */
struct zone_place {
    double g[2];
    double weight; /* how likely a visible spot is this one; all of a zone add up to 1 */
    int index[3];  /* h k l */
};

/* What is seen along [uvw]: reflections at right angles to it, and the sums and differences of two strong
 * ones, which appear where the structure factor forbids them: electrons scatter twice, and an image holds the
 * interference of every two beams. Zones that look alike stand here once. */
struct zone_pattern {
    int axis[3];
    double x[3],
        y[3];      /* the plane's axes in the crystal's Cartesian ones; x, y and the axis are right-handed */
    double weight; /* of a phase's zones, adding up to 1: low indices are met more often */
    struct zone_place *places;
    int place_count;
};

struct phase_entry {
    struct cell cell;
    struct reflections reflections;
    double *ring_weights; /* of each reflection, adding up to 1, where nothing is known of the zone */
    struct zone_pattern *zones;
    int zone_count;
};

struct phase_list {
    struct phase_entry *items;
    int count;
};

enum { PHASE_LIST_MOST = 64, ZONE_INDEX_MOST = 4 };
#define PHASE_LIST_G_MOST 13.5 /* 1/nm: spacings down to 0.074 nm */

/* Takes the cell over (also after a failure, which clears it). FRINGE_FORMAT for a name that stands there
 * already, more than PHASE_LIST_MOST phases, or a cell without two reflections. An empty list is all zero. */
fringe_status phase_list_add(struct phase_list *list, struct cell *cell, fringe_error *error);
void phase_list_clear(struct phase_list *list);

/* Every phase that simulation knows. On failure the list is empty. */
fringe_status phase_list_built_in(struct phase_list *list, fringe_error *error);

/* A file of the user's own, by its content: CIF where it says data_, else YAML:
 *     phases:
 *       - Au                      a built-in one
 *       - file: CdSe.cif          beside this file, where the path is relative
 *       - name: Si                lengths in A, angles in degrees (90 where not given); b and c as a
 *         a: 5.4309
 *         atoms: [[Si, 0, 0, 0], [Si, 0.25, 0.25, 0.25]]
 *         centring: F             P, I, F, A, B or C: which places a site stands for
 * Adds to the list. FRINGE_FORMAT with line and field; FRINGE_FILE. */
fringe_status phase_list_read(const char *path, struct phase_list *list, fringe_error *error);

#endif
