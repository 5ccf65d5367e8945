#include "crystal/lattice_spots.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PI 3.14159265358979323846

/* Where reflections may lie. Fewer than three fringes across the particle are background; above 0.85 of the
 * highest frequency no detector shows any; no spacing beyond 0.9 nm or below 0.075 nm is imaged. */
#define FRINGES_LEAST 3.0
#define OF_NYQUIST    0.85
#define D_MOST_NM     0.9
#define D_LEAST_NM    0.075

/* The error that noise does not explain, as a part of the spectrum's resolution 1 / length: fringes change
 * strength and phase across a particle with its thickness, and are not the lattice's image alone. Set so that
 * intervals of 1.96 standard errors hold the truth for 95 % of the reflections of simulated particles; half
 * of them are off by less than 0.07. */
#define SHAPE_ERROR 0.18

/* The part of it that all reflections of a particle share: no number of them averages it away. */
#define SHARED_ERROR 0.08

/* A window leaks from a strong spot to its surroundings, and a lattice whose strength varies across the
 * particle more so: within these distances, in units of 1 / length, a peak below this part of the strong one
 * is not a spot of its own. */
static const struct {
    double distance, part;
} leaks[] = {{2, 1}, {3, 0.25}, {5, 0.05}, {1e9, 0.001}};

/* What stands where a net that is known has a place needs less to be believed: so many times the median. */
#define ON_NET_LEAST 7.0

enum { PEAK_MOST = 256 };

struct peak {
    int32_t kx, ky; /* signed */
    double contrast, power;
};

/* Keeps the list sorted by falling contrast, and the best of them where there are too many. */
static void keep(struct peak *peaks, int *count, int most, struct peak peak)
{
    if (*count == most && peak.contrast <= peaks[most - 1].contrast) return;
    int at = *count < most ? (*count)++ : most - 1;
    for (; at > 0 && peaks[at - 1].contrast < peak.contrast; at--) peaks[at] = peaks[at - 1];
    peaks[at] = peak;
}

static int is_leak(const struct lattice_spectrum *s, const struct peak *peak, const struct peak *strong)
{
    if (strong->power <= peak->power) return 0;
    for (int sign = -1; sign <= 1; sign += 2) { /* the strong one's other half leaks too */
        double dx = (peak->kx - sign * strong->kx) * s->step_x;
        double dy = (peak->ky - sign * strong->ky) * s->step_y;
        double distance = hypot(dx, dy) * s->length;
        int i = 0;
        while (distance >= leaks[i].distance) i++;
        if (peak->power < leaks[i].part * strong->power) return 1;
    }
    return 0;
}

/* Moves g to the maximum. A wave of frequency g + delta, seen at g, has the first moment 2 pi i S delta of
 * its amplitude, with S the window's second moments: that is solved for delta, and again from there. */
static void refine(const struct lattice_spectrum *s, struct lattice_spot *spot)
{
    double det = s->moments[0] * s->moments[2] - s->moments[1] * s->moments[1], amplitude[2], slope[2][2];
    double start[2] = {spot->g[0], spot->g[1]};
    for (int pass = 0; pass < 5; pass++) {
        lattice_spectrum_at(s, spot->g, amplitude, slope);
        double power = amplitude[0] * amplitude[0] + amplitude[1] * amplitude[1], lean[2];
        if (!(power > 0)) break;
        for (int k = 0; k < 2; k++)
            lean[k] = (slope[k][1] * amplitude[0] - slope[k][0] * amplitude[1]) / power / (2 * PI);
        double move[2] = {(s->moments[2] * lean[0] - s->moments[1] * lean[1]) / det,
                          (s->moments[0] * lean[1] - s->moments[1] * lean[0]) / det};
        for (int k = 0; k < 2; k++) spot->g[k] += move[k];
        if (hypot(move[0], move[1]) * s->length < 1e-6) break;
    }
    if (hypot(spot->g[0] - start[0], spot->g[1] - start[1]) * s->length > 0.5) /* ran off to a neighbour */
        memcpy(spot->g, start, sizeof start);
    lattice_spectrum_at(s, spot->g, amplitude, NULL);
    spot->phase = atan2(amplitude[1], amplitude[0]);
    double power = amplitude[0] * amplitude[0] + amplitude[1] * amplitude[1];
    double ring = lattice_spectrum_ring(s, hypot(spot->g[0], spot->g[1]));
    spot->contrast = ring > 0 ? power / ring : 0;

    /* To first order noise shifts the maximum by S^-1 Im(moment of noise / amplitude) / 2 pi; that moment has
     * the noise's power (mean = median / ln 2) times the second moments of w^2, half of it imaginary. */
    double noise = ring / log(2) / (2 * power * 4 * PI * PI);
    const double *m = s->moments, *q = s->noise_moments;
    double i[3] = {m[2] / det, -m[1] / det, m[0] / det};
    double iq[4] = {i[0] * q[0] + i[1] * q[1], i[0] * q[1] + i[1] * q[2], i[1] * q[0] + i[2] * q[1],
                    i[1] * q[1] + i[2] * q[2]};
    double shape = SHAPE_ERROR / s->length;
    spot->covariance[0] = noise * (iq[0] * i[0] + iq[1] * i[1]) + shape * shape;
    spot->covariance[1] = noise * (iq[0] * i[1] + iq[1] * i[2]);
    spot->covariance[2] = noise * (iq[2] * i[1] + iq[3] * i[2]) + shape * shape;
}

