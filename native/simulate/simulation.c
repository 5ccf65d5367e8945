/* fringe_simulate: scene after scene, each from its own stream of random numbers, written with its truth. */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "base/file.h"
#include "base/path.h"
#include "base/run_state.h"
#include "fringe/simulate.h"
#include "io/tiff_write.h"
#include "simulate/detector.h"
#include "simulate/electrode.h"
#include "simulate/exposure.h"
#include "simulate/label.h"
#include "simulate/resolved.h"
#include "simulate/truth.h"
#include "text/csv_read.h"

enum { MOST_IMAGES = 1000000, NAME_BYTES = 32 };

/* The streams of one scene, so that a change of one part leaves the draws of the others as they were. */
enum { STREAM_SCENE, STREAM_PHONONS, STREAM_DETECTOR, STREAM_COUNT };

/* What one exit wave, or one electrode, becomes. */
struct scene_result {
    struct scene scene; /* without its atoms, for the truth */
    struct electrode electrode;
    int32_t first_image;
    fringe_status status;
    fringe_error error;
};

struct simulation {
    const struct fringe_simulate_options *options;
    const fringe_run *run;
    struct recipe recipe;
    struct rng seed;
    int32_t per_scene; /* images */
    int32_t first;     /* scene of this round */
    int spread;        /* 1: one scene at a time, its phonons over the threads; 0: scenes over the threads */
    struct scene_result *results;
};

void fringe_simulate_options_init(fringe_simulate_options *options)
{
    *options = (fringe_simulate_options){.count = 1, .output_directory = "."};
}

static fringe_status write_pixels(const char *directory, const char *name,
                                  const struct tiff_write_options *options, const void *pixels,
                                  fringe_error *error)
{
    struct tiff_writer *writer = NULL;
    char *path = path_join(directory, name);
    if (!path) return failure_memory(error, "a path", strlen(directory) + strlen(name));
    fringe_status status = tiff_write_begin(path, options, &writer, error);
    int64_t rows = (int64_t)options->height_px * options->channel_count * options->slice_count;
    if (!status) status = tiff_write_rows(writer, pixels, rows, error);
    if (!status)
        status = tiff_write_commit(writer, error);
    else
        tiff_write_discard(writer);
    alloc_free(path);
    return status;
}

static struct tiff_write_options square(int32_t size_px, double nm_per_px, fringe_pixel pixel)
{
    return (struct tiff_write_options){.width_px = size_px,
                                       .height_px = size_px,
                                       .channel_count = 1,
                                       .slice_count = 1,
                                       .pixel = pixel,
                                       .nm_per_px_x = nm_per_px,
                                       .nm_per_px_y = nm_per_px,
                                       .unmarked = 1};
}

static void name_image(char name[NAME_BYTES], int32_t index, const char *ending)
{
    snprintf(name, NAME_BYTES, "%04d%s.tif", (int)index, ending);
}

/* Detector, label and files of the images of a scene. */
static fringe_status write_scene(const struct simulation *simulation, struct scene *scene, int32_t first,
                                 float *intensities, struct rng *detector, fringe_error *error)
{
    const char *directory = simulation->options->output_directory;
    size_t pixels = (size_t)scene->size_px * (size_t)scene->size_px;
    int32_t wave_px = exposure_wave_px(scene);
    struct tiff_write_options options = square(scene->size_px, scene->pixel_a / 10, FRINGE_PIXEL_UINT16);
    struct tiff_write_options mask_options = square(scene->size_px, scene->pixel_a / 10, FRINGE_PIXEL_UINT8);
    uint16_t *counts = alloc_array(pixels, sizeof *counts);
    uint8_t *mask = alloc_array(pixels, 1);
    char name[NAME_BYTES];
    fringe_status status = FRINGE_OK;
    if (!counts || !mask)
        status = failure_memory(error, "a simulated image", 3 * pixels);
    else
        status = label_fill(scene, mask, error);
    for (int i = 0; i < scene->exposure_count && !status; i++) {
        struct rng own = rng_split(detector, (uint64_t)i);
        float *intensity = intensities + (size_t)i * (size_t)wave_px * (size_t)wave_px;
        status = detector_expose(scene, scene->exposures + i, intensity, wave_px, &own, counts, error);
        if (!status) status = resolved_find(scene, scene->exposures + i, counts, error);
        name_image(name, first + i, "");
        if (!status) status = write_pixels(directory, name, &options, counts, error);
        name_image(name, first + i, "-mask");
        if (!status) status = write_pixels(directory, name, &mask_options, mask, error);
    }
    alloc_free(counts);
    alloc_free(mask);
    return status;
}

