/* Recipes and presets: what they draw, against what is promised of micrographs. */
#include <criterion/criterion.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fringe/simulate.h"
#include "simulate/scene.h"

enum { DRAWS = 4000 };

static struct recipe preset(const char *name)
{
    struct recipe recipe;
    fringe_error error;
    cr_assert_eq(recipe_preset(name, &recipe, &error), FRINGE_OK, "%s", error.message);
    return recipe;
}

static fringe_status read_text(const char *text, struct recipe *recipe, fringe_error *error)
{
    char path[] = "/tmp/fringe-recipe-XXXXXX";
    int file = mkstemp(path);
    cr_assert_eq(write(file, text, strlen(text)), (ssize_t)strlen(text));
    close(file);
    fringe_status status = recipe_read(path, recipe, error);
    unlink(path);
    return status;
}

/* Each key of `hrtem` and of the network's recipe reaches both ends of what micrographs are to vary in. */
Test(recipe, covers_what_micrographs_vary_in)
{
    static const struct {
        enum recipe_key key;
        double low, high;
    } sizes[] = {{KEY_pixel_size_nm, 0.01, 0.05}, {KEY_pixel_size_nm, 0.02, 0.08}}, /* of each preset */
        promised[] = {{KEY_voltage_kv, 80, 300},         {KEY_support_nm, 2, 10},
                      {KEY_corrected_cs_um, -10, 10},    {KEY_corrected_defocus_nm, -25, 25},
                      {KEY_uncorrected_cs_mm, 0.5, 1.4}, {KEY_uncorrected_defocus_nm, -60, 60},
                      {KEY_dose_per_a2, 30, 3000}};
    static const char *const names[] = {"hrtem", "hrtem-particles-training"};
    for (int p = 0; p < 2; p++) {
        struct recipe recipe = preset(names[p]);
        struct rng rng = rng_from_seed(12);
        double least[RECIPE_KEY_COUNT], most[RECIPE_KEY_COUNT], values[RECIPE_KEY_COUNT] = {0}, corrected = 0,
                                                                log_dose = 0;
        for (int key = 0; key < RECIPE_KEY_COUNT; key++) {
            least[key] = 1e300;
            most[key] = -1e300;
        }
        for (int i = 0; i < DRAWS; i++) {
            recipe_draw_stage(&recipe, STAGE_WAVE, &rng, values);
            recipe_draw_stage(&recipe, STAGE_EXPOSURE, &rng, values);
            corrected += values[KEY_corrected] / DRAWS;
            log_dose += log(values[KEY_dose_per_a2]) / DRAWS;
            for (int key = 0; key < RECIPE_KEY_COUNT; key++) {
                least[key] = fmin(least[key], values[key]);
                most[key] = fmax(most[key], values[key]);
            }
        }
        for (size_t i = 0; i <= sizeof promised / sizeof *promised; i++) {
            double low = i ? promised[i - 1].low : sizes[p].low,
                   high = i ? promised[i - 1].high : sizes[p].high;
            enum recipe_key key = i ? promised[i - 1].key : KEY_pixel_size_nm;
            double slack = 0.02 * (high - low);
            cr_expect(least[key] >= low && least[key] <= low + slack, "%s: %s from %g", names[p],
                      recipe_key_name(key), least[key]);
            cr_expect(most[key] <= high && most[key] >= high - slack, "%s: %s to %g", names[p],
                      recipe_key_name(key), most[key]);
        }
        cr_expect_float_eq(corrected, 0.5, 0.03);
        cr_expect_float_eq(log_dose, (log(30) + log(3000)) / 2, 0.06, "dose is uniform in its logarithm");
        static const enum recipe_key chances[] = {KEY_support,       KEY_nitride,     KEY_hole,
                                                  KEY_contamination, KEY_shell,       KEY_empty,
                                                  KEY_integrating,   KEY_one_material};
        for (size_t i = 0; i < sizeof chances / sizeof *chances; i++)
            cr_expect(least[chances[i]] == 0 && most[chances[i]] == 1, "%s", recipe_key_name(chances[i]));
        cr_expect_eq(recipe.shape_count, GRAIN_SHAPE_COUNT);
        cr_expect_eq(recipe.material_count, PHASE_COUNT);
    }
}