/* d = 1 / |g|, and what the error of g along itself makes of it. */
static void measure_spacing(struct lattice_spot *spot)
{
    double g = hypot(spot->g[0], spot->g[1]), x = spot->g[0] / g, y = spot->g[1] / g;
    const double *c = spot->covariance;
    spot->d = 1 / g;
    spot->d_error = sqrt(c[0] * x * x + 2 * c[1] * x * y + c[2] * y * y) / (g * g);
}

/* Adds a peak that reaches `least` when its place is refined. */
static void add_spot(const struct lattice_spectrum *s, const struct peak *peak, double least,
                     struct lattice_spots *spots)
{
    struct lattice_spot *spot = spots->items + spots->count;
    *spot = (struct lattice_spot){.g = {peak->kx * s->step_x, peak->ky * s->step_y}};
    refine(s, spot);
    if (spot->contrast < least) return;
    measure_spacing(spot);
    spots->count++;
}

static void sort_spots(struct lattice_spots *spots)
{
    for (int i = 1; i < spots->count; i++) {
        struct lattice_spot spot = spots->items[i];
        int at = i;
        for (; at > 0 && spots->items[at - 1].contrast < spot.contrast; at--)
            spots->items[at] = spots->items[at - 1];
        spots->items[at] = spot;
    }
}

/* Every maximum that is no leak, by falling contrast. Returns their number. */
static int find_peaks(const struct lattice_spectrum *s, struct lattice_spots *spots, struct peak *peaks)
{
    int count = 0;
    double nyquist = fmin(s->step_x, s->step_y) * s->size_px / 2;
    int is_calibrated = s->unit_x != 1 || s->unit_y != 1;
    spots->g_least = FRINGES_LEAST / s->length;
    spots->g_most = OF_NYQUIST * nyquist;
    if (is_calibrated) {
        spots->g_least = fmax(spots->g_least, 1 / D_MOST_NM);
        spots->g_most = fmin(spots->g_most, 1 / D_LEAST_NM);
    }
    if (!(spots->g_least < spots->g_most)) return 0;
    /* Noise has powers with an exponential distribution, so at a single frequency u times the mean is
     * exceeded with the chance exp(-u). Its maxima over a plane are about u times as many: each has a summit
     * somewhere between the frequencies. u is where one in so many spectra has one; the mean is the median /
     * ln 2. */
    double cells =
        PI / 2 * (spots->g_most * spots->g_most - spots->g_least * spots->g_least) * s->length * s->length;
    double u = log(fmax(2, cells * LATTICE_FALSE_ALARMS));
    spots->threshold = (u + log(u)) / log(2);
    int32_t reach_x = (int32_t)(spots->g_most / s->step_x), reach_y = (int32_t)(spots->g_most / s->step_y);
    for (int32_t ky = 0; ky <= reach_y; ky++)
        for (int32_t kx = ky ? -reach_x : 1; kx <= reach_x; kx++) {
            double g = hypot(kx * s->step_x, ky * s->step_y);
            if (g < spots->g_least || g > spots->g_most) continue;
            double power = lattice_spectrum_power(s, kx, ky), ring = lattice_spectrum_ring(s, g);
            if (power < 0.7 * ON_NET_LEAST * ring || !lattice_spectrum_is_maximum(s, kx, ky)) continue;
            keep(peaks, &count, PEAK_MOST, (struct peak){kx, ky, power / ring, power});
        }
    int kept = 0;
    for (int i = 0; i < count; i++) {
        int leaks_in = 0;
        for (int j = 0; j < kept && !leaks_in; j++) leaks_in = is_leak(s, peaks + i, peaks + j);
        if (!leaks_in) peaks[kept++] = peaks[i];
    }
    return kept;
}

