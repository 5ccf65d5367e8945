/* The rule of the truth, and the whole of a simulation where memory ends. */
#include <criterion/criterion.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "crystal/element.h"
#include "fringe/simulate.h"
#include "simulate/amorphous.h"
#include "simulate/label.h"

enum { SIZE = 64, TOTAL = 80 };

static struct scene empty_scene(struct particle *particles, int count)
{
    return (struct scene){.size_px = SIZE,
                          .margin_px = 8,
                          .total_px = TOTAL,
                          .pixel_a = 0.25,
                          .side_a = TOTAL * 0.25,
                          .particles = particles,
                          .particle_count = count};
}

static void add(struct scene *scene, double x_px, double y_px, int element, int owner)
{
    struct atom atom = {{(x_px + 8) * 0.25, (y_px + 8) * 0.25, 0}, element, owner};
    cr_assert_eq(atoms_add(&scene->atoms, &atom, NULL), FRINGE_OK);
}

Test(label, disc_of_the_covalent_radius)
{
    struct particle particle = {.area_px = -1};
    struct scene scene = empty_scene(&particle, 1);
    uint8_t mask[SIZE * SIZE];
    add(&scene, 30, 20, ELEMENT_AU, 0);
    add(&scene, 50, 50, ELEMENT_C, -1); /* support */
    cr_assert_eq(label_fill(&scene, mask, NULL), FRINGE_OK);
    double r = 1.36 / 0.25;
    int64_t area = 0;
    for (int y = 0; y < SIZE; y++)
        for (int x = 0; x < SIZE; x++) {
            int inside = hypot(x - 30, y - 20) <= r;
            cr_assert_eq(mask[y * SIZE + x], inside ? 255 : 0, "pixel %d, %d", x, y);
            area += inside;
        }
    cr_expect_eq(particle.area_px, area);
    alloc_free(particle.label);
    atoms_clear(&scene.atoms);
}

Test(label, holes_are_filled_gaps_are_not)
{
    struct particle particles[2] = {{.area_px = 0}, {.area_px = 0}};
    struct scene scene = empty_scene(particles, 2);
    uint8_t mask[SIZE * SIZE];
    for (int i = 0; i < 12; i++) /* a closed ring */
        add(&scene, 20 + 14 * cos(i * M_PI / 6), 20 + 14 * sin(i * M_PI / 6), ELEMENT_AU, 0);
    for (int i = 0; i < 9; i++) /* one with an opening */
        add(&scene, 46 + 14 * cos(i * M_PI / 6), 46 + 14 * sin(i * M_PI / 6), ELEMENT_AU, 1);
    cr_assert_eq(label_fill(&scene, mask, NULL), FRINGE_OK);
    cr_expect_eq(mask[20 * SIZE + 20], 255);
    cr_expect_eq(mask[46 * SIZE + 46], 0);
    cr_expect_eq(mask[60 * SIZE + 4], 0);
    cr_expect_gt(particles[0].area_px, particles[1].area_px);
    for (int i = 0; i < 2; i++) alloc_free(particles[i].label);
    for (int n = 0; n < 2; n++) {
        alloc_fail_after(n);
        fringe_status status = label_fill(&scene, mask, NULL);
        alloc_fail_after(-1);
        cr_expect_eq(status, FRINGE_MEMORY);
    }
    atoms_clear(&scene.atoms);
}

