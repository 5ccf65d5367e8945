/* Overlays: the stretch saturates the share that it promises, outlines lie inside and in their own colour. */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "report/overlay.h"

enum { SIDE = 40 };

static const fringe_excluded nothing = {0, 0, 0, 0};

static const uint8_t *pixel(const uint8_t *rgb, int x, int y)
{
    return rgb + 3 * (y * SIDE + x);
}

static int is_grey(const uint8_t *rgb)
{
    return rgb[0] == rgb[1] && rgb[1] == rgb[2];
}

Test(overlay, a_mask_is_outlined_inside)
{
    float grey[SIDE * SIDE];
    uint8_t mask[SIDE * SIDE] = {0}, rgb[3 * SIDE * SIDE];
    for (int i = 0; i < SIDE * SIDE; i++) grey[i] = (float)(i % 7);
    for (int y = 10; y < 20; y++) memset(mask + y * SIDE + 10, 255, 10);
    struct overlay_labels labels = {.planes = mask, .plane_count = 1};
    cr_assert_eq(overlay_draw(grey, SIDE, SIDE, &nothing, &labels, rgb, NULL), FRINGE_OK);
    for (int y = 0; y < SIDE; y++)
        for (int x = 0; x < SIDE; x++) {
            int inside = x >= 10 && x < 20 && y >= 10 && y < 20;
            int edge = inside && (x == 10 || x == 19 || y == 10 || y == 19);
            cr_assert_eq(is_grey(pixel(rgb, x, y)), !edge, "at %d, %d", x, y);
        }
}

Test(overlay, a_particle_at_the_edge_of_the_image_has_no_outline_there)
{
    float grey[SIDE * SIDE] = {0};
    uint8_t mask[SIDE * SIDE], rgb[3 * SIDE * SIDE];
    memset(mask, 255, sizeof mask);
    struct overlay_labels labels = {.planes = mask, .plane_count = 1};
    cr_assert_eq(overlay_draw(grey, SIDE, SIDE, &nothing, &labels, rgb, NULL), FRINGE_OK);
    cr_expect(is_grey(pixel(rgb, 0, 0)));
    cr_expect(is_grey(pixel(rgb, SIDE - 1, SIDE - 1)));
}

Test(overlay, classes_have_distinct_colours)
{
    float grey[SIDE * SIDE] = {0};
    uint8_t classes[SIDE * SIDE] = {0}, rgb[3 * SIDE * SIDE];
    for (int c = 1; c <= 7; c++) memset(classes + 4 * c * SIDE, c, 4 * SIDE);
    struct overlay_labels labels = {.planes = classes, .plane_count = 1, .classes = 1};
    cr_assert_eq(overlay_draw(grey, SIDE, SIDE, &nothing, &labels, rgb, NULL), FRINGE_OK);
    cr_expect(is_grey(pixel(rgb, 5, 1)));
    for (int a = 1; a <= 7; a++)
        for (int b = a + 1; b <= 7; b++) {
            cr_expect(memcmp(pixel(rgb, 5, 4 * a), pixel(rgb, 5, 4 * b), 3), "outlines of %d and %d", a, b);
            cr_expect(memcmp(pixel(rgb, 5, 4 * a + 1), pixel(rgb, 5, 4 * b + 1), 3), "tints of %d and %d", a,
                      b);
        }
}

Test(overlay, the_stretch_saturates_what_it_promises)
{
    enum { COUNT = 100 * 100 };
    static float grey[COUNT];
    static uint8_t mask[COUNT], rgb[3 * COUNT];
    for (int i = 0; i < COUNT; i++) grey[i] = (float)i;
    grey[0] = NAN, grey[1] = INFINITY;
    struct overlay_labels labels = {.planes = mask, .plane_count = 1};
    cr_assert_eq(overlay_draw(grey, 100, 100, &nothing, &labels, rgb, NULL), FRINGE_OK);
    int black = 0, white = 0;
    for (int i = 2; i < COUNT; i++) {
        black += rgb[3 * i] == 0;
        white += rgb[3 * i] == 255;
    }
    cr_expect_eq(rgb[0], 0);
    cr_expect_eq(rgb[3], 0);
    /* 0.175 % at each end, and the half step that rounding adds: 10000 / 255 / 2 = 20 pixels. */
    cr_expect(black >= 17 && black <= 17 + 21, "%d black", black);
    cr_expect(white >= 17 && white <= 17 + 21, "%d white", white);
}

Test(overlay, excluded_rows_do_not_decide_the_stretch)
{
    float grey[SIDE * SIDE];
    uint8_t mask[SIDE * SIDE] = {0}, rgb[3 * SIDE * SIDE];
    for (int i = 0; i < SIDE * SIDE; i++) grey[i] = i < 30 * SIDE ? (float)(i % 2) : 1000.0f;
    fringe_excluded bar = {.bottom_px = 10};
    struct overlay_labels labels = {.planes = mask, .plane_count = 1};
    cr_assert_eq(overlay_draw(grey, SIDE, SIDE, &bar, &labels, rgb, NULL), FRINGE_OK);
    cr_expect_eq(pixel(rgb, 0, 0)[0], 0);
    cr_expect_geq(pixel(rgb, 1, 0)[0], 254);
    cr_expect_eq(pixel(rgb, 0, 39)[0], 255);
    fringe_excluded all = {.top_px = SIDE};
    cr_expect_eq(overlay_draw(grey, SIDE, SIDE, &all, &labels, rgb, NULL), FRINGE_OK);
}

Test(overlay, a_constant_micrograph_is_drawn)
{
    float grey[SIDE * SIDE];
    uint8_t mask[SIDE * SIDE] = {0}, rgb[3 * SIDE * SIDE];
    for (int i = 0; i < SIDE * SIDE; i++) grey[i] = 3;
    struct overlay_labels labels = {.planes = mask, .plane_count = 1};
    cr_assert_eq(overlay_draw(grey, SIDE, SIDE, &nothing, &labels, rgb, NULL), FRINGE_OK);
    cr_expect(is_grey(pixel(rgb, 3, 3)));
}
