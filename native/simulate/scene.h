/* scene.h - what one image shows: everything that was drawn for it, its particles and atoms.
 *
 * Lengths in A unless a name says otherwise. The simulated cell is a square of side `side_a`; pixel (row i,
 * column j) of the image has its centre at ((margin_px + j) * pixel_a, (margin_px + i) * pixel_a). z runs
 * along the beam from 0, where the electrons enter, to `depth_a`, to which the defocus refers.
 */
#ifndef SIMULATE_SCENE_H
#define SIMULATE_SCENE_H

#include <stdint.h>

#include "base/rng.h"
#include "simulate/optics.h"
#include "simulate/recipe.h"

struct scene_fault {
    struct grain_fault fault;
    double distance_a; /* of its plane from the particle's centre */
    double tilt_deg;   /* of its plane from the beam, 0 to 90 */
    double trace_a;    /* length of its trace inside the particle, by the atoms beside it */
    double trace_deg;  /* the trace's direction in the image, 0 to 180, 0 along x, 90 down */
    int edge_on;       /* tilt below 5 degrees and trace of 1 nm at least */
};

struct scene_particle {
    struct grain grain;
    double zone[3]; /* the crystal's direction along the beam, Cartesian, where on_zone */
    int on_zone;
    double strain; /* the largest relative change of a length that was drawn */
    struct scene_fault faults[GRAIN_FAULT_MOST];
    int64_t area_px; /* of its label inside the image; set by label_fill */
};

struct scene {
    double values[RECIPE_KEY_COUNT]; /* the image's draws; the particles' keys hold 0 */
    struct optics optics;
    int32_t size_px, margin_px, total_px; /* image; each side around it; the whole cell */
    double pixel_a, side_a, depth_a;
    struct scene_particle *particles;
    int particle_count;
    struct atoms atoms;
};

/* Draws a scene from `rng`, which must stand at its beginning. Freed by scene_clear, also after a failure. */
fringe_status scene_draw(const struct recipe *recipe, struct rng *rng, struct scene *scene,
                         fringe_error *error);
void scene_clear(struct scene *scene);

#endif
