/* From recipe to package: every kind of network and of preparation gives a model that passes its own test and
 * that inference prepares its images for as training did. */
#include <criterion/criterion.h>

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/rng.h"
#include "fringe/model.h"
#include "fringe/segment.h"
#include "fringe/train.h"
#include "model/package.h"
#include "support/labelled_images.h"
#include "train/curve.h"
#include "train/samples.h"

enum { SIDE = 48, PIXELS = SIDE * SIDE };

static void set_up(void)
{
    static float pixels[PIXELS];
    static uint8_t labels[PIXELS];
    struct rng rng = rng_from_seed(6);
    model_folder_make();
    for (int n = 0; n < 2; n++) {
        for (int i = 0; i < PIXELS; i++) {
            labels[i] = hypot(i / SIDE - 24., i % SIDE - 20. - 4 * n) < 13 ? 255 : 0;
            pixels[i] = (float)(200 + (labels[i] ? 30 : 0) + 10 * rng_normal(&rng));
        }
        labelled_images_write(n ? "b.tif" : "a.tif", FRINGE_PIXEL_FLOAT32, pixels, SIDE, 1, 1, 0.04);
        labelled_images_write(n ? "b-mask.tif" : "a-mask.tif", FRINGE_PIXEL_UINT8, labels, SIDE, 1, 1, 0);
    }
}

TestSuite(train_package, .init = set_up, .fini = model_folder_remove);

static fringe_status train_text(const char *text, const char *directory, fringe_error *error)
{
    fringe_train_options options;
    model_folder_write("recipe.yaml", text, strlen(text));
    fringe_train_options_init(&options);
    options.recipe = model_folder_path("recipe.yaml");
    options.output_directory = model_folder_path(directory);
    options.overwrite = 1;
    return fringe_train(&options, NULL, error);
}

static fringe_status train(const char *data, const char *network, fringe_error *error)
{
    char text[1024];
    snprintf(
        text, sizeof text,
        "name: 'a \"name\": odd'\ndose_e_per_A2: [10, 200]\npolarity: dark\nlattice_filter: "
        "true\ndrop_ghosts: true\n"
        "data: {train: a.tif, validation: b.tif%s}\nnetwork: {widths: [2, 3]%s}\n"
        "training: {epochs: 2, steps_per_epoch: 2, batch: 1, crop_px: 16}\naugmentation: {scale: [0.5, 2]}\n",
        data, network);
    return train_text(text, "model", error);
}

Test(train_package, every_kind_of_network_passes_its_own_test)
{
    static const char *const kinds[] = {"", ", kind: residual-unet", ", kind: segnet",
                                        ", upsampling: transposed", ", batch_norm: false"};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        fringe_error error;
        fringe_model_check check;
        cr_assert_eq(train("", kinds[i], &error), FRINGE_OK, "%s: %s", kinds[i], error.message);
        cr_expect_eq(fringe_model_test(model_folder_path("model"), NULL, &check, &error), FRINGE_OK, "%s: %s",
                     kinds[i], error.message);
        cr_expect(check.case_count == 1 && check.value_count == 2 * PIXELS, "%s: %lld values", kinds[i],
                  (long long)check.value_count);
    }
}

Test(train_package, inference_prepares_as_training_did)
{
    static const char *const ways[] = {", normalize: zscore", ", normalize: minmax",
                                       ", normalize: percentile",
                                       ", normalize: fixed, subtract: 200, divide: 7"};
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        fringe_error error;
        struct train_recipe recipe;
        struct package *package;
        struct step steps[SAMPLES_MOST_STEPS];
        float mine[PIXELS], theirs[PIXELS];
        fringe_run *run;
        cr_assert_eq(train(ways[i], "", &error), FRINGE_OK, "%s: %s", ways[i], error.message);
        cr_assert_eq(train_recipe_read(model_folder_path("recipe.yaml"), &recipe, &error), FRINGE_OK);
        cr_assert_eq(package_read(model_folder_path("model"), NULL, &package, &error), FRINGE_OK, "%s",
                     error.message);
        cr_assert_eq(fringe_run_create(1, &run, NULL), FRINGE_OK);
        struct rng rng = rng_from_seed(i);
        for (int p = 0; p < PIXELS; p++) mine[p] = theirs[p] = (float)(210 + 30 * rng_normal(&rng));
        struct preparation_sample sample = {
            .planes = mine, .channel_count = 1, .pixel_count = PIXELS, .plane_stride = PIXELS, .run = run};
        cr_assert_eq(preparation_apply(steps, samples_steps(&recipe, steps), &sample, &error), FRINGE_OK);
        sample.planes = theirs;
        cr_assert_eq(
            preparation_apply(package->inputs[0].steps, package->inputs[0].step_count, &sample, &error),
            FRINGE_OK);
        cr_expect_eq(memcmp(mine, theirs, sizeof mine), 0, "%s", ways[i]);
        fringe_run_free(run);
        package_free(package);
        train_recipe_clear(&recipe);
    }
}

