#include "stats/proportion.h"

#include <math.h>

#define Z95 1.959963984540054 /* two-sided 95 % of the normal distribution */

struct proportion proportion_of(int64_t count, int64_t n)
{
    if (n < 1) return (struct proportion){NAN, NAN, NAN};
    double share = (double)count / (double)n, z2 = Z95 * Z95 / (double)n;
    double middle = (share + z2 / 2) / (1 + z2);
    double half = sqrt(share * (1 - share) * z2 + z2 * z2 / 4) / (1 + z2);
    /* At the ends the interval reaches them exactly, which rounding would miss. */
    return (struct proportion){share, count == 0 ? 0 : middle - half, count == n ? 1 : middle + half};
}

struct proportion_trend proportion_trend_of(const int64_t *counts, const int64_t *totals,
                                            const double *scores, size_t group_count)
{
    double n = 0, with = 0, score = 0, spread = 0, together = 0;
    for (size_t i = 0; i < group_count; i++) {
        n += (double)totals[i];
        with += (double)counts[i];
        if (totals[i] > 0) score += (double)totals[i] * scores[i];
    }
    double share = with / n, middle = score / n;
    for (size_t i = 0; i < group_count; i++) {
        if (totals[i] == 0) continue;
        double off = scores[i] - middle;
        spread += (double)totals[i] * off * off;
        together += off * ((double)counts[i] - (double)totals[i] * share);
    }
    double variance = share * (1 - share) * spread;
    if (!(variance > 0)) return (struct proportion_trend){NAN, NAN};
    double z = together / sqrt(variance);
    return (struct proportion_trend){z, erfc(fabs(z) / sqrt(2))};
}
