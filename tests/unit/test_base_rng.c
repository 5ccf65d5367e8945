/* Seeded random numbers. */
#include <criterion/criterion.h>

#include <math.h>

#include "base/rng.h"

Test(rng, is_the_published_generator)
{
    /* SplitMix64 from seed 0 begins with 0xe220a8397b1dcdaf, 0x6e789e6aa1b965f4, 0x06c45d188009454f,
     * 0xf88bb8a8724c81ec; xoshiro256**'s first number is rotl(s[1] * 5, 7) * 9. */
    struct rng rng = rng_from_seed(0);
    cr_expect_eq(rng.state[0], 0xe220a8397b1dcdafu);
    cr_expect_eq(rng.state[1], 0x6e789e6aa1b965f4u);
    cr_expect_eq(rng.state[2], 0x06c45d188009454fu);
    cr_expect_eq(rng.state[3], 0xf88bb8a8724c81ecu);
    uint64_t product = 0x6e789e6aa1b965f4u * 5u;
    cr_expect_eq(rng_bits(&rng), (product << 7 | product >> 57) * 9u);
}

Test(rng, streams_depend_on_seed_and_key_alone)
{
    struct rng parent = rng_from_seed(1), used = parent;
    for (int i = 0; i < 10; i++) rng_bits(&used);
    struct rng a = rng_split(&parent, 3), b = rng_split(&used, 3), c = rng_split(&parent, 4);
    cr_expect_eq(rng_bits(&a), rng_bits(&b), "what the parent has drawn does not count");
    cr_expect_neq(rng_bits(&a), rng_bits(&c));
}

/* Mean and variance of many draws against what they should be, within five standard errors. */
static void check_moments(double (*draw)(struct rng *, double), double parameter, double mean,
                          double variance, double fourth)
{
    enum { COUNT = 200000 };
    struct rng rng = rng_from_seed(99);
    double sum = 0, squares = 0;
    for (int i = 0; i < COUNT; i++) {
        double x = draw(&rng, parameter) - mean;
        sum += x / COUNT;
        squares += x * x / COUNT;
    }
    cr_expect_lt(fabs(sum), 5 * sqrt(variance / COUNT), "parameter %g: mean off by %g", parameter, sum);
    cr_expect_lt(fabs(squares - variance), 5 * sqrt((fourth - variance * variance) / COUNT),
                 "parameter %g: variance %g, not %g", parameter, squares, variance);
}

static double draw_unit(struct rng *rng, double unused)
{
    (void)unused;
    return rng_unit(rng);
}

static double draw_normal(struct rng *rng, double unused)
{
    (void)unused;
    return rng_normal(rng);
}

Test(rng, moments)
{
    static const double means[] = {0.01, 0.5, 3, 9.9, 10.1, 30, 1000};
    check_moments(draw_unit, 0, 0.5, 1. / 12, 1. / 80);
    check_moments(draw_normal, 0, 0, 1, 3);
    for (int i = 0; i < 7; i++) /* a Poisson distribution's fourth central moment is m + 3 m^2 */
        check_moments(rng_poisson, means[i], means[i], means[i], means[i] + 3 * means[i] * means[i]);
    struct rng rng = rng_from_seed(1);
    cr_expect_eq(rng_poisson(&rng, 0), 0);
    cr_expect_eq(rng_poisson(&rng, -1), 0);
}

Test(rng, rotations_are_rotations)
{
    struct rng rng = rng_from_seed(2);
    double r[9], up = 0;
    for (int n = 0; n < 1000; n++) {
        rng_rotation(&rng, r);
        for (int i = 0; i < 3; i++)
            for (int j = 0; j < 3; j++) {
                double dot = r[3 * i] * r[3 * j] + r[3 * i + 1] * r[3 * j + 1] + r[3 * i + 2] * r[3 * j + 2];
                cr_assert_float_eq(dot, i == j, 1e-12);
            }
        double det = r[0] * (r[4] * r[8] - r[5] * r[7]) - r[1] * (r[3] * r[8] - r[5] * r[6]) +
                     r[2] * (r[3] * r[7] - r[4] * r[6]);
        cr_assert_float_eq(det, 1, 1e-12);
        up += r[8] / 1000;
    }
    cr_expect_lt(fabs(up), 5 * sqrt(1. / 3 / 1000), "no direction is preferred");
}
