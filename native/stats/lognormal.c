#include "stats/lognormal.h"

#include <math.h>

static double standard_score(const struct lognormal *fit, double value)
{
    return log(value / fit->median) / log(fit->spread);
}

double lognormal_below(const struct lognormal *fit, double value)
{
    return value > 0 ? 0.5 * erfc(-standard_score(fit, value) / sqrt(2)) : 0;
}

double lognormal_density(const struct lognormal *fit, double value)
{
    static const double one_over_root_2pi = 0.3989422804014327;
    if (!(value > 0)) return 0;
    double score = standard_score(fit, value);
    return one_over_root_2pi * exp(-score * score / 2) / (value * log(fit->spread));
}

struct lognormal lognormal_fit(const double *sorted, size_t n)
{
    struct lognormal fit = {NAN, NAN, NAN};
    double sum = 0, squares = 0, distance = 0;
    if (n < 2 || !(sorted[0] > 0) || sorted[0] == sorted[n - 1]) return fit;
    for (size_t i = 0; i < n; i++) sum += log(sorted[i]);
    double mean = sum / (double)n;
    for (size_t i = 0; i < n; i++) squares += (log(sorted[i]) - mean) * (log(sorted[i]) - mean);
    fit.median = exp(mean);
    fit.spread = exp(sqrt(squares / (double)n));
    for (size_t i = 0; i < n; i++) {
        double below = lognormal_below(&fit, sorted[i]);
        distance = fmax(distance, fmax(below - (double)i / (double)n, (double)(i + 1) / (double)n - below));
    }
    fit.distance = distance;
    return fit;
}
