/* Where results lie and what the network sees: excluded edges, holes, resampling, the order of preparation.
 * The networks are linear, so that what they were given can be read off what they give. */
#include <criterion/criterion.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "fringe/segment.h"
#include "image/micrograph_source.h"
#include "model/output_reading.h"
#include "support/built_model.h"
#include "support/nets.h"

static struct net *net;
static struct built_model built;
static struct heard heard;
static fringe_run *run;
static fringe_segment_options options;
static fringe_segmentation result;
static fringe_error error;

static void start(void)
{
    run = built_model_listen(2, &heard);
    fringe_segment_options_init(&options);
}

static void stop(void)
{
    fringe_segmentation_free(&result);
    fringe_run_free(run);
    net_free(net);
}

TestSuite(grid, .init = start, .fini = stop);

/* A single convolution without bias whose weights are all `weight`. */
static void use_convolution(int64_t kernel, float weight, enum output_kind kind)
{
    float weights[25];
    const int64_t dims[4] = {1, 1, kernel, kernel};
    for (int i = 0; i < 25; i++) weights[i] = weight;
    net = net_begin("image", 1);
    int inputs[2] = {net_input(net), net_floats(net, 4, dims, weights)};
    int y = net_node(net, "Conv", inputs, 2,
                     kernel == 3 ? "kernel_shape=3,3 pads=1,1,1,1" : "kernel_shape=1,1", 1);
    built_model_init(&built, net_end(net, y, "output"), 1, kind);
}

static fringe_micrograph *micrograph_of(const float *pixels, int height, int width, double nm)
{
    fringe_micrograph *micrograph;
    cr_assert_eq(fringe_micrograph_from_pixels(pixels, FRINGE_PIXEL_FLOAT32, 1, height, width, nm,
                                               &micrograph, &error),
                 FRINGE_OK, "%s", error.message);
    return micrograph;
}

static fringe_status segment(const float *pixels, int height, int width, double nm)
{
    fringe_micrograph *micrograph = micrograph_of(pixels, height, width, nm);
    fringe_segmentation_free(&result);
    fringe_status status = fringe_segment(&built.model, micrograph, 0, &options, run, &result, &error);
    if (!status) cr_expect(built_model_same_labels(&built, micrograph, &options, &result));
    fringe_micrograph_free(micrograph);
    return status;
}

static void draw(float *pixels, int count)
{
    uint32_t state = 7;
    for (int i = 0; i < count; i++) {
        state = state * 1664525u + 1013904223u;
        pixels[i] = (float)(state >> 16) / 256 + 10;
    }
}

static int has_notice(const char *name)
{
    char word[64];
    snprintf(word, sizeof word, "%s ", name);
    return strstr(heard.notices, word) != NULL;
}

Test(grid, file_numbers_pass_unchanged)
{
    float pixels[37 * 53];
    draw(pixels, 37 * 53);
    use_convolution(1, 1, OUTPUT_VALUES);
    options.normalize = FRINGE_NORMALIZE_NONE;
    cr_assert_eq(segment(pixels, 37, 53, 0), FRINGE_OK, "%s", error.message);
    cr_expect(result.width_px == 53 && result.height_px == 37 && result.channel_count == 1);
    cr_expect(result.kind == FRINGE_SEGMENT_VALUES && result.plane_count == 0 && !result.labels);
    cr_expect_arr_eq(result.probability, pixels, sizeof pixels);
    cr_expect(result.nm_per_px_x == 0 && result.worked_at_nm_per_px_x == 0);
    cr_expect_str_empty(heard.notices);
}

/* zscore, minmax and percentile over the whole slice. */
Test(grid, normalizations)
{
    float pixels[101];
    for (int i = 0; i < 101; i++) pixels[i] = (float)(i * 37 % 101) * 2 + 5; /* 5, 7, ... 205 in some order */
    use_convolution(1, 1, OUTPUT_VALUES);
    options.normalize = FRINGE_NORMALIZE_MINMAX;
    cr_assert_eq(segment(pixels, 1, 101, 0), FRINGE_OK);
    for (int i = 0; i < 101; i++) cr_expect_float_eq(result.probability[i], (pixels[i] - 5) / 200, 1e-6);
    options.normalize = FRINGE_NORMALIZE_ZSCORE;
    cr_assert_eq(segment(pixels, 1, 101, 0), FRINGE_OK);
    for (int i = 0; i < 101; i++)
        cr_expect_float_eq(result.probability[i], (pixels[i] - 105) / sqrt(3400), 1e-6);
    options.normalize = FRINGE_NORMALIZE_PERCENTILE;
    cr_assert_eq(segment(pixels, 1, 101, 0), FRINGE_OK);
    for (int i = 0; i < 101; i++)
        cr_expect_float_eq(result.probability[i], (pixels[i] - 7) / (204.6 - 7), 1e-6);
}

