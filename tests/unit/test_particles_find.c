/* What is accepted as labels and what is refused, options, splitting, the distribution. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/file.h"
#include "fringe/particles.h"
#include "io/png_write.h"
#include "particles/population.h"

static fringe_error error;

static fringe_micrograph *make(const float *pixels, int32_t height, int32_t width, double nm)
{
    fringe_micrograph *micrograph;
    cr_assert_eq(
        fringe_micrograph_from_pixels(pixels, FRINGE_PIXEL_FLOAT32, 1, height, width, nm, &micrograph, NULL),
        FRINGE_OK);
    return micrograph;
}

static char heard[256]; /* the last notice about the input */

static void hear(void *user, fringe_notice notice, const char *text)
{
    (void)user;
    if (notice == FRINGE_NOTICE_INPUT) snprintf(heard, sizeof heard, "%s", text);
}

static fringe_status find(const float *pixels, int32_t height, int32_t width, double nm,
                          const fringe_particles_options *options, fringe_particles **particles)
{
    fringe_run *run;
    fringe_micrograph *labels = make(pixels, height, width, nm);
    *heard = 0;
    cr_assert_eq(fringe_run_create(1, &run, NULL), FRINGE_OK);
    fringe_run_set_notice(run, hear, NULL);
    fringe_status status = fringe_particles_find(labels, NULL, NULL, 0, options, run, particles, &error);
    fringe_run_free(run);
    fringe_micrograph_free(labels);
    return status;
}

Test(find, empty_mask_and_one_pixel)
{
    float pixels[5 * 7] = {0};
    fringe_particles *particles;
    cr_assert_eq(find(pixels, 5, 7, 0, NULL, &particles), FRINGE_OK);
    cr_expect_eq(fringe_particles_count(particles), 0);
    cr_expect_null(fringe_particles_get(particles, 0));
    fringe_particles_free(particles);
    pixels[2 * 7 + 3] = 255;
    cr_assert_eq(find(pixels, 5, 7, 0.5, NULL, &particles), FRINGE_OK);
    cr_assert_eq(fringe_particles_count(particles), 1);
    const fringe_particle *p = fringe_particles_get(particles, 0);
    cr_expect_float_eq(p->area, 0.25, 1e-12);
    cr_expect_float_eq(p->x, 1.75, 1e-12);
    cr_expect_float_eq(p->diameter, sqrt(1 / 3.14159265358979), 1e-12);
    cr_expect_float_eq(p->feret, 0.5 * sqrt(2), 1e-12);
    cr_expect_float_eq(p->aspect_ratio, 1, 1e-12);
    cr_expect(isnan(p->neighbour_distance) && isnan(p->mean) && isnan(p->probability));
    cr_expect_eq(p->input_value, 255);
    cr_expect_str_eq(fringe_particles_unit(particles), "nm");
    fringe_particles_free(particles);
}

Test(find, numbers_that_are_no_labels)
{
    static const float bad[] = {0.5f, -1, NAN, INFINITY, 16777218};
    static const char *const said[] = {"is 0.5;", "is -1;", "is nan;", "is inf;", "is 16777218;"};
    fringe_particles *particles;
    for (int i = 0; i < 5; i++) {
        float pixels[6] = {0, 1, 1, 0, 0, 0};
        pixels[4] = bad[i];
        cr_expect_eq(find(pixels, 2, 3, 0, NULL, &particles), FRINGE_ARGUMENT);
        cr_expect(strstr(error.message, said[i]) && strstr(error.message, "(1, 1)"), "%s", error.message);
        cr_expect_null(particles);
    }
    /* With a threshold all of them are numbers; NaN reaches none. */
    fringe_particles_options options;
    fringe_particles_options_init(&options);
    options.threshold = 0.5;
    float pixels[6] = {0.49f, 0.5f, NAN, -3, 0.2f, 16777218};
    cr_assert_eq(find(pixels, 2, 3, 0, &options, &particles), FRINGE_OK);
    cr_expect_eq(fringe_particles_count(particles), 1);
    cr_expect_eq(fringe_particles_get(particles, 0)->pixel_count, 2);
    fringe_particles_free(particles);
}

/* Red and green would be two labels by their brightness, which nobody meant; one colour on black is a
 * mask. */
