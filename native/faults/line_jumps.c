#include "faults/line_jumps.h"

#include <math.h>

#include "faults/glide_turns.h"
#include "faults/line_sums.h"

#define PI 3.14159265358979323846

/* Either side of a line has at least so many layers, and so much of the noise's power. */
#define RIM_LAYERS 1.0
#define SIDE_LEAST 0.01

/* Log likelihoods beside one line, over the waves that cross it. */
struct jump_sums {
    double none, glide[GLIDE_COUNT];
    double in_phase, product; /* of the two sides without a glide, and at most */
};

/* The places [first, line] and (line, last], and the part of the noise's power in them: 0 where a side is too
 * small. */
struct jump_sides {
    int first, line, last;
    double noise;
};

/* Adds one wave. A lean is chosen for each explanation, as for whole sides. */
static void add_wave(const struct line_sums sums[LINE_LEANS], const struct jump_sides *sides, double noise,
                     const double moved[GLIDE_COUNT][2], struct jump_sums *jump)
{
    double none = 0, glide[GLIDE_COUNT] = {0}, in_phase = -INFINITY, product = 0;
    for (int lean = 0; lean < LINE_LEANS; lean++) {
        const double *re = sums[lean].re, *im = sums[lean].im;
        double before_re = sides->first > 0 ? re[sides->first - 1] : 0;
        double before_im = sides->first > 0 ? im[sides->first - 1] : 0;
        double l_re = re[sides->line] - before_re, l_im = im[sides->line] - before_im;
        double r_re = re[sides->last] - re[sides->line], r_im = im[sides->last] - im[sides->line];
        double both = l_re * l_re + l_im * l_im + r_re * r_re + r_im * r_im;
        double equal = l_re * r_re + l_im * r_im, ahead = l_re * r_im - l_im * r_re;
        none = fmax(none, both + 2 * equal);
        for (int i = 0; i < GLIDE_COUNT; i++)
            glide[i] = fmax(glide[i], both + 2 * (equal * moved[i][0] + ahead * moved[i][1]));
        if (equal <= in_phase) continue;
        in_phase = equal;
        product = hypot(l_re, l_im) * hypot(r_re, r_im);
    }
    jump->none += none / noise;
    for (int i = 0; i < GLIDE_COUNT; i++) jump->glide[i] += glide[i] / noise;
    jump->in_phase += in_phase / noise;
    jump->product += product / noise;
}

static struct jump_sides measure_sides(const struct line_profile *p, double layers, int line)
{
    double place = 2 * p->extent / LINE_PLACES, total = 0, left = 0, right = 0;
    int reach = (int)fmax(1, floor(layers * p->layer / place + 0.5));
    int rim = (int)fmax(1, ceil(RIM_LAYERS * p->layer / place));
    struct jump_sides sides = {line - reach + 1 > 0 ? line - reach + 1 : 0, line,
                               line + reach < LINE_PLACES ? line + reach : LINE_PLACES - 1, 0};
    if (line < rim - 1 || line > LINE_PLACES - 1 - rim) return sides;
    for (int b = 0; b < LINE_PLACES; b++) {
        total += p->weight2[b];
        if (b >= sides.first && b <= line) left += p->weight2[b];
        if (b > line && b <= sides.last) right += p->weight2[b];
    }
    if (left >= SIDE_LEAST * total && right >= SIDE_LEAST * total) sides.noise = (left + right) / total;
    return sides;
}

/* The best jump across one normal, in *best where it is better; its gain. */
static double find_across(const struct line_profiles *profiles, int normal, double layers,
                          struct line_jump *best)
{
    const struct line_profile *p = profiles->items + normal;
    double turns[LINE_SPOT_MOST][GLIDE_COUNT], moved[GLIDE_COUNT][2], most = 0;
    struct line_sums sums[LINE_LEANS];
    struct jump_sums jumps[LINE_PLACES] = {{0}};
    struct jump_sides sides[LINE_PLACES];
    glide_turns_list(profiles, normal, turns);
    for (int b = 0; b < LINE_PLACES; b++) sides[b] = measure_sides(p, layers, b);
    for (int j = 0; j < profiles->spot_count; j++) {
        if (line_is_along(p->normal, profiles->waves[j].g)) continue;
        for (int i = 0; i < GLIDE_COUNT; i++) {
            moved[i][0] = cos(2 * PI * turns[j][i]);
            moved[i][1] = sin(2 * PI * turns[j][i]);
        }
        for (int lean = 0; lean < LINE_LEANS; lean++)
            line_sums_make(profiles, normal, j, lean, NULL, sums + lean);
        for (int b = 0; b < LINE_PLACES; b++)
            if (sides[b].noise > 0)
                add_wave(sums, sides + b, profiles->waves[j].noise * sides[b].noise, moved, jumps + b);
    }
    for (int b = 0; b < LINE_PLACES; b++) {
        const struct jump_sums *jump = jumps + b;
        double glide = jump->glide[0];
        for (int i = 1; i < GLIDE_COUNT; i++) glide = fmax(glide, jump->glide[i]);
        if (glide - jump->none <= most) continue;
        most = glide - jump->none;
        if (most <= best->gain) continue;
        best->gain = most;
        best->share = jump->none > 0 ? most / jump->none : 0;
        best->coherence = jump->product > 0 ? jump->in_phase / jump->product : 1;
    }
    return most;
}

struct line_jump line_jumps_find(const struct line_profiles *profiles, double layers)
{
    struct line_jump best = {.coherence = 1};
    double first = 0, second = 0;
    for (int k = 0; k < profiles->normal_count; k++) {
        double gain = find_across(profiles, k, layers, &best);
        second = fmax(second, fmin(first, gain));
        first = fmax(first, gain);
    }
    best.next_gain = second;
    return best;
}
