#include "fringe/particles.h"

#include <math.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "base/number.h"
#include "base/run_state.h"
#include "particles/component.h"
#include "particles/intensity.h"
#include "particles/outline.h"
#include "particles/plane_read.h"
#include "particles/shape.h"
#include "particles/split.h"

#define PI 3.14159265358979323846

/* So many particles of fewer pixels are what a micrograph's grey values give, or noise. */
enum { CRUMBS_LEAST_COUNT = 1000, CRUMBS_MEAN_PX = 4 };

struct fringe_particles {
    int32_t height_px, width_px;
    int32_t *labels;
    fringe_particle *items;
    int32_t count;
    struct outline_corners corners; /* of all outlines */
    size_t *first_corner;           /* of each particle, and the end */
    struct pixel_size pixel;
    int calibrated;
};

void fringe_particles_options_init(fringe_particles_options *options)
{
    *options = (fringe_particles_options){.connectivity = 8};
}

void fringe_particles_free(fringe_particles *particles)
{
    if (!particles) return;
    alloc_free(particles->labels);
    alloc_free(particles->items);
    alloc_free(particles->corners.items);
    alloc_free(particles->first_corner);
    alloc_free(particles);
}

int32_t fringe_particles_count(const fringe_particles *particles)
{
    return particles->count;
}

const fringe_particle *fringe_particles_get(const fringe_particles *particles, int32_t index)
{
    return index >= 0 && index < particles->count ? &particles->items[index] : NULL;
}

const char *fringe_particles_unit(const fringe_particles *particles)
{
    return particles->calibrated ? "nm" : "pixel";
}

void fringe_particles_get_pixel_size(const fringe_particles *particles, double *nm_per_px_x,
                                     double *nm_per_px_y)
{
    *nm_per_px_x = particles->calibrated ? particles->pixel.width : 0;
    *nm_per_px_y = particles->calibrated ? particles->pixel.height : 0;
}

const int32_t *fringe_particles_labels(const fringe_particles *particles, int32_t *height_px,
                                       int32_t *width_px)
{
    *height_px = particles->height_px;
    *width_px = particles->width_px;
    return particles->labels;
}

const fringe_corner *fringe_particles_outline(const fringe_particles *particles, int32_t index, size_t *count)
{
    *count = 0;
    if (index < 0 || index >= particles->count) return NULL;
    *count = particles->first_corner[index + 1] - particles->first_corner[index];
    return particles->corners.items + particles->first_corner[index];
}

static fringe_status check_options(const fringe_particles_options *options, fringe_error *error)
{
    char text[2][NUMBER_TEXT_BYTES];
    if (options->connectivity != 4 && options->connectivity != 8)
        return failure_set(error, FRINGE_ARGUMENT, "a connectivity of %ld is neither 4 nor 8",
                           (long)options->connectivity);
    if (!(options->split_neck >= 0 && options->split_neck <= 1))
        return failure_set(error, FRINGE_ARGUMENT, "a neck of %s is not within 0 to 1",
                           number_text(options->split_neck, 6, text[0]));
    if (!(options->least_nm >= 0) || !(options->most_nm >= 0) ||
        (options->most_nm > 0 && options->most_nm < options->least_nm))
        return failure_set(error, FRINGE_ARGUMENT, "diameters from %s to %s nm are no range",
                           number_text(options->least_nm, 6, text[0]),
                           number_text(options->most_nm, 6, text[1]));
    return FRINGE_OK;
}

