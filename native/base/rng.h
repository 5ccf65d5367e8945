/* rng.h - seeded random numbers: the same draws on every machine's run of one build.
 *
 * The generator is xoshiro256** (Blackman and Vigna, DOI 10.1145/3460772), seeded through SplitMix64. Streams
 * are split by key: rng_split(parent, key) depends on the parent's seed and the key alone, never on how much
 * the parent has drawn. Work that is spread over threads gives each item its own stream by its index, so that
 * no order of threads changes a draw. One object serves one thread.
 */
#ifndef BASE_RNG_H
#define BASE_RNG_H

#include <stdint.h>

struct rng {
    uint64_t seed; /* what splitting starts from */
    uint64_t state[4];
    double spare; /* the second of a pair of normal draws */
    int has_spare;
};

struct rng rng_from_seed(uint64_t seed);
struct rng rng_split(const struct rng *parent, uint64_t key);

uint64_t rng_bits(struct rng *rng);

/* 0 <= value < 1, in steps of 2^-53; low <= value < high; and 0 <= value < count, for count of at least 1. */
double rng_unit(struct rng *rng);
double rng_uniform(struct rng *rng, double low, double high);
uint32_t rng_below(struct rng *rng, uint32_t count);

/* Uniform in the logarithm; both bounds above 0. */
double rng_log_uniform(struct rng *rng, double low, double high);

/* Mean 0, standard deviation 1. */
double rng_normal(struct rng *rng);

/* Poisson, exact in distribution for any mean of 0 or more; the time does not grow with it. */
double rng_poisson(struct rng *rng, double mean);

/* A direction uniform on the sphere, and a rotation uniform among all (row-major, orthonormal, det 1). */
void rng_direction(struct rng *rng, double direction[3]);
void rng_rotation(struct rng *rng, double rotation[9]);

#endif
