#include "faults/fault_lines.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"

#define PI 3.14159265358979323846

/* A profile has so many places. A line is looked for where each side has at least SIDE_LEAST of the window.
 */
enum { PLACES = 96, LEANS = 13 };
#define SIDE_LEAST 0.15

/* A reflection that a fault splits in two is found at one of its halves: its wave may lean by so much, in
 * units of the spectrum's resolution, and both explanations, with and without a line, may correct it. */
#define LEAN_MOST 0.75

/* Normals are reflections of the coarsest planes: those of the layers that glide. */
#define NORMAL_LONGEST 1.7 /* of the shortest */
#define NORMAL_APART   0.2 /* sine */

/* Two reflections are each other's image where they miss by less, a reflection is its own where it does. */
#define MIRROR_NEAR 1.0 /* of the resolution */
#define MIRROR_SELF 1.5

/* What one wave does across one place of one normal. */
struct crossing {
    double evidence; /* two amplitudes instead of one */
    double jump;     /* radians */
    double side[2];  /* power of the amplitude on either side, noise taken off */
};

struct profile {
    double weight[PLACES], weight2[PLACES], length[PLACES];
    double re[FAULT_WAVE_MOST][PLACES], im[FAULT_WAVE_MOST][PLACES];
    double extent;
};

/* A reflection that is followed: one of the strongest spots, or the mirror image of one, whether it stands
 * out or not: half a particle shows it half as strong. */
struct wave {
    double g[2], contrast;
};

struct search {
    const struct lattice_spectrum *spectrum;
    struct wave waves[FAULT_WAVE_MOST];
    int spot_count, wave_count;    /* waves of spots come first */
    double noise[FAULT_WAVE_MOST]; /* mean power of the ring */
    double normals[FAULT_NORMAL_MOST][2];
    int normal_count;
    struct profile profiles[FAULT_NORMAL_MOST];
    struct crossing crossings[FAULT_WAVE_MOST][PLACES];
};

static double cross(const double a[2], const double b[2])
{
    return a[0] * b[1] - a[1] * b[0];
}

/* Reflections in the order of their contrast, each direction once. */
static void choose_normals(struct search *search, const struct lattice_spots *spots)
{
    double shortest = INFINITY;
    for (int i = 0; i < search->spot_count; i++)
        shortest = fmin(shortest, hypot(search->waves[i].g[0], search->waves[i].g[1]));
    for (int i = 0; i < spots->count && search->normal_count < FAULT_NORMAL_MOST; i++) {
        double length = hypot(spots->items[i].g[0], spots->items[i].g[1]);
        double n[2] = {spots->items[i].g[0] / length, spots->items[i].g[1] / length};
        int taken = length > NORMAL_LONGEST * shortest;
        for (int k = 0; k < search->normal_count; k++)
            taken |= fabs(cross(n, search->normals[k])) < NORMAL_APART;
        if (!taken) memcpy(search->normals[search->normal_count++], n, sizeof n);
    }
}

static void add_wave(struct search *search, const double g[2], double contrast)
{
    search->noise[search->wave_count] = lattice_spectrum_ring(search->spectrum, hypot(g[0], g[1])) / log(2);
    search->waves[search->wave_count++] = (struct wave){{g[0], g[1]}, contrast};
}

/* How far g is from h or -h, in units of the resolution. */
static double miss(const struct search *search, const double g[2], const double h[2])
{
    return fmin(hypot(g[0] - h[0], g[1] - h[1]), hypot(g[0] + h[0], g[1] + h[1])) * search->spectrum->length;
}

static void mirror_image(const double n[2], const double g[2], double image[2])
{
    double along = 2 * (g[0] * n[0] + g[1] * n[1]);
    for (int k = 0; k < 2; k++) image[k] = g[k] - along * n[k];
}

/* Adds what the strongest spots would look like behind a twin's plane. */
static void add_images(struct search *search, const double n[2])
{
    search->wave_count = search->spot_count;
    for (int j = 0; j < search->spot_count && search->wave_count < FAULT_WAVE_MOST; j++) {
        double image[2];
        int is_there = 0;
        mirror_image(n, search->waves[j].g, image);
        for (int i = 0; i < search->wave_count; i++)
            is_there |= miss(search, image, search->waves[i].g) < MIRROR_SELF;
        if (!is_there) add_wave(search, image, lattice_spectrum_contrast(search->spectrum, image));
    }
}