/* Numbers of classes come back to the image's grid as they are: between 0 and 2 lies no 1. */
Test(grid, class_numbers_are_not_mixed)
{
    enum { SIDE = 24 };
    static const float weights[3] = {0, 1, 2}, biases[3] = {0, -1, -4}; /* 1 above 1, 2 above 3 */
    float pixels[SIDE * SIDE];
    for (int i = 0; i < SIDE * SIDE; i++) pixels[i] = i % SIDE < SIDE / 2 ? 0 : 6;
    options.normalize = FRINGE_NORMALIZE_NONE;
    options.resample_nm = 0.02;
    options.exclude_bottom_px = 0; /* even areas are no data bar */
    for (int cast = 0; cast < 2; cast++) {
        int foreground;
        if (net) net_free(net);
        net = net_begin("image", 1);
        int inputs[3] = {net_input(net), net_floats(net, 4, (int64_t[]){3, 1, 1, 1}, weights),
                         net_floats(net, 1, (int64_t[]){3}, biases)};
        int y = net_node(net, "Conv", inputs, 3, "kernel_shape=1,1", 3);
        y = net_node(net, "ArgMax", &y, 1, "axis=1 keepdims=1", 1);
        if (cast) y = net_node(net, "Cast", &y, 1, "to=1", 1);
        const struct onnx_model *onnx = net_end(net, y, "output");
        built_model_init(&built, onnx, 1, OUTPUT_VALUES);
        built.model.output_kind = output_reading_decide(onnx, &built.output, 1, &foreground);
        cr_assert_eq(segment(pixels, SIDE, SIDE, 0.01), FRINGE_OK, "%s", error.message);
        cr_assert_eq(result.kind, FRINGE_SEGMENT_VALUES);
        cr_expect_float_eq(result.worked_at_nm_per_px_x, 0.02, 1e-12);
        for (int i = 0; i < SIDE * SIDE; i++)
            cr_assert_eq(result.probability[i], pixels[i] / 3, "pixel %d: %g", i, result.probability[i]);
        options.mirror = 1; /* numbers of classes have no mean */
        cr_expect_eq(segment(pixels, SIDE, SIDE, 0.01), FRINGE_UNSUPPORTED);
        options.mirror = 0;
    }
}

/* Excluded edges are left out before anything is measured: as if the image had been cropped. */
Test(grid, excluded_edges_equal_a_crop)
{
    enum { H = 60, W = 70, TOP = 9, RIGHT = 11 };
    float pixels[H * W], crop[(H - TOP) * (W - RIGHT)], expected[(H - TOP) * (W - RIGHT)];
    draw(pixels, H * W);
    for (int y = 0; y < H; y++)
        for (int x = 0; x < W; x++)
            if (y < TOP || x >= W - RIGHT) pixels[y * W + x] = -1000;
    for (int y = TOP; y < H; y++)
        memcpy(crop + (y - TOP) * (W - RIGHT), pixels + y * W, (W - RIGHT) * sizeof *crop);
    use_convolution(3, 0.25f, OUTPUT_MASK);
    options.normalize = FRINGE_NORMALIZE_ZSCORE;
    for (int resampled = 0; resampled < 2; resampled++) {
        double nm = resampled ? 0.03 : 0;
        options.resample_nm = resampled ? 0.02 : 0;
        options.exclude_bottom_px = 0;
        cr_assert_eq(segment(crop, H - TOP, W - RIGHT, nm), FRINGE_OK, "%s", error.message);
        memcpy(expected, result.probability, sizeof expected);
        options.exclude_bottom_px = -1;
        cr_assert_eq(segment(pixels, H, W, nm), FRINGE_OK, "%s", error.message);
        cr_expect(has_notice("data_bar"));
        cr_expect(result.excluded.top_px == TOP && result.excluded.right_px == RIGHT &&
                  result.excluded.bottom_px == 0 && result.excluded.left_px == 0);
        for (int y = 0; y < H; y++)
            for (int x = 0; x < W; x++) {
                int inside = y >= TOP && x < W - RIGHT;
                float wanted = inside ? expected[(y - TOP) * (W - RIGHT) + x] : 0;
                cr_assert_eq(result.probability[y * W + x], wanted, "row %d column %d", y, x);
                cr_assert_eq(result.labels[y * W + x], inside && wanted >= 0.5 ? 255 : 0);
            }
    }
}

