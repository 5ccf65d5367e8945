/* What is drawn about a particle, and how its planes lie to the beam. */
#include <criterion/criterion.h>

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "simulate/particle.h"

static struct recipe preset(const char *name)
{
    struct recipe recipe;
    fringe_error error;
    cr_assert_eq(recipe_preset(name, &recipe, &error), FRINGE_OK, "%s", error.message);
    return recipe;
}

static const double upright[9] = {1, 0, 0, 0, 1, 0, 0, 0, 1};

static struct particle multiply_twinned(enum grain_shape shape)
{
    struct particle particle = {
        .grain = {.phase = phase_get(phase_find("Au")), .shape = shape, .radius_a = 20}, .foot_a = 20};
    memcpy(particle.grain.rotation, upright, sizeof upright);
    return particle;
}

static double dot(const double *a, const double *b)
{
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

Test(particle, decahedron_along_its_axis_shows_five_planes)
{
    struct atoms none = {0};
    struct particle particle = multiply_twinned(GRAIN_DECAHEDRON);
    particle_measure(&none, 0, -1000, 1000, &particle);
    cr_expect_eq(particle.boundary_count, 5);
    cr_expect_eq(particle.edge_on_count, 5);
    /* Tilted by 10 degrees about x, the plane at azimuth p is off the beam by asin(sin 10 cos p): 3.1 degrees
     * at 72 and 288, 8.1 at 144 and 216, 10 at 0. */
    double c = cos(10 * M_PI / 180), s = sin(10 * M_PI / 180);
    double tilted[9] = {1, 0, 0, 0, c, -s, 0, s, c};
    memcpy(particle.grain.rotation, tilted, sizeof tilted);
    particle_measure(&none, 0, -1000, 1000, &particle);
    cr_expect_eq(particle.edge_on_count, 2, "%d planes", particle.edge_on_count);
    particle.grain.radius_a = 4; /* traces below 1 nm */
    memcpy(particle.grain.rotation, upright, sizeof upright);
    particle_measure(&none, 0, -1000, 1000, &particle);
    cr_expect_eq(particle.edge_on_count, 0);
}

Test(particle, icosahedron_has_thirty_planes)
{
    struct atoms none = {0};
    struct particle particle = multiply_twinned(GRAIN_ICOSAHEDRON);
    particle_measure(&none, 0, -1000, 1000, &particle);
    cr_expect_eq(particle.boundary_count, 30);
    /* z is a twofold axis: two edges' planes (through them and the centre) hold it lengthwise, two across. */
    cr_expect_geq(particle.edge_on_count, 4, "%d planes", particle.edge_on_count);
    cr_expect_lt(particle.edge_on_count, 30);
}

/* The maps lead from the phase's cell to where the atoms are: for each atom some crystal of the grain has all
 * lattice vectors that end at neighbours. */
static void check_domains(const struct grain *grain, int expected, double tolerance_a)
{
    double maps[GRAIN_DOMAIN_MOST][9], a = grain->phase->a;
    struct atoms atoms = {0};
    cr_assert_eq(grain_domains(grain, maps), expected);
    cr_assert_eq(grain_build(grain, 0, &atoms, NULL), FRINGE_OK);
    int used[GRAIN_DOMAIN_MOST] = {0}, best_of_all = 0;
    for (size_t i = 0; i < atoms.count; i++)
        for (int d = 0; d < expected; d++) {
            int found = 0;
            for (int v = 0; v < 12; v++) { /* <110>/2 */
                double u[3] = {0, 0, 0}, to[3];
                u[v % 3] = v & 1 ? a / 2 : -a / 2;
                u[(v % 3 + 1) % 3] = v < 6 ? a / 2 : -a / 2;
                for (int k = 0; k < 3; k++) to[k] = atoms.items[i].position[k] + dot(maps[d] + 3 * k, u);
                for (size_t j = 0; j < atoms.count; j++) {
                    const double *q = atoms.items[j].position;
                    if (fabs(q[0] - to[0]) + fabs(q[1] - to[1]) + fabs(q[2] - to[2]) < tolerance_a) {
                        found++;
                        break;
                    }
                }
            }
            used[d] += found == 12;
            best_of_all += found == 12;
        }
    cr_expect_gt(best_of_all, 0);
    for (int d = 0; d < expected; d++) cr_expect_gt(used[d], 0, "crystal %d is nowhere", d);
    atoms_clear(&atoms);
}

Test(particle, domains_are_where_the_atoms_say)
{
    struct rng rng = rng_from_seed(4);
    struct particle particle = multiply_twinned(GRAIN_DECAHEDRON);
    particle.grain.radius_a = 13;
    rng_rotation(&rng, particle.grain.rotation);
    check_domains(&particle.grain, 5, 0.01);
    particle.grain.shape = GRAIN_ICOSAHEDRON;
    particle.grain.radius_a = 15;
    check_domains(&particle.grain, 20, 0.01);
    particle.grain.shape = GRAIN_SPHERE;
    particle.grain.radius_a = 10;
    particle.grain.strain[1] = particle.grain.strain[3] = 0.02;
    check_domains(&particle.grain, 1, 0.01);
    particle.grain.faults[0] = (struct grain_fault){GRAIN_TWIN, 0};
    particle.grain.fault_count = 1;
    check_domains(&particle.grain, 2, 0.01);
}

Test(particle, foot_is_cut_towards_the_support)
{
    struct recipe recipe = preset("hrtem");
    struct rng rng = rng_from_seed(2);
    int cut = 0;
    recipe.ranges[KEY_truncated] = (struct recipe_range){1, 1};
    recipe.ranges[KEY_strain] = (struct recipe_range){0, 0};
    for (int i = 0; i < 40; i++) {
        struct particle particle;
        struct atoms atoms = {0};
        double up = i % 2 ? 1 : -1, lowest = 0, highest = 0;
        particle_draw(&recipe, phase_get(i % PHASE_COUNT), 24, &rng, &particle);
        cr_assert(particle.foot_a >= 0.2 * 12 && particle.foot_a <= 0.9 * 12);
        particle_cut_foot(&particle, up);
        cr_assert_eq(grain_build(&particle.grain, 0, &atoms, NULL), FRINGE_OK);
        for (size_t k = 0; k < atoms.count; k++) {
            double height = up * atoms.items[k].position[2];
            lowest = fmin(lowest, height);
            highest = fmax(highest, height);
        }
        cr_expect_geq(lowest, -particle.foot_a - 1e-9);
        cut += highest > particle.foot_a;
        atoms_clear(&atoms);
    }
    cr_expect_gt(cut, 20, "%d particles are higher than their feet", cut);
}

/* Everything that a particle may be is drawn, and about as often as the recipe says. */
Test(particle, draws_are_as_the_recipe_says)
{
    enum { COUNT = 3000 };
    struct recipe recipe = preset("hrtem");
    struct rng rng = rng_from_seed(6);
    int shapes[GRAIN_SHAPE_COUNT] = {0}, on_zone = 0, faults[GRAIN_FAULT_MOST + 1] = {0}, feet = 0,
        single = 0;
    for (int i = 0; i < COUNT; i++) {
        struct particle particle;
        particle_draw(&recipe, phase_get(phase_find("Au")), 40, &rng, &particle);
        shapes[particle.grain.shape]++;
        on_zone += particle.on_zone;
        feet += particle.foot_a < 20;
        if (particle.grain.shape < GRAIN_DECAHEDRON) {
            single++;
            faults[particle.grain.fault_count]++;
        } else {
            cr_assert_eq(particle.grain.fault_count, 0);
        }
        for (int k = 1; k < particle.grain.fault_count; k++)
            cr_assert_lt(particle.grain.faults[k - 1].layer, particle.grain.faults[k].layer);
        cr_assert_leq(particle.grain.plane_count, GRAIN_PLANE_MOST - 1, "no plane is left for a foot");
        for (int k = 0; k < 9; k++) cr_assert_leq(fabs(particle.grain.strain[k]), particle.strain);
    }
    for (int s = 0; s < GRAIN_SHAPE_COUNT; s++)
        cr_expect_float_eq(shapes[s] / (double)COUNT, 1. / GRAIN_SHAPE_COUNT, 0.03, "shape %d", s);
    cr_expect_float_eq(on_zone / (double)COUNT, 0.6, 0.03);
    cr_expect_float_eq(feet / (double)COUNT, 0.3, 0.03);
    cr_expect_float_eq(faults[0] / (double)single, 0.5, 0.04);
    for (int f = 1; f <= GRAIN_FAULT_MOST; f++)
        cr_expect_float_eq(faults[f] / (double)single, 0.5 / 3, 0.03, "%d faults", f);
}

/* On its zone a faulted crystal is seen along its planes; wurtzite's lie across c. */
Test(particle, faults_on_zone_stand_edge_on)
{
    struct recipe recipe = preset("hrtem-faults");
    struct rng rng = rng_from_seed(8);
    recipe.ranges[KEY_on_zone] = (struct recipe_range){1, 1};
    recipe.ranges[KEY_faulted] = (struct recipe_range){1, 1};
    recipe.shapes[0] = GRAIN_SPHERE;
    recipe.shape_count = 1;
    static const char *const names[] = {"Au", "CdTe", "CdSe"};
    for (int i = 0; i < 30; i++) {
        struct particle particle;
        struct atoms atoms = {0};
        particle_draw(&recipe, phase_get(phase_find(names[i % 3])), 45, &rng, &particle);
        particle_cut_foot(&particle, 1);
        cr_assert_eq(grain_build(&particle.grain, 7, &atoms, NULL), FRINGE_OK);
        particle_measure(&atoms, 7, -1000, 1000, &particle);
        cr_assert_geq(particle.grain.fault_count, 1);
        for (int f = 0; f < particle.grain.fault_count; f++) {
            const struct particle_fault *fault = particle.faults + f;
            cr_expect_lt(fault->tilt_deg, 2.001);
            /* no longer than the chord of the sphere at that distance, plus a bond */
            double chord = 2 * sqrt(fmax(0, 22.5 * 22.5 - fault->distance_a * fault->distance_a));
            cr_expect(fault->trace_a < chord + 5 && fault->trace_a > 0.3 * chord, "trace %g, chord %g",
                      fault->trace_a, chord);
            cr_expect_eq(fault->edge_on, fault->trace_a >= 10);
        }
        atoms_clear(&atoms);
    }
}

/* What the edge of the image hides is no part of a trace: below 1 nm a plane is none that is seen. The
 * planes of the decahedron stand at 0, 72, 144, 216 and 288 degrees from x. */
Test(particle, planes_end_at_the_edge_of_the_image)
{
    struct atoms none = {0};
    struct particle particle = multiply_twinned(GRAIN_DECAHEDRON);
    double radius = particle.grain.radius_a;
    for (int k = 0; k < 2; k++) particle.grain.centre[k] = 100;
    particle_measure(&none, 0, 100 - 2 * radius, 100 + 9, &particle);
    cr_expect_eq(particle.edge_on_count, 3, "%d planes", particle.edge_on_count);
    particle_measure(&none, 0, 100 + 2 * radius, 100 + 9 * radius, &particle);
    cr_expect_eq(particle.edge_on_count, 0);

    struct recipe recipe = preset("hrtem-faults");
    struct rng rng = rng_from_seed(8);
    struct atoms atoms = {0};
    recipe.ranges[KEY_on_zone] = recipe.ranges[KEY_faulted] = (struct recipe_range){1, 1};
    recipe.shapes[0] = GRAIN_SPHERE;
    recipe.shape_count = 1;
    particle_draw(&recipe, phase_get(phase_find("Au")), 60, &rng, &particle);
    cr_assert_eq(grain_build(&particle.grain, 0, &atoms, NULL), FRINGE_OK);
    particle_measure(&atoms, 0, -1000, 1000, &particle);
    double whole = particle.faults[0].trace_a;
    cr_assert_eq(particle.faults[0].edge_on, 1);
    particle_measure(&atoms, 0, particle.grain.centre[0], 1000, &particle); /* one quadrant is left */
    cr_expect_lt(particle.faults[0].trace_a, 0.75 * whole);
    particle_measure(&atoms, 0, 500, 1000, &particle);
    cr_expect_eq(particle.edge_on_count, 0);
    atoms_clear(&atoms);
}

/* Whole crystals lie where faulted ones do, as often as the recipe asks; without it, where chance has them.
 */
Test(particle, whole_crystals_on_the_zone_of_faults)
{
    enum { COUNT = 1500 };
    static const struct {
        const char *preset;
        double share;
    } cases[] = {{"hrtem-faults", 0.75 + 0.25 * 0.25}, {"hrtem", 0.25}};
    for (int c = 0; c < 2; c++) {
        struct recipe recipe = preset(cases[c].preset);
        struct rng rng = rng_from_seed(9);
        int on_zone = 0;
        recipe.ranges[KEY_faulted] = (struct recipe_range){0, 0};
        recipe.shapes[0] = GRAIN_SPHERE;
        recipe.shape_count = 1;
        for (int i = 0; i < COUNT; i++) {
            struct particle particle;
            particle_draw(&recipe, phase_get(phase_find("Au")), 45, &rng, &particle);
            int zeros = 0;
            for (int k = 0; k < 3; k++) zeros += particle.zone[k] == 0;
            on_zone += zeros == 1; /* <110> alone has one */
        }
        cr_expect_float_eq(on_zone / (double)COUNT, cases[c].share, 0.04, "%s: %d of %d", cases[c].preset,
                           on_zone, COUNT);
    }
}
