#include <math.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "base/number.h"
#include "base/run_state.h"
#include "faults/fault_classes.h"
#include "faults/fault_model.h"
#include "faults/particle_lattice.h"

/* Particles between two reports of progress, and two looks at whether the caller cancelled. */
enum { BLOCK = 32 };

struct fringe_faults {
    fringe_fault_rating *items;
    int32_t count;
};

struct box {
    int32_t x0, y0, x1, y1; /* x1 and y1 are behind the last pixel */
};

/* What the workers share; each particle writes to its own places, of which each array has `count`. */
struct search {
    const struct phase_list *phases; /* NULL without pixel size */
    const int32_t *labels;
    float *pixels;
    int32_t height_px, width_px;
    double nm_per_px_x, nm_per_px_y;
    struct box *boxes;
    float *features; /* FAULT_FOREST_FEATURE_COUNT for each */
    struct particle_lines *lines;
    fringe_fault_rating *items;
    fringe_status *statuses;
    size_t first; /* of the block under way */
};

void fringe_faults_free(fringe_faults *faults)
{
    if (!faults) return;
    alloc_free(faults->items);
    alloc_free(faults);
}

int32_t fringe_faults_count(const fringe_faults *faults)
{
    return faults->count;
}

const fringe_fault_rating *fringe_faults_get(const fringe_faults *faults, int32_t index)
{
    return index >= 0 && index < faults->count ? &faults->items[index] : NULL;
}

static void find_boxes(struct search *search, int32_t count)
{
    for (int32_t i = 0; i < count; i++) search->boxes[i] = (struct box){INT32_MAX, INT32_MAX, 0, 0};
    for (int32_t y = 0; y < search->height_px; y++)
        for (int32_t x = 0; x < search->width_px; x++) {
            int32_t label = search->labels[(size_t)y * (size_t)search->width_px + (size_t)x];
            if (label < 1) continue;
            struct box *box = search->boxes + label - 1;
            if (x < box->x0) box->x0 = x;
            if (y < box->y0) box->y0 = y;
            if (x >= box->x1) box->x1 = x + 1;
            box->y1 = y + 1;
        }
}

static int is_too_large(const struct box *box)
{
    return box->x1 - box->x0 > FRINGE_FAULT_BOX_MOST || box->y1 - box->y0 > FRINGE_FAULT_BOX_MOST;
}

static void cut_out(const struct search *search, int32_t number, const struct box *box, float *pixels,
                    uint8_t *mask)
{
    for (int32_t y = box->y0; y < box->y1; y++)
        for (int32_t x = box->x0; x < box->x1; x++) {
            size_t from = (size_t)y * (size_t)search->width_px + (size_t)x;
            *pixels++ = search->pixels[from];
            *mask++ = search->labels[from] == number;
        }
}

/* A particle's features, lattice and possible lines. */
static void look_at(void *context, size_t at, int worker)
{
    struct search *search = context;
    size_t index = search->first + at;
    const struct box *box = search->boxes + index;
    fringe_fault_rating *rating = search->items + index;
    size_t count = (size_t)(box->x1 - box->x0) * (size_t)(box->y1 - box->y0);
    double features[FAULT_FEATURE_COUNT] = {0};
    float *pixels = NULL;
    uint8_t *mask = NULL;
    fringe_status status = FRINGE_OK;
    (void)worker;
    struct fault_findings *findings = alloc_array(1, sizeof *findings);
    if (!findings) {
        search->statuses[index] = FRINGE_MEMORY;
        return;
    }
    if (!is_too_large(box)) {
        pixels = alloc_array(count, sizeof *pixels);
        mask = alloc_array(count, 1);
        struct lattice_region region = {
            pixels, mask, box->y1 - box->y0, box->x1 - box->x0, search->nm_per_px_x, search->nm_per_px_y};
        status = pixels && mask ? FRINGE_OK : FRINGE_MEMORY;
        if (!status) cut_out(search, (int32_t)index + 1, box, pixels, mask);
        if (!status) status = fault_features_compute(&region, features, findings, NULL);
        if (!status) particle_lattice_trace(findings, &region, box->x0, box->y0, search->lines + index);
    }
    particle_lattice_describe(findings, search->phases, rating);
    for (int i = 0; i < FAULT_FOREST_FEATURE_COUNT; i++)
        search->features[index * FAULT_FOREST_FEATURE_COUNT + (size_t)i] = (float)features[i];
    search->statuses[index] = status;
    alloc_free(findings);
    alloc_free(pixels);
    alloc_free(mask);
}