static fringe_status make_scene(const struct simulation *simulation, const struct rng *own,
                                struct scene_result *result, fringe_error *error)
{
    struct rng streams[STREAM_COUNT];
    struct scene *scene = &result->scene;
    float *intensities = NULL;
    int32_t left = simulation->options->count - result->first_image;
    for (int i = 0; i < STREAM_COUNT; i++) streams[i] = rng_split(own, (uint64_t)i);
    fringe_status status =
        scene_draw(&simulation->recipe, &streams[STREAM_SCENE],
                   left < simulation->per_scene ? left : simulation->per_scene, scene, error);
    if (!status)
        status = exposure_intensities(scene, &streams[STREAM_PHONONS], simulation->run, simulation->spread,
                                      &intensities, error);
    if (!status)
        status = write_scene(simulation, scene, result->first_image, intensities, &streams[STREAM_DETECTOR],
                             error);
    alloc_free(intensities);
    atoms_clear(&scene->atoms); /* the truth needs them no more */
    return status;
}

static fringe_status make_electrode(const struct simulation *simulation, struct rng *own,
                                    struct scene_result *result, fringe_error *error)
{
    const char *directory = simulation->options->output_directory;
    struct electrode *e = &result->electrode;
    char name[NAME_BYTES];
    fringe_status status = electrode_draw(&simulation->recipe, own, e, error);
    if (status) return status;
    struct tiff_write_options options =
        square(e->structure.size_px, e->values[KEY_voxel_size_nm], FRINGE_PIXEL_UINT16);
    options.slice_count = e->structure.depth_px;
    options.nm_per_slice = options.slice_count > 1 ? e->values[KEY_voxel_size_nm] : 0;
    options.channel_count = e->channel_count;
    name_image(name, result->first_image, "");
    status = write_pixels(directory, name, &options, e->intensity, error);
    options.pixel = FRINGE_PIXEL_UINT8;
    options.channel_count = 1;
    options.class_colours = 1;
    name_image(name, result->first_image, "-classes");
    if (!status) status = write_pixels(directory, name, &options, e->phases, error);
    alloc_free(e->phases);
    alloc_free(e->intensity);
    e->phases = NULL;
    e->intensity = NULL;
    return status;
}

static void make_one(void *context, size_t index, int worker)
{
    struct simulation *simulation = context;
    struct scene_result *result = simulation->results + index;
    int32_t number = simulation->first + (int32_t)index;
    struct rng own = rng_split(&simulation->seed, (uint64_t)number);
    (void)worker;
    result->first_image = number * simulation->per_scene;
    result->status = run_state_check(simulation->run, &result->error);
    if (result->status) return;
    result->status = simulation->recipe.subject == RECIPE_MICROGRAPH
                         ? make_scene(simulation, &own, result, &result->error)
                         : make_electrode(simulation, &own, result, &result->error);
}

static void write_truth(const struct simulation *simulation, const struct scene_result *result, FILE *stream)
{
    char name[NAME_BYTES];
    for (int i = 0; i < result->scene.exposure_count; i++) {
        name_image(name, result->first_image + i, "");
        truth_write_scene(stream, name, &result->scene, result->scene.exposures + i);
    }
    name_image(name, result->first_image, "");
    if (simulation->recipe.subject != RECIPE_MICROGRAPH)
        truth_write_electrode(stream, name, &result->electrode);
}

