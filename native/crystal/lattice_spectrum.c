#include "crystal/lattice_spectrum.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "image/fft.h"

#define PI 3.14159265358979323846

/* Interpolation between frequencies is smooth at twice the box; above this the box alone must do. */
enum { PADDED_MOST_PX = 2048 };

/* Half the width of the window's edge, as a part of the particle's diameter: wide enough that the side lobes
 * of a strong reflection stay below weak ones, narrow enough that most of the particle counts. */
#define EDGE_OF_DIAMETER 0.12

/* Without a window, pixels so many standard deviations off are X-rays or dead. */
#define OUTLIER_SD 6.0

static int is_inside(const struct lattice_region *region, size_t i)
{
    return (!region->mask || region->mask[i]) && isfinite(region->pixels[i]);
}

static int64_t bounding_box(const struct lattice_region *region, int32_t box[4])
{
    int64_t count = 0;
    box[0] = region->width_px, box[1] = region->height_px, box[2] = box[3] = -1;
    for (int32_t y = 0; y < region->height_px; y++)
        for (int32_t x = 0; x < region->width_px; x++) {
            if (!is_inside(region, (size_t)y * (size_t)region->width_px + (size_t)x)) continue;
            if (x < box[0]) box[0] = x;
            if (y < box[1]) box[1] = y;
            if (x > box[2]) box[2] = x;
            if (y > box[3]) box[3] = y;
            count++;
        }
    return count;
}

/* Means over 2 r + 1 neighbours along a line, zeros beyond its ends. */
static void blur_line(double *line, int32_t n, size_t stride, int32_t r, double *copy)
{
    double sum = 0;
    for (int32_t i = 0; i < n; i++) copy[i] = line[(size_t)i * stride];
    for (int32_t i = -r; i < n; i++) {
        if (i + r < n) sum += copy[i + r];
        if (i - r - 1 >= 0) sum -= copy[i - r - 1];
        if (i >= 0) line[(size_t)i * stride] = sum / (2 * r + 1);
    }
}

/* The mask becomes the window: a mask blurred three times is 1/2 at a straight border and smooth; what lies
 * above 1/2, stretched to 0 to 1, ends at the border. */
static void make_window(double *plane, int32_t height, int32_t width, int64_t inside, double *line)
{
    double edge = EDGE_OF_DIAMETER * sqrt(4 / PI * (double)inside);
    int32_t r = (int32_t)fmax(1, floor(edge / 1.5)); /* three boxes of this reach have a s.d. of about edge */
    for (int pass = 0; pass < 3; pass++) {
        for (int32_t y = 0; y < height; y++) blur_line(plane + (size_t)y * (size_t)width, width, 1, r, line);
        for (int32_t x = 0; x < width; x++) blur_line(plane + x, height, (size_t)width, r, line);
    }
}

/* Solves the symmetric n x n system in place by Cholesky's way; 0 where it is singular. */
static int solve(double *matrix, double *vector, int n)
{
    for (int i = 0; i < n; i++) {
        for (int j = 0; j <= i; j++) {
            double sum = matrix[i * n + j];
            for (int k = 0; k < j; k++) sum -= matrix[i * n + k] * matrix[j * n + k];
            if (i == j && !(sum > 1e-12)) return 0;
            matrix[i * n + j] = i == j ? sqrt(sum) : sum / matrix[j * n + j];
        }
        for (int k = 0; k < i; k++) vector[i] -= matrix[i * n + k] * vector[k];
        vector[i] /= matrix[i * n + i];
    }
    for (int i = n - 1; i >= 0; i--) {
        for (int k = i + 1; k < n; k++) vector[i] -= matrix[k * n + i] * vector[k];
        vector[i] /= matrix[i * n + i];
    }
    return 1;
}

enum { SURFACE_TERMS = 6 };

static void surface_terms(double x, double y, double terms[SURFACE_TERMS])
{
    double all[SURFACE_TERMS] = {1, x, y, x * x, x * y, y * y};
    memcpy(terms, all, sizeof all);
}

/* Takes the quadratic surface that fits best under the window out of the values, and weights them. Returns 0
 * where nothing is left. */
