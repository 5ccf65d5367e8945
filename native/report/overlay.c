#include "report/overlay.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"

enum { BIN_COUNT = 1 << 16 };

#define SATURATED 0.0035 /* share of all pixels, both ends together */
#define TINT      0.35   /* how much of a class's colour lies over the grey */

struct colour {
    uint8_t red, green, blue;
};

/* Okabe and Ito's colours, told apart by colour-blind readers too (https://jfly.uni-koeln.de/color/), the
 * ones that stand out from grey first. Repeated where there are more classes. */
static const struct colour palette[] = {{230, 159, 0}, {86, 180, 233},  {0, 158, 115}, {240, 228, 66},
                                        {213, 94, 0},  {204, 121, 167}, {0, 114, 178}};

static struct colour colour_of(int32_t index)
{
    return palette[(size_t)index % (sizeof palette / sizeof *palette)];
}

/* The rows and columns that count for the grey range; everything where nothing would be left. */
struct window {
    int32_t x0, x1, y0, y1;
};

static struct window image_window(int32_t height_px, int32_t width_px, const fringe_excluded *excluded)
{
    struct window inside = {excluded->left_px, width_px - excluded->right_px, excluded->top_px,
                            height_px - excluded->bottom_px};
    if (inside.x0 < inside.x1 && inside.y0 < inside.y1) return inside;
    return (struct window){0, width_px, 0, height_px};
}

/* The grey range to show; 0 when memory is short. */
static int display_range(const float *grey, int32_t width_px, const struct window *window, double *low,
                         double *high)
{
    double least = INFINITY, most = -INFINITY;
    int64_t finite = 0;
    for (int32_t y = window->y0; y < window->y1; y++)
        for (int32_t x = window->x0; x < window->x1; x++) {
            double value = grey[(size_t)y * (size_t)width_px + (size_t)x];
            if (!isfinite(value)) continue;
            if (value < least) least = value;
            if (value > most) most = value;
            finite++;
        }
    *low = finite ? least : 0;
    *high = finite ? most : 0;
    if (*low >= *high) return 1;

    int64_t *bins = alloc_array(BIN_COUNT, sizeof *bins);
    if (!bins) return 0;
    double scale = (BIN_COUNT - 1) / (most - least);
    for (int32_t y = window->y0; y < window->y1; y++)
        for (int32_t x = window->x0; x < window->x1; x++) {
            double value = grey[(size_t)y * (size_t)width_px + (size_t)x];
            if (isfinite(value)) bins[(size_t)((value - least) * scale)]++;
        }
    int64_t spare = (int64_t)(SATURATED / 2 * (double)finite), below = 0, above = 0;
    int32_t first = 0, last = BIN_COUNT - 1;
    while (first < last && below + bins[first] <= spare) below += bins[first++];
    while (last > first && above + bins[last] <= spare) above += bins[last--];
    alloc_free(bins);
    *low = least + first / scale;
    *high = least + (last + 1) / scale;
    return 1;
}

static void draw_grey(const float *grey, size_t count, double low, double high, uint8_t *rgb)
{
    double scale = high > low ? 255 / (high - low) : 0;
    for (size_t i = 0; i < count; i++) {
        double value = isfinite(grey[i]) ? (grey[i] - low) * scale : 0;
        memset(rgb + 3 * i, value <= 0 ? 0 : value >= 255 ? 255 : (int)(value + 0.5), 3);
    }
}

/* Whether a pixel lies within `thickness` of another label, along its row or column. The image's edge is no
 * outline: a particle goes on beyond it. */
static int on_outline(const int32_t *plane, int32_t height_px, int32_t width_px, int32_t x, int32_t y,
                      int32_t thickness)
{
    const int32_t *here = plane + (size_t)y * (size_t)width_px + (size_t)x;
    for (int32_t d = 1; d <= thickness; d++) {
        ptrdiff_t rows = (ptrdiff_t)d * width_px;
        if (x - d >= 0 && here[-d] != *here) return 1;
        if (x + d < width_px && here[d] != *here) return 1;
        if (y - d >= 0 && here[-rows] != *here) return 1;
        if (y + d < height_px && here[rows] != *here) return 1;
    }
    return 0;
}

static void put_colour(uint8_t *pixel, struct colour colour, double share)
{
    const uint8_t parts[] = {colour.red, colour.green, colour.blue};
    for (int i = 0; i < 3; i++) pixel[i] = (uint8_t)(pixel[i] + share * (parts[i] - pixel[i]) + 0.5);
}

static int32_t line_thickness(int32_t height_px, int32_t width_px)
{
    return 1 + (height_px > width_px ? height_px : width_px) / 512;
}

