/* Data bars: drawn ones of many styles are found to the pixel, and pictures without one are left alone. */
#include <criterion/criterion.h>

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "image/data_bar.h"

enum { H = 240, W = 300 };

static float *image;
static uint32_t state;

static void start(void)
{
    image = alloc_array(H * W, sizeof *image);
    cr_assert_not_null(image);
    state = 1;
}

static void stop(void)
{
    alloc_free(image);
}

TestSuite(data_bar, .init = start, .fini = stop);

static float noise(int levels) /* 0 to levels - 1 */
{
    state = state * 1664525u + 1013904223u;
    return (float)((state >> 8) % (uint32_t)levels);
}

/* A grainy 8-bit picture around middle grey. */
static void draw_picture(void)
{
    for (int i = 0; i < H * W; i++) image[i] = 80 + noise(60) + noise(40);
}

static void fill(int y0, int y1, int x0, int x1, float value)
{
    for (int y = y0; y < y1; y++)
        for (int x = x0; x < x1; x++) image[y * W + x] = value;
}

/* Strokes of 2 pixels, 10 high, as letters have them, from x0 on. */
static void draw_text(int y, int x0, int letters, float ink)
{
    for (int i = 0; i < letters; i++) {
        int x = x0 + i * 9;
        fill(y, y + 10, x, x + 2, ink);
        fill(y, y + 2, x, x + 6, ink);
        if (i % 2) fill(y + 4, y + 6, x, x + 5, ink);
        if (i % 3 == 0) fill(y + 8, y + 10, x, x + 6, ink);
    }
}

static fringe_status find(int height, int width, fringe_excluded *excluded, fringe_error *error)
{
    const struct sample_plane plane = {FRINGE_PIXEL_FLOAT32, height, width, image, 0};
    return data_bar_find(&plane, excluded, error);
}

static void expect(const char *what, int top, int bottom, int left, int right)
{
    fringe_excluded e;
    cr_assert_eq(find(H, W, &e, NULL), FRINGE_OK);
    cr_expect(e.top_px == top && e.bottom_px == bottom && e.left_px == left && e.right_px == right,
              "%s: top %d bottom %d left %d right %d", what, (int)e.top_px, (int)e.bottom_px, (int)e.left_px,
              (int)e.right_px);
}

Test(data_bar, with_text_at_the_bottom)
{
    for (int depth = 16; depth <= 64; depth += 16)
        for (int white = 0; white < 2; white++) {
            draw_picture();
            fill(H - depth, H, 0, W, white ? 255 : 0);
            draw_text(H - depth + 3, 5, 14, white ? 0 : 255);
            fill(H - depth + 7, H - depth + 9, 200, 270, white ? 0 : 255); /* the scale bar */
            expect(white ? "white bar" : "black bar", 0, depth, 0, 0);
        }
}

Test(data_bar, with_frame_and_cells)
{
    draw_picture();
    fill(H - 30, H, 0, W, 255);
    fill(H - 29, H - 1, 1, W - 1, 0);
    fill(H - 29, H - 1, 100, 101, 255);
    fill(H - 29, H - 1, 200, 201, 255);
    draw_text(H - 20, 5, 8, 255);
    draw_text(H - 20, 110, 8, 255);
    expect("framed bar", 0, 30, 0, 0);
}

Test(data_bar, at_the_other_edges)
{
    draw_picture();
    fill(0, 20, 0, W, 0);
    draw_text(5, 5, 14, 255);
    expect("bar at the top", 20, 0, 0, 0);
}

Test(data_bar, padding_of_aligned_images)
{
    draw_picture();
    fill(0, 17, 0, W, 0);
    expect("rows", 17, 0, 0, 0);
    fill(0, H, W - 60, W, 0);
    expect("rows and columns", 17, 0, 0, 60);
    fill(H - 1, H, 0, W, 0);
    expect("a single row", 17, 1, 0, 60);
}

/* The left padding makes each row of the bar start with another value: found in the second round. */
Test(data_bar, bar_below_padding)
{
    draw_picture();
    fill(H - 24, H, 0, W, 255);
    draw_text(H - 18, 5, 14, 0);
    fill(0, H - 24, 0, 90, 0);
    expect("bar and padding", 0, 24, 90, 0);
}