Test(grid, explicit_exclusion_replaces_the_detection)
{
    float pixels[40 * 40];
    draw(pixels, 40 * 40);
    for (int i = 0; i < 8 * 40; i++) pixels[i] = 0;
    use_convolution(1, 1, OUTPUT_VALUES);
    options.exclude_bottom_px = 5;
    cr_assert_eq(segment(pixels, 40, 40, 0), FRINGE_OK);
    cr_expect(result.excluded.top_px == 0 && result.excluded.bottom_px == 5);
    cr_expect(result.probability[34 * 40 + 3] != 0 && result.probability[35 * 40 + 3] == 0);
    options.exclude_bottom_px = 40;
    cr_expect_eq(segment(pixels, 40, 40, 0), FRINGE_ARGUMENT);
    cr_expect(strstr(error.message, "40 rows") && strstr(error.message, "has 40"), "%s", error.message);
}

/* Holes count for nothing: not in the statistics, as the mean for their neighbours, as background at last. */
Test(grid, holes_are_background)
{
    enum { H = 30, W = 41 };
    float pixels[H * W], whole[H * W];
    draw(pixels, H * W);
    pixels[5 * W + 6] = NAN;
    pixels[20 * W + 40] = INFINITY;
    pixels[29 * W] = -INFINITY;
    double sum = 0, squares = 0;
    for (int i = 0; i < H * W; i++)
        if (isfinite(pixels[i])) sum += pixels[i];
    double mean = sum / (H * W - 3);
    for (int i = 0; i < H * W; i++)
        if (isfinite(pixels[i])) squares += (pixels[i] - mean) * (pixels[i] - mean);
    double sd = sqrt(squares / (H * W - 3));
    for (int i = 0; i < H * W; i++) whole[i] = isfinite(pixels[i]) ? (float)((pixels[i] - mean) / sd) : 0;

    use_convolution(3, 1, OUTPUT_MASK);
    options.normalize = FRINGE_NORMALIZE_ZSCORE;
    options.threshold = 0; /* zeros would be foreground if holes were not left out */
    cr_assert_eq(segment(pixels, H, W, 0), FRINGE_OK);
    cr_expect_eq(result.non_finite_count, 3);
    cr_expect(has_notice("non_finite"));
    for (int y = 0; y < H; y++)
        for (int x = 0; x < W; x++) {
            double wanted = 0;
            for (int dy = -1; dy <= 1; dy++)
                for (int dx = -1; dx <= 1; dx++)
                    if (y + dy >= 0 && y + dy < H && x + dx >= 0 && x + dx < W)
                        wanted += whole[(y + dy) * W + x + dx];
            int hole = !isfinite(pixels[y * W + x]);
            cr_assert_float_eq(result.probability[y * W + x], hole ? 0 : wanted, 1e-5, "row %d column %d", y,
                               x);
            cr_assert(!hole || result.labels[y * W + x] == 0);
        }
}

Test(grid, holes_survive_resampling)
{
    enum { H = 40, W = 40 };
    float pixels[H * W];
    draw(pixels, H * W);
    for (int x = 0; x < W; x++) pixels[17 * W + x] = NAN;
    use_convolution(3, 0.1f, OUTPUT_MASK);
    options.threshold = 0;
    for (int finer = 0; finer < 2; finer++) {
        options.resample_nm = finer ? 0.011 : 0.047;
        cr_assert_eq(segment(pixels, H, W, 0.02), FRINGE_OK, "%s", error.message);
        for (int i = 0; i < H * W; i++) {
            cr_assert(isfinite(result.probability[i]), "pixel %d", i);
            cr_assert(i / W != 17 || (result.labels[i] == 0 && result.probability[i] == 0));
        }
        cr_expect_eq(result.non_finite_count, W);
    }
}