/* ---- the net ---- */

enum { INDEX_MOST = 6, BASIS_SPOTS = 12 };

struct basis {
    double a[2], b[2], det;
};

static int make_basis(const double a[2], const double b[2], struct basis *basis)
{
    *basis = (struct basis){{a[0], a[1]}, {b[0], b[1]}, a[0] * b[1] - a[1] * b[0]};
    return fabs(basis->det) > 0.25 * hypot(a[0], a[1]) * hypot(b[0], b[1]);
}

/* The nearest place of the net: its indices, and the squared distance in units of the spot's error and of a
 * tolerance. */
static double distance2(const struct basis *basis, const struct lattice_spot *spot, double tolerance,
                        int index[2], double rest[2])
{
    const double *a = basis->a, *b = basis->b, *g = spot->g;
    index[0] = (int)lround((g[0] * b[1] - g[1] * b[0]) / basis->det);
    index[1] = (int)lround((a[0] * g[1] - a[1] * g[0]) / basis->det);
    for (int k = 0; k < 2; k++) rest[k] = g[k] - index[0] * a[k] - index[1] * b[k];
    double xx = spot->covariance[0] + tolerance * tolerance, xy = spot->covariance[1];
    double yy = spot->covariance[2] + tolerance * tolerance, det = xx * yy - xy * xy;
    return (yy * rest[0] * rest[0] - 2 * xy * rest[0] * rest[1] + xx * rest[1] * rest[1]) / det;
}

static int is_within(const int index[2])
{
    return (index[0] || index[1]) && abs(index[0]) <= INDEX_MOST && abs(index[1]) <= INDEX_MOST;
}

/* How much better the net explains the spots than spots anywhere would: each one's density, if its place is
 * one of the net's within the searched area, against one over that area. A denser net has more places and
 * pays for them. */
static double score_basis(const struct basis *basis, const struct lattice_spots *spots, double tolerance)
{
    double score = 0, area = PI / 2 * (spots->g_most * spots->g_most - spots->g_least * spots->g_least);
    double places = fmax(1, area / fabs(basis->det));
    for (int i = 0; i < spots->count; i++) {
        int index[2];
        double rest[2], d2 = distance2(basis, spots->items + i, tolerance, index, rest);
        double variance =
            (spots->items[i].covariance[0] + spots->items[i].covariance[2]) / 2 + tolerance * tolerance;
        double density = is_within(index) ? exp(-d2 / 2) * area / (places * 2 * PI * variance) : 0;
        /* Strong spots are surely reflections; weak ones may be chance. */
        score += fmax(0.25, fmin(3, log2(spots->items[i].contrast / spots->threshold) + 1)) *
                 log(0.1 + 0.9 * density);
    }
    return score;
}

/* Weighted least squares of both basis vectors to the indexed spots. Returns their number, 0 where they lie
 * on one line. */
