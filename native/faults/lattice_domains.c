#include "faults/lattice_domains.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"

/* Maps have cells of half the Gaussian's width, larger ones in particles that would need more than GRID. */
enum { GRID = 40, CELLS = GRID * GRID, REACH = 6, STRONGEST = 5 };
#define SIGMA_SPACINGS 2.0

/* Cells count where they hold at least this part of the fullest one's window. */
#define INSIDE_LEAST 0.5

struct map {
    double cells[CELLS]; /* GRID to a row */
};

struct mapping {
    struct line_profiles *profiles;
    double cell; /* nm or px */
    int columns, rows, count;
    double kernel[REACH + 1], kernel2[REACH + 1];
    struct map weight, weight2, re, im, spare; /* the window's and one wave's */
    struct map amplitudes[LINE_SPOT_MOST];     /* `count` of the cells inside, one after the other */
    double order[LINE_SPOT_MOST], total[LINE_SPOT_MOST]; /* the sum of an amplitude's squares */
};

static int cell_at(double place, double cell, int count)
{
    int at = (int)(place / cell);
    return at < count ? at : count - 1;
}

static void lay_grid(struct mapping *mapping)
{
    const struct line_profiles *profiles = mapping->profiles;
    const struct lattice_spectrum *s = profiles->spectrum;
    const double *g = profiles->waves[0].g;
    double sigma = SIGMA_SPACINGS / hypot(g[0], g[1]);
    double width = s->width_px * s->unit_x, height = s->height_px * s->unit_y;
    mapping->cell = fmax(sigma / 2, fmax(width, height) / (GRID - 1));
    mapping->columns = (int)(width / mapping->cell) + 1;
    mapping->rows = (int)(height / mapping->cell) + 1;
    for (int i = 0; i <= REACH; i++) {
        mapping->kernel[i] = exp(-0.5 * pow(i * mapping->cell / sigma, 2));
        mapping->kernel2[i] = mapping->kernel[i] * mapping->kernel[i];
    }
}

static void blur(struct mapping *mapping, const double *kernel, struct map *map)
{
    for (int pass = 0; pass < 2; pass++) { /* along rows, along columns */
        int step = pass ? GRID : 1, count = pass ? mapping->rows : mapping->columns;
        memcpy(&mapping->spare, map, sizeof *map);
        for (int y = 0; y < mapping->rows; y++)
            for (int x = 0; x < mapping->columns; x++) {
                int at = y * GRID + x, place = pass ? y : x;
                double sum = kernel[0] * mapping->spare.cells[at];
                for (int i = 1; i <= REACH; i++) {
                    if (place - i >= 0) sum += kernel[i] * mapping->spare.cells[at - i * step];
                    if (place + i < count) sum += kernel[i] * mapping->spare.cells[at + i * step];
                }
                map->cells[at] = sum;
            }
    }
}

/* What falls into each cell: the window, or a wave under it. */
static void gather(struct mapping *mapping, const struct line_wave *wave)
{
    struct line_profiles *profiles = mapping->profiles;
    const struct lattice_spectrum *s = profiles->spectrum;
    struct map *first = wave ? &mapping->re : &mapping->weight;
    struct map *second = wave ? &mapping->im : &mapping->weight2;
    memset(first, 0, sizeof *first);
    memset(second, 0, sizeof *second);
    for (int32_t y = 0; y < s->height_px; y++) {
        const double *window = profiles->window + (size_t)y * (size_t)s->width_px;
        int row = cell_at(y * s->unit_y, mapping->cell, mapping->rows) * GRID;
        if (wave) line_profiles_demodulate(profiles, wave->g, y);
        for (int32_t x = 0; x < s->width_px; x++) {
            if (!(window[x] > 0)) continue;
            int at = row + cell_at(x * s->unit_x, mapping->cell, mapping->columns);
            first->cells[at] += wave ? profiles->row_re[x] : window[x];
            second->cells[at] += wave ? profiles->row_im[x] : window[x] * window[x];
        }
    }
}

/* One wave's amplitudes in the cells inside, freed from noise. */
static void map_wave(struct mapping *mapping, int wave, double fullest, double noise)
{
    double *amplitudes = mapping->amplitudes[wave].cells, sum_re = 0, sum_im = 0, moduli = 0;
    gather(mapping, mapping->profiles->waves + wave);
    blur(mapping, mapping->kernel, &mapping->re);
    blur(mapping, mapping->kernel, &mapping->im);
    mapping->count = 0;
    for (int y = 0; y < mapping->rows; y++)
        for (int x = 0; x < mapping->columns; x++) {
            int at = y * GRID + x;
            double weight = mapping->weight.cells[at];
            if (weight < INSIDE_LEAST * fullest) continue;
            double re = mapping->re.cells[at] / weight, im = mapping->im.cells[at] / weight;
            double power = re * re + im * im - noise * mapping->weight2.cells[at] / (weight * weight);
            sum_re += re;
            sum_im += im;
            moduli += hypot(re, im);
            mapping->total[wave] += fmax(0, power);
            amplitudes[mapping->count++] = sqrt(fmax(0, power));
        }
    mapping->order[wave] = moduli > 0 ? hypot(sum_re, sum_im) / moduli : 0;
}