Test(train_package, says_what_it_was_trained_for)
{
    fringe_error error;
    struct package *package;
    cr_assert_eq(train("", "", &error), FRINGE_OK, "%s", error.message);
    cr_assert_eq(package_read(model_folder_path("model"), NULL, &package, &error), FRINGE_OK, "%s",
                 error.message);
    cr_expect_str_eq(package->name, "a \"name\": odd");
    cr_expect_eq(package->dose_min_e_per_A2, 10);
    cr_expect_eq(package->dose_max_e_per_A2, 200);
    cr_expect_str_eq(package->polarity, "dark");
    cr_expect_eq(package->pixel_size_nm, 0, "no pixel size was asked for");
    cr_expect_float_eq(package->pixel_size_min_nm, 0.02, 1e-9, "twice as large on the detector");
    cr_expect_float_eq(package->pixel_size_max_nm, 0.08, 1e-9);
    cr_expect_eq(package->lattice_filter, 1);
    cr_expect_eq(package->drop_ghosts, 1);
    package_free(package);
    cr_assert_eq(train(", pixel_size_nm: 0.05", "", &error), FRINGE_OK, "%s", error.message);
    cr_assert_eq(package_read(model_folder_path("model"), NULL, &package, &error), FRINGE_OK, "%s",
                 error.message);
    cr_expect_eq(package->pixel_size_nm, 0.05);
    cr_expect_float_eq(package->pixel_size_min_nm, 0.04, 1e-9);
    package_free(package);
}

static char *read_file(const char *name)
{
    unsigned char *bytes;
    size_t size;
    fringe_error error;
    cr_assert_eq(file_read_all(model_folder_path(name), 1 << 20, &bytes, &size, &error), FRINGE_OK, "%s",
                 error.message);
    return (char *)bytes;
}

Test(train_package, the_card_tells_where_it_came_from)
{
    fringe_error error;
    cr_assert_eq(train("", "", &error), FRINGE_OK, "%s", error.message);
    char *card = read_file("model/README.md"), *recipe = read_file("model/recipe.yaml"),
         *given = read_file("recipe.yaml");
    cr_expect_str_eq(recipe, given);
    cr_expect(strstr(card, "trained on | 1 images, validated on 1") &&
                  strstr(card, "SHA-256 of the data | `") && strstr(card, "of epoch ") &&
                  strstr(card, "(curve.svg)") && strstr(card, "0.04 to 0.04 nm"),
              "%s", card);
    alloc_free(card);
    alloc_free(recipe);
    alloc_free(given);
}

Test(train_package, curves_are_drawn_from_what_is_there)
{
    struct training_epoch epochs[3] = {{2, 1.5, 0.4}, {0.5, NAN, NAN}, {0.02, 0.3, 0.9}},
                          none = {NAN, NAN, NAN};
    struct training_curve curve = {epochs, 3, 2, 2}, empty = {&none, 1, 0, 2};
    fringe_error error;
    cr_assert_eq(curve_write(model_folder_path("curve.svg"), &curve, &error), FRINGE_OK, "%s", error.message);
    char *text = read_file("curve.svg");
    int lines = 0, points = 0;
    for (const char *at = text; (at = strstr(at, "<polyline")); at++) lines++;
    for (const char *at = strstr(text, "points=\""); *at && *at != '>'; at++) points += *at == ',';
    cr_expect_eq(lines, 3);
    cr_expect_eq(points, 3);
    cr_expect(strstr(text, "</svg>") && strstr(text, ">0.01<") && strstr(text, ">10<"), "%s", text);
    cr_expect(!strstr(text, "nan") && !strstr(text, "inf"));
    alloc_free(text);
    cr_assert_eq(curve_write(model_folder_path("curve.svg"), &empty, &error), FRINGE_OK, "%s", error.message);
    text = read_file("curve.svg");
    cr_expect(strstr(text, "</svg>") && !strstr(text, "polyline") && !strstr(text, "nan"));
    alloc_free(text);
}

