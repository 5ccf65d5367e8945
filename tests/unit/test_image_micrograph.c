/* Micrographs from the caller's memory: types, channels, bounds. */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "image/micrograph_source.h"

Test(micrograph, every_type_comes_back_as_float)
{
    static const uint8_t u8[] = {0, 1, 255};
    static const int8_t i8[] = {-128, 0, 127};
    static const uint16_t u16[] = {0, 4711, 65535};
    static const int16_t i16[] = {-32768, -1, 32767};
    static const uint32_t u32[] = {0, 1u << 24, 4294967040u};
    static const int32_t i32[] = {INT32_MIN, -1, 1 << 24};
    static const float f32[] = {-0.5f, 1e-30f, 3e38f};
    static const double f64[] = {-0.5, 0.1, 1e300};
    static const struct {
        fringe_pixel pixel;
        const void *samples;
        float expected[3];
    } cases[] = {
        {FRINGE_PIXEL_UINT8, u8, {0, 1, 255}},
        {FRINGE_PIXEL_INT8, i8, {-128, 0, 127}},
        {FRINGE_PIXEL_UINT16, u16, {0, 4711, 65535}},
        {FRINGE_PIXEL_INT16, i16, {-32768, -1, 32767}},
        {FRINGE_PIXEL_UINT32, u32, {0, 16777216, 4294967040.0f}},
        {FRINGE_PIXEL_INT32, i32, {-2147483648.0f, -1, 16777216}},
        {FRINGE_PIXEL_FLOAT32, f32, {-0.5f, 1e-30f, 3e38f}},
        {FRINGE_PIXEL_FLOAT64, f64, {-0.5f, 0.1f, INFINITY}},
    };
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        fringe_micrograph *micrograph;
        fringe_micrograph_info info;
        float read[3];
        cr_assert_eq(
            fringe_micrograph_from_pixels(cases[c].samples, cases[c].pixel, 1, 1, 3, 0.25, &micrograph, NULL),
            FRINGE_OK);
        cr_assert_eq(fringe_micrograph_read(micrograph, 0, 0, read, NULL), FRINGE_OK);
        for (int i = 0; i < 3; i++)
            cr_expect_eq(read[i], cases[c].expected[i], "%s %d", fringe_pixel_name(cases[c].pixel), i);
        fringe_micrograph_get_info(micrograph, &info);
        cr_expect_eq(info.pixel, cases[c].pixel);
        cr_expect_eq(info.nm_per_px_x, 0.25);
        cr_expect_str_eq(info.reader, "memory");
        cr_expect_str_empty(info.unit);
        cr_expect_str_empty(fringe_micrograph_slice_label(micrograph, 0));
        fringe_micrograph_free(micrograph);
    }
}

/* The caller's pixels may go or change: they were copied. Channels are planes. */
Test(micrograph, channels_are_planes_and_pixels_are_copied)
{
    uint16_t pixels[2][3][4];
    for (int i = 0; i < 24; i++) ((uint16_t *)pixels)[i] = (uint16_t)i;
    fringe_micrograph *micrograph;
    float plane[12], rows[8];
    cr_assert_eq(fringe_micrograph_from_pixels(pixels, FRINGE_PIXEL_UINT16, 2, 3, 4, 0, &micrograph, NULL),
                 FRINGE_OK);
    memset(pixels, 0, sizeof pixels);
    cr_assert_eq(fringe_micrograph_read(micrograph, 0, 1, plane, NULL), FRINGE_OK);
    for (int i = 0; i < 12; i++) cr_expect_eq(plane[i], 12 + i);
    cr_assert_eq(micrograph_source_read_rows(micrograph, 0, 0, 1, 3, rows, NULL), FRINGE_OK);
    for (int i = 0; i < 8; i++) cr_expect_eq(rows[i], 4 + i);
    fringe_micrograph_free(micrograph);
}