static void map_all(struct mapping *mapping)
{
    double fullest = 0, weight2 = 0;
    lay_grid(mapping);
    gather(mapping, NULL);
    for (int i = 0; i < CELLS; i++) weight2 += mapping->weight2.cells[i];
    blur(mapping, mapping->kernel, &mapping->weight);
    blur(mapping, mapping->kernel2, &mapping->weight2);
    for (int i = 0; i < CELLS; i++) fullest = fmax(fullest, mapping->weight.cells[i]);
    for (int j = 0; j < mapping->profiles->spot_count; j++)
        map_wave(mapping, j, fullest, mapping->profiles->waves[j].noise / weight2);
}

static double product(const struct mapping *mapping, int i, int j)
{
    double sum = 0;
    for (int c = 0; c < mapping->count; c++)
        sum += mapping->amplitudes[i].cells[c] * mapping->amplitudes[j].cells[c];
    return sum;
}

static double mean(const struct mapping *mapping, int wave)
{
    double sum = 0;
    for (int c = 0; c < mapping->count; c++) sum += mapping->amplitudes[wave].cells[c];
    return sum / mapping->count;
}

static void compare_maps(const struct mapping *mapping, struct lattice_domains *domains)
{
    int waves = mapping->profiles->spot_count, pairs = waves * (waves - 1) / 2;
    double alike = 0, power_alike = 0, power = 0, weights = 0;
    for (int i = 0; i < waves; i++) power += mapping->total[i];
    for (int i = 0; i < waves; i++)
        for (int j = 0; j < waves; j++) {
            double both = product(mapping, i, j), weight = sqrt(mapping->total[i] * mapping->total[j]);
            double cosine = weight > 0 ? both / weight : 0;
            alike += cosine * cosine;
            power_alike += both * both;
            if (j >= i) continue;
            double m_i = mean(mapping, i), m_j = mean(mapping, j), n = mapping->count;
            double spread =
                sqrt(fmax(0, mapping->total[i] / n - m_i * m_i) * fmax(0, mapping->total[j] / n - m_j * m_j));
            domains->overlap += cosine / pairs;
            domains->correlation += spread > 0 ? weight * (both / n - m_i * m_j) / spread : 0;
            weights += weight;
        }
    if (weights > 0) domains->correlation /= weights;
    if (alike > 0) domains->count = waves * waves / alike;
    if (power_alike > 0) domains->power_count = power * power / power_alike;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Sorts the maps. */
static void look_into_maps(struct mapping *mapping, struct lattice_domains *domains)
{
    double weights = 0;
    int quarter = mapping->count / 4 + 1;
    domains->order_least = 1;
    for (int j = 0; j < mapping->profiles->spot_count; j++) {
        double weight = sqrt(mapping->total[j]), weakest = 0, strongest = 0;
        double *cells = mapping->amplitudes[j].cells;
        qsort(cells, (size_t)mapping->count, sizeof *cells, by_size);
        for (int c = 0; c < quarter; c++) {
            weakest += cells[c];
            strongest += cells[mapping->count - 1 - c];
        }
        domains->evenness += weight * (strongest > 0 ? weakest / strongest : 1);
        domains->order += weight * mapping->order[j];
        if (j < STRONGEST) domains->order_least = fmin(domains->order_least, mapping->order[j]);
        weights += weight;
    }
    if (weights > 0) domains->order /= weights;
    if (weights > 0) domains->evenness /= weights;
}

fringe_status lattice_domains_measure(struct line_profiles *profiles, struct lattice_domains *domains,
                                      fringe_error *error)
{
    enum { CELLS_LEAST = 4 };
    *domains = (struct lattice_domains){0};
    if (profiles->spot_count < 2) return FRINGE_OK;
    struct mapping *mapping = alloc_array(1, sizeof *mapping);
    if (!mapping) return failure_memory(error, "maps of a lattice", sizeof *mapping);
    mapping->profiles = profiles;
    map_all(mapping);
    if (mapping->count >= CELLS_LEAST) {
        compare_maps(mapping, domains);
        look_into_maps(mapping, domains);
    }
    alloc_free(mapping);
    return FRINGE_OK;
}
