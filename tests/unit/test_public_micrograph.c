/* Micrographs through the public interface: from the caller's memory, and from the files in examples/ (tests
 * run in the repository's root). */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "fringe/fringe.h"

static const char gold[] = "examples/micrographs/simulated-gold-5nm.tif";

Test(public_micrograph, pixels_of_every_type_come_back)
{
    const int8_t i8[] = {-128, 0, 127, 1, 2, 3};
    const uint16_t u16[] = {0, 4711, 65535, 1, 2, 3};
    const int16_t i16[] = {-32768, 0, 32767, 1, 2, 3};
    const uint32_t u32[] = {0, 1u << 24, 4294967295u, 1, 2, 3};
    const float f32[] = {-1.5f, INFINITY, 3e38f, 1, 2, 3};
    const double f64[] = {-1.5, 0.1, 1e30, 1, 2, 3};
    const struct {
        fringe_pixel pixel;
        const void *pixels;
        float first[3];
    } cases[] = {{FRINGE_PIXEL_INT8, i8, {-128, 0, 127}},
                 {FRINGE_PIXEL_UINT16, u16, {0, 4711, 65535}},
                 {FRINGE_PIXEL_INT16, i16, {-32768, 0, 32767}},
                 {FRINGE_PIXEL_UINT32, u32, {0, 16777216, 4294967296.0f}},
                 {FRINGE_PIXEL_FLOAT32, f32, {-1.5f, INFINITY, 3e38f}},
                 {FRINGE_PIXEL_FLOAT64, f64, {-1.5f, 0.1f, 1e30f}}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        fringe_micrograph *micrograph;
        fringe_micrograph_info info;
        fringe_error error;
        float read[6];
        cr_assert_eq(fringe_micrograph_from_pixels(cases[i].pixels, cases[i].pixel, 1, 2, 3, 0.02,
                                                   &micrograph, &error),
                     FRINGE_OK, "%s", error.message);
        fringe_micrograph_get_info(micrograph, &info);
        cr_expect_str_eq(info.reader, "memory");
        cr_expect(info.width_px == 3 && info.height_px == 2 && info.slice_count == 1 &&
                  info.channel_count == 1);
        cr_expect_eq(info.pixel, cases[i].pixel);
        cr_expect(info.nm_per_px_x == 0.02 && info.nm_per_px_y == 0.02);
        cr_assert_eq(fringe_micrograph_read(micrograph, 0, 0, read, &error), FRINGE_OK, "%s", error.message);
        for (int j = 0; j < 3; j++)
            cr_expect_eq(read[j], cases[i].first[j], "%s, pixel %d: %g", fringe_pixel_name(cases[i].pixel), j,
                         read[j]);
        for (int j = 3; j < 6; j++) cr_expect_eq(read[j], j - 2);
        fringe_micrograph_free(micrograph);
    }
}

Test(public_micrograph, the_callers_pixels_are_copied)
{
    uint8_t pixels[4] = {1, 2, 3, 4};
    fringe_micrograph *micrograph;
    float read[4];
    cr_assert_eq(fringe_micrograph_from_pixels(pixels, FRINGE_PIXEL_UINT8, 1, 2, 2, 0, &micrograph, NULL),
                 FRINGE_OK);
    memset(pixels, 9, sizeof pixels);
    cr_assert_eq(fringe_micrograph_read(micrograph, 0, 0, read, NULL), FRINGE_OK);
    for (int i = 0; i < 4; i++) cr_expect_eq(read[i], i + 1);
    fringe_micrograph_free(micrograph);
}

