#include "report/chart.h"

#include <math.h>

#include "base/number.h"

/* The drawing in units of its own; the page scales it. */
enum {
    WIDTH = 480,
    HEIGHT = 270,
    LEFT = 52,
    RIGHT = 14,
    TOP = 22,
    BOTTOM = 46,
    TICKS = 6,
    BINS_MOST = 60,
    NAME_ROOM = 26
};

/* A straight map from values to the drawing. */
struct axis {
    double low, high, step; /* of the values; between ticks */
    double from, to;        /* where low and high are drawn */
};

static double place(const struct axis *axis, double value)
{
    return axis->from + (value - axis->low) / (axis->high - axis->low) * (axis->to - axis->from);
}

/* 1, 2 or 5 times a power of ten, at least `least`. */
static double round_step(double least)
{
    double power = pow(10, floor(log10(least)));
    double first = least / power;
    return (first <= 1.0000001 ? 1 : first <= 2.0000001 ? 2 : first <= 5.0000001 ? 5 : 10) * power;
}

static struct axis make_axis(double low, double high, double from, double to)
{
    if (!(high > low)) high = low + (low != 0 ? fabs(low) / 10 : 1);
    return (struct axis){low, high, round_step((high - low) / TICKS), from, to};
}

/* A coordinate to a tenth of a unit, which is finer than print. */
static void put(FILE *stream, const char *name, double value)
{
    char text[NUMBER_TEXT_BYTES];
    fprintf(stream, " %s=\"%s\"", name, number_text(round(value * 10) / 10, 9, text));
}

static void put_text(FILE *stream, double x, double y, const char *anchor, const char *words)
{
    fputs("<text", stream);
    put(stream, "x", x);
    put(stream, "y", y);
    fprintf(stream, " text-anchor=\"%s\">%s</text>\n", anchor, words);
}

static void put_line(FILE *stream, const char *class, double x0, double y0, double x1, double y1)
{
    fprintf(stream, "<line class=\"%s\"", class);
    put(stream, "x1", x0);
    put(stream, "y1", y0);
    put(stream, "x2", x1);
    put(stream, "y2", y1);
    fputs("/>\n", stream);
}

