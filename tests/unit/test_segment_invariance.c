/* The same bytes for any threads, bands, tiles and memory limit; odd sizes; networks that know one size only;
 * and clean ends when memory is short or the caller cancels. */
#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "fringe/segment.h"
#include "image/reflect.h"
#include "support/built_model.h"
#include "support/nets.h"

static const struct step zscore = {.kind = STEP_UNIT_SPREAD, .eps = 1e-6};

static struct net *net;
static struct built_model built;
static struct heard heard;
static float *image;
static fringe_error error;

enum { MOST = 300 };

static void start(void)
{
    static const int64_t filters[] = {3, 5};
    net = net_unet(filters, 2, 8, 0, 2);
    built_model_init(&built, net_end(net, 0, ""), 1, OUTPUT_MASK);
    built.model.foreground = 1;
    built.input.steps = &zscore;
    built.input.step_count = 1;
    image = alloc_array(MOST * MOST, sizeof *image);
    uint32_t state = 3;
    for (int i = 0; i < MOST * MOST; i++) {
        state = state * 1664525u + 1013904223u;
        image[i] = (float)(state >> 20) / 16;
    }
}

static void stop(void)
{
    alloc_free(image);
    net_free(net);
}

TestSuite(invariance, .init = start, .fini = stop);

static fringe_segmentation segment(int height, int width, double nm, int threads,
                                   const fringe_segment_options *options)
{
    fringe_segmentation result;
    fringe_micrograph *micrograph;
    fringe_run *run = built_model_listen(threads, &heard);
    cr_assert_eq(
        fringe_micrograph_from_pixels(image, FRINGE_PIXEL_FLOAT32, 1, height, width, nm, &micrograph, &error),
        FRINGE_OK);
    cr_assert_eq(fringe_segment(&built.model, micrograph, 0, options, run, &result, &error), FRINGE_OK, "%s",
                 error.message);
    cr_expect(built_model_same_labels(&built, micrograph, options, &result));
    fringe_micrograph_free(micrograph);
    fringe_run_free(run);
    cr_expect(!heard.fell && heard.done == heard.total && heard.total > 0, "progress");
    return result;
}

static void expect_same(const char *what, int value, fringe_segmentation *first, fringe_segmentation *other)
{
    size_t pixels = (size_t)first->height_px * (size_t)first->width_px;
    cr_assert(first->channel_count == other->channel_count && first->height_px == other->height_px);
    cr_expect(memcmp(first->probability, other->probability,
                     pixels * (size_t)first->channel_count * sizeof(float)) == 0,
              "%s %d: other probabilities", what, value);
    cr_expect(memcmp(first->labels, other->labels, pixels) == 0, "%s %d: other labels", what, value);
    fringe_segmentation_free(other);
}

Test(invariance, threads_bands_tiles_and_memory)
{
    /* A width of whole strides, one that is none, an image narrower than any tile, resampled ones. */
    static const struct {
        int height, width;
        double nm;
    } cases[] = {{96, 300, 0}, {61, 299, 0}, {130, 21, 0}, {50, 280, 0.023}, {211, 287, 0.017}};
    built.model.info.pixel_size_nm = 0.02;
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        int height = cases[c].height, width = cases[c].width;
        fringe_segment_options options;
        fringe_segment_options_init(&options);
        fringe_segmentation first = segment(height, width, cases[c].nm, 1, &options);
        for (int threads = 2; threads <= 7; threads += 5) {
            fringe_segmentation other = segment(height, width, cases[c].nm, threads, &options);
            expect_same("threads", threads, &first, &other);
        }
        static const int32_t bands[] = {1, 3, 8, 1000};
        for (int i = 0; i < 4; i++) {
            options.band_rows = bands[i];
            fringe_segmentation other = segment(height, width, cases[c].nm, 2, &options);
            expect_same("band", bands[i], &first, &other);
        }
        options.band_rows = 0;
        static const int32_t tiles[] = {1, 33, 64, 1000};
        for (int i = 0; i < 4; i++) {
            options.tile_px = tiles[i];
            fringe_segmentation other = segment(height, width, cases[c].nm, 2, &options);
            cr_expect_eq(strstr(heard.notices, "tiled") != NULL, width > 200 && tiles[i] < 1000,
                         "%d columns, tile %d", width, (int)tiles[i]);
            expect_same("tile", tiles[i], &first, &other);
        }
        options.tile_px = 0;
        options.memory_bytes = 1;
        fringe_segmentation other = segment(height, width, cases[c].nm, 2, &options);
        expect_same("memory", 1, &first, &other);
        fringe_segmentation_free(&first);
    }
}

