/* lattice_match.h - which crystal a particle's spots belong to, seen along which axis.
 *
 * Every phase of a list is held against the spots in every zone and rotation. A spot is explained by a place
 * of the zone's pattern, or by a spacing of the phase alone (another domain of a twinned particle), or by
 * nothing; the score is the logarithm of how likely the spots are, so phases with many reflections gain
 * nothing by having one everywhere. Only for spots in 1/nm. Pure; the same bytes on every run and thread.
 */
#ifndef CRYSTAL_LATTICE_MATCH_H
#define CRYSTAL_LATTICE_MATCH_H

#include "crystal/lattice_spots.h"
#include "crystal/phase_list.h"

struct lattice_match {
    int phase;   /* its number in the list */
    int pattern; /* the number of its zone in the phase's list of them */
    int zone[3];
    double rotation[9]; /* row-major, from the crystal's axes to the image's: x right, y down, z along the
                           beam */
    double score, probability; /* of this phase among the list's, all equally likely beforehand */
    int explained_count;       /* spots that lie on the pattern */
    double residual;           /* root mean square distance of those from their places, as a part of |g| */
    double scale, scale_error; /* measured / expected |g|; the true pixel size is this times the given one */
};

/* Ranks all phases of the list, the likeliest first; `ranked` has room for list->count. `scale_spread` is how
 * far, relatively, lengths may be off (one standard deviation): MATCH_SCALE_SPREAD where the pixel size is
 * trusted. Returns 0, and leaves `ranked` alone, where there are no two spots. */
#define MATCH_SCALE_SPREAD 0.01
int lattice_match_rank(const struct lattice_spots *spots, const struct phase_list *list, double scale_spread,
                       struct lattice_match *ranked);

/* Which phases the spots decide for: the first so many of the `count` ranked ones that hold together
 * MATCH_SURE of the probability or more, which is *probability. More than one where the spots' errors leave
 * them alike, as gold and silver; 0 where it takes more than MATCH_DECIDED_MOST, or where the first one
 * explains no two spots. */
#define MATCH_SURE 0.95
enum { MATCH_DECIDED_MOST = 3 };
int lattice_match_decide(const struct lattice_match *ranked, int count, double *probability);

/* 1 where both are seen along the same zone axis, whichever way. */
int lattice_match_same_zone(const struct lattice_match *a, const struct lattice_match *b);

/* How well one known phase fits with a pixel size that is wrong by up to 15 %. 1 where it says, by more than
 * two standard errors, that the pixel size is off by more than MATCH_PIXEL_SIZE_OFF; *match is filled in
 * wherever there are two spots. */
#define MATCH_PIXEL_SIZE_OFF 0.01
int lattice_match_pixel_size(const struct lattice_spots *spots, const struct phase_list *list, int phase,
                             struct lattice_match *match);

/* Which reflection of the matched phase each spot is: indices[i] is its h k l, 0 0 0 where it lies on no
 * place of the zone's pattern, as spots of another domain do. */
void lattice_match_index(const struct lattice_spots *spots, const struct phase_list *list,
                         const struct lattice_match *match, int indices[LATTICE_SPOT_MOST][3]);

#endif
