/* optics.h - the electron and the objective lens: wavelength, aberrations, coherence.
 *
 * Lengths in A, angles in radians, frequencies k in 1/A. An objective lens multiplies the exit wave's
 * spectrum by exp(-i chi(k)) and the envelopes of partial coherence; angle = wavelength * k.
 */
#ifndef SIMULATE_OPTICS_H
#define SIMULATE_OPTICS_H

/* De Broglie wavelength, relativistic, of `kv` kilovolts; and the phase in radians that an electron gains for
 * each volt times A on its way. */
double optics_wavelength_a(double kv);
double optics_interaction(double kv);

struct optics {
    double voltage_kv;
    double defocus_a;   /* positive: underfocus, so that Scherzer's is positive for a positive Cs */
    double spherical_a; /* Cs, C30 */
    double twofold_a, twofold_angle;     /* astigmatism: C12 and its azimuth */
    double coma_a, coma_angle;           /* C21 */
    double threefold_a, threefold_angle; /* C23 */
    double tilt_x, tilt_y;               /* of the beam */
    double focal_spread_a;               /* standard deviation of the defocus */
    double convergence; /* standard deviation of the illumination's direction along one axis */
};

/* The same, prepared: the coefficients times cosine and sine of their azimuths' multiples. */
struct optics_lens {
    struct optics optics;
    double wavelength, twofold[2], coma[2], threefold[2];
};
struct optics_lens optics_lens_of(const struct optics *optics);

/* 2 pi / wavelength * (C10 a^2/2 + C12 a^2/2 cos 2(p - p12) + C21 a^3/3 cos(p - p21) + C23 a^3/3 cos 3(p -
 * p23) + C30 a^4/4) for the angle a at azimuth p; the beam's tilt moves the point at which it is taken. */
double optics_chi(const struct optics_lens *lens, double kx, double ky);

/* What the spectrum is multiplied with at k: exp(-i chi) E_focal E_spatial, where E_focal = exp(-(pi lambda D
 * k^2)^2 / 2) and E_spatial = exp(-(convergence |grad chi| / lambda)^2 / 2): the usual quasi-coherent form,
 * which holds where the direct beam is much stronger than the others. */
void optics_transfer(const struct optics_lens *lens, double kx, double ky, double *re, double *im);

#endif
