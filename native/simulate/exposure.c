#include "simulate/exposure.h"

#include <math.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "base/run_state.h"
#include "simulate/multislice.h"

struct exposure {
    const struct multislice *multislice;
    const struct rng *rng;
    double vibration;
    size_t pixels, workspace_floats;
    int first; /* the phonon that comes first in this round */
    float *transfer_re, *transfer_im;
    float *workspaces; /* one for each worker */
    float *images;     /* one for each phonon of a round */
};

int32_t exposure_wave_px(const struct scene *scene)
{
    double fine = ceil(scene->side_a / (10 * scene->values[KEY_wave_pixel_nm]));
    int32_t least = fine > FFT_MOST_PX ? FFT_MOST_PX + 1 : (int32_t)fine;
    return fft_next_size(least > scene->total_px ? least : scene->total_px);
}

static void expose_phonon(void *context, size_t index, int worker)
{
    struct exposure *e = context;
    float *workspace = e->workspaces + (size_t)worker * e->workspace_floats, *re, *im;
    float *image = e->images + index * e->pixels;
    struct rng rng = rng_split(e->rng, (uint64_t)e->first + index);
    multislice_exit_wave(e->multislice, e->vibration, &rng, workspace, &re, &im);
    for (size_t i = 0; i < e->pixels; i++) image[i] = 0;
    multislice_add_image(e->multislice, e->transfer_re, e->transfer_im, 1, workspace, image);
}

fringe_status exposure_intensity(const struct scene *scene, const struct rng *rng, const fringe_run *run,
                                 float **intensity, fringe_error *error)
{
    int32_t wave_px = exposure_wave_px(scene);
    int threads = fringe_run_threads(run), phonons = (int)scene->values[KEY_phonon_count];
    int round = threads < phonons ? threads : phonons;
    struct multislice_settings settings = {.height_px = wave_px,
                                           .width_px = wave_px,
                                           .height_a = scene->side_a,
                                           .width_a = scene->side_a,
                                           .depth_a = scene->depth_a,
                                           .slice_a = 10 * scene->values[KEY_slice_nm],
                                           .voltage_kv = scene->optics.voltage_kv,
                                           .tilt_x = scene->optics.tilt_x,
                                           .tilt_y = scene->optics.tilt_y};
    struct multislice *multislice = NULL;
    struct exposure e = {.rng = rng, .vibration = scene->values[KEY_vibration]};
    float *sum = NULL;
    *intensity = NULL;
    fringe_status status = multislice_create(&settings, &scene->atoms, &multislice, error);
    if (status) return status;
    e.multislice = multislice;
    e.pixels = (size_t)wave_px * (size_t)wave_px;
    e.workspace_floats = (multislice_workspace_floats(multislice) + 15) / 16 * 16;
    e.transfer_re = alloc_aligned(e.pixels, sizeof(float));
    e.transfer_im = alloc_aligned(e.pixels, sizeof(float));
    e.workspaces = alloc_aligned((size_t)round * e.workspace_floats, sizeof(float));
    e.images = alloc_aligned((size_t)round * e.pixels, sizeof(float));
    sum = alloc_aligned(e.pixels, sizeof(float));
    if (!e.transfer_re || !e.transfer_im || !e.workspaces || !e.images || !sum) {
        status =
            failure_memory(error, "a simulated image", (size_t)round * e.workspace_floats * sizeof(float));
        goto done;
    }
    for (size_t i = 0; i < e.pixels; i++) sum[i] = 0;
    multislice_transfer(multislice, &scene->optics, e.transfer_re, e.transfer_im);
    for (e.first = 0; e.first < phonons && !status; e.first += round) {
        int count = phonons - e.first < round ? phonons - e.first : round;
        run_state_progress(run, e.first, phonons);
        status = run_state_parallel(run, (size_t)count, expose_phonon, &e, error);
        for (int p = 0; p < count && !status; p++)
            for (size_t i = 0; i < e.pixels; i++)
                sum[i] += e.images[(size_t)p * e.pixels + i] / (float)phonons;
    }
done:
    alloc_free(e.transfer_re);
    alloc_free(e.transfer_im);
    alloc_free(e.workspaces);
    alloc_free(e.images);
    multislice_free(multislice);
    if (status)
        alloc_free(sum);
    else
        *intensity = sum;
    return status;
}