/* Turns the first height x width pixels of the image round: by rows, by columns, or both. */
static void turn(int height, int width, int view)
{
    static float turned[MOST * MOST];
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++)
            turned[y * width + x] =
                image[(view & 2 ? height - 1 - y : y) * width + (view & 1 ? width - 1 - x : x)];
    memcpy(image, turned, (size_t)height * (size_t)width * sizeof *image);
}

/* The mean of four runs over an image turned by hand, in tiles too. Turned, an image's mean is summed in
 * another order, and so the last bits differ. */
Test(invariance, mirrored_views_are_averaged)
{
    static const struct {
        int height, width;
        double nm;
    } cases[] = {{61, 299, 0}, {211, 287, 0.017}};
    static float mean[2 * MOST * MOST];
    built.model.info.pixel_size_nm = 0.02;
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        int height = cases[c].height, width = cases[c].width;
        fringe_segment_options options;
        fringe_segment_options_init(&options);
        memset(mean, 0, sizeof mean);
        for (int view = 0; view < 4; view++) {
            turn(height, width, view);
            fringe_segmentation one = segment(height, width, cases[c].nm, 2, &options);
            turn(height, width, view);
            for (int k = 0; k < 2; k++)
                for (int y = 0; y < height; y++)
                    for (int x = 0; x < width; x++)
                        mean[(k * height + y) * width + x] +=
                            one.probability[(k * height + (view & 2 ? height - 1 - y : y)) * width +
                                            (view & 1 ? width - 1 - x : x)] /
                            4;
            fringe_segmentation_free(&one);
        }
        options.mirror = 1;
        fringe_segmentation whole = segment(height, width, cases[c].nm, 2, &options);
        for (int i = 0; i < 2 * height * width; i++)
            cr_assert_float_eq(whole.probability[i], mean[i], 2e-5, "%d x %d, value %d: %g, not %g", width,
                               height, i, whole.probability[i], mean[i]);
        options.tile_px = 64;
        fringe_segmentation tiled = segment(height, width, cases[c].nm, 1, &options);
        expect_same("tile", 64, &whole, &tiled);
        fringe_segmentation_free(&whole);
    }
}

/* Whole numbers are prepared number by number, not pixel by pixel. Values that floats hold exactly must come
 * out the same for every type of pixel, but for the last bit of their spread; bars at the edges and
 * resampling included. */
