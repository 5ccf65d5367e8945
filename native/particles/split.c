#include "particles/split.h"

#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "particles/distance.h"

/* A pixel of the component under work. */
struct pixel {
    float half_width;
    int32_t at; /* its place in the plane */
};

/* What is known while pixels are taken in from the highest down. */
struct landscape {
    const int32_t *labels;
    int32_t height_px, width_px;
    int connectivity;
    double neck;
    float *half_widths;
    int32_t *parents; /* the way up to the peak, whose parent it is itself; -1: not taken in yet */
};

/* Ties by place, so that the order is the same for every sort. */
static int compare(const void *a, const void *b)
{
    const struct pixel *x = a, *y = b;
    if (x->half_width != y->half_width) return x->half_width < y->half_width ? 1 : -1;
    return (x->at > y->at) - (x->at < y->at);
}

static int32_t peak_of(int32_t *parents, int32_t at)
{
    while (parents[at] != at) {
        parents[at] = parents[parents[at]]; /* halves the way for those that follow */
        at = parents[at];
    }
    return at;
}

/* The neighbours of a pixel that belong to its component and are taken in already; returns their number. */
static int list_beside(const struct landscape *land, int32_t at, int32_t beside[8])
{
    int32_t x = at % land->width_px, y = at / land->width_px;
    int count = 0;
    for (int32_t dy = -1; dy <= 1; dy++)
        for (int32_t dx = -1; dx <= 1; dx++) {
            int32_t i = x + dx, j = y + dy, other = at + dy * land->width_px + dx;
            if (i < 0 || j < 0 || i >= land->width_px || j >= land->height_px) continue;
            if (land->connectivity == 4 && dx && dy) continue;
            if (land->labels[other] == land->labels[at] && land->parents[other] >= 0) beside[count++] = other;
        }
    return count;
}

/* Whether two peaks belong to one part. */
static int is_one(float saddle, float peak, float other_peak, double neck)
{
    float lower = fminf(peak, other_peak), higher = fmaxf(peak, other_peak);
    return saddle >= neck * lower || lower - saddle < SPLIT_GRID_PX || lower < SPLIT_LEAST_PART * higher;
}

/* Takes in a pixel behind all that are higher: it goes to the peak of the highest of its neighbours, and
 * where parts meet in it without a neck they become one, that of the peak that was taken in first. */
static void take_in(struct landscape *land, int32_t at)
{
    int32_t beside[8], highest;
    const float *half = land->half_widths;
    int count = list_beside(land, at, beside);
    if (count == 0) {
        land->parents[at] = at;
        return;
    }
    highest = beside[0];
    for (int k = 1; k < count; k++)
        if (half[beside[k]] > half[highest]) highest = beside[k];
    int32_t own = land->parents[at] = peak_of(land->parents, highest);
    for (int k = 0; k < count; k++) {
        int32_t other = peak_of(land->parents, beside[k]);
        if (other == own || !is_one(half[at], half[own], half[other], land->neck)) continue;
        int32_t first = half[other] > half[own] || (half[other] == half[own] && other < own) ? other : own;
        land->parents[other] = land->parents[own] = first;
        own = first;
    }
}

static void split_component(struct landscape *land, const struct component *component, struct pixel *pixels,
                            int32_t *parts, int32_t *part_count)
{
    size_t count = (size_t)component->pixel_count;
    for (size_t k = 0; k < count; k++) {
        int32_t at = component->pixels[k];
        pixels[k] = (struct pixel){land->half_widths[at], at};
    }
    qsort(pixels, count, sizeof *pixels, compare);
    for (size_t k = 0; k < count; k++) take_in(land, pixels[k].at);
    for (size_t k = 0; k < count; k++) { /* a peak comes before all that lead to it */
        int32_t at = pixels[k].at, peak = peak_of(land->parents, at);
        parts[at] = peak == at ? ++*part_count : parts[peak];
    }
}

fringe_status split_parts(const int32_t *labels, int32_t height_px, int32_t width_px,
                          const struct component_list *list, int connectivity, double neck, int32_t *parts,
                          fringe_error *error)
{
    size_t area = (size_t)height_px * (size_t)width_px, most = 0;
    struct landscape land = {labels, height_px, width_px, connectivity, neck, NULL, NULL};
    int32_t part_count = 0;
    for (int32_t k = 0; k < list->count; k++)
        if ((size_t)list->items[k].pixel_count > most) most = (size_t)list->items[k].pixel_count;
    land.half_widths = alloc_array(area, sizeof *land.half_widths);
    land.parents = alloc_array(area, sizeof *land.parents);
    struct pixel *pixels = alloc_array(most, sizeof *pixels);
    fringe_status status = land.half_widths && land.parents && pixels
                               ? distance_squares(labels, height_px, width_px, land.half_widths, error)
                               : failure_memory(error, "splitting", area * 8 + most * sizeof *pixels);
    for (size_t i = 0; i < area && !status; i++) {
        /* To the edge between the pixels, not to the centre of the one beyond it. */
        land.half_widths[i] = sqrtf(land.half_widths[i]) - 0.5f;
        land.parents[i] = -1;
        parts[i] = 0;
    }
    for (int32_t k = 0; k < list->count && !status; k++)
        split_component(&land, &list->items[k], pixels, parts, &part_count);
    alloc_free(land.half_widths);
    alloc_free(land.parents);
    alloc_free(pixels);
    return status;
}
