#include "analyze/measure_item.h"

#include <stdio.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "base/file.h"
#include "base/path.h"
#include "base/run_state.h"
#include "io/image_read.h"
#include "io/roi_write.h"
#include "io/tiff_write.h"
#include "io/zip_write.h"
#include "particles/population.h"
#include "report/particles_table.h"

/* In the order of the planned paths. */
enum { PLACE_LABELS, PLACE_TABLE, PLACE_ROIS, PLACE_COUNT };

enum { MOST_OF_16_BITS = 65535, NAME_BYTES = 32 };

/* The results of an input while they grow. */
struct measured {
    const struct batch_job *job;
    const struct batch_input *input;
    const struct batch_texts *planned;
    fringe_micrograph *labels, *image, *probability;
    fringe_micrograph_info info; /* of the labels */
    fringe_pixel pixel;          /* of the label image */
    struct tiff_writer *tiff;
    struct particles_table *table;
    struct zip_writer *zip;
    int64_t count, border_count;
    double *diameters; /* of the particles that count */
    size_t diameter_count, diameter_capacity;
    const char *unit;
    double nm_per_px_x, nm_per_px_y;
};

static fringe_status open_all(struct measured *measured, const struct measure_beside *beside,
                              fringe_error *error)
{
    const fringe_run *run = measured->job->run;
    fringe_status status =
        image_read_open(measured->input->path, IMAGE_READ_INDEX, run, &measured->labels, error);
    if (!status && beside->image)
        status = fringe_micrograph_open(beside->image, run, &measured->image, error);
    if (!status && beside->probability)
        status = fringe_micrograph_open(beside->probability, run, &measured->probability, error);
    if (status) return status;
    fringe_micrograph_info image = {0};
    fringe_micrograph_get_info(measured->labels, &measured->info);
    if (measured->image) fringe_micrograph_get_info(measured->image, &image);
    double own = measured->job->measure->particles.pixel_size_nm;
    int from_image = !(measured->info.nm_per_px_x > 0);
    measured->nm_per_px_x = own > 0 ? own : from_image ? image.nm_per_px_x : measured->info.nm_per_px_x;
    measured->nm_per_px_y = own > 0 ? own : from_image ? image.nm_per_px_y : measured->info.nm_per_px_y;
    return FRINGE_OK;
}

static void discard_files(struct measured *measured)
{
    tiff_write_discard(measured->tiff);
    particles_table_discard(measured->table);
    zip_write_discard(measured->zip);
    measured->tiff = NULL;
    measured->table = NULL;
    measured->zip = NULL;
}

/* `shown` is the number that ImageJ shows brightest. */
static fringe_status begin_files(struct measured *measured, int32_t shown, fringe_error *error)
{
    const fringe_micrograph_info *info = &measured->info;
    fringe_micrograph_info image = {.channel_count = 1};
    if (measured->image) fringe_micrograph_get_info(measured->image, &image);
    const char **names = alloc_array((size_t)info->slice_count, sizeof *names);
    if (!names) return failure_memory(error, "labels", (size_t)info->slice_count * sizeof *names);
    for (int32_t i = 0; i < info->slice_count; i++)
        names[i] = fringe_micrograph_slice_label(measured->labels, i);
    struct tiff_write_options tiff = {.width_px = info->width_px,
                                      .height_px = info->height_px,
                                      .channel_count = 1,
                                      .slice_count = info->slice_count,
                                      .pixel = measured->pixel,
                                      .nm_per_px_x = measured->nm_per_px_x,
                                      .nm_per_px_y = measured->nm_per_px_y,
                                      .nm_per_slice = info->nm_per_slice,
                                      .frame_count = info->frame_count,
                                      .seconds_per_frame = info->seconds_per_frame,
                                      .has_display = 1,
                                      .display_max = shown > 0 ? shown : 1,
                                      .slice_labels = names,
                                      .compress = measured->job->options->compress};
    struct particles_table_options table = {
        .label = path_name(measured->input->path),
        .image = measured->image != NULL,
        .probability = measured->probability != NULL,
        .slice_count = info->slice_count,
        .channel = image.channel_count > 1 ? measured->job->measure->particles.channel + 1 : 0};
    char *const *paths = measured->planned->items;
    fringe_status status = tiff_write_begin(paths[PLACE_LABELS], &tiff, &measured->tiff, error);
    if (!status) status = particles_table_begin(paths[PLACE_TABLE], &table, &measured->table, error);
    if (!status) status = zip_write_begin(paths[PLACE_ROIS], &measured->zip, error);
    alloc_free(names);
    return status;
}

static fringe_status add_labels(struct measured *measured, const fringe_particles *particles,
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
        const void *samples = measured->pixel == FRINGE_PIXEL_UINT16 ? (const void *)shorts : floats;
        status = tiff_write_rows(measured->tiff, samples, 1, error);
    }
    alloc_free(shorts);
    alloc_free(floats);
    return status;
}

static fringe_status add_rois(struct measured *measured, const fringe_particles *particles, int32_t slice,
                              fringe_error *error)
{
    char name[NAME_BYTES], member[NAME_BYTES + 4];
    int stack = measured->info.slice_count > 1;
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
        if (!status) status = zip_write_add(measured->zip, member, bytes, size, error);
    }
    return status;
}

