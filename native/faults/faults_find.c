#include <math.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "base/number.h"
#include "base/run_state.h"
#include "faults/fault_classes.h"
#include "faults/fault_model.h"
#include "faults/particle_lattice.h"
#include "faults/particle_plane.h"

/* Particles between two reports of progress, and two looks at whether the caller cancelled. */
enum { BLOCK = 32 };

struct fringe_faults {
    fringe_fault_rating *items;
    char *phases; /* the ratings', PARTICLE_PHASE_BYTES each */
    int32_t count;
};

/* What the workers share; each particle writes to its own places, of which each array has `count`. */
struct search {
    const struct phase_list *phases; /* NULL without pixel size */
    struct particle_plane plane;
    struct particle_box *boxes;
    float *features; /* FAULT_FOREST_FEATURE_COUNT for each */
    struct particle_lines *lines;
    fringe_fault_rating *items;
    char *names; /* PARTICLE_PHASE_BYTES for each */
    fringe_status *statuses;
    size_t first; /* of the block under way */
};

void fringe_faults_free(fringe_faults *faults)
{
    if (!faults) return;
    alloc_free(faults->items);
    alloc_free(faults->phases);
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

/* A particle's features, lattice and possible lines. */
static void look_at(void *context, size_t at, int worker)
{
    struct search *search = context;
    size_t index = search->first + at;
    const struct particle_box *box = search->boxes + index;
    double features[FAULT_FEATURE_COUNT] = {0};
    struct lattice_region region = {0};
    fringe_status status = FRINGE_OK;
    (void)worker;
    struct fault_findings *findings = alloc_array(1, sizeof *findings);
    if (!findings) {
        search->statuses[index] = FRINGE_MEMORY;
        return;
    }
    if (!particle_plane_is_too_large(box)) {
        status = particle_plane_cut(&search->plane, (int32_t)index + 1, box, &region, NULL);
        if (!status) status = fault_features_compute(&region, features, findings, NULL);
        if (!status) particle_lattice_trace(findings, &region, box->x0, box->y0, search->lines + index);
    }
    particle_lattice_describe(findings, search->phases, search->names + index * PARTICLE_PHASE_BYTES,
                              search->items + index, NULL);
    for (int i = 0; i < FAULT_FOREST_FEATURE_COUNT; i++)
        search->features[index * FAULT_FOREST_FEATURE_COUNT + (size_t)i] = (float)features[i];
    search->statuses[index] = status;
    particle_plane_drop(&region);
    alloc_free(findings);
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
        large += particle_plane_is_too_large(search->boxes + i);
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
                         number_text(search->plane.nm_per_px_x * scale / off, 4, text[0]),
                         number_text(search->plane.nm_per_px_x, 4, text[1]));
}

static fringe_status reserve(struct search *search, size_t count, fringe_error *error)
{
    search->boxes = alloc_array(count, sizeof *search->boxes);
    search->features = alloc_array(count * FAULT_FOREST_FEATURE_COUNT, sizeof *search->features);
    search->lines = alloc_array(count, sizeof *search->lines);
    search->items = alloc_array(count, sizeof *search->items);
    search->names = alloc_array(count, PARTICLE_PHASE_BYTES);
    search->statuses = alloc_array(count, sizeof *search->statuses);
    if (search->boxes && search->features && search->lines && search->items && search->names &&
        search->statuses)
        return FRINGE_OK;
    return failure_memory(error, "particles", count * sizeof *search->items);
}

fringe_status fringe_faults_find(const fringe_fault_model *model, fringe_micrograph *image, int32_t slice,
                                 int32_t channel, const fringe_particles *particles, const fringe_run *run,
                                 fringe_faults **faults, fringe_error *error)
{
    struct search search = {0};
    const fringe_run *used = NULL;
    int32_t count = fringe_particles_count(particles);
    *faults = NULL;
    fringe_faults *made = alloc_array(1, sizeof *made);
    fringe_status status = made ? particle_plane_read(image, slice, channel, particles, &search.plane, error)
                                : failure_memory(error, "particles", sizeof *made);
    if (!status) status = run_state_enter(run, &used, error);
    if (!status) status = reserve(&search, (size_t)count, error);
    if (status) goto done;
    if (search.plane.nm_per_px_x > 0) search.phases = &model->phases;
    particle_plane_boxes(&search.plane, search.boxes, count);
    status = look_at_all(&search, (size_t)count, used, error);
    if (!status)
        status =
            fault_classes_rate(model->package, search.features, (size_t)count, used, search.items, error);
    if (status) goto done;
    for (int32_t i = 0; i < count; i++) particle_lattice_choose(search.lines + i, search.items + i);
    give_notices(&search, count, run);
    made->items = search.items;
    made->phases = search.names;
    made->count = count;
    search.items = NULL;
    search.names = NULL;
    *faults = made;
    made = NULL;
done:
    run_state_leave(run, used);
    fringe_faults_free(made);
    particle_plane_clear(&search.plane);
    alloc_free(search.boxes);
    alloc_free(search.features);
    alloc_free(search.lines);
    alloc_free(search.items);
    alloc_free(search.names);
    alloc_free(search.statuses);
    return status;
}