Test(invariance, types_of_pixels)
{
    enum { H = 90, W = 230 };
    static const fringe_pixel pixels[] = {FRINGE_PIXEL_UINT8, FRINGE_PIXEL_UINT16, FRINGE_PIXEL_INT16,
                                          FRINGE_PIXEL_UINT32};
    static const fringe_normalize ways[] = {FRINGE_NORMALIZE_MODEL, FRINGE_NORMALIZE_MINMAX,
                                            FRINGE_NORMALIZE_PERCENTILE, FRINGE_NORMALIZE_NONE};
    static union {
        uint8_t u8[H * W];
        uint16_t u16[H * W];
        int16_t i16[H * W];
        uint32_t u32[H * W];
    } samples[4];
    for (int i = 0; i < H * W; i++) {
        int value = i / W >= H - 9 ? 0 : (int)image[i] % 200 + 20; /* padding below */
        image[i] = (float)value;
        samples[0].u8[i] = (uint8_t)value, samples[1].u16[i] = (uint16_t)value;
        samples[2].i16[i] = (int16_t)value, samples[3].u32[i] = (uint32_t)value;
    }
    built.model.info.pixel_size_nm = 0.02;
    for (size_t n = 0; n < 8; n++) {
        double nm = n < 4 ? 0.02 : 0.03;
        fringe_segment_options options;
        fringe_segment_options_init(&options);
        options.normalize = ways[n % 4];
        fringe_segmentation floats = segment(H, W, nm, 2, &options);
        cr_expect_eq(floats.excluded.bottom_px, 9);
        for (size_t p = 0; p < sizeof pixels / sizeof *pixels; p++)
            for (int tile = 0; tile < 2; tile++) {
                fringe_micrograph *micrograph;
                fringe_segmentation result;
                options.tile_px = tile ? 64 : 0;
                cr_assert_eq(
                    fringe_micrograph_from_pixels(&samples[p], pixels[p], 1, H, W, nm, &micrograph, &error),
                    FRINGE_OK);
                cr_assert_eq(fringe_segment(&built.model, micrograph, 0, &options, NULL, &result, &error),
                             FRINGE_OK);
                cr_expect_eq(result.excluded.bottom_px, 9);
                for (int i = 0; i < 2 * H * W; i++)
                    cr_assert_float_eq(result.probability[i], floats.probability[i], 1e-5,
                                       "%s, way %zu, value %d", fringe_pixel_name(pixels[p]), n, i);
                fringe_segmentation_free(&result);
                fringe_micrograph_free(micrograph);
            }
        fringe_segmentation_free(&floats);
    }
}

/* A size that the network does not take is mirrored up to one that it does: as if the caller had done so. */
Test(invariance, padding_is_a_mirror)
{
    enum { H = 37, W = 50, PADDED_H = 40, PADDED_W = 52 };
    fringe_segment_options options;
    fringe_segment_options_init(&options);
    options.exclude_bottom_px = 0;
    options.normalize = FRINGE_NORMALIZE_NONE;
    fringe_segmentation small = segment(H, W, 0, 2, &options);
    cr_expect(strstr(heard.notices, "padded"), "%s", heard.notices);
    float *padded = alloc_array(PADDED_H * PADDED_W, sizeof *padded);
    for (int y = 0; y < PADDED_H; y++)
        for (int x = 0; x < PADDED_W; x++)
            padded[y * PADDED_W + x] = image[reflect_index(y, H) * W + reflect_index(x, W)];
    float *kept = image;
    image = padded;
    fringe_segmentation large = segment(PADDED_H, PADDED_W, 0, 2, &options);
    cr_expect_not(strstr(heard.notices, "padded"), "%s", heard.notices);
    image = kept;
    for (int k = 0; k < 2; k++)
        for (int y = 0; y < H; y++)
            cr_expect_arr_eq(small.probability + (k * H + y) * W,
                             large.probability + (k * PADDED_H + y) * PADDED_W, W * sizeof(float), "row %d",
                             y);
    alloc_free(padded);
    fringe_segmentation_free(&small);
    fringe_segmentation_free(&large);
}

Test(invariance, sizes_from_one_pixel_on)
{
    fringe_segment_options options;
    fringe_segment_options_init(&options);
    for (int height = 1; height <= 9; height += 2)
        for (int width = 1; width <= 19; width += 3) {
            fringe_segmentation result = segment(height, width, 0, 2, &options);
            cr_expect(result.height_px == height && result.width_px == width);
            fringe_segmentation_free(&result);
        }
}

/* A network that knows one size only, on tiles that overlap by what it depends on: what the network gives for
 * the whole image when it takes any size, but for rounding (layers that work in groups of columns begin them
 * elsewhere); and the same bytes always. */
