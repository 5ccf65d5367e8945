/* bench_simulate.c - how long one image takes: exit waves of frozen phonons, and the images behind a lens.
 *
 *     bench_simulate write FILE                     the atoms, one a line: symbol x y z (A)
 *     bench_simulate time THREADS ROUNDS            prints "median X ms best Y ms"
 *
 * A gold sphere of 4 nm on 4 nm of amorphous carbon in a cell of 102.4 A, 512 x 512 pixels, slices of 2 A, 8
 * phonons, 300 kV. tests/bench/run_simulate.sh lets abTEM do the same with the same atoms.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "crystal/element.h"
#include "crystal/grain.h"
#include "simulate/amorphous.h"
#include "simulate/exposure.h"

enum { ROUNDS_MOST = 100 };

static void make_scene(struct scene *scene, struct scene_exposure *exposure)
{
    struct grain grain = {.phase = phase_get(phase_find("Au")),
                          .shape = GRAIN_SPHERE,
                          .radius_a = 20,
                          .axes_a = {20, 20, 20},
                          .rotation = {1, 0, 0, 0, 1, 0, 0, 0, 1},
                          .centre = {51.2, 51.2, 62.2}};
    struct rng rng = rng_from_seed(1);
    *scene = (struct scene){.total_px = 512, .size_px = 512, .pixel_a = 0.2, .side_a = 102.4, .depth_a = 84};
    scene->values[KEY_wave_pixel_nm] = 0.02;
    scene->values[KEY_slice_nm] = 0.2;
    scene->values[KEY_phonon_count] = 8;
    scene->values[KEY_vibration] = 1;
    scene->values[KEY_voltage_kv] = 300;
    scene->exposures = exposure;
    scene->exposure_count = 1;
    exposure->optics =
        (struct optics){.voltage_kv = 300, .defocus_a = 60, .spherical_a = 1e5, .focal_spread_a = 30};
    struct amorphous_region film = {.high = {scene->side_a, scene->side_a, 40}, .repeats = 1, .density = 1};
    if (grain_build(&grain, 0, &scene->atoms, NULL) || amorphous_fill(&film, &rng, &scene->atoms, NULL))
        exit(1);
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
    struct scene scene;
    struct scene_exposure exposure = {.resolved = NULL};
    make_scene(&scene, &exposure);
    if (argc == 3 && !strcmp(argv[1], "write")) {
        FILE *file = fopen(argv[2], "w");
        if (!file) return 1;
        for (size_t i = 0; i < scene.atoms.count; i++) {
            const struct atom *atom = scene.atoms.items + i;
            fprintf(file, "%s %.4f %.4f %.4f\n", element_get(atom->element)->symbol, atom->position[0],
                    atom->position[1], atom->position[2]);
        }
        return fclose(file) != 0;
    }
    if (argc != 4 || strcmp(argv[1], "time")) return 2;
    int rounds = atoi(argv[3]);
    double ms[ROUNDS_MOST];
    fringe_run *run;
    struct rng rng = rng_from_seed(2);
    if (rounds < 1 || rounds > ROUNDS_MOST || fringe_run_create(atoi(argv[2]), &run, NULL)) return 2;
    for (int i = 0; i < rounds; i++) {
        float *intensity;
        double begun = clock_ms();
        if (exposure_intensities(&scene, &rng, run, 1, &intensity, NULL)) return 1;
        ms[i] = clock_ms() - begun;
        alloc_free(intensity);
    }
    qsort(ms, (size_t)rounds, sizeof *ms, compare);
    printf("fringe: median %.0f ms best %.0f ms\n", ms[rounds / 2], ms[0]);
    fringe_run_free(run);
    atoms_clear(&scene.atoms);
    return 0;
}
