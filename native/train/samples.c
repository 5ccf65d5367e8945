#include "train/samples.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "base/file.h"
#include "base/path.h"
#include "base/run_state.h"
#include "image/reflect.h"
#include "image/resample.h"
#include "image/sample_plane.h"
#include "image/standardise.h"
#include "io/image_read.h"
#include "io/label_read.h"

/* bioimage.io's own default, which a package's reader takes where the description is silent. */
static const double EPS = 1e-6;
enum { MOST_FACTOR = 64 };

struct one_sample {
    char *path, *label_path;
    int32_t slice;
    char digest[DIGEST_TEXT_BYTES]; /* of both files */
    double nm_per_px;
    int64_t class_counts[ARCHITECTURE_MOST_CLASSES];
    int32_t height_px, width_px; /* as the network sees it */
    float *pixels;               /* (C, H, W), prepared; NULL where it is read when needed */
    uint8_t *labels;
};

struct samples {
    const struct train_recipe *recipe;
    struct one_sample *items;
    size_t count, capacity;
    size_t bytes; /* kept */
};

size_t samples_steps(const struct train_recipe *recipe, struct step steps[SAMPLES_MOST_STEPS])
{
    switch (recipe->normalize) {
    case TRAIN_ZSCORE:
        steps[0] = (struct step){.kind = STEP_UNIT_SPREAD, .eps = EPS};
        break;
    case TRAIN_MINMAX:
        steps[0] = (struct step){.kind = STEP_RANGE, .eps = EPS, .low_percent = 0, .high_percent = 100};
        break;
    case TRAIN_PERCENTILE:
        steps[0] = (struct step){.kind = STEP_RANGE, .eps = EPS, .low_percent = 1, .high_percent = 99.8};
        break;
    case TRAIN_FIXED:
        steps[0] = (struct step){.kind = STEP_LINEAR,
                                 .value_count = 1,
                                 .subtract = &recipe->zero,
                                 .multiply = &recipe->gain,
                                 .add = &recipe->shift};
        break;
    }
    return 1;
}

/* ---- one image ---- */

/* A slice while it is read: its included rectangle on the network's grid, not prepared yet. */
struct slice_planes {
    int32_t height_px, width_px;
    float *pixels;
    uint8_t *labels;
};

static void clear_planes(struct slice_planes *planes)
{
    alloc_free(planes->pixels);
    alloc_free(planes->labels);
    *planes = (struct slice_planes){0};
}

static fringe_status decide_size(const struct train_recipe *recipe, const char *path, int32_t in, double nm,
                                 int32_t *out, fringe_error *error)
{
    *out = in;
    if (!(recipe->pixel_size_nm > 0 && nm > 0)) return FRINGE_OK;
    double factor = nm / recipe->pixel_size_nm;
    if (factor > MOST_FACTOR || factor < 1. / MOST_FACTOR)
        return failure_set(error, FRINGE_MISMATCH,
                           "%s: its pixels are more than %d times the recipe's, or less", path, MOST_FACTOR);
    return resample_size(in, factor, path, out, error);
}

/* Label values as classes, by the nearest pixel of the rectangle. */
static fringe_status place_labels(const struct samples *samples, const char *label_path,
                                  const uint8_t *values, int32_t whole_width, const fringe_excluded *out,
                                  int32_t height, int32_t width, struct slice_planes *planes,
                                  fringe_error *error)
{
    const struct train_recipe *recipe = samples->recipe;
    uint8_t class_of[256];
    int32_t classes = recipe->trainer.architecture.classes;
    memset(class_of, AUGMENTATION_UNKNOWN - 1, sizeof class_of); /* no class has it */
    for (int value = 0; value < 256; value++) {
        if (recipe->class_count) continue;
        if (value < classes) class_of[value] = (uint8_t)value;
        if (classes == 2 && value > 0) class_of[value] = 1; /* masks are 0 and 255 */
    }
    for (size_t k = 0; k < recipe->class_count; k++) class_of[(int)recipe->classes[k]] = (uint8_t)k;
    if (recipe->ignore >= 0) class_of[(int)recipe->ignore] = AUGMENTATION_UNKNOWN;
    for (int32_t y = 0; y < planes->height_px; y++)
        for (int32_t x = 0; x < planes->width_px; x++) {
            int64_t row = out->top_px + (int64_t)((y + 0.5) * height / planes->height_px);
            int64_t column = out->left_px + (int64_t)((x + 0.5) * width / planes->width_px);
            uint8_t value = values[row * whole_width + column], class_index = class_of[value];
            if (class_index == AUGMENTATION_UNKNOWN - 1)
                return failure_set(
                    error, FRINGE_FORMAT,
                    "%s: the pixel in row %lld, column %lld has the label %d, which none of the %d "
                    "classes has; data.classes says which value is which class, data.ignore what is "
                    "not known",
                    label_path, (long long)row, (long long)column, value, (int)classes);
            planes->labels[(size_t)y * (size_t)planes->width_px + (size_t)x] = class_index;
        }
    return FRINGE_OK;
}

