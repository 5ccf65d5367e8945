/* Whether a lattice counts as resolved: counts are painted here, the particle's crystal is known. */
#include <criterion/criterion.h>

#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "simulate/label.h"
#include "simulate/resolved.h"

enum { SIZE = 160 };
#define PIXEL 0.25

/* A gold sphere of 3 nm seen along [001]: (200) and (020) at 2.039 A along x and y. */
struct stage {
    struct scene scene;
    struct particle particle;
    struct scene_exposure exposure;
    uint8_t resolved[1], mask[SIZE * SIZE];
    uint16_t counts[SIZE * SIZE];
};

static struct stage *set_up(const double rotation[9])
{
    struct stage *s = calloc(1, sizeof *s);
    s->particle.grain = (struct grain){.phase = phase_get(phase_find("Au")),
                                       .shape = GRAIN_SPHERE,
                                       .radius_a = 15,
                                       .centre = {SIZE * PIXEL / 2, SIZE * PIXEL / 2, 15}};
    for (int k = 0; k < 9; k++) s->particle.grain.rotation[k] = rotation[k];
    s->exposure.resolved = s->resolved;
    s->scene = (struct scene){.size_px = SIZE,
                              .total_px = SIZE,
                              .pixel_a = PIXEL,
                              .side_a = SIZE * PIXEL,
                              .particles = &s->particle,
                              .particle_count = 1,
                              .exposures = &s->exposure,
                              .exposure_count = 1};
    s->exposure.optics = (struct optics){.voltage_kv = 300};
    cr_assert_eq(grain_build(&s->particle.grain, 0, &s->scene.atoms, NULL), FRINGE_OK);
    cr_assert_eq(label_fill(&s->scene, s->mask, NULL), FRINGE_OK);
    return s;
}

static void tear_down(struct stage *s)
{
    alloc_free(s->particle.label);
    atoms_clear(&s->scene.atoms);
    free(s);
}

/* Waves of two spacings (0: none) along x and y, everywhere or only outside the particle, in noise. */
static int look(struct stage *s, double spacing_x, double spacing_y, double amplitude, int outside,
                uint64_t seed)
{
    struct rng rng = rng_from_seed(seed);
    for (int y = 0; y < SIZE; y++)
        for (int x = 0; x < SIZE; x++) {
            double wave = 0;
            if (spacing_x > 0) wave += cos(2 * M_PI * x * PIXEL / spacing_x);
            if (spacing_y > 0) wave += cos(2 * M_PI * y * PIXEL / spacing_y);
            if (outside && s->mask[y * SIZE + x]) wave = 0;
            s->counts[y * SIZE + x] = (uint16_t)rng_poisson(&rng, 50 * (1 + amplitude * wave));
        }
    fringe_error error;
    cr_assert_eq(resolved_find(&s->scene, &s->exposure, s->counts, &error), FRINGE_OK, "%s", error.message);
    return s->resolved[0];
}

static const double along_001[9] = {1, 0, 0, 0, 1, 0, 0, 0, 1};

Test(resolved, needs_two_directions_inside)
{
    struct stage *s = set_up(along_001);
    const double d = 4.078 / 2;
    cr_expect_eq(look(s, d, d, 0.1, 0, 1), 1);
    cr_expect_eq(look(s, d, 0, 0.1, 0, 2), 0, "one set of fringes");
    cr_expect_eq(look(s, d, d, 0.1, 1, 3), 0, "fringes beside the particle");
    cr_expect_eq(look(s, 2.6, 2.6, 0.1, 0, 4), 0, "another crystal's fringes");
    tear_down(s);
}

Test(resolved, noise_is_no_lattice)
{
    struct stage *s = set_up(along_001);
    int found = 0;
    for (uint64_t seed = 0; seed < 60; seed++) found += look(s, 0, 0, 0, 0, 100 + seed);
    /* Gold along [001] has 200, 220, 400, 420 and so on within 0.8 A: 20 reflections, of which each stands at
     * 5 medians with a chance of 3 %. */
    cr_expect_leq(found, 12, "%d of 60", found);
    tear_down(s);
}

Test(resolved, what_the_lens_stops_is_not_seen)
{
    struct stage *s = set_up(along_001);
    s->exposure.optics.focal_spread_a = 200;
    cr_expect_eq(look(s, 4.078 / 2, 4.078 / 2, 0.1, 0, 1), 0);
    tear_down(s);
}

Test(resolved, off_zone_nothing_is_known_to_show)
{
    /* Far from every low zone: the lattice of the zone axis, painted, is not this crystal's. */
    double rotation[9];
    struct rng rng = rng_from_seed(21);
    rng_rotation(&rng, rotation);
    struct stage *s = set_up(rotation);
    cr_expect_eq(look(s, 2.039, 2.039, 0.1, 0, 5), 0);
    tear_down(s);
}

Test(resolved, x_rays_and_edges_do_no_harm)
{
    struct stage *s = set_up(along_001);
    const double d = 4.078 / 2;
    cr_expect_eq(look(s, d, d, 0.1, 0, 6), 1);
    s->counts[SIZE / 2 * SIZE + SIZE / 2] = 65535;
    cr_assert_eq(resolved_find(&s->scene, &s->exposure, s->counts, NULL), FRINGE_OK);
    cr_expect_eq(s->resolved[0], 1, "a bright pixel hides the lattice");
    s->particle.area_px = 0; /* beyond the border */
    cr_assert_eq(resolved_find(&s->scene, &s->exposure, s->counts, NULL), FRINGE_OK);
    cr_expect_eq(s->resolved[0], 0);
    s->particle.area_px = 1;
    for (int n = 0; n < 4; n++) {
        alloc_fail_after(n);
        fringe_status status = resolved_find(&s->scene, &s->exposure, s->counts, NULL);
        alloc_fail_after(-1);
        cr_expect_eq(status, FRINGE_MEMORY, "allocation %d", n);
    }
    tear_down(s);
}