/* Uncorrected images stand around Scherzer's focus, 1.2 sqrt(Cs lambda). */
Test(recipe, lens_follows_the_corrector)
{
    struct recipe recipe = preset("hrtem-small");
    recipe.ranges[KEY_size_px] = (struct recipe_range){32, 32};
    recipe.ranges[KEY_support] = recipe.ranges[KEY_particle_count] = (struct recipe_range){0, 0};
    for (uint64_t seed = 0; seed < 40; seed++) {
        struct scene scene;
        struct rng rng = rng_from_seed(seed);
        cr_assert_eq(scene_draw(&recipe, &rng, 3, &scene, NULL), FRINGE_OK);
        for (int e = 0; e < 3; e++) {
            const double *v = scene.exposures[e].values;
            const struct optics *o = &scene.exposures[e].optics;
            double scherzer = 1.2 * sqrt(o->spherical_a * optics_wavelength_a(o->voltage_kv));
            if (v[KEY_corrected] != 0)
                cr_expect(fabs(o->spherical_a) <= 1e5 && fabs(o->defocus_a) <= 250);
            else
                cr_expect(o->spherical_a >= 5e6 && fabs(o->defocus_a - scherzer) <= 600);
            cr_expect_eq(v[KEY_voltage_kv], scene.values[KEY_voltage_kv]);
            cr_expect_float_eq(hypot(o->tilt_x, o->tilt_y), 1e-3 * v[KEY_tilt_mrad], 1e-12);
        }
        cr_expect_neq(scene.exposures[0].values[KEY_dose_per_a2], scene.exposures[1].values[KEY_dose_per_a2]);
        scene_clear(&scene);
    }
}

Test(recipe, scenes_hold_what_they_drew)
{
    struct recipe recipe = preset("hrtem-particles-training");
    recipe.ranges[KEY_pixel_size_nm] = (struct recipe_range){0.03, 0.03};
    recipe.ranges[KEY_size_px] = (struct recipe_range){128, 128};
    recipe.ranges[KEY_support_nm] = (struct recipe_range){0.5, 0.5};
    int touching = 0, cut = 0, particles = 0, one_kind = 0, mixed = 0;
    for (uint64_t seed = 0; seed < 60; seed++) {
        struct scene scene;
        struct rng rng = rng_from_seed(seed);
        cr_assert_eq(scene_draw(&recipe, &rng, 1, &scene, NULL), FRINGE_OK);
        if (scene.values[KEY_empty] != 0) cr_expect_eq(scene.particle_count, 0);
        for (int i = 0; i < scene.particle_count; i++) {
            const struct grain *g = &scene.particles[i].grain;
            double low = scene.margin_px * scene.pixel_a, high = low + scene.size_px * scene.pixel_a;
            particles++;
            cut += g->centre[0] < low + g->radius_a || g->centre[0] > high - g->radius_a;
            cr_assert(g->centre[2] >= 0 && g->centre[2] <= scene.depth_a);
            for (int j = 0; j < i; j++) {
                const struct grain *other = &scene.particles[j].grain;
                double apart = hypot(g->centre[0] - other->centre[0], g->centre[1] - other->centre[1]);
                touching += apart < 1.001 * (g->radius_a + other->radius_a);
                *(g->phase == other->phase ? &one_kind : &mixed) += 1;
            }
        }
        for (size_t i = 0; i < scene.atoms.count; i++) {
            const double *p = scene.atoms.items[i].position;
            cr_assert(p[0] >= 0 && p[0] < scene.side_a && p[1] >= 0 && p[1] < scene.side_a);
            cr_assert(p[2] > -6 && p[2] < scene.depth_a + 6, "z %g of %g", p[2], scene.depth_a);
        }
        scene_clear(&scene);
    }
    cr_expect_gt(particles, 60);
    cr_expect_gt(touching, 10);
    cr_expect_gt(cut, 20);
    cr_expect(one_kind > 20 && mixed > 20, "%d pairs of one material, %d of two", one_kind, mixed);
}

