/* Our multislice and lens against abTEM's, for the same atoms: the files and numbers are those of
 * tests/simulate/make_abtem_fixture.py. Tests run in the root of the tree. */
#include <criterion/criterion.h>

#include <math.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/file.h"
#include "io/npy_read.h"
#include "simulate/multislice.h"

enum { WIDTH = 120, HEIGHT = 100, PIXELS = WIDTH * HEIGHT };

static void read_array(const char *name, int64_t rows, int64_t columns, struct npy_read_array *array)
{
    char path[128];
    fringe_error error;
    unsigned char *bytes;
    size_t size;
    snprintf(path, sizeof path, "tests/simulate/%s", name);
    cr_assert_eq(file_read_all(path, 1 << 20, &bytes, &size, &error), FRINGE_OK, "%s", error.message);
    cr_assert_eq(npy_read(bytes, size, path, array, &error), FRINGE_OK, "%s", error.message);
    cr_assert_eq(array->rank, 2);
    cr_assert(rows < 0 || array->dims[0] == rows);
    cr_assert_eq(array->dims[1], columns);
    alloc_free(bytes);
}

static struct multislice *make_multislice(void)
{
    static const struct multislice_settings settings = {.height_px = HEIGHT,
                                                        .width_px = WIDTH,
                                                        .height_a = 20,
                                                        .width_a = 24,
                                                        .depth_a = 24,
                                                        .slice_a = 2,
                                                        .voltage_kv = 300};
    struct npy_read_array table;
    struct atoms atoms = {0};
    struct multislice *multislice;
    fringe_error error;
    read_array("abtem-atoms.npy", -1, 4, &table);
    for (int64_t i = 0; i < table.dims[0]; i++) {
        const float *row = table.values + 4 * i;
        struct atom atom = {{row[0], row[1], row[2]}, row[3] == 79 ? ELEMENT_AU : ELEMENT_C, 0};
        cr_assert_eq(atoms_add(&atoms, &atom, NULL), FRINGE_OK);
    }
    cr_assert_eq(multislice_create(&settings, &atoms, &multislice, &error), FRINGE_OK, "%s", error.message);
    atoms_clear(&atoms);
    alloc_free(table.values);
    return multislice;
}

Test(abtem, exit_wave_agrees)
{
    struct multislice *multislice = make_multislice();
    struct npy_read_array wave;
    float *workspace = alloc_aligned(multislice_workspace_floats(multislice), sizeof(float)), *re, *im;
    float *own = alloc_aligned(2 * PIXELS, sizeof(float));
    read_array("abtem-wave.npy", 2 * HEIGHT, WIDTH, &wave);
    multislice_exit_wave(multislice, 0, NULL, workspace, &re, &im);
    multislice_real_wave(multislice, workspace, own, own + PIXELS);
    double difference = 0, scattered = 0; /* against the wave's change by the atoms, not its unit amplitude */
    for (int i = 0; i < 2 * PIXELS; i++) {
        double d = own[i] - wave.values[i], s = wave.values[i] - (i < PIXELS);
        difference += d * d;
        scattered += s * s;
    }
    double of_wave = sqrt(difference / PIXELS), of_scattered = sqrt(difference / scattered);
    cr_log_info("exit wave: rms difference %.5f of the wave, %.5f of what is scattered", of_wave,
                of_scattered);
    cr_expect_lt(of_wave, 0.01);
    cr_expect_lt(of_scattered, 0.06);
    alloc_free(wave.values);
    alloc_free(workspace);
    alloc_free(own);
    multislice_free(multislice);
}

Test(abtem, image_with_every_aberration_agrees)
{
    static const struct optics optics = {.voltage_kv = 300,
                                         .defocus_a = 400,
                                         .spherical_a = 0.6e7,
                                         .twofold_a = 60,
                                         .twofold_angle = 0.5,
                                         .coma_a = 800,
                                         .coma_angle = 1.1,
                                         .threefold_a = 900,
                                         .threefold_angle = -0.4,
                                         .focal_spread_a = 40,
                                         .convergence = 0.2e-3};
    struct multislice *multislice = make_multislice();
    struct npy_read_array image;
    float *workspace = alloc_aligned(multislice_workspace_floats(multislice), sizeof(float)), *re, *im;
    float *transfer = alloc_aligned(2 * PIXELS, sizeof(float)), *own = alloc_aligned(PIXELS, sizeof(float));
    read_array("abtem-image.npy", HEIGHT, WIDTH, &image);
    multislice_exit_wave(multislice, 0, NULL, workspace, &re, &im);
    multislice_transfer(multislice, &optics, transfer, transfer + PIXELS);
    for (int i = 0; i < PIXELS; i++) own[i] = 0;
    multislice_add_image(multislice, transfer, transfer + PIXELS, 1, workspace, own);
    double difference = 0, mean = 0;
    for (int i = 0; i < PIXELS; i++) {
        difference += (own[i] - image.values[i]) * (own[i] - image.values[i]) / PIXELS;
        mean += image.values[i] / PIXELS;
    }
    cr_log_info("image: rms difference %.5f of the mean", sqrt(difference) / mean);
    cr_expect_lt(sqrt(difference) / mean, 0.01);
    alloc_free(image.values);
    alloc_free(workspace);
    alloc_free(transfer);
    alloc_free(own);
    multislice_free(multislice);
}
