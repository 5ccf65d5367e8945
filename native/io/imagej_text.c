#include "io/imagej_text.h"

#include <math.h>
#include <string.h>

#include "base/number.h"
#include "io/length_unit.h"

static int is_key(const char *line, size_t length, const char *key)
{
    return length >= strlen(key) && memcmp(line, key, strlen(key)) == 0;
}

/* Where the line is key followed by a finite number, stores it and returns 1. */
static int take_number(const char *line, size_t length, const char *key, double *value)
{
    double read;
    if (!is_key(line, length, key)) return 0;
    if (!number_parse(line + strlen(key), line + length, &read) || !isfinite(read)) return 0;
    *value = read;
    return 1;
}

/* Like take_number, for counts of planes; what is below 1 or absurd leaves the count as it is. */
static void take_count(const char *line, size_t length, const char *key, int64_t *count)
{
    double read;
    /* 2^31 is more planes than any file can hold of what micrograph_source accepts. */
    if (take_number(line, length, key, &read) && read >= 1 && read < 2147483648.0) *count = (int64_t)read;
}

static void take_unit(const char *line, size_t length, const char *key, char *unit, size_t unit_bytes)
{
    size_t skip = strlen(key);
    if (is_key(line, length, key)) length_unit_copy(line + skip, length - skip, unit, unit_bytes);
}

int imagej_text_parse(const char *description, size_t length, struct imagej_text *text)
{
    *text = (struct imagej_text){.images = 1, .channels = 1, .slices = 1, .frames = 1};
    if (!is_key(description, length, "ImageJ=")) return 0;
    /* A range needs both ends. */
    int has_min = 0, has_max = 0;
    char time_unit[32] = "sec";                     /* what ImageJ does not write */
    double function = -1, constant = 0, factor = 0; /* of the calibration; 0 is a straight line */
    const char *end = description + length;
    for (const char *line = description; line < end;) {
        const char *stop = memchr(line, '\n', (size_t)(end - line));
        size_t bytes = (size_t)((stop ? stop : end) - line);
        take_count(line, bytes, "images=", &text->images);
        take_count(line, bytes, "channels=", &text->channels);
        take_count(line, bytes, "slices=", &text->slices);
        take_count(line, bytes, "frames=", &text->frames);
        take_unit(line, bytes, "unit=", text->unit, sizeof text->unit);
        take_unit(line, bytes, "yunit=", text->y_unit, sizeof text->y_unit);
        take_number(line, bytes, "spacing=", &text->spacing);
        take_number(line, bytes, "finterval=", &text->frame_interval_s);
        take_unit(line, bytes, "tunit=", time_unit, sizeof time_unit);
        has_min |= take_number(line, bytes, "min=", &text->display_min);
        has_max |= take_number(line, bytes, "max=", &text->display_max);
        take_number(line, bytes, "cf=", &function);
        take_number(line, bytes, "c0=", &constant);
        take_number(line, bytes, "c1=", &factor);
        text->own_output |= is_key(line, bytes, IMAGEJ_TEXT_MARK);
        line += bytes + 1;
    }
    text->has_display = has_min && has_max;
    if ((strcmp(time_unit, "sec") != 0 && strcmp(time_unit, "s") != 0) || text->frame_interval_s < 0)
        text->frame_interval_s = 0;
    text->lies_higher = function == 0 && constant == -IMAGEJ_TEXT_HIGHER && factor == 1;
    return 1;
}