static int fit_basis(struct basis *basis, struct lattice_spots *spots, double tolerance, double normal[16],
                     double *chi2)
{
    double right[4] = {0};
    int count = 0;
    memset(normal, 0, 16 * sizeof *normal);
    *chi2 = 0;
    int first = -1, is_plane = 0;
    for (int i = 0; i < spots->count; i++) {
        struct lattice_spot *spot = spots->items + i;
        double rest[2];
        spot->is_indexed = distance2(basis, spot, tolerance, spot->index, rest) < 9 && is_within(spot->index);
        if (!spot->is_indexed) continue;
        if (first < 0) first = i;
        is_plane |=
            spot->index[0] * spots->items[first].index[1] != spot->index[1] * spots->items[first].index[0];
        const double *c = spot->covariance;
        double det = c[0] * c[2] - c[1] * c[1], weight[3] = {c[2] / det, -c[1] / det, c[0] / det};
        double h[2] = {spot->index[0], spot->index[1]};
        for (int p = 0; p < 2; p++) {
            right[2 * p] += h[p] * (weight[0] * spot->g[0] + weight[1] * spot->g[1]);
            right[2 * p + 1] += h[p] * (weight[1] * spot->g[0] + weight[2] * spot->g[1]);
            for (int q = 0; q < 2; q++)
                for (int k = 0; k < 4; k++)
                    normal[(2 * p + k / 2) * 4 + 2 * q + k % 2] += h[p] * h[q] * weight[k / 2 + k % 2];
        }
        *chi2 +=
            weight[0] * rest[0] * rest[0] + 2 * weight[1] * rest[0] * rest[1] + weight[2] * rest[1] * rest[1];
        count++;
    }
    if (count < 2 || !is_plane) return 0;
    /* Gauss-Jordan: the inverse is wanted too, and the matrix is positive and 4 x 4. */
    double work[4][8] = {{0}};
    for (int r = 0; r < 4; r++) {
        for (int c = 0; c < 4; c++) work[r][c] = normal[4 * r + c];
        work[r][4 + r] = 1;
    }
    for (int p = 0; p < 4; p++) {
        if (!(work[p][p] > 0)) return 0;
        double scale = 1 / work[p][p];
        for (int c = 0; c < 8; c++) work[p][c] *= scale;
        for (int r = 0; r < 4; r++) {
            double factor = work[r][p];
            for (int c = 0; c < 8 && r != p; c++) work[r][c] -= factor * work[p][c];
        }
    }
    double solution[4] = {0};
    for (int r = 0; r < 4; r++)
        for (int c = 0; c < 4; c++) {
            normal[4 * r + c] = work[r][4 + c];
            solution[r] += work[r][4 + c] * right[c];
        }
    return make_basis(solution, solution + 2, basis) ? count : 0;
}

/* Gauss's reduction; `change` gets the whole numbers that lead from the basis to the reduced one. */
static void reduce(struct basis *basis, int change[4])
{
    int m[4] = {1, 0, 0, 1};
    for (int pass = 0; pass < 32; pass++) {
        double aa = basis->a[0] * basis->a[0] + basis->a[1] * basis->a[1];
        double bb = basis->b[0] * basis->b[0] + basis->b[1] * basis->b[1];
        if (aa > bb) {
            for (int k = 0; k < 2; k++) {
                double swap = basis->a[k];
                basis->a[k] = basis->b[k];
                basis->b[k] = swap;
                int whole = m[k];
                m[k] = m[2 + k];
                m[2 + k] = whole;
            }
            aa = bb;
        }
        double ab = basis->a[0] * basis->b[0] + basis->a[1] * basis->b[1];
        int times = (int)lround(ab / aa);
        if (!times) break;
        for (int k = 0; k < 2; k++) {
            basis->b[k] -= times * basis->a[k];
            m[2 + k] -= times * m[k];
        }
    }
    /* a points to the right or straight down as spots do; b is at 60 to 90 degrees, not 90 to 120. */
    int turn_a = basis->a[1] < 0 || (basis->a[1] == 0 && basis->a[0] < 0);
    for (int k = 0; k < 2 && turn_a; k++) basis->a[k] = -basis->a[k], m[k] = -m[k];
    int turn_b = basis->a[0] * basis->b[0] + basis->a[1] * basis->b[1] < 0;
    for (int k = 0; k < 2 && turn_b; k++) basis->b[k] = -basis->b[k], m[2 + k] = -m[2 + k];
    basis->det = basis->a[0] * basis->b[1] - basis->a[1] * basis->b[0];
    memcpy(change, m, sizeof m);
}

/* The standard error of a function of the four components, by its gradient. */
static double error_of(const double covariance[4][4], const double gradient[4])
{
    double sum = 0;
    for (int i = 0; i < 4; i++)
        for (int j = 0; j < 4; j++) sum += gradient[i] * covariance[i][j] * gradient[j];
    return sqrt(fmax(0, sum));
}

static void describe_net(struct lattice_net *net)
{
    const double *a = net->a, *b = net->b;
    double aa = hypot(a[0], a[1]), bb = hypot(b[0], b[1]);
    double cosine = (a[0] * b[0] + a[1] * b[1]) / (aa * bb), sign = a[0] * b[1] - a[1] * b[0] < 0 ? -1 : 1;
    net->length_a = aa;
    net->length_b = bb;
    net->angle_deg = acos(fmax(-1, fmin(1, cosine))) * 180 / PI;
    double along_a[4] = {a[0] / aa, a[1] / aa, 0, 0}, along_b[4] = {0, 0, b[0] / bb, b[1] / bb};
    /* The angle changes with what moves a and b sideways. */
    double angle[4] = {sign * a[1] / (aa * aa), -sign * a[0] / (aa * aa), -sign * b[1] / (bb * bb),
                       sign * b[0] / (bb * bb)};
    net->length_a_error = error_of(net->covariance, along_a);
    net->length_b_error = error_of(net->covariance, along_b);
    net->angle_deg_error = error_of(net->covariance, angle) * 180 / PI;
}

