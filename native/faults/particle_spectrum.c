#include "fringe/spectrum.h"

#include <math.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "base/run_state.h"
#include "faults/fault_classes.h"
#include "faults/fault_model.h"
#include "faults/particle_lattice.h"
#include "faults/particle_plane.h"

#define PI     3.14159265358979323846
#define DEGREE (PI / 180)

/* A plane's own reflection stands at right angles to its trace, within 5 degrees. */
#define ALONG_NORMAL 0.087

struct fringe_spectrum {
    fringe_spectrum_info info;
    float *power;
    fringe_spectrum_spot spots[LATTICE_SPOT_MOST];
    fringe_spectrum_plane planes[FRINGE_FAULT_LINES_MOST];
    fringe_fault_rating rating;
    char phase[PARTICLE_PHASE_BYTES]; /* the rating's */
    struct phase_list own_phases;     /* where there is no model */
};

void fringe_spectrum_free(fringe_spectrum *spectrum)
{
    if (!spectrum) return;
    phase_list_clear(&spectrum->own_phases);
    alloc_free(spectrum->power);
    alloc_free(spectrum);
}

void fringe_spectrum_get_info(const fringe_spectrum *spectrum, fringe_spectrum_info *info)
{
    *info = spectrum->info;
}

const float *fringe_spectrum_power(const fringe_spectrum *spectrum)
{
    return spectrum->power;
}

const fringe_spectrum_spot *fringe_spectrum_get_spot(const fringe_spectrum *spectrum, int32_t index)
{
    return index >= 0 && index < spectrum->info.spot_count ? &spectrum->spots[index] : NULL;
}

const fringe_spectrum_plane *fringe_spectrum_get_plane(const fringe_spectrum *spectrum, int32_t index)
{
    return index >= 0 && index < spectrum->info.plane_count ? &spectrum->planes[index] : NULL;
}

const fringe_fault_rating *fringe_spectrum_rating(const fringe_spectrum *spectrum)
{
    return &spectrum->rating;
}

/* From the transform's order, transposed and with frequency 0 first, to the picture's. */
static fringe_status give_power(const struct lattice_spectrum *transform, fringe_spectrum *spectrum,
                                fringe_error *error)
{
    int32_t n = transform->size_px;
    size_t count = (size_t)n * (size_t)n;
    spectrum->info.size_px = n;
    spectrum->info.step_x = transform->step_x;
    spectrum->info.step_y = transform->step_y;
    spectrum->power = alloc_array(count, sizeof *spectrum->power);
    if (!spectrum->power) return failure_memory(error, "a power spectrum", count * sizeof *spectrum->power);
    for (int32_t y = 0; y < n; y++)
        for (int32_t x = 0; x < n; x++)
            spectrum->power[(size_t)y * (size_t)n + (size_t)x] =
                transform->power[(size_t)((x + n / 2) % n) * (size_t)n + (size_t)((y + n / 2) % n)];
    return FRINGE_OK;
}

/* `match` is NULL where no phase is named. */
static void give_spots(const struct lattice_spots *spots, const struct phase_list *phases,
                       const struct lattice_match *match, fringe_spectrum *spectrum)
{
    int indices[LATTICE_SPOT_MOST][3] = {{0}};
    const fringe_spectrum_info *info = &spectrum->info;
    if (match) lattice_match_index(spots, phases, match, indices);
    for (int i = 0; i < spots->count; i++) {
        const struct lattice_spot *found = spots->items + i;
        fringe_spectrum_spot *spot = spectrum->spots + i;
        *spot = (fringe_spectrum_spot){.g_x = found->g[0],
                                       .g_y = found->g[1],
                                       .x_px = info->size_px / 2 + 0.5 + found->g[0] / info->step_x,
                                       .y_px = info->size_px / 2 + 0.5 + found->g[1] / info->step_y,
                                       .spacing = found->d,
                                       .spacing_error = found->d_error,
                                       .contrast = found->contrast};
        for (int k = 0; k < 3; k++) {
            spot->index[k] = indices[i][k];
            spot->is_indexed |= indices[i][k] != 0;
        }
    }
    spectrum->info.spot_count = spots->count;
}

/* Of the spots along (normal_x, normal_y) the one with the longest spacing. */
static int32_t find_layers(const fringe_spectrum *spectrum, double normal_x, double normal_y)
{
    int32_t found = -1;
    for (int32_t i = 0; i < spectrum->info.spot_count; i++) {
        const fringe_spectrum_spot *spot = spectrum->spots + i;
        double off = fabs(spot->g_x * normal_y - spot->g_y * normal_x) * spot->spacing;
        if (off > ALONG_NORMAL) continue;
        if (found < 0 || spot->spacing > spectrum->spots[found].spacing) found = i;
    }
    return found;
}

