/* The whole path through the public interface, with the shipped network on the simulated micrographs (tests
 * run in the repository's root): the same bytes however it is cut, a result on the input's grid, cancel,
 * failures. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fringe/fringe.h"

static const char network[] = "models/hrtem-particles",
                  gold[] = "examples/micrographs/simulated-gold-2nm.tif";

static fringe_model *load(void)
{
    fringe_model *model;
    fringe_error error;
    cr_assert_eq(fringe_model_load(network, NULL, &model, &error), FRINGE_OK, "%s", error.message);
    return model;
}

static fringe_micrograph *open_gold(void)
{
    fringe_micrograph *micrograph;
    fringe_error error;
    cr_assert_eq(fringe_micrograph_open(gold, NULL, &micrograph, &error), FRINGE_OK, "%s", error.message);
    return micrograph;
}

static fringe_segmentation segment(const fringe_model *model, fringe_micrograph *micrograph,
                                   const fringe_segment_options *options, int threads)
{
    fringe_run *run;
    fringe_segmentation result;
    fringe_error error;
    cr_assert_eq(fringe_run_create(threads, &run, NULL), FRINGE_OK);
    cr_assert_eq(fringe_segment(model, micrograph, 0, options, run, &result, &error), FRINGE_OK, "%s",
                 error.message);
    fringe_run_free(run);
    return result;
}

static void expect_same(const fringe_segmentation *a, const fringe_segmentation *b, const char *what)
{
    size_t pixels = (size_t)a->width_px * (size_t)a->height_px;
    cr_assert(a->width_px == b->width_px && a->height_px == b->height_px &&
              a->channel_count == b->channel_count);
    cr_expect_eq(memcmp(a->labels, b->labels, pixels), 0, "%s: another mask", what);
    cr_expect_eq(memcmp(a->probability, b->probability, pixels * (size_t)a->channel_count * sizeof(float)), 0,
                 "%s: other probabilities", what);
}

Test(public_segment, same_bytes_for_threads_bands_and_tiles)
{
    fringe_model *model = load();
    fringe_micrograph *micrograph = open_gold();
    fringe_segment_options options;
    fringe_segment_options_init(&options);
    fringe_segmentation whole = segment(model, micrograph, &options, 1);
    const struct {
        const char *what;
        int threads;
        int32_t band_rows, tile_px;
    } cases[] = {{"2 threads", 2, 0, 0},      {"7 threads", 7, 0, 0},     {"bands of 1", 2, 1, 0},
                 {"bands of 37", 2, 37, 0},   {"one band", 2, 100000, 0}, {"tiles of 128", 2, 0, 128},
                 {"tiles of 200", 1, 16, 200}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        options.band_rows = cases[i].band_rows;
        options.tile_px = cases[i].tile_px;
        fringe_segmentation cut = segment(model, micrograph, &options, cases[i].threads);
        expect_same(&whole, &cut, cases[i].what);
        fringe_segmentation_free(&cut);
    }
    fringe_segmentation_free(&whole);
    fringe_micrograph_free(micrograph);
    fringe_model_free(model);
}

Test(public_segment, result_lies_on_the_inputs_grid)
{
    fringe_model *model = load();
    fringe_micrograph *micrograph = open_gold();
    fringe_segmentation result = segment(model, micrograph, NULL, 2);
    fringe_micrograph_info info;
    fringe_micrograph_get_info(micrograph, &info);
    cr_expect_eq(result.kind, FRINGE_SEGMENT_MASK);
    cr_expect(result.width_px == info.width_px && result.height_px == info.height_px);
    cr_expect_float_eq(result.nm_per_px_x, info.nm_per_px_x, 1e-9);
    cr_expect_neq(result.worked_at_nm_per_px_x, result.nm_per_px_x, "the network has its own pixel size");
    size_t foreground = 0, pixels = (size_t)result.width_px * (size_t)result.height_px;
    for (size_t i = 0; i < pixels; i++) {
        float probability = result.probability[(size_t)result.foreground * pixels + i];
        cr_assert(probability >= 0 && probability <= 1);
        cr_assert_eq(result.labels[i], probability >= 0.5f ? 255 : 0, "pixel %zu of probability %g", i,
                     probability);
        foreground += result.labels[i] == 255;
    }
    cr_expect(foreground > pixels / 100 && foreground < pixels / 2, "%zu of %zu pixels", foreground, pixels);
    fringe_segmentation_free(&result);
    cr_expect_null(result.labels);
    fringe_segmentation_free(&result);
    fringe_micrograph_free(micrograph);
    fringe_model_free(model);
}

struct heard {
    fringe_run *run;
    int64_t last, total;
    int back, cancel_at_percent;
    int notices[64];
};

static void hear_progress(void *user, int64_t done, int64_t total)
{
    struct heard *heard = user;
    if (done < heard->last) heard->back++;
    heard->last = done;
    heard->total = total;
    if (heard->cancel_at_percent > 0 && 100 * done >= heard->cancel_at_percent * total)
        fringe_run_cancel(heard->run);
}

static void hear_notice(void *user, fringe_notice notice, const char *text)
{
    struct heard *heard = user;
    heard->notices[notice]++;
    cr_expect_gt(strlen(text), 5);
}

Test(public_segment, progress_is_monotonic_and_ends_full)
{
    struct heard heard = {0};
    fringe_model *model = load();
    fringe_micrograph *micrograph = open_gold();
    fringe_segmentation result;
    fringe_error error;
    cr_assert_eq(fringe_run_create(2, &heard.run, NULL), FRINGE_OK);
    fringe_run_set_progress(heard.run, hear_progress, &heard);
    cr_assert_eq(fringe_segment(model, micrograph, 0, NULL, heard.run, &result, &error), FRINGE_OK, "%s",
                 error.message);
    cr_expect_eq(heard.back, 0);
    cr_expect_gt(heard.total, 0);
    cr_expect_eq(heard.last, heard.total, "ended at %lld of %lld", (long long)heard.last,
                 (long long)heard.total);
    fringe_segmentation_free(&result);
    fringe_run_free(heard.run);
    fringe_micrograph_free(micrograph);
    fringe_model_free(model);
}

Test(public_segment, cancel_ends_the_call_with_nothing_left)
{
    const int percents[] = {1, 30, 80};
    fringe_model *model = load();
    fringe_micrograph *micrograph = open_gold();
    for (int i = 0; i < 3; i++) {
        struct heard heard = {.cancel_at_percent = percents[i]};
        fringe_segmentation result;
        fringe_error error;
        cr_assert_eq(fringe_run_create(2, &heard.run, NULL), FRINGE_OK);
        fringe_run_set_progress(heard.run, hear_progress, &heard);
        cr_expect_eq(fringe_segment(model, micrograph, 0, NULL, heard.run, &result, &error),
                     FRINGE_CANCELLED);
        cr_expect_null(result.labels);
        cr_expect_null(result.probability);
        fringe_run_free(heard.run);
    }
    fringe_micrograph_free(micrograph);
    fringe_model_free(model);
}

/* A micrograph of the network's own pixel size whose pixels are a function of their place. */
static fringe_micrograph *made(int32_t height, int32_t width, float (*value)(int32_t y, int32_t x))
{
    fringe_micrograph *micrograph;
    float *pixels = malloc((size_t)height * (size_t)width * sizeof *pixels);
    for (int32_t y = 0; y < height; y++)
        for (int32_t x = 0; x < width; x++) pixels[(size_t)y * (size_t)width + (size_t)x] = value(y, x);
    cr_assert_eq(fringe_micrograph_from_pixels(pixels, FRINGE_PIXEL_FLOAT32, 1, height, width, 0.02,
                                               &micrograph, NULL),
                 FRINGE_OK);
    free(pixels);
    return micrograph;
}

