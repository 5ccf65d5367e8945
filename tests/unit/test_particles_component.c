/* Connected pixels: their order, their holes, their outlines. */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "particles/component.h"
#include "particles/distance.h"
#include "particles/outline.h"

enum { MOST = 64 * 64 };

struct drawn {
    int32_t height, width, values[MOST], labels[MOST];
    struct component_list list;
};

/* Rows of digits; '.' is background. */
static void draw(struct drawn *drawn, const char *const *rows, int connectivity)
{
    drawn->width = (int32_t)strlen(rows[0]);
    for (drawn->height = 0; rows[drawn->height]; drawn->height++)
        for (int32_t x = 0; x < drawn->width; x++) {
            char c = rows[drawn->height][x];
            drawn->values[drawn->height * drawn->width + x] = c == '.' ? 0 : c - '0';
        }
    cr_assert_eq(component_find(drawn->values, drawn->height, drawn->width, connectivity, drawn->labels,
                                &drawn->list, NULL),
                 FRINGE_OK);
}

static void expect_labels(const struct drawn *drawn, const char *const *rows)
{
    for (int32_t y = 0; y < drawn->height; y++)
        for (int32_t x = 0; x < drawn->width; x++) {
            char c = rows[y][x];
            cr_expect_eq(drawn->labels[y * drawn->width + x], c == '.' ? 0 : c - '0', "at %d, %d", x, y);
        }
}

/* A U whose right arm begins higher joins two provisional numbers; the order is by topmost, then leftmost. */
Test(component, numbers_follow_the_first_pixel)
{
    static const char *const rows[] = {"....1.1", "1...1.1", "1.1.1..", "1111...", "......1", NULL};
    static const char *const eight[] = {"....1.2", "1...1.2", "1.1.1..", "1111...", "......3", NULL};
    static const char *const four[] = {"....1.2", "3...1.2", "3.3.1..", "3333...", "......4", NULL};
    struct drawn drawn;
    draw(&drawn, rows, 8);
    cr_expect_eq(drawn.list.count, 3);
    expect_labels(&drawn, eight);
    const struct component *u = &drawn.list.items[0];
    cr_expect_eq(u->pixel_count, 10);
    cr_expect(u->x0 == 0 && u->y0 == 0 && u->x1 == 5 && u->y1 == 4);
    cr_expect_eq(u->pixels[0], 4);
    component_list_free(&drawn.list);
    draw(&drawn, rows, 4);
    cr_expect_eq(drawn.list.count, 4);
    expect_labels(&drawn, four);
    component_list_free(&drawn.list);
}

Test(component, values_are_kept_apart)
{
    static const char *const rows[] = {"1122", "1.22", "3311", NULL}, *const wanted[] = {"1122", "1.22",
                                                                                         "3344", NULL};
    struct drawn drawn;
    draw(&drawn, rows, 8);
    expect_labels(&drawn, wanted);
    cr_expect_eq(drawn.list.items[3].value, 1);
    component_list_free(&drawn.list);
}

Test(component, selection_numbers_anew)
{
    static const char *const rows[] = {"1.1.1.1", NULL}, *const wanted[] = {"1.....2", NULL};
    static const uint8_t keep[] = {1, 0, 0, 1};
    struct drawn drawn;
    draw(&drawn, rows, 8);
    component_select(drawn.labels, &drawn.list, keep);
    cr_expect_eq(drawn.list.count, 2);
    expect_labels(&drawn, wanted);
    component_list_free(&drawn.list);
}

/* With 8 a diagonal outline is closed for its background, with 4 it is open. */
Test(component, holes)
{
    static const char *const rows[] = {"......", ".111..", ".1.1..", ".11.1.", "..111.", "......", NULL};
    static const char *const eight[] = {"......", ".111..", ".111..", ".1111.", "..111.", "......", NULL};
    struct drawn drawn;
    draw(&drawn, rows, 8);
    component_list_free(&drawn.list);
    cr_assert_eq(component_fill_holes(drawn.values, 6, 6, 8, NULL), FRINGE_OK);
    memcpy(drawn.labels, drawn.values, sizeof drawn.labels);
    expect_labels(&drawn, eight);

    static const char *const open[] = {".....", ".11..", "1..1.", ".11..", ".....", NULL};
    draw(&drawn, open, 4);
    component_list_free(&drawn.list);
    cr_assert_eq(component_fill_holes(drawn.values, 5, 5, 4, NULL), FRINGE_OK);
    cr_expect_eq(drawn.values[2 * 5 + 1], 0, "with 4 the background leads out at the corners");

    static const char *const shared[] = {"112", "1.2", "122", NULL}, *const own[] = {"212", "1.1", "212",
                                                                                     NULL};
    draw(&drawn, shared, 8);
    component_list_free(&drawn.list);
    cr_assert_eq(component_fill_holes(drawn.values, 3, 3, 8, NULL), FRINGE_OK);
    cr_expect_eq(drawn.values[4], 0, "a hole between two belongs to neither");
    draw(&drawn, own, 8);
    component_list_free(&drawn.list);
    cr_assert_eq(component_fill_holes(drawn.values, 3, 3, 8, NULL), FRINGE_OK);
    cr_expect_eq(drawn.values[4], 1);
}