/* Those that the edge cuts are not whole: their size is not theirs, unless the caller says otherwise. */
static fringe_status add_diameters(struct measured *measured, const fringe_particles *particles,
                                   fringe_error *error)
{
    const fringe_particle *particle;
    size_t wanted = measured->diameter_count + (size_t)fringe_particles_count(particles);
    if (wanted > measured->diameter_capacity) {
        size_t capacity = 2 * wanted;
        double *grown = alloc_resize(measured->diameters, capacity, sizeof *grown);
        if (!grown) return failure_memory(error, "diameters", capacity * sizeof *grown);
        measured->diameters = grown;
        measured->diameter_capacity = capacity;
    }
    for (int32_t i = 0; (particle = fringe_particles_get(particles, i)); i++) {
        measured->count++;
        measured->border_count += particle->border;
        if (!particle->border || measured->job->measure->particles.border == FRINGE_BORDER_KEEP)
            measured->diameters[measured->diameter_count++] = particle->diameter;
    }
    measured->unit = fringe_particles_unit(particles);
    return FRINGE_OK;
}

/* Measures slice by slice into new files. *too_many is 1, and nothing is kept, where a slice has more
 * particles than the label image's type has numbers. */
static fringe_status measure_slices(struct measured *measured, double begin, double end, int *too_many,
                                    fringe_error *error)
{
    const struct batch_job *job = measured->job;
    double share = (end - begin) / measured->info.slice_count;
    fringe_status status = FRINGE_OK;
    *too_many = 0;
    measured->count = measured->border_count = 0;
    measured->diameter_count = 0;
    for (int32_t slice = 0; slice < measured->info.slice_count && !status && !*too_many; slice++) {
        fringe_particles *particles = NULL;
        run_state_span(job->run, begin + slice * share, begin + (slice + 1) * share);
        status = fringe_particles_find(measured->labels, measured->image, measured->probability, slice,
                                       &job->measure->particles, job->run, &particles, error);
        if (status) break;
        int32_t count = fringe_particles_count(particles);
        *too_many = measured->pixel == FRINGE_PIXEL_UINT16 && count > MOST_OF_16_BITS;
        if (!*too_many && slice == 0) status = begin_files(measured, count, error);
        if (!*too_many && !status) {
            particles_table_add(measured->table, particles, slice);
            status = add_labels(measured, particles, error);
            if (!status) status = add_rois(measured, particles, slice, error);
            if (!status) status = add_diameters(measured, particles, error);
        }
        fringe_particles_free(particles);
        run_state_progress(job->run, 1, 1);
    }
    if (*too_many) discard_files(measured);
    return status;
}

static fringe_status write_provenance(const struct measured *measured, const struct provenance_origin *origin,
                                      const struct batch_texts *notices, fringe_error *error)
{
    struct provenance_output outputs[PLACE_COUNT];
    struct population diameters;
    fringe_micrograph_info info = measured->info;
    fringe_status status =
        population_summarise(measured->diameters, measured->diameter_count, &diameters, error);
    for (int i = 0; i < PLACE_COUNT && !status; i++) {
        outputs[i].name = path_name(measured->planned->items[i]);
        status = digest_file(measured->planned->items[i], outputs[i].sha256, error);
    }
    if (status) return status;
    info.nm_per_px_x = measured->nm_per_px_x;
    info.nm_per_px_y = measured->nm_per_px_y;
    struct provenance_particles particles = {measured->count, measured->border_count, measured->unit,
                                             &diameters};
    struct provenance_result result = {.input_name = path_name(measured->input->path),
                                       .input = &info,
                                       .kind = "particles",
                                       .outputs = outputs,
                                       .output_count = PLACE_COUNT,
                                       .notices = (const char *const *)notices->items,
                                       .notice_count = notices->count,
                                       .particles = &particles};
    return provenance_write(measured->planned->items[PLACE_COUNT], origin, &result, error);
}

/* The provenance goes first and comes last: it never lies beside results that it does not describe. */
static fringe_status place(struct measured *measured, const struct provenance_origin *origin,
                           const struct batch_previous *previous, const struct batch_texts *notices,
                           fringe_error *error)
{
    fringe_status status = file_remove(measured->planned->items[PLACE_COUNT], error);
    if (status) return status;
    struct tiff_writer *tiff = measured->tiff;
    struct particles_table *table = measured->table;
    struct zip_writer *zip = measured->zip;
    int placed = 0;
    measured->tiff = NULL; /* a commit frees its writer in every case */
    status = tiff_write_commit(tiff, error);
    if (!status) {
        placed++;
        measured->table = NULL;
        status = particles_table_commit(table, error);
    }
    if (!status) {
        placed++;
        measured->zip = NULL;
        status = zip_write_commit(zip, error);
    }
    if (!status) {
        placed++;
        status = batch_previous_remove_rest(previous, measured->input, measured->planned, error);
    }
    if (!status) status = write_provenance(measured, origin, notices, error);
    for (int i = 0; i < placed && status; i++) file_remove(measured->planned->items[i], NULL);
    return status;
}

fringe_status measure_item_run(const struct batch_job *job, const struct batch_input *input,
                               const struct measure_beside *beside, const struct provenance_origin *origin,
                               const struct batch_previous *previous, const struct batch_texts *planned,
                               double begin, double end, const struct batch_texts *notices,
                               fringe_error *error)
{
    struct measured measured = {.job = job, .input = input, .planned = planned, .pixel = FRINGE_PIXEL_UINT16};
    int too_many = 0;
    fringe_status status = open_all(&measured, beside, error);
    if (!status) status = file_make_directories(input->directory, error);
    if (!status) status = measure_slices(&measured, begin, end, &too_many, error);
    if (!status && too_many) {
        measured.pixel = FRINGE_PIXEL_FLOAT32;
        status = measure_slices(&measured, begin, end, &too_many, error);
    }
    if (!status) status = place(&measured, origin, previous, notices, error);
    discard_files(&measured);
    alloc_free(measured.diameters);
    fringe_micrograph_free(measured.labels);
    fringe_micrograph_free(measured.image);
    fringe_micrograph_free(measured.probability);
    return status;
}