/* Some scenes at a time, over the threads; the truth of those before a failure stands when it is met. */
static fringe_status make_round(struct simulation *simulation, int32_t count, FILE *truth,
                                fringe_error *error)
{
    fringe_status status = FRINGE_OK;
    for (int32_t i = 0; i < count; i++) simulation->results[i] = (struct scene_result){.status = FRINGE_OK};
    if (simulation->spread)
        make_one(simulation, 0, 0);
    else
        status = run_state_parallel(simulation->run, (size_t)count, make_one, simulation, error);
    for (int32_t i = 0; i < count; i++) {
        struct scene_result *result = simulation->results + i;
        if (!status && result->status) {
            status = result->status;
            if (error) *error = result->error;
            failure_prefix(error, status, "%04d.tif: ", (int)result->first_image);
        }
        if (!status) write_truth(simulation, result, truth);
        scene_clear(&result->scene);
        electrode_clear(&result->electrode);
    }
    return status;
}

/* While there is a scene for each thread they go side by side; the last few one by one, each over all
 * threads. The bytes are the same. */
static fringe_status make_all(struct simulation *simulation, FILE *truth, fringe_error *error)
{
    int32_t threads = fringe_run_threads(simulation->run), round = 2 * threads;
    int32_t scenes = (simulation->options->count - 1) / simulation->per_scene + 1;
    fringe_status status = FRINGE_OK;
    simulation->results = alloc_array((size_t)round, sizeof *simulation->results);
    if (!simulation->results)
        return failure_memory(error, "scenes", (size_t)round * sizeof *simulation->results);
    while (simulation->first < scenes && !status) {
        int32_t left = scenes - simulation->first, count = left < round ? left : round;
        simulation->spread = left < threads || threads == 1;
        if (simulation->spread) count = 1;
        run_state_part(simulation->run, simulation->first, scenes);
        run_state_progress(simulation->run, 0, 1);
        status = make_round(simulation, count, truth, error);
        simulation->first += count;
    }
    alloc_free(simulation->results);
    return status;
}

/* Whether an earlier call left something that this one would replace. */
static fringe_status refuse_existing(const fringe_simulate_options *options, const char *truth_path,
                                     fringe_error *error)
{
    struct file_facts facts;
    fringe_status status = FRINGE_OK;
    file_look(truth_path, &facts);
    if (facts.kind != FILE_ABSENT)
        return failure_set(error, FRINGE_EXISTS, "%s is there already", truth_path);
    for (int32_t i = 0; i < options->count && !status; i++) {
        char name[NAME_BYTES];
        snprintf(name, sizeof name, "%04d.tif", (int)i);
        char *path = path_join(options->output_directory, name);
        if (!path) return failure_memory(error, "a path", sizeof name);
        file_look(path, &facts);
        if (facts.kind != FILE_ABSENT)
            status = failure_set(error, FRINGE_EXISTS, "%s is there already", path);
        alloc_free(path);
    }
    return status;
}

/* Deletes NNNN.tif and its truth of either kind; nothing where the name is another. */
static fringe_status remove_image(const char *directory, const char *image, fringe_error *error)
{
    static const char *const endings[] = {".tif", "-mask.tif", "-classes.tif"};
    size_t digits = strspn(image, "0123456789");
    fringe_status status = FRINGE_OK;
    if (digits < 4 || digits > 7 || strcmp(image + digits, endings[0]) != 0) return FRINGE_OK;
    for (size_t i = 0; i < sizeof endings / sizeof *endings && !status; i++) {
        char name[NAME_BYTES];
        snprintf(name, sizeof name, "%.*s%s", (int)digits, image, endings[i]);
        char *path = path_join(directory, name);
        status = path ? file_remove(path, error) : failure_memory(error, "a path", sizeof name);
        alloc_free(path);
    }
    return status;
}

