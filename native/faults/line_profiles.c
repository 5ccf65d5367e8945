#include "faults/line_profiles.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"

#define PI 3.14159265358979323846

/* Normals are reflections of the coarsest planes: those of the layers that glide. */
#define NORMAL_LONGEST 1.7 /* of the shortest */

/* The spectrum's window is wide, so that strong reflections leak little. It would leave a line near the rim
 * no side; lines are looked for under one that rises so many times as fast to the same height. */
#define WINDOW_STEEPER 5.0

static double cross(const double a[2], const double b[2])
{
    return a[0] * b[1] - a[1] * b[0];
}

int line_is_along(const double n[2], const double g[2])
{
    return fabs(cross(g, n)) < LINE_ALONG * hypot(g[0], g[1]);
}

double line_wave_miss(const struct lattice_spectrum *spectrum, const double g[2], const double h[2])
{
    return fmin(hypot(g[0] - h[0], g[1] - h[1]), hypot(g[0] + h[0], g[1] + h[1])) * spectrum->length;
}

void line_mirror_image(const double n[2], const double g[2], double image[2])
{
    double along = 2 * (g[0] * n[0] + g[1] * n[1]);
    for (int k = 0; k < 2; k++) image[k] = g[k] - along * n[k];
}

static void steepen(struct line_profiles *profiles)
{
    const struct lattice_spectrum *s = profiles->spectrum;
    double weight2 = 0;
    for (size_t i = 0; i < (size_t)s->height_px * (size_t)s->width_px; i++) {
        double w = s->window[i], steep = fmin(1, WINDOW_STEEPER * w);
        profiles->window[i] = steep;
        profiles->weighted[i] = w > 0 ? s->weighted[i] * (steep / w) : 0;
        weight2 += steep * steep;
    }
    profiles->noise_scale = weight2 / s->weight2;
}

/* Reflections in the order of their contrast, each direction once. */
static void choose_normals(struct line_profiles *profiles, const struct lattice_spots *spots)
{
    double shortest = INFINITY;
    for (int i = 0; i < profiles->spot_count; i++)
        shortest = fmin(shortest, hypot(profiles->waves[i].g[0], profiles->waves[i].g[1]));
    for (int i = 0; i < spots->count && profiles->normal_count < LINE_NORMAL_MOST; i++) {
        const double *g = spots->items[i].g;
        double length = hypot(g[0], g[1]);
        int taken = length > NORMAL_LONGEST * shortest;
        for (int k = 0; k < profiles->normal_count; k++) taken |= line_is_along(profiles->items[k].normal, g);
        if (taken) continue;
        struct line_profile *profile = profiles->items + profiles->normal_count++;
        profile->layer = 1 / length;
        for (int k = 0; k < 2; k++) profile->normal[k] = g[k] / length;
    }
}

/* Of the spectrum's mean power: a picture without any noise, as no detector gives one, has no odds without.
 */
#define NOISE_LEAST 1e-9

static void add_wave(struct line_profiles *profiles, const double g[2], double contrast)
{
    double noise =
        profiles->noise_scale * lattice_spectrum_ring(profiles->spectrum, hypot(g[0], g[1])) / log(2);
    profiles->waves[profiles->wave_count++] =
        (struct line_wave){{g[0], g[1]}, contrast, fmax(noise, NOISE_LEAST)};
}

static double along_normal(const struct lattice_spectrum *s, const double n[2], int32_t x, int32_t y)
{
    return (x - s->centre_x_px) * s->unit_x * n[0] + (y - s->centre_y_px) * s->unit_y * n[1];
}

/* Where the pixels of a row fall on a profile. */
static void locate(struct line_profiles *profiles, int normal, int32_t y)
{
    const struct lattice_spectrum *s = profiles->spectrum;
    const struct line_profile *p = profiles->items + normal;
    double scale = LINE_PLACES / (2 * p->extent * (1 + 1e-9));
    int *places = profiles->places + normal * s->width_px;
    for (int32_t x = 0; x < s->width_px; x++)
        places[x] = profiles->window[(size_t)y * (size_t)s->width_px + (size_t)x] > 0
                        ? (int)((along_normal(s, p->normal, x, y) + p->extent) * scale)
                        : -1;
}

/* The extent of the window along a normal, and its weight at each place. */
static void measure_profile(struct line_profiles *profiles, int normal)
{
    const struct lattice_spectrum *s = profiles->spectrum;
    struct line_profile *p = profiles->items + normal;
    for (int32_t y = 0; y < s->height_px; y++)
        for (int32_t x = 0; x < s->width_px; x++)
            if (profiles->window[(size_t)y * (size_t)s->width_px + (size_t)x] > 0)
                p->extent = fmax(p->extent, fabs(along_normal(s, p->normal, x, y)));
    double area = s->unit_x * s->unit_y * (LINE_PLACES / (2 * p->extent * (1 + 1e-9)));
    for (int32_t y = 0; y < s->height_px; y++) {
        const int *places = profiles->places + normal * s->width_px;
        locate(profiles, normal, y);
        for (int32_t x = 0; x < s->width_px; x++) {
            double w = profiles->window[(size_t)y * (size_t)s->width_px + (size_t)x];
            if (places[x] < 0) continue;
            p->weight[places[x]] += w;
            p->weight2[places[x]] += w * w;
            p->length[places[x]] += area;
        }
    }
}