/* Reads the rectangle of every channel onto the network's grid. */
static fringe_status place_channels(fringe_micrograph *micrograph, int32_t slice, int32_t channels,
                                    const fringe_excluded *out, const fringe_run *run,
                                    struct slice_planes *planes, fringe_error *error)
{
    struct sample_plane plane = {0};
    struct resample_target to = {planes->pixels, planes->height_px, planes->width_px, planes->width_px};
    fringe_status status = FRINGE_OK;
    for (int32_t c = 0; c < channels && !status; c++) {
        status = sample_plane_read(&plane, micrograph, slice, c, run, error);
        if (status) break;
        sample_plane_crop(&plane, out);
        status = resample_run(RESAMPLE_IMAGE, &plane, &to, run, error);
        to.pixels += (size_t)planes->height_px * (size_t)planes->width_px;
    }
    sample_plane_free(&plane);
    return status;
}

static fringe_status read_slice(const struct samples *samples, const char *path, const char *label_path,
                                int32_t slice, const fringe_run *run, struct slice_planes *planes,
                                fringe_error *error)
{
    const struct train_recipe *recipe = samples->recipe;
    fringe_micrograph *micrograph = NULL, *labels = NULL;
    fringe_micrograph_info info;
    fringe_excluded out;
    uint8_t *values = NULL;
    int32_t channels = recipe->trainer.architecture.input_channels;
    *planes = (struct slice_planes){0};
    fringe_status status = fringe_micrograph_open(path, run, &micrograph, error);
    if (status) goto done;
    fringe_micrograph_get_info(micrograph, &info);
    if (info.channel_count != channels) {
        status = failure_set(error, FRINGE_MISMATCH, "%s: %ld channels, the recipe says %ld", path,
                             (long)info.channel_count, (long)channels);
        goto done;
    }
    status =
        label_read_open(label_path, info.height_px, info.width_px, info.slice_count, run, &labels, error);
    if (!status) status = fringe_micrograph_find_bars(micrograph, &out, error);
    if (status) goto done;
    int32_t height = info.height_px - out.top_px - out.bottom_px,
            width = info.width_px - out.left_px - out.right_px;
    status = decide_size(recipe, path, height, info.nm_per_px_y, &planes->height_px, error);
    if (!status) status = decide_size(recipe, path, width, info.nm_per_px_x, &planes->width_px, error);
    if (status) goto done;
    size_t all = (size_t)info.height_px * (size_t)info.width_px;
    size_t pixels = (size_t)planes->height_px * (size_t)planes->width_px;
    values = alloc_array(all, 1);
    planes->pixels = alloc_aligned((size_t)channels * pixels, sizeof *planes->pixels);
    planes->labels = alloc_array(pixels, 1);
    if (!values || !planes->pixels || !planes->labels) {
        status = failure_memory(error, path, all + (size_t)channels * pixels * sizeof *planes->pixels);
        goto done;
    }
    status = place_channels(micrograph, slice, channels, &out, run, planes, error);
    if (!status) status = label_read_slice(labels, slice, values, error);
    if (!status)
        status = place_labels(samples, label_path, values, info.width_px, &out, height, width, planes, error);
done:
    alloc_free(values);
    fringe_micrograph_free(labels);
    fringe_micrograph_free(micrograph);
    if (status) clear_planes(planes);
    return status;
}