static void begin(FILE *stream, const char *title)
{
    fprintf(stream, "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">\n", WIDTH, HEIGHT, title);
}

/* Ticks, numbers and titles; `scale` turns the values of y into what is written. */
static void draw_axes(FILE *stream, const struct axis *x, const struct axis *y, double scale,
                      const char *title_x, const char *title_y)
{
    char text[NUMBER_TEXT_BYTES];
    for (double value = ceil(y->low / y->step - 1e-9) * y->step; value <= y->high + y->step * 1e-9;
         value += y->step) {
        put_line(stream, "grid", LEFT, place(y, value), WIDTH - RIGHT, place(y, value));
        put_text(stream, LEFT - 6, place(y, value) + 4, "end",
                 number_text(value * scale + 0.0, 6, text)); /* no "-0" */
    }
    for (double value = ceil(x->low / x->step - 1e-9) * x->step; value <= x->high + x->step * 1e-9;
         value += x->step) {
        put_line(stream, "axis", place(x, value), HEIGHT - BOTTOM, place(x, value), HEIGHT - BOTTOM + 4);
        /* Sums of steps are off in their last digits. */
        put_text(stream, place(x, value), HEIGHT - BOTTOM + 18, "middle",
                 number_text(round(value / x->step) * x->step + 0.0, 6, text));
    }
    put_line(stream, "axis", LEFT, HEIGHT - BOTTOM, WIDTH - RIGHT, HEIGHT - BOTTOM);
    put_text(stream, (LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 8, "middle", title_x);
    fprintf(stream, "<text transform=\"translate(13 %d) rotate(-90)\" text-anchor=\"middle\">%s</text>\n",
            (TOP + HEIGHT - BOTTOM) / 2, title_y);
}

static double quantile(const double *sorted, size_t n, double share)
{
    return sorted[(size_t)(share * (double)(n - 1))];
}

static double bin_width(const double *sorted, size_t n, double range)
{
    double spread = quantile(sorted, n, 0.75) - quantile(sorted, n, 0.25);
    double width = 2 * spread / cbrt((double)n);
    if (!(width > range / BINS_MOST)) width = range / BINS_MOST;
    return round_step(width);
}

static void draw_fit(FILE *stream, const struct lognormal *fit, double scale, const struct axis *x,
                     const struct axis *y)
{
    enum { POINTS = 120 };
    char first[NUMBER_TEXT_BYTES], second[NUMBER_TEXT_BYTES];
    fputs("<polyline class=\"fit\" points=\"", stream);
    for (int i = 0; i <= POINTS; i++) {
        double value = x->low + (x->high - x->low) * i / POINTS;
        double height = fmin(y->high, scale * lognormal_density(fit, value));
        fprintf(stream, "%s%s,%s", i ? " " : "", number_text(round(place(x, value) * 10) / 10, 9, first),
                number_text(round(place(y, height) * 10) / 10, 9, second));
    }
    fputs("\"/>\n", stream);
}

static void draw_marks(FILE *stream, const struct population *population, const struct axis *x)
{
    static const char *const names[] = {"D10", "D50", "D90"};
    const double values[] = {population->d10.value, population->d50.value, population->d90.value};
    for (int i = 0; i < 3; i++) {
        if (!(values[i] >= x->low && values[i] <= x->high)) continue;
        double at = place(x, values[i]), middle = place(x, values[1]);
        put_line(stream, "mark", at, TOP - 4, at, HEIGHT - BOTTOM);
        /* Where there is no room for the names, D50 keeps its own. */
        if (i == 1 || fabs(at - middle) > NAME_ROOM) put_text(stream, at, TOP - 8, "middle", names[i]);
    }
}

void chart_histogram(FILE *stream, const double *sorted, size_t n, const char *title,
                     const struct lognormal *fit, const struct population *population)
{
    size_t counts[BINS_MOST + 2] = {0}, bins, most = 0, shown = 0;
    double last = quantile(sorted, n, 0.995), range = last - sorted[0];
    double width = range > 0 ? bin_width(sorted, n, range) : round_step(fabs(last) / 20 + 1e-12);
    double low = floor(sorted[0] / width) * width;
    bins = (size_t)((last - low) / width) + 1;
    if (bins > BINS_MOST + 2) bins = BINS_MOST + 2;
    for (size_t i = 0; i < n; i++) {
        size_t bin = (size_t)((sorted[i] - low) / width);
        if (bin >= bins) break;
        shown++;
        if (++counts[bin] > most) most = counts[bin];
    }
    double tallest = (double)most;
    if (fit) { /* the curve is highest at the distribution's mode */
        double sigma = log(fit->spread);
        tallest =
            fmax(tallest, (double)n * width * lognormal_density(fit, fit->median * exp(-sigma * sigma)));
    }
    struct axis x = make_axis(low, low + (double)bins * width, LEFT, WIDTH - RIGHT);
    struct axis y = make_axis(0, tallest * 1.05, HEIGHT - BOTTOM, TOP);
    if (y.step < 1) y.step = 1;
    begin(stream, title);
    draw_axes(stream, &x, &y, 1, title, "particles");
    for (size_t i = 0; i < bins; i++) {
        if (counts[i] == 0) continue;
        double from = place(&x, low + (double)i * width), to = place(&x, low + (double)(i + 1) * width);
        fputs("<rect class=\"bar\"", stream);
        put(stream, "x", from + 0.5);
        put(stream, "width", fmax(to - from - 1, 0.5));
        put(stream, "y", place(&y, (double)counts[i]));
        put(stream, "height", HEIGHT - BOTTOM - place(&y, (double)counts[i]));
        fputs("/>\n", stream);
    }
    if (fit) draw_fit(stream, fit, (double)n * width, &x, &y);
    if (population) draw_marks(stream, population, &x);
    if (shown < n) {
        char words[48];
        snprintf(words, sizeof words, "%zu larger", n - shown);
        put_text(stream, WIDTH - RIGHT, TOP + 10, "end", words);
    }
    fputs("</svg>\n", stream);
}

void chart_shares(FILE *stream, const struct study_bin *bins, size_t bin_count, const char *title_x,
                  const char *title_y)
{
    double least = bins[0].least, most = bins[bin_count - 1].most, room = (most - least) * 0.04, high = 0;
    for (size_t i = 0; i < bin_count; i++) high = fmax(high, bins[i].share.high);
    struct axis x = make_axis(fmax(0, least - room), most + room, LEFT, WIDTH - RIGHT);
    struct axis y = make_axis(0, fmin(1, high * 1.08), HEIGHT - BOTTOM, TOP);
    begin(stream, title_y);
    draw_axes(stream, &x, &y, 100, title_x, title_y);
    for (size_t i = 0; i < bin_count; i++) {
        const struct study_bin *bin = &bins[i];
        double at = place(&x, bin->mean), low = place(&y, bin->share.low), top = place(&y, bin->share.high);
        put_line(stream, "range", place(&x, bin->least), place(&y, bin->share.value), place(&x, bin->most),
                 place(&y, bin->share.value));
        put_line(stream, "error", at, low, at, top);
        put_line(stream, "error", at - 4, low, at + 4, low);
        put_line(stream, "error", at - 4, top, at + 4, top);
        fputs("<circle class=\"dot\" r=\"4\"", stream);
        put(stream, "cx", at);
        put(stream, "cy", place(&y, bin->share.value));
        fputs("/>\n", stream);
    }
    fputs("</svg>\n", stream);
}