static int flatten(double *values, const double *window, int32_t height, int32_t width, double *weight2)
{
    double matrix[SURFACE_TERMS * SURFACE_TERMS] = {0}, vector[SURFACE_TERMS] = {0}, terms[SURFACE_TERMS];
    double total = 0, power = 0;
    for (int32_t y = 0; y < height; y++)
        for (int32_t x = 0; x < width; x++) {
            size_t at = (size_t)y * (size_t)width + (size_t)x;
            if (window[at] <= 0) continue;
            surface_terms(2. * x / width - 1, 2. * y / height - 1, terms);
            for (int i = 0; i < SURFACE_TERMS; i++) {
                for (int j = 0; j <= i; j++)
                    matrix[i * SURFACE_TERMS + j] += window[at] * terms[i] * terms[j];
                vector[i] += window[at] * terms[i] * values[at];
            }
            total += window[at];
        }
    if (!(total > 0)) return 0;
    for (int i = 0; i < SURFACE_TERMS * SURFACE_TERMS; i++) matrix[i] /= total;
    for (int i = 0; i < SURFACE_TERMS; i++) vector[i] /= total;
    if (!solve(matrix, vector, SURFACE_TERMS)) return 0;
    double magnitude = 0;
    *weight2 = 0;
    for (int32_t y = 0; y < height; y++)
        for (int32_t x = 0; x < width; x++) {
            size_t at = (size_t)y * (size_t)width + (size_t)x;
            if (window[at] <= 0) {
                values[at] = 0;
                continue;
            }
            surface_terms(2. * x / width - 1, 2. * y / height - 1, terms);
            magnitude = fmax(magnitude, fabs(values[at]));
            for (int i = 0; i < SURFACE_TERMS; i++) values[at] -= vector[i] * terms[i];
            values[at] *= window[at];
            power += values[at] * values[at];
            *weight2 += window[at] * window[at];
        }
    /* A flat field leaves what rounding leaves: no signal. */
    if (!(power > 1e-12 * magnitude * magnitude * *weight2)) return 0;
    double scale = 1 / sqrt(power);
    for (size_t i = 0; i < (size_t)height * (size_t)width; i++) values[i] *= scale;
    return 1;
}

static void measure_window(struct lattice_spectrum *s)
{
    double sum_x = 0, sum_y = 0;
    for (int32_t y = 0; y < s->height_px; y++)
        for (int32_t x = 0; x < s->width_px; x++) {
            double w = s->window[(size_t)y * (size_t)s->width_px + (size_t)x];
            s->weight += w;
            sum_x += w * x;
            sum_y += w * y;
        }
    s->centre_x_px = sum_x / s->weight;
    s->centre_y_px = sum_y / s->weight;
    for (int32_t y = 0; y < s->height_px; y++)
        for (int32_t x = 0; x < s->width_px; x++) {
            double w = s->window[(size_t)y * (size_t)s->width_px + (size_t)x];
            double dx = (x - s->centre_x_px) * s->unit_x, dy = (y - s->centre_y_px) * s->unit_y;
            double products[3] = {dx * dx, dx * dy, dy * dy};
            for (int k = 0; k < 3; k++) {
                s->moments[k] += w * products[k] / s->weight;
                s->noise_moments[k] += w * w * products[k] / s->weight2;
            }
        }
    s->length = s->weight / sqrt(s->weight2) * sqrt(s->unit_x * s->unit_y);
}

static fringe_status transform(struct lattice_spectrum *s, fringe_error *error)
{
    struct fft_plan *plan = NULL;
    float *planes[4] = {0}, *scratch = NULL;
    int32_t n = s->size_px;
    size_t count = (size_t)n * (size_t)n;
    fringe_status status = fft_plan_create(n, n, &plan, error);
    if (status) return status;
    int missing = 0;
    for (int i = 0; i < 4; i++) missing |= !(planes[i] = alloc_aligned(count, sizeof(float)));
    scratch = alloc_aligned(fft_scratch_floats(plan), sizeof(float));
    s->power = alloc_array(count, sizeof(float));
    if (missing || !scratch || !s->power) {
        status = failure_memory(error, "a power spectrum", 5ULL * count * sizeof(float));
        goto done;
    }
    memset(planes[0], 0, count * sizeof(float));
    memset(planes[1], 0, count * sizeof(float));
    for (int32_t y = 0; y < s->height_px; y++)
        for (int32_t x = 0; x < s->width_px; x++)
            planes[0][(size_t)y * (size_t)n + (size_t)x] =
                (float)s->weighted[(size_t)y * (size_t)s->width_px + (size_t)x];
    fft_forward(plan, planes[0], planes[1], planes[2], planes[3], scratch);
    for (size_t i = 0; i < count; i++)
        s->power[i] = planes[2][i] * planes[2][i] + planes[3][i] * planes[3][i];
done:
    for (int i = 0; i < 4; i++) alloc_free(planes[i]);
    alloc_free(scratch);
    fft_plan_free(plan);
    return status;
}

