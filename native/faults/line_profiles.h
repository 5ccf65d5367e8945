/* line_profiles.h - a particle's lattice across straight lines.
 *
 * A fault that is seen along its plane is a line at right angles to a reflection of its layers. Every strong
 * reflection is therefore tried as a normal, and all are followed across: the image times a reflection's
 * wave, summed along lines, is a profile whose modulus and phase are those of the lattice (geometric phase
 * analysis, DOI 10.1016/S0304-3991(98)00035-7, with the whole line as its filter). Lengths in nm, or px where
 * the pixel size is not known. Pure; the same bytes on every run and thread.
 */
#ifndef FAULTS_LINE_PROFILES_H
#define FAULTS_LINE_PROFILES_H

#include "crystal/lattice_spots.h"

enum { LINE_PLACES = 96, LINE_NORMAL_MOST = 6, LINE_SPOT_MOST = 9, LINE_WAVE_MOST = LINE_SPOT_MOST + 5 };

/* A wave runs along a normal where the sine between them is less: no glide of the layers moves it. */
#define LINE_ALONG 0.2

/* A reflection that is followed: one of the strongest spots, or the mirror image of one, whether it stands
 * out or not: half a particle shows it half as strong. */
struct line_wave {
    double g[2], contrast;
    double noise; /* mean power of its ring, under the profiles' window */
};

/* The window, and each wave's part of the image under it, by the place along a normal. */
struct line_profile {
    double normal[2]; /* unit vector in the image */
    double layer;     /* spacing of the reflection that it is the normal of */
    double extent;    /* of the window from its centre */
    double weight[LINE_PLACES], weight2[LINE_PLACES], length[LINE_PLACES];
    double re[LINE_WAVE_MOST][LINE_PLACES], im[LINE_WAVE_MOST][LINE_PLACES];
};

struct line_profiles {
    const struct lattice_spectrum *spectrum;
    double *window, *weighted; /* as the spectrum's, with a steeper edge */
    double noise_scale;        /* of noise under it, of that in the spectrum */
    int *places;               /* of a row's pixels, for each normal; -1 outside the window */
    double *row_re, *row_im;
    int spot_count, wave_count; /* waves of spots come first */
    struct line_wave waves[LINE_WAVE_MOST];
    int normal_count;
    struct line_profile items[LINE_NORMAL_MOST];
};

/* Follows the strongest spots across all normals. FRINGE_MEMORY is the only failure. Freed by
 * line_profiles_free, which takes NULL. The spectrum must live as long. */
fringe_status line_profiles_create(const struct lattice_spectrum *spectrum, const struct lattice_spots *spots,
                                   struct line_profiles **profiles, fringe_error *error);
void line_profiles_free(struct line_profiles *profiles);

/* Follows across one normal also what the spots would look like behind a twin's plane; those waves take the
 * place of the ones that were added for the normal before. */
void line_profiles_mirror(struct line_profiles *profiles, int normal);

/* A row of the image times a wave, into row_re and row_im. */
void line_profiles_demodulate(struct line_profiles *profiles, const double g[2], int32_t y);

/* g behind a twin's plane of the normal n. */
void line_mirror_image(const double n[2], const double g[2], double image[2]);

/* How far g is from h or -h, in units of the resolution. */
double line_wave_miss(const struct lattice_spectrum *spectrum, const double g[2], const double h[2]);

/* Two reflections are each other's image where they miss by less, a reflection is its own where it does. */
#define LINE_MIRROR_NEAR 1.0
#define LINE_MIRROR_SELF 1.5

/* 1 where a wave runs along a normal. */
int line_is_along(const double n[2], const double g[2]);

#endif
