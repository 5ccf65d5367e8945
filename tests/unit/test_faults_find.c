/* Particles of an image through the public interface: classes, lattices, phases, planes. */
#include <criterion/criterion.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "fringe/fringe.h"
#include "support/drawn_forest.h"
#include "support/fault_ratings.h"
#include "support/faulted_disc.h"
#include "support/model_folder.h"
#include "support/particle_scene.h"

enum { SIDE = 220, DISCS = 4, WIDTH = SIDE * DISCS };

#define AU_NM_PER_PX 0.023546 /* d of {111} is 10 px: 0.23546 nm */

static void write_package(void)
{
    model_folder_make();
    drawn_forest_write(model_folder);
}

/* A whole crystal, a glide, a twin, and noise, side by side. */
static void draw(double nm_per_px)
{
    static float pixels[SIDE * WIDTH];
    static uint8_t mask[SIDE * WIDTH];
    struct rng rng = rng_from_seed(8);
    for (int y = 0; y < SIDE; y++)
        for (int x = 0; x < WIDTH; x++) {
            int disc = x / SIDE, at = y * WIDTH + x;
            double dx = x % SIDE - 110, dy = y - 110, value = 500 + 15 * rng_normal(&rng);
            if (disc < 3)
                value += faulted_disc_value((enum faulted_disc_kind)disc, 20 + 30 * disc, 12, dx, dy);
            pixels[at] = (float)value;
            mask[at] = dx * dx + dy * dy < FAULTED_DISC_RADIUS * FAULTED_DISC_RADIUS;
        }
    particle_scene_set(pixels, mask, SIDE, WIDTH, nm_per_px);
    cr_assert_eq(fringe_particles_count(scene.particles), DISCS);
}

static void give_back(void)
{
    particle_scene_clear();
    model_folder_remove();
}

TestSuite(find, .init = write_package, .fini = give_back);

static fringe_fault_model *load(const char *phases)
{
    fringe_fault_model *model;
    fringe_error error;
    cr_assert_eq(fringe_fault_model_load(model_folder, phases, NULL, &model, &error), FRINGE_OK, "%s",
                 error.message);
    return model;
}

static fringe_faults *find(const fringe_fault_model *model, const fringe_run *run)
{
    fringe_faults *faults;
    fringe_error error;
    cr_assert_eq(fringe_faults_find(model, scene.image, 0, 0, scene.particles, run, &faults, &error),
                 FRINGE_OK, "%s", error.message);
    cr_assert_eq(fringe_faults_count(faults), DISCS);
    cr_expect_null(fringe_faults_get(faults, -1));
    cr_expect_null(fringe_faults_get(faults, DISCS));
    return faults;
}

/* The distance of (x, y) from the line that a disc's fault runs along. */
static double off_line(int disc, double x, double y)
{
    double turn = (20 + 30 * disc) * M_PI / 180;
    return (x - 0.5 - disc * SIDE - 110) * cos(turn) + (y - 0.5 - 110) * sin(turn) - 12;
}

Test(find, classes_lattices_and_planes)
{
    static const fringe_fault expected[] = {FRINGE_FAULT_NONE, FRINGE_FAULT_STACKING, FRINGE_FAULT_TWIN,
                                            FRINGE_FAULT_UNDECIDED};
    draw(AU_NM_PER_PX);
    fringe_fault_model *model = load(NULL);
    fringe_faults *faults = find(model, NULL);
    for (int i = 0; i < DISCS; i++) {
        const fringe_fault_rating *rating = fringe_faults_get(faults, i);
        cr_expect_eq(rating->fault, expected[i], "disc %d: %s", i, fringe_fault_name(rating->fault));
        cr_expect_eq(rating->resolved, i < 3);
        cr_expect_eq(rating->line_count, i == 1 || i == 2);
        if (i == 3) {
            cr_expect(isnan(rating->spacing_1) && isnan(rating->spacing_angle) && isnan(rating->scale));
            cr_expect_str_eq(rating->phase, "");
            continue;
        }
        cr_expect_float_eq(rating->spacing_1, 0.23546, 4 * rating->spacing_1_error, "%g", rating->spacing_1);
        cr_expect_lt(rating->spacing_1_error, 0.005);
        /* Gold and silver differ by less than any of this can tell. */
        cr_expect_str_eq(rating->phase, "Au or Ag");
        cr_expect(rating->phase_probability >= 0.95 && rating->phase_probability <= 1 + 1e-9, "%g",
                  rating->phase_probability);
        cr_expect_float_eq(rating->scale, 1, 0.01, "%g", rating->scale);
        int zone = abs(rating->zone[0]) + abs(rating->zone[1]) + abs(rating->zone[2]);
        int leading = rating->zone[0] ? rating->zone[0] : rating->zone[1];
        cr_expect(zone == 2 && leading == 1, "zone %d %d %d", (int)rating->zone[0], (int)rating->zone[1],
                  (int)rating->zone[2]);
        for (int k = 0; k < rating->line_count; k++) {
            const fringe_fault_line *line = rating->lines + k;
            double length = hypot(line->x1 - line->x0, line->y1 - line->y0);
            cr_expect_eq(line->is_twin, i == 2);
            cr_expect_lt(fabs(off_line(i, line->x0, line->y0)), 6, "%g", off_line(i, line->x0, line->y0));
            cr_expect_lt(fabs(off_line(i, line->x1, line->y1)), 6, "%g", off_line(i, line->x1, line->y1));
            cr_expect_float_eq(length, 2 * sqrt(90 * 90 - 12 * 12), 6, "%g", length);
        }
    }
    /* In the whole crystal: {111} and its neighbour, or {200}; the first normal is ImageJ's angle of -20. */
    const fringe_fault_rating *whole = fringe_faults_get(faults, 0);
    cr_expect_float_eq(whole->direction_1, 160, 1, "%g", whole->direction_1);
    cr_expect_float_eq(whole->spacing_angle, 70.53, 1, "%g", whole->spacing_angle);
    fringe_faults_free(faults);
    fringe_fault_model_free(model);
}