/* The network would give 1 for everything. */
Test(grid, constant_images_are_empty)
{
    float pixels[20 * 30];
    for (int holes = 0; holes < 3; holes++) {
        for (int i = 0; i < 20 * 30; i++) pixels[i] = holes == 2 || (holes == 1 && i == 99) ? NAN : 4.5f;
        net = net_begin("image", 1);
        const int64_t one = 1, weight_dims[4] = {1, 1, 1, 1};
        const float zero = 0, bias = 1;
        int inputs[3] = {net_input(net), net_floats(net, 4, weight_dims, &zero),
                         net_floats(net, 1, &one, &bias)};
        int y = net_node(net, "Conv", inputs, 3, "kernel_shape=1,1", 1);
        built_model_init(&built, net_end(net, y, "output"), 1, OUTPUT_MASK);
        cr_assert_eq(segment(pixels, 20, 30, 0), FRINGE_OK);
        cr_expect(has_notice("constant"));
        cr_expect(result.kind == FRINGE_SEGMENT_MASK && result.plane_count == 1 && result.channel_count == 1);
        for (int i = 0; i < 20 * 30; i++) cr_assert(result.labels[i] == 0 && result.probability[i] == 0);
        cr_expect_eq(heard.done, heard.total);
        if (holes < 2) {
            pixels[0] = 5;
            cr_assert_eq(segment(pixels, 20, 30, 0), FRINGE_OK);
            cr_expect_eq(result.labels[30], 255, "the same network on an image that is not constant");
            net_free(net);
        }
    }
}

/* A ramp that is resampled there and back is the same ramp, but for the edges. */
Test(grid, results_lie_on_the_micrographs_grid)
{
    enum { H = 48, W = 60 };
    static const double sizes[] = {0.02, 0.013, 0.0301, 0.05};
    float pixels[H * W];
    for (int y = 0; y < H; y++)
        for (int x = 0; x < W; x++) pixels[y * W + x] = (float)(2 * y + x);
    use_convolution(1, 1, OUTPUT_VALUES);
    options.normalize = FRINGE_NORMALIZE_NONE;
    built.model.info.pixel_size_nm = 0.02;
    for (int i = 0; i < 4; i++) {
        cr_assert_eq(segment(pixels, H, W, sizes[i]), FRINGE_OK, "%s", error.message);
        cr_expect_float_eq(result.nm_per_px_x, sizes[i], 1e-12);
        cr_expect_float_eq(result.worked_at_nm_per_px_x, 0.02, 0.02 / W);
        cr_expect(result.width_px == W && result.height_px == H);
        for (int y = 8; y < H - 8; y++)
            for (int x = 8; x < W - 8; x++) /* an area average knows a ramp's steps to half a pixel's rise */
                cr_assert_float_eq(result.probability[y * W + x], pixels[y * W + x],
                                   sizes[i] < 0.02 ? 0.75 : 1e-3, "%g nm, row %d column %d", sizes[i], y, x);
    }
    cr_expect_str_empty(heard.notices);
}

static void expect_work_size(double x_nm, double y_nm, double x_wanted, double y_wanted, int anisotropic)
{
    float pixels[100 * 100];
    draw(pixels, 100 * 100);
    fringe_micrograph *micrograph = micrograph_of(pixels, 100, 100, x_nm);
    micrograph->info.nm_per_px_y = y_nm;
    heard.notices[0] = 0;
    fringe_segmentation_free(&result);
    cr_assert_eq(fringe_segment(&built.model, micrograph, 0, &options, run, &result, &error), FRINGE_OK);
    fringe_micrograph_free(micrograph);
    cr_expect_float_eq(result.worked_at_nm_per_px_x, x_wanted, 1e-9, "%g", result.worked_at_nm_per_px_x);
    cr_expect_float_eq(result.worked_at_nm_per_px_y, y_wanted, 1e-9, "%g", result.worked_at_nm_per_px_y);
    cr_expect_eq(has_notice("anisotropic"), anisotropic, "%s", heard.notices);
}

Test(grid, axes_are_resampled_each_by_its_factor)
{
    use_convolution(1, 1, OUTPUT_VALUES);
    built.model.info.pixel_size_nm = 0.02;
    expect_work_size(0.04, 0.03, 0.04 * 100 / 200, 0.03 * 100 / 150, 1);
    /* 0.49 % apart: square, of the mean of 0.040098 nm. */
    expect_work_size(0.040196, 0.04, 0.040196 * 100 / 200, 0.04 * 100 / 200, 0);
    expect_work_size(0.0402, 0.0399, 0.0402 * 100 / 201, 0.0399 * 100 / 200, 1);
    options.resample = 0;
    expect_work_size(0.04, 0.03, 0.04, 0.03, 1);
    expect_work_size(0.04, 0.04, 0.04, 0.04, 0);
    options.resample = 1;
    expect_work_size(0.04, 0, 0.04, 0, 0); /* an axis without calibration: as it is */
    options.pixel_size_nm = 0.01;          /* over the calibration */
    expect_work_size(0.04, 0.03, 0.02, 0.02, 0);
    cr_expect_float_eq(result.nm_per_px_y, 0.01, 1e-12);
}

