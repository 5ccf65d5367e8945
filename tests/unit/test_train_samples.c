/* Samples: pairing, classes, preparation, batches by index, validation images. */
#include <criterion/criterion.h>

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "support/labelled_images.h"
#include "train/samples.h"

enum { SIDE = 40, PIXELS = SIDE * SIDE };

static struct train_recipe recipe;
static fringe_run *run;
static float pixels[2 * PIXELS];
static uint8_t labels[2 * PIXELS];

static void set_up(void)
{
    model_folder_make();
    cr_assert_eq(fringe_run_create(2, &run, NULL), FRINGE_OK);
}

static void tear_down(void)
{
    train_recipe_clear(&recipe);
    fringe_run_free(run);
    model_folder_remove();
}

TestSuite(samples, .init = set_up, .fini = tear_down);

/* Noise of mean 50 and spread 8, and stripes of three labels. */
static void draw(uint64_t seed, const uint8_t values[3])
{
    struct rng rng = rng_from_seed(seed);
    for (int i = 0; i < 2 * PIXELS; i++) {
        pixels[i] = (float)(50 + 8 * rng_normal(&rng));
        labels[i] = values[i % SIDE * 3 / SIDE];
    }
}

static void write_pair(const char *stem, uint64_t seed, const uint8_t values[3], double nm_per_px)
{
    char name[64];
    draw(seed, values);
    snprintf(name, sizeof name, "%s.tif", stem);
    labelled_images_write(name, FRINGE_PIXEL_FLOAT32, pixels, SIDE, 1, 1, nm_per_px);
    snprintf(name, sizeof name, "%s-classes.tif", stem);
    labelled_images_write(name, FRINGE_PIXEL_UINT8, labels, SIDE, 1, 1, 0);
}

static void read_recipe(const char *text)
{
    fringe_error error;
    model_folder_write("recipe.yaml", text, strlen(text));
    train_recipe_clear(&recipe);
    cr_assert_eq(train_recipe_read(model_folder_path("recipe.yaml"), &recipe, &error), FRINGE_OK, "%s",
                 error.message);
}

static fringe_status open_samples(struct samples **samples, fringe_error *error)
{
    struct samples_place place = {&recipe.train, recipe.folder, recipe.truth};
    return samples_open(&recipe, &place, run, samples, error);
}

static struct samples *opened(const char *text)
{
    struct samples *samples;
    fringe_error error;
    read_recipe(text);
    cr_assert_eq(open_samples(&samples, &error), FRINGE_OK, "%s", error.message);
    return samples;
}

static void fill_batch(struct samples *samples, int64_t index, int threads, struct train_batch *batch)
{
    struct train_source source = samples_source(samples);
    fringe_error error;
    fringe_run *own;
    *batch = (struct train_batch){.count = 3, .channels = 1, .height_px = 16, .width_px = 16};
    cr_assert_eq(fringe_run_create(threads, &own, NULL), FRINGE_OK);
    cr_assert_eq(train_batch_allocate(batch, NULL), FRINGE_OK);
    cr_assert_eq(source.fill(source.context, index, own, batch, &error), FRINGE_OK, "%s", error.message);
    fringe_run_free(own);
}

static int same_batch(const struct train_batch *a, const struct train_batch *b)
{
    size_t count = (size_t)a->count * 16 * 16;
    return !memcmp(a->images, b->images, count * sizeof *a->images) &&
           !memcmp(a->labels, b->labels, count * sizeof *a->labels);
}

Test(samples, are_prepared_whole_and_labelled_by_value)
{
    write_pair("a", 1, (const uint8_t[]){0, 85, 170}, 0);
    struct samples *samples = opened("data: {train: [a.tif], classes: [170, 0], ignore: 85}");
    struct training_validation validation = samples_validation(samples);
    struct train_batch batch;
    struct plane_summary summary;
    cr_assert_eq(validation.count, 1);
    cr_assert_eq(validation.open(validation.context, 0, 16, run, &batch, NULL), FRINGE_OK);
    cr_expect(batch.height_px == 48 && batch.width_px == 48, "%d x %d", (int)batch.width_px,
              (int)batch.height_px);
    for (int y = 0; y < 48; y++)
        for (int x = 0; x < 48; x++) {
            int stripe = x * 3 / SIDE;
            int wanted = y >= SIDE || x >= SIDE || stripe == 1 ? BATCH_IGNORED : stripe == 0;
            cr_assert_eq(batch.labels[y * 48 + x], wanted, "row %d, column %d", y, x);
        }
    cr_assert_eq(plane_statistics_summarise(pixels, PIXELS, run, &summary, NULL), FRINGE_OK);
    cr_expect_float_eq((double)batch.images[5 * 48 + 7],
                       ((double)pixels[5 * SIDE + 7] - summary.mean) / summary.sd, 1e-5);
    cr_expect_eq(batch.images[41 * 48 + 3], batch.images[37 * 48 + 3], "mirrored behind the edge");
    struct samples_facts facts;
    samples_get_facts(samples, &facts);
    cr_expect_float_eq(facts.class_share[0] + facts.class_share[1], 1, 1e-12);
    train_batch_clear(&batch);
    samples_free(samples);
}

