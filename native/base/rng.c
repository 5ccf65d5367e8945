#include "base/rng.h"

#include <math.h>

#define PI 3.14159265358979323846

static uint64_t split_mix(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

struct rng rng_from_seed(uint64_t seed)
{
    struct rng rng = {.seed = seed};
    for (int i = 0; i < 4; i++) rng.state[i] = split_mix(&seed);
    return rng;
}

struct rng rng_split(const struct rng *parent, uint64_t key)
{
    /* Both words go through the mixer, so that neighbouring seeds and keys share nothing. */
    uint64_t seed = parent->seed, mixed = split_mix(&seed) ^ key;
    return rng_from_seed(split_mix(&mixed));
}

static uint64_t rotate_left(uint64_t x, int by)
{
    return x << by | x >> (64 - by);
}

uint64_t rng_bits(struct rng *rng)
{
    uint64_t *s = rng->state, result = rotate_left(s[1] * 5, 7) * 9, t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate_left(s[3], 45);
    return result;
}

double rng_unit(struct rng *rng)
{
    return (double)(rng_bits(rng) >> 11) * 0x1p-53;
}

double rng_uniform(struct rng *rng, double low, double high)
{
    return low + (high - low) * rng_unit(rng);
}

uint32_t rng_below(struct rng *rng, uint32_t count)
{
    /* The bias of a product is below count / 2^32: far below what any sample could show. */
    return (uint32_t)((rng_bits(rng) >> 32) * count >> 32);
}

double rng_log_uniform(struct rng *rng, double low, double high)
{
    return exp(rng_uniform(rng, log(low), log(high)));
}

double rng_normal(struct rng *rng)
{
    if (rng->has_spare) {
        rng->has_spare = 0;
        return rng->spare;
    }
    double radius = sqrt(-2 * log(1 - rng_unit(rng))), angle = 2 * PI * rng_unit(rng); /* Box and Muller */
    rng->spare = radius * sin(angle);
    rng->has_spare = 1;
    return radius * cos(angle);
}

/* ln k!, by Stirling's series from 16 on (error below 1e-10). lgamma would write to a global variable. */
static double log_factorial(double k)
{
    double product = 1, n = k + 1;
    if (k >= 16) return (n - 0.5) * log(n) - n + 0.5 * log(2 * PI) + 1 / (12 * n) - 1 / (360 * n * n * n);
    for (int i = 2; i <= k; i++) product *= i;
    return log(product);
}

double rng_poisson(struct rng *rng, double mean)
{
    if (!(mean > 0)) return 0;
    if (mean < 10) { /* multiply uniforms until they fall below exp(-mean) */
        double limit = exp(-mean), product = rng_unit(rng), count = 0;
        for (; product > limit; count++) product *= rng_unit(rng);
        return count;
    }
    /* Transformed rejection with squeeze: Hoermann, Insur. Math. Econ. 12, 39 (1993),
     * DOI 10.1016/0167-6687(93)90997-4, algorithm PTRS with its constants. */
    double b = 0.931 + 2.53 * sqrt(mean), a = -0.059 + 0.02483 * b;
    double inverse_alpha = 1.1239 + 1.1328 / (b - 3.4), v_r = 0.9277 - 3.6224 / (b - 2);
    for (;;) {
        double u = rng_unit(rng) - 0.5, v = rng_unit(rng), us = 0.5 - fabs(u);
        double k = floor((2 * a / us + b) * u + mean + 0.43);
        if (us >= 0.07 && v <= v_r) return k;
        if (k < 0 || (us < 0.013 && v > us)) continue;
        if (log(v) + log(inverse_alpha) - log(a / (us * us) + b) <= -mean + k * log(mean) - log_factorial(k))
            return k;
    }
}

void rng_direction(struct rng *rng, double direction[3])
{
    double z = rng_uniform(rng, -1, 1), angle = 2 * PI * rng_unit(rng), radius = sqrt(1 - z * z);
    direction[0] = radius * cos(angle);
    direction[1] = radius * sin(angle);
    direction[2] = z;
}

void rng_rotation(struct rng *rng, double rotation[9])
{
    double q[4], norm = 0; /* a normal draw in four dimensions has a uniform direction: a unit quaternion */
    for (int i = 0; i < 4; i++) {
        q[i] = rng_normal(rng);
        norm += q[i] * q[i];
    }
    for (int i = 0; i < 4; i++) q[i] /= sqrt(norm);
    double w = q[0], x = q[1], y = q[2], z = q[3];
    double r[9] = {1 - 2 * (y * y + z * z), 2 * (x * y - z * w),     2 * (x * z + y * w),
                   2 * (x * y + z * w),     1 - 2 * (x * x + z * z), 2 * (y * z - x * w),
                   2 * (x * z - y * w),     2 * (y * z + x * w),     1 - 2 * (x * x + y * y)};
    for (int i = 0; i < 9; i++) rotation[i] = r[i];
}