Test(grid, pixel_sizes_that_do_not_fit)
{
    float pixels[100];
    draw(pixels, 100);
    use_convolution(1, 1, OUTPUT_VALUES);
    built.model.info.pixel_size_nm = 0.02;
    cr_assert_eq(segment(pixels, 10, 10, 0), FRINGE_OK);
    cr_expect(has_notice("calibration"), "no pixel size: %s", heard.notices);

    built.model.info.pixel_size_min_nm = 0.01;
    built.model.info.pixel_size_max_nm = 0.04;
    heard.notices[0] = 0;
    cr_assert_eq(segment(pixels, 10, 10, 0.04), FRINGE_OK);
    cr_expect_not(has_notice("out_of_range"));
    cr_assert_eq(segment(pixels, 10, 10, 0.05), FRINGE_OK);
    cr_expect(has_notice("out_of_range"));
    cr_expect(strstr(heard.text, "0.05") && strstr(heard.text, "0.04"), "%s", heard.text);
    heard.notices[0] = 0;
    options.resample_nm = 0.005;
    cr_assert_eq(segment(pixels, 10, 10, 0.02), FRINGE_OK);
    cr_expect(has_notice("out_of_range"), "the network works at a size that it was not trained for");

    cr_expect_eq(segment(pixels, 10, 10, 0), FRINGE_ARGUMENT);
    cr_expect(strstr(error.message, "no pixel size"), "%s", error.message);
    options.resample_nm = 0.0001;
    cr_expect_eq(segment(pixels, 10, 10, 0.02), FRINGE_ARGUMENT);
    cr_expect(strstr(error.message, "0.0001") && strstr(error.message, "0.02"), "%s", error.message);
    cr_expect(!result.probability && !result.labels);
}

Test(grid, grey_serves_every_channel)
{
    float pixels[12 * 14];
    draw(pixels, 12 * 14);
    net = net_begin("image", 3);
    const int64_t dims[4] = {1, 3, 1, 1};
    const float weights[3] = {1, 10, 100};
    int inputs[2] = {net_input(net), net_floats(net, 4, dims, weights)};
    int y = net_node(net, "Conv", inputs, 2, "kernel_shape=1,1", 1);
    built_model_init(&built, net_end(net, y, "output"), 3, OUTPUT_VALUES);
    options.normalize = FRINGE_NORMALIZE_NONE;
    cr_assert_eq(segment(pixels, 12, 14, 0), FRINGE_OK);
    cr_expect(has_notice("input"));
    for (int i = 0; i < 12 * 14; i++) cr_expect_float_eq(result.probability[i], 111 * pixels[i], 0.05);

    fringe_micrograph *two;
    cr_assert_eq(fringe_micrograph_from_pixels(pixels, FRINGE_PIXEL_FLOAT32, 2, 6, 14, 0, &two, &error),
                 FRINGE_OK);
    fringe_segmentation_free(&result);
    cr_expect_eq(fringe_segment(&built.model, two, 0, &options, run, &result, &error), FRINGE_ARGUMENT);
    cr_expect(strstr(error.message, "3 channels") && strstr(error.message, "has 2"), "%s", error.message);
    fringe_micrograph_free(two);
}

Test(grid, options_out_of_range_are_refused)
{
    float pixels[100];
    draw(pixels, 100);
    use_convolution(1, 1, OUTPUT_VALUES);
    const fringe_segment_options good = options;
    for (int i = 0; i < 7; i++) {
        options = good;
        if (i == 0) options.threshold = 1.5;
        if (i == 1) options.threshold = NAN;
        if (i == 2) options.band_rows = -1;
        if (i == 3) options.pixel_size_nm = -0.1;
        if (i == 4) options.resample_nm = INFINITY;
        if (i == 5) options.normalize = (fringe_normalize)9;
        if (i == 6) options.memory_bytes = -1;
        cr_expect_eq(segment(pixels, 10, 10, 0), FRINGE_ARGUMENT, "case %d", i);
    }
    options = good;
    fringe_micrograph *micrograph = micrograph_of(pixels, 10, 10, 0);
    cr_expect_eq(fringe_segment(&built.model, micrograph, 1, &options, run, &result, &error),
                 FRINGE_ARGUMENT);
    cr_expect_eq(fringe_segment(&built.model, micrograph, -1, NULL, run, &result, &error), FRINGE_ARGUMENT);
    cr_expect_eq(fringe_segment(&built.model, micrograph, 0, NULL, NULL, &result, &error), FRINGE_OK);
    fringe_micrograph_free(micrograph);
}
