/* Notices about dose and polarity that the model was not trained for; pixel sizes are in test_segment_grid.c.
 */
#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

#include "base/rng.h"
#include "support/built_model.h"
#include "support/nets.h"

enum { SIDE = 96 };

static struct net *net;
static struct built_model built;
static struct heard heard;
static fringe_run *run;
static fringe_segment_options options;
static fringe_segmentation result;
static fringe_error error;
static uint16_t counts[SIDE * SIDE];

/* A network that gives the pixels back: what is bright is found. */
static void start(void)
{
    const float one = 1;
    run = built_model_listen(2, &heard);
    fringe_segment_options_init(&options);
    options.normalize = FRINGE_NORMALIZE_MINMAX;
    options.exclude_bottom_px = 0;
    net = net_begin("image", 1);
    int inputs[2] = {net_input(net), net_floats(net, 4, (int64_t[]){1, 1, 1, 1}, &one)};
    int y = net_node(net, "Conv", inputs, 2, "kernel_shape=1,1", 1);
    built_model_init(&built, net_end(net, y, "output"), 1, OUTPUT_MASK);
}

static void stop(void)
{
    fringe_segmentation_free(&result);
    fringe_run_free(run);
    net_free(net);
}

TestSuite(range, .init = start, .fini = stop);

static int is_out_of_range(const void *pixels, fringe_pixel pixel, double nm)
{
    fringe_micrograph *micrograph;
    heard.notices[0] = 0;
    cr_assert_eq(fringe_micrograph_from_pixels(pixels, pixel, 1, SIDE, SIDE, nm, &micrograph, &error),
                 FRINGE_OK, "%s", error.message);
    fringe_segmentation_free(&result);
    cr_assert_eq(fringe_segment(&built.model, micrograph, 0, &options, run, &result, &error), FRINGE_OK, "%s",
                 error.message);
    fringe_micrograph_free(micrograph);
    return strstr(heard.notices, "out_of_range") != NULL;
}

/* So many electrons a pixel in the mean, each of them `gain` grey values; a wave of 8 pixels is the lattice.
 */
static void count_electrons(double electrons, double gain)
{
    struct rng rng = rng_from_seed(11);
    for (int i = 0; i < SIDE * SIDE; i++) {
        double wave = 1 + 0.3 * ((i % SIDE) % 8 < 4 ? 1 : -1);
        counts[i] = (uint16_t)(gain * rng_poisson(&rng, electrons * wave));
    }
}

Test(range, dose)
{
    built.package.dose_min_e_per_A2 = 30;
    built.package.dose_max_e_per_A2 = 3000;
    /* A pixel of 0.05 nm is a quarter of a square angstrom. */
    for (int gain = 1; gain <= 40; gain += 39) {
        count_electrons(2, gain);
        cr_expect(is_out_of_range(counts, FRINGE_PIXEL_UINT16, 0.05), "8 e/A^2, gain %d", gain);
        cr_expect(strstr(heard.text, "30") && strstr(heard.text, "3000"), "%s", heard.text);
        double told = 0;
        cr_expect_eq(sscanf(heard.text, "the noise speaks for a dose of %lf", &told), 1);
        cr_expect(told > 6 && told < 11, "%g, not 8", told);
        cr_expect_not(is_out_of_range(counts, FRINGE_PIXEL_UINT16, 0.02), "50 e/A^2, gain %d", gain);
        cr_expect_not(is_out_of_range(counts, FRINGE_PIXEL_UINT16, 0), "no pixel size");
        count_electrons(25, gain);
        cr_expect_not(is_out_of_range(counts, FRINGE_PIXEL_UINT16, 0.05), "100 e/A^2, gain %d", gain);
    }
    count_electrons(2, 1);
    built.package.dose_min_e_per_A2 = 0;
    cr_expect_not(is_out_of_range(counts, FRINGE_PIXEL_UINT16, 0.05), "the model does not say");
    built.package.dose_min_e_per_A2 = 30;
    uint8_t bytes[SIDE * SIDE];
    for (int i = 0; i < SIDE * SIDE; i++) bytes[i] = (uint8_t)counts[i];
    cr_expect_not(is_out_of_range(bytes, FRINGE_PIXEL_UINT8, 0.05), "8 bits are no counts");
}

Test(range, polarity)
{
    static const struct {
        const char *polarity;
        int dark_found, bright_found; /* whether that is outside */
    } cases[] = {{"dark", 0, 1}, {"bright", 1, 0}, {"either", 0, 0}, {"", 0, 0}};
    float disc[SIDE * SIDE];
    for (int i = 0; i < SIDE * SIDE; i++) {
        int y = i / SIDE - 40, x = i % SIDE - 50;
        disc[i] = x * x + y * y < 400 ? 1000 : 200;
    }
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        built.package.polarity = cases[c].polarity;
        cr_expect_eq(is_out_of_range(disc, FRINGE_PIXEL_FLOAT32, 0), cases[c].bright_found, "%s, bright disc",
                     cases[c].polarity);
    }
    /* The network that finds what is dark: 1 - x. */
    const float minus = -1, one = 1;
    net_free(net);
    net = net_begin("image", 1);
    int inputs[3] = {net_input(net), net_floats(net, 4, (int64_t[]){1, 1, 1, 1}, &minus),
                     net_floats(net, 1, (int64_t[]){1}, &one)};
    int y = net_node(net, "Conv", inputs, 3, "kernel_shape=1,1", 1);
    built_model_init(&built, net_end(net, y, "output"), 1, OUTPUT_MASK);
    for (int i = 0; i < SIDE * SIDE; i++) disc[i] = 1200 - disc[i];
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        built.package.polarity = cases[c].polarity;
        cr_expect_eq(is_out_of_range(disc, FRINGE_PIXEL_FLOAT32, 0), cases[c].dark_found, "%s, dark disc",
                     cases[c].polarity);
    }
}
