/* particle_scene.h - an image, the labels that belong to it, and the particles found in them: what tests of
 * classes and spectra look at. One at a time. */
#ifndef SUPPORT_PARTICLE_SCENE_H
#define SUPPORT_PARTICLE_SCENE_H

#include <criterion/criterion.h>

#include <string.h>

#include "fringe/fringe.h"

static struct {
    fringe_micrograph *image, *labels;
    fringe_particles *particles;
} scene;

static void particle_scene_clear(void)
{
    fringe_particles_free(scene.particles);
    fringe_micrograph_free(scene.image);
    fringe_micrograph_free(scene.labels);
    memset(&scene, 0, sizeof scene);
}

/* Takes the place of the scene before; a pixel that is not 0 in `mask` belongs to a particle. */
static void particle_scene_set(const float *pixels, const uint8_t *mask, int32_t height_px, int32_t width_px,
                               double nm_per_px)
{
    particle_scene_clear();
    cr_assert_eq(fringe_micrograph_from_pixels(pixels, FRINGE_PIXEL_FLOAT32, 1, height_px, width_px,
                                               nm_per_px, &scene.image, NULL),
                 FRINGE_OK);
    cr_assert_eq(fringe_micrograph_from_pixels(mask, FRINGE_PIXEL_UINT8, 1, height_px, width_px, nm_per_px,
                                               &scene.labels, NULL),
                 FRINGE_OK);
    cr_assert_eq(fringe_particles_find(scene.labels, NULL, NULL, 0, NULL, NULL, &scene.particles, NULL),
                 FRINGE_OK);
}

#endif