/* As segment does: what is no number is left out, constant images are left as zeros. */
static fringe_status prepare(const struct train_recipe *recipe, struct slice_planes *planes,
                             const fringe_run *run, fringe_error *error)
{
    struct step steps[SAMPLES_MOST_STEPS];
    size_t pixels = (size_t)planes->height_px * (size_t)planes->width_px;
    int32_t channels = recipe->trainer.architecture.input_channels;
    size_t count = samples_steps(recipe, steps);
    for (size_t i = 0; i < (size_t)channels * pixels; i++)
        if (!isfinite(planes->pixels[i])) planes->labels[i % pixels] = AUGMENTATION_UNKNOWN;
    struct preparation_sample sample = {.planes = planes->pixels,
                                        .channel_count = (size_t)channels,
                                        .pixel_count = pixels,
                                        .plane_stride = pixels,
                                        .run = run};
    fringe_status status = preparation_apply(steps, count, &sample, error);
    for (int32_t c = 0; c < channels && !status; c++) {
        struct plane_summary summary;
        float *plane = planes->pixels + (size_t)c * pixels;
        status = plane_statistics_summarise(plane, pixels, run, &summary, error);
        if (!status && summary.non_finite_count > 0)
            status = standardise_fill(plane, pixels, summary.mean, run, error);
    }
    return status;
}

/* The first time (height_px is 0) it may have any size. A file that another one has replaced since is
 * refused: crops are taken by the size that is known. */
static fringe_status load(const struct samples *samples, const struct one_sample *item, const fringe_run *run,
                          struct slice_planes *planes, fringe_error *error)
{
    fringe_status status = read_slice(samples, item->path, item->label_path, item->slice, run, planes, error);
    if (!status && item->height_px > 0 &&
        (planes->height_px != item->height_px || planes->width_px != item->width_px))
        status = failure_set(error, FRINGE_MISMATCH,
                             "%s: is %ld x %ld pixels now, was %ld x %ld when the training began", item->path,
                             (long)planes->width_px, (long)planes->height_px, (long)item->width_px,
                             (long)item->height_px);
    if (!status) status = prepare(samples->recipe, planes, run, error);
    if (status) clear_planes(planes);
    return status;
}

/* ---- the list ---- */

static void clear_item(struct one_sample *item)
{
    alloc_free(item->path);
    alloc_free(item->label_path);
    alloc_free(item->pixels);
    alloc_free(item->labels);
}

void samples_free(struct samples *samples)
{
    if (!samples) return;
    for (size_t i = 0; i < samples->count; i++) clear_item(&samples->items[i]);
    alloc_free(samples->items);
    alloc_free(samples);
}

size_t samples_count(const struct samples *samples)
{
    return samples->count;
}

static fringe_status grow(struct samples *samples, struct one_sample **item, fringe_error *error)
{
    if (samples->count == samples->capacity) {
        size_t capacity = samples->capacity ? 2 * samples->capacity : 64;
        struct one_sample *grown = alloc_resize(samples->items, capacity, sizeof *grown);
        if (!grown) return failure_memory(error, "samples", capacity * sizeof *grown);
        samples->items = grown;
        samples->capacity = capacity;
    }
    *item = &samples->items[samples->count++];
    **item = (struct one_sample){0};
    return FRINGE_OK;
}

static fringe_status add_slice(struct samples *samples, const char *path, const char *label_path,
                               int32_t slice, double nm_per_px, const char *digest, const fringe_run *run,
                               fringe_error *error)
{
    struct one_sample *item = NULL;
    struct slice_planes planes;
    fringe_status status = run_state_check(run, error);
    if (!status) status = grow(samples, &item, error);
    if (status) return status;
    item->path = alloc_text(path);
    item->label_path = alloc_text(label_path);
    item->slice = slice;
    item->nm_per_px = nm_per_px;
    memcpy(item->digest, digest, sizeof item->digest);
    if (!item->path || !item->label_path) return failure_memory(error, path, strlen(path));
    status = load(samples, item, run, &planes, error);
    if (status) return status;
    item->height_px = planes.height_px;
    item->width_px = planes.width_px;
    size_t pixels = (size_t)planes.height_px * (size_t)planes.width_px;
    for (size_t i = 0; i < pixels; i++)
        if (planes.labels[i] != AUGMENTATION_UNKNOWN) item->class_counts[planes.labels[i]]++;
    size_t bytes =
        pixels * ((size_t)samples->recipe->trainer.architecture.input_channels * sizeof *item->pixels + 1);
    if ((double)(samples->bytes + bytes) > samples->recipe->memory_mib * 0x1p20) {
        clear_planes(&planes);
        return FRINGE_OK;
    }
    samples->bytes += bytes;
    item->pixels = planes.pixels;
    item->labels = planes.labels;
    return FRINGE_OK;
}

