#include "particles/intensity.h"

#include <math.h>
#include <stdlib.h>

enum { BINS = 256 };

int intensity_is_counted(fringe_pixel pixel)
{
    return pixel == FRINGE_PIXEL_BIT || pixel == FRINGE_PIXEL_UINT8 || pixel == FRINGE_PIXEL_INT8 ||
           pixel == FRINGE_PIXEL_UINT16 || pixel == FRINGE_PIXEL_INT16;
}

static int compare(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

/* The most frequent value of a sorted list, the least of several. */
static double most_frequent(const float *values, size_t n)
{
    size_t most = 0, run = 0, at = 0;
    for (size_t i = 0; i < n; i++) {
        run = i && values[i] == values[i - 1] ? run + 1 : 1;
        if (run <= most) continue;
        most = run;
        at = i;
    }
    return values[at];
}

/* The middle of the fullest bin. */
static double fullest_bin(const float *values, size_t n)
{
    size_t bins[BINS] = {0}, fullest = 0;
    double low = values[0], high = values[n - 1], width = (high - low) / BINS;
    if (!(width > 0)) return low;
    for (size_t i = 0; i < n; i++) {
        size_t bin = (size_t)(BINS / (high - low) * (values[i] - low));
        bins[bin < BINS ? bin : BINS - 1]++;
    }
    for (size_t k = 1; k < BINS; k++)
        if (bins[k] > bins[fullest]) fullest = k;
    /* ImageJ takes bins of width 1 for whole numbers, whose bins need no middle. */
    return low + (double)fullest * width + (width != 1 ? width / 2 : 0);
}

/* Mean, spread and the higher moments of sorted values, about the mean: ImageJ's formulas without their loss
 * of digits where the mean is far from 0. */
static void measure_moments(const float *values, size_t n, fringe_particle *particle)
{
    double sum = 0, m2 = 0, m3 = 0, m4 = 0;
    for (size_t i = 0; i < n; i++) sum += values[i];
    double mean = sum / (double)n;
    for (size_t i = 0; i < n; i++) {
        double d = values[i] - mean, dd = d * d;
        m2 += dd;
        m3 += dd * d;
        m4 += dd * dd;
    }
    double variance = m2 / (double)n;
    particle->mean = mean;
    particle->raw_integrated = sum;
    particle->std_dev = n > 1 ? sqrt(m2 / (double)(n - 1)) : 0;
    particle->skewness = m3 / (double)n / (variance * sqrt(variance));
    particle->kurtosis = m4 / (double)n / (variance * variance) - 3;
}

void intensity_measure(const float *image, int32_t width_px, const struct component *component, int counted,
                       struct pixel_size pixel, float *values, fringe_particle *particle)
{
    size_t n = 0, zeros = 0;
    double sum = 0, x_sum = 0, y_sum = 0;
    for (int32_t i = 0; i < component->pixel_count; i++) {
        int32_t at = component->pixels[i];
        float value = image[at];
        if (!isfinite(value)) continue;
        values[n++] = value;
        zeros += value == 0;
        sum += value;
        x_sum += (double)(at % width_px) * value;
        y_sum += (double)(at / width_px) * value;
    }
    if (n == 0) return;
    qsort(values, n, sizeof *values, compare);
    measure_moments(values, n, particle);
    particle->min = values[0];
    particle->max = values[n - 1];
    particle->mode = counted ? most_frequent(values, n) : fullest_bin(values, n);
    particle->median = counted || n % 2 ? values[n / 2] : (double)((values[n / 2 - 1] + values[n / 2]) / 2);
    particle->integrated = particle->area * particle->mean;
    particle->percent_area = 100.0 * (double)(n - zeros) / (double)n;
    /* Where all is black no pixel weighs more than another. */
    particle->x_mass = zeros == n ? particle->x : (x_sum / sum + 0.5) * pixel.width;
    particle->y_mass = zeros == n ? particle->y : (y_sum / sum + 0.5) * pixel.height;
}

double intensity_mean(const float *plane, const struct component *component)
{
    double sum = 0;
    int32_t n = 0;
    for (int32_t i = 0; i < component->pixel_count; i++) {
        float value = plane[component->pixels[i]];
        if (!isfinite(value)) continue;
        sum += value;
        n++;
    }
    return n ? sum / n : NAN;
}