void line_profiles_demodulate(struct line_profiles *profiles, const double g[2], int32_t y)
{
    const struct lattice_spectrum *s = profiles->spectrum;
    const double *weighted = profiles->weighted + (size_t)y * (size_t)s->width_px;
    double turn = -2 * PI * g[0] * s->unit_x, c = cos(turn), d = sin(turn);
    double start = -2 * PI * (g[1] * (y - s->centre_y_px) * s->unit_y - g[0] * s->centre_x_px * s->unit_x);
    double a = cos(start), b = sin(start);
    for (int32_t x = 0; x < s->width_px; x++) {
        profiles->row_re[x] = weighted[x] * a;
        profiles->row_im[x] = weighted[x] * b;
        double next = a * c - b * d;
        b = a * d + b * c;
        a = next;
    }
}

/* Sums waves [from, to) along the lines at right angles to normals [first, behind). */
static void project(struct line_profiles *profiles, int from, int to, int first, int behind)
{
    const struct lattice_spectrum *s = profiles->spectrum;
    for (int k = first; k < behind; k++)
        for (int j = from; j < to; j++) {
            memset(profiles->items[k].re[j], 0, sizeof profiles->items[k].re[j]);
            memset(profiles->items[k].im[j], 0, sizeof profiles->items[k].im[j]);
        }
    for (int32_t y = 0; y < s->height_px; y++) {
        for (int k = first; k < behind; k++) locate(profiles, k, y);
        for (int j = from; j < to; j++) {
            line_profiles_demodulate(profiles, profiles->waves[j].g, y);
            for (int k = first; k < behind; k++) {
                const int *places = profiles->places + k * s->width_px;
                double *re = profiles->items[k].re[j], *im = profiles->items[k].im[j];
                for (int32_t x = 0; x < s->width_px; x++) {
                    if (places[x] < 0) continue;
                    re[places[x]] += profiles->row_re[x];
                    im[places[x]] += profiles->row_im[x];
                }
            }
        }
    }
}

void line_profiles_mirror(struct line_profiles *profiles, int normal)
{
    profiles->wave_count = profiles->spot_count;
    for (int j = 0; j < profiles->spot_count && profiles->wave_count < LINE_WAVE_MOST; j++) {
        double image[2];
        int is_there = 0;
        line_mirror_image(profiles->items[normal].normal, profiles->waves[j].g, image);
        for (int i = 0; i < profiles->wave_count; i++)
            is_there |= line_wave_miss(profiles->spectrum, image, profiles->waves[i].g) < LINE_MIRROR_SELF;
        if (!is_there) add_wave(profiles, image, lattice_spectrum_contrast(profiles->spectrum, image));
    }
    project(profiles, profiles->spot_count, profiles->wave_count, normal, normal + 1);
}

fringe_status line_profiles_create(const struct lattice_spectrum *spectrum, const struct lattice_spots *spots,
                                   struct line_profiles **profiles, fringe_error *error)
{
    size_t width = (size_t)spectrum->width_px, pixels = width * (size_t)spectrum->height_px;
    *profiles = NULL;
    struct line_profiles *made = alloc_array(1, sizeof *made);
    if (!made) return failure_memory(error, "the phases of a lattice", sizeof *made);
    made->spectrum = spectrum;
    made->window = alloc_array(pixels, sizeof *made->window);
    made->weighted = alloc_array(pixels, sizeof *made->weighted);
    made->places = alloc_array(LINE_NORMAL_MOST * width, sizeof *made->places);
    made->row_re = alloc_array(width, sizeof *made->row_re);
    made->row_im = alloc_array(width, sizeof *made->row_im);
    if (!made->window || !made->weighted || !made->places || !made->row_re || !made->row_im) {
        line_profiles_free(made);
        return failure_memory(error, "the phases of a lattice", 2 * pixels * sizeof(double));
    }
    steepen(made);
    for (int i = 0; i < spots->count && i < LINE_SPOT_MOST; i++) {
        const struct lattice_spot *spot = spots->items + i;
        double g[2] = {spot->g[0], spot->g[1]};
        for (int k = 0; k < 2 && spot->is_indexed; k++)
            g[k] = spot->index[0] * spots->net.a[k] + spot->index[1] * spots->net.b[k];
        add_wave(made, g, spot->contrast);
    }
    made->spot_count = made->wave_count;
    choose_normals(made, spots);
    for (int k = 0; k < made->normal_count; k++) measure_profile(made, k);
    project(made, 0, made->spot_count, 0, made->normal_count);
    *profiles = made;
    return FRINGE_OK;
}

void line_profiles_free(struct line_profiles *profiles)
{
    if (!profiles) return;
    alloc_free(profiles->window);
    alloc_free(profiles->weighted);
    alloc_free(profiles->places);
    alloc_free(profiles->row_re);
    alloc_free(profiles->row_im);
    alloc_free(profiles);
}