Test(find, without_pixel_size_no_nm_are_invented)
{
    draw(AU_NM_PER_PX);
    fringe_fault_model *model = load(NULL);
    fringe_faults *calibrated = find(model, NULL);
    draw(0);
    fringe_faults *faults = find(model, NULL);
    for (int i = 0; i < DISCS; i++) {
        const fringe_fault_rating *rating = fringe_faults_get(faults, i);
        cr_expect_eq(rating->fault, fringe_faults_get(calibrated, i)->fault);
        cr_expect_str_eq(rating->phase, "");
        cr_expect(isnan(rating->phase_probability) && isnan(rating->scale));
        cr_expect_eq(abs(rating->zone[0]) + abs(rating->zone[1]) + abs(rating->zone[2]), 0);
        if (i < 3) cr_expect_float_eq(rating->spacing_1, 10, 0.1, "%g px", rating->spacing_1);
    }
    fringe_faults_free(calibrated);
    fringe_faults_free(faults);
    fringe_fault_model_free(model);
}

static char heard[512];

static void hear(void *user, fringe_notice notice, const char *text)
{
    (void)user;
    if (notice == FRINGE_NOTICE_CALIBRATION) snprintf(heard, sizeof heard, "%s", text);
}

Test(find, a_known_lattice_tests_the_pixel_size)
{
    char path[128];
    fringe_run *run;
    snprintf(path, sizeof path, "%s/phases.yaml", model_folder);
    FILE *stream = fopen(path, "w");
    fputs("phases: [Au]\n", stream);
    fclose(stream);
    fringe_fault_model *model = load(path);
    fringe_fault_model_info info;
    fringe_fault_model_get_info(model, &info);
    cr_expect_eq(info.phase_count, 1);
    cr_expect_str_eq(info.name, "Drawn faults");
    cr_assert_eq(fringe_run_create(1, &run, NULL), FRINGE_OK);
    fringe_run_set_notice(run, hear, NULL);
    draw(AU_NM_PER_PX);
    fringe_faults_free(find(model, run));
    cr_expect_str_eq(heard, "");
    draw(AU_NM_PER_PX * 0.96);
    fringe_faults *faults = find(model, run);
    const fringe_fault_rating *rating = fringe_faults_get(faults, 0);
    cr_expect_eq(rating->pixel_size_is_off, 1);
    cr_expect_float_eq(rating->scale, 1 / 0.96, 0.006, "%g", rating->scale);
    cr_expect_not_null(strstr(heard, "the lattice of Au says in 3 of 3 particles"), "%s", heard);
    fringe_faults_free(faults);
    fringe_fault_model_free(model);
    fringe_run_free(run);
}

Test(find, threads_change_nothing)
{
    fringe_faults *results[2];
    draw(AU_NM_PER_PX);
    fringe_fault_model *model = load(NULL);
    for (int k = 0; k < 2; k++) {
        fringe_run *run;
        cr_assert_eq(fringe_run_create(1 + 2 * k, &run, NULL), FRINGE_OK);
        results[k] = find(model, run);
        fringe_run_free(run);
    }
    for (int i = 0; i < DISCS; i++)
        cr_expect(fault_ratings_are_same(fringe_faults_get(results[0], i), fringe_faults_get(results[1], i)),
                  "disc %d", i);
    fringe_faults_free(results[0]);
    fringe_faults_free(results[1]);
    fringe_fault_model_free(model);
}