Test(find, colours_are_no_labels)
{
    char folder[] = "/tmp/fringe-colour-XXXXXX", path[64];
    uint8_t pixels[2 * 3 * 3] = {0};
    cr_assert_not_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/mask.png", folder);
    for (int colours = 0; colours <= 2; colours++) {
        fringe_micrograph *labels;
        fringe_particles *particles;
        pixels[0] = pixels[3] = colours ? 255 : 1; /* red; the darkest is not black either */
        if (colours == 2) pixels[16] = 255;        /* green */
        cr_assert_eq(png_write(path, pixels, 2, 3, 3, NULL), FRINGE_OK);
        cr_assert_eq(fringe_micrograph_open(path, NULL, &labels, NULL), FRINGE_OK);
        fringe_status status = fringe_particles_find(labels, NULL, NULL, 0, NULL, NULL, &particles, &error);
        cr_expect_eq(status, colours < 2 ? FRINGE_OK : FRINGE_ARGUMENT, "%s", error.message);
        cr_assert_eq(particles == NULL, colours == 2);
        if (particles) cr_expect_eq(fringe_particles_count(particles), 1);
        fringe_particles_free(particles);
        fringe_micrograph_free(labels);
    }
    cr_expect(strstr(error.message, "a colour picture with brightnesses 76 and 150"), "%s", error.message);
    cr_expect_eq(file_remove_tree(folder, NULL), FRINGE_OK);
}

Test(find, sizes_and_channels_must_fit)
{
    float pixels[12] = {0, 1};
    fringe_micrograph *labels = make(pixels, 3, 4, 0), *other = make(pixels, 4, 3, 0), *two;
    fringe_particles *particles;
    cr_assert_eq(fringe_micrograph_from_pixels(pixels, FRINGE_PIXEL_FLOAT32, 2, 2, 3, 0, &two, NULL),
                 FRINGE_OK);
    cr_expect_eq(fringe_particles_find(labels, other, NULL, 0, NULL, NULL, &particles, &error),
                 FRINGE_ARGUMENT);
    cr_expect(strstr(error.message, "3 x 4") && strstr(error.message, "4 x 3"), "%s", error.message);
    cr_expect_eq(fringe_particles_find(labels, NULL, other, 0, NULL, NULL, &particles, &error),
                 FRINGE_ARGUMENT);
    cr_expect_eq(fringe_particles_find(two, NULL, NULL, 0, NULL, NULL, &particles, &error), FRINGE_ARGUMENT);
    cr_expect(strstr(error.message, "2 channels"), "%s", error.message);
    fringe_micrograph_free(labels);
    fringe_micrograph_free(other);
    fringe_micrograph_free(two);
}

Test(find, more_labels_than_16_bits_hold)
{
    enum { SIDE = 600 };
    float *pixels = calloc(SIDE * SIDE, sizeof *pixels);
    fringe_particles *particles;
    int32_t height, width, last = 0;
    for (int y = 0; y < SIDE; y += 2)
        for (int x = 0; x < SIDE; x += 2) pixels[y * SIDE + x] = (float)++last;
    cr_assert_eq(last, 90000);
    cr_assert_eq(find(pixels, SIDE, SIDE, 0, NULL, &particles), FRINGE_OK);
    cr_expect_eq(fringe_particles_count(particles), last);
    cr_expect(strstr(heard, "90000 particles of 1 pixels on average"), "%s", heard);
    const int32_t *labels = fringe_particles_labels(particles, &height, &width);
    cr_expect_eq(labels[(SIDE - 2) * SIDE + SIDE - 2], last);
    cr_expect_eq(fringe_particles_get(particles, last - 1)->input_value, last);
    cr_expect_float_eq(fringe_particles_get(particles, 700)->neighbour_distance, 2, 1e-12);
    fringe_particles_free(particles);
    free(pixels);
}