static void find_net(const struct lattice_spectrum *s, struct lattice_spots *spots)
{
    struct basis basis, best;
    double best_score = 0, tolerance = 0.06 / s->length;
    int most = spots->count < BASIS_SPOTS ? spots->count : BASIS_SPOTS;
    for (int i = 0; i < most; i++)
        for (int j = i + 1; j < most; j++) {
            const double *a = spots->items[i].g, *b = spots->items[j].g;
            /* The pair itself, and the net centred between them: of a centred net both may be missing. */
            double middle[2] = {(a[0] + b[0]) / 2, (a[1] + b[1]) / 2};
            for (int centred = 0; centred < 2; centred++) {
                if (!make_basis(a, centred ? middle : b, &basis)) continue;
                double score = score_basis(&basis, spots, tolerance);
                if (score <= best_score) continue;
                best_score = score;
                best = basis;
            }
        }
    if (!(best_score > 0)) return;
    double normal[16], chi2 = 0;
    int count = 0;
    for (int pass = 0; pass < 4; pass++) {
        count = fit_basis(&best, spots, tolerance, normal, &chi2);
        if (!count) return;
    }
    /* chi2 belongs to the basis before the last fit, which no longer moved it. Freedom: 2 for each spot. */
    struct lattice_net *net = &spots->net;
    int freedom = 2 * count - 4, change[4];
    double scale = freedom > 0 ? fmax(1, chi2 / freedom) : 1, shared = SHARED_ERROR / s->length;
    reduce(&best, change);
    for (int k = 0; k < 2; k++) {
        net->a[k] = best.a[k];
        net->b[k] = best.b[k];
    }
    for (int i = 0; i < 4; i++)
        for (int j = 0; j < 4; j++) {
            double sum = 0;
            for (int p = 0; p < 2; p++)
                for (int q = 0; q < 2; q++)
                    sum += change[2 * (i / 2) + p] * change[2 * (j / 2) + q] *
                           normal[4 * (2 * p + i % 2) + 2 * q + j % 2];
            net->covariance[i][j] = scale * sum + (i == j) * shared * shared;
        }
    for (int i = 0; i < spots->count; i++) {
        struct lattice_spot *spot = spots->items + i;
        double rest[2];
        if (spot->is_indexed) distance2(&best, spot, tolerance, spot->index, rest);
    }
    net->indexed_count = count;
    net->residual = freedom > 0 ? sqrt(chi2 / freedom) : 0;
    spots->has_net = 1;
    describe_net(net);
}

/* Takes the weaker peaks that stand on the net. */
static void complete(const struct lattice_spectrum *s, const struct peak *peaks, int count,
                     struct lattice_spots *spots)
{
    struct basis basis;
    int found = spots->count;
    if (!make_basis(spots->net.a, spots->net.b, &basis)) return;
    for (int i = 0; i < count && spots->count < LATTICE_SPOT_MOST; i++) {
        struct lattice_spot at = {.g = {peaks[i].kx * s->step_x, peaks[i].ky * s->step_y}};
        double near = 0.35 / s->length, rest[2];
        int index[2], is_known = 0;
        at.covariance[0] = at.covariance[2] = near * near;
        if (distance2(&basis, &at, 0, index, rest) > 1 || !is_within(index)) continue;
        for (int k = 0; k < found && !is_known; k++)
            is_known = spots->items[k].index[0] == index[0] && spots->items[k].index[1] == index[1];
        if (!is_known) add_spot(s, peaks + i, ON_NET_LEAST, spots);
    }
}

void lattice_spots_find(const struct lattice_spectrum *spectrum, struct lattice_spots *spots)
{
    struct peak peaks[PEAK_MOST];
    *spots = (struct lattice_spots){0};
    int count = find_peaks(spectrum, spots, peaks);
    for (int i = 0; i < count && spots->count < LATTICE_SPOT_MOST; i++)
        if (peaks[i].contrast > 0.7 * spots->threshold)
            add_spot(spectrum, peaks + i, spots->threshold, spots);
    sort_spots(spots);
    if (spots->count >= 2) find_net(spectrum, spots);
    if (!spots->has_net) return;
    complete(spectrum, peaks, count, spots);
    sort_spots(spots);
    find_net(spectrum, spots);
}
