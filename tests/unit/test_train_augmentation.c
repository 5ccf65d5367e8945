/* Crops: what is not asked for changes nothing, and what is asked for is what it says. */
#include <criterion/criterion.h>

#include <math.h>
#include <string.h>

#include "train/augmentation.h"
#include "train/train_batch.h"

enum { WIDTH = 90, HEIGHT = 70, SIDE = 32, CROP = SIDE * SIDE, PIXELS = WIDTH * HEIGHT };

static float image_pixels[2 * PIXELS], pixels[2 * CROP], scratch[2 * CROP];
static uint8_t image_labels[PIXELS];
static int32_t labels[CROP];
static const struct augmentation_image image = {image_pixels, image_labels, 1, HEIGHT, WIDTH};

/* Every pixel is its own number. */
static void number_pixels(void)
{
    for (int i = 0; i < 2 * PIXELS; i++) image_pixels[i] = (float)i;
    for (int i = 0; i < PIXELS; i++) image_labels[i] = i % 7 == 6 ? AUGMENTATION_UNKNOWN : (uint8_t)(i % 7);
}

static void crop(const struct augmentation_settings *settings, uint64_t seed)
{
    struct rng rng = rng_from_seed(seed);
    augmentation_crop(settings, &image, &rng, SIDE, scratch, pixels, labels);
}

static double mean_of(const float *values, double *spread)
{
    double mean = 0, squares = 0;
    for (int i = 0; i < CROP; i++) mean += (double)values[i] / CROP;
    for (int i = 0; i < CROP; i++) squares += ((double)values[i] - mean) * ((double)values[i] - mean) / CROP;
    *spread = sqrt(squares);
    return mean;
}

Test(augmentation, nothing_asked_for_is_a_piece_of_the_image)
{
    struct augmentation_settings settings;
    int places = 0;
    float last = -1;
    number_pixels();
    augmentation_settings_init(&settings);
    for (uint64_t seed = 0; seed < 50; seed++) {
        crop(&settings, seed);
        int first = (int)pixels[0];
        cr_assert(first % WIDTH + SIDE <= WIDTH && first / WIDTH + SIDE <= HEIGHT, "%d", first);
        for (int i = 0; i < CROP; i++) {
            int from = first + i / SIDE * WIDTH + i % SIDE;
            cr_assert_eq(pixels[i], (float)from);
            cr_assert_eq(labels[i], from % 7 == 6 ? BATCH_IGNORED : from % 7);
        }
        places += pixels[0] != last;
        last = pixels[0];
    }
    cr_expect_gt(places, 40);
}

Test(augmentation, channels_stay_together)
{
    const struct augmentation_image two = {image_pixels, image_labels, 2, HEIGHT, WIDTH};
    struct augmentation_settings settings;
    struct rng rng = rng_from_seed(4);
    number_pixels();
    augmentation_settings_init(&settings);
    settings.dihedral = 1;
    augmentation_crop(&settings, &two, &rng, SIDE, scratch, pixels, labels);
    for (int i = 0; i < CROP; i++) cr_assert_eq(pixels[CROP + i], pixels[i] + PIXELS);
}

/* Steps along a row and a column tell which of the eight it is. */
Test(augmentation, dihedral_gives_all_eight_and_nothing_else)
{
    struct augmentation_settings settings;
    int seen[8] = {0}, count = 0;
    number_pixels();
    augmentation_settings_init(&settings);
    settings.dihedral = 1;
    for (uint64_t seed = 0; seed < 200; seed++) {
        crop(&settings, seed);
        int across = (int)(pixels[1] - pixels[0]), down = (int)(pixels[SIDE] - pixels[0]);
        int turned = across == 1 || across == -1;
        cr_assert(turned ? down == WIDTH || down == -WIDTH
                         : (across == WIDTH || across == -WIDTH) && (down == 1 || down == -1));
        for (int i = 0; i < CROP; i++) {
            int from = (int)pixels[0] + i / SIDE * down + i % SIDE * across;
            cr_assert_eq(pixels[i], (float)from);
            cr_assert_eq(labels[i], from % 7 == 6 ? BATCH_IGNORED : from % 7);
        }
        seen[turned * 4 + (across > 0) * 2 + (down > 0)] = 1;
    }
    for (int i = 0; i < 8; i++) count += seen[i];
    cr_expect_eq(count, 8);
}