Test(micrograph, what_is_outside_is_refused)
{
    static const uint8_t pixels[6];
    fringe_micrograph *micrograph;
    fringe_error error;
    float rows[6];
    cr_assert_eq(fringe_micrograph_from_pixels(pixels, FRINGE_PIXEL_UINT8, 1, 2, 3, 0, &micrograph, NULL),
                 FRINGE_OK);
    cr_expect_eq(fringe_micrograph_read(micrograph, 1, 0, rows, &error), FRINGE_ARGUMENT);
    cr_expect(strstr(error.message, "slice 1 was asked for, there are 1") != NULL, "%s", error.message);
    cr_expect_eq(fringe_micrograph_read(micrograph, -1, 0, rows, &error), FRINGE_ARGUMENT);
    cr_expect_eq(fringe_micrograph_read(micrograph, 0, 1, rows, &error), FRINGE_ARGUMENT);
    cr_expect_eq(micrograph_source_read_rows(micrograph, 0, 0, 0, 3, rows, &error), FRINGE_ARGUMENT);
    cr_expect_eq(micrograph_source_read_rows(micrograph, 0, 0, 1, 1, rows, &error), FRINGE_ARGUMENT);
    cr_expect_eq(micrograph_source_read_rows(micrograph, 0, 0, -1, 1, rows, &error), FRINGE_ARGUMENT);
    static const double bad[] = {0, -1, NAN, INFINITY};
    for (int i = 0; i < 4; i++)
        cr_expect_eq(fringe_micrograph_set_pixel_size(micrograph, bad[i], &error), FRINGE_ARGUMENT);
    cr_expect_eq(micrograph->info.nm_per_px_x, 0);
    cr_expect_eq(fringe_micrograph_set_pixel_size(micrograph, 0.5, &error), FRINGE_OK);
    cr_expect_eq(micrograph->info.nm_per_px_y, 0.5);
    fringe_micrograph_free(micrograph);

    static const struct {
        fringe_pixel pixel;
        int32_t channels, height, width;
        double nm;
        fringe_status status;
    } cases[] = {{FRINGE_PIXEL_BIT, 1, 2, 3, 0, FRINGE_ARGUMENT},
                 {(fringe_pixel)99, 1, 2, 3, 0, FRINGE_ARGUMENT},
                 {FRINGE_PIXEL_UINT8, 0, 2, 3, 0, FRINGE_ARGUMENT},
                 {FRINGE_PIXEL_UINT8, 1, 0, 3, 0, FRINGE_ARGUMENT},
                 {FRINGE_PIXEL_UINT8, 1, 2, -3, 0, FRINGE_ARGUMENT},
                 {FRINGE_PIXEL_UINT8, 1, 2, 3, -1, FRINGE_ARGUMENT},
                 {FRINGE_PIXEL_UINT8, 1, 2, 3, NAN, FRINGE_ARGUMENT},
                 {FRINGE_PIXEL_UINT8, 1, 65536, 65536, 0, FRINGE_UNSUPPORTED}};
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        cr_expect_eq(fringe_micrograph_from_pixels(pixels, cases[c].pixel, cases[c].channels, cases[c].height,
                                                   cases[c].width, cases[c].nm, &micrograph, &error),
                     cases[c].status, "case %zu", c);
        cr_expect_null(micrograph);
    }
    fringe_micrograph_free(NULL);
}

Test(micrograph, short_memory_is_an_answer)
{
    static const uint8_t pixels[6];
    int failed = 0;
    fringe_status status = FRINGE_MEMORY;
    for (long n = 0; status == FRINGE_MEMORY && n < 20; n++) {
        fringe_micrograph *micrograph;
        alloc_fail_after(n);
        status = fringe_micrograph_from_pixels(pixels, FRINGE_PIXEL_UINT8, 1, 2, 3, 0, &micrograph, NULL);
        alloc_fail_after(-1);
        fringe_micrograph_free(micrograph);
        failed += status == FRINGE_MEMORY;
    }
    cr_expect_eq(status, FRINGE_OK);
    cr_expect_eq(failed, 3);
}
