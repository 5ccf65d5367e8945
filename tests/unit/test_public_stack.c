/* Slices of one stack from memory, one after the other, and thresholds tried on one result. */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "fringe/fringe.h"

enum { HEIGHT = 96, WIDTH = 80, BAR = 20 };

static const char model_path[] = "models/hrtem-particles";

/* Grey noise; `bar` rows of black at the bottom. */
static void draw(uint8_t pixels[HEIGHT * WIDTH], uint32_t seed, int bar)
{
    for (int i = 0; i < HEIGHT * WIDTH; i++) {
        seed = seed * 1664525u + 1013904223u;
        pixels[i] = i / WIDTH >= HEIGHT - bar ? 0 : (uint8_t)(64 + (seed >> 25));
    }
}

Test(public_stack, next_slice_keeps_bars_and_calibration)
{
    static uint8_t first[HEIGHT * WIDTH], next[HEIGHT * WIDTH];
    static float read[HEIGHT * WIDTH];
    fringe_micrograph *micrograph;
    fringe_micrograph_info info;
    fringe_excluded found;
    fringe_error error;
    draw(first, 1, BAR);
    draw(next, 2, 0);
    cr_assert_eq(
        fringe_micrograph_from_pixels(first, FRINGE_PIXEL_UINT8, 1, HEIGHT, WIDTH, 0, &micrograph, &error),
        FRINGE_OK, "%s", error.message);
    cr_assert_eq(fringe_micrograph_set_pixel_size_xy(micrograph, 0.02, 0.03, &error), FRINGE_OK);
    cr_assert_eq(fringe_micrograph_find_bars(micrograph, &found, &error), FRINGE_OK);
    cr_assert_eq(found.bottom_px, BAR);

    cr_assert_eq(
        fringe_micrograph_replace_pixels(micrograph, next, FRINGE_PIXEL_UINT8, 1, HEIGHT, WIDTH, &error),
        FRINGE_OK, "%s", error.message);
    cr_assert_eq(fringe_micrograph_read(micrograph, 0, 0, read, &error), FRINGE_OK);
    for (int i = 0; i < HEIGHT * WIDTH; i++) cr_assert_eq(read[i], next[i]);
    cr_assert_eq(fringe_micrograph_find_bars(micrograph, &found, &error), FRINGE_OK);
    cr_expect_eq(found.bottom_px, BAR, "the bars are those of the first slice");
    fringe_micrograph_get_info(micrograph, &info);
    cr_expect(info.nm_per_px_x == 0.02 && info.nm_per_px_y == 0.03);

    const struct {
        fringe_pixel pixel;
        int32_t channels, height, width;
    } others[] = {{FRINGE_PIXEL_INT8, 1, HEIGHT, WIDTH},
                  {FRINGE_PIXEL_UINT8, 2, HEIGHT, WIDTH},
                  {FRINGE_PIXEL_UINT8, 1, WIDTH, HEIGHT},
                  {FRINGE_PIXEL_UINT8, 1, HEIGHT, WIDTH - 1}};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        cr_expect_eq(fringe_micrograph_replace_pixels(micrograph, next, others[i].pixel, others[i].channels,
                                                      others[i].height, others[i].width, &error),
                     FRINGE_ARGUMENT);
    cr_expect_eq(fringe_micrograph_set_pixel_size_xy(micrograph, 0.02, -1, &error), FRINGE_ARGUMENT);
    cr_expect_eq(fringe_micrograph_set_pixel_size_xy(micrograph, (double)NAN, 1, &error), FRINGE_ARGUMENT);
    fringe_micrograph_free(micrograph);

    cr_assert_eq(
        fringe_micrograph_open("examples/micrographs/simulated-gold-2nm.tif", NULL, &micrograph, &error),
        FRINGE_OK);
    cr_expect_eq(fringe_micrograph_replace_pixels(micrograph, next, FRINGE_PIXEL_UINT16, 1, 512, 512, &error),
                 FRINGE_ARGUMENT, "a file's pixels stay");
    fringe_micrograph_free(micrograph);
}

Test(public_stack, threshold_anew_is_threshold_at_once)
{
    fringe_model *model;
    fringe_micrograph *micrograph;
    fringe_segmentation half, high;
    fringe_segment_options options;
    fringe_error error;
    cr_assert_eq(fringe_model_load(model_path, NULL, &model, &error), FRINGE_OK, "%s", error.message);
    cr_assert_eq(
        fringe_micrograph_open("examples/micrographs/simulated-gold-2nm.tif", NULL, &micrograph, &error),
        FRINGE_OK);
    fringe_segment_options_init(&options);
    cr_assert_eq(fringe_segment(model, micrograph, 0, &options, NULL, &half, &error), FRINGE_OK);
    options.threshold = 0.8;
    cr_assert_eq(fringe_segment(model, micrograph, 0, &options, NULL, &high, &error), FRINGE_OK);
    size_t bytes = (size_t)half.width_px * (size_t)half.height_px;
    cr_assert_neq(memcmp(half.labels, high.labels, bytes), 0);
    cr_assert_eq(fringe_segmentation_set_threshold(&half, 0.8, &error), FRINGE_OK, "%s", error.message);
    cr_expect_eq(memcmp(half.labels, high.labels, bytes), 0);
    const double wrong[] = {0, -0.1, 1.1, (double)NAN};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        cr_expect_eq(fringe_segmentation_set_threshold(&half, wrong[i], &error), FRINGE_ARGUMENT);
    high.kind = FRINGE_SEGMENT_VALUES;
    cr_expect_eq(fringe_segmentation_set_threshold(&high, 0.5, &error), FRINGE_ARGUMENT);
    fringe_segmentation_free(&half);
    fringe_segmentation_free(&high);
    fringe_micrograph_free(micrograph);
    fringe_model_free(model);
}

Test(public_stack, sizes_in_units)
{
    cr_expect_eq(fringe_micrograph_pixel_nm(0.25, "nm"), 0.25);
    cr_expect_float_eq(fringe_micrograph_pixel_nm(0.25, " \xc2\xb5m "), 250, 1e-9);
    const char *const none[] = {"", "pixel", "furlong", "inch"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        cr_expect_eq(fringe_micrograph_pixel_nm(1, none[i]), 0, "%s", none[i]);
    cr_expect_eq(fringe_micrograph_pixel_nm(0, "nm"), 0);
    cr_expect_eq(fringe_micrograph_pixel_nm((double)NAN, "nm"), 0);
    cr_expect_eq(fringe_micrograph_pixel_nm(1, "m"), 0, "no pixel of a micrograph is a metre");
}
