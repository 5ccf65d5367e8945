#include <math.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "faults/line_search.h"
#include "faults/line_sums.h"

/* A pair of waves gains where a twin explains so much more of it, in units of the noise. */
#define GAIN_LEAST 3.0

/* Log likelihoods of each wave: everywhere, below a line alone, above it alone. */
struct twin_search {
    double none[LINE_WAVE_MOST], below[LINE_WAVE_MOST][LINE_PLACES], above[LINE_WAVE_MOST][LINE_PLACES];
    int pairs[LINE_WAVE_MOST][2], pair_count; /* waves that are each other's mirror images */
    double shared;                            /* by waves that are their own: both crystals have them */
};

static void follow(const struct line_profiles *profiles, int normal, const struct line_sides *sides, int wave,
                   struct twin_search *search)
{
    double noise = profiles->waves[wave].noise, *below = search->below[wave], *above = search->above[wave];
    for (int lean = 0; lean < LINE_LEANS; lean++) {
        struct line_sums sums;
        line_sums_make(profiles, normal, wave, lean, NULL, &sums);
        double re = sums.re[LINE_PLACES - 1], im = sums.im[LINE_PLACES - 1];
        search->none[wave] = fmax(search->none[wave], (re * re + im * im) / noise);
        for (int b = sides->first; b <= sides->last; b++) {
            double l_re = sums.re[b], l_im = sums.im[b], r_re = re - l_re, r_im = im - l_im;
            below[b] = fmax(below[b], (l_re * l_re + l_im * l_im) / sides->noise[b] / noise);
            above[b] = fmax(above[b], (r_re * r_re + r_im * r_im) / (1 - sides->noise[b]) / noise);
        }
    }
}

static void list_pairs(const struct line_profiles *profiles, int normal, struct twin_search *search)
{
    for (int j = 0; j < profiles->wave_count; j++) {
        const double *g = profiles->waves[j].g;
        double image[2];
        line_mirror_image(profiles->items[normal].normal, g, image);
        if (line_wave_miss(profiles->spectrum, image, g) < LINE_MIRROR_SELF) {
            search->shared += search->none[j];
            continue;
        }
        for (int i = j + 1; i < profiles->wave_count && search->pair_count < LINE_WAVE_MOST; i++) {
            if (line_wave_miss(profiles->spectrum, image, profiles->waves[i].g) > LINE_MIRROR_NEAR) continue;
            search->pairs[search->pair_count][0] = j;
            search->pairs[search->pair_count++][1] = i;
        }
    }
}

/* What the pairs say of a line behind a place; which of the two is on which side is each pair's own choice.
 */
static double exchange(const struct twin_search *search, int place, struct fault_line *line)
{
    double likely = 0, unlikely = 0;
    line->waves = 0;
    for (int k = 0; k < search->pair_count; k++) {
        int j = search->pairs[k][0], i = search->pairs[k][1];
        double one = search->below[j][place] + search->above[i][place];
        double two = search->above[j][place] + search->below[i][place];
        likely += fmax(one, two);
        unlikely += fmin(one, two);
        line->waves += fmax(one, two) > search->none[j] + search->none[i] + GAIN_LEAST;
    }
    line->strength = likely > 0 ? (likely - unlikely) / (likely + unlikely) : 0;
    return likely;
}

fringe_status twin_line_find(const struct line_profiles *profiles, int normal, struct fault_line *line,
                             fringe_error *error)
{
    const struct line_profile *p = profiles->items + normal;
    const struct line_sides sides = line_sides_measure(p);
    double none = 0, most = -INFINITY;
    struct twin_search *search = alloc_array(1, sizeof *search);
    if (!search) return failure_memory(error, "the phases of a lattice", sizeof *search);
    for (int j = 0; j < profiles->wave_count; j++) follow(profiles, normal, &sides, j, search);
    list_pairs(profiles, normal, search);
    for (int k = 0; k < search->pair_count; k++)
        none += search->none[search->pairs[k][0]] + search->none[search->pairs[k][1]];
    for (int b = sides.first; b <= sides.last && none > 0; b++) {
        struct fault_line here = *line;
        double likely = exchange(search, b, &here);
        if (likely <= most) continue;
        most = likely;
        *line = here;
        line->gain = most - none;
        line->share = line->gain / none;
        line->along = search->shared / none;
        fault_line_put(p, b, line);
    }
    if (!(line->gain > 0)) line->strength = 0; /* a perfect crystal's waves favour one side at its rim, too */
    alloc_free(search);
    return FRINGE_OK;
}
