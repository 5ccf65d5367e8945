#include "segment/baseline.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "image/plane_statistics.h"
#include "image/standardise.h"
#include "segment/baseline_parts.h"

enum { NEIGHBOURHOOD_PX = 5 };
static const double SQUARE_NM = 1;
/* The difference of two Gaussians of which one is twice as wide passes periods of 6.54 times the finer's
 * sigma best; lattice spacings of metals and semiconductors lie around 0.24 nm. */
static const double FINE_NM = 0.24 / 6.54;
static const double ASSUMED_NM = 0.02, SMALLEST_NM = 0.002, LARGEST_NM = 0.5;

static const char *const names[] = {
#define BASELINE_NAME(symbol, name, purpose) name,
    BASELINE_LIST(BASELINE_NAME)
#undef BASELINE_NAME
};

static const char *const purposes[] = {
#define BASELINE_PURPOSE(symbol, name, purpose) purpose,
    BASELINE_LIST(BASELINE_PURPOSE)
#undef BASELINE_PURPOSE
};

const char *baseline_name(enum baseline_method method)
{
    return names[method];
}

const char *baseline_purpose(enum baseline_method method)
{
    return purposes[method];
}

int baseline_find(const char *name)
{
    for (int i = 0; i < BASELINE_COUNT; i++)
        if (!strcmp(names[i], name)) return i;
    return -1;
}

/* A plane on its way: its values, without holes, and room for a response. */
struct work {
    const struct baseline_plane *plane;
    size_t count;
    float *values, *response;
    const fringe_run *run;
};

static fringe_status fill_holes(struct work *work, fringe_error *error)
{
    struct plane_summary summary;
    memcpy(work->values, work->plane->pixels, work->count * sizeof *work->values);
    fringe_status status = plane_statistics_summarise(work->values, work->count, work->run, &summary, error);
    if (status || summary.non_finite_count == 0) return status;
    return standardise_fill(work->values, work->count, summary.mean, work->run, error);
}

/* Replaces the values by the spread of grey values, or of what a band-pass leaves of them. */
static fringe_status respond(struct work *work, int band, fringe_error *error)
{
    const struct baseline_plane *plane = work->plane;
    double nm =
        plane->nm_per_px >= SMALLEST_NM && plane->nm_per_px <= LARGEST_NM ? plane->nm_per_px : ASSUMED_NM;
    int32_t side = 2 * (int32_t)lround(SQUARE_NM / nm / 2) + 1;
    fringe_status status = FRINGE_OK;
    float *from = work->values, *to = work->response;
    if (side < 3) side = 3;
    if (band) {
        status = baseline_band(from, plane->height_px, plane->width_px, FINE_NM / nm, 2 * FINE_NM / nm,
                               work->run, to, error);
        from = work->response;
        to = work->values;
    }
    if (!status) status = baseline_spread(from, plane->height_px, plane->width_px, side, to, error);
    work->response = from;
    work->values = to;
    return status;
}

static void group_by_ends(const struct work *work, const struct baseline_scale *scale, const int *ends,
                          const int *names_of_groups, uint8_t *groups)
{
    uint8_t group_of[BASELINE_BINS];
    for (int b = 0, k = 0; b < BASELINE_BINS; b++) {
        while (b >= ends[k]) k++;
        group_of[b] = (uint8_t)(names_of_groups ? names_of_groups[k] : k);
    }
    for (size_t i = 0; i < work->count; i++) groups[i] = group_of[baseline_bin(scale, work->values[i])];
}

static void group_by_otsu(const struct work *work, const struct baseline_scale *scale, int group_count,
                          uint8_t *groups)
{
    int64_t counts[BASELINE_BINS] = {0};
    int ends[BASELINE_MOST_GROUPS];
    for (size_t i = 0; i < work->count; i++) counts[baseline_bin(scale, work->values[i])]++;
    baseline_otsu(counts, group_count, ends);
    group_by_ends(work, scale, ends, NULL, groups);
}

