#include "faults/fault_features.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "faults/published_features.h"
#include "faults/ring_contrast.h"

#define PI 3.14159265358979323846

/* Where a streak is looked for beside a spot: beyond the window's own width, in units of the resolution. */
#define STREAK_NEAR 1.2
#define STREAK_FAR  2.4

static double length_of(const double g[2])
{
    return hypot(g[0], g[1]);
}

static double apart(const double g[2], const double h[2])
{
    return fabs(g[0] * h[1] - g[1] * h[0]) / (length_of(g) * length_of(h));
}

const char *fault_feature_name(enum fault_feature feature)
{
    static const char *const names[] = {
#define FAULT_FEATURE_NAME(name) #name,
        FAULT_FEATURE_LIST(FAULT_FEATURE_NAME)
#undef FAULT_FEATURE_NAME
    };
    return names[feature];
}

/* Power at any frequency, of the four around it. */
static double power_at(const struct lattice_spectrum *s, double gx, double gy)
{
    double kx = gx / s->step_x, ky = gy / s->step_y, fx = floor(kx), fy = floor(ky), sum = 0;
    int32_t n = s->size_px;
    if (fabs(kx) > n / 2 - 2 || fabs(ky) > n / 2 - 2) return 0;
    for (int i = 0; i < 2; i++)
        for (int j = 0; j < 2; j++) {
            size_t x = (size_t)(((int32_t)fx + i + n) % n), y = (size_t)(((int32_t)fy + j + n) % n);
            sum += fabs(1 - i - (kx - fx)) * fabs(1 - j - (ky - fy)) * s->power[x * (size_t)n + y];
        }
    return sum;
}

static fringe_status describe_rings(const struct lattice_spectrum *windowed, double *f, fringe_error *error)
{
    struct lattice_spectrum *spectrum;
    struct ring_contrast contrast;
    fringe_status status = lattice_spectrum_unwindow(windowed, &spectrum, error);
    if (!status) status = ring_contrast_measure(spectrum, &contrast, error);
    lattice_spectrum_free(spectrum);
    if (status) return status;
    f[FEATURE_peak_2] = contrast.peaks[1];
    f[FEATURE_peak_3] = contrast.peaks[2];
    f[FEATURE_share_8] = contrast.share_8;
    f[FEATURE_ring_spread] = contrast.spread;
    f[FEATURE_ring_rise] = contrast.rise;
    return FRINGE_OK;
}

static void describe_spots(const struct lattice_spectrum *s, const struct lattice_spots *spots, double *f)
{
    const struct lattice_spot *first = spots->items;
    double power = 0, indexed = 0, strongest = length_of(first->g);
    int directions = 0, alike = 0;
    f[FEATURE_spot_count] = spots->count;
    f[FEATURE_first_contrast] = log2(first->contrast);
    for (int i = 0; i < spots->count; i++) {
        const struct lattice_spot *spot = spots->items + i;
        double above = spot->contrast * lattice_spectrum_ring(s, length_of(spot->g));
        int is_repeated = 0;
        for (int k = 0; k < i; k++) is_repeated |= apart(spot->g, spots->items[k].g) < 0.15;
        directions += !is_repeated;
        if (!is_repeated && directions == 2) f[FEATURE_second_contrast] = log2(spot->contrast);
        alike += fabs(length_of(spot->g) / strongest - 1) < 0.05;
        power += above;
        indexed += spot->is_indexed ? above : 0;
        f[FEATURE_indexed_share] += spot->is_indexed / (double)spots->count;
    }
    f[FEATURE_indexed_power] = indexed / power;
    if (spots->has_net) {
        f[FEATURE_net_residual] = spots->net.residual;
        f[FEATURE_net_ratio] = spots->net.length_b / spots->net.length_a;
        f[FEATURE_net_angle_deg] = spots->net.angle_deg;
    }
    /* A spot covers the area 1 / length^2, twice; the spectrum's power is 1 on average over its whole area.
     */
    double area = (1 / s->unit_x) * (1 / s->unit_y);
    f[FEATURE_crystal_share] = fmin(1, 2 * power / (s->length * s->length * area));
    f[FEATURE_size_spacings] = s->length * strongest;
    f[FEATURE_direction_count] = directions;
    f[FEATURE_ring_count] = alike;
}