static int by_value(const void *a, const void *b)
{
    float left = *(const float *)a, right = *(const float *)b;
    return (left > right) - (left < right);
}

/* Half a plane is the whole of it: the spectrum of real pixels is symmetric. */
static fringe_status measure_rings(struct lattice_spectrum *s, fringe_error *error)
{
    int32_t n = s->size_px, half = n / 2;
    double reach = fmin(half * s->step_x, half * s->step_y);
    s->ring_step = 0.5 / s->length;
    s->ring_count = (int32_t)fmin(reach / s->ring_step, 1 << 16);
    size_t *begin = alloc_array((size_t)s->ring_count + 2, sizeof *begin);
    size_t *filled = alloc_array((size_t)s->ring_count + 2, sizeof *filled);
    float *sorted = alloc_array((size_t)n * (size_t)(half + 1), sizeof *sorted);
    float *ring = alloc_array((size_t)n * (size_t)(half + 1), sizeof *ring);
    s->ring_median = alloc_array((size_t)s->ring_count + 1, sizeof *s->ring_median);
    fringe_status status = FRINGE_OK;
    if (!begin || !filled || !sorted || !ring || !s->ring_median) {
        status = failure_memory(error, "the rings of a spectrum", (size_t)n * (size_t)n * sizeof(float));
        goto done;
    }
    /* Powers sorted by annulus of one step: first counted, then laid side by side. */
    for (int fill = 0; fill < 2; fill++) {
        for (int32_t kx = 0; kx <= half; kx++)
            for (int32_t ky = 0; ky < n; ky++) {
                double gx = kx * s->step_x, gy = (ky > half ? ky - n : ky) * s->step_y;
                int32_t annulus = (int32_t)(sqrt(gx * gx + gy * gy) / s->ring_step);
                if (annulus >= s->ring_count) continue;
                if (fill)
                    sorted[begin[annulus] + filled[annulus]++] =
                        s->power[(size_t)kx * (size_t)n + (size_t)ky];
                else
                    begin[annulus + 1]++;
            }
        if (!fill)
            for (int32_t i = 0; i < s->ring_count; i++) begin[i + 1] += begin[i];
    }
    for (int32_t i = 0; i <= s->ring_count; i++) { /* the annuli on both sides of radius i */
        int32_t from = i > 0 ? i - 1 : 0, to = i < s->ring_count ? i + 1 : s->ring_count;
        size_t count = begin[to] - begin[from];
        memcpy(ring, sorted + begin[from], count * sizeof *ring);
        qsort(ring, count, sizeof *ring, by_value);
        s->ring_median[i] = count ? ring[count / 2] : 0;
    }
done:
    alloc_free(begin);
    alloc_free(filled);
    alloc_free(sorted);
    alloc_free(ring);
    return status;
}