/* A slope stays a slope; its steepness tells the magnification, its direction the turn. */
Test(augmentation, rotation_and_scale_are_what_they_say)
{
    struct augmentation_settings settings;
    for (int i = 0; i < PIXELS; i++) {
        image_pixels[i] = 3.f * (float)(i % WIDTH) + 4.f * (float)(i / WIDTH);
        image_labels[i] = i % WIDTH > WIDTH / 2;
    }
    augmentation_settings_init(&settings);
    settings.scale = (struct augmentation_range){1.25, 1.25};
    settings.rotation = (struct augmentation_range){-90, 90};
    double least = 10, most = -10;
    for (uint64_t seed = 0; seed < 40; seed++) {
        crop(&settings, seed);
        int middle = SIDE / 2 * SIDE + SIDE / 2;
        double across = (double)(pixels[middle + 4] - pixels[middle - 4]) / 8;
        double down = (double)(pixels[middle + 4 * SIDE] - pixels[middle - 4 * SIDE]) / 8;
        cr_assert_float_eq(hypot(across, down), 5 / 1.25, 1e-3, "%g", hypot(across, down));
        double turn = atan2(down, across) - atan2(4, 3);
        if (turn < -3.2) turn += 2 * 3.14159265358979;
        least = fmin(least, turn), most = fmax(most, turn);
    }
    cr_expect(least < -1 && most > 1, "%g to %g", least, most);
    cr_expect(least > -1.6 && most < 1.6, "%g to %g", least, most);
}

Test(augmentation, labels_follow_the_pixels)
{
    struct augmentation_settings settings;
    for (int i = 0; i < PIXELS; i++) {
        int inside = hypot(i / WIDTH - 33., i % WIDTH - 41.) < 15;
        image_pixels[i] = (float)inside;
        image_labels[i] = (uint8_t)inside;
    }
    augmentation_settings_init(&settings);
    settings.dihedral = 1;
    settings.rotation = (struct augmentation_range){-180, 180};
    settings.scale = (struct augmentation_range){0.8, 1.25};
    for (uint64_t seed = 0; seed < 40; seed++) {
        crop(&settings, seed);
        for (int i = 0; i < CROP; i++)
            cr_assert(fabsf(pixels[i] - (float)labels[i]) < 0.76f, "%g is class %d", (double)pixels[i],
                      labels[i]);
    }
}