Test(recipe, refuses_keys_of_other_subjects)
{
    struct recipe recipe;
    fringe_error error;
    cr_expect_eq(read_text("preset: battery-sem\nvoltage_kv: 200\n", &recipe, &error), FRINGE_FORMAT);
    cr_expect(strstr(error.message, "voltage_kv"), "%s", error.message);
    cr_expect_eq(read_text("curtains: 0.1\n", &recipe, &error), FRINGE_FORMAT);
    cr_expect_eq(read_text("preset: nano-ct\nrings: 0.1\ncurtains: 0.1\n", &recipe, &error), FRINGE_FORMAT);
    cr_expect_eq(read_text("preset: nano-ct\nrings: 0.1\nsize_px: 64\n", &recipe, &error), FRINGE_OK, "%s",
                 error.message);
    cr_expect_eq(recipe.subject, RECIPE_TOMOGRAM);
    cr_expect_eq(recipe.ranges[KEY_rings].high, 0.1);
    cr_expect_eq(read_text("exposures_per_wave: [2, 4]\n", &recipe, &error), FRINGE_FORMAT);
    cr_expect_eq(read_text("exposures_per_wave: 2.5\n", &recipe, &error), FRINGE_FORMAT);
    cr_expect_eq(read_text("exposures_per_wave: 4\nshapes: [irregular]\n", &recipe, &error), FRINGE_OK);
    cr_expect(recipe.subject == RECIPE_MICROGRAPH && recipe.shapes[0] == GRAIN_IRREGULAR);
    /* A column for each, but for the particles' keys and those of other subjects. */
    cr_expect(recipe_key_is_column(RECIPE_MICROGRAPH, KEY_dose_per_a2));
    cr_expect(!recipe_key_is_column(RECIPE_MICROGRAPH, KEY_on_zone));
    cr_expect(!recipe_key_is_column(RECIPE_SECTION, KEY_rings));
    cr_expect(recipe_key_is_column(RECIPE_TOMOGRAM, KEY_rings));
}

struct digest {
    char text[FRINGE_SIMULATE_DIGEST_BYTES];
};

static struct digest digest_of(const char *name, const char *text, int32_t count, uint64_t seed)
{
    struct digest digest;
    char path[] = "/tmp/fringe-recipe-XXXXXX";
    fringe_simulate_options options = {.preset = name, .count = count, .seed = seed};
    fringe_error error;
    if (text) {
        int file = mkstemp(path);
        cr_assert_eq(write(file, text, strlen(text)), (ssize_t)strlen(text));
        close(file);
        options.recipe = path;
    }
    cr_assert_eq(fringe_simulate_digest(&options, digest.text, &error), FRINGE_OK, "%s", error.message);
    if (text) unlink(path);
    return digest;
}

/* What a recipe says counts, not how or under which name it says it. */
Test(recipe, has_a_digest_of_what_it_draws)
{
    const struct digest first = digest_of("hrtem-small", NULL, 3, 7);
    const char *small = first.text;
    cr_expect_eq(strlen(small), FRINGE_SIMULATE_DIGEST_BYTES - 1);
    cr_expect_str_eq(digest_of(NULL, "# the same\npreset: hrtem-small\nphonon_count: [2, 2]\n", 3, 7).text,
                     small);
    static const char *const others[] = {"preset: hrtem-small\nphonon_count: [2, 3]\n",
                                         "preset: hrtem-small\nphonon_count: 3\n",
                                         "preset: hrtem-small\nmaterials: [Au, CdSe]\n",
                                         "preset: hrtem-small\nshapes: [sphere]\n", "preset: hrtem\n"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        cr_expect_str_neq(digest_of(NULL, others[i], 3, 7).text, small, "%s", others[i]);
    cr_expect_str_neq(digest_of("hrtem-small", NULL, 4, 7).text, small);
    cr_expect_str_neq(digest_of("hrtem-small", NULL, 3, 8).text, small);
    cr_expect_str_neq(digest_of("battery-sem", NULL, 3, 7).text, digest_of("nano-ct", NULL, 3, 7).text);
    cr_expect_str_neq(digest_of(NULL, "materials: [Au, CdSe]\n", 3, 7).text,
                      digest_of(NULL, "materials: [CdSe, Au]\n", 3, 7).text, "a draw takes the other one");
}
