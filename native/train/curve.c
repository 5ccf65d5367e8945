#include "train/curve.h"

#include <math.h>
#include <stddef.h>

#include "base/file.h"
#include "base/number.h"

enum { WIDTH = 720, HEIGHT = 360, LEFT = 64, RIGHT = 56, TOP = 28, BOTTOM = 44 };
enum series { SERIES_LOSS, SERIES_VALIDATION, SERIES_SCORE, SERIES_COUNT };

static const char *const colours[SERIES_COUNT] = {"#1f77b4", "#d62728", "#2ca02c"};
static const char *const names[SERIES_COUNT] = {"loss", "validation loss", "mean IoU (right)"};

static double value_of(const struct training_epoch *epoch, enum series series)
{
    return series == SERIES_LOSS         ? epoch->loss
           : series == SERIES_VALIDATION ? epoch->validation_loss
                                         : epoch->score;
}

/* Powers of ten that hold every loss above 0. */
static void find_decades(const struct training_curve *curve, double *low, double *high)
{
    double least = INFINITY, most = 0;
    for (int64_t i = 0; i < curve->count; i++)
        for (enum series s = SERIES_LOSS; s <= SERIES_VALIDATION; s++) {
            double value = value_of(&curve->epochs[i], s);
            if (!(value > 0) || isinf(value)) continue;
            least = fmin(least, value);
            most = fmax(most, value);
        }
    *low = most > 0 ? floor(log10(least)) : -1;
    *high = most > 0 ? ceil(log10(most)) : 0;
    if (*high <= *low) *high = *low + 1;
}

static double x_of(const struct training_curve *curve, int64_t epoch)
{
    double share = curve->count > 1 ? (double)epoch / (double)(curve->count - 1) : 0.5;
    return LEFT + share * (WIDTH - LEFT - RIGHT);
}

/* `share` of the way from the bottom of the frame to its top. */
static double y_of(double share)
{
    return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM);
}

static void put_number(FILE *stream, const char *before, double value, const char *behind)
{
    char text[NUMBER_TEXT_BYTES];
    fprintf(stream, "%s%s%s", before, number_text(value, 6, text), behind);
}

static void put_line(FILE *stream, double x1, double y1, double x2, double y2, const char *colour)
{
    put_number(stream, "<line x1=\"", x1, "\"");
    put_number(stream, " y1=\"", y1, "\"");
    put_number(stream, " x2=\"", x2, "\"");
    put_number(stream, " y2=\"", y2, "\"");
    fprintf(stream, " stroke=\"%s\"/>\n", colour);
}

static void begin_text(FILE *stream, double x, double y, const char *anchor, const char *colour)
{
    put_number(stream, "<text x=\"", x, "\"");
    put_number(stream, " y=\"", y, "\"");
    fprintf(stream, " text-anchor=\"%s\" fill=\"%s\">", anchor, colour);
}

static void put_axes(FILE *stream, const struct training_curve *curve, double low, double high)
{
    int64_t step = curve->count > 10 ? (curve->count + 9) / 10 : 1;
    for (double decade = low; decade <= high; decade++) {
        double y = y_of((decade - low) / (high - low));
        put_line(stream, LEFT, y, WIDTH - RIGHT, y, "#dddddd");
        begin_text(stream, LEFT - 6, y + 4, "end", "#333333");
        put_number(stream, "", pow(10, decade), "</text>\n");
    }
    for (int fifth = 0; fifth <= 5; fifth++) {
        begin_text(stream, WIDTH - RIGHT + 6, y_of(fifth / 5.) + 4, "start", colours[SERIES_SCORE]);
        put_number(stream, "", fifth / 5., "</text>\n");
    }
    for (int64_t i = 0; i < curve->count; i += step) {
        begin_text(stream, x_of(curve, i), HEIGHT - BOTTOM + 18, "middle", "#333333");
        fprintf(stream, "%lld</text>\n", (long long)i + 1);
    }
    begin_text(stream, WIDTH / 2., HEIGHT - 8, "middle", "#333333");
    fputs("epoch</text>\n", stream);
}

static void put_series(FILE *stream, const struct training_curve *curve, enum series series, double low,
                       double high)
{
    int drawn = 0;
    for (int64_t i = 0; i < curve->count; i++) {
        double value = value_of(&curve->epochs[i], series);
        if (series != SERIES_SCORE) value = value > 0 ? (log10(value) - low) / (high - low) : NAN;
        if (!isfinite(value)) continue;
        put_number(stream, drawn++ ? " " : "<polyline fill=\"none\" stroke-width=\"1.5\" points=\"",
                   x_of(curve, i), ",");
        put_number(stream, "", y_of(value), "");
    }
    if (!drawn) return;
    fprintf(stream, "\" stroke=\"%s\"/>\n", colours[series]);
    begin_text(stream, LEFT + 8 + 150 * (int)series, TOP - 10, "start", colours[series]);
    fprintf(stream, "%s</text>\n", names[series]);
}

fringe_status curve_write(const char *path, const struct training_curve *curve, fringe_error *error)
{
    struct file_writer writer;
    double low, high;
    fringe_status status = file_writer_begin(&writer, path, error);
    if (status) return status;
    FILE *stream = writer.stream;
    find_decades(curve, &low, &high);
    fprintf(
        stream,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" "
        "font-family=\"sans-serif\" font-size=\"12\">\n<rect width=\"%d\" height=\"%d\" fill=\"white\"/>\n",
        WIDTH, HEIGHT, WIDTH, HEIGHT, WIDTH, HEIGHT);
    put_axes(stream, curve, low, high);
    put_line(stream, x_of(curve, curve->best), TOP, x_of(curve, curve->best), HEIGHT - BOTTOM, "#999999");
    for (enum series s = SERIES_LOSS; s < SERIES_COUNT; s++) put_series(stream, curve, s, low, high);
    fputs("</svg>\n", stream);
    return file_writer_commit(&writer, error);
}
