#include "analyze/measure_item.h"

#include <stdio.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "base/file.h"
#include "base/path.h"
#include "base/run_state.h"
#include "io/image_read.h"
#include "io/png_write.h"
#include "io/roi_write.h"
#include "report/overlay.h"

/* In the order of the places. */
enum { PLACE_LABELS, PLACE_TABLE, PLACE_ROIS, PLACE_OVERLAY };

enum { MOST_OF_16_BITS = 65535, NAME_BYTES = 32 };

static fringe_status open_all(struct measure_item *item, fringe_error *error)
{
    const fringe_run *run = item->job->run;
    const struct measure_beside *beside = item->beside;
    fringe_status status = image_read_open(item->labels_path, IMAGE_READ_INDEX, run, &item->labels, error);
    if (!status && beside->image) status = fringe_micrograph_open(beside->image, run, &item->image, error);
    if (!status && beside->probability)
        status = fringe_micrograph_open(beside->probability, run, &item->probability, error);
    if (status) return status;
    fringe_micrograph_info image = {0};
    fringe_micrograph_get_info(item->labels, &item->info);
    if (item->image) fringe_micrograph_get_info(item->image, &image);
    double own = item->options->pixel_size_nm;
    int from_image = !(item->info.nm_per_px_x > 0);
    if (own > 0 || from_image) {
        item->info.nm_per_px_x = own > 0 ? own : image.nm_per_px_x;
        item->info.nm_per_px_y = own > 0 ? own : image.nm_per_px_y;
    }
    return FRINGE_OK;
}

static void discard_files(struct measure_item *item)
{
    tiff_write_discard(item->tiff);
    particles_table_discard(item->table);
    zip_write_discard(item->zip);
    item->tiff = NULL;
    item->table = NULL;
    item->zip = NULL;
}

/* `shown` is the number that ImageJ shows brightest. */
static fringe_status begin_files(struct measure_item *item, int32_t shown, fringe_error *error)
{
    const fringe_micrograph_info *info = &item->info;
    fringe_micrograph_info image = {.channel_count = 1};
    if (item->image) fringe_micrograph_get_info(item->image, &image);
    const char **names = alloc_array((size_t)info->slice_count, sizeof *names);
    if (!names) return failure_memory(error, "labels", (size_t)info->slice_count * sizeof *names);
    for (int32_t i = 0; i < info->slice_count; i++) names[i] = fringe_micrograph_slice_label(item->labels, i);
    struct tiff_write_options tiff = {.width_px = info->width_px,
                                      .height_px = info->height_px,
                                      .channel_count = 1,
                                      .slice_count = info->slice_count,
                                      .pixel = item->pixel,
                                      .nm_per_px_x = info->nm_per_px_x,
                                      .nm_per_px_y = info->nm_per_px_y,
                                      .nm_per_slice = info->nm_per_slice,
                                      .frame_count = info->frame_count,
                                      .seconds_per_frame = info->seconds_per_frame,
                                      .has_display = 1,
                                      .display_max = shown > 0 ? shown : 1,
                                      .slice_labels = names,
                                      .compress = item->job->options->compress};
    struct particles_table_options table = {.label = item->label,
                                            .image = item->image != NULL,
                                            .probability = item->probability != NULL,
                                            .faults = item->job->measure->faults != NULL,
                                            .slice_count = info->slice_count,
                                            .channel =
                                                image.channel_count > 1 ? item->options->channel + 1 : 0};
    char *const *paths = item->places;
    fringe_status status = tiff_write_begin(paths[PLACE_LABELS], &tiff, &item->tiff, error);
    if (!status) status = particles_table_begin(paths[PLACE_TABLE], &table, &item->table, error);
    if (!status) status = zip_write_begin(paths[PLACE_ROIS], &item->zip, error);
    alloc_free(names);
    return status;
}

