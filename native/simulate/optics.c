#include "simulate/optics.h"

#include <math.h>

#define PI      3.14159265358979323846
#define REST_KV 510.99895 /* the electron's rest energy */

double optics_wavelength_a(double kv)
{
    return 12.398419843 / sqrt(kv * (2 * REST_KV + kv)); /* h c in keV A */
}

double optics_interaction(double kv)
{
    return 2 * PI / (optics_wavelength_a(kv) * kv * 1000) * (REST_KV + kv) / (2 * REST_KV + kv);
}

struct optics_lens optics_lens_of(const struct optics *o)
{
    return (struct optics_lens){
        .optics = *o,
        .wavelength = optics_wavelength_a(o->voltage_kv),
        .twofold = {o->twofold_a * cos(2 * o->twofold_angle), o->twofold_a * sin(2 * o->twofold_angle)},
        .coma = {o->coma_a * cos(o->coma_angle), o->coma_a * sin(o->coma_angle)},
        .threefold = {o->threefold_a * cos(3 * o->threefold_angle),
                      o->threefold_a * sin(3 * o->threefold_angle)}};
}

/* chi without the beam's tilt at the angle x, y, and its slope by them, all over 2 pi / wavelength. */
static double chi_at(const struct optics_lens *l, double x, double y, double slope[2])
{
    double a2 = x * x + y * y, c2 = x * x - y * y, s2 = 2 * x * y; /* a^2 times cos 2p and sin 2p */
    double c3 = x * c2 - y * s2, s3 = x * s2 + y * c2;             /* a^3 times cos 3p and sin 3p */
    double defocus = l->optics.defocus_a, spherical = l->optics.spherical_a;
    double two = l->twofold[0] * c2 + l->twofold[1] * s2;
    double one = l->coma[0] * x + l->coma[1] * y;
    double three = l->threefold[0] * c3 + l->threefold[1] * s3;
    slope[0] = l->twofold[0] * x + l->twofold[1] * y + (2 * x * one + a2 * l->coma[0]) / 3 +
               l->threefold[0] * c2 + l->threefold[1] * s2 + (a2 * spherical - defocus) * x;
    slope[1] = l->twofold[1] * x - l->twofold[0] * y + (2 * y * one + a2 * l->coma[1]) / 3 +
               l->threefold[1] * c2 - l->threefold[0] * s2 + (a2 * spherical - defocus) * y;
    return (two - a2 * defocus) / 2 + (a2 * one + three) / 3 + a2 * a2 / 4 * spherical;
}

/* The same with the tilt: the direct beam passes at it; its own phase and the image's shift are of no
 * interest. */
static double tilted_chi(const struct optics_lens *l, double kx, double ky, double slope[2])
{
    const struct optics *o = &l->optics;
    double x = l->wavelength * kx, y = l->wavelength * ky, direct[2];
    double chi = chi_at(l, x + o->tilt_x, y + o->tilt_y, slope);
    chi -= chi_at(l, o->tilt_x, o->tilt_y, direct) + direct[0] * x + direct[1] * y;
    for (int k = 0; k < 2; k++) slope[k] -= direct[k];
    return chi * 2 * PI / l->wavelength;
}

double optics_chi(const struct optics_lens *lens, double kx, double ky)
{
    double slope[2];
    return tilted_chi(lens, kx, ky, slope);
}

void optics_transfer(const struct optics_lens *lens, double kx, double ky, double *re, double *im)
{
    double slope[2], chi = tilted_chi(lens, kx, ky, slope);
    double focal = PI * lens->wavelength * lens->optics.focal_spread_a * (kx * kx + ky * ky);
    double spatial2 = slope[0] * slope[0] + slope[1] * slope[1]; /* grad chi by k is 2 pi slope */
    spatial2 *= pow(2 * PI * lens->optics.convergence / lens->wavelength, 2);
    double envelope = exp(-(focal * focal + spatial2) / 2);
    *re = envelope * cos(chi);
    *im = -envelope * sin(chi);
}
