/* From folders of crops to a package: each page is a row, a folder's name is its class, and the forest is one
 * that `fringe classify` takes. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/rng.h"
#include "faults/fault_classes.h"
#include "io/tiff_write.h"
#include "support/faulted_disc.h"
#include "train/forest_crops.h"
#include "train/forest_training.h"

enum { SIDE = 128, PATH_BYTES = 128 };

static char folder[64];

static void make_folder(void)
{
    strcpy(folder, "/tmp/fringe-crops-XXXXXX");
    cr_assert_not_null(mkdtemp(folder));
}

static void remove_folder(void)
{
    file_remove_tree(folder, NULL);
}

TestSuite(train_crops, .init = make_folder, .fini = remove_folder);

static const char *in_folder(const char *name)
{
    static char path[PATH_BYTES];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

/* A stack of crops, each with noise of its own. */
static void put_crops(const char *name, enum faulted_disc_kind kind, int32_t pages, double nm_per_px)
{
    static float pixels[SIDE * SIDE];
    struct tiff_write_options options = {.width_px = SIDE,
                                         .height_px = SIDE,
                                         .channel_count = 1,
                                         .slice_count = pages,
                                         .pixel = FRINGE_PIXEL_FLOAT32,
                                         .nm_per_px_x = nm_per_px,
                                         .nm_per_px_y = nm_per_px};
    struct tiff_writer *writer;
    struct rng rng = rng_from_seed(5);
    cr_assert_eq(tiff_write_begin(in_folder(name), &options, &writer, NULL), FRINGE_OK);
    for (int32_t page = 0; page < pages; page++) {
        for (int i = 0; i < SIDE * SIDE; i++)
            pixels[i] = (float)(faulted_disc_value(kind, 20 + 7 * page, 5, i % SIDE - 63.5, i / SIDE - 63.5) +
                                8 * rng_normal(&rng));
        cr_assert_eq(tiff_write_rows(writer, pixels, SIDE, NULL), FRINGE_OK);
    }
    cr_assert_eq(tiff_write_commit(writer, NULL), FRINGE_OK);
}

static void put_text(const char *name, const char *text)
{
    FILE *stream = fopen(in_folder(name), "w");
    cr_assert_not_null(stream);
    fputs(text, stream);
    fclose(stream);
}

static void make_classes(void)
{
    file_make_directories(in_folder("crops/no fault seen"), NULL);
    file_make_directories(in_folder("crops/twin"), NULL);
}

static void put_all(void)
{
    make_classes();
    put_crops("crops/no fault seen/one.tif", DISC_PERFECT, 1, 0);
    put_crops("crops/no fault seen/more.tif", DISC_PERFECT, 5, 0);
    put_crops("crops/twin/a.tif", DISC_TWIN, 6, 0);
    put_text("crops/README", "where they come from");
    put_text("crops/twin/.hidden", "no image");
}

static fringe_status train(const char *text, int threads, fringe_error *error)
{
    char path[PATH_BYTES];
    struct forest_recipe recipe;
    fringe_run *run;
    int is_forest;
    put_text("recipe.yaml", text);
    cr_assert_eq(fringe_run_create(threads, &run, NULL), FRINGE_OK);
    fringe_status status = forest_recipe_read(in_folder("recipe.yaml"), &recipe, &is_forest, error);
    snprintf(path, sizeof path, "%s/model", folder);
    if (!status) status = forest_training_run(&recipe, path, 1, run, error);
    forest_recipe_clear(&recipe);
    fringe_run_free(run);
    return status;
}