Test(samples, keep_the_absolute_scale_where_asked)
{
    write_pair("a", 1, (const uint8_t[]){0, 1, 1}, 0);
    struct samples *samples = opened("data: {train: a.tif, normalize: fixed, subtract: 30, divide: 4}");
    struct training_validation validation = samples_validation(samples);
    struct train_batch batch;
    cr_assert_eq(validation.open(validation.context, 0, 1, run, &batch, NULL), FRINGE_OK);
    for (int i = 0; i < PIXELS; i++)
        cr_assert_float_eq((double)batch.images[i], ((double)pixels[i] - 30) / 4, 1e-5);
    train_batch_clear(&batch);
    samples_free(samples);
}

Test(samples, are_brought_to_the_recipes_pixel_size)
{
    write_pair("a", 1, (const uint8_t[]){0, 1, 1}, 0.05);
    struct samples *samples = opened("data: {train: a.tif, pixel_size_nm: 0.025}");
    struct training_validation validation = samples_validation(samples);
    struct train_batch batch;
    cr_assert_eq(validation.open(validation.context, 0, 1, run, &batch, NULL), FRINGE_OK);
    cr_expect(batch.height_px == 2 * SIDE && batch.width_px == 2 * SIDE);
    int edge = 0; /* the first column of class 1: a third of 80, on the finer grid */
    while (batch.labels[edge] == 0) edge++;
    cr_expect_eq(edge, 28, "%d", edge);
    struct samples_facts facts;
    samples_get_facts(samples, &facts);
    cr_expect_float_eq(facts.nm_per_px_max, 0.05, 1e-12);
    train_batch_clear(&batch);
    samples_free(samples);
}

Test(samples, batches_depend_on_their_index_alone)
{
    struct train_batch first, other;
    for (int i = 0; i < 5; i++) {
        char stem[8];
        snprintf(stem, sizeof stem, "s%d", i);
        write_pair(stem, (uint64_t)i, (const uint8_t[]){0, 1, 1}, 0);
    }
    struct samples *samples =
        opened("data: {train: .}\ntraining: {crop_px: 16}\n"
               "augmentation: {dihedral: true, noise: [0, 1], rotation_deg: 30, blur_px: 1}");
    cr_assert_eq(samples_count(samples), 5);
    fill_batch(samples, 7, 1, &first);
    fill_batch(samples, 3, 3, &other);
    cr_expect(!same_batch(&first, &other));
    train_batch_clear(&other);
    fill_batch(samples, 7, 3, &other);
    cr_expect(same_batch(&first, &other), "threads and what was asked before change it");
    train_batch_clear(&other);
    samples_free(samples);
    /* Read anew each time, where there is no room. */
    recipe.memory_mib = 0;
    cr_assert_eq(open_samples(&samples, NULL), FRINGE_OK);
    for (int i = 0; i < 40; i++) { /* threads that read at once must not meet */
        fill_batch(samples, 7, 3, &other);
        cr_expect(same_batch(&first, &other), "memory changes it");
        train_batch_clear(&other);
    }
    train_batch_clear(&first);
    samples_free(samples);
}

Test(samples, split_by_seed_and_are_known_by_digest)
{
    char all[DIGEST_TEXT_BYTES], again[DIGEST_TEXT_BYTES], part[DIGEST_TEXT_BYTES];
    struct samples *samples, *taken;
    for (int i = 0; i < 10; i++) {
        char stem[8];
        snprintf(stem, sizeof stem, "s%d", i);
        write_pair(stem, (uint64_t)i, (const uint8_t[]){0, 1, 1}, 0);
    }
    samples = opened("data: {train: .}");
    samples_digest(samples, all);
    cr_assert_eq(samples_split(samples, 0.3, &taken, NULL), FRINGE_OK);
    cr_expect(samples_count(samples) == 7 && samples_count(taken) == 3);
    samples_digest(taken, part);
    samples_free(samples);
    samples_free(taken);

    cr_assert_eq(open_samples(&samples, NULL), FRINGE_OK);
    samples_digest(samples, again);
    cr_expect_str_eq(again, all);
    cr_assert_eq(samples_split(samples, 0.3, &taken, NULL), FRINGE_OK);
    samples_digest(taken, again);
    cr_expect_str_eq(again, part, "the same images are taken");
    samples_free(taken);
    cr_assert_eq(samples_split(samples, 0.9999, &taken, NULL), FRINGE_OK);
    cr_expect_eq(samples_count(samples), 1, "one stays");
    samples_free(samples);
    samples_free(taken);

    write_pair("s4", 99, (const uint8_t[]){0, 1, 1}, 0);
    cr_assert_eq(open_samples(&samples, NULL), FRINGE_OK);
    samples_digest(samples, again);
    cr_expect_str_neq(again, all, "another image is other data");
    samples_free(samples);
}