Test(public_micrograph, arguments_out_of_range_are_refused)
{
    const uint8_t pixels[4] = {0};
    const struct {
        fringe_pixel pixel;
        int32_t channels, height, width;
        double nm_per_px;
    } bad[] = {{FRINGE_PIXEL_BIT, 1, 2, 2, 0},    {FRINGE_PIXEL_UINT8, 0, 2, 2, 0},
               {FRINGE_PIXEL_UINT8, 1, 0, 2, 0},  {FRINGE_PIXEL_UINT8, 1, 2, -1, 0},
               {FRINGE_PIXEL_UINT8, 1, 2, 2, -1}, {FRINGE_PIXEL_UINT8, 1, 2, 2, NAN},
               {(fringe_pixel)99, 1, 2, 2, 0}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        fringe_micrograph *micrograph = (fringe_micrograph *)1;
        fringe_error error;
        fringe_status status =
            fringe_micrograph_from_pixels(pixels, bad[i].pixel, bad[i].channels, bad[i].height, bad[i].width,
                                          bad[i].nm_per_px, &micrograph, &error);
        cr_expect_neq(status, FRINGE_OK, "case %zu", i);
        cr_expect_null(micrograph, "case %zu", i);
        cr_expect_gt(strlen(error.message), 5, "case %zu", i);
    }
    fringe_micrograph *micrograph;
    float read[4];
    cr_assert_eq(fringe_micrograph_from_pixels(pixels, FRINGE_PIXEL_UINT8, 1, 2, 2, 0, &micrograph, NULL),
                 FRINGE_OK);
    cr_expect_eq(fringe_micrograph_read(micrograph, 1, 0, read, NULL), FRINGE_ARGUMENT);
    cr_expect_eq(fringe_micrograph_read(micrograph, 0, 1, read, NULL), FRINGE_ARGUMENT);
    cr_expect_eq(fringe_micrograph_read(micrograph, -1, 0, read, NULL), FRINGE_ARGUMENT);
    const double sizes[] = {0, -1, NAN, INFINITY};
    for (int i = 0; i < 4; i++)
        cr_expect_eq(fringe_micrograph_set_pixel_size(micrograph, sizes[i], NULL), FRINGE_ARGUMENT);
    cr_expect_eq(fringe_micrograph_set_pixel_size(micrograph, 0.5, NULL), FRINGE_OK);
    fringe_micrograph_info info;
    fringe_micrograph_get_info(micrograph, &info);
    cr_expect(info.nm_per_px_x == 0.5 && info.nm_per_px_y == 0.5);
    fringe_micrograph_free(micrograph);
    fringe_micrograph_free(NULL);
}

Test(public_micrograph, a_file_of_the_examples)
{
    fringe_micrograph *micrograph;
    fringe_micrograph_info info;
    fringe_excluded excluded;
    fringe_error error;
    cr_assert_eq(fringe_micrograph_open(gold, NULL, &micrograph, &error), FRINGE_OK, "%s", error.message);
    fringe_micrograph_get_info(micrograph, &info);
    cr_expect_str_eq(info.reader, "tiff");
    cr_expect(info.width_px == 704 && info.height_px == 704);
    cr_expect_eq(info.pixel, FRINGE_PIXEL_UINT16);
    cr_expect_float_eq(info.nm_per_px_x, 0.02, 1e-6);
    cr_expect_not(info.own_output);
    cr_assert_eq(fringe_micrograph_find_bars(micrograph, &excluded, &error), FRINGE_OK, "%s", error.message);
    cr_expect(!excluded.top_px && !excluded.bottom_px && !excluded.left_px && !excluded.right_px);
    fringe_micrograph_free(micrograph);
}

Test(public_micrograph, what_is_no_image_is_named)
{
    const struct {
        const char *path;
        fringe_status status;
    } bad[] = {{"examples/micrographs/absent.tif", FRINGE_FILE},
               {"examples/micrographs", FRINGE_FILE},
               {"examples/micrographs/README.md", FRINGE_UNSUPPORTED}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        fringe_micrograph *micrograph;
        fringe_error error;
        cr_expect_eq(fringe_micrograph_open(bad[i].path, NULL, &micrograph, &error), bad[i].status, "%s",
                     bad[i].path);
        cr_expect_null(micrograph);
        cr_expect(strstr(error.message, bad[i].path), "%s", error.message);
    }
}
