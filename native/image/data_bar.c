#include "image/data_bar.h"

#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/failure.h"

/* The thresholds below are shares of a line's or a band's pixels. They were set on drawn bars of many styles
 * and on real micrographs without bars; the tests hold both. */
enum {
    SHORTEST_LINE_PX = 16, /* constant by chance below */
    SHORTEST_BAR_PX = 8,   /* a readable text is taller; not less than STEP_LINES */
    STEP_LINES = 8,        /* judged on both sides of the border: a block of JPEG */
    BACKGROUND_DEPTHS = 2, /* places where the background's value is looked up */
    ROUNDS = 4             /* over the four edges: a bar within padding needs two; bounds the time */
};
static const double IN_BAND = 0.5;        /* background in a line of the band: text covers less than half */
static const double PLAIN_LINE = 0.95;    /* one value in a line without text */
static const double BEYOND_BAR = 0.25;    /* background values behind a bar's border, at most */
static const double BEYOND_PADDING = 0.5; /* the same behind padding, which is constant: a stronger sign */
static const double NEAR_RANGE = 1. / 32; /* of the image's range: what JPEG does to a constant background */
static const double EXACT = 0.5;          /* background pixels that are equal bit for bit: else it is noise */
static const double TEXT_RANGE = 0.25;    /* of the image's range: contrast of readable text, at least */
static const double TEXT_STRONG = 0.25; /* text pixels with half of that contrast or more: else hot pixels */
static const double TEXT_LEAST = 0.002, TEXT_MOST = 0.4; /* text in the area of a bar */

/* The rest of the image, seen from one edge: line 0 lies at the edge, line 1 behind it. */
struct view {
    const struct sample_plane *plane;
    int64_t first;         /* index of pixel 0 of line 0 */
    int64_t line_step;     /* pixels from a line to the next one inwards */
    int64_t pixel_step;    /* pixels of the plane along a line */
    int32_t lines, length; /* how many of each */
    double range;          /* maximum - minimum of the image's finite pixels, > 0 */
    float *sorted;         /* scratch for one line */
};

static float pixel_at(const struct view *view, int32_t line, int32_t i)
{
    return sample_plane_at(view->plane,
                           (size_t)(view->first + line * view->line_step + i * view->pixel_step));
}

static int is_constant(const struct view *view, int32_t line)
{
    float value = pixel_at(view, line, 0);
    for (int32_t i = 0; i < view->length; i++)
        if (!(pixel_at(view, line, i) == value)) return 0; /* NaN equals nothing */
    return 1;
}

/* The share of a line's pixels that are within `tolerance` of a value. */
static double share_near(const struct view *view, int32_t line, float value, double tolerance)
{
    int32_t count = 0;
    for (int32_t i = 0; i < view->length; i++)
        count += fabs((double)pixel_at(view, line, i) - value) <= tolerance;
    return (double)count / view->length;
}