Test(train_crops, pages_become_rows_of_their_class)
{
    const struct forest_columns columns = {.label = "class"};
    struct forest_samples samples, again;
    fringe_error error;
    fringe_run *run;
    put_all();
    cr_assert_eq(fringe_run_create(3, &run, NULL), FRINGE_OK);
    cr_assert_eq(forest_crops_read(in_folder("crops"), &columns, NULL, &samples, &error), FRINGE_OK, "%s",
                 error.message);
    cr_expect_eq(samples.table.class_count, 2);
    cr_expect_str_eq(samples.class_names[0], "no fault seen");
    cr_expect_str_eq(samples.class_names[1], "twin");
    cr_expect_eq(samples.table.feature_count, FAULT_FOREST_FEATURE_COUNT);
    cr_assert_eq(samples.table.row_count, 12);
    for (size_t i = 0; i < 12; i++) {
        const float *row = samples.values + i * FAULT_FOREST_FEATURE_COUNT;
        cr_expect_eq(samples.classes[i], i >= 6, "files in the order of their classes");
        cr_expect_geq(row[FEATURE_spot_count], 3, "row %zu: %g", i, (double)row[FEATURE_spot_count]);
    }
    /* The same bytes by other threads; another digest when a page's pixels change, or a file's name. */
    cr_assert_eq(forest_crops_read(in_folder("crops"), &columns, run, &again, &error), FRINGE_OK);
    cr_expect_eq(memcmp(samples.values, again.values, 12 * FAULT_FOREST_FEATURE_COUNT * sizeof(float)), 0);
    cr_expect_str_eq(samples.sha256, again.sha256);
    forest_samples_clear(&again);
    put_crops("crops/twin/a.tif", DISC_GLIDE, 6, 0);
    cr_assert_eq(forest_crops_read(in_folder("crops"), &columns, run, &again, &error), FRINGE_OK);
    cr_expect_str_neq(samples.sha256, again.sha256);
    forest_samples_clear(&again);
    forest_samples_clear(&samples);
    fringe_run_free(run);
}

Test(train_crops, a_package_is_made_that_faults_are_told_by)
{
    struct forest_package *package;
    fringe_error error;
    put_all();
    cr_assert_eq(train("kind: forest\nname: Crops\ndata: {crops: crops}\nforest: {trees: 8}\n", 1, &error),
                 FRINGE_OK, "%s", error.message);
    cr_assert_eq(forest_package_read(in_folder("model"), &package, &error), FRINGE_OK, "%s", error.message);
    cr_expect_eq(fault_classes_check(package, &error), FRINGE_OK, "%s", error.message);
    forest_package_free(package);
}

/* The published recipe: five features by name, on what lies in the folders. */
Test(train_crops, features_are_chosen_by_name)
{
    static const char *const names[] = {"published_ring_mean", "fold_6"}, *const ignored[] = {"fold_2"};
    const struct forest_columns two = {.features = names, .feature_count = 2};
    const struct forest_columns less = {.ignored = ignored, .ignored_count = 1};
    struct forest_samples samples;
    fringe_error error;
    put_all();
    cr_assert_eq(forest_crops_read(in_folder("crops"), &two, NULL, &samples, &error), FRINGE_OK);
    cr_assert_eq(samples.table.feature_count, 2);
    cr_expect_str_eq(samples.feature_names[1], "fold_6");
    cr_expect_gt(samples.values[0], 0);
    forest_samples_clear(&samples);
    cr_assert_eq(forest_crops_read(in_folder("crops"), &less, NULL, &samples, &error), FRINGE_OK);
    cr_expect_eq(samples.table.feature_count, FAULT_FOREST_FEATURE_COUNT - 1);
    forest_samples_clear(&samples);
}

static void refuse(const char *data, fringe_status expected, const char *words)
{
    char text[256];
    fringe_error error = {.message = ""};
    snprintf(text, sizeof text, "kind: forest\ndata: {%s}\n", data);
    cr_expect_eq(train(text, 1, &error), expected, "%s", words);
    cr_expect_not_null(strstr(error.message, words), "'%s' is not in: %s", words, error.message);
}

Test(train_crops, folders_that_cannot_be)
{
    refuse("crops: crops, table: t.csv", FRINGE_FORMAT,
           "one of data.table and data.crops is needed, not both");
    refuse("crops: crops, label: kind", FRINGE_FORMAT, "data.label is a table's: data.crops has none");
    refuse("crops: crops, version: 3", FRINGE_FORMAT, "data.version is a table's");
    refuse("crops: crops, features: [area]", FRINGE_FORMAT, "feature 1, 'area', is none of the 76");
    refuse("crops: absent", FRINGE_FILE, "absent");
    make_classes();
    refuse("crops: crops", FRINGE_FORMAT, "crops/no fault seen: a class without crops");
    put_crops("crops/no fault seen/a.tif", DISC_PERFECT, 1, 0);
    file_make_directories(in_folder("crops/twin/deeper"), NULL);
    refuse("crops: crops", FRINGE_FORMAT,
           "twin/deeper: no file: the crops of a class lie in its folder itself");
    file_remove_tree(in_folder("crops/twin/deeper"), NULL);
    put_text("crops/twin/a.tif", "no image at all");
    refuse("crops: crops", FRINGE_UNSUPPORTED, "twin/a.tif");
    file_remove_tree(in_folder("crops/twin"), NULL);
    refuse("crops: crops", FRINGE_FORMAT, "crops: 1 folders of crops, one for each of 2 to 1024 classes");
}