static fringe_status add_labels(struct measure_item *item, const fringe_particles *particles,
                                fringe_error *error)
{
    int32_t height_px, width_px;
    const int32_t *labels = fringe_particles_labels(particles, &height_px, &width_px);
    uint16_t *shorts = alloc_array((size_t)width_px, sizeof *shorts);
    float *floats = alloc_array((size_t)width_px, sizeof *floats);
    fringe_status status =
        shorts && floats ? FRINGE_OK : failure_memory(error, "labels", (size_t)width_px * sizeof *floats);
    for (int32_t y = 0; y < height_px && !status; y++) {
        const int32_t *row = labels + (size_t)y * (size_t)width_px;
        for (int32_t x = 0; x < width_px; x++) {
            shorts[x] = (uint16_t)row[x];
            floats[x] = (float)row[x];
        }
        const void *samples = item->pixel == FRINGE_PIXEL_UINT16 ? (const void *)shorts : floats;
        status = tiff_write_rows(item->tiff, samples, 1, error);
    }
    alloc_free(shorts);
    alloc_free(floats);
    return status;
}

static fringe_status add_rois(struct measure_item *item, const fringe_particles *particles, int32_t slice,
                              fringe_error *error)
{
    char name[NAME_BYTES], member[NAME_BYTES + 4];
    int stack = item->info.slice_count > 1;
    fringe_status status = FRINGE_OK;
    for (int32_t i = 0; i < fringe_particles_count(particles) && !status; i++) {
        struct roi_outline outline = {.name = name, .position = stack ? slice + 1 : 0};
        unsigned char *bytes;
        size_t size;
        outline.corners = fringe_particles_outline(particles, i, &outline.count);
        if (stack)
            snprintf(name, sizeof name, "%04ld-%04ld", (long)slice + 1, (long)i + 1);
        else
            snprintf(name, sizeof name, "%04ld", (long)i + 1);
        snprintf(member, sizeof member, "%s.roi", name);
        status = roi_write(&outline, &bytes, &size, error);
        if (!status) status = zip_write_add(item->zip, member, bytes, size, error);
    }
    return status;
}

/* Counts the particles. Those that the edge cuts are not whole: their size is not theirs, unless the caller
 * says otherwise. */
static fringe_status add_counts(struct measure_item *item, const fringe_particles *particles,
                                const fringe_faults *faults, fringe_error *error)
{
    struct provenance_particles *found = &item->found;
    const fringe_particle *particle;
    size_t wanted = item->diameter_count + (size_t)fringe_particles_count(particles);
    if (wanted > item->diameter_capacity) {
        size_t capacity = 2 * wanted;
        double *grown = alloc_resize(item->diameters, capacity, sizeof *grown);
        if (!grown) return failure_memory(error, "diameters", capacity * sizeof *grown);
        item->diameters = grown;
        item->diameter_capacity = capacity;
    }
    for (int32_t i = 0; (particle = fringe_particles_get(particles, i)); i++) {
        found->count++;
        found->border_count += particle->border;
        if (particle->border && item->options->border != FRINGE_BORDER_KEEP) continue;
        item->diameters[item->diameter_count++] = particle->diameter;
        if (faults) found->fault_counts[fringe_faults_get(faults, i)->fault]++;
    }
    found->unit = fringe_particles_unit(particles);
    return FRINGE_OK;
}

/* Of the first slice, where an analysis asks for it. */
static fringe_status draw_overlay(struct measure_item *item, const fringe_particles *particles,
                                  const fringe_faults *faults, fringe_error *error)
{
    int32_t height_px = item->info.height_px, width_px = item->info.width_px;
    size_t plane_px = (size_t)height_px * (size_t)width_px;
    alloc_free(item->overlay); /* of a first try, whose label image was too narrow */
    item->overlay = alloc_array(plane_px, 3);
    float *grey = alloc_aligned(plane_px, sizeof *grey);
    fringe_status status =
        grey && item->overlay ? FRINGE_OK : failure_memory(error, "overlay", plane_px * (sizeof *grey + 3));
    if (!status) status = fringe_micrograph_read(item->image, 0, item->options->channel, grey, error);
    if (!status)
        status = overlay_draw_particles(grey, item->excluded, particles, faults, item->overlay, error);
    alloc_free(grey);
    return status;
}

