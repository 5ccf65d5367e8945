/* Film, hole, patches, shells: where their atoms are and where they may not be. */
#include <criterion/criterion.h>

#include <math.h>

#include "crystal/element.h"
#include "crystal/grain.h"
#include "simulate/support.h"

#define SIDE 80.0

static struct support film(double thickness_a, double up)
{
    return (struct support){.side_a = SIDE, .face_a = 40, .up = up, .thickness_a = thickness_a};
}

static struct atoms build(const struct support *support)
{
    struct rng rng = rng_from_seed(3);
    struct atoms atoms = {0};
    fringe_error error;
    cr_assert_eq(support_build(support, &rng, &atoms, &error), FRINGE_OK, "%s", error.message);
    return atoms;
}

Test(support, film_lies_below_its_face)
{
    for (int side = -1; side <= 1; side += 2) {
        struct support support = film(20, side);
        struct atoms atoms = build(&support);
        cr_expect_float_eq(atoms.count / (SIDE * SIDE * 20), 0.1003, 0.001);
        for (size_t i = 0; i < atoms.count; i++) {
            double height = side * (atoms.items[i].position[2] - 40);
            cr_assert(height <= 0 && height >= -20, "height %g", height);
        }
        atoms_clear(&atoms);
    }
}

Test(support, film_is_as_thick_as_it_says)
{
    struct support support = film(30, 1);
    support.variation = 0.8;
    support.waves[0].x = support.waves[1].x = support.waves[2].x = 1;
    struct atoms atoms = build(&support);
    double inside[4] = {0}, expected[4] = {0};
    for (size_t i = 0; i < atoms.count; i++) inside[(int)(atoms.items[i].position[0] / SIDE * 4)]++;
    for (int i = 0; i < 4000; i++)
        expected[i / 1000] += support_thickness(&support, SIDE * i / 4000, 7) / 1000;
    for (int i = 0; i < 4; i++)
        cr_expect_float_eq(inside[i] / (SIDE * SIDE / 4 * 0.1003), expected[i], 0.4, "quarter %d", i);
    cr_expect_float_eq(support_thickness(&support, 0, 0), 6, 1e-9);
    cr_expect_float_eq(support_thickness(&support, SIDE / 2, 0), 30, 1e-9);
    atoms_clear(&atoms);
}

Test(support, hole_is_empty_and_has_a_taper)
{
    struct support support = film(20, -1);
    support.hole_x = support.hole_y = SIDE / 2;
    support.hole_radius_a = 20;
    support.taper_a = 10;
    support.patch_count = 1; /* over the rim: it must not cover the hole */
    support.patches[0].x = SIDE / 2 + 20;
    support.patches[0].y = SIDE / 2;
    support.patches[0].width_a = 8;
    support.patches[0].height_a = 12;
    struct atoms atoms = build(&support);
    int above = 0;
    for (size_t i = 0; i < atoms.count; i++) {
        const double *p = atoms.items[i].position;
        double from_rim = hypot(p[0] - SIDE / 2, p[1] - SIDE / 2) - 20, height = 40 - p[2];
        cr_assert_geq(from_rim, 0);
        cr_assert_leq(-height, 20 * fmin(1, from_rim / 10) + 1e-9);
        above += height > 0;
    }
    cr_expect_gt(above, 50, "%d atoms of the patch", above);
    cr_expect_eq(support_thickness(&support, SIDE / 2, SIDE / 2 + 19), 0);
    cr_expect_float_eq(support_thickness(&support, SIDE / 2, SIDE / 2 + 25), 10, 1e-9);
    cr_expect_eq(support_height(&support, SIDE / 2 + 15, SIDE / 2), 0);
    atoms_clear(&atoms);
}

Test(support, shells_and_patches_leave_crystals_their_room)
{
    struct support support = film(10, 1);
    struct grain grain = {.phase = phase_get(phase_find("CdTe")), /* has the widest holes */
                          .shape = GRAIN_SPHERE,
                          .radius_a = 14,
                          .rotation = {1, 0, 0, 0, 1, 0, 0, 0, 1},
                          .centre = {40, 40, 56}};
    struct rng rng = rng_from_seed(1);
    struct atoms atoms = {0};
    support.patch_count = 1;
    support.patches[0].x = support.patches[0].y = 40;
    support.patches[0].width_a = 12;
    support.patches[0].height_a = 10;
    cr_assert_eq(grain_build(&grain, 0, &atoms, NULL), FRINGE_OK);
    size_t crystal = atoms.count, shell;
    cr_assert_eq(support_wrap(&support, grain.centre, 14, 8, &rng, &atoms, NULL), FRINGE_OK);
    shell = atoms.count - crystal;
    cr_assert_eq(support_build(&support, &rng, &atoms, NULL), FRINGE_OK);
    double least = 1e9;
    for (size_t i = crystal; i < atoms.count; i++) {
        const double *p = atoms.items[i].position;
        double from_centre = hypot(hypot(p[0] - 40, p[1] - 40), p[2] - 56);
        cr_assert_eq(atoms.items[i].owner, -1);
        cr_assert_eq(atoms.items[i].element, ELEMENT_C);
        if (i < crystal + shell) cr_assert(from_centre <= 22 && p[2] > 40, "%g from the centre", from_centre);
        for (size_t j = 0; j < crystal && p[2] > 40; j++) {
            const double *q = atoms.items[j].position;
            least = fmin(least, hypot(hypot(p[0] - q[0], p[1] - q[1]), p[2] - q[2]));
        }
    }
    cr_expect(least >= 3 && least < 3.3, "%g A between carbon and crystal", least);
    /* Half the density in the shell; less at the crystal, whose room is its own. */
    double volume = 4 * M_PI / 3 * (22 * 22 * 22. - 16.5 * 16.5 * 16.5);
    cr_expect_float_eq(shell / volume, 0.05, 0.01, "%zu atoms in the shell", shell);
    atoms_clear(&atoms);
}

Test(support, draws_stay_in_their_ranges)
{
    struct support_draw draw = {.present = 1,
                                .hole = 1,
                                .contamination = 1,
                                .thickness_a = 50,
                                .variation = 0.3,
                                .contamination_a = 15,
                                .low_a = 15,
                                .high_a = 115,
                                .side_a = 130};
    struct rng rng = rng_from_seed(9);
    for (int i = 0; i < 200; i++) {
        struct support support;
        int empty = 0, full = 0;
        support_draw(&draw, &rng, &support);
        for (int k = 0; k < 400; k++) {
            double thickness = support_thickness(&support, 15 + k % 20 * 5, 15 + k / 20 * 5);
            cr_assert(thickness >= 0 && thickness <= 50);
            empty += thickness == 0;
            full += thickness > 30;
        }
        /* The rim passes through the image, so there are both. */
        cr_expect(empty + full > 0);
        cr_expect_lt(empty, 400);
        cr_assert(support.patch_count >= 1 && support.patch_count <= SUPPORT_PATCH_MOST);
    }
    draw.present = 0;
    struct support support;
    support_draw(&draw, &rng, &support);
    cr_expect_eq(support_thickness(&support, 50, 50), 0);
    struct atoms atoms = build(&support);
    cr_expect_eq(atoms.count, 0);
}
