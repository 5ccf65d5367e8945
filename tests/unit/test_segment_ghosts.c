/* Fringes beside their particle: what a model that asks for it takes out of its masks. */
#include <criterion/criterion.h>

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "support/built_model.h"
#include "support/nets.h"

enum { HEIGHT = 202, WIDTH = 243, PIXELS = HEIGHT * WIDTH };

static struct net *net;
static struct built_model built;
static fringe_run *run;
static fringe_segment_options options;
/* The brightness, and what the network finds: it gives the second channel back. */
static float pixels[2][PIXELS];

static void put_disc(float y0, float x0, float radius, float brighter, float probability)
{
    for (int y = 0; y < HEIGHT; y++)
        for (int x = 0; x < WIDTH; x++)
            if (((float)y - y0) * ((float)y - y0) + ((float)x - x0) * ((float)x - x0) <= radius * radius) {
                pixels[0][y * WIDTH + x] += brighter;
                pixels[1][y * WIDTH + x] = probability;
            }
}

/* A model that asks, of a network whose output channels are so weighed sums of the two planes. */
static void build(const float *weights, int64_t channels)
{
    net = net_begin("image", 2);
    int inputs[2] = {net_input(net), net_floats(net, 4, (int64_t[]){channels, 2, 1, 1}, weights)};
    int y = net_node(net, "Conv", inputs, 2, "kernel_shape=1,1", 1);
    built_model_init(&built, net_end(net, y, "output"), 2, OUTPUT_MASK);
    built.package.described = 1;
    built.package.drop_ghosts = 1;
}

/* A support of noise under a ramp of light, two dark particles, and a bright region. */
static void start(void)
{
    const float second[] = {0, 1};
    struct rng rng = rng_from_seed(4);
    cr_assert_eq(fringe_run_create(2, &run, NULL), FRINGE_OK);
    fringe_segment_options_init(&options);
    options.exclude_bottom_px = 0;
    build(second, 1);
    for (int i = 0; i < PIXELS; i++) {
        pixels[0][i] = 1000 + (float)(i % WIDTH) + (float)(20 * rng_normal(&rng));
        pixels[1][i] = 0;
    }
    put_disc(60, 60, 30, -60, 0.95f);
    put_disc(150, 110, 25, -60, 0.6f);
    put_disc(70, 200, 20, 25, 0.7f);
}

static void stop(void)
{
    fringe_run_free(run);
    net_free(net);
}

TestSuite(ghosts, .init = start, .fini = stop);

static void segment(fringe_segmentation *result)
{
    fringe_micrograph *micrograph;
    fringe_error error;
    cr_assert_eq(
        fringe_micrograph_from_pixels(pixels, FRINGE_PIXEL_FLOAT32, 2, HEIGHT, WIDTH, 0, &micrograph, &error),
        FRINGE_OK, "%s", error.message);
    cr_assert_eq(fringe_segment(&built.model, micrograph, 0, &options, run, result, &error), FRINGE_OK, "%s",
                 error.message);
    fringe_micrograph_free(micrograph);
}

/* Expects what the network found, less the discs that are dropped. */
static void expect(int dropped, const char *what)
{
    fringe_segmentation result;
    int wrong = 0, missing = 0;
    segment(&result);
    for (int i = 0; i < PIXELS; i++) {
        int found = result.labels[i] != 0, wanted = pixels[1][i] >= 0.5f;
        missing += wanted && !found;
        wrong += found && !wanted;
        if (result.probability && wanted) wrong += result.probability[i] != (found ? pixels[1][i] : 0);
    }
    cr_expect_eq(wrong, 0, "%s: %d pixels", what, wrong);
    cr_expect_eq(missing, dropped, "%s: %d instead of %d pixels", what, missing, dropped);
    fringe_segmentation_free(&result);
}

static int size_of(float probability)
{
    int count = 0;
    for (int i = 0; i < PIXELS; i++) count += pixels[1][i] == probability;
    return count;
}

Test(ghosts, have_not_the_brightness_of_particles)
{
    expect(size_of(0.7f), "a bright region among dark particles");
    for (int i = 0; i < PIXELS; i++) pixels[0][i] = 5000 - 3 * pixels[0][i];
    expect(size_of(0.7f), "a dark region among bright particles");
    options.labels_only = 1;
    expect(size_of(0.7f), "labels alone");
    options.mirror = 1;
    expect(size_of(0.7f), "the mean of mirrored views");
}

Test(ghosts, take_nothing_of_the_outline_of_a_particle_beside_them)
{
    for (int y = 60; y < 100; y++)
        for (int x = 100; x < 172; x++) {
            int i = y * WIDTH + x, in_particle = x <= 140; /* reaches a pixel into the square at 140 */
            if (x > 140 && x < 144) continue;
            pixels[0][i] += in_particle ? -60.f : 25.f;
            pixels[1][i] = in_particle ? 0.95f : 0.7f;
        }
    expect(size_of(0.7f), "a square between both");
}

/* How much of the pixels of this brightness is still found. */
static double share_found(const fringe_segmentation *result, float probability)
{
    int found = 0;
    for (int i = 0; i < PIXELS; i++) found += pixels[1][i] == probability && result->labels[i];
    return (double)found / size_of(probability);
}