Test(augmentation, grey_values_change_as_asked)
{
    struct augmentation_settings none, settings;
    double spread, plain;
    for (int i = 0; i < PIXELS; i++)
        image_pixels[i] = (i % 2) == (i / WIDTH % 2) ? 1 : -1; /* mean 0, spread 1 */
    augmentation_settings_init(&none);
    crop(&none, 1);
    mean_of(pixels, &plain);
    cr_assert_eq(plain, 1);

    settings = none;
    settings.gain = (struct augmentation_range){3, 3};
    settings.offset = (struct augmentation_range){0.5, 0.5};
    crop(&settings, 1);
    cr_expect_float_eq(mean_of(pixels, &spread), 0.5, 1e-6);
    cr_expect_float_eq(spread, 3, 1e-6);
    settings.standardised = 1; /* the preparation divides a gain out again */
    crop(&settings, 1);
    mean_of(pixels, &spread);
    cr_expect_float_eq(spread, 1, 1e-6);

    settings = none;
    settings.noise = (struct augmentation_range){2, 2};
    crop(&settings, 1);
    mean_of(pixels, &spread);
    cr_expect_float_eq(spread, sqrt(5), 0.15, "%g", spread);
    settings.standardised = 1;
    crop(&settings, 1);
    mean_of(pixels, &spread);
    cr_expect_float_eq(spread, 1, 0.07, "%g", spread);

    settings = none;
    settings.polarity = 1;
    crop(&none, 5);
    float first = pixels[0];
    crop(&settings, 5);
    cr_expect_eq(pixels[0], -first);

    settings = none;
    settings.blur_px = (struct augmentation_range){2, 2};
    crop(&settings, 1);
    cr_expect_float_eq(mean_of(pixels, &spread), 0, 1e-6);
    cr_expect_lt(spread, 0.01, "a chequerboard is gone: %g", spread);

    settings = none;
    settings.hot_pixels = (struct augmentation_range){20000, 20000}; /* 20 in a crop */
    crop(&settings, 1);
    int hot = 0;
    for (int i = 0; i < CROP; i++) hot += pixels[i] > 3;
    cr_expect(hot > 8 && hot < 36, "%d", hot);

    /* A ramp under the chequerboard goes, the chequerboard stays. */
    for (int i = 0; i < PIXELS; i++) image_pixels[i] += (float)(i % WIDTH);
    settings = none;
    settings.flatten = (struct augmentation_range){1, 1};
    settings.flatten_px = (struct augmentation_range){3, 3};
    crop(&settings, 1);
    for (int i = 0; i < CROP; i++) /* where the mirror at the edge is out of sight */
        if (i % SIDE >= 6 && i % SIDE < SIDE - 6)
            cr_expect_float_eq(fabsf(pixels[i]), 1, 0.01, "%d: %g", i, (double)pixels[i]);
    settings.standardised = 1; /* the preparation brings the spread back */
    crop(&none, 1);
    mean_of(pixels, &plain);
    crop(&settings, 1);
    mean_of(pixels, &spread);
    cr_expect_float_eq(spread, plain, 1e-3 * plain, "%g from %g", spread, plain);

    for (int i = 0; i < PIXELS; i++) image_pixels[i] = 0;
    settings = none;
    settings.illumination = (struct augmentation_range){2, 2};
    crop(&settings, 1);
    cr_expect_float_eq(hypot((double)(pixels[1] - pixels[0]), (double)(pixels[SIDE] - pixels[0])), 2. / SIDE,
                       1e-6);
}

Test(augmentation, beyond_a_small_image_nothing_is_known)
{
    static const float five[5] = {1, 2, 3, 4, 5};
    static const uint8_t one[5] = {1, 1, 1, 1, 1};
    const struct augmentation_image small = {five, one, 1, 1, 5};
    struct augmentation_settings settings;
    struct rng rng = rng_from_seed(0);
    int known = 0;
    augmentation_settings_init(&settings);
    augmentation_crop(&settings, &small, &rng, SIDE, scratch, pixels, labels);
    for (int i = 0; i < CROP; i++) {
        cr_assert(pixels[i] >= 1 && pixels[i] <= 5);
        known += labels[i] == 1;
        cr_assert(labels[i] == 1 || labels[i] == BATCH_IGNORED);
    }
    cr_expect_eq(known, 5);
}

Test(augmentation, the_same_seed_gives_the_same_crop)
{
    struct augmentation_settings settings;
    float kept[CROP];
    number_pixels();
    augmentation_settings_init(&settings);
    settings.dihedral = 1;
    settings.rotation = (struct augmentation_range){-20, 20};
    settings.noise = (struct augmentation_range){0, 3};
    settings.hot_pixels = (struct augmentation_range){0, 5000};
    crop(&settings, 8);
    memcpy(kept, pixels, sizeof kept);
    crop(&settings, 9);
    cr_expect_neq(memcmp(kept, pixels, sizeof kept), 0);
    crop(&settings, 8);
    cr_expect_eq(memcmp(kept, pixels, sizeof kept), 0);
}