/* Components of the labels, with their values in the input, divided where that is asked for. */
static fringe_status find_components(int32_t *values, fringe_particles *made,
                                     const fringe_particles_options *options, struct component_list *list,
                                     fringe_error *error)
{
    int32_t height_px = made->height_px, width_px = made->width_px;
    struct component_list whole = {0};
    int32_t *parts = NULL;
    fringe_status status = FRINGE_OK;
    if (options->fill_holes)
        status = component_fill_holes(values, height_px, width_px, options->connectivity, error);
    if (!status)
        status =
            component_find(values, height_px, width_px, options->connectivity, made->labels, list, error);
    if (status || options->split_neck == 0) return status;

    whole = *list;
    *list = (struct component_list){0};
    parts = alloc_array((size_t)height_px * (size_t)width_px, sizeof *parts);
    status = parts ? split_parts(made->labels, height_px, width_px, &whole, options->connectivity,
                                 options->split_neck, parts, error)
                   : failure_memory(error, "splitting", (size_t)height_px * (size_t)width_px * sizeof *parts);
    if (!status)
        status = component_find(parts, height_px, width_px, options->connectivity, made->labels, list, error);
    for (int32_t k = 0; k < list->count && !status; k++)
        list->items[k].value = values[list->items[k].pixels[0]];
    alloc_free(parts);
    component_list_free(&whole);
    return status;
}

static int touches_border(const fringe_particles *particles, const struct component *component)
{
    return component->x0 == 0 || component->y0 == 0 || component->x1 == particles->width_px ||
           component->y1 == particles->height_px;
}

static fringe_status select_components(fringe_particles *made, const fringe_particles_options *options,
                                       struct pixel_size pixel, struct component_list *list,
                                       fringe_error *error)
{
    uint8_t *keep = alloc_array((size_t)list->count, 1);
    if (!keep) return failure_memory(error, "components", (size_t)list->count);
    for (int32_t k = 0; k < list->count; k++) {
        const struct component *component = &list->items[k];
        double diameter = sqrt(4 / PI * component->pixel_count * pixel.width * pixel.height);
        keep[k] = component->pixel_count >= options->least_px && diameter >= options->least_nm &&
                  (options->most_nm == 0 || diameter <= options->most_nm) &&
                  (options->border != FRINGE_BORDER_EXCLUDE || !touches_border(made, component));
    }
    component_select(made->labels, list, keep);
    alloc_free(keep);
    return FRINGE_OK;
}

/* A micrograph that was taken for its mask gives a particle for nearly every pixel, and no error. */
static void notice_crumbs(const struct component_list *list, const fringe_run *run)
{
    char text[NUMBER_TEXT_BYTES];
    int64_t pixels = 0;
    for (int32_t k = 0; k < list->count; k++) pixels += list->items[k].pixel_count;
    if (list->count < CRUMBS_LEAST_COUNT || pixels >= (int64_t)CRUMBS_MEAN_PX * list->count) return;
    run_state_notice(run, FRINGE_NOTICE_INPUT,
                     "%ld particles of %s pixels on average: is this a mask or a label image?",
                     (long)list->count, number_text((double)pixels / list->count, 3, text));
}

static fringe_particle empty_particle(void)
{
    return (fringe_particle){
#define MEASURE_NAN(field, column, source) .field = NAN,
        FRINGE_MEASURE_LIST(MEASURE_NAN)
#undef MEASURE_NAN
    };
}

/* What is measured on; planes that are not there are NULL. */
struct sources {
    const float *image, *probability;
    int counted; /* as intensity_is_counted */
    struct pixel_size pixel;
};

