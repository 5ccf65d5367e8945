#include "io/palette.h"

/* Candidates: a grid over the colour cube. */
#define LEVELS     12
#define CANDIDATES (LEVELS * LEVELS * LEVELS)

static void colour_of(int candidate, int colour[3])
{
    for (int part = 0; part < 3; part++, candidate /= LEVELS)
        colour[part] = candidate % LEVELS * 255 / (LEVELS - 1);
}

/* Squared distance with the weights of Riemersma's "redmean" at middle red, close to what eyes see. */
static int distance(const int a[3], const int b[3])
{
    int red = a[0] - b[0], green = a[1] - b[1], blue = a[2] - b[2];
    return 5 * red * red + 8 * green * green + 5 * blue * blue;
}

void palette_classes(unsigned char colours[PALETTE_COUNT][3])
{
    /* White is kept free as well: it is what ImageJ draws selections and text in. */
    static const int white[3] = {255, 255, 255};
    int nearest[CANDIDATES]; /* to any colour taken so far */
    int taken[3] = {0, 0, 0};
    for (int i = 0; i < CANDIDATES; i++) {
        int colour[3];
        colour_of(i, colour);
        nearest[i] = distance(colour, white);
    }
    for (int entry = 0; entry < PALETTE_COUNT; entry++) {
        for (int part = 0; part < 3; part++) colours[entry][part] = (unsigned char)taken[part];
        int best = 0;
        for (int i = 0; i < CANDIDATES; i++) {
            int colour[3];
            colour_of(i, colour);
            int to_taken = distance(colour, taken);
            if (to_taken < nearest[i]) nearest[i] = to_taken;
            if (nearest[i] > nearest[best]) best = i;
        }
        colour_of(best, taken);
    }
}
