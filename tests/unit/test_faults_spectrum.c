/* A particle's spectrum through the public interface: where spots stand, which they are, how planes run. */
#include <criterion/criterion.h>

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "fringe/fringe.h"
#include "support/drawn_forest.h"
#include "support/fault_ratings.h"
#include "support/faulted_disc.h"
#include "support/model_folder.h"
#include "support/particle_scene.h"

enum { SIDE = 220, MIDDLE = 110, OFFSET = 12 };

#define AU_NM_PER_PX 0.023546 /* d of {111} is 10 px: 0.23546 nm */
#define TURN_DEG     35.0

static fringe_fault_model *model;

/* The disc is particle 2; particle 1 is a speck in the corner. */
static void draw(enum faulted_disc_kind kind, double nm_per_px)
{
    static float pixels[SIDE * SIDE];
    static uint8_t mask[SIDE * SIDE];
    struct rng rng = rng_from_seed(8);
    for (int y = 0; y < SIDE; y++)
        for (int x = 0; x < SIDE; x++) {
            double dx = x - MIDDLE, dy = y - MIDDLE;
            pixels[y * SIDE + x] =
                (float)(500 + 15 * rng_normal(&rng) + faulted_disc_value(kind, TURN_DEG, OFFSET, dx, dy));
            mask[y * SIDE + x] =
                dx * dx + dy * dy < FAULTED_DISC_RADIUS * FAULTED_DISC_RADIUS || (x < 4 && y < 4);
        }
    particle_scene_set(pixels, mask, SIDE, SIDE, nm_per_px);
    cr_assert_eq(fringe_particles_count(scene.particles), 2);
}

static void load(void)
{
    fringe_error error;
    model_folder_make();
    drawn_forest_write(model_folder);
    cr_assert_eq(fringe_fault_model_load(model_folder, NULL, NULL, &model, &error), FRINGE_OK, "%s",
                 error.message);
}

static void give_back(void)
{
    fringe_fault_model_free(model);
    particle_scene_clear();
    model_folder_remove();
}

TestSuite(spectrum, .init = load, .fini = give_back);

static fringe_spectrum *find(const fringe_fault_model *used)
{
    fringe_spectrum *spectrum;
    fringe_error error;
    cr_assert_eq(fringe_spectrum_find(used, scene.image, 0, 0, scene.particles, 1, NULL, &spectrum, &error),
                 FRINGE_OK, "%s", error.message);
    return spectrum;
}

/* The drawn reflections in cycles per pixel, of g and -g that which is listed. */
static void drawn(double g[3][2])
{
    double turn = TURN_DEG * M_PI / 180, opening = FAULTED_DISC_OPENING * M_PI / 180;
    for (int i = 0; i < 2; i++) {
        g[i][0] = 0.1 * cos(turn + i * opening);
        g[i][1] = 0.1 * sin(turn + i * opening);
    }
    for (int k = 0; k < 2; k++) g[2][k] = g[1][k] - g[0][k];
}

/* The spot at a frequency, which must be there. */
static const fringe_spectrum_spot *spot_at(const fringe_spectrum *spectrum, double g_x, double g_y)
{
    fringe_spectrum_info info;
    fringe_spectrum_get_info(spectrum, &info);
    for (int32_t i = 0; i < info.spot_count; i++) {
        const fringe_spectrum_spot *spot = fringe_spectrum_get_spot(spectrum, i);
        if (hypot(spot->g_x - g_x, spot->g_y - g_y) < 2 * info.step_x) return spot;
    }
    cr_assert_fail("no spot at %g, %g", g_x, g_y);
    return NULL;
}

/* The spot and its opposite are the summits of their surroundings in the plane. */
static void assert_summit(const fringe_spectrum *spectrum, double x_px, double y_px)
{
    fringe_spectrum_info info;
    fringe_spectrum_get_info(spectrum, &info);
    const float *power = fringe_spectrum_power(spectrum);
    for (int sign = -1; sign <= 1; sign += 2) {
        double middle = info.size_px / 2 + 0.5;
        int at_x = (int)floor(middle + sign * (x_px - middle)),
            at_y = (int)floor(middle + sign * (y_px - middle));
        int best_x = 0, best_y = 0;
        float best = -1;
        for (int y = at_y - 8; y <= at_y + 8; y++)
            for (int x = at_x - 8; x <= at_x + 8; x++) {
                float here = power[y * info.size_px + x];
                if (here <= best) continue;
                best = here;
                best_x = x;
                best_y = y;
            }
        cr_expect_leq(abs(best_x - at_x), 1, "%d, the summit is at %d", at_x, best_x);
        cr_expect_leq(abs(best_y - at_y), 1, "%d, the summit is at %d", at_y, best_y);
        cr_expect_gt(best, 100);
    }
}

