#include "stats/rank_correlation.h"

#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/failure.h"

#define Z95 1.959963984540054 /* two-sided 95 % of the normal distribution */

struct ranked {
    double value, rank;
    size_t pair;
};

static int by_value(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    return (x->value > y->value) - (x->value < y->value);
}

static int by_pair(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    return (x->pair > y->pair) - (x->pair < y->pair);
}

/* Ranks from 1, the mean of their ranks for equal values; in the order of the pairs again. */
static void rank(struct ranked *items, size_t n)
{
    qsort(items, n, sizeof *items, by_value);
    for (size_t first = 0, next; first < n; first = next) {
        for (next = first + 1; next < n && items[next].value == items[first].value;) next++;
        for (size_t i = first; i < next; i++) items[i].rank = (double)(first + next + 1) / 2;
    }
    qsort(items, n, sizeof *items, by_pair);
}

/* 1 / B(v/2, 1/2), with Gamma((k + 1) / 2) / Gamma(k / 2) from k = 1 on: k / 2 times the inverse of the one
 * before. The library's lgamma would write to a variable that all threads share. */
static double over_beta(size_t v)
{
    const double root_pi = 1.772453850905516;
    double ratio = 1 / root_pi;
    for (size_t k = 1; k < v; k++) ratio = (double)k / (2 * ratio);
    return ratio / root_pi;
}

/* The regularised incomplete beta function I_x(a, b) by its continued fraction (DLMF 8.17.22, Lentz's way of
 * going through it), for x below (a + 1) / (a + b + 2), where it converges fast. `over` is 1 / B(a, b). */
static double beta_fraction(double a, double b, double x, double over)
{
    const double least = 1e-300;
    double c = 1, d = 1 - (a + b) * x / (a + 1);
    d = 1 / (fabs(d) < least ? least : d);
    double fraction = d;
    for (int m = 1; m <= 500; m++) {
        const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
        const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
        for (int part = 0; part < 2; part++) {
            double step = part ? odd : even;
            d = 1 + step * d;
            c = 1 + step / c;
            d = 1 / (fabs(d) < least ? least : d);
            if (fabs(c) < least) c = least;
            fraction *= d * c;
        }
        if (fabs(d * c - 1) < 1e-15) break;
    }
    return exp(a * log(x) + b * log1p(-x)) * over * fraction / a;
}

/* The chance of a |t| at least so large with v degrees of freedom: I_{v/(v+t^2)}(v/2, 1/2). */
static double student_two_sided(double t, size_t v)
{
    double x = (double)v / ((double)v + t * t), a = (double)v / 2, b = 0.5, over = over_beta(v);
    if (!(x > 0)) return 0;
    if (x >= 1) return 1;
    return x < (a + 1) / (a + b + 2) ? beta_fraction(a, b, x, over) : 1 - beta_fraction(b, a, 1 - x, over);
}

static void correlate(const struct ranked *x, const struct ranked *y, struct rank_correlation *found)
{
    double n = (double)found->n, middle = (n + 1) / 2, xx = 0, yy = 0, xy = 0;
    for (size_t i = 0; i < found->n; i++) {
        double dx = x[i].rank - middle, dy = y[i].rank - middle;
        xx += dx * dx;
        yy += dy * dy;
        xy += dx * dy;
    }
    if (found->n < 3 || !(xx > 0 && yy > 0)) return;
    double rho = xy / sqrt(xx * yy);
    rho = rho > 1 ? 1 : rho < -1 ? -1 : rho;
    found->rho = rho;
    found->p = student_two_sided(rho * sqrt((n - 2) / ((1 - rho) * (1 + rho))), found->n - 2);
    if (found->n < 4) return;
    double half = Z95 * sqrt((1 + rho * rho / 2) / (n - 3));
    found->low = tanh(atanh(rho) - half);
    found->high = tanh(atanh(rho) + half);
}

fringe_status rank_correlation_find(const double *x, const double *y, size_t n,
                                    struct rank_correlation *correlation, fringe_error *error)
{
    *correlation = (struct rank_correlation){0, NAN, NAN, NAN, NAN};
    if (n == 0) return FRINGE_OK;
    struct ranked *of_x = alloc_array(n, sizeof *of_x), *of_y = alloc_array(n, sizeof *of_y);
    fringe_status status =
        of_x && of_y ? FRINGE_OK : failure_memory(error, "correlation", 2 * n * sizeof *of_x);
    for (size_t i = 0; i < n && !status; i++) {
        if (isnan(x[i]) || isnan(y[i])) continue;
        of_x[correlation->n] = (struct ranked){x[i], 0, i};
        of_y[correlation->n++] = (struct ranked){y[i], 0, i};
    }
    if (!status && correlation->n > 0) {
        rank(of_x, correlation->n);
        rank(of_y, correlation->n);
        correlate(of_x, of_y, correlation);
    }
    alloc_free(of_x);
    alloc_free(of_y);
    return status;
}
