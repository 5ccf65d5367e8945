/* What the network is given where its package asks for the lattice filter. */
#include <criterion/criterion.h>

#include <string.h>

#include "base/rng.h"
#include "image/lattice_filter.h"
#include "support/built_model.h"
#include "support/nets.h"

enum { SIDE = 80, PIXELS = SIDE * SIDE };

static struct net *net;
static struct built_model built;
static fringe_run *run;
static fringe_segment_options options;
static float image[PIXELS], filtered[PIXELS];
static uint16_t counts[PIXELS];

/* A network that gives the pixels back, and an image of whole numbers. */
static void start(void)
{
    const float one = 1;
    struct rng rng = rng_from_seed(21);
    cr_assert_eq(fringe_run_create(2, &run, NULL), FRINGE_OK);
    fringe_segment_options_init(&options);
    options.exclude_bottom_px = 0;
    net = net_begin("image", 1);
    int inputs[2] = {net_input(net), net_floats(net, 4, (int64_t[]){1, 1, 1, 1}, &one)};
    int y = net_node(net, "Conv", inputs, 2, "kernel_shape=1,1", 1);
    built_model_init(&built, net_end(net, y, "output"), 1, OUTPUT_VALUES);
    built.package.described = 1;
    built.package.lattice_filter = 1;
    for (int i = 0; i < PIXELS; i++) {
        counts[i] = (uint16_t)(200 + 40 * (i % SIDE % 6 < 3) + rng_poisson(&rng, 30));
        image[i] = filtered[i] = counts[i];
    }
    cr_assert_eq(lattice_filter_apply(filtered, SIDE, SIDE, run, NULL), FRINGE_OK);
}

static void stop(void)
{
    fringe_run_free(run);
    net_free(net);
}

TestSuite(filtered_input, .init = start, .fini = stop);

static void expect(const void *pixels, fringe_pixel pixel, const float *seen, const char *what)
{
    fringe_micrograph *micrograph;
    fringe_segmentation result;
    fringe_error error;
    cr_assert_eq(fringe_micrograph_from_pixels(pixels, pixel, 1, SIDE, SIDE, 0, &micrograph, &error),
                 FRINGE_OK, "%s", error.message);
    cr_assert_eq(fringe_segment(&built.model, micrograph, 0, &options, run, &result, &error), FRINGE_OK, "%s",
                 error.message);
    cr_expect_eq(memcmp(result.probability, seen, sizeof image), 0, "%s", what);
    fringe_segmentation_free(&result);
    fringe_micrograph_free(micrograph);
}

Test(filtered_input, comes_where_the_model_asks_for_it)
{
    expect(counts, FRINGE_PIXEL_UINT16, filtered, "whole numbers");
    expect(image, FRINGE_PIXEL_FLOAT32, filtered, "floats");
    built.package.lattice_filter = 0;
    expect(counts, FRINGE_PIXEL_UINT16, image, "a model that does not ask");
    expect(image, FRINGE_PIXEL_FLOAT32, image, "a model that does not ask, floats");
}

Test(filtered_input, goes_with_the_preparation_that_is_replaced)
{
    options.normalize = FRINGE_NORMALIZE_NONE;
    expect(counts, FRINGE_PIXEL_UINT16, image, "without the model's preparation");
}
