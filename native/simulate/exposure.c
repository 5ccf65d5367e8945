#include "simulate/exposure.h"

#include <math.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "base/run_state.h"
#include "simulate/multislice.h"

struct exposure {
    const struct scene *scene;
    struct multislice *multislice;
    const struct rng *rng;
    size_t pixels, workspace_floats;
    int first;         /* the phonon that comes first in this round */
    float *transfers;  /* real and imaginary plane for each of the scene's exposures */
    float *workspaces; /* one for each of the pool's workers: any of them may take a phonon */
    float *images;     /* the scene's exposures for each phonon of a round */
};

int32_t exposure_wave_px(const struct scene *scene)
{
    double fine = ceil(scene->side_a / (10 * scene->values[KEY_wave_pixel_nm]));
    return fft_next_size(fine > FFT_MOST_PX ? FFT_MOST_PX + 1 : (int32_t)fine);
}

static void expose_phonon(void *context, size_t index, int worker)
{
    struct exposure *e = context;
    float *workspace = e->workspaces + (size_t)worker * e->workspace_floats, *re, *im;
    struct rng rng = rng_split(e->rng, (uint64_t)e->first + index);
    multislice_exit_wave(e->multislice, e->scene->values[KEY_vibration], &rng, workspace, &re, &im);
    for (int i = 0; i < e->scene->exposure_count; i++) {
        float *image = e->images + (index * (size_t)e->scene->exposure_count + (size_t)i) * e->pixels;
        const float *transfer = e->transfers + 2 * (size_t)i * e->pixels;
        for (size_t p = 0; p < e->pixels; p++) image[p] = 0;
        multislice_add_image(e->multislice, transfer, transfer + e->pixels, 1, workspace, image);
    }
}

static fringe_status expose_round(struct exposure *e, int count, const fringe_run *run, int spread,
                                  fringe_error *error)
{
    if (spread) return run_state_parallel(run, (size_t)count, expose_phonon, e, error);
    expose_phonon(e, 0, 0);
    return run_state_check(run, error);
}

static struct multislice_settings settings_of(const struct scene *scene)
{
    int32_t wave_px = exposure_wave_px(scene);
    return (struct multislice_settings){.height_px = wave_px,
                                        .width_px = wave_px,
                                        .height_a = scene->side_a,
                                        .width_a = scene->side_a,
                                        .depth_a = scene->depth_a,
                                        .slice_a = 10 * scene->values[KEY_slice_nm],
                                        .voltage_kv = scene->values[KEY_voltage_kv],
                                        .tilt_x = scene->tilt_x,
                                        .tilt_y = scene->tilt_y,
                                        .absorption = scene->values[KEY_absorption]};
}

fringe_status exposure_intensities(const struct scene *scene, const struct rng *rng, const fringe_run *run,
                                   int spread, float **intensities, fringe_error *error)
{
    int threads = spread ? fringe_run_threads(run) : 1, phonons = (int)scene->values[KEY_phonon_count];
    int round = threads < phonons ? threads : phonons;
    struct multislice_settings settings = settings_of(scene);
    struct exposure e = {.scene = scene, .rng = rng};
    float *sums = NULL;
    *intensities = NULL;
    fringe_status status = multislice_create(&settings, &scene->atoms, &e.multislice, error);
    if (status) return status;
    e.pixels = (size_t)settings.height_px * (size_t)settings.width_px;
    e.workspace_floats = (multislice_workspace_floats(e.multislice) + 15) / 16 * 16;
    size_t floats = (size_t)scene->exposure_count * e.pixels;
    e.transfers = alloc_aligned(2 * floats, sizeof(float));
    e.workspaces = alloc_aligned((size_t)threads * e.workspace_floats, sizeof(float));
    e.images = alloc_aligned((size_t)round * floats, sizeof(float));
    sums = alloc_aligned(floats, sizeof(float));
    if (!e.transfers || !e.workspaces || !e.images || !sums) {
        status =
            failure_memory(error, "a simulated image", (size_t)threads * e.workspace_floats * sizeof(float));
        goto done;
    }
    for (size_t i = 0; i < floats; i++) sums[i] = 0;
    for (int i = 0; i < scene->exposure_count; i++) {
        float *transfer = e.transfers + 2 * (size_t)i * e.pixels;
        multislice_transfer(e.multislice, &scene->exposures[i].optics, transfer, transfer + e.pixels);
    }
    for (e.first = 0; e.first < phonons && !status; e.first += round) {
        int count = phonons - e.first < round ? phonons - e.first : round;
        if (spread) run_state_progress(run, e.first, phonons);
        status = expose_round(&e, count, run, spread, error);
        for (int p = 0; p < count && !status; p++)
            for (size_t i = 0; i < floats; i++) sums[i] += e.images[(size_t)p * floats + i] / (float)phonons;
    }
done:
    alloc_free(e.transfers);
    alloc_free(e.workspaces);
    alloc_free(e.images);
    multislice_free(e.multislice);
    if (status)
        alloc_free(sums);
    else
        *intensities = sums;
    return status;
}
