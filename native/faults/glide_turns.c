#include "faults/glide_turns.h"

#include <math.h>

const int glide_thirds[GLIDE_THIRD_COUNT] = {GLIDE_PARTS / 3, GLIDE_PARTS - GLIDE_PARTS / 3,
                                             GLIDE_PARTS + GLIDE_PARTS / 3,
                                             2 * GLIDE_PARTS - GLIDE_PARTS / 3};

/* The crystal repeats itself along the line after 1 / the least wave along it, its layers across after 1 /
 * the shortest wave along the normal. */
void glide_turns_list(const struct line_profiles *profiles, int normal,
                      double turns[LINE_SPOT_MOST][GLIDE_COUNT])
{
    const double *n = profiles->items[normal].normal;
    double least = INFINITY, layer = INFINITY;
    for (int j = 0; j < profiles->spot_count; j++) {
        const double *g = profiles->waves[j].g;
        if (line_is_along(n, g))
            layer = fmin(layer, hypot(g[0], g[1]));
        else
            least = fmin(least, fabs(g[1] * n[0] - g[0] * n[1]));
    }
    for (int j = 0; j < profiles->spot_count; j++) {
        const double *g = profiles->waves[j].g;
        double along_line = (g[1] * n[0] - g[0] * n[1]) / least, across = (g[0] * n[0] + g[1] * n[1]) / layer;
        for (int i = 0; i < GLIDE_COUNT; i++)
            turns[j][i] = along_line * (i % GLIDE_PARTS) / GLIDE_PARTS + across * (i / GLIDE_PARTS);
    }
}