/* Where the pixels of a row fall on the profiles of all normals, and one wave's part of them. */
struct row {
    int *places; /* FAULT_NORMAL_MOST times the width; -1 outside the window */
    double *re, *im;
};

static double along_normal(const struct lattice_spectrum *s, const double n[2], int32_t x, int32_t y)
{
    return (x - s->centre_x_px) * s->unit_x * n[0] + (y - s->centre_y_px) * s->unit_y * n[1];
}

static void locate(const struct search *search, int normal, int32_t y, int *places)
{
    const struct lattice_spectrum *s = search->spectrum;
    double extent = search->profiles[normal].extent, scale = PLACES / (2 * extent * (1 + 1e-9));
    for (int32_t x = 0; x < s->width_px; x++)
        places[x] = s->window[(size_t)y * (size_t)s->width_px + (size_t)x] > 0
                        ? (int)((along_normal(s, search->normals[normal], x, y) + extent) * scale)
                        : -1;
}

/* The extent of the window along a normal, and its weight at each place. */
static void measure_profile(struct search *search, int normal, int *places)
{
    const struct lattice_spectrum *s = search->spectrum;
    struct profile *p = &search->profiles[normal];
    for (int32_t y = 0; y < s->height_px; y++)
        for (int32_t x = 0; x < s->width_px; x++)
            if (s->window[(size_t)y * (size_t)s->width_px + (size_t)x] > 0)
                p->extent = fmax(p->extent, fabs(along_normal(s, search->normals[normal], x, y)));
    double area = s->unit_x * s->unit_y * (PLACES / (2 * p->extent * (1 + 1e-9)));
    for (int32_t y = 0; y < s->height_px; y++) {
        locate(search, normal, y, places);
        for (int32_t x = 0; x < s->width_px; x++) {
            double w = s->window[(size_t)y * (size_t)s->width_px + (size_t)x];
            if (places[x] < 0) continue;
            p->weight[places[x]] += w;
            p->weight2[places[x]] += w * w;
            p->length[places[x]] += area;
        }
    }
}

/* A row of the image times a wave. */
static void demodulate(const struct lattice_spectrum *s, const double g[2], int32_t y, struct row *row)
{
    const double *weighted = s->weighted + (size_t)y * (size_t)s->width_px;
    double turn = -2 * PI * g[0] * s->unit_x, c = cos(turn), d = sin(turn);
    double start = -2 * PI * (g[1] * (y - s->centre_y_px) * s->unit_y - g[0] * s->centre_x_px * s->unit_x);
    double a = cos(start), b = sin(start);
    for (int32_t x = 0; x < s->width_px; x++) {
        row->re[x] = weighted[x] * a;
        row->im[x] = weighted[x] * b;
        double next = a * c - b * d;
        b = a * d + b * c;
        a = next;
    }
}

/* Sums waves [from, to) along the lines at right angles to normals [first, behind). */
static void project(struct search *search, int from, int to, int first, int behind, struct row *row)
{
    const struct lattice_spectrum *s = search->spectrum;
    for (int32_t y = 0; y < s->height_px; y++) {
        for (int k = first; k < behind; k++) locate(search, k, y, row->places + k * s->width_px);
        for (int j = from; j < to; j++) {
            demodulate(s, search->waves[j].g, y, row);
            for (int k = first; k < behind; k++) {
                const int *places = row->places + k * s->width_px;
                double *re = search->profiles[k].re[j], *im = search->profiles[k].im[j];
                for (int32_t x = 0; x < s->width_px; x++) {
                    if (places[x] < 0) continue;
                    re[places[x]] += row->re[x];
                    im[places[x]] += row->im[x];
                }
            }
        }
    }
}

/* Compares, for a line behind each place, one amplitude with two; each side's amplitude is free, the wave's
 * lean along the normal common. */