static fringe_status measure(fringe_particles *made, const struct component_list *list,
                             const fringe_particles_options *options, const struct sources *sources,
                             const fringe_run *run, fringe_error *error)
{
    int32_t most_rows = 0, most_pixels = 0;
    for (int32_t k = 0; k < list->count; k++) {
        const struct component *c = &list->items[k];
        if (c->y1 - c->y0 > most_rows) most_rows = c->y1 - c->y0;
        if (c->pixel_count > most_pixels) most_pixels = c->pixel_count;
    }
    fringe_corner *hull = alloc_array(4 * (size_t)most_rows, sizeof *hull);
    float *values = alloc_array(sources->image ? (size_t)most_pixels : 0, sizeof *values);
    made->items = alloc_array((size_t)list->count, sizeof *made->items);
    made->first_corner = alloc_array((size_t)list->count + 1, sizeof *made->first_corner);
    fringe_status status =
        hull && values && made->items && made->first_corner
            ? FRINGE_OK
            : failure_memory(error, "particles", (size_t)list->count * sizeof *made->items);
    for (int32_t k = 0; k < list->count && !status; k++) {
        const struct component *component = &list->items[k];
        fringe_particle *particle = &made->items[k];
        *particle = empty_particle();
        particle->number = k + 1;
        particle->input_value = component->value;
        particle->pixel_count = component->pixel_count;
        particle->border = touches_border(made, component);
        size_t begin = made->corners.count;
        status = run_state_check(run, error);
        if (!status)
            status = outline_trace(made->labels, made->height_px, made->width_px, component, k + 1,
                                   options->connectivity, &made->corners, error);
        if (status) break;
        made->first_corner[k + 1] = made->corners.count;
        shape_measure(made->width_px, component, made->corners.items + begin, made->corners.count - begin,
                      sources->pixel, hull, particle);
        if (sources->image)
            intensity_measure(sources->image, made->width_px, component, sources->counted, sources->pixel,
                              values, particle);
        if (sources->probability) particle->probability = intensity_mean(sources->probability, component);
    }
    if (!status) {
        made->count = list->count;
        status = shape_neighbours(made->items, made->count, error);
    }
    alloc_free(hull);
    alloc_free(values);
    return status;
}

fringe_status fringe_particles_find(fringe_micrograph *labels, fringe_micrograph *image,
                                    fringe_micrograph *probability, int32_t slice,
                                    const fringe_particles_options *options, const fringe_run *run,
                                    fringe_particles **particles, fringe_error *error)
{
    fringe_particles_options defaults;
    fringe_micrograph_info info;
    struct component_list list = {0};
    struct sources sources = {0};
    int32_t *values = NULL;
    float *grey = NULL, *probabilities = NULL;
    *particles = NULL;
    fringe_particles_options_init(&defaults);
    if (!options) options = &defaults;
    fringe_micrograph_get_info(labels, &info);
    fringe_particles *made = alloc_array(1, sizeof *made);
    if (!made) return failure_memory(error, "particles", sizeof *made);
    made->height_px = info.height_px;
    made->width_px = info.width_px;
    size_t pixels = (size_t)info.height_px * (size_t)info.width_px;

    fringe_status status = check_options(options, error);
    if (!status)
        status = plane_read_pixel_size(labels, image, options, run, &sources.pixel, &made->calibrated, error);
    if (!status) status = plane_read_values(labels, slice, options->threshold, &values, error);
    if (!status)
        status = plane_read_beside(labels, image, "the image", options->channel, slice, &grey, error);
    if (!status)
        status =
            plane_read_beside(labels, probability, "the probability map", -1, slice, &probabilities, error);
    if (status) goto done;
    if (image) {
        fringe_micrograph_get_info(image, &info);
        sources.counted = intensity_is_counted(info.pixel);
    }
    made->pixel = sources.pixel;
    sources.image = grey;
    sources.probability = probabilities;
    made->labels = alloc_array(pixels, sizeof *made->labels);
    if (!made->labels) {
        status = failure_memory(error, "labels", pixels * sizeof *made->labels);
        goto done;
    }
    status = find_components(values, made, options, &list, error);
    if (!status) status = run_state_check(run, error);
    if (!status) status = select_components(made, options, sources.pixel, &list, error);
    if (!status) notice_crumbs(&list, run);
    if (!status) status = measure(made, &list, options, &sources, run, error);
    if (status) goto done;
    *particles = made;
    made = NULL;
done:
    component_list_free(&list);
    alloc_free(values);
    alloc_free(grey);
    alloc_free(probabilities);
    fringe_particles_free(made);
    return status;
}
