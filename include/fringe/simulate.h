/* simulate.h - micrographs made by calculation, with their truth.
 *
 * A high-resolution image is simulated from atoms on: crystals with shapes, faults and strain on an amorphous
 * support with edges and contamination; the electron wave through them by multislice with frozen phonons; the
 * lens with aberrations and partial coherence; the detector with its transfer function, counting noise, X-ray
 * pixels, uneven illumination and drift. A recipe gives the range of every parameter, each image draws its
 * own. Where it says so, several images with their own lens, dose and detector are made of each exit wave:
 * they show the same atoms.
 *
 * Simpler, by presets of their own: sections of a battery electrode in secondary and backscattered electrons,
 * and its tomograms, from one microstructure of pores, active material and binder. These are drawn to look
 * like such images, not calculated from cross-sections.
 *
 * Truth: a pixel belongs to a particle where its projected atoms are, each a disc of its covalent radius, and
 * where it lies in a hole that such discs enclose. The rule knows nothing of the imaging conditions. A
 * particle's lattice is resolved in an image where two non-collinear reflections of its own stand at 5 times
 * the median power of their ring, in the power spectrum of the particle's pixels.
 *
 * The same recipe, count and seed give the same bytes for any number of threads, on one build and CPU path;
 * image n does not depend on how many are asked for. Each thread needs about 100 bytes for every pixel of a
 * wave: some 200 MB for an image of 25 nm at 0.02 nm.
 */
#ifndef FRINGE_SIMULATE_H
#define FRINGE_SIMULATE_H

#include <stdint.h>

#include "fringe/run.h"
#include "fringe/status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct fringe_simulate_options {
    const char *preset; /* a name of fringe_simulate_preset_name; NULL with a recipe */
    const char *recipe; /* path of a YAML file; NULL with a preset */
    int32_t count;      /* images, 1 to 1,000,000 */
    uint64_t seed;
    const char *output_directory; /* made where it is missing */
    int overwrite;                /* 1: replace what an earlier call left there: the images that its
                                     truth.csv names are deleted */
} fringe_simulate_options;

/* No preset and no recipe yet, 1 image, seed 0, the current folder. */
FRINGE_API void fringe_simulate_options_init(fringe_simulate_options *options);

/* The name of preset `index` from 0 on, and what it is for in one line; NULL behind the last. Static text. */
FRINGE_API const char *fringe_simulate_preset_name(int index);
FRINGE_API const char *fringe_simulate_preset_purpose(int index);

#define FRINGE_SIMULATE_DIGEST_BYTES 65 /* 64 lower-case hexadecimal digits and NUL */

/* A text that differs where two calls make other images, on one CPU path: SHA-256 over the version, the
 * recipe as it is understood (whether by a preset's name or in a file), count and seed, as 64 hexadecimal
 * digits and NUL. The other options, the output directory among them, are not looked at. Fails as
 * fringe_simulate does, before it draws. Any thread. */
FRINGE_API fringe_status fringe_simulate_digest(const fringe_simulate_options *options,
                                                char text[FRINGE_SIMULATE_DIGEST_BYTES], fringe_error *error);

/* Writes for each image, numbered from 0000 on, NNNN.tif (calibrated, 16 bits) with its truth, and at the end
 * truth.csv: every parameter that was drawn. Of micrographs NNNN.tif holds a detector's counts and
 * NNNN-mask.tif the particles (0/255), and truth.csv one line per particle, or per image without one. Of
 * sections NNNN.tif has two channels, SE and BSE, of tomograms a slice for each layer, and NNNN-classes.tif
 * the phases: 0 pore, 1 active material, 2 binder. FRINGE_ARGUMENT for options outside their ranges,
 * FRINGE_FORMAT for a recipe with unknown keys or values out of range (with line and both numbers),
 * FRINGE_EXISTS where truth.csv or an image is there already. Cancelled or failed, the images that were
 * finished stay and truth.csv is absent. */
FRINGE_API fringe_status fringe_simulate(const fringe_simulate_options *options, const fringe_run *run,
                                         fringe_error *error);

#ifdef __cplusplus
}
#endif
#endif