/* Block by block, so that the calling thread can report. */
static fringe_status look_at_all(struct search *search, size_t count, const fringe_run *run,
                                 fringe_error *error)
{
    fringe_status status = FRINGE_OK;
    for (size_t first = 0; first < count && !status; first += BLOCK) {
        size_t block = count - first < BLOCK ? count - first : BLOCK;
        search->first = first;
        status = run_state_parallel(run, block, look_at, search, error);
        for (size_t i = first; i < first + block && !status; i++)
            if (search->statuses[i])
                status = failure_set(error, search->statuses[i], "particle %zu: its spectrum: %s", i + 1,
                                     fringe_status_meaning(search->statuses[i]));
        if (!status) run_state_progress(run, (int64_t)(first + block), (int64_t)count);
    }
    return status;
}

/* What the particles say together: about those too large, and about the pixel size. */
static void give_notices(const struct search *search, int32_t count, const fringe_run *run)
{
    int32_t large = 0, judged = 0, off = 0;
    double scale = 0;
    char text[3][NUMBER_TEXT_BYTES];
    for (int32_t i = 0; i < count; i++) {
        const fringe_fault_rating *rating = search->items + i;
        large += is_too_large(search->boxes + i);
        judged += *rating->phase != 0;
        if (!rating->pixel_size_is_off) continue;
        off++;
        scale += rating->scale;
    }
    if (large)
        run_state_notice(
            run, FRINGE_NOTICE_OUT_OF_RANGE,
            "%ld of %ld particles are more than %d pixels across: their lattice is not looked at",
            (long)large, (long)count, FRINGE_FAULT_BOX_MOST);
    if (2 * off > judged)
        run_state_notice(run, FRINGE_NOTICE_CALIBRATION,
                         "the lattice of %s says in %ld of %ld particles that a pixel has %s nm, not %s",
                         search->phases->items[0].cell.name, (long)off, (long)judged,
                         number_text(search->nm_per_px_x * scale / off, 4, text[0]),
                         number_text(search->nm_per_px_x, 4, text[1]));
}

static fringe_status check_size(fringe_micrograph *image, const struct search *search, fringe_error *error)
{
    fringe_micrograph_info info;
    fringe_micrograph_get_info(image, &info);
    if (info.width_px == search->width_px && info.height_px == search->height_px) return FRINGE_OK;
    return failure_set(
        error, FRINGE_ARGUMENT, "the particles' plane has %ld x %ld pixels, the image %ld x %ld",
        (long)search->width_px, (long)search->height_px, (long)info.width_px, (long)info.height_px);
}

static fringe_status reserve(struct search *search, size_t count, fringe_error *error)
{
    size_t pixels = (size_t)search->height_px * (size_t)search->width_px;
    search->pixels = alloc_array(pixels, sizeof *search->pixels);
    search->boxes = alloc_array(count, sizeof *search->boxes);
    search->features = alloc_array(count * FAULT_FOREST_FEATURE_COUNT, sizeof *search->features);
    search->lines = alloc_array(count, sizeof *search->lines);
    search->items = alloc_array(count, sizeof *search->items);
    search->statuses = alloc_array(count, sizeof *search->statuses);
    if (search->pixels && search->boxes && search->features && search->lines && search->items &&
        search->statuses)
        return FRINGE_OK;
    return failure_memory(error, "particles and their image",
                          pixels * sizeof *search->pixels + count * sizeof *search->items);
}

fringe_status fringe_faults_find(const fringe_fault_model *model, fringe_micrograph *image, int32_t slice,
                                 int32_t channel, const fringe_particles *particles, const fringe_run *run,
                                 fringe_faults **faults, fringe_error *error)
{
    struct search search = {0};
    const fringe_run *used = NULL;
    int32_t count = fringe_particles_count(particles);
    *faults = NULL;
    search.labels = fringe_particles_labels(particles, &search.height_px, &search.width_px);
    fringe_particles_get_pixel_size(particles, &search.nm_per_px_x, &search.nm_per_px_y);
    if (search.nm_per_px_x > 0) search.phases = &model->phases;
    fringe_faults *made = alloc_array(1, sizeof *made);
    fringe_status status =
        made ? check_size(image, &search, error) : failure_memory(error, "particles", sizeof *made);
    if (!status) status = run_state_enter(run, &used, error);
    if (!status) status = reserve(&search, (size_t)count, error);
    if (!status) status = fringe_micrograph_read(image, slice, channel, search.pixels, error);
    if (status) goto done;
    find_boxes(&search, count);
    status = look_at_all(&search, (size_t)count, used, error);
    if (!status)
        status =
            fault_classes_rate(model->package, search.features, (size_t)count, used, search.items, error);
    if (status) goto done;
    for (int32_t i = 0; i < count; i++) particle_lattice_choose(search.lines + i, search.items + i);
    give_notices(&search, count, run);
    made->items = search.items;
    made->count = count;
    search.items = NULL;
    *faults = made;
    made = NULL;
done:
    run_state_leave(run, used);
    fringe_faults_free(made);
    alloc_free(search.pixels);
    alloc_free(search.boxes);
    alloc_free(search.features);
    alloc_free(search.lines);
    alloc_free(search.items);
    alloc_free(search.statuses);
    return status;
}
