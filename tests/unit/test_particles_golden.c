/* Our measures against scikit-image's and SciPy's: the numbers are those of tests/golden/particles/
 * make_particles.py. Tests run in the root of the tree. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/file.h"
#include "fringe/particles.h"
#include "io/npy_read.h"
#include "particles/distance.h"

enum { H = 96, W = 128, COLUMNS = 14 };

static struct npy_read_array read_array(const char *name)
{
    char path[128];
    fringe_error error;
    unsigned char *bytes;
    size_t size;
    struct npy_read_array array;
    snprintf(path, sizeof path, "tests/golden/particles/%s.npy", name);
    cr_assert_eq(file_read_all(path, 1 << 20, &bytes, &size, &error), FRINGE_OK, "%s", error.message);
    cr_assert_eq(npy_read(bytes, size, path, &array, &error), FRINGE_OK, "%s", error.message);
    alloc_free(bytes);
    return array;
}

static fringe_micrograph *as_micrograph(const struct npy_read_array *array)
{
    fringe_micrograph *micrograph;
    cr_assert_eq(
        fringe_micrograph_from_pixels(array->values, FRINGE_PIXEL_FLOAT32, 1, H, W, 0, &micrograph, NULL),
        FRINGE_OK);
    return micrograph;
}

Test(golden, shapes_are_scikit_images)
{
    struct npy_read_array mask = read_array("mask"), grey = read_array("grey"), shapes = read_array("shapes");
    fringe_micrograph *labels = as_micrograph(&mask), *image = as_micrograph(&grey);
    fringe_particles *particles;
    fringe_error error;
    cr_assert_eq(fringe_particles_find(labels, image, NULL, 0, NULL, NULL, &particles, &error), FRINGE_OK,
                 "%s", error.message);
    cr_assert_eq(shapes.dims[1], COLUMNS);
    cr_assert_eq(fringe_particles_count(particles), shapes.dims[0]);
    cr_assert_str_eq(fringe_particles_unit(particles), "pixel");
    for (int32_t i = 0; i < fringe_particles_count(particles); i++) {
        const fringe_particle *p = fringe_particles_get(particles, i);
        const double found[COLUMNS] = {(double)p->pixel_count,
                                       p->x,
                                       p->y,
                                       p->box_x,
                                       p->box_y,
                                       p->box_x + p->box_width,
                                       p->box_y + p->box_height,
                                       p->mean,
                                       p->min,
                                       p->max,
                                       p->iso_ellipse_ratio,
                                       p->angle,
                                       (double)p->pixel_count / p->solidity,
                                       p->neighbour_distance};
        for (int c = 0; c < COLUMNS; c++) {
            double wanted = shapes.values[(size_t)i * COLUMNS + (size_t)c];
            if (c == 11 && p->iso_ellipse_ratio > 0.999) continue; /* a round one has no angle */
            cr_expect_float_eq(found[c], wanted, 1e-5 * fmax(1, fabs(wanted)),
                               "column %d of shape %d: %g, not %g", c, i, found[c], wanted);
        }
    }
    fringe_particles_free(particles);
    fringe_micrograph_free(labels);
    fringe_micrograph_free(image);
    alloc_free(mask.values);
    alloc_free(grey.values);
    alloc_free(shapes.values);
}

Test(golden, distances_are_scipys)
{
    struct npy_read_array mask = read_array("mask"), wanted = read_array("squares");
    static int32_t labels[H * W];
    static float squares[H * W];
    for (int i = 0; i < H * W; i++) labels[i] = mask.values[i] != 0;
    cr_assert_eq(distance_squares(labels, H, W, squares, NULL), FRINGE_OK);
    for (int i = 0; i < H * W; i++) cr_assert_float_eq(squares[i], wanted.values[i], 1e-3, "at %d", i);
    alloc_free(mask.values);
    alloc_free(wanted.values);
}