/* An image with all its slices. */
static fringe_status add_image(struct samples *samples, const char *path, const char *truth,
                               struct label_folder *folder, const fringe_run *run, fringe_error *error)
{
    fringe_micrograph *micrograph = NULL;
    fringe_micrograph_info info;
    char *label_path = NULL, both[2 * DIGEST_TEXT_BYTES], digest[DIGEST_TEXT_BYTES];
    fringe_status status = label_read_find(path, truth, folder, &label_path, error);
    if (!status) status = digest_file(path, both, error);
    if (!status) status = digest_file(label_path, both + DIGEST_TEXT_BYTES - 1, error);
    if (!status) status = fringe_micrograph_open(path, NULL, &micrograph, error);
    if (status) goto done;
    digest_bytes(both, strlen(both), digest);
    fringe_micrograph_get_info(micrograph, &info);
    for (int32_t slice = 0; slice < info.slice_count && !status; slice++)
        status = add_slice(samples, path, label_path, slice, (info.nm_per_px_x + info.nm_per_px_y) / 2,
                           digest, run, error);
done:
    fringe_micrograph_free(micrograph);
    alloc_free(label_path);
    return status;
}

/* A file, or the images of a folder in the order of their names; label images are none. */
static fringe_status add_path(struct samples *samples, const char *path, const char *truth,
                              struct label_folder *folder, const fringe_run *run, fringe_error *error)
{
    struct file_facts facts;
    struct file_names names = {0};
    file_look(path, &facts);
    if (facts.kind != FILE_DIRECTORY) return add_image(samples, path, truth, folder, run, error);
    fringe_status status = file_list(path, &names, error);
    for (size_t i = 0; i < names.count && !status; i++) {
        if (!image_read_has_extension(names.names[i]) || label_read_has_suffix(names.names[i])) continue;
        char *file = path_join(path, names.names[i]);
        if (file)
            status = add_image(samples, file, truth, folder, run, error);
        else
            status = failure_memory(error, path, strlen(path));
        alloc_free(file);
        run_state_progress(run, (int64_t)i + 1, (int64_t)names.count);
    }
    file_names_free(&names);
    return status;
}

fringe_status samples_open(const struct train_recipe *recipe, const struct samples_place *place,
                           const fringe_run *run, struct samples **samples, fringe_error *error)
{
    struct label_folder folder = {0};
    struct samples *made = alloc_array(1, sizeof *made);
    char *truth = place->truth ? path_join(place->folder, place->truth) : NULL;
    fringe_status status = FRINGE_OK;
    *samples = NULL;
    if (!made || (place->truth && !truth)) {
        status = failure_memory(error, "samples", sizeof *made);
        goto done;
    }
    made->recipe = recipe;
    for (size_t i = 0; i < place->paths->count && !status; i++) {
        char *path = path_join(place->folder, place->paths->items[i]);
        status = path ? add_path(made, path, truth, &folder, run, error)
                      : failure_memory(error, "a path", strlen(place->folder));
        alloc_free(path);
    }
    if (!status && made->count == 0)
        status = failure_set(error, FRINGE_FILE, "%s: holds no image", place->paths->items[0]);
    if (status) goto done;
    *samples = made;
    made = NULL;
done:
    label_folder_clear(&folder);
    alloc_free(truth);
    samples_free(made);
    return status;
}

fringe_status samples_split(struct samples *samples, double share, struct samples **taken,
                            fringe_error *error)
{
    struct rng rng = rng_from_seed((uint64_t)samples->recipe->seed);
    size_t count = samples->count, take = (size_t)floor(share * (double)count + 0.5);
    *taken = alloc_array(1, sizeof **taken);
    if (!*taken) return failure_memory(error, "samples", sizeof **taken);
    (*taken)->recipe = samples->recipe;
    if (share > 0 && take == 0) take = 1;
    if (count < 2) take = 0;
    if (take >= count && count > 0) take = count - 1;
    /* Each in turn is taken with the chance that leaves as many as are wanted: order stays. */
    size_t kept = 0;
    fringe_status status = FRINGE_OK;
    for (size_t i = 0; i < count; i++) {
        struct one_sample *item = NULL;
        if (!status && take > (*taken)->count &&
            rng_below(&rng, (uint32_t)(count - i)) < take - (*taken)->count)
            status = grow(*taken, &item, error);
        if (item && !status)
            *item = samples->items[i];
        else
            samples->items[kept++] = samples->items[i];
    }
    samples->count = kept;
    return status;
}