/* Classes in the order of their mean grey values in truth; a class without pixels comes last. */
static void group_by_truth(const struct work *work, const struct baseline_scale *scale, int group_count,
                           uint8_t *groups)
{
    int64_t counts[BASELINE_MOST_GROUPS][BASELINE_BINS] = {{0}};
    double means[BASELINE_MOST_GROUPS];
    int order[BASELINE_MOST_GROUPS] = {0}, ends[BASELINE_MOST_GROUPS];
    for (size_t i = 0; i < work->count; i++)
        if (work->plane->truth[i] < group_count)
            counts[work->plane->truth[i]][baseline_bin(scale, work->values[i])]++;
    for (int c = 0; c < group_count; c++) {
        double weight = 0, moment = 0;
        for (int b = 0; b < BASELINE_BINS; b++) {
            weight += (double)counts[c][b];
            moment += (double)counts[c][b] * b;
        }
        means[c] = weight > 0 ? moment / weight : INFINITY;
        int at = c;
        for (; at > 0 && means[order[at - 1]] > means[c]; at--) order[at] = order[at - 1];
        order[at] = c;
    }
    baseline_fit_thresholds(counts, group_count, order, ends);
    group_by_ends(work, scale, ends, order, groups);
}

/* columns 1: the grey values alone; else with the mean of the pixels around each. */
static fringe_status group_by_kmeans(const struct work *work, const struct baseline_scale *scale, int columns,
                                     int group_count, uint8_t *groups, fringe_error *error)
{
    size_t bins = (size_t)BASELINE_BINS * (size_t)columns;
    int32_t *counts = alloc_array(bins, sizeof *counts);
    uint8_t *group_of = alloc_array(bins, 1);
    fringe_status status = FRINGE_OK;
    if (!counts || !group_of) {
        status = failure_memory(error, "a histogram", bins * (sizeof *counts + 1));
        goto done;
    }
    if (columns > 1)
        status = baseline_mean(work->values, work->plane->height_px, work->plane->width_px, NEIGHBOURHOOD_PX,
                               work->response, error);
    if (status) goto done;
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < work->count; i++) {
            int bin = baseline_bin(scale, work->values[i]) * columns;
            if (columns > 1) bin += baseline_bin(scale, work->response[i]);
            if (pass == 0)
                counts[bin]++;
            else
                groups[i] = group_of[bin];
        }
        if (pass == 0) baseline_kmeans(counts, BASELINE_BINS, columns, group_count, group_of);
    }
done:
    alloc_free(counts);
    alloc_free(group_of);
    return status;
}

fringe_status baseline_run(enum baseline_method method, const struct baseline_plane *plane, int group_count,
                           const fringe_run *run, uint8_t *groups, fringe_error *error)
{
    size_t count = (size_t)plane->height_px * (size_t)plane->width_px;
    struct work work = {.plane = plane, .count = count, .run = run};
    struct baseline_scale scale;
    fringe_status status = FRINGE_OK;
    if (group_count < 2 || group_count > BASELINE_MOST_GROUPS)
        return failure_set(error, FRINGE_ARGUMENT, "%s: %d classes are not 2 to %d", names[method],
                           group_count, BASELINE_MOST_GROUPS);
    work.values = alloc_aligned(count, sizeof *work.values);
    work.response = alloc_aligned(count, sizeof *work.response);
    if (!work.values || !work.response)
        status = failure_memory(error, names[method], 2 * count * sizeof *work.values);
    if (!status) status = fill_holes(&work, error);
    if (!status && (method == BASELINE_LOCAL_VARIANCE || method == BASELINE_BANDPASS))
        status = respond(&work, method == BASELINE_BANDPASS, error);
    if (!status) status = baseline_scale_values(work.values, count, run, &scale, error);
    if (status) goto done;
    if (!(scale.width > 0))
        memset(groups, 0, count);
    else if (method == BASELINE_THRESHOLD)
        group_by_truth(&work, &scale, group_count, groups);
    else if (method == BASELINE_KMEANS || method == BASELINE_KMEANS2D)
        status = group_by_kmeans(&work, &scale, method == BASELINE_KMEANS ? 1 : BASELINE_BINS, group_count,
                                 groups, error);
    else
        group_by_otsu(&work, &scale, group_count, groups);
done:
    alloc_free(work.values);
    alloc_free(work.response);
    return status;
}