/* Deletes what an earlier call left: its images, by its table, and the table. Where they were more, or of
 * another kind, the rest would stand among the new ones as if they belonged together; and a table must not
 * speak of images that are not there any more. */
static fringe_status remove_earlier(const char *directory, const char *truth_path, fringe_error *error)
{
    unsigned char *bytes = NULL;
    size_t size = 0;
    struct csv_table *table = NULL;
    fringe_status status = file_read_all(truth_path, CSV_READ_MOST_BYTES, &bytes, &size, error);
    if (!status) status = csv_read(bytes, size, truth_path, &table, error);
    if (status && status != FRINGE_MEMORY) status = FRINGE_OK; /* there is none, or none of ours */
    int ours = table && !strcmp(csv_table_name(table, 0), "image");
    for (size_t row = 0; ours && row < csv_table_rows(table) && !status; row++)
        status = remove_image(directory, csv_table_cell(table, row, 0), error);
    csv_table_free(table);
    alloc_free(bytes);
    return status ? status : file_remove(truth_path, error);
}

/* What options say is to be made, after a look at whether they can be followed. */
static fringe_status read_options(const fringe_simulate_options *options, struct recipe *recipe,
                                  fringe_error *error)
{
    if (!options->preset == !options->recipe)
        return failure_set(error, FRINGE_ARGUMENT, "one of preset and recipe must be given, not %s",
                           options->preset ? "both" : "none");
    if (options->count < 1 || options->count > MOST_IMAGES)
        return failure_set(error, FRINGE_ARGUMENT, "%d images: 1 to %d can be made", (int)options->count,
                           (int)MOST_IMAGES);
    return options->preset ? recipe_preset(options->preset, recipe, error)
                           : recipe_read(options->recipe, recipe, error);
}

fringe_status fringe_simulate_digest(const fringe_simulate_options *options,
                                     char text[FRINGE_SIMULATE_DIGEST_BYTES], fringe_error *error)
{
    struct recipe recipe;
    char all[DIGEST_TEXT_BYTES + 64];
    fringe_status status = read_options(options, &recipe, error);
    if (status) return status;
    recipe_digest(&recipe, text);
    snprintf(all, sizeof all, "%s %ld %llu", text, (long)options->count, (unsigned long long)options->seed);
    digest_bytes(all, strlen(all), text);
    return FRINGE_OK;
}

fringe_status fringe_simulate(const fringe_simulate_options *options, const fringe_run *run,
                              fringe_error *error)
{
    struct simulation simulation = {.options = options, .per_scene = 1};
    struct file_writer truth = {0};
    char *truth_path = NULL;
    if (!options->output_directory)
        return failure_set(error, FRINGE_ARGUMENT, "no output directory is given");
    fringe_status status = read_options(options, &simulation.recipe, error);
    if (status) return status;
    status = run_state_enter(run, &simulation.run, error);
    if (status) return status;
    truth_path = path_join(options->output_directory, "truth.csv");
    if (!truth_path) {
        status = failure_memory(error, "a path", strlen(options->output_directory));
        goto done;
    }
    if (!options->overwrite) status = refuse_existing(options, truth_path, error);
    if (!status) status = file_make_directories(options->output_directory, error);
    if (!status) status = file_writer_begin(&truth, truth_path, error);
    if (!status && options->overwrite) status = remove_earlier(options->output_directory, truth_path, error);
    if (status) goto done;
    truth_write_names(truth.stream, simulation.recipe.subject);
    simulation.seed = rng_from_seed(options->seed);
    if (simulation.recipe.subject == RECIPE_MICROGRAPH)
        simulation.per_scene = (int32_t)simulation.recipe.ranges[KEY_exposures_per_wave].low;
    status = make_all(&simulation, truth.stream, error);
    if (!status) status = file_writer_commit(&truth, error);
    if (!status) run_state_progress(simulation.run, 1, 1);
done:
    file_writer_discard(&truth);
    alloc_free(truth_path);
    run_state_leave(run, simulation.run);
    return status;
}