void samples_digest(const struct samples *samples, char text[DIGEST_TEXT_BYTES])
{
    char link[3 * DIGEST_TEXT_BYTES + 16];
    digest_bytes(NULL, 0, text);
    for (size_t i = 0; i < samples->count; i++) {
        char name[DIGEST_TEXT_BYTES];
        digest_bytes(path_name(samples->items[i].path), strlen(path_name(samples->items[i].path)), name);
        snprintf(link, sizeof link, "%s%s%s%d", text, name, samples->items[i].digest,
                 (int)samples->items[i].slice);
        digest_bytes(link, strlen(link), text);
    }
}

void samples_get_facts(const struct samples *samples, struct samples_facts *facts)
{
    double all = 0;
    *facts = (struct samples_facts){0};
    for (size_t i = 0; i < samples->count; i++) {
        const struct one_sample *item = &samples->items[i];
        double nm = item->nm_per_px;
        if (nm > 0 && (facts->nm_per_px_min == 0 || nm < facts->nm_per_px_min)) facts->nm_per_px_min = nm;
        if (nm > facts->nm_per_px_max) facts->nm_per_px_max = nm;
        for (int k = 0; k < ARCHITECTURE_MOST_CLASSES; k++) {
            facts->class_share[k] += (double)item->class_counts[k];
            all += (double)item->class_counts[k];
        }
    }
    for (int k = 0; k < ARCHITECTURE_MOST_CLASSES && all > 0; k++) facts->class_share[k] /= all;
}

/* ---- batches ---- */

struct filling {
    struct samples *samples;
    struct train_batch *batch;
    struct rng rng; /* of the batch */
    float *scratch; /* 2 * side * side for each thread */
    fringe_status *statuses;
    fringe_error *errors;
};

/* With a run of its own, of one thread: all others are at work, and two of them cannot share one. */
static fringe_status load_alone(const struct samples *samples, const struct one_sample *item,
                                struct slice_planes *planes, fringe_error *error)
{
    fringe_run *alone = NULL;
    fringe_status status = fringe_run_create(1, &alone, error);
    if (!status) status = load(samples, item, alone, planes, error);
    fringe_run_free(alone);
    return status;
}

/* Fills image n of a batch. Its random numbers are its own. */
static void fill_one(void *context, size_t n, int worker)
{
    struct filling *filling = context;
    struct samples *samples = filling->samples;
    struct train_batch *batch = filling->batch;
    const struct train_recipe *recipe = samples->recipe;
    struct rng rng = rng_split(&filling->rng, n);
    const struct one_sample *item = &samples->items[rng_below(&rng, (uint32_t)samples->count)];
    size_t crop = (size_t)batch->height_px * (size_t)batch->width_px;
    struct slice_planes read = {0};
    struct augmentation_image image = {item->pixels, item->labels, batch->channels, item->height_px,
                                       item->width_px};
    if (!item->pixels) {
        filling->statuses[n] = load_alone(samples, item, &read, &filling->errors[n]);
        if (filling->statuses[n]) return;
        image.pixels = read.pixels;
        image.labels = read.labels;
    }
    augmentation_crop(&recipe->augmentation, &image, &rng, batch->width_px,
                      filling->scratch + (size_t)worker * 2 * crop,
                      batch->images + n * (size_t)batch->channels * crop, batch->labels + n * crop);
    clear_planes(&read);
}

static fringe_status fill(void *context, int64_t index, const fringe_run *run, struct train_batch *batch,
                          fringe_error *error)
{
    struct samples *samples = context;
    struct rng seed = rng_from_seed((uint64_t)samples->recipe->seed + 1);
    size_t count = (size_t)batch->count, crop = (size_t)batch->height_px * (size_t)batch->width_px;
    size_t threads = (size_t)fringe_run_threads(run);
    struct filling filling = {.samples = samples,
                              .batch = batch,
                              .rng = rng_split(&seed, (uint64_t)index),
                              .scratch = alloc_aligned(threads * 2 * crop, sizeof *filling.scratch),
                              .statuses = alloc_array(count, sizeof *filling.statuses),
                              .errors = alloc_array(count, sizeof *filling.errors)};
    fringe_status status = FRINGE_OK;
    if (!filling.scratch || !filling.statuses || !filling.errors) {
        status = failure_memory(error, "a batch", threads * 2 * crop * sizeof *filling.scratch);
        goto done;
    }
    status = run_state_parallel(run, count, fill_one, &filling, error);
    for (size_t n = 0; n < count && !status; n++)
        if (filling.statuses[n])
            status = failure_set(error, filling.statuses[n], "%s", filling.errors[n].message);
done:
    alloc_free(filling.scratch);
    alloc_free(filling.statuses);
    alloc_free(filling.errors);
    return status;
}