static void draw_plane(const int32_t *plane, int32_t height_px, int32_t width_px, int classes, int32_t index,
                       uint8_t *rgb)
{
    int32_t thickness = line_thickness(height_px, width_px);
    for (int32_t y = 0; y < height_px; y++)
        for (int32_t x = 0; x < width_px; x++) {
            size_t at = (size_t)y * (size_t)width_px + (size_t)x;
            if (!plane[at]) continue;
            struct colour colour = colour_of(classes ? plane[at] - 1 : index);
            if (on_outline(plane, height_px, width_px, x, y, thickness))
                put_colour(rgb + 3 * at, colour, 1);
            else if (classes)
                put_colour(rgb + 3 * at, colour, TINT);
        }
}

/* The grey of the micrograph, before anything lies over it. */
static fringe_status draw_ground(const float *grey, int32_t height_px, int32_t width_px,
                                 const fringe_excluded *excluded, uint8_t *rgb, fringe_error *error)
{
    struct window window = image_window(height_px, width_px, excluded);
    double low, high;
    if (!display_range(grey, width_px, &window, &low, &high))
        return failure_memory(error, "overlay", BIN_COUNT * sizeof(int64_t));
    draw_grey(grey, (size_t)height_px * (size_t)width_px, low, high, rgb);
    return FRINGE_OK;
}

fringe_status overlay_draw(const float *grey, int32_t height_px, int32_t width_px,
                           const fringe_excluded *excluded, const struct overlay_labels *labels, uint8_t *rgb,
                           fringe_error *error)
{
    size_t plane_px = (size_t)height_px * (size_t)width_px;
    int32_t *plane = alloc_array(plane_px, sizeof *plane);
    if (!plane) return failure_memory(error, "overlay", plane_px * sizeof *plane);
    fringe_status status = draw_ground(grey, height_px, width_px, excluded, rgb, error);
    for (int32_t i = 0; i < labels->plane_count && !status; i++) {
        const uint8_t *bytes = labels->planes + (size_t)i * plane_px;
        for (size_t k = 0; k < plane_px; k++) plane[k] = bytes[k];
        draw_plane(plane, height_px, width_px, labels->classes, i, rgb);
    }
    alloc_free(plane);
    return status;
}

/* Faults stand out; what has none, or cannot be told, does not. */
static const struct colour fault_colours[FRINGE_FAULT_COUNT] = {[FRINGE_FAULT_NONE] = {86, 180, 233},
                                                                [FRINGE_FAULT_STACKING] = {230, 159, 0},
                                                                [FRINGE_FAULT_TWIN] = {240, 228, 66},
                                                                [FRINGE_FAULT_MULTIPLE] = {204, 121, 167},
                                                                [FRINGE_FAULT_UNDECIDED] = {190, 190, 190}};

const uint8_t *overlay_fault_colour(fringe_fault fault)
{
    return &fault_colours[fault].red;
}

/* A line of squares, a quarter of a pixel apart. */
static void draw_line(const fringe_fault_line *line, int32_t height_px, int32_t width_px,
                      struct colour colour, uint8_t *rgb)
{
    double length = hypot(line->x1 - line->x0, line->y1 - line->y0);
    int32_t thickness = line_thickness(height_px, width_px), steps = (int32_t)(4 * length) + 1;
    for (int32_t i = 0; i <= steps; i++) {
        double share = (double)i / steps, half = (thickness - 1) / 2.0;
        int32_t x0 = (int32_t)floor(line->x0 + share * (line->x1 - line->x0) - half);
        int32_t y0 = (int32_t)floor(line->y0 + share * (line->y1 - line->y0) - half);
        for (int32_t y = y0; y < y0 + thickness; y++)
            for (int32_t x = x0; x < x0 + thickness; x++)
                if (x >= 0 && x < width_px && y >= 0 && y < height_px)
                    put_colour(rgb + 3 * ((size_t)y * (size_t)width_px + (size_t)x), colour, 1);
    }
}

fringe_status overlay_draw_particles(const float *grey, const fringe_excluded *excluded,
                                     const fringe_particles *particles, const fringe_faults *faults,
                                     uint8_t *rgb, fringe_error *error)
{
    int32_t height_px, width_px;
    const int32_t *labels = fringe_particles_labels(particles, &height_px, &width_px);
    int32_t thickness = line_thickness(height_px, width_px);
    fringe_status status = draw_ground(grey, height_px, width_px, excluded, rgb, error);
    if (status) return status;
    for (int32_t y = 0; y < height_px; y++)
        for (int32_t x = 0; x < width_px; x++) {
            size_t at = (size_t)y * (size_t)width_px + (size_t)x;
            if (!labels[at] || !on_outline(labels, height_px, width_px, x, y, thickness)) continue;
            const fringe_fault_rating *rating = faults ? fringe_faults_get(faults, labels[at] - 1) : NULL;
            put_colour(rgb + 3 * at, rating ? fault_colours[rating->fault] : colour_of(0), 1);
        }
    for (int32_t i = 0; faults && i < fringe_faults_count(faults); i++) {
        const fringe_fault_rating *rating = fringe_faults_get(faults, i);
        for (int32_t k = 0; k < rating->line_count; k++)
            draw_line(&rating->lines[k], height_px, width_px, fault_colours[rating->fault], rgb);
    }
    return FRINGE_OK;
}