Test(ghosts, are_cut_from_the_particle_that_they_join)
{
    fringe_segmentation result;
    for (int y = 40; y < 80; y++)
        for (int x = 91; x < 121; x++) {
            pixels[0][y * WIDTH + x] += 25;
            pixels[1][y * WIDTH + x] = 0.75f;
        }
    segment(&result);
    cr_expect_lt(share_found(&result, 0.75f), 0.2, "%g", share_found(&result, 0.75f));
    cr_expect_gt(share_found(&result, 0.95f), 0.98, "%g", share_found(&result, 0.95f));
    cr_expect_eq(share_found(&result, 0.6f), 1, "%g", share_found(&result, 0.6f));
    cr_expect_eq(share_found(&result, 0.7f), 0, "%g", share_found(&result, 0.7f));
    fringe_segmentation_free(&result);
}

/* Light that falls askew makes the one side of a small support brighter than particles are dark. */
Test(ghosts, are_told_in_any_light)
{
    for (int i = 0; i < PIXELS; i++) pixels[0][i] += 8 * (float)(i % WIDTH) - 5 * (float)(i / WIDTH);
    put_disc(150, 225, 16, -60, 0.65f); /* cut by the border, with support on one side alone */
    expect(size_of(0.7f), "a ramp of many times the contrast");
}

Test(ghosts, stay_where_the_model_does_not_ask)
{
    built.package.drop_ghosts = 0;
    expect(0, "a model that does not ask");
}

Test(ghosts, are_none_where_the_network_is_sure)
{
    put_disc(70, 200, 20, 0, 1); /* its outline, half outside, lowers the mean */
    expect(0, "a sure region");
}

Test(ghosts, are_none_where_particles_are_bright_and_dark)
{
    put_disc(70, 200, 20, 100, 0.7f);
    expect(0, "contrast of both signs");
}

Test(ghosts, are_none_where_the_support_is_as_uneven_as_they_are)
{
    for (int y = 0; y < HEIGHT; y++)
        for (int x = 0; x < WIDTH; x++) pixels[0][y * WIDTH + x] += (y / 16 + x / 16) % 2 ? 60 : -60;
    expect(0, "an uneven support");
}

static float distance(int at, float y0, float x0)
{
    int y = at / WIDTH, x = at % WIDTH;
    return hypotf((float)y - y0, (float)x - x0);
}

Test(ghosts, are_none_where_little_support_is_seen_around_them)
{
    for (int i = 0; i < PIXELS; i++) {
        int in_corner = i / WIDTH >= 30 && i / WIDTH < 42 && i % WIDTH >= 200 && i % WIDTH < 212;
        if (pixels[1][i] == 0 && distance(i, 70, 200) < 70 && !in_corner) pixels[1][i] = 0.2f;
    }
    expect(0, "nine squares");
}

Test(ghosts, are_none_where_nobody_sees_how_even_the_support_is)
{
    for (int i = 0; i < PIXELS; i++)
        if (pixels[1][i] == 0 && distance(i, 60, 60) > 40 && distance(i, 150, 110) > 35 &&
            distance(i, 70, 200) > 30)
            pixels[1][i] = 0.2f;
    expect(0, "a rim of support");
    for (int i = 0; i < PIXELS; i++)
        if (pixels[1][i] == 0) pixels[1][i] = 0.2f;
    expect(0, "no support at all");
}

Test(ghosts, become_background_in_the_other_class)
{
    const float both[] = {0, -1, 0, 1}; /* background: 1 less the particle, but for the 1 */
    net_free(net);
    build(both, 2);
    built.model.foreground = 1;
    fringe_segmentation result;
    segment(&result);
    int cleared = 0, other = 0;
    for (int i = 0; i < PIXELS; i++) {
        cleared += pixels[1][i] == 0.7f && result.probability[i] == 0 && result.probability[PIXELS + i] == 0;
        other += pixels[1][i] == 0.95f && result.probability[i] == -0.95f;
    }
    cr_expect_eq(cleared, size_of(0.7f));
    cr_expect_eq(other, size_of(0.95f), "a particle's background is as the network gave it");
    fringe_segmentation_free(&result);
}

Test(ghosts, hands_back_what_it_took_when_memory_is_short)
{
    fringe_segmentation whole, result;
    fringe_micrograph *micrograph;
    fringe_error error;
    segment(&whole);
    cr_assert_eq(
        fringe_micrograph_from_pixels(pixels, FRINGE_PIXEL_FLOAT32, 2, HEIGHT, WIDTH, 0, &micrograph, &error),
        FRINGE_OK);
    fringe_status status = FRINGE_MEMORY;
    for (long i = 0; status != FRINGE_OK && i < 2000; i++) {
        alloc_fail_after(i);
        status = fringe_segment(&built.model, micrograph, 0, &options, run, &result, &error);
        alloc_fail_after(-1);
        cr_assert(status == FRINGE_OK || status == FRINGE_MEMORY, "%s", error.message);
    }
    cr_assert_eq(status, FRINGE_OK);
    cr_expect_eq(memcmp(whole.labels, result.labels, PIXELS), 0);
    fringe_segmentation_free(&whole);
    fringe_segmentation_free(&result);
    fringe_micrograph_free(micrograph);
}