struct train_source samples_source(struct samples *samples)
{
    return (struct train_source){samples, fill};
}

/* ---- validation ---- */

static int32_t round_up(int32_t size, int32_t step)
{
    return (size + step - 1) / step * step;
}

/* A whole image, mirrored at the right and bottom up to a multiple of the stride; labels there say nothing.
 */
static fringe_status open_whole(void *context, int64_t index, int32_t stride_px, const fringe_run *run,
                                struct train_batch *batch, fringe_error *error)
{
    struct samples *samples = context;
    const struct one_sample *item = &samples->items[index];
    struct slice_planes read = {0};
    const float *pixels = item->pixels;
    const uint8_t *labels = item->labels;
    fringe_status status = FRINGE_OK;
    if (!pixels) {
        status = load(samples, item, run, &read, error);
        if (status) return status;
        pixels = read.pixels;
        labels = read.labels;
    }
    *batch = (struct train_batch){.count = 1,
                                  .channels = samples->recipe->trainer.architecture.input_channels,
                                  .height_px = round_up(item->height_px, stride_px),
                                  .width_px = round_up(item->width_px, stride_px)};
    status = train_batch_allocate(batch, error);
    size_t width = (size_t)batch->width_px;
    for (int32_t y = 0; y < batch->height_px && !status; y++)
        for (int32_t x = 0; x < batch->width_px; x++) {
            int inside = y < item->height_px && x < item->width_px;
            int64_t row = reflect_index(y, item->height_px), column = reflect_index(x, item->width_px);
            size_t from = (size_t)(row * item->width_px + column), to = (size_t)y * width + (size_t)x;
            batch->labels[to] = inside && labels[from] != AUGMENTATION_UNKNOWN ? labels[from] : BATCH_IGNORED;
            for (int32_t c = 0; c < batch->channels; c++)
                batch->images[(size_t)c * (size_t)batch->height_px * width + to] =
                    pixels[(size_t)c * (size_t)item->height_px * (size_t)item->width_px + from];
        }
    clear_planes(&read);
    return status;
}

struct training_validation samples_validation(struct samples *samples)
{
    return (struct training_validation){samples, (int64_t)samples->count, open_whole};
}

fringe_status samples_raw(const struct samples *samples, size_t index, int32_t side_px, int32_t step_px,
                          const fringe_run *run, float **pixels, int32_t *height_px, int32_t *width_px,
                          fringe_error *error)
{
    const struct one_sample *item = &samples->items[index];
    struct slice_planes planes;
    fringe_status status =
        read_slice(samples, item->path, item->label_path, item->slice, run, &planes, error);
    if (status) return status;
    size_t channels = (size_t)samples->recipe->trainer.architecture.input_channels;
    int32_t rows = planes.height_px < side_px ? planes.height_px : side_px;
    int32_t columns = planes.width_px < side_px ? planes.width_px : side_px;
    size_t height = (size_t)(rows - rows % step_px), width = (size_t)(columns - columns % step_px);
    if (height == 0 || width == 0) {
        clear_planes(&planes);
        return failure_set(error, FRINGE_MISMATCH,
                           "%s: %ld x %ld pixels on the network's grid, which needs %ld", item->path,
                           (long)columns, (long)rows, (long)step_px);
    }
    for (size_t row = 0; row < channels * height; row++) {
        size_t from = (row / height * (size_t)planes.height_px + row % height) * (size_t)planes.width_px;
        memmove(planes.pixels + row * width, planes.pixels + from, width * sizeof *planes.pixels);
    }
    *pixels = planes.pixels;
    *height_px = (int32_t)height;
    *width_px = (int32_t)width;
    alloc_free(planes.labels);
    return FRINGE_OK;
}