/* The power on the circle through the strongest spot, over its mean, as waves around the circle. */
static void describe_symmetry(const struct lattice_spectrum *s, const struct lattice_spots *spots, double *f)
{
    static const struct {
        enum fault_feature feature;
        int fold;
    } folds[] = {{FEATURE_fold_2, 2}, {FEATURE_fold_4, 4}, {FEATURE_fold_6, 6}, {FEATURE_fold_10, 10}};
    double g = length_of(spots->items[0].g), sum = 0, waves[4][2] = {{0}};
    int count = (int)fmin(720, ceil(8 * PI * g * s->length));
    for (int i = 0; i < count; i++) { /* half a circle is all of it */
        double angle = PI * i / count, power = 0;
        for (int k = -1; k <= 1; k++)
            power +=
                power_at(s, (g + 0.4 * k / s->length) * cos(angle), (g + 0.4 * k / s->length) * sin(angle));
        power = sqrt(power); /* the strongest spot alone would drown the others */
        sum += power;
        for (int k = 0; k < 4; k++) {
            waves[k][0] += power * cos(folds[k].fold * angle);
            waves[k][1] += power * sin(folds[k].fold * angle);
        }
    }
    for (int k = 0; k < 4 && sum > 0; k++) f[folds[k].feature] = length_of(waves[k]) / sum;
}

/* Mean over the strongest spots of log2(power beside it along n / across n). */
static double streak(const struct lattice_spectrum *s, const struct lattice_spots *spots, const double n[2])
{
    double sum = 0, weight = 0;
    for (int i = 0; i < spots->count && i < LINE_WAVE_MOST; i++) {
        const double *g = spots->items[i].g;
        double along = 0, across = 0, floor_of_noise = lattice_spectrum_ring(s, length_of(g));
        if (apart(g, n) < 0.2) continue; /* its own satellites are strain as well */
        for (int sign = -1; sign <= 1; sign += 2)
            for (int k = 0; k < 4; k++) {
                double step = sign * (STREAK_NEAR + (STREAK_FAR - STREAK_NEAR) * k / 3) / s->length;
                along += power_at(s, g[0] + step * n[0], g[1] + step * n[1]);
                across += power_at(s, g[0] - step * n[1], g[1] + step * n[0]);
            }
        double w = log2(spots->items[i].contrast);
        sum += w * log2((along + 8 * floor_of_noise) / (across + 8 * floor_of_noise));
        weight += w;
    }
    return weight > 0 ? sum / weight : 0;
}

/* How far each spot's mirror image is a spot too: of amplitudes, the weaker over the stronger. */
static double mirror(const struct lattice_spectrum *s, const struct lattice_spots *spots, const double n[2])
{
    double both = 0, either = 0;
    for (int i = 0; i < spots->count && i < LINE_WAVE_MOST; i++) {
        const double *g = spots->items[i].g;
        double m[2];
        line_mirror_image(n, g, m);
        if (line_wave_miss(s, m, g) < LINE_MIRROR_SELF) continue;
        double here = sqrt(power_at(s, g[0], g[1])), there = sqrt(power_at(s, m[0], m[1]));
        both += fmin(here, there);
        either += fmax(here, there);
    }
    return either > 0 ? both / either : 0;
}

/* The logarithm of odds either way. */
static double evidence(double gain)
{
    return gain > 0 ? log1p(gain) : -log1p(-gain);
}

/* The widest spacing of a spot over that of a line's normal. */
static double layer_of(const struct lattice_spots *spots, const struct fault_line *line)
{
    double least = INFINITY;
    for (int i = 0; i < spots->count; i++) least = fmin(least, length_of(spots->items[i].g));
    return 1 / (least * line->layer);
}

static void describe_thirds(const struct lattice_spots *spots, const struct fault_lines *lines, double *f)
{
    const struct fault_line *best = lines->glides, *next = NULL;
    for (int k = 1; k < lines->normal_count; k++)
        if (lines->glides[k].third.gain > best->third.gain) best = lines->glides + k;
    for (int k = 0; k < lines->normal_count; k++) {
        const struct fault_line *line = lines->glides + k;
        if (line != best && (!next || line->third.gain > next->third.gain)) next = line;
    }
    f[FEATURE_third_evidence] = evidence(best->third.gain);
    f[FEATURE_third_share] = best->third.share;
    f[FEATURE_third_strength] = best->third.strength;
    f[FEATURE_third_offset] = fabs(best->third.offset) / best->extent;
    f[FEATURE_third_layer] = layer_of(spots, best);
    f[FEATURE_third_next_evidence] = next ? evidence(next->third.gain) : 0;
}

static void describe_places(const struct fault_lines *lines, double *f)
{
    const struct line_jump *near = &lines->jump_near, *far = &lines->jump_far;
    const struct lattice_domains *domains = &lines->domains;
    f[FEATURE_jump_near_evidence] = evidence(near->gain);
    f[FEATURE_jump_near_share] = near->share;
    f[FEATURE_jump_near_coherence] = near->coherence;
    f[FEATURE_jump_near_next_evidence] = evidence(near->next_gain);
    f[FEATURE_jump_far_evidence] = evidence(far->gain);
    f[FEATURE_jump_far_share] = far->share;
    f[FEATURE_jump_far_coherence] = far->coherence;
    f[FEATURE_jump_far_next_evidence] = evidence(far->next_gain);
    f[FEATURE_domain_overlap] = domains->overlap;
    f[FEATURE_domain_correlation] = domains->correlation;
    f[FEATURE_domain_order] = domains->order;
    f[FEATURE_domain_order_least] = domains->order_least;
    f[FEATURE_domain_evenness] = domains->evenness;
    f[FEATURE_domain_count] = domains->count;
    f[FEATURE_domain_power_count] = domains->power_count;
}

