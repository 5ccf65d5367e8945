/* proportion.h - shares of particles: how sure they are, and whether they change with size.
 *
 * Both take particles as independent of each other. Where those of one image resemble each other more than
 * those of different images, the truth is less sure than these numbers say.
 */
#ifndef STATS_PROPORTION_H
#define STATS_PROPORTION_H

#include <stddef.h>
#include <stdint.h>

/* A share and its 95 % interval; all NaN of no particle. */
struct proportion {
    double value, low, high;
};

/* `count` of `n`, with Wilson's score interval (1927, DOI 10.1080/01621459.1927.10502953): it stays within 0
 * and 1, and holds for few particles and for shares of 0 and 1 too. */
struct proportion proportion_of(int64_t count, int64_t n);

/* Whether the share rises (z > 0) or falls with a score over ordered groups: the test of Cochran and Armitage
 * (1955, DOI 10.2307/3001775). `p` is two-sided, from the normal distribution. */
struct proportion_trend {
    double z, p;
};

/* counts[i] of totals[i] particles in group i have what is asked for; scores[i] is the group's place, its
 * mean diameter for instance. NaN where there is nothing to see: one score only, or all or no particles. */
struct proportion_trend proportion_trend_of(const int64_t *counts, const int64_t *totals,
                                            const double *scores, size_t group_count);

#endif