Test(samples, slices_are_samples_and_channels_belong_together)
{
    struct samples *samples;
    fringe_error error;
    draw(3, (const uint8_t[]){0, 1, 0});
    labelled_images_write("a.tif", FRINGE_PIXEL_FLOAT32, pixels, SIDE, 1, 2, 0);
    labelled_images_write("a-mask.tif", FRINGE_PIXEL_UINT8, labels, SIDE, 1, 2, 0);
    samples = opened("data: {train: a.tif}");
    cr_expect_eq(samples_count(samples), 2);
    samples_free(samples);
    labelled_images_write("b.tif", FRINGE_PIXEL_FLOAT32, pixels, SIDE, 2, 1, 0);
    labelled_images_write("b-mask.tif", FRINGE_PIXEL_UINT8, labels, SIDE, 1, 1, 0);
    samples = opened("data: {train: b.tif, channels: 2}");
    float *raw;
    int32_t height, width;
    cr_assert_eq(samples_raw(samples, 0, 20, 16, run, &raw, &height, &width, &error), FRINGE_OK);
    cr_expect(height == 16 && width == 16);
    cr_expect_eq(raw[16 * 16 + 16 + 3], pixels[PIXELS + SIDE + 3]);
    alloc_free(raw);
    cr_expect_eq(samples_raw(samples, 0, 20, 64, run, &raw, &height, &width, &error), FRINGE_MISMATCH);
    samples_free(samples);
    recipe.trainer.architecture.input_channels = 1;
    cr_expect_eq(open_samples(&samples, &error), FRINGE_MISMATCH);
    cr_expect(strstr(error.message, "2 channels, the recipe says 1"), "%s", error.message);
    cr_expect_null(samples);
}

Test(samples, refuses_what_has_no_class)
{
    struct samples *samples;
    fringe_error error;
    write_pair("a", 1, (const uint8_t[]){0, 7, 0}, 0);
    read_recipe("data: {train: a.tif}\nnetwork: {classes: 3}");
    cr_expect_eq(open_samples(&samples, &error), FRINGE_FORMAT);
    cr_expect(strstr(error.message, "a-classes.tif") && strstr(error.message, "column 14 has the label 7"),
              "%s", error.message);
    read_recipe("data: {train: absent}");
    cr_expect_eq(open_samples(&samples, &error), FRINGE_FILE);
    cr_expect_null(samples);
}

Test(samples, holes_are_filled_and_say_nothing)
{
    draw(5, (const uint8_t[]){0, 1, 1});
    pixels[100] = NAN;
    pixels[101] = INFINITY;
    labelled_images_write("a.tif", FRINGE_PIXEL_FLOAT32, pixels, SIDE, 1, 1, 0);
    labelled_images_write("a-mask.tif", FRINGE_PIXEL_UINT8, labels, SIDE, 1, 1, 0);
    struct samples *samples = opened("data: {train: a.tif}");
    struct training_validation validation = samples_validation(samples);
    struct train_batch batch;
    cr_assert_eq(validation.open(validation.context, 0, 1, run, &batch, NULL), FRINGE_OK);
    cr_expect_eq(batch.labels[100], BATCH_IGNORED);
    cr_expect_eq(batch.labels[101], BATCH_IGNORED);
    cr_expect_neq(batch.labels[99], BATCH_IGNORED);
    for (int i = 0; i < PIXELS; i++) cr_assert(isfinite(batch.images[i]));
    train_batch_clear(&batch);
    samples_free(samples);
}

/* Crops are taken by the size that the image had when the training began. */
Test(samples, refuses_an_image_that_has_shrunk_since)
{
    struct samples *samples;
    struct train_batch batch = {.count = 1, .channels = 1, .height_px = 16, .width_px = 16}, whole = {0};
    fringe_error error;
    write_pair("a", 1, (const uint8_t[]){0, 1, 1}, 0);
    read_recipe("data: {train: a.tif}\ntraining: {crop_px: 16}");
    recipe.memory_mib = 0;
    cr_assert_eq(open_samples(&samples, NULL), FRINGE_OK);
    labelled_images_write("a.tif", FRINGE_PIXEL_FLOAT32, pixels, SIDE / 2, 1, 1, 0);
    labelled_images_write("a-classes.tif", FRINGE_PIXEL_UINT8, labels, SIDE / 2, 1, 1, 0);
    cr_assert_eq(train_batch_allocate(&batch, NULL), FRINGE_OK);
    cr_expect_eq(samples_source(samples).fill(samples, 0, run, &batch, &error), FRINGE_MISMATCH);
    cr_expect(strstr(error.message, "a.tif: is 20 x 20 pixels now, was 40 x 40"), "%s", error.message);
    cr_expect_eq(samples_validation(samples).open(samples, 0, 16, run, &whole, &error), FRINGE_MISMATCH);
    train_batch_clear(&batch);
    samples_free(samples);
}
