/* Which label image belongs to a micrograph, and what its pixels are. */
#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/path.h"
#include "io/label_read.h"
#include "support/labelled_images.h"

enum { SIDE = 6, PIXELS = SIDE * SIDE };

TestSuite(labels, .init = model_folder_make, .fini = model_folder_remove);

static void write_labels(const char *name)
{
    static const uint8_t pixels[PIXELS] = {0, 1, 2};
    labelled_images_write(name, FRINGE_PIXEL_UINT8, pixels, SIDE, 1, 1, 0);
}

/* The name of the labels that were found, "" where there are none. */
static const char *find(const char *image, int in_folder, fringe_status *status, fringe_error *error)
{
    static char name[128];
    struct label_folder folder = {0};
    char *path;
    *status =
        label_read_find(model_folder_path(image), in_folder ? model_folder : NULL, &folder, &path, error);
    snprintf(name, sizeof name, "%s", path ? path_name(path) : "");
    label_folder_clear(&folder);
    alloc_free(path);
    return name;
}

Test(labels, are_found_by_every_name)
{
    static const char *const endings[] = {"-mask.tif",   "_mask.tif",   "-label.tif",   "_label.tif",
                                          "-labels.tif", "_labels.tif", "-classes.tif", "_classes.tif"};
    fringe_error error;
    fringe_status status;
    write_labels("x.tif");
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        char name[32];
        snprintf(name, sizeof name, "x%s", endings[i]);
        write_labels(name);
        cr_expect(label_read_has_suffix(name), "%s", name);
        cr_expect_str_eq(find("x.tif", 0, &status, &error), name);
        cr_expect_eq(status, FRINGE_OK);
        cr_expect_str_eq(find("x_image.tif", 0, &status, &error), name);
        cr_expect_str_eq(find("x-image.png", 0, &status, &error), name);
        remove(model_folder_path(name));
    }
    cr_expect(!label_read_has_suffix("x.tif") && !label_read_has_suffix("-mask.tif") &&
              !label_read_has_suffix("mask"));
}

Test(labels, near_names_are_others)
{
    fringe_error error;
    fringe_status status;
    write_labels("x.tif");
    write_labels("x1-mask.tif");
    write_labels("xx-mask.tif");
    write_labels("x-mask-2.tif");
    model_folder_write("x-mask.txt", "no image", 8);
    find("x.tif", 0, &status, &error);
    cr_expect_eq(status, FRINGE_FILE);
    cr_expect(strstr(error.message, "x.tif: it has no labels: no x-mask.*"), "%s", error.message);
    find("x.tif", 1, &status, &error);
    cr_expect_eq(status, FRINGE_FILE, "an image is not its own label");
    write_labels("x.png.tif");
    find("x.tif", 1, &status, &error);
    cr_expect_eq(status, FRINGE_FILE);
    cr_expect_str_eq(find("image/x.png", 1, &status, &error), "x.tif",
                     "in a folder of labels the name is enough");
    write_labels("x_mask.tif");
    find("image/x.png", 1, &status, &error);
    cr_expect_eq(status, FRINGE_ARGUMENT);
    cr_expect(strstr(error.message, "both ") && strstr(error.message, "x.tif") &&
                  strstr(error.message, "x_mask.tif"),
              "%s", error.message);
}

Test(labels, results_of_fringe_are_none)
{
    static const uint8_t pixels[PIXELS];
    struct tiff_write_options options = {.width_px = SIDE,
                                         .height_px = SIDE,
                                         .channel_count = 1,
                                         .slice_count = 1,
                                         .pixel = FRINGE_PIXEL_UINT8};
    struct tiff_writer *writer;
    fringe_error error;
    fringe_status status;
    cr_assert_eq(tiff_write_begin(model_folder_path("x-mask.tif"), &options, &writer, &error), FRINGE_OK);
    cr_assert_eq(tiff_write_rows(writer, pixels, SIDE, &error), FRINGE_OK);
    cr_assert_eq(tiff_write_commit(writer, &error), FRINGE_OK);
    find("x.tif", 0, &status, &error);
    cr_expect_eq(status, FRINGE_FILE);
    cr_expect(strstr(error.message, "results of Fringe"), "%s", error.message);
    write_labels("x-label.tif");
    cr_expect_str_eq(find("x.tif", 0, &status, &error), "x-label.tif");
}

Test(labels, are_whole_numbers_of_the_images_size)
{
    float pixels[PIXELS] = {0, 3, 255, 300, 70000};
    uint8_t values[PIXELS];
    fringe_micrograph *labels;
    fringe_error error;
    labelled_images_write("x.tif", FRINGE_PIXEL_FLOAT32, pixels, SIDE, 1, 1, 0);
    cr_assert_eq(label_read_open(model_folder_path("x.tif"), SIDE, SIDE, 1, NULL, &labels, &error),
                 FRINGE_OK);
    cr_assert_eq(label_read_slice(labels, 0, values, &error), FRINGE_OK, "%s", error.message);
    cr_expect(values[1] == 3 && values[2] == 255 && values[3] == 255 && values[4] == 255 && values[5] == 0);
    fringe_micrograph_free(labels);
    cr_expect_eq(label_read_open(model_folder_path("x.tif"), SIDE, SIDE + 1, 1, NULL, &labels, &error),
                 FRINGE_MISMATCH);
    cr_expect(strstr(error.message, "6 x 6 pixels") && strstr(error.message, "7 x 6 pixels"), "%s",
              error.message);
    cr_expect_null(labels);
    for (int i = 0; i < 2; i++) {
        pixels[SIDE + 2] = i ? -1 : 0.5f;
        labelled_images_write("x.tif", FRINGE_PIXEL_FLOAT32, pixels, SIDE, 1, 1, 0);
        cr_assert_eq(label_read_open(model_folder_path("x.tif"), SIDE, SIDE, 1, NULL, &labels, &error),
                     FRINGE_OK);
        cr_expect_eq(label_read_slice(labels, 0, values, &error), FRINGE_FORMAT);
        cr_expect(strstr(error.message, "row 1, column 2 is"), "%s", error.message);
        fringe_micrograph_free(labels);
    }
}
