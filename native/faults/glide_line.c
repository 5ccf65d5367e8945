#include <math.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "faults/glide_turns.h"
#include "faults/line_search.h"
#include "faults/line_sums.h"

#define PI 3.14159265358979323846

/* A wave gains where a glide explains so much more of it, in units of the noise. */
#define GAIN_LEAST 3.0

/* Log likelihoods of what the explanations say, over the waves that a glide moves; `along` of free waves
 * along the normal. */
struct glide_search {
    double turns[LINE_SPOT_MOST][GLIDE_COUNT]; /* of a wave's phase by a glide */
    double none, glide[LINE_PLACES][GLIDE_COUNT], apart[LINE_PLACES];
    double along_none, along[LINE_PLACES];
    double wave_none[LINE_SPOT_MOST], wave[LINE_SPOT_MOST][LINE_PLACES][GLIDE_COUNT];
    int place, best; /* the likeliest glide */
};

/* Both sides of one wave in phase but for each glide, and each for itself. */
static void follow(const struct line_profiles *profiles, int normal, int wave, const struct line_sides *sides,
                   const struct line_turn *known, double apart[LINE_PLACES], struct glide_search *search)
{
    double noise = profiles->waves[wave].noise, cosines[GLIDE_COUNT], sines[GLIDE_COUNT];
    struct line_sums sums;
    for (int i = 0; i < GLIDE_COUNT; i++) {
        cosines[i] = cos(2 * PI * search->turns[wave][i]);
        sines[i] = sin(2 * PI * search->turns[wave][i]);
    }
    for (int lean = 0; lean < LINE_LEANS; lean++) {
        line_sums_make(profiles, normal, wave, lean, known, &sums);
        double re = sums.re[LINE_PLACES - 1], im = sums.im[LINE_PLACES - 1];
        search->wave_none[wave] = fmax(search->wave_none[wave], (re * re + im * im) / noise);
        for (int b = sides->first; b <= sides->last; b++) {
            double l_re = sums.re[b], l_im = sums.im[b], r_re = re - l_re, r_im = im - l_im;
            double left = l_re * l_re + l_im * l_im, right = r_re * r_re + r_im * r_im;
            double in_phase = 2 * (l_re * r_re + l_im * r_im), ahead = 2 * (l_re * r_im - l_im * r_re);
            double *glide = search->wave[wave][b];
            apart[b] = fmax(apart[b], (left / sides->noise[b] + right / (1 - sides->noise[b])) / noise);
            for (int i = 0; i < GLIDE_COUNT; i++)
                glide[i] = fmax(glide[i], (left + right + in_phase * cosines[i] + ahead * sines[i]) / noise);
        }
    }
}

/* `before` is a search whose best glide is taken back first, or NULL. The search is all zeros. */
static void search_glides(const struct line_profiles *profiles, int normal, const struct line_sides *sides,
                          const struct glide_search *before, struct glide_search *search)
{
    const double *n = profiles->items[normal].normal;
    double most = -INFINITY;
    glide_turns_list(profiles, normal, search->turns);
    for (int j = 0; j < profiles->spot_count; j++) {
        double apart[LINE_PLACES] = {0};
        int is_along = line_is_along(n, profiles->waves[j].g), moves = before && !is_along;
        struct line_turn known = {0, 0};
        if (moves) known = (struct line_turn){before->place, before->turns[j][before->best]};
        follow(profiles, normal, j, sides, moves ? &known : NULL, apart, search);
        *(is_along ? &search->along_none : &search->none) += search->wave_none[j];
        for (int b = sides->first; b <= sides->last; b++) {
            *(is_along ? &search->along[b] : &search->apart[b]) += apart[b];
            for (int i = 0; i < GLIDE_COUNT && !is_along; i++) search->glide[b][i] += search->wave[j][b][i];
        }
    }
    for (int b = sides->first; b <= sides->last; b++)
        for (int i = 1; i < GLIDE_COUNT; i++) {
            if (search->glide[b][i] <= most) continue;
            most = search->glide[b][i];
            search->place = b;
            search->best = i;
        }
}

/* The gain at a place by the best third. */
static double third_of(const struct glide_search *search, int place)
{
    double most = -INFINITY;
    for (int k = 0; k < GLIDE_THIRD_COUNT; k++) most = fmax(most, search->glide[place][glide_thirds[k]]);
    return most - search->none;
}

/* A third where it lies best. Among all glides there is always one that suits a perfect crystal's strain or
 * thickness; among these there is seldom. */
static void describe_third(const struct line_profile *p, const struct line_sides *sides,
                           const struct glide_search *search, struct fault_third *third)
{
    int place = sides->first;
    for (int b = sides->first; b <= sides->last; b++)
        if (third_of(search, b) > third_of(search, place)) place = b;
    double apart = search->apart[place] - search->none;
    third->gain = third_of(search, place);
    third->share = third->gain / search->none;
    third->strength = third->gain > 0 && apart > 0 ? fmin(1, third->gain / apart) : 0;
    third->offset = fault_line_offset(p, place);
}

static void describe(const struct line_profiles *profiles, int normal, const struct glide_search *search,
                     struct fault_line *line)
{
    const struct line_profile *p = profiles->items + normal;
    int b = search->place;
    double gain = search->glide[b][search->best] - search->none, apart = search->apart[b] - search->none;
    fault_line_put(p, b, line);
    line->gain = gain;
    line->share = gain / search->none;
    line->strength = gain > 0 && apart > 0 ? fmin(1, gain / apart) : 0;
    line->third_part = gain > 0 ? fmax(0, third_of(search, b) / gain) : 0;
    line->along = search->along_none > 0 ? fmax(0, search->along[b] / search->along_none - 1) : 0;
    for (int j = 0; j < profiles->spot_count; j++)
        line->waves += !line_is_along(p->normal, profiles->waves[j].g) &&
                       search->wave[j][b][search->best] > search->wave_none[j] + GAIN_LEAST;
}

fringe_status glide_line_find(const struct line_profiles *profiles, int normal, struct fault_line *line,
                              fringe_error *error)
{
    const struct line_sides sides = line_sides_measure(profiles->items + normal);
    struct glide_search *searches = alloc_array(2, sizeof *searches);
    if (!searches) return failure_memory(error, "the phases of a lattice", 2 * sizeof *searches);
    search_glides(profiles, normal, &sides, NULL, searches);
    if (sides.first <= sides.last && searches->none > 0) {
        struct glide_search *second = searches + 1;
        describe(profiles, normal, searches, line);
        describe_third(profiles->items + normal, &sides, searches, &line->third);
        search_glides(profiles, normal, &sides, searches, second);
        line->next = second->glide[second->place][second->best] / second->none - 1;
    }
    alloc_free(searches);
    return FRINGE_OK;
}