fringe_status lattice_spectrum_create(const struct lattice_region *region, struct lattice_spectrum **spectrum,
                                      fringe_error *error)
{
    int32_t box[4];
    double *line = NULL;
    *spectrum = NULL;
    int64_t inside = bounding_box(region, box);
    if (inside < LATTICE_LEAST_PIXELS)
        return failure_set(error, FRINGE_ARGUMENT, "a lattice needs %d pixels or more, the mask has %lld",
                           (int)LATTICE_LEAST_PIXELS, (long long)inside);
    int32_t width = box[2] - box[0] + 1, height = box[3] - box[1] + 1;
    int32_t longest = width > height ? width : height;
    if (longest > FFT_MOST_PX)
        return failure_set(error, FRINGE_ARGUMENT, "a particle of %d pixels: at most %d are transformed",
                           (int)longest, (int)FFT_MOST_PX);
    struct lattice_spectrum *s = alloc_array(1, sizeof *s);
    if (!s) return failure_memory(error, "a spectrum", sizeof *s);
    size_t count = (size_t)width * (size_t)height;
    fringe_status status = FRINGE_OK;
    s->width_px = width;
    s->height_px = height;
    s->origin_x_px = box[0];
    s->origin_y_px = box[1];
    s->unit_x = region->nm_per_px_x > 0 ? region->nm_per_px_x : 1;
    s->unit_y = region->nm_per_px_y > 0 ? region->nm_per_px_y : 1;
    s->size_px = fft_next_size(2 * longest <= PADDED_MOST_PX ? 2 * longest : longest);
    s->step_x = 1 / (s->size_px * s->unit_x);
    s->step_y = 1 / (s->size_px * s->unit_y);
    s->weighted = alloc_array(count, sizeof *s->weighted);
    s->window = alloc_array(count, sizeof *s->window);
    line = alloc_array((size_t)longest, sizeof *line);
    if (!s->weighted || !s->window || !line) {
        status = failure_memory(error, "a spectrum", 2 * count * sizeof *line);
        goto done;
    }
    for (int pass = 0; pass < 2; pass++) { /* the mask is blurred as a whole, then used inside alone */
        for (int32_t y = 0; y < height; y++)
            for (int32_t x = 0; x < width; x++) {
                size_t from = (size_t)(y + box[1]) * (size_t)region->width_px + (size_t)(x + box[0]);
                size_t to = (size_t)y * (size_t)width + (size_t)x;
                int is_in = is_inside(region, from);
                s->weighted[to] = is_in ? region->pixels[from] : 0;
                s->window[to] = pass == 0 ? is_in : is_in ? fmax(0, 2 * s->window[to] - 1) : 0;
            }
        if (pass == 0) make_window(s->window, height, width, inside, line);
    }
    if (!flatten(s->weighted, s->window, height, width, &s->weight2)) {
        status = failure_set(error, FRINGE_ARGUMENT, "all %lld pixels of a mask are alike: no lattice",
                             (long long)inside);
        goto done;
    }
    measure_window(s);
    status = transform(s, error);
    if (!status) status = measure_rings(s, error);
done:
    alloc_free(line);
    if (status) {
        lattice_spectrum_free(s);
        s = NULL;
    }
    *spectrum = s;
    return status;
}

/* Pixels before they were weighted, scaled anew; those whose weight is 0 stay outside. */
static void take_window_off(const struct lattice_spectrum *windowed, struct lattice_spectrum *s)
{
    size_t count = (size_t)s->width_px * (size_t)s->height_px;
    double sum2 = 0, power = 0;
    for (size_t i = 0; i < count; i++) {
        if (!(windowed->window[i] > 0)) continue;
        s->window[i] = 1;
        s->weighted[i] = windowed->weighted[i] / windowed->window[i];
        s->weight2++;
        sum2 += s->weighted[i] * s->weighted[i];
    }
    double most = OUTLIER_SD * sqrt(sum2 / s->weight2);
    for (size_t i = 0; i < count; i++) {
        s->weighted[i] = fmin(fmax(s->weighted[i], -most), most);
        power += s->weighted[i] * s->weighted[i];
    }
    for (size_t i = 0; i < count; i++) s->weighted[i] /= sqrt(power);
}

fringe_status lattice_spectrum_unwindow(const struct lattice_spectrum *windowed,
                                        struct lattice_spectrum **spectrum, fringe_error *error)
{
    size_t count = (size_t)windowed->width_px * (size_t)windowed->height_px;
    *spectrum = NULL;
    struct lattice_spectrum *s = alloc_array(1, sizeof *s);
    if (!s) return failure_memory(error, "a spectrum", sizeof *s);
    *s = (struct lattice_spectrum){.height_px = windowed->height_px,
                                   .width_px = windowed->width_px,
                                   .origin_x_px = windowed->origin_x_px,
                                   .origin_y_px = windowed->origin_y_px,
                                   .unit_x = windowed->unit_x,
                                   .unit_y = windowed->unit_y,
                                   .size_px = windowed->size_px,
                                   .step_x = windowed->step_x,
                                   .step_y = windowed->step_y};
    s->weighted = alloc_array(count, sizeof *s->weighted);
    s->window = alloc_array(count, sizeof *s->window);
    fringe_status status = s->weighted && s->window
                               ? FRINGE_OK
                               : failure_memory(error, "a spectrum", 2 * count * sizeof *s->window);
    if (status) goto done;
    take_window_off(windowed, s);
    measure_window(s);
    status = transform(s, error);
    if (!status) status = measure_rings(s, error);
done:
    if (status) {
        lattice_spectrum_free(s);
        s = NULL;
    }
    *spectrum = s;
    return status;
}