static fringe_status measure_slice(struct measure_item *item, int32_t slice, int *too_many,
                                   fringe_error *error)
{
    const struct batch_job *job = item->job;
    const fringe_fault_model *model = job->measure->faults;
    fringe_particles *particles = NULL;
    fringe_faults *faults = NULL;
    fringe_status status = fringe_particles_find(item->labels, item->image, item->probability, slice,
                                                 item->options, job->run, &particles, error);
    if (status) return status;
    int32_t count = fringe_particles_count(particles);
    *too_many = item->pixel == FRINGE_PIXEL_UINT16 && count > MOST_OF_16_BITS;
    if (*too_many) goto done;
    if (model)
        status = fringe_faults_find(model, item->image, slice, item->options->channel, particles, job->run,
                                    &faults, error);
    if (!status && slice == 0) status = begin_files(item, count, error);
    if (status) goto done;
    particles_table_add(item->table, particles, faults, slice);
    status = add_labels(item, particles, error);
    if (!status) status = add_rois(item, particles, slice, error);
    if (!status) status = add_counts(item, particles, faults, error);
    if (!status && slice == 0 && job->suffixes.overlay) status = draw_overlay(item, particles, faults, error);
done:
    fringe_faults_free(faults);
    fringe_particles_free(particles);
    return status;
}

/* Measures slice by slice into new files. *too_many is 1, and nothing is kept, where a slice has more
 * particles than the label image's type has numbers. */
static fringe_status measure_slices(struct measure_item *item, double begin, double end, int *too_many,
                                    fringe_error *error)
{
    double share = (end - begin) / item->info.slice_count;
    fringe_status status = FRINGE_OK;
    *too_many = 0;
    item->found = (struct provenance_particles){0};
    item->diameter_count = 0;
    for (int32_t slice = 0; slice < item->info.slice_count && !status && !*too_many; slice++) {
        run_state_span(item->job->run, begin + slice * share, begin + (slice + 1) * share);
        status = measure_slice(item, slice, too_many, error);
        if (!status) run_state_progress(item->job->run, 1, 1);
    }
    if (*too_many) discard_files(item);
    return status;
}

fringe_status measure_item_run(struct measure_item *item, double begin, double end, fringe_error *error)
{
    int too_many = 0;
    item->pixel = FRINGE_PIXEL_UINT16;
    fringe_status status = open_all(item, error);
    if (!status) status = measure_slices(item, begin, end, &too_many, error);
    if (!status && too_many) {
        item->pixel = FRINGE_PIXEL_FLOAT32;
        status = measure_slices(item, begin, end, &too_many, error);
    }
    if (!status)
        status = population_summarise(item->diameters, item->diameter_count, &item->population, error);
    item->found.diameters = &item->population;
    return status;
}

fringe_status measure_item_place(struct measure_item *item, size_t *placed, fringe_error *error)
{
    struct tiff_writer *tiff = item->tiff;
    struct particles_table *table = item->table;
    struct zip_writer *zip = item->zip;
    item->tiff = NULL; /* a commit frees its writer in every case */
    fringe_status status = tiff_write_commit(tiff, error);
    if (status) return status;
    (*placed)++;
    item->table = NULL;
    status = particles_table_commit(table, error);
    if (status) return status;
    (*placed)++;
    item->zip = NULL;
    status = zip_write_commit(zip, error);
    if (status) return status;
    (*placed)++;
    if (!item->overlay) return FRINGE_OK;
    status = png_write(item->places[PLACE_OVERLAY], item->overlay, item->info.height_px, item->info.width_px,
                       3, error);
    if (!status) (*placed)++;
    return status;
}

void measure_item_free(struct measure_item *item)
{
    discard_files(item);
    alloc_free(item->overlay);
    alloc_free(item->diameters);
    fringe_micrograph_free(item->labels);
    fringe_micrograph_free(item->image);
    fringe_micrograph_free(item->probability);
    *item = (struct measure_item){0};
}