Test(support, density_and_distances)
{
    for (int nitride = 0; nitride < 2; nitride++) {
        struct rng rng = rng_from_seed(8);
        struct atoms atoms = {0};
        const double side = 25, thickness = 12;
        struct amorphous_region film = {.low = {0, 0, 5},
                                        .high = {side, side, 5 + thickness},
                                        .repeats = 1,
                                        .nitride = nitride,
                                        .density = 1};
        cr_assert_eq(amorphous_fill(&film, &rng, &atoms, NULL), FRINGE_OK);
        double density = (double)atoms.count / (side * side * thickness), least = 1e9;
        cr_expect_float_eq(density, nitride ? 0.0901 : 0.1003, 0.001, "%g", density);
        for (size_t i = 0; i < atoms.count; i++) {
            cr_assert(atoms.items[i].position[2] >= 5 && atoms.items[i].position[2] < 5 + thickness);
            for (size_t j = 0; j < i; j++) {
                double sum = 0;
                for (int k = 0; k < 3; k++) {
                    double d = fabs(atoms.items[i].position[k] - atoms.items[j].position[k]);
                    if (k < 2) d = fmin(d, side - d);
                    sum += d * d;
                }
                least = fmin(least, sqrt(sum));
            }
        }
        cr_expect_geq(least, nitride ? 1.55 : 1.35, "%g", least);
        cr_expect_lt(least, nitride ? 1.6 : 1.4);
        atoms_clear(&atoms);
    }
}

Test(simulation, refuses_what_is_out_of_range)
{
    fringe_simulate_options options;
    fringe_error error;
    fringe_simulate_options_init(&options);
    cr_expect_eq(fringe_simulate(&options, NULL, &error), FRINGE_ARGUMENT, "neither preset nor recipe");
    options.preset = "hrtem-small";
    options.recipe = "both.yaml";
    cr_expect_eq(fringe_simulate(&options, NULL, &error), FRINGE_ARGUMENT);
    options.recipe = NULL;
    options.count = 0;
    cr_expect_eq(fringe_simulate(&options, NULL, &error), FRINGE_ARGUMENT);
    cr_expect(strstr(error.message, "0 images"), "%s", error.message);
    options.count = 1;
    options.output_directory = NULL;
    cr_expect_eq(fringe_simulate(&options, NULL, &error), FRINGE_ARGUMENT);
    options.output_directory = "/tmp";
    options.preset = "nothing";
    cr_expect_eq(fringe_simulate(&options, NULL, &error), FRINGE_ARGUMENT);
    cr_expect(strstr(error.message, "'nothing'"), "%s", error.message);
    cr_expect_null(fringe_simulate_preset_name(-1));
    for (int i = 0; fringe_simulate_preset_name(i); i++) {
        struct recipe recipe;
        cr_expect_eq(recipe_preset(fringe_simulate_preset_name(i), &recipe, &error), FRINGE_OK, "%s",
                     error.message);
    }
}

Test(simulation, fails_whole_where_memory_ends)
{
    char folder[] = "/tmp/fringe-simulate-XXXXXX", recipe[64], truth[64], command[80];
    cr_assert_not_null(mkdtemp(folder));
    snprintf(recipe, sizeof recipe, "%s/recipe.yaml", folder);
    snprintf(truth, sizeof truth, "%s/truth.csv", folder);
    FILE *file = fopen(recipe, "w");
    fputs("preset: hrtem-small\nsize_px: 32\nsupport_nm: 0.4\ndiameter_nm: 1\nphonon_count: 1\n", file);
    fclose(file);
    fringe_simulate_options options;
    fringe_error error;
    fringe_run *run;
    fringe_simulate_options_init(&options);
    options.recipe = recipe;
    options.output_directory = folder;
    options.overwrite = 1;
    cr_assert_eq(fringe_run_create(1, &run, NULL), FRINGE_OK);
    fringe_status status = FRINGE_MEMORY;
    int failures = 0;
    for (; status; failures++) {
        alloc_fail_after(failures);
        status = fringe_simulate(&options, run, &error);
        alloc_fail_after(-1);
        cr_assert(status == FRINGE_MEMORY || status == FRINGE_OK, "allocation %d: %s", failures,
                  error.message);
        if (status) cr_assert_null(fopen(truth, "r"), "allocation %d: truth without an end", failures);
    }
    cr_expect_gt(failures, 20, "%d allocations", failures);
    fringe_run_cancel(run);
    cr_expect_eq(fringe_simulate(&options, run, &error), FRINGE_CANCELLED);
    fringe_run_free(run);
    snprintf(command, sizeof command, "rm -r %s", folder);
    cr_assert_eq(system(command), 0);
}
