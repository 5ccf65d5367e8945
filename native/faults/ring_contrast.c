#include "faults/ring_contrast.h"

#include <math.h>

#include "base/alloc.h"
#include "base/failure.h"

/* Where crystals have their reflections. Fewer than three periods are background; detectors show nothing
 * close to the highest frequency; strong reflections of most crystals lie between 0.45 and 0.1 nm. */
#define PERIODS_LEAST  3.0
#define OF_NYQUIST     0.85
#define G_LEAST_PER_NM 2.2
#define G_MOST_PER_NM  10.0

#define STANDS_OUT    8.0
#define PEAK_LEAST    4.0
#define NON_COLLINEAR 0.17 /* sine of the angle: 10 degrees */

/* Rings that a reflection does not reach any more: so many steps in and out. */
enum { BESIDE = 5 };

enum { PEAK_MOST = 512 };

struct peak {
    double contrast, x, y; /* a unit vector */
};

/* What is summed up over frequencies. */
struct sums {
    size_t count, standing;
    struct peak peaks[PEAK_MOST]; /* by falling contrast */
    int peak_count;
    double *power, *places; /* of each ring's outer half */
};

static void keep(struct sums *sums, struct peak peak)
{
    if (sums->peak_count == PEAK_MOST && peak.contrast <= sums->peaks[PEAK_MOST - 1].contrast) return;
    int at = sums->peak_count < PEAK_MOST ? sums->peak_count++ : PEAK_MOST - 1;
    for (; at > 0 && sums->peaks[at - 1].contrast < peak.contrast; at--)
        sums->peaks[at] = sums->peaks[at - 1];
    sums->peaks[at] = peak;
}

static void look_at(const struct lattice_spectrum *s, int32_t kx, int32_t ky, double gx, double gy, double g,
                    struct sums *sums)
{
    double power = lattice_spectrum_power(s, kx, ky), ring = lattice_spectrum_ring(s, g);
    if (!(ring > 0)) return;
    double contrast = power / ring;
    int32_t half_ring = (int32_t)(g / s->ring_step);
    sums->count++;
    sums->standing += contrast >= STANDS_OUT;
    sums->power[half_ring] += power;
    sums->places[half_ring]++;
    if (contrast >= PEAK_LEAST && lattice_spectrum_is_maximum(s, kx, ky))
        keep(sums, (struct peak){contrast, gx / g, gy / g});
}

static void choose_directions(const struct sums *sums, struct ring_contrast *contrast)
{
    struct peak chosen[RING_DIRECTION_COUNT];
    int count = 0;
    for (int i = 0; i < sums->peak_count && count < RING_DIRECTION_COUNT; i++) {
        const struct peak *peak = sums->peaks + i;
        int is_other = 1;
        for (int k = 0; k < count; k++)
            is_other &= fabs(peak->x * chosen[k].y - peak->y * chosen[k].x) > NON_COLLINEAR;
        if (!is_other) continue;
        contrast->peaks[count] = log2(1 + peak->contrast);
        chosen[count++] = *peak;
    }
}

/* Noise has an exponential distribution: its mean is its median / ln 2. */
static void compare_rings(const struct lattice_spectrum *s, const struct sums *sums,
                          struct ring_contrast *contrast)
{
    int rings = 0;
    for (int32_t i = 1; i < s->ring_count; i++) {
        double places = sums->places[i - 1] + sums->places[i];
        if (sums->places[i - 1] == 0 || sums->places[i] == 0) continue; /* at the band's edge */
        double mean = (sums->power[i - 1] + sums->power[i]) / places * log(2);
        int32_t inside = i > BESIDE ? i - BESIDE : 0;
        int32_t outside = i + BESIDE < s->ring_count ? i + BESIDE : s->ring_count;
        double beside = (s->ring_median[inside] + s->ring_median[outside]) / 2;
        if (!(s->ring_median[i] > 0) || !(beside > 0)) continue;
        contrast->spread += mean / s->ring_median[i];
        contrast->rise = fmax(contrast->rise, log2(mean / beside));
        rings++;
    }
    if (rings) contrast->spread /= rings;
}

fringe_status ring_contrast_measure(const struct lattice_spectrum *s, struct ring_contrast *contrast,
                                    fringe_error *error)
{
    *contrast = (struct ring_contrast){0};
    int is_calibrated = s->unit_x != 1 || s->unit_y != 1;
    double least = PERIODS_LEAST / s->length, most = OF_NYQUIST * fmin(s->step_x, s->step_y) * s->size_px / 2;
    if (is_calibrated) {
        most = fmin(most, G_MOST_PER_NM);
        least = fmin(fmax(least, G_LEAST_PER_NM), most / 2);
    }
    if (!(least < most)) return FRINGE_OK;
    fringe_status status = FRINGE_OK;
    size_t rings = (size_t)s->ring_count + 1;
    struct sums *sums = alloc_array(1, sizeof *sums);
    double *planes = alloc_array(2 * rings, sizeof *planes);
    if (!sums || !planes) {
        status = failure_memory(error, "the rings of a spectrum", 2 * rings * sizeof *planes);
        goto done;
    }
    sums->power = planes;
    sums->places = planes + rings;
    int32_t reach_x = (int32_t)(most / s->step_x), reach_y = (int32_t)(most / s->step_y);
    for (int32_t ky = 0; ky <= reach_y; ky++) /* half of the plane says what the other does */
        for (int32_t kx = ky ? -reach_x : 1; kx <= reach_x; kx++) {
            double gx = kx * s->step_x, gy = ky * s->step_y, g = hypot(gx, gy);
            if (g >= least && g <= most) look_at(s, kx, ky, gx, gy, g, sums);
        }
    if (sums->count == 0) goto done;
    choose_directions(sums, contrast);
    compare_rings(s, sums, contrast);
    contrast->share_8 = (double)sums->standing / (double)sums->count;
done:
    alloc_free(sums);
    alloc_free(planes);
    return status;
}
