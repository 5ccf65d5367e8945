#include "faults/line_sums.h"

#include <math.h>

#define PI 3.14159265358979323846

/* Each side of a line has at least this part of the window, and so many layers: the outermost ones are not
 * where the others say. */
#define SIDE_LEAST   0.05
#define LAYERS_LEAST 1.0

/* In units of the spectrum's resolution: a fault splits a reflection in two, which is found at one of its
 * halves, and a net that is fitted to such reflections is off by as much. More would let a perfect crystal
 * bend to a fault. */
#define LEAN_MOST 0.5

struct line_sides line_sides_measure(const struct line_profile *profile)
{
    struct line_sides sides = {.first = LINE_PLACES, .last = -1};
    double weight[LINE_PLACES], total = 0, total2 = 0;
    for (int b = 0; b < LINE_PLACES; b++) {
        weight[b] = total += profile->weight[b];
        sides.noise[b] = total2 += profile->weight2[b];
    }
    for (int b = 0; b < LINE_PLACES; b++) {
        sides.noise[b] /= total2;
        if (weight[b] < SIDE_LEAST * total || weight[b] > (1 - SIDE_LEAST) * total) continue;
        double offset = fabs(profile->extent * (2. * (b + 1) / LINE_PLACES - 1));
        if (profile->extent - offset < LAYERS_LEAST * profile->layer) continue;
        if (sides.last < 0) sides.first = b;
        sides.last = b;
    }
    return sides;
}

void line_sums_make(const struct line_profiles *profiles, int normal, int wave, int lean,
                    const struct line_turn *known, struct line_sums *sums)
{
    const struct line_profile *p = profiles->items + normal;
    double delta = LEAN_MOST * (2. * lean / (LINE_LEANS - 1) - 1) / profiles->spectrum->length;
    double re = 0, im = 0;
    for (int b = 0; b < LINE_PLACES; b++) {
        double angle = -2 * PI * delta * p->extent * (2 * (b + 0.5) / LINE_PLACES - 1);
        if (known && b > known->place) angle -= 2 * PI * known->turns;
        double c = cos(angle), d = sin(angle);
        sums->re[b] = re += p->re[wave][b] * c - p->im[wave][b] * d;
        sums->im[b] = im += p->re[wave][b] * d + p->im[wave][b] * c;
    }
}