Test(spectrum, spots_stand_where_they_were_drawn_and_have_indices)
{
    double g[3][2];
    const fringe_spectrum_spot *spots[3];
    fringe_spectrum_info info;
    draw(DISC_PERFECT, AU_NM_PER_PX);
    drawn(g);
    fringe_spectrum *spectrum = find(model);
    const fringe_fault_rating *rating = fringe_spectrum_rating(spectrum);
    fringe_spectrum_get_info(spectrum, &info);
    cr_expect_str_eq(info.unit, "nm");
    cr_expect_float_eq(info.step_x * info.size_px * AU_NM_PER_PX, 1, 1e-12);
    cr_expect_eq(info.step_x, info.step_y);
    for (int i = 0; i < 3; i++) {
        spots[i] = spot_at(spectrum, g[i][0] / AU_NM_PER_PX, g[i][1] / AU_NM_PER_PX);
        cr_expect_float_eq(spots[i]->x_px, info.size_px / 2 + 0.5 + g[i][0] * info.size_px, 0.2);
        cr_expect_float_eq(spots[i]->y_px, info.size_px / 2 + 0.5 + g[i][1] * info.size_px, 0.2);
        assert_summit(spectrum, spots[i]->x_px, spots[i]->y_px);
        double d = AU_NM_PER_PX / hypot(g[i][0], g[i][1]);
        cr_expect_float_eq(spots[i]->spacing, d, 4 * spots[i]->spacing_error);
        cr_expect_lt(spots[i]->spacing_error, 0.02 * d);
        cr_expect_gt(spots[i]->contrast, 20);
        cr_expect_eq(spots[i]->is_indexed, 1);
        int along = 0;
        for (int k = 0; k < 3; k++) along += spots[i]->index[k] * rating->zone[k];
        cr_expect_eq(along, 0, "a reflection of the zone");
    }
    for (int k = 0; k < 3; k++) {
        cr_expect_eq(abs(spots[0]->index[k]) + abs(spots[1]->index[k]), 2, "both are of {111}");
        cr_expect_eq(spots[2]->index[k], spots[1]->index[k] - spots[0]->index[k]);
    }
    cr_expect_eq(info.plane_count, 0);
    cr_expect_null(fringe_spectrum_get_spot(spectrum, -1));
    cr_expect_null(fringe_spectrum_get_spot(spectrum, info.spot_count));
    cr_expect_null(fringe_spectrum_get_plane(spectrum, 0));
    fringe_spectrum_free(spectrum);
}

Test(spectrum, planes_run_as_drawn_and_the_rating_is_that_of_all_particles)
{
    static const fringe_fault expected[] = {FRINGE_FAULT_NONE, FRINGE_FAULT_STACKING, FRINGE_FAULT_TWIN};
    for (int kind = DISC_PERFECT; kind <= DISC_TWIN; kind++) {
        fringe_faults *faults;
        fringe_spectrum_info info;
        draw((enum faulted_disc_kind)kind, AU_NM_PER_PX);
        fringe_spectrum *spectrum = find(model);
        const fringe_fault_rating *rating = fringe_spectrum_rating(spectrum);
        fringe_spectrum_get_info(spectrum, &info);
        cr_expect_eq(rating->fault, expected[kind]);
        cr_expect_eq(info.plane_count, kind > 0);
        cr_assert_eq(fringe_faults_find(model, scene.image, 0, 0, scene.particles, NULL, &faults, NULL),
                     FRINGE_OK);
        cr_expect(fault_ratings_are_same(rating, fringe_faults_get(faults, 1)), "kind %d", kind);
        if (kind) {
            const fringe_spectrum_plane *plane = fringe_spectrum_get_plane(spectrum, 0);
            cr_expect_float_eq(plane->direction, 90 - TURN_DEG, 1.5, "%g", plane->direction);
            const fringe_spectrum_spot *layers = fringe_spectrum_get_spot(spectrum, plane->spot);
            cr_assert_not_null(layers);
            cr_expect_float_eq(layers->spacing, 0.23546, 0.005, "%g", layers->spacing);
            for (int k = 0; k < 3; k++) cr_expect_eq(abs(layers->index[k]), 1);
        }
        fringe_faults_free(faults);
        fringe_spectrum_free(spectrum);
    }
}

Test(spectrum, without_a_model_spots_have_indices_and_there_is_no_class)
{
    draw(DISC_TWIN, AU_NM_PER_PX);
    fringe_spectrum *with = find(model), *without = find(NULL);
    const fringe_fault_rating *rating = fringe_spectrum_rating(without);
    fringe_spectrum_info infos[2];
    fringe_spectrum_get_info(with, infos);
    fringe_spectrum_get_info(without, infos + 1);
    cr_assert_eq(infos[0].spot_count, infos[1].spot_count);
    cr_expect_eq(infos[1].plane_count, 0);
    cr_expect_eq(rating->fault, FRINGE_FAULT_UNDECIDED);
    cr_expect_eq(rating->fault_probability, 0);
    cr_expect_str_eq(rating->phase, fringe_spectrum_rating(with)->phase);
    for (int32_t i = 0; i < infos[0].spot_count; i++)
        cr_expect_eq(memcmp(fringe_spectrum_get_spot(with, i), fringe_spectrum_get_spot(without, i),
                            sizeof(fringe_spectrum_spot)),
                     0);
    fringe_spectrum_free(with);
    fringe_spectrum_free(without);
}

