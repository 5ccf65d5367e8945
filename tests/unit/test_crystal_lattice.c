/* A particle's lattice: spacings and angles of analytic fringes, their errors, and what must not matter. */
#include <criterion/criterion.h>

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "crystal/lattice_spots.h"

enum { SIDE = 160 };

struct picture {
    float pixels[SIDE * SIDE];
    uint8_t mask[SIDE * SIDE];
};

static struct picture *picture;

static void take(void)
{
    picture = alloc_array(1, sizeof *picture);
    cr_assert(picture);
}

static void give_back(void)
{
    alloc_free(picture);
}

TestSuite(lattice, .init = take, .fini = give_back);

/* Waves of frequencies g (cycles per px) and the given strength in a disc, on a tilted field with noise. */
static void draw(const double (*g)[2], int count, double strength, double noise, uint64_t seed)
{
    struct rng rng = rng_from_seed(seed);
    for (int y = 0; y < SIDE; y++)
        for (int x = 0; x < SIDE; x++) {
            double dx = x - 80.3, dy = y - 79.6, value = 500 + 0.6 * x - 0.3 * y;
            int inside = dx * dx + dy * dy < 70 * 70;
            for (int i = 0; i < count && inside; i++)
                value += strength * cos(2 * M_PI * (g[i][0] * x + g[i][1] * y) + i);
            picture->pixels[y * SIDE + x] = (float)(value + noise * rng_normal(&rng));
            picture->mask[y * SIDE + x] = (uint8_t)inside;
        }
}

static struct lattice_region region(double nm_per_px)
{
    return (struct lattice_region){picture->pixels, picture->mask, SIDE, SIDE, nm_per_px, nm_per_px};
}

static void find(double nm_per_px, struct lattice_spots *spots)
{
    struct lattice_spectrum *spectrum;
    fringe_error error;
    struct lattice_region seen = region(nm_per_px);
    cr_assert_eq(lattice_spectrum_create(&seen, &spectrum, &error), FRINGE_OK, "%s", error.message);
    lattice_spots_find(spectrum, spots);
    lattice_spectrum_free(spectrum);
}

static void turn(const double from[2], double angle_deg, double to[2])
{
    double c = cos(angle_deg * M_PI / 180), s = sin(angle_deg * M_PI / 180);
    to[0] = c * from[0] - s * from[1];
    to[1] = s * from[0] + c * from[1];
}

Test(lattice, spacings_and_angle_of_a_known_net)
{
    /* Gold along [110]: (111) twice, 70.53 degrees apart, and (200). 0.02 nm to a pixel. */
    double k = 0.02 / 0.23545, g[3][2], first[2] = {k, 0};
    struct lattice_spots spots;
    turn(first, 13, g[0]);
    turn(first, 13 + 70.5288, g[1]);
    for (int i = 0; i < 2; i++) g[2][i] = g[0][i] + g[1][i];
    /* (200) is the sum of two of them where the angle between is 109.47; here it is 70.53: (2-20)/2. */
    draw(g, 2, 10, 5, 1);
    find(0.02, &spots);
    cr_assert_eq(spots.count, 2);
    cr_assert(spots.has_net);
    for (int i = 0; i < 2; i++) {
        cr_expect_float_eq(spots.items[i].d, 0.23545, 0.0002, "%g", spots.items[i].d);
        cr_expect(spots.items[i].is_indexed);
    }
    cr_expect_float_eq(spots.net.angle_deg, 70.5288, 0.1, "%g", spots.net.angle_deg);
    cr_expect_float_eq(1 / spots.net.length_a, 0.23545, 0.0002);
    cr_expect_float_eq(1 / spots.net.length_b, 0.23545, 0.0002);
    cr_expect_lt(fabs(spots.net.angle_deg - 70.5288), 2 * spots.net.angle_deg_error);
    /* The third spot is on the net of the first two. */
    draw((const double(*)[2])g, 3, 10, 5, 2);
    find(0.02, &spots);
    cr_assert_eq(spots.count, 3);
    cr_expect_eq(spots.net.indexed_count, 3);
    cr_expect_float_eq(spots.net.angle_deg, 70.5288, 0.1, "%g", spots.net.angle_deg);
}

Test(lattice, strain_of_half_a_percent_is_seen)
{
    double g[2][2] = {{0.085, 0.01}, {-0.01, 0.085 * 1.005}};
    struct lattice_spots spots;
    draw((const double(*)[2])g, 2, 20, 1, 3);
    find(0, &spots);
    cr_assert_eq(spots.count, 2);
    for (int i = 0; i < 2; i++) {
        int which = fabs(spots.items[i].g[0]) > fabs(spots.items[i].g[1]) ? 0 : 1;
        double expected = 1 / hypot(g[which][0], g[which][1]); /* px: no pixel size is given */
        cr_expect_float_eq(spots.items[i].d / expected, 1, 0.0005, "%g", spots.items[i].d / expected);
    }
}

/* Where noise is all that disturbs, the spread over many images is what the covariance says, without the part
 * that stands for a real particle's shape. */