static void cross_places(struct search *search, int normal, int wave)
{
    const struct profile *p = &search->profiles[normal];
    double none = 0, most[PLACES] = {0}, weight[PLACES], part[PLACES], noise = search->noise[wave];
    struct crossing *crossings = search->crossings[wave];
    double total = 0, total2 = 0;
    for (int b = 0; b < PLACES; b++) {
        weight[b] = total += p->weight[b];
        part[b] = total2 += p->weight2[b];
    }
    memset(crossings, 0, PLACES * sizeof *crossings);
    for (int lean = 0; lean < LEANS; lean++) {
        double delta = LEAN_MOST * (2. * lean / (LEANS - 1) - 1) / search->spectrum->length;
        double re[PLACES], im[PLACES], sum_re = 0, sum_im = 0;
        for (int b = 0; b < PLACES; b++) {
            double angle = -2 * PI * delta * p->extent * (2 * (b + 0.5) / PLACES - 1);
            double c = cos(angle), d = sin(angle);
            re[b] = sum_re += p->re[wave][b] * c - p->im[wave][b] * d;
            im[b] = sum_im += p->re[wave][b] * d + p->im[wave][b] * c;
        }
        none = fmax(none, sum_re * sum_re + sum_im * sum_im);
        for (int b = 0; b < PLACES - 1; b++) {
            if (weight[b] < SIDE_LEAST * total || weight[b] > (1 - SIDE_LEAST) * total) continue;
            double below = part[b] / total2, above = 1 - below;
            double right_re = sum_re - re[b], right_im = sum_im - im[b];
            double left2 = re[b] * re[b] + im[b] * im[b], right2 = right_re * right_re + right_im * right_im;
            double two = left2 / below + right2 / above;
            if (two <= most[b]) continue;
            most[b] = two;
            /* Power of the amplitude: the sum's, less its noise, over the weight. */
            double left_w = weight[b] / total, right_w = 1 - left_w;
            crossings[b].side[0] = fmax(0, left2 - noise * below) / (left_w * left_w);
            crossings[b].side[1] = fmax(0, right2 - noise * above) / (right_w * right_w);
            crossings[b].jump =
                atan2(right_im * re[b] - right_re * im[b], right_re * re[b] + right_im * im[b]);
        }
    }
    for (int b = 0; b < PLACES - 1; b++)
        crossings[b].evidence = noise > 0 ? fmax(0, most[b] - none) / noise : 0;
}

static double balance_of(const struct crossing *c)
{
    double least = fmin(c->side[0], c->side[1]), most = fmax(c->side[0], c->side[1]);
    return most > 0 ? sqrt(least / most) : 0;
}

/* How far a wave that is seen above the line has its mirror image, as strong, below it: 0 to 1. */
static double exchange(const struct crossing *above, const struct crossing *below)
{
    double rise = sqrt(above->side[1]) - sqrt(above->side[0]);
    double fall = sqrt(below->side[0]) - sqrt(below->side[1]);
    double most = fmax(sqrt(above->side[1]), sqrt(below->side[0]));
    return most > 0 ? fmax(0, fmin(rise, fall) / most) : 0;
}

static void place_line(const struct search *search, int normal, int place, struct fault_line *line)
{
    const struct profile *p = &search->profiles[normal];
    const double *n = search->normals[normal];
    *line = (struct fault_line){.normal = {n[0], n[1]},
                                .offset = p->extent * (2. * (place + 1) / PLACES - 1),
                                .extent = p->extent,
                                .length = (p->length[place] + p->length[place + 1]) / 2};
}

static struct fault_line find_step(const struct search *search, int normal)
{
    const double *n = search->normals[normal];
    struct fault_line best = {.evidence = -1};
    for (int b = 0; b < PLACES - 1; b++) {
        struct fault_line line;
        double all = 0;
        place_line(search, normal, b, &line);
        for (int j = 0; j < search->spot_count; j++) {
            const struct crossing *c = &search->crossings[j][b];
            const double *g = search->waves[j].g;
            double balance = balance_of(c), half = sin(c->jump / 2), jump = fabs(c->jump) * 180 / PI;
            double evidence = c->evidence * half * half * balance;
            if (fabs(cross(g, n)) < NORMAL_APART * hypot(g[0], g[1])) {
                line.along += c->evidence;
                continue;
            }
            line.evidence += evidence;
            line.jump_deg += evidence * jump;
            line.third += evidence * fmax(0, 1 - fabs(jump - 120) / 60);
            line.balance += evidence * balance;
            line.waves += evidence > 5;
            all += search->waves[j].contrast;
            line.strength += search->waves[j].contrast * fabs(half) * balance;
        }
        if (line.evidence - line.along <= best.evidence - best.along) continue;
        best = line;
        if (line.evidence > 0) {
            best.jump_deg /= line.evidence;
            best.third /= line.evidence;
            best.balance /= line.evidence;
        }
        best.strength = all > 0 ? line.strength / all : 0;
    }
    best.evidence = fmax(0, best.evidence);
    return best;
}