Test(spectrum, without_a_pixel_size_there_are_no_indices)
{
    double g[3][2];
    fringe_spectrum_info info;
    draw(DISC_PERFECT, 0);
    drawn(g);
    fringe_spectrum *spectrum = find(model);
    fringe_spectrum_get_info(spectrum, &info);
    cr_expect_str_eq(info.unit, "pixel");
    cr_expect_float_eq(info.step_x * info.size_px, 1, 1e-12);
    for (int i = 0; i < 3; i++) {
        const fringe_spectrum_spot *spot = spot_at(spectrum, g[i][0], g[i][1]);
        cr_expect_eq(spot->is_indexed, 0);
        cr_expect_eq(abs(spot->index[0]) + abs(spot->index[1]) + abs(spot->index[2]), 0);
    }
    fringe_spectrum_free(spectrum);
}

static void refused(fringe_micrograph *of, int32_t slice, int32_t index, const fringe_run *run,
                    fringe_status status, const char *words)
{
    fringe_spectrum *spectrum;
    fringe_error error = {0};
    cr_expect_eq(fringe_spectrum_find(model, of, slice, 0, scene.particles, index, run, &spectrum, &error),
                 status);
    cr_expect_null(spectrum);
    cr_expect_not_null(strstr(error.message, words), "%s", error.message);
}

Test(spectrum, what_has_none_is_refused)
{
    static float other_pixels[64 * 64];
    fringe_micrograph *other;
    fringe_run *run;
    draw(DISC_PERFECT, AU_NM_PER_PX);
    cr_assert_eq(
        fringe_micrograph_from_pixels(other_pixels, FRINGE_PIXEL_FLOAT32, 1, 64, 64, 0, &other, NULL),
        FRINGE_OK);
    refused(scene.image, 0, -1, NULL, FRINGE_ARGUMENT, "particle 0: there are 2");
    refused(scene.image, 0, 2, NULL, FRINGE_ARGUMENT, "particle 3: there are 2");
    refused(scene.image, 0, 0, NULL, FRINGE_ARGUMENT,
            "particle 1: a lattice needs 64 pixels or more, the mask has 16");
    refused(other, 0, 1, NULL, FRINGE_ARGUMENT, "220 x 220 pixels, the image 64 x 64");
    refused(scene.image, 1, 1, NULL, FRINGE_ARGUMENT, "slice");
    cr_assert_eq(fringe_run_create(1, &run, NULL), FRINGE_OK);
    fringe_run_cancel(run);
    refused(scene.image, 0, 1, run, FRINGE_CANCELLED, "");
    fringe_run_free(run);
    fringe_micrograph_free(other);
    fringe_spectrum_free(NULL);
}

/* A flat particle, and one larger than spectra are made of. */
Test(spectrum, odd_particles_are_refused)
{
    enum { LONG = FRINGE_FAULT_BOX_MOST + 10 };
    static float pixels[24 * LONG];
    static uint8_t mask[24 * LONG];
    for (int i = 0; i < 10; i++) memset(mask + i * LONG + 10, 1, 10);
    memset(mask + 20 * LONG, 1, 2 * LONG);
    particle_scene_set(pixels, mask, 24, LONG, 0.02);
    refused(scene.image, 0, 0, NULL, FRINGE_ARGUMENT, "particle 1: all 100 pixels of a mask are alike");
    refused(scene.image, 0, 1, NULL, FRINGE_ARGUMENT,
            "particle 2 is 2058 x 2 pixels: spectra are made of up to 2048");
}

Test(spectrum, a_lack_of_memory_is_survived)
{
    fringe_spectrum *spectrum = NULL;
    fringe_status status = FRINGE_MEMORY;
    int refusals = 0;
    draw(DISC_TWIN, AU_NM_PER_PX);
    for (long n = 0; status == FRINGE_MEMORY && n < 2000; n += 1 + n / 8, refusals++) {
        alloc_fail_after(n);
        status = fringe_spectrum_find(n % 2 ? model : NULL, scene.image, 0, 0, scene.particles, 1, NULL,
                                      &spectrum, NULL);
        alloc_fail_after(-1);
        cr_assert_eq(spectrum == NULL, status != FRINGE_OK);
    }
    cr_expect_eq(status, FRINGE_OK);
    cr_expect_gt(refusals, 15);
    fringe_spectrum_free(spectrum);
}