static void give_planes(const struct particle_plane *plane, fringe_spectrum *spectrum)
{
    double unit_x = plane->nm_per_px_x > 0 ? plane->nm_per_px_x : 1;
    double unit_y = plane->nm_per_px_y > 0 ? plane->nm_per_px_y : 1;
    for (int32_t i = 0; i < spectrum->rating.line_count; i++) {
        const fringe_fault_line *line = spectrum->rating.lines + i;
        double along_x = (line->x1 - line->x0) * unit_x, along_y = (line->y1 - line->y0) * unit_y;
        double length = hypot(along_x, along_y);
        spectrum->planes[i] =
            (fringe_spectrum_plane){fmod(atan2(-along_y, along_x) / DEGREE + 360, 180),
                                    find_layers(spectrum, -along_y / length, along_x / length)};
    }
    spectrum->info.plane_count = spectrum->rating.line_count;
}

/* The class, and the planes that belong to it. */
static fringe_status give_class(const fringe_fault_model *model, const double *features,
                                const struct particle_lines *lines, fringe_fault_rating *rating,
                                fringe_error *error)
{
    float row[FAULT_FOREST_FEATURE_COUNT];
    for (int i = 0; i < FAULT_FOREST_FEATURE_COUNT; i++) row[i] = (float)features[i];
    fringe_status status = fault_classes_rate(model->package, row, 1, NULL, rating, error);
    if (!status) particle_lattice_choose(lines, rating);
    return status;
}

static fringe_status look(const fringe_fault_model *model, const struct particle_plane *plane,
                          const struct particle_box *box, const struct lattice_region *region,
                          fringe_spectrum *spectrum, fringe_error *error)
{
    const struct phase_list *phases = NULL;
    struct lattice_spectrum *transform = NULL;
    double features[FAULT_FEATURE_COUNT];
    struct particle_lines lines;
    struct lattice_match match;
    struct fault_findings *findings = alloc_array(1, sizeof *findings);
    fringe_status status = findings ? lattice_spectrum_create(region, &transform, error)
                                    : failure_memory(error, "spots", sizeof *findings);
    if (!status) status = give_power(transform, spectrum, error);
    if (!status) status = fault_features_compute(region, features, findings, error);
    if (!status && plane->nm_per_px_x > 0) {
        phases = model ? &model->phases : &spectrum->own_phases;
        if (!model) status = phase_list_built_in(&spectrum->own_phases, error);
    }
    if (status) goto done;
    particle_lattice_describe(findings, phases, spectrum->phase, &spectrum->rating, &match);
    give_spots(&findings->spots, phases, *spectrum->rating.phase ? &match : NULL, spectrum);
    spectrum->rating.fault = FRINGE_FAULT_UNDECIDED;
    if (!model) goto done;
    particle_lattice_trace(findings, region, box->x0, box->y0, &lines);
    status = give_class(model, features, &lines, &spectrum->rating, error);
    if (!status) give_planes(plane, spectrum);
done:
    lattice_spectrum_free(transform);
    alloc_free(findings);
    return status;
}

fringe_status fringe_spectrum_find(const fringe_fault_model *model, fringe_micrograph *image, int32_t slice,
                                   int32_t channel, const fringe_particles *particles, int32_t index,
                                   const fringe_run *run, fringe_spectrum **spectrum, fringe_error *error)
{
    struct particle_plane plane = {0};
    struct particle_box *boxes = NULL;
    struct lattice_region region = {0};
    int32_t count = fringe_particles_count(particles);
    *spectrum = NULL;
    if (index < 0 || index >= count)
        return failure_set(error, FRINGE_ARGUMENT, "particle %ld: there are %ld", (long)index + 1,
                           (long)count);
    fringe_status status = run_state_check(run, error);
    if (status) return status;
    fringe_spectrum *made = alloc_array(1, sizeof *made);
    boxes = alloc_array((size_t)count, sizeof *boxes);
    status = made && boxes ? particle_plane_read(image, slice, channel, particles, &plane, error)
                           : failure_memory(error, "a spectrum", sizeof *made);
    if (status) goto done;
    particle_plane_boxes(&plane, boxes, count);
    const struct particle_box *box = boxes + index;
    if (particle_plane_is_too_large(box)) {
        status = failure_set(
            error, FRINGE_ARGUMENT, "particle %ld is %ld x %ld pixels: spectra are made of up to %d",
            (long)index + 1, (long)(box->x1 - box->x0), (long)(box->y1 - box->y0), FRINGE_FAULT_BOX_MOST);
        goto done;
    }
    made->info.unit = fringe_particles_unit(particles);
    status = particle_plane_cut(&plane, index + 1, box, &region, error);
    if (status) goto done;
    status = look(model, &plane, box, &region, made, error);
    if (status) failure_prefix(error, status, "particle %ld: ", (long)index + 1);
done:
    particle_plane_drop(&region);
    particle_plane_clear(&plane);
    alloc_free(boxes);
    if (status)
        fringe_spectrum_free(made);
    else
        *spectrum = made;
    return status;
}