/* A twin exchanges every reflection that the two crystals do not share: the mean over all pairs counts. */
static struct fault_line find_twin(const struct search *search, int normal)
{
    const double *n = search->normals[normal];
    struct fault_line best = {.evidence = 0};
    double best_score = 0;
    for (int b = 0; b < PLACES - 1; b++) {
        struct fault_line line;
        double all = 0;
        place_line(search, normal, b, &line);
        for (int j = 0; j < search->wave_count; j++) {
            double image[2];
            const struct crossing *c = &search->crossings[j][b];
            mirror_image(n, search->waves[j].g, image);
            if (miss(search, image, search->waves[j].g) < MIRROR_SELF) { /* both crystals share it */
                line.balance += c->evidence * balance_of(c);
                line.along += c->evidence;
                continue;
            }
            for (int i = j + 1; i < search->wave_count; i++) {
                if (miss(search, image, search->waves[i].g) > MIRROR_NEAR) continue;
                const struct crossing *other = &search->crossings[i][b];
                double complete = fmax(exchange(c, other), exchange(other, c));
                double contrast = search->waves[j].contrast + search->waves[i].contrast;
                line.evidence += complete * (c->evidence + other->evidence);
                line.strength += complete * contrast;
                line.waves += complete > 0.5;
                all += contrast;
            }
        }
        if (line.along > 0) line.balance /= line.along;
        if (all > 0) line.strength /= all;
        double score = line.strength * line.evidence;
        if (score <= best_score) continue;
        best_score = score;
        best = line;
    }
    return best;
}

static void sort_in(struct fault_line *list, int count, struct fault_line line, int is_twin)
{
    int at = count;
    double score = line.evidence * (is_twin ? line.strength : 1);
    for (; at > 0 && list[at - 1].evidence * (is_twin ? list[at - 1].strength : 1) < score; at--)
        list[at] = list[at - 1];
    list[at] = line;
}

fringe_status fault_lines_find(const struct lattice_spectrum *spectrum, const struct lattice_spots *spots,
                               struct fault_lines *lines, fringe_error *error)
{
    size_t width = (size_t)spectrum->width_px;
    *lines = (struct fault_lines){0};
    if (spots->count == 0) return FRINGE_OK;
    struct search *search = alloc_array(1, sizeof *search);
    struct row row = {alloc_array(FAULT_NORMAL_MOST * width, sizeof *row.places),
                      alloc_array(width, sizeof *row.re), alloc_array(width, sizeof *row.im)};
    fringe_status status = FRINGE_OK;
    if (!search || !row.places || !row.re || !row.im) {
        status = failure_memory(error, "the phases of a lattice", sizeof *search);
        goto done;
    }
    search->spectrum = spectrum;
    for (int i = 0; i < spots->count && i < FAULT_SPOT_MOST; i++)
        add_wave(search, spots->items[i].g, spots->items[i].contrast);
    search->spot_count = search->wave_count;
    choose_normals(search, spots);
    for (int k = 0; k < search->normal_count; k++) measure_profile(search, k, row.places);
    project(search, 0, search->spot_count, 0, search->normal_count, &row);
    for (int k = 0; k < search->normal_count; k++) {
        add_images(search, search->normals[k]);
        project(search, search->spot_count, search->wave_count, k, k + 1, &row);
        for (int j = 0; j < search->wave_count; j++) cross_places(search, k, j);
        sort_in(lines->step, k, find_step(search, k), 0);
        sort_in(lines->twin, k, find_twin(search, k), 1);
    }
    lines->normal_count = search->normal_count;
done:
    alloc_free(search);
    alloc_free(row.places);
    alloc_free(row.re);
    alloc_free(row.im);
    return status;
}
