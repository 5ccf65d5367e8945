/* spectrum.h - one particle's power spectrum, its reflections with their indices, and how a fault runs in it.
 *
 * This is what fringe_faults_find looks at, to be looked at by people: the same pixels, reflections, phase,
 * class and planes. The particle's pixels are freed from a smooth background, weighted with a window that
 * falls to zero at the particle's border, and scaled so that white noise of any strength has power 1 on
 * average.
 *
 * The plane is (H, W) row-major with H = W, even. Frequencies g are vectors, x to the right and y down as in
 * the image, in 1/nm, or in 1/px where the pixel size is not known. Frequency 0 is the middle of the pixel (W
 * / 2, H / 2); as in images pixel (x, y) covers [x, x + 1] by [y, y + 1], so that g is seen at x_px = W / 2 +
 * 0.5 + g_x / step_x, and y_px likewise. Angles are ImageJ's: degrees, counter-clockwise from the x axis as
 * the image is seen, 0 to 180.
 *
 * A spectrum is immutable, for any number of threads, and lives no longer than its model. The same bytes on
 * every run and thread.
 */
#ifndef FRINGE_SPECTRUM_H
#define FRINGE_SPECTRUM_H

#include <stdint.h>

#include "fringe/faults.h"
#include "fringe/micrograph.h"
#include "fringe/particles.h"
#include "fringe/run.h"
#include "fringe/status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct fringe_spectrum fringe_spectrum;

typedef struct fringe_spectrum_info {
    int32_t size_px;       /* of the plane: its height and its width */
    double step_x, step_y; /* from a pixel to the next, 1/nm or 1/px */
    const char *unit;      /* "nm" or "pixel": of spacings; frequencies are in its inverse. Static */
    int32_t spot_count, plane_count;
} fringe_spectrum_info;

/* A reflection that stands out. Of g and -g there is one, that with g_y > 0, or g_y = 0 and g_x > 0; the
 * other one has the opposite indices. */
typedef struct fringe_spectrum_spot {
    double g_x, g_y;
    double x_px, y_px;             /* where it is seen in the plane */
    double spacing, spacing_error; /* d = 1 / |g|, nm or pixels, and its standard error */
    double contrast;               /* power as a multiple of the median on its ring */
    int is_indexed;                /* 1: it belongs to the particle's phase, seen along its zone */
    int32_t index[3];              /* h k l where is_indexed, else 0 0 0 */
} fringe_spectrum_spot;

/* How a plane of the particle's class lies, the line of the same number in its rating. */
typedef struct fringe_spectrum_plane {
    double direction; /* of its trace, in the image as in the spectrum */
    int32_t spot;     /* the reflection of the plane's own layers, at right angles to the trace; -1 where none
                         stands out */
} fringe_spectrum_plane;

/* Transforms the particle of an index from 0. `particles` are those of a slice of `image`, of which `channel`
 * is looked at (both from 0), and have its size, else FRINGE_ARGUMENT with both. Spots are indexed by the
 * model's phases, where several fit by the likeliest; `model` NULL: by those that come with Fringe, and the
 * class is not known. FRINGE_ARGUMENT too where there is no such particle, where it is more than
 * FRINGE_FAULT_BOX_MOST across, or too small or flat for a spectrum (the message says which); a particle
 * without reflections is a success without spots. FRINGE_CANCELLED (`run`, which may be NULL); otherwise
 * fails as fringe_micrograph_read does. On success *spectrum is the caller's; on failure it is NULL. One
 * image serves one thread at a time. */
FRINGE_API fringe_status fringe_spectrum_find(const fringe_fault_model *model, fringe_micrograph *image,
                                              int32_t slice, int32_t channel,
                                              const fringe_particles *particles, int32_t index,
                                              const fringe_run *run, fringe_spectrum **spectrum,
                                              fringe_error *error);

/* NULL is accepted. */
FRINGE_API void fringe_spectrum_free(fringe_spectrum *spectrum);

/* Fills *info. Any thread. */
FRINGE_API void fringe_spectrum_get_info(const fringe_spectrum *spectrum, fringe_spectrum_info *info);

/* The power: size_px x size_px values of 0 and more, not logarithms. Owned by `spectrum`. Any thread. */
FRINGE_API const float *fringe_spectrum_power(const fringe_spectrum *spectrum);

/* The spot of an index from 0, by falling contrast; NULL outside. Owned by `spectrum`. Any thread. */
FRINGE_API const fringe_spectrum_spot *fringe_spectrum_get_spot(const fringe_spectrum *spectrum,
                                                                int32_t index);

/* The plane of an index from 0, as its rating's lines; NULL outside. Owned by `spectrum`. Any thread. */
FRINGE_API const fringe_spectrum_plane *fringe_spectrum_get_plane(const fringe_spectrum *spectrum,
                                                                  int32_t index);

/* What is said of the particle: the same as fringe_faults_get says. Without a model its probabilities are 0,
 * its class is FRINGE_FAULT_UNDECIDED, and it has no lines. Owned by `spectrum`. Any thread. */
FRINGE_API const fringe_fault_rating *fringe_spectrum_rating(const fringe_spectrum *spectrum);

#ifdef __cplusplus
}
#endif
#endif
