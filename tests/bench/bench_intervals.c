/* How often the 95 % intervals of a population hold the truth: diameters drawn from a lognormal distribution
 * and from two sizes mixed, in samples as small as one micrograph gives. Prints a line for each size of
 * sample. */
#include <math.h>
#include <stdio.h>

#include "base/rng.h"
#include "particles/population.h"

enum { MOST = 400, TRIALS = 1000 };

/* Mean 5 nm, as after coarsening; or small ones with a second generation. */
static double draw(struct rng *rng, int mixed)
{
    if (mixed) return rng_unit(rng) < 0.7 ? 3 + 0.4 * rng_normal(rng) : 7 + 0.8 * rng_normal(rng);
    return exp(log(5) - 0.3 * 0.3 / 2 + 0.3 * rng_normal(rng));
}

static double percentile_of(int mixed, double share)
{
    static const double normal[] = {-1.2815515655446004, 0, 1.2815515655446004};
    if (!mixed) return exp(log(5) - 0.3 * 0.3 / 2 + 0.3 * normal[share < 0.3 ? 0 : share < 0.7 ? 1 : 2]);
    double low = 0, high = 12;
    for (int i = 0; i < 60; i++) {
        double x = (low + high) / 2;
        double below = 0.35 * erfc((3 - x) / 0.4 / sqrt(2)) + 0.15 * erfc((7 - x) / 0.8 / sqrt(2));
        *(below < share ? &low : &high) = x;
    }
    return low;
}

/* Adds up how often there is an interval, and how often it holds the truth. */
struct tally {
    int given, held;
};

static void count(struct tally *tally, const struct population_value *value, double truth)
{
    tally->given += !isnan(value->low);
    tally->held += value->low <= truth && truth <= value->high;
}

static void print(const char *what, const struct tally *tally)
{
    if (tally->given)
        printf("  %s %5.1f %%", what, 100.0 * tally->held / tally->given);
    else
        printf("  %s    none", what);
}

int main(void)
{
    static const int sizes[] = {5, 10, 20, 50, 100, 200, 400};
    struct rng rng = rng_from_seed(7);
    double values[MOST];
    for (int mixed = 0; mixed < 2; mixed++)
        for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
            struct tally mean = {0}, d10 = {0}, d50 = {0}, d90 = {0};
            for (int trial = 0; trial < TRIALS; trial++) {
                struct population population;
                for (int i = 0; i < sizes[s]; i++) values[i] = draw(&rng, mixed);
                if (population_summarise(values, (size_t)sizes[s], &population, NULL)) return 1;
                count(&mean, &population.mean, mixed ? 0.7 * 3 + 0.3 * 7 : 5);
                count(&d10, &population.d10, percentile_of(mixed, 0.1));
                count(&d50, &population.d50, percentile_of(mixed, 0.5));
                count(&d90, &population.d90, percentile_of(mixed, 0.9));
            }
            printf("%-9s n %3d:", mixed ? "mixed" : "lognormal", sizes[s]);
            print("mean", &mean);
            print("D10", &d10);
            print("D50", &d50);
            print("D90", &d90);
            putchar('\n');
        }
    return 0;
}
