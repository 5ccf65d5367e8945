/* support.h - what particles lie on and in: a film of uneven thickness, perhaps with an edge, patches of
 * contamination on it, loose shells around the particles.
 *
 * Lengths in A. The face that bears the particles is flat, at z = face_a; a height above it is measured
 * towards the particles. Thickness and patches repeat themselves with the cell, the hole does not.
 */
#ifndef SIMULATE_SUPPORT_H
#define SIMULATE_SUPPORT_H

#include "base/rng.h"
#include "crystal/atoms.h"

enum { SUPPORT_WAVES = 3, SUPPORT_PATCH_MOST = 6 };

struct support {
    int nitride;
    double side_a;
    double face_a, up;             /* up: +1 or -1, where z grows or falls towards the particles */
    double thickness_a, variation; /* the most, and by which share of it the film is thinner in places */
    struct {
        int x, y; /* periods in the cell */
        double phase;
    } waves[SUPPORT_WAVES];
    double hole_x, hole_y, hole_radius_a; /* 0: no hole. A large one is an edge in this field of view */
    double taper_a;                       /* way from the hole's rim to the full thickness */
    struct {
        double x, y, width_a, height_a; /* Gaussian: width is its standard deviation */
    } patches[SUPPORT_PATCH_MOST];
    int patch_count;
};

/* What is drawn about a film, from the shares and sizes of a recipe. */
struct support_draw {
    int present, nitride, hole, contamination;
    double thickness_a, variation, contamination_a;
    double low_a, high_a; /* the image's part of the cell, in x and y */
    double side_a;
};
void support_draw(const struct support_draw *draw, struct rng *rng, struct support *support);

/* The film's thickness; 0 in a hole, and where there is no film. The patches' height above its face. */
double support_thickness(const struct support *support, double x, double y);
double support_height(const struct support *support, double x, double y);

/* Adds the atoms of film and patches, owner -1; patches leave the particles' atoms their room. */
fringe_status support_build(const struct support *support, struct rng *rng, struct atoms *atoms,
                            fringe_error *error);

/* Adds a shell of loose carbon around a particle that fits a sphere of the radius. */
fringe_status support_wrap(const struct support *support, const double *centre, double radius_a,
                           double shell_a, struct rng *rng, struct atoms *atoms, fringe_error *error);

#endif