static float constant(int32_t y, int32_t x)
{
    (void)y, (void)x;
    return 100;
}

static float wavy_with_holes(int32_t y, int32_t x)
{
    if (y == 10 && x < 50) return x % 2 ? NAN : INFINITY;
    return sinf(0.7f * (float)x) * cosf(0.5f * (float)y);
}

Test(public_segment, constant_image_is_an_empty_mask_and_a_notice)
{
    struct heard heard = {0};
    fringe_model *model = load();
    fringe_micrograph *micrograph = made(65, 130, constant);
    fringe_segmentation result;
    fringe_error error;
    cr_assert_eq(fringe_run_create(2, &heard.run, NULL), FRINGE_OK);
    fringe_run_set_notice(heard.run, hear_notice, &heard);
    cr_assert_eq(fringe_segment(model, micrograph, 0, NULL, heard.run, &result, &error), FRINGE_OK, "%s",
                 error.message);
    cr_expect_eq(heard.notices[FRINGE_NOTICE_CONSTANT], 1);
    for (int i = 0; i < 65 * 130; i++) cr_assert_eq(result.labels[i], 0);
    fringe_segmentation_free(&result);
    fringe_run_free(heard.run);
    fringe_micrograph_free(micrograph);
    fringe_model_free(model);
}

Test(public_segment, pixels_that_are_no_numbers_are_background)
{
    struct heard heard = {0};
    fringe_model *model = load();
    fringe_micrograph *micrograph = made(97, 131, wavy_with_holes); /* no multiple of the stride */
    fringe_segmentation result;
    fringe_error error;
    cr_assert_eq(fringe_run_create(2, &heard.run, NULL), FRINGE_OK);
    fringe_run_set_notice(heard.run, hear_notice, &heard);
    cr_assert_eq(fringe_segment(model, micrograph, 0, NULL, heard.run, &result, &error), FRINGE_OK, "%s",
                 error.message);
    cr_expect_eq(result.non_finite_count, 50);
    cr_expect_eq(heard.notices[FRINGE_NOTICE_NON_FINITE], 1);
    for (int x = 0; x < 50; x++) cr_expect_eq(result.labels[10 * 131 + x], 0);
    for (int i = 0; i < 97 * 131 * result.channel_count; i++)
        cr_assert(isfinite(result.probability[i]), "value %d", i);
    fringe_segmentation_free(&result);
    fringe_run_free(heard.run);
    fringe_micrograph_free(micrograph);
    fringe_model_free(model);
}