Test(find, filters_and_borders)
{
    static const float pixels[] = {1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 1,
                                   0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
    fringe_particles_options options;
    fringe_particles *particles;
    fringe_particles_options_init(&options);
    cr_assert_eq(find(pixels, 4, 8, 2, &options, &particles), FRINGE_OK);
    cr_expect_eq(fringe_particles_count(particles), 3);
    cr_expect(fringe_particles_get(particles, 0)->border && !fringe_particles_get(particles, 1)->border &&
              fringe_particles_get(particles, 2)->border);
    fringe_particles_free(particles);
    options.border = FRINGE_BORDER_EXCLUDE;
    cr_assert_eq(find(pixels, 4, 8, 2, &options, &particles), FRINGE_OK);
    cr_expect_eq(fringe_particles_count(particles), 1);
    cr_expect_eq(fringe_particles_get(particles, 0)->pixel_count, 4);
    fringe_particles_free(particles);

    options.border = FRINGE_BORDER_KEEP;
    options.least_nm = 2.5; /* one pixel of 2 nm is 2.26 nm wide, two are 3.19, four 4.51 */
    options.most_nm = 4;
    cr_assert_eq(find(pixels, 4, 8, 2, &options, &particles), FRINGE_OK);
    cr_assert_eq(fringe_particles_count(particles), 1);
    cr_expect_eq(fringe_particles_get(particles, 0)->pixel_count, 2);
    fringe_particles_free(particles);
    cr_expect_eq(find(pixels, 4, 8, 0, &options, &particles), FRINGE_ARGUMENT);
    cr_expect(strstr(error.message, "no pixel size") && strstr(error.message, "2.5"), "%s", error.message);
    options.most_nm = 1;
    cr_expect_eq(find(pixels, 4, 8, 2, &options, &particles), FRINGE_ARGUMENT);
}

/* Two discs of radius 12 whose centres are `apart`: one particle, or two of the right size. */
static int32_t count_discs(double apart, double neck, double *diameter)
{
    enum { HEIGHT = 60, WIDTH = 90 };
    static float pixels[HEIGHT * WIDTH];
    fringe_particles_options options;
    fringe_particles *particles;
    fringe_particles_options_init(&options);
    options.split_neck = neck;
    for (int y = 0; y < HEIGHT; y++)
        for (int x = 0; x < WIDTH; x++)
            pixels[y * WIDTH + x] = hypot(x - 30, y - 30) < 12 || hypot(x - 30 - apart, y - 30) < 12;
    cr_assert_eq(find(pixels, HEIGHT, WIDTH, 0, &options, &particles), FRINGE_OK);
    int32_t count = fringe_particles_count(particles);
    *diameter = fringe_particles_get(particles, 0)->diameter;
    fringe_particles_free(particles);
    return count;
}

Test(split, discs_part_where_their_neck_says)
{
    double diameter;
    cr_expect_eq(count_discs(22, 0, &diameter), 1);
    cr_expect_eq(count_discs(22, 0.8, &diameter), 2);
    cr_expect_float_eq(diameter, 24, 0.5);
    cr_expect_eq(count_discs(17, 0.8, &diameter), 2); /* 1.2 R is 14.4 */
    cr_expect_eq(count_discs(12, 0.8, &diameter), 1);
    cr_expect_eq(count_discs(12, 0.95, &diameter), 2);
    cr_expect_eq(count_discs(0, 1, &diameter), 1); /* a disc alone is one, whatever is asked for */
}

static void refuse_memory(int splitting)
{
    static const float pixels[] = {0, 1, 1, 0, 0, 0, 2, 2, 0};
    fringe_particles_options options;
    fringe_particles *particles = NULL;
    fringe_micrograph *labels = make(pixels, 3, 3, 1), *image = make(pixels, 3, 3, 1);
    fringe_status status = FRINGE_MEMORY;
    fringe_particles_options_init(&options);
    options.split_neck = splitting ? 0.8 : 0;
    options.fill_holes = splitting;
    int n = 0;
    for (; status == FRINGE_MEMORY; n++) {
        alloc_fail_after(n);
        status = fringe_particles_find(labels, image, image, 0, &options, NULL, &particles, &error);
        alloc_fail_after(-1);
        if (status) cr_expect_null(particles);
    }
    cr_expect_eq(status, FRINGE_OK, "%s", error.message);
    cr_expect_gt(n, 15);
    fringe_particles_free(particles);
    fringe_micrograph_free(labels);
    fringe_micrograph_free(image);
}

Test(find, memory_ends_everywhere)
{
    refuse_memory(0);
    refuse_memory(1);
}

Test(population, percentiles_and_intervals)
{
    double values[11];
    struct population population;
    for (int i = 0; i < 11; i++) values[i] = 10 - i;
    cr_assert_eq(population_summarise(values, 11, &population, NULL), FRINGE_OK);
    cr_expect_float_eq(population.mean.value, 5, 1e-12);
    cr_expect_float_eq(population.sd, sqrt(11), 1e-12);
    cr_expect_float_eq(population.d10.value, 1, 1e-12);
    cr_expect_float_eq(population.d50.value, 5, 1e-12);
    cr_expect_float_eq(population.d90.value, 9, 1e-12);
    /* The mean of 11 draws has a standard error of 1, Student's quantile for 10 is 2.23. */
    cr_expect_float_eq(population.mean.high - population.mean.low, 2 * 2.23, 0.4);
    /* Binomial with 11 and 1/2: 2 below or fewer come with 3.3 %, 1 or fewer with 0.6 %; R's ranks are 2
     * and 10. */
    cr_expect(population.d50.low == 1 && population.d50.high == 9);
    cr_expect(isnan(population.d10.low) && isnan(population.d90.high), "too few for so far out");
    double four[] = {4, 1, 3, 2};
    cr_assert_eq(population_summarise(four, 4, &population, NULL), FRINGE_OK);
    cr_expect_float_eq(population.d10.value, 1.3, 1e-12);
    cr_expect_float_eq(population.d50.value, 2.5, 1e-12);
    cr_assert_eq(population_summarise(four, 0, &population, NULL), FRINGE_OK);
    cr_expect(population.n == 0 && isnan(population.mean.value) && isnan(population.d90.high));
    cr_assert_eq(population_summarise(four, 1, &population, NULL), FRINGE_OK);
    cr_expect(population.mean.value == 1 && isnan(population.sd) && isnan(population.mean.low));
}