/* JPEG leaves traces around everything: here a few levels, everywhere but in the margins of the bar. */
Test(data_bar, blurred_by_compression)
{
    draw_picture();
    fill(H - 40, H, 0, W, 0);
    draw_text(H - 25, 5, 14, 255);
    for (int y = H - 27; y < H - 13; y++)
        for (int x = 0; x < 140; x++)
            if (image[y * W + x] == 0) image[y * W + x] = noise(5);
    expect("compressed bar", 0, 40, 0, 0);
}

Test(data_bar, does_not_depend_on_scale_and_offset)
{
    draw_picture();
    fill(H - 32, H, 0, W, 0);
    draw_text(H - 20, 5, 14, 255);
    for (int i = 0; i < H * W; i++) image[i] = image[i] * 3e-7f - 1;
    expect("scaled", 0, 32, 0, 0);
}

Test(data_bar, pictures_have_none)
{
    draw_picture();
    expect("picture", 0, 0, 0, 0);

    for (int i = 0; i < H * W; i++) image[i] = 42;
    expect("constant", 0, 0, 0, 0);

    for (int i = 0; i < H * W; i++) image[i] = noise(50) == 0; /* one electron in fifty pixels */
    expect("sparse counts", 0, 0, 0, 0);

    draw_picture(); /* a dark vacuum with a sharp, but slanted border to the sample */
    for (int y = 0; y < H; y++)
        for (int x = 0; x < W; x++)
            if (y < 60 + x / 5) image[y * W + x] = noise(50) == 0;
    expect("vacuum", 0, 0, 0, 0);

    draw_picture(); /* a sample's straight lower border: noise, but no text */
    for (int y = 180; y < H; y++)
        for (int x = 0; x < W; x++) image[y * W + x] = noise(50) == 0;
    expect("level vacuum", 0, 0, 0, 0);

    draw_picture(); /* the field of a tomographic reconstruction */
    for (int y = 0; y < H; y++)
        for (int x = 0; x < W; x++) {
            double dy = y - H / 2., dx = x - W / 2.;
            if (dy * dy + dx * dx > 100. * 100.) image[y * W + x] = 0;
        }
    expect("circle", 0, 0, 0, 0);

    for (int i = 0; i < H * W; i++) image[i] = NAN;
    expect("nothing finite", 0, 0, 0, 0);
}

Test(data_bar, at_least_half_of_the_image_stays)
{
    draw_picture();
    fill(0, H / 2 + 1, 0, W, 0);
    expect("more than half constant", 0, 0, 0, 0);
    draw_picture();
    fill(0, 80, 0, W, 0);
    fill(H - 80, H, 0, W, 0);
    fringe_excluded e;
    cr_assert_eq(find(H, W, &e, NULL), FRINGE_OK);
    cr_expect(e.top_px + e.bottom_px <= H / 2);
}

/* Stripes at which each line could be taken for padding: bounded work, and most of the image stays. */
Test(data_bar, stripes_come_off_only_a_few_times)
{
    for (int y = 0; y < H; y++) fill(y, y + 1, 0, W, (float)(y % 2));
    fringe_excluded e;
    cr_assert_eq(find(H, W, &e, NULL), FRINGE_OK);
    cr_expect(e.top_px <= 4 && e.bottom_px <= 4);
}

Test(data_bar, tiny_images)
{
    for (int h = 1; h <= 17; h++)
        for (int w = 1; w <= 17; w++) {
            for (int i = 0; i < h * w; i++) image[i] = i < w ? 0 : noise(100);
            fringe_excluded e;
            cr_assert_eq(find(h, w, &e, NULL), FRINGE_OK);
            int judged = h >= 16 && w >= 16;
            cr_expect(e.top_px == judged && !e.bottom_px && !e.left_px && !e.right_px, "%d x %d: %d", h, w,
                      (int)e.top_px);
        }
}

Test(data_bar, fails_without_memory)
{
    fringe_error error;
    fringe_excluded e;
    draw_picture();
    alloc_fail_after(0);
    fringe_status status = find(H, W, &e, &error);
    alloc_fail_after(-1);
    cr_expect_eq(status, FRINGE_MEMORY);
}
