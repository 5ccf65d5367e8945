/* faulted_disc.h - a disc of a crystal seen along [110], as waves: whole, with a glide of its layers, or with
 * a twin behind a line. */
#ifndef SUPPORT_FAULTED_DISC_H
#define SUPPORT_FAULTED_DISC_H

#include <math.h>

enum faulted_disc_kind { DISC_PERFECT, DISC_GLIDE, DISC_TWIN };

/* Both {111} with d = 10 px and {200} with 8.66 px. */
#define FAULTED_DISC_RADIUS  90
#define FAULTED_DISC_OPENING 70.5288

/* The disc at (dx, dy) from its middle, in pixels; 0 outside. The first {111} has its normal at angle_deg,
 * clockwise from x as the image is seen; the fault lies across it, `offset` from the middle. */
static double faulted_disc_value(enum faulted_disc_kind kind, double angle_deg, double offset, double dx,
                                 double dy)
{
    static const double strength[] = {20, 16, 9};
    double g[3][2], n[2], turn = angle_deg * M_PI / 180, opening = FAULTED_DISC_OPENING * M_PI / 180, sum = 0;
    if (dx * dx + dy * dy >= FAULTED_DISC_RADIUS * FAULTED_DISC_RADIUS) return 0;
    for (int k = 0; k < 2; k++) {
        g[0][k] = 0.1 * (k ? sin(turn) : cos(turn));
        g[1][k] = 0.1 * (k ? sin(turn + opening) : cos(turn + opening));
        n[k] = g[0][k] / 0.1;
    }
    for (int k = 0; k < 2; k++) g[2][k] = g[0][k] - g[1][k];
    double t = dx * n[0] + dy * n[1];
    for (int i = 0; i < 3; i++) {
        double wave[2] = {g[i][0], g[i][1]}, phase = 0.3 * i;
        if (t > offset && kind == DISC_GLIDE && i) phase += (i == 1 ? 1 : -1) * 2 * M_PI / 3;
        if (t > offset && kind == DISC_TWIN) {
            double along = 2 * (wave[0] * n[0] + wave[1] * n[1]);
            for (int k = 0; k < 2; k++) wave[k] -= along * n[k];
        }
        sum += strength[i] * cos(2 * M_PI * (wave[0] * dx + wave[1] * dy) + phase);
    }
    return sum;
}

#endif