/* Against the definition, pixel by pixel, on noise of three values. */
Test(distance, equals_the_definition)
{
    struct rng rng = rng_from_seed(3);
    enum { H = 23, W = 31 };
    static int32_t labels[H * W];
    static float squares[H * W];
    for (int round = 0; round < 20; round++) {
        for (int i = 0; i < H * W; i++) labels[i] = rng_unit(&rng) < 0.05 ? 0 : 1 + (rng_unit(&rng) < 0.02);
        cr_assert_eq(distance_squares(labels, H, W, squares, NULL), FRINGE_OK);
        for (int i = 0; i < H * W; i++) {
            float nearest = labels[i] ? 1e9f : 0;
            for (int j = 0; j < H * W && labels[i]; j++) {
                float dx = (float)(i % W - j % W), dy = (float)(i / W - j / W);
                if (labels[j] != labels[i] && dx * dx + dy * dy < nearest) nearest = dx * dx + dy * dy;
            }
            cr_assert_float_eq(squares[i], nearest, 1e-3, "at %d, %d: %g, not %g", i % W, i / W,
                               (double)squares[i], (double)nearest);
        }
    }
}

Test(outline, corners_and_perimeter)
{
    static const char *const rows[] = {"1....", ".....", "..11.", "...1.", NULL};
    static const fringe_corner wanted[] = {{4, 4}, {3, 4}, {3, 3}, {2, 3}, {2, 2}, {4, 2}};
    struct outline_corners corners = {0};
    struct drawn drawn;
    fringe_corner hull[16];
    draw(&drawn, rows, 8);
    cr_assert_eq(outline_trace(drawn.labels, 4, 5, &drawn.list.items[0], 1, 8, &corners, NULL), FRINGE_OK);
    cr_expect_eq(corners.count, 4);
    cr_expect_float_eq(outline_perimeter(corners.items, 4, 1, 1), 4 - 2 * (2 - sqrt(2)), 1e-12);
    corners.count = 0;
    cr_assert_eq(outline_trace(drawn.labels, 4, 5, &drawn.list.items[1], 2, 8, &corners, NULL), FRINGE_OK);
    cr_assert_eq(corners.count, 6);
    for (int i = 0; i < 6; i++)
        cr_expect(corners.items[i].x == wanted[i].x && corners.items[i].y == wanted[i].y, "corner %d: %d, %d",
                  i, corners.items[i].x, corners.items[i].y);
    size_t count = outline_hull(5, &drawn.list.items[1], hull);
    cr_expect_eq(count, 5);
    cr_expect(hull[0].x == 2 && hull[0].y == 2 && hull[1].x == 2 && hull[1].y == 3);
    alloc_free(corners.items);
    component_list_free(&drawn.list);
}

/* No allocation may fail unnoticed. */
Test(component, memory_ends_everywhere)
{
    static const char *const rows[] = {"1.1.1.1", NULL};
    struct drawn drawn;
    draw(&drawn, rows, 8);
    component_list_free(&drawn.list);
    fringe_status status = FRINGE_MEMORY;
    int n = 0;
    for (; status == FRINGE_MEMORY; n++) {
        alloc_fail_after(n);
        status = component_find(drawn.values, 1, 7, 8, drawn.labels, &drawn.list, NULL);
        alloc_fail_after(-1);
        if (status) cr_expect(drawn.list.items == NULL && drawn.list.count == 0);
    }
    cr_expect_eq(status, FRINGE_OK);
    cr_expect_geq(n, 5);
    component_list_free(&drawn.list);
}