Test(lattice, errors_are_those_of_noise)
{
    enum { IMAGES = 60 };
    double g[1][2] = {{0.11, 0.035}}, sum2 = 0, expected = 0;
    for (int i = 0; i < IMAGES; i++) {
        struct lattice_spots spots;
        struct lattice_spectrum *spectrum;
        draw((const double(*)[2])g, 1, 3, 20, (uint64_t)i + 10);
        struct lattice_region seen = region(0);
        cr_assert_eq(lattice_spectrum_create(&seen, &spectrum, NULL), FRINGE_OK);
        lattice_spots_find(spectrum, &spots);
        cr_assert_geq(spots.count, 1);
        const struct lattice_spot *spot = spots.items;
        double x = g[0][0] / hypot(g[0][0], g[0][1]), y = g[0][1] / hypot(g[0][0], g[0][1]);
        double along = hypot(spot->g[0], spot->g[1]) - hypot(g[0][0], g[0][1]);
        double shape = 0.18 / spectrum->length;
        sum2 += along * along;
        expected += spot->covariance[0] * x * x + 2 * spot->covariance[1] * x * y +
                    spot->covariance[2] * y * y - shape * shape;
        lattice_spectrum_free(spectrum);
    }
    cr_expect_float_eq(sqrt(sum2 / expected), 1, 0.25, "%g", sqrt(sum2 / expected));
}

Test(lattice, noise_has_no_spots)
{
    int found = 0;
    for (int i = 0; i < 40; i++) {
        struct lattice_spots spots;
        draw(NULL, 0, 0, 10, (uint64_t)i + 200);
        find(0.02, &spots);
        found += spots.count;
    }
    cr_expect_leq(found, 4, "%d spots in 40 images of noise", found); /* 0.8 are expected */
}

Test(lattice, neither_dose_nor_light_nor_place_matters)
{
    double g[2][2] = {{0.09, 0.02}, {-0.03, 0.1}};
    struct lattice_spots plain, changed;
    draw((const double(*)[2])g, 2, 10, 4, 5);
    find(0.02, &plain);
    for (int i = 0; i < SIDE * SIDE; i++) /* other counts, and other light from below */
        picture->pixels[i] = 7 * picture->pixels[i] + 3e-2f * (float)(i / SIDE) * (float)(i / SIDE) + 100;
    find(0.02, &changed);
    cr_assert_eq(plain.count, changed.count);
    for (int i = 0; i < plain.count; i++) {
        cr_expect_float_eq(plain.items[i].d, changed.items[i].d, 1e-4);
        cr_expect_float_eq(plain.items[i].contrast / changed.items[i].contrast, 1, 1e-2);
    }
}

Test(lattice, contrast_is_where_the_wave_is)
{
    double g[1][2] = {{0.1, 0.02}}, beside[2] = {-0.03, 0.11}, beyond[2] = {0.6, 0};
    struct lattice_spectrum *spectrum;
    struct lattice_region seen = region(0);
    draw((const double(*)[2])g, 1, 10, 5, 6);
    cr_assert_eq(lattice_spectrum_create(&seen, &spectrum, NULL), FRINGE_OK);
    cr_expect_gt(lattice_spectrum_contrast(spectrum, g[0]), 100);
    cr_expect_lt(lattice_spectrum_contrast(spectrum, beside), 20, "noise");
    cr_expect_eq(lattice_spectrum_contrast(spectrum, beyond), 0, "no detector has such frequencies");
    lattice_spectrum_free(spectrum);
}

Test(lattice, what_holds_no_lattice_is_refused_in_words)
{
    struct lattice_spectrum *spectrum;
    struct lattice_region seen = region(0.02);
    fringe_error error;
    draw(NULL, 0, 0, 1, 7);
    memset(picture->mask, 0, sizeof picture->mask);
    memset(picture->mask, 1, 63);
    cr_assert_eq(lattice_spectrum_create(&seen, &spectrum, &error), FRINGE_ARGUMENT);
    cr_expect(strstr(error.message, "63"), "%s", error.message);
    memset(picture->mask, 1, sizeof picture->mask);
    for (int i = 0; i < SIDE * SIDE; i++) picture->pixels[i] = 1000;
    cr_assert_eq(lattice_spectrum_create(&seen, &spectrum, &error), FRINGE_ARGUMENT);
    cr_expect(strstr(error.message, "alike"), "%s", error.message);
    for (int i = 0; i < SIDE * SIDE; i++) picture->pixels[i] = NAN;
    cr_expect_eq(lattice_spectrum_create(&seen, &spectrum, &error), FRINGE_ARGUMENT);
    for (int i = 0; i < 90; i++) picture->mask[i] = 1; /* one row: no surface fits */
    for (int i = 0; i < 90; i++) picture->pixels[i] = (float)(i % 3);
    cr_expect_eq(lattice_spectrum_create(&seen, &spectrum, &error), FRINGE_ARGUMENT);
}

Test(lattice, a_lack_of_memory_is_survived)
{
    double g[1][2] = {{0.1, 0.02}};
    struct lattice_spectrum *spectrum = NULL;
    struct lattice_region seen = region(0.02);
    draw((const double(*)[2])g, 1, 10, 5, 8);
    fringe_status status = FRINGE_MEMORY;
    int refused = 0;
    for (long n = 0; status == FRINGE_MEMORY && n < 100; n++, refused++) {
        alloc_fail_after(n);
        status = lattice_spectrum_create(&seen, &spectrum, NULL);
        alloc_fail_after(-1);
    }
    cr_expect_eq(status, FRINGE_OK);
    cr_expect_gt(refused, 5);
    lattice_spectrum_free(spectrum);
}