/* What is there goes only when the first step of the new training is done. */
Test(train_package, a_slip_leaves_the_finished_network_that_it_would_replace)
{
    static const char form[] = "data: {train: a.tif}\n"
                               "training: {epochs: 1, steps_per_epoch: 1, batch: 1, crop_px: %d}\n"
                               "network: {%s}\n";
    char deep[512];
    fringe_error error;
    fringe_model_check check;
    cr_assert_eq(train("", "", &error), FRINGE_OK, "%s", error.message);
    cr_expect_eq(train(", classes: [0, 9]", "", &error), FRINGE_FORMAT);
    cr_expect_eq(train("", ", from: absent", &error), FRINGE_FILE);
    cr_expect_eq(train("", ", from: model/rdf.yaml", &error), FRINGE_FORMAT, "%s", error.message);
    snprintf(deep, sizeof deep, form, 32, "widths: [2, 2, 2, 2, 2, 2]");
    cr_assert_eq(train_text(deep, "deep", &error), FRINGE_OK, "%s", error.message);
    snprintf(deep, sizeof deep, form, 16, "from: deep");
    cr_expect_eq(train_text(deep, "model", &error), FRINGE_ARGUMENT);
    cr_expect(strstr(error.message, "16 x 16 pixels: sides must be multiples of 32"), "%s", error.message);
    cr_expect_eq(fringe_model_test(model_folder_path("model"), NULL, &check, &error), FRINGE_OK, "%s",
                 error.message);
}

/* Three levels, then trained on by a recipe whose own network would have two; in the same folder. */
Test(train_package, a_network_to_start_from_brings_its_own_shape)
{
    static const char form[] = "data: {train: a.tif}\nnetwork: {%s}\n"
                               "training: {epochs: 1, steps_per_epoch: 1, batch: 1, crop_px: 16}\n";
    char text[512];
    fringe_error error;
    fringe_model_check check;
    snprintf(text, sizeof text, form, "widths: [2, 3, 4]");
    cr_assert_eq(train_text(text, "model", &error), FRINGE_OK, "%s", error.message);
    snprintf(text, sizeof text, form, "widths: [2, 3], from: model");
    cr_assert_eq(train_text(text, "model", &error), FRINGE_OK, "%s", error.message);
    cr_expect_eq(fringe_model_test(model_folder_path("model"), NULL, &check, &error), FRINGE_OK, "%s",
                 error.message);
    char *card = read_file("model/README.md"), *description = read_file("model/rdf.yaml");
    cr_expect(strstr(card, "| network | that of the file with SHA-256 `"), "%s", card);
    cr_expect(strstr(description, "      min: 4\n      step: 4\n"), "%s", description);
    alloc_free(card);
    alloc_free(description);
}

/* The foreground's probabilities that the finished network gives for an image. The caller frees it. */
static fringe_segmentation find(void)
{
    fringe_error error;
    fringe_model *model;
    fringe_micrograph *micrograph;
    fringe_segmentation found;
    cr_assert_eq(fringe_model_load(model_folder_path("model"), NULL, &model, &error), FRINGE_OK, "%s",
                 error.message);
    cr_assert_eq(fringe_micrograph_open(model_folder_path("b.tif"), NULL, &micrograph, &error), FRINGE_OK);
    cr_assert_eq(fringe_segment(model, micrograph, 0, NULL, NULL, &found, &error), FRINGE_OK, "%s",
                 error.message);
    fringe_micrograph_free(micrograph);
    fringe_model_free(model);
    return found;
}

Test(train_package, odds_are_those_of_the_training_times_what_was_asked)
{
    static const char form[] = "data: {train: a.tif, validation: b.tif}\nnetwork: {widths: [4]}\n"
                               "training: {epochs: 1, steps_per_epoch: 3, batch: 1, crop_px: 32%s}\n";
    char text[512];
    fringe_error error;
    double farthest = 0;
    snprintf(text, sizeof text, form, "");
    cr_assert_eq(train_text(text, "model", &error), FRINGE_OK, "%s", error.message);
    fringe_segmentation plain = find();
    snprintf(text, sizeof text, form, ", class_odds: [2, 5]");
    cr_assert_eq(train_text(text, "model", &error), FRINGE_OK, "%s", error.message);
    fringe_segmentation wider = find();
    for (int i = 0; i < PIXELS; i++) {
        double p = plain.probability[plain.foreground * PIXELS + i];
        double q = wider.probability[wider.foreground * PIXELS + i];
        farthest = fmax(farthest, fabs(q / (1 - q) / (p / (1 - p)) - 2.5));
    }
    cr_expect_lt(farthest, 1e-4, "%g", farthest);
    fringe_segmentation_free(&plain);
    fringe_segmentation_free(&wider);
}
