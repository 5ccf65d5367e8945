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

/* chi without the beam's tilt, at the angle (x, y). */
static double chi_at(const struct optics *o, double x, double y)
{
    double a2 = x * x + y * y, a = sqrt(a2), p = atan2(y, x);
    double sum =
        a2 / 2 * (o->twofold_a * cos(2 * (p - o->twofold_angle)) - o->defocus_a) +
        a2 * a / 3 *
            (o->coma_a * cos(p - o->coma_angle) + o->threefold_a * cos(3 * (p - o->threefold_angle))) +
        a2 * a2 / 4 * o->spherical_a;
    return 2 * PI / optics_wavelength_a(o->voltage_kv) * sum;
}

double optics_chi(const struct optics *o, double kx, double ky)
{
    double wavelength = optics_wavelength_a(o->voltage_kv), x = wavelength * kx, y = wavelength * ky;
    if (o->tilt_x == 0 && o->tilt_y == 0) return chi_at(o, x, y);
    /* The direct beam passes at the tilt; its own phase and the image's shift are of no interest. */
    const double h = 1e-6;
    double slope_x = (chi_at(o, o->tilt_x + h, o->tilt_y) - chi_at(o, o->tilt_x - h, o->tilt_y)) / (2 * h);
    double slope_y = (chi_at(o, o->tilt_x, o->tilt_y + h) - chi_at(o, o->tilt_x, o->tilt_y - h)) / (2 * h);
    return chi_at(o, x + o->tilt_x, y + o->tilt_y) - chi_at(o, o->tilt_x, o->tilt_y) - slope_x * x -
           slope_y * y;
}

void optics_transfer(const struct optics *o, double kx, double ky, double *re, double *im)
{
    double wavelength = optics_wavelength_a(o->voltage_kv), envelope = 1;
    if (o->focal_spread_a > 0) {
        double focal = PI * wavelength * o->focal_spread_a * (kx * kx + ky * ky);
        envelope *= exp(-focal * focal / 2);
    }
    if (o->convergence > 0) {
        const double h = 1e-4;
        double gx = (optics_chi(o, kx + h, ky) - optics_chi(o, kx - h, ky)) / (2 * h);
        double gy = (optics_chi(o, kx, ky + h) - optics_chi(o, kx, ky - h)) / (2 * h);
        double spread = o->convergence / wavelength;
        envelope *= exp(-(gx * gx + gy * gy) * spread * spread / 2);
    }
    double chi = optics_chi(o, kx, ky);
    *re = envelope * cos(chi);
    *im = -envelope * sin(chi);
}