static int by_value(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

/* The most frequent finite value of a line; 0 where none is finite. */
static float most_frequent(const struct view *view, int32_t line)
{
    int32_t count = 0;
    for (int32_t i = 0; i < view->length; i++) {
        float value = pixel_at(view, line, i);
        if (isfinite(value)) view->sorted[count++] = value;
    }
    qsort(view->sorted, (size_t)count, sizeof *view->sorted, by_value);
    float best = 0;
    for (int32_t begin = 0, longest = 0; begin < count;) {
        int32_t end = begin + 1;
        while (end < count && view->sorted[end] == view->sorted[begin]) end++;
        if (end - begin > longest) {
            longest = end - begin;
            best = view->sorted[begin];
        }
        begin = end;
    }
    return best;
}

/* Whether a line of a bar has no text: background, or a frame's line, crossed by a frame at most. */
static int is_plain(const struct view *view, int32_t line, double tolerance)
{
    return share_near(view, line, most_frequent(view, line), tolerance) >= PLAIN_LINE;
}

/* Whether the picture behind a band of `depth` lines does not go on with the band's background. */
static int ends_sharply(const struct view *view, int32_t depth, float background, double tolerance,
                        double beyond)
{
    double sum = 0;
    int32_t end = depth + STEP_LINES < view->lines ? depth + STEP_LINES : view->lines;
    for (int32_t line = depth; line < end; line++) sum += share_near(view, line, background, tolerance);
    return share_near(view, depth, background, tolerance) <= beyond && sum / (end - depth) <= beyond;
}

/* Lines of one value from the edge on, 0 where they do not look like padding. */
static int32_t padding_depth(const struct view *view)
{
    int32_t depth = 0;
    while (depth <= view->lines / 2 && is_constant(view, depth) &&
           pixel_at(view, depth, 0) == pixel_at(view, 0, 0))
        depth++;
    if (depth == 0 || depth > view->lines / 2) return 0;
    return ends_sharply(view, depth, pixel_at(view, 0, 0), 0, BEYOND_PADDING) ? depth : 0;
}

/* Whether what is drawn on the background of a band looks like text. */
static int holds_text(const struct view *view, int32_t depth, float background, double tolerance)
{
    double contrast = 0;
    int64_t exact = 0, near = 0, drawn = 0, strong = 0, area = 0;
    for (int32_t line = 0; line < depth; line++)
        for (int32_t i = 0; i < view->length; i++) {
            double difference = fabs((double)pixel_at(view, line, i) - background);
            if (difference > contrast && isfinite(difference)) contrast = difference;
        }
    for (int32_t line = 0; line < depth; line++) {
        if (is_plain(view, line, tolerance)) continue; /* a gap, or a line drawn across */
        area += view->length;
        for (int32_t i = 0; i < view->length; i++) {
            double difference = fabs((double)pixel_at(view, line, i) - background);
            exact += difference == 0;
            near += difference <= tolerance;
            drawn += difference > tolerance;
            strong += difference >= contrast / 2;
        }
    }
    return exact >= EXACT * near && contrast >= TEXT_RANGE * view->range && drawn >= TEXT_LEAST * area &&
           drawn <= TEXT_MOST * area && strong >= TEXT_STRONG * drawn;
}

/* Whether one of STEP_LINES lines from `line` on has one value: text keeps a margin to both sides of a bar,
 * and JPEG blurs what lies within a block of the border. */
static int has_margin(const struct view *view, int32_t line, double tolerance)
{
    for (int32_t end = line + STEP_LINES; line < end; line++)
        if (is_plain(view, line, tolerance)) return 1;
    return 0;
}

/* The depth of an annotation bar whose background has this value, 0 where there is none. */
static int32_t bar_depth(const struct view *view, float background, double tolerance)
{
    int32_t depth = 0, with_background = 0;
    for (; depth <= view->lines / 2; depth++) {
        /* A picture of little contrast is near its background all over: do not look at half of it. */
        if (depth == STEP_LINES && !has_margin(view, 0, tolerance)) return 0;
        int shows = share_near(view, depth, background, tolerance) >= IN_BAND;
        if (!shows && !is_plain(view, depth, tolerance))
            break; /* plain in another value: a line drawn across */
        with_background += shows;
    }
    if (depth < SHORTEST_BAR_PX || depth > view->lines / 2 || with_background <= depth / 2) return 0;
    if (!has_margin(view, depth - STEP_LINES, tolerance)) return 0;
    if (!ends_sharply(view, depth, background, tolerance, BEYOND_BAR)) return 0;
    return holds_text(view, depth, background, tolerance) ? depth : 0;
}

static int32_t band_depth(const struct view *view)
{
    /* The edge's own line may be a frame around the bar: its background shows a few lines further in. */
    static const int32_t looked_up[BACKGROUND_DEPTHS] = {0, SHORTEST_BAR_PX / 2};
    if (view->length < SHORTEST_LINE_PX || view->lines < SHORTEST_LINE_PX) return 0;
    int32_t deepest = padding_depth(view);
    for (int i = 0; i < BACKGROUND_DEPTHS; i++) {
        float background = most_frequent(view, looked_up[i]);
        int32_t exact = bar_depth(view, background, 0);
        int32_t near = bar_depth(view, background, view->range * NEAR_RANGE);
        if (exact > deepest) deepest = exact;
        if (near > deepest) deepest = near;
    }
    return deepest;
}

static double finite_range(const struct sample_plane *plane, float *scratch)
{
    float least = INFINITY, most = -INFINITY;
    for (int32_t y = 0; y < plane->height_px; y++) {
        const float *row = sample_plane_row(plane, y, scratch);
        for (int32_t x = 0; x < plane->width_px; x++) {
            if (!isfinite(row[x])) continue;
            if (row[x] < least) least = row[x];
            if (row[x] > most) most = row[x];
        }
    }
    return most > least ? (double)most - least : 0;
}

fringe_status data_bar_find(const struct sample_plane *plane, fringe_excluded *excluded, fringe_error *error)
{
    int32_t height_px = plane->height_px, width_px = plane->width_px;
    *excluded = (fringe_excluded){0};
    int32_t longest = height_px > width_px ? height_px : width_px;
    float *sorted = alloc_array((size_t)longest, sizeof *sorted);
    if (!sorted) return failure_memory(error, "search for data bars", sizeof *sorted * (size_t)longest);
    double range = finite_range(plane, sorted);

    /* A band at one edge hides the next: columns left of the picture may end in a bar below it. So each edge
     * is looked at again, without the bands found so far, while something comes off. */
    fringe_excluded *e = excluded;
    int32_t *depths[] = {&e->top_px, &e->bottom_px, &e->left_px, &e->right_px};
    for (int round = 0, changed = 1; range > 0 && round < ROUNDS && changed; round++) {
        changed = 0;
        for (int edge = 0; edge < 4; edge++) {
            int32_t rows = height_px - e->top_px - e->bottom_px,
                    columns = width_px - e->left_px - e->right_px;
            int64_t corner = (int64_t)e->top_px * width_px + e->left_px;
            struct view view = {plane, corner, width_px, 1, rows, columns, range, sorted};
            if (edge == 1) {
                view.first += (int64_t)(rows - 1) * width_px;
                view.line_step = -(int64_t)width_px;
            } else if (edge >= 2) {
                view = (struct view){plane, corner, 1, width_px, columns, rows, range, sorted};
                if (edge == 3) {
                    view.first += columns - 1;
                    view.line_step = -1;
                }
            }
            int32_t depth = band_depth(&view);
            int32_t kept = edge < 2 ? rows : columns, whole = edge < 2 ? height_px : width_px;
            if (depth > 0 && kept - depth >= (whole + 1) / 2) {
                *depths[edge] += depth;
                changed = 1;
            }
        }
    }
    alloc_free(sorted);
    return FRINGE_OK;
}