double lattice_spectrum_power(const struct lattice_spectrum *s, int32_t kx, int32_t ky)
{
    int32_t n = s->size_px;
    return s->power[(size_t)((kx + n) % n) * (size_t)n + (size_t)((ky + n) % n)];
}

int lattice_spectrum_is_maximum(const struct lattice_spectrum *s, int32_t kx, int32_t ky)
{
    double here = lattice_spectrum_power(s, kx, ky);
    for (int32_t i = -1; i <= 1; i++)
        for (int32_t j = -1; j <= 1; j++) {
            if (!i && !j) continue;
            double beside = lattice_spectrum_power(s, kx + i, ky + j);
            if (beside > here || (beside == here && (j < 0 || (j == 0 && i < 0)))) return 0;
        }
    return 1;
}

void lattice_spectrum_free(struct lattice_spectrum *spectrum)
{
    if (!spectrum) return;
    alloc_free(spectrum->window);
    alloc_free(spectrum->weighted);
    alloc_free(spectrum->power);
    alloc_free(spectrum->ring_median);
    alloc_free(spectrum);
}

double lattice_spectrum_ring(const struct lattice_spectrum *spectrum, double g)
{
    double at = g / spectrum->ring_step;
    if (!(at < spectrum->ring_count)) return spectrum->ring_median[spectrum->ring_count];
    int32_t below = (int32_t)at;
    double part = at - below;
    return (1 - part) * spectrum->ring_median[below] + part * spectrum->ring_median[below + 1];
}

void lattice_spectrum_at(const struct lattice_spectrum *s, const double g[2], double amplitude[2],
                         double slope[2][2])
{
    /* Along a row the wave turns by a constant angle: one rotation a pixel instead of a sine. */
    double turn = -2 * PI * g[0] * s->unit_x, turn_re = cos(turn), turn_im = sin(turn);
    double first = turn * -s->centre_x_px, first_re = cos(first), first_im = sin(first);
    double total[6] = {0};
    for (int32_t y = 0; y < s->height_px; y++) {
        const double *row = s->weighted + (size_t)y * (size_t)s->width_px;
        double re = first_re, im = first_im, sum_re = 0, sum_im = 0, moment_re = 0, moment_im = 0;
        for (int32_t x = 0; x < s->width_px; x++) {
            double dx = x - s->centre_x_px, a = row[x] * re, b = row[x] * im;
            sum_re += a;
            sum_im += b;
            moment_re += dx * a;
            moment_im += dx * b;
            double next = re * turn_re - im * turn_im;
            im = re * turn_im + im * turn_re;
            re = next;
        }
        double dy = y - s->centre_y_px, angle = -2 * PI * g[1] * s->unit_y * dy;
        double c = cos(angle), d = sin(angle);
        total[0] += sum_re * c - sum_im * d;
        total[1] += sum_re * d + sum_im * c;
        total[2] += moment_re * c - moment_im * d;
        total[3] += moment_re * d + moment_im * c;
        total[4] += dy * (sum_re * c - sum_im * d);
        total[5] += dy * (sum_re * d + sum_im * c);
    }
    memcpy(amplitude, total, 2 * sizeof *total);
    if (!slope) return;
    for (int k = 0; k < 2; k++) {
        slope[0][k] = total[2 + k] * s->unit_x;
        slope[1][k] = total[4 + k] * s->unit_y;
    }
}

double lattice_spectrum_contrast(const struct lattice_spectrum *s, const double g[2])
{
    int32_t n = s->size_px, half = n / 2;
    double reach = 0.15 / s->length, best = 0;
    int32_t x0 = (int32_t)ceil((g[0] - reach) / s->step_x), x1 = (int32_t)floor((g[0] + reach) / s->step_x);
    int32_t y0 = (int32_t)ceil((g[1] - reach) / s->step_y), y1 = (int32_t)floor((g[1] + reach) / s->step_y);
    if (x0 < -half || y0 < -half || x1 >= half || y1 >= half) return 0;
    for (int32_t kx = x0; kx <= x1; kx++)
        for (int32_t ky = y0; ky <= y1; ky++)
            best = fmax(best, s->power[(size_t)((kx + n) % n) * (size_t)n + (size_t)((ky + n) % n)]);
    double ring = lattice_spectrum_ring(s, hypot(g[0], g[1]));
    return ring > 0 ? best / ring : 0;
}
