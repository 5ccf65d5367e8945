/* multislice.h - an electron wave through a pile of thin slices of atoms.
 *
 * Each slice turns the wave's phase by sigma times its projected potential and weakens it by the share that
 * absorption takes, then the wave travels on by one
 * slice. Potential and wave are limited to 2/3 of the grid's highest frequency. An atom belongs as a whole
 * to the slice of its centre. The potential is the sum of the elements' scattering factors (element.h)
 * placed at the atoms' exact positions: each is spread over 6 x 6 pixels by a smooth kernel, and the spectrum
 * is divided by the kernel's (Barnett et al., DOI 10.1137/18M120885X); relative error 1e-4.
 *
 * Planes are (H, W) row-major; the cell repeats itself in x and y. Lengths in A.
 */
#ifndef SIMULATE_MULTISLICE_H
#define SIMULATE_MULTISLICE_H

#include <stdint.h>

#include "base/rng.h"
#include "crystal/atoms.h"
#include "crystal/element.h"
#include "image/fft.h"
#include "simulate/optics.h"

struct multislice_settings {
    int32_t height_px, width_px;       /* as fft_plan_create */
    double height_a, width_a;          /* of the repeated cell */
    double depth_a, slice_a;           /* slices from z = 0 on: ceil(depth / slice), at least 1 */
    double voltage_kv, tilt_x, tilt_y; /* beam tilt in radians */
    double absorption;                 /* imaginary part of the potential, of the real one */
};

/* Immutable once made; any number of threads. */
struct multislice;

/* Sorts a copy of the atoms into slices; those outside 0 <= z < depth go to the nearest. */
fringe_status multislice_create(const struct multislice_settings *settings, const struct atoms *atoms,
                                struct multislice **made, fringe_error *error);
void multislice_free(struct multislice *multislice);

/* Floats of a thread's workspace, from alloc_aligned. */
size_t multislice_workspace_floats(const struct multislice *multislice);

/* The exit wave of a plane wave of amplitude 1, as its spectrum divided by H W, transposed as in fft.h.
 * `vibration` scales the elements' vibrations, which `rng` draws; 0: atoms at rest, rng may be NULL. The
 * outputs lie in the workspace and stay until its next use. */
void multislice_exit_wave(const struct multislice *multislice, double vibration, struct rng *rng,
                          float *workspace, float **spectrum_re, float **spectrum_im);

/* The lens's transfer function on the grid: two planes of H W floats in the spectrum's order. */
void multislice_transfer(const struct multislice *multislice, const struct optics *optics, float *re,
                         float *im);

/* Adds to `intensity` (H x W) `weight` times the image of the exit wave that multislice_exit_wave left in the
 * workspace, and keeps the wave for further images. transfer_re NULL: a perfect lens. */
void multislice_add_image(const struct multislice *multislice, const float *transfer_re,
                          const float *transfer_im, float weight, float *workspace, float *intensity);

/* The exit wave itself in real space, H x W, from the workspace; it is lost there. For proofs. */
void multislice_real_wave(const struct multislice *multislice, float *workspace, float *re, float *im);

#endif
