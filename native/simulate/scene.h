/* scene.h - what one exit wave shows: everything that was drawn for it, its particles and atoms, and for each
 * of its images the lens and the detector.
 *
 * Lengths in A unless a name says otherwise. The simulated cell is a square of side `side_a`; pixel (row i,
 * column j) of the image has its centre at ((margin_px + j) * pixel_a, (margin_px + i) * pixel_a). z runs
 * along the beam from 0, where the electrons enter, to `depth_a`, to which the defocus refers.
 */
#ifndef SIMULATE_SCENE_H
#define SIMULATE_SCENE_H

#include "simulate/optics.h"
#include "simulate/particle.h"
#include "simulate/support.h"

struct scene_exposure {
    double values[RECIPE_KEY_COUNT]; /* the wave's and its own draws */
    struct optics optics;
    uint8_t *resolved; /* for each particle, by resolved_find: whether its lattice is seen here */
};

struct scene {
    double values[RECIPE_KEY_COUNT];      /* the wave's draws; other keys hold 0 */
    double tilt_x, tilt_y;                /* of the beam */
    int32_t size_px, margin_px, total_px; /* image; each side around it; the whole cell */
    double pixel_a, side_a, depth_a;
    struct support support;
    struct particle *particles;
    int particle_count;
    struct atoms atoms;
    struct scene_exposure *exposures;
    int exposure_count;
};

/* Draws atoms from `rng`, which must stand at its beginning, and the first `exposure_count` of the wave's
 * images from one stream each, split from it by their index. Freed by scene_clear, also after a failure. */
fringe_status scene_draw(const struct recipe *recipe, struct rng *rng, int exposure_count,
                         struct scene *scene, fringe_error *error);
void scene_clear(struct scene *scene);

#endif