Test(find, what_cannot_be_is_refused)
{
    static const float small[64 * 64];
    fringe_micrograph *other;
    fringe_faults *faults;
    fringe_error error;
    fringe_run *run;
    draw(AU_NM_PER_PX);
    fringe_fault_model *model = load(NULL);
    cr_assert_eq(fringe_micrograph_from_pixels(small, FRINGE_PIXEL_FLOAT32, 1, 64, 64, 0, &other, NULL),
                 FRINGE_OK);
    cr_expect_eq(fringe_faults_find(model, other, 0, 0, scene.particles, NULL, &faults, &error),
                 FRINGE_ARGUMENT);
    cr_expect_null(faults);
    cr_expect_not_null(strstr(error.message, "880 x 220 pixels, the image 64 x 64"), "%s", error.message);
    cr_expect_eq(fringe_faults_find(model, scene.image, 1, 0, scene.particles, NULL, &faults, NULL),
                 FRINGE_ARGUMENT);
    cr_expect_eq(fringe_faults_find(model, scene.image, 0, 1, scene.particles, NULL, &faults, NULL),
                 FRINGE_ARGUMENT);
    cr_assert_eq(fringe_run_create(1, &run, NULL), FRINGE_OK);
    fringe_run_cancel(run);
    cr_expect_eq(fringe_faults_find(model, scene.image, 0, 0, scene.particles, run, &faults, NULL),
                 FRINGE_CANCELLED);
    fringe_run_free(run);
    fringe_micrograph_free(other);
    fringe_fault_model_free(model);
    cr_expect_eq(fringe_fault_model_load("/nowhere/at/all", NULL, NULL, &model, &error), FRINGE_FILE);
    cr_expect_null(model);
    cr_expect_eq(fringe_fault_model_load(model_folder, "/nowhere/phases.yaml", NULL, &model, &error),
                 FRINGE_FILE);
    fringe_fault_model_free(NULL);
    fringe_faults_free(NULL);
}

/* One pixel, a row, a plane without particles, one larger than what is looked at. */
Test(find, odd_particles_are_no_failure)
{
    enum { LONG = FRINGE_FAULT_BOX_MOST + 10 };
    static float pixels[8 * LONG];
    static uint8_t mask[8 * LONG];
    fringe_fault_model *model = load(NULL);
    for (int pass = 0; pass < 2; pass++) {
        fringe_faults *faults;
        for (int i = 0; i < 8 * LONG; i++) pixels[i] = (float)(i * 37 % 101);
        if (pass) {
            mask[0] = mask[40] = mask[41] = mask[42] = 1;
            memset(mask + 4 * LONG, 1, 2 * LONG);
            pixels[0] = NAN;
        }
        particle_scene_set(pixels, mask, 8, LONG, 0.02);
        cr_assert_eq(fringe_faults_find(model, scene.image, 0, 0, scene.particles, NULL, &faults, NULL),
                     FRINGE_OK);
        cr_assert_eq(fringe_faults_count(faults), pass ? 3 : 0);
        for (int i = 0; i < fringe_faults_count(faults); i++) {
            const fringe_fault_rating *rating = fringe_faults_get(faults, i);
            cr_expect_eq(rating->fault, FRINGE_FAULT_UNDECIDED);
            cr_expect_eq(rating->resolved + rating->spot_count + rating->line_count, 0);
        }
        fringe_faults_free(faults);
    }
    fringe_fault_model_free(model);
}

Test(find, a_lack_of_memory_is_survived)
{
    fringe_fault_model *model;
    fringe_faults *faults = NULL;
    fringe_status status = FRINGE_MEMORY;
    int refused = 0;
    fringe_run *run;
    cr_assert_eq(fringe_run_create(1, &run, NULL), FRINGE_OK);
    draw(AU_NM_PER_PX);
    for (long n = 0; status == FRINGE_MEMORY && n < 5000; n += 1 + n / 3, refused++) {
        alloc_fail_after(n);
        status = fringe_fault_model_load(model_folder, NULL, NULL, &model, NULL);
        alloc_fail_after(-1);
        cr_assert_eq(model == NULL, status != FRINGE_OK);
    }
    cr_assert_eq(status, FRINGE_OK);
    status = FRINGE_MEMORY;
    for (long n = 0; status == FRINGE_MEMORY && n < 500; n += 1 + n / 8, refused++) {
        alloc_fail_after(n);
        status = fringe_faults_find(model, scene.image, 0, 0, scene.particles, run, &faults, NULL);
        alloc_fail_after(-1);
        cr_assert_eq(faults == NULL, status != FRINGE_OK);
    }
    cr_expect_eq(status, FRINGE_OK);
    cr_expect_gt(refused, 15);
    fringe_faults_free(faults);
    fringe_fault_model_free(model);
    fringe_run_free(run);
}
