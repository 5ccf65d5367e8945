/* fringe_simulate: image after image, each from its own stream of random numbers. */
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
#include "simulate/exposure.h"
#include "simulate/label.h"
#include "simulate/truth.h"

enum { MOST_IMAGES = 1000000, NAME_BYTES = 32 };

/* The streams of one image, so that a change of one part leaves the draws of the others as they were. */
enum { STREAM_SCENE, STREAM_PHONONS, STREAM_DETECTOR };

void fringe_simulate_options_init(fringe_simulate_options *options)
{
    *options = (fringe_simulate_options){.count = 1, .output_directory = "."};
}

static fringe_status write_plane(const char *directory, const char *name, const struct scene *scene,
                                 fringe_pixel pixel, const void *pixels, fringe_error *error)
{
    struct tiff_writer *writer = NULL;
    char *path = path_join(directory, name);
    if (!path) return failure_memory(error, "a path", strlen(directory) + strlen(name));
    struct tiff_write_options options = {.width_px = scene->size_px,
                                         .height_px = scene->size_px,
                                         .channel_count = 1,
                                         .slice_count = 1,
                                         .pixel = pixel,
                                         .nm_per_px_x = scene->pixel_a / 10,
                                         .nm_per_px_y = scene->pixel_a / 10,
                                         .unmarked = 1};
    fringe_status status = tiff_write_begin(path, &options, &writer, error);
    if (!status) status = tiff_write_rows(writer, pixels, scene->size_px, error);
    if (!status)
        status = tiff_write_commit(writer, error);
    else
        tiff_write_discard(writer);
    alloc_free(path);
    return status;
}

static fringe_status make_image(const struct recipe *recipe, const struct rng *seed, int32_t index,
                                const char *directory, const fringe_run *run, FILE *truth,
                                fringe_error *error)
{
    struct rng streams[3], image = rng_split(seed, (uint64_t)index);
    struct scene scene;
    float *intensity = NULL;
    uint16_t *counts = NULL;
    uint8_t *mask = NULL;
    char name[NAME_BYTES], mask_name[NAME_BYTES];
    snprintf(name, sizeof name, "%04d.tif", (int)index);
    snprintf(mask_name, sizeof mask_name, "%04d-mask.tif", (int)index);
    for (int i = 0; i < 3; i++) streams[i] = rng_split(&image, (uint64_t)i);

    fringe_status status = scene_draw(recipe, &streams[STREAM_SCENE], &scene, error);
    if (!status) status = exposure_intensity(&scene, &streams[STREAM_PHONONS], run, &intensity, error);
    if (status) goto done;
    size_t pixels = (size_t)scene.size_px * (size_t)scene.size_px;
    counts = alloc_array(pixels, sizeof *counts);
    mask = alloc_array(pixels, 1);
    if (!counts || !mask) {
        status = failure_memory(error, "a simulated image", 3 * pixels);
        goto done;
    }
    status = detector_expose(&scene, intensity, exposure_wave_px(&scene), &streams[STREAM_DETECTOR], counts,
                             error);
    if (!status) status = label_fill(&scene, mask, error);
    if (!status) status = write_plane(directory, name, &scene, FRINGE_PIXEL_UINT16, counts, error);
    if (!status) status = write_plane(directory, mask_name, &scene, FRINGE_PIXEL_UINT8, mask, error);
    if (!status) truth_write_scene(truth, name, &scene);
done:
    alloc_free(intensity);
    alloc_free(counts);
    alloc_free(mask);
    scene_clear(&scene);
    return failure_prefix(status ? error : NULL, status, "%s: ", name);
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

fringe_status fringe_simulate(const fringe_simulate_options *options, const fringe_run *run,
                              fringe_error *error)
{
    struct recipe recipe;
    struct file_writer truth = {0};
    const fringe_run *used = NULL;
    char *truth_path = NULL;
    if (!options->preset == !options->recipe)
        return failure_set(error, FRINGE_ARGUMENT, "one of preset and recipe must be given, not %s",
                           options->preset ? "both" : "none");
    if (!options->output_directory)
        return failure_set(error, FRINGE_ARGUMENT, "no output directory is given");
    if (options->count < 1 || options->count > MOST_IMAGES)
        return failure_set(error, FRINGE_ARGUMENT, "%d images: 1 to %d can be made", (int)options->count,
                           (int)MOST_IMAGES);
    fringe_status status = options->preset ? recipe_preset(options->preset, &recipe, error)
                                           : recipe_read(options->recipe, &recipe, error);
    if (status) return status;
    status = run_state_enter(run, &used, error);
    if (status) return status;
    truth_path = path_join(options->output_directory, "truth.csv");
    if (!truth_path) {
        status = failure_memory(error, "a path", strlen(options->output_directory));
        goto done;
    }
    if (!options->overwrite) status = refuse_existing(options, truth_path, error);
    if (!status) status = file_make_directories(options->output_directory, error);
    if (!status) status = file_writer_begin(&truth, truth_path, error);
    if (status) goto done;
    truth_write_names(truth.stream);
    struct rng seed = rng_from_seed(options->seed);
    for (int32_t i = 0; i < options->count && !status; i++) {
        run_state_part(used, i, options->count);
        status = make_image(&recipe, &seed, i, options->output_directory, used, truth.stream, error);
    }
    if (!status) status = file_writer_commit(&truth, error);
    if (!status) run_state_progress(used, 1, 1);
done:
    file_writer_discard(&truth);
    alloc_free(truth_path);
    run_state_leave(run, used);
    return status;
}