static void describe_lines(const struct lattice_spectrum *s, const struct lattice_spots *spots,
                           const struct fault_lines *lines, double *f)
{
    double spacing = 1 / length_of(spots->items[0].g);
    const struct fault_line *glide = lines->glides, *twin = lines->twins;
    for (int k = 0; k < lines->normal_count; k++)
        f[FEATURE_streak_most] = fmax(f[FEATURE_streak_most], streak(s, spots, glide[k].normal));
    if (lines->normal_count == 0) return;
    f[FEATURE_streak_glide] = streak(s, spots, glide->normal);
    f[FEATURE_streak_twin] = streak(s, spots, twin->normal);
    f[FEATURE_mirror_glide] = mirror(s, spots, glide->normal);
    f[FEATURE_mirror_twin] = mirror(s, spots, twin->normal);
    f[FEATURE_glide_1_evidence] = evidence(glide->gain);
    f[FEATURE_glide_1_share] = glide->share;
    f[FEATURE_glide_1_strength] = glide->strength;
    f[FEATURE_glide_1_third] = glide->third_part;
    f[FEATURE_glide_1_next] = glide->next;
    f[FEATURE_glide_1_along] = glide->along;
    f[FEATURE_glide_1_offset] = fabs(glide->offset) / glide->extent;
    f[FEATURE_glide_1_length] = glide->length / spacing;
    f[FEATURE_glide_1_waves] = glide->waves;
    f[FEATURE_glide_2_evidence] = evidence(glide[1].gain); /* zero where there is one normal alone */
    f[FEATURE_glide_2_share] = glide[1].share;
    f[FEATURE_glide_2_strength] = glide[1].strength;
    f[FEATURE_twin_1_evidence] = evidence(twin->gain);
    f[FEATURE_twin_1_share] = twin->share;
    f[FEATURE_twin_1_strength] = twin->strength;
    f[FEATURE_twin_1_along] = twin->along;
    f[FEATURE_twin_1_offset] = fabs(twin->offset) / twin->extent;
    f[FEATURE_twin_1_length] = twin->length / spacing;
    f[FEATURE_twin_1_waves] = twin->waves;
    f[FEATURE_twin_2_evidence] = evidence(twin[1].gain);
    f[FEATURE_twin_2_share] = twin[1].share;
    f[FEATURE_twin_2_strength] = twin[1].strength;
    f[FEATURE_glide_1_layer] = layer_of(spots, glide);
    f[FEATURE_twin_1_layer] = layer_of(spots, twin);
    describe_thirds(spots, lines, f);
    describe_places(lines, f);
}

fringe_status fault_features_compute(const struct lattice_region *region,
                                     double features[FAULT_FEATURE_COUNT], struct fault_findings *findings,
                                     fringe_error *error)
{
    struct lattice_spectrum *spectrum = NULL;
    struct fault_findings *own = findings ? NULL : alloc_array(1, sizeof *own);
    memset(features, 0, FAULT_FEATURE_COUNT * sizeof *features);
    if (!findings) findings = own;
    if (!findings) return failure_memory(error, "spots", sizeof *findings);
    *findings = (struct fault_findings){0};
    fringe_status status = published_features_compute(region, features + FEATURE_published_ring_mean, error);
    if (status) goto done;
    status = lattice_spectrum_create(region, &spectrum, error);
    if (status == FRINGE_ARGUMENT) { /* too small or too flat: the box was transformed just now */
        status = FRINGE_OK;
        goto done;
    }
    if (status) goto done;
    findings->centre_x_px = spectrum->origin_x_px + spectrum->centre_x_px;
    findings->centre_y_px = spectrum->origin_y_px + spectrum->centre_y_px;
    status = describe_rings(spectrum, features, error);
    if (status) goto done;
    lattice_spots_find(spectrum, &findings->spots);
    if (findings->spots.count == 0) goto done;
    status = fault_lines_find(spectrum, &findings->spots, &findings->lines, error);
    if (status) goto done;
    describe_spots(spectrum, &findings->spots, features);
    describe_symmetry(spectrum, &findings->spots, features);
    describe_lines(spectrum, &findings->spots, &findings->lines, features);
done:
    lattice_spectrum_free(spectrum);
    alloc_free(own);
    return status;
}