Test(public_segment, options_out_of_range_are_refused)
{
    fringe_model *model = load();
    fringe_micrograph *micrograph = made(64, 64, wavy_with_holes);
    for (int i = 0; i < 8; i++) {
        fringe_segment_options options;
        fringe_segmentation result;
        fringe_error error;
        fringe_segment_options_init(&options);
        if (i == 0) options.threshold = -0.1;
        if (i == 1) options.threshold = NAN;
        if (i == 2) options.normalize = (fringe_normalize)99;
        if (i == 3) options.pixel_size_nm = -1;
        if (i == 4) options.exclude_bottom_px = 64;
        if (i == 5) options.band_rows = -1;
        if (i == 6) options.tile_px = -1;
        cr_expect_eq(fringe_segment(model, micrograph, i == 7 ? 1 : 0, &options, NULL, &result, &error),
                     FRINGE_ARGUMENT, "case %d", i);
        cr_expect_null(result.labels, "case %d", i);
    }
    fringe_micrograph_free(micrograph);
    fringe_model_free(model);
}

Test(public_segment, shipped_model_describes_itself_and_passes_its_own_test)
{
    fringe_model_check check;
    fringe_model_info info;
    fringe_error error;
    fringe_model *model = load();
    fringe_model_get_info(model, &info);
    cr_expect(info.input_channels == 1 && info.output_channels == 2);
    cr_expect_gt(info.pixel_size_nm, 0);
    cr_expect(info.streams);
    cr_expect_leq(info.flop_per_px, 20000, "%g FLOP per pixel", info.flop_per_px);
    cr_expect_eq(strlen(info.sha256), 64);
    int64_t small, large;
    cr_assert_eq(fringe_model_memory(model, 512, 512, &small, &error), FRINGE_OK);
    cr_assert_eq(fringe_model_memory(model, 8192, 512, &large, &error), FRINGE_OK);
    cr_expect_lt(large, 2 * small, "memory grows with the height: %lld, %lld", (long long)small,
                 (long long)large);
    fringe_model_free(model);
    cr_assert_eq(fringe_model_test(network, NULL, &check, &error), FRINGE_OK, "%s", error.message);
    cr_expect_geq(check.case_count, 1);
    cr_expect_gt(check.value_count, 1000);
}

Test(public_segment, a_model_that_is_not_there_says_where_it_was_looked_for)
{
    fringe_model *model;
    fringe_error error;
    setenv("FRINGE_MODELS", "/no/such/models", 1);
    cr_expect_eq(fringe_model_load("absent-network", NULL, &model, &error), FRINGE_FILE);
    cr_expect_null(model);
    cr_expect(strstr(error.message, "absent-network") && strstr(error.message, "/no/such/models"), "%s",
              error.message);
}
