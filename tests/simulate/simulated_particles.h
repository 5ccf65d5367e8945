/* simulated_particles.h - the particles of folders of `fringe simulate` with their truth, for plain programs.
 */
#ifndef SIMULATE_SIMULATED_PARTICLES_H
#define SIMULATE_SIMULATED_PARTICLES_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/number.h"
#include "crystal/lattice_spectrum.h"
#include "fringe/fringe.h"
#include "text/csv_read.h"

enum { PATH_BYTES = 4096 };

struct truth {
    const struct csv_table *table;
    size_t row;
};

static const char *text_of(const struct truth *truth, const char *column)
{
    size_t at = csv_table_find(truth->table, column);
    if (at == csv_table_columns(truth->table)) {
        fprintf(stderr, "truth.csv has no column %s\n", column);
        exit(2);
    }
    return csv_table_cell(truth->table, truth->row, at);
}

static double number_of(const struct truth *truth, const char *column)
{
    double value = 0;
    number_parse_all(text_of(truth, column), &value);
    return value;
}

/* ---- particles of a folder ---- */

/* Called for each particle of the truth with its region of the image. */
typedef void see_particle(void *context, const struct truth *truth, const struct lattice_region *region);

/* Where a folder's images and truth are, and whose masks say what a particle is: NULL for the truth's. */
struct source {
    const char *folder, *masks;
};

struct image {
    int32_t width, height;
    float *pixels;
    fringe_particles *particles;
    const int32_t *labels; /* the particles' */
};

static void fail(const fringe_error *error)
{
    fprintf(stderr, "%s\n", error->message);
    exit(1);
}

static fringe_micrograph *open_plane(const char *folder, const char *name, const char *suffix)
{
    char path[PATH_BYTES], stem[64];
    fringe_micrograph *micrograph;
    fringe_error error;
    snprintf(stem, sizeof stem, "%.60s", name);
    stem[strlen(stem) > 4 ? strlen(stem) - 4 : 0] = 0;
    snprintf(path, sizeof path, "%.4000s/%s%s.tif", folder, stem, suffix);
    if (fringe_micrograph_open(path, NULL, &micrograph, &error)) fail(&error);
    return micrograph;
}

static void open_image(const struct source *source, const char *name, struct image *image)
{
    fringe_particles_options options;
    fringe_error error;
    fringe_micrograph *grey = open_plane(source->folder, name, "");
    fringe_micrograph *mask = open_plane(source->masks ? source->masks : source->folder, name, "-mask");
    fringe_particles_options_init(&options);
    if (source->masks) options.split_neck = 0.7; /* what the documents advise */
    if (fringe_particles_find(mask, NULL, NULL, 0, &options, NULL, &image->particles, &error)) fail(&error);
    image->labels = fringe_particles_labels(image->particles, &image->height, &image->width);
    image->pixels = alloc_array((size_t)image->width * (size_t)image->height, sizeof *image->pixels);
    if (!image->pixels || fringe_micrograph_read(grey, 0, 0, image->pixels, &error)) fail(&error);
    fringe_micrograph_free(grey);
    fringe_micrograph_free(mask);
}

static void close_image(struct image *image)
{
    fringe_particles_free(image->particles);
    alloc_free(image->pixels);
    *image = (struct image){0};
}

/* Shows the particle whose pixels are those at its true centre, where that is its size: to 2 %, of a
 * mask that is not the truth's to 30 %. */
static void show(const struct source *source, const struct image *image, const struct truth *truth,
                 see_particle *see, void *context)
{
    double x = number_of(truth, "x_px"), y = number_of(truth, "y_px"), area = number_of(truth, "area_px");
    if (!(x >= 0 && y >= 0 && x < image->width && y < image->height)) return;
    int32_t label = image->labels[(size_t)y * (size_t)image->width + (size_t)x];
    if (!label) return;
    const fringe_particle *p = fringe_particles_get(image->particles, label - 1);
    if (fabs((double)p->pixel_count - area) > (source->masks ? 0.3 : 0.02) * area) return;
    double nm = number_of(truth, "pixel_size_nm");
    int32_t left = (int32_t)lround(p->box_x / nm), top = (int32_t)lround(p->box_y / nm);
    int32_t width = (int32_t)lround(p->box_width / nm), height = (int32_t)lround(p->box_height / nm);
    float *pixels = alloc_array((size_t)width * (size_t)height, sizeof *pixels);
    uint8_t *mask = alloc_array((size_t)width * (size_t)height, 1);
    for (int32_t i = 0; i < height; i++)
        for (int32_t j = 0; j < width; j++) {
            size_t from = (size_t)(i + top) * (size_t)image->width + (size_t)(j + left);
            pixels[i * width + j] = image->pixels[from];
            mask[i * width + j] = image->labels[from] == label;
        }
    const struct lattice_region region = {pixels, mask, height, width, nm, nm};
    see(context, truth, &region);
    alloc_free(pixels);
    alloc_free(mask);
}

static void each_particle(const struct source *source, see_particle *see, void *context)
{
    char path[PATH_BYTES], last[64] = "";
    unsigned char *bytes;
    size_t size;
    struct csv_table *table;
    struct image image = {0};
    fringe_error error;
    snprintf(path, sizeof path, "%s/truth.csv", source->folder);
    if (file_read_all(path, CSV_READ_MOST_BYTES, &bytes, &size, &error) ||
        csv_read(bytes, size, path, &table, &error))
        fail(&error);
    for (size_t row = 0; row < csv_table_rows(table); row++) {
        struct truth truth = {table, row};
        const char *name = text_of(&truth, "image");
        if (!*text_of(&truth, "particle")) continue;
        if (strcmp(name, last)) {
            close_image(&image);
            open_image(source, name, &image);
            snprintf(last, sizeof last, "%.60s", name);
        }
        show(source, &image, &truth, see, context);
    }
    close_image(&image);
    csv_table_free(table);
    alloc_free(bytes);
}

/* A share with Wilson's interval of 95 %. */
static void print_share(const char *what, int part, int of)
{
    double p = of ? (double)part / of : 0, z = 1.959964, z2 = z * z / (of ? of : 1);
    double middle = (p + z2 / 2) / (1 + z2);
    double half = of ? z * sqrt(p * (1 - p) / of + z2 / (4. * of)) / (1 + z2) : 0;
    printf("%-44s %5d of %5d  %.3f [%.3f, %.3f]\n", what, part, of, p, middle - half, middle + half);
}

#endif