Test(invariance, fixed_tiles_equal_the_whole)
{
    fringe_segment_options options;
    static const int sizes[][2] = {{120, 152}, {64, 64}, {64, 300}, {97, 131}, {30, 200}, {20, 30}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        int height = sizes[i][0], width = sizes[i][1];
        fringe_segment_options_init(&options);
        built.model.info.fixed_height_px = built.model.info.fixed_width_px = 0;
        fringe_segmentation whole = segment(height, width, 0, 2, &options);
        built.model.info.fixed_height_px = built.model.info.fixed_width_px = 64;
        fringe_segmentation tiled = segment(height, width, 0, 2, &options);
        cr_expect_eq(strstr(heard.notices, "tiled") != NULL, height > 64 || width > 64, "%s", heard.notices);
        cr_expect_eq(strstr(heard.notices, "padded") != NULL,
                     height < 64 || width < 64 || height % 4 || width % 4, "%s", heard.notices);
        if (height >= 64 && width >= 64) /* smaller ones are padded further, and so see other edges */
            for (int at = 0; at < 2 * height * width; at++)
                cr_assert_float_eq(tiled.probability[at], whole.probability[at], 2e-6,
                                   "%d x %d, value %d: %g, %g", height, width, at, tiled.probability[at],
                                   whole.probability[at]);
        options.band_rows = 5;
        fringe_segmentation again = segment(height, width, 0, 3, &options);
        expect_same("fixed tiles in bands", 5, &tiled, &again);
        fringe_segmentation_free(&tiled);
        fringe_segmentation_free(&whole);
    }
}

static fringe_status segment_quietly(const fringe_run *run, fringe_segmentation *result)
{
    fringe_micrograph *micrograph;
    cr_assert_eq(
        fringe_micrograph_from_pixels(image, FRINGE_PIXEL_FLOAT32, 1, 50, 90, 0.03, &micrograph, &error),
        FRINGE_OK);
    fringe_status status = fringe_segment(&built.model, micrograph, 0, NULL, run, result, &error);
    fringe_micrograph_free(micrograph);
    return status;
}

Test(invariance, ends_cleanly_without_memory)
{
    fringe_run *run;
    fringe_segmentation result;
    fringe_micrograph *micrograph;
    built.model.info.pixel_size_nm = 0.02;
    image[1234] = 1.0f / 0.0f;
    cr_assert_eq(fringe_run_create(2, &run, NULL), FRINGE_OK);
    cr_assert_eq(
        fringe_micrograph_from_pixels(image, FRINGE_PIXEL_FLOAT32, 1, 50, 90, 0.03, &micrograph, &error),
        FRINGE_OK);
    int failures = 0;
    for (;; failures++) {
        alloc_fail_after(failures);
        fringe_status status = fringe_segment(&built.model, micrograph, 0, NULL, run, &result, &error);
        alloc_fail_after(-1);
        if (status == FRINGE_OK) break;
        cr_assert_eq(status, FRINGE_MEMORY, "allocation %d: %s", failures, error.message);
        cr_assert(!result.labels && !result.probability);
    }
    cr_expect_gt(failures, 20);
    fringe_segmentation_free(&result);
    fringe_micrograph_free(micrograph);
    fringe_run_free(run);
}

static void cancel_at_once(void *user, int64_t done, int64_t total)
{
    (void)total;
    if (done > 0) fringe_run_cancel(user);
}

Test(invariance, ends_when_cancelled)
{
    fringe_run *run;
    fringe_segmentation result;
    cr_assert_eq(fringe_run_create(2, &run, NULL), FRINGE_OK);
    fringe_run_set_progress(run, cancel_at_once, run);
    cr_expect_eq(segment_quietly(run, &result), FRINGE_CANCELLED);
    cr_expect(!result.labels && !result.probability);
    cr_expect_eq(segment_quietly(run, &result), FRINGE_CANCELLED, "a run stays cancelled");
    fringe_run_free(run);
}
