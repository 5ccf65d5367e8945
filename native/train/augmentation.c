#include "train/augmentation.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "train/train_batch.h"

enum { MOST_RADIUS = 3 * AUGMENTATION_MOST_BLUR_PX };
static const double PI = 3.14159265358979323846;

void augmentation_settings_init(struct augmentation_settings *settings)
{
    *settings = (struct augmentation_settings){.scale = {1, 1}, .gain = {1, 1}, .flatten_px = {20, 20}};
}

/* Every draw is made whether it is used or not, so that one setting does not change what another draws. */
static double draw(struct rng *rng, struct augmentation_range range)
{
    double unit = rng_unit(rng);
    return range.low + unit * (range.high - range.low);
}

/* Crop pixel (i, j), counted from the crop's centre, comes from (y, x) of the image:
 * y = top + down_y i + across_y j, x = left + down_x i + across_x j. */
struct placement {
    double y, x, down_y, down_x, across_y, across_x;
    int whole; /* 1: a turn or mirror image on the pixel grid, which needs no interpolation */
};

/* Where the centre may lie so that the crop stays inside; the middle where it does not fit. */
static double draw_centre(struct rng *rng, double extent_px, int32_t size_px)
{
    double unit = rng_unit(rng), low = extent_px / 2, high = size_px - extent_px / 2;
    return high > low ? low + unit * (high - low) : size_px / 2.0;
}

static struct placement place(const struct augmentation_settings *settings,
                              const struct augmentation_image *image, struct rng *rng, int32_t side_px)
{
    struct placement p = {0};
    uint32_t symmetry = rng_below(rng, 8);
    double angle = draw(rng, settings->rotation) * PI / 180;
    struct augmentation_range logarithm = {log(settings->scale.low), log(settings->scale.high)};
    double scale = exp(draw(rng, logarithm));
    if (!settings->dihedral) symmetry = 0;
    double c = cos(angle) / scale, s = sin(angle) / scale;
    p.whole = angle == 0 && scale == 1;
    if (p.whole) c = 1, s = 0;
    double matrix[4] = {c, -s, s, c}; /* down_y, across_y, down_x, across_x */
    if (symmetry & 1) matrix[0] = -matrix[0], matrix[2] = -matrix[2];
    if (symmetry & 2) matrix[1] = -matrix[1], matrix[3] = -matrix[3];
    if (symmetry & 4) {
        double down_y = matrix[0], down_x = matrix[2];
        matrix[0] = matrix[1], matrix[2] = matrix[3];
        matrix[1] = down_y, matrix[3] = down_x;
    }
    p.down_y = matrix[0], p.across_y = matrix[1], p.down_x = matrix[2], p.across_x = matrix[3];
    p.y = draw_centre(rng, side_px * (fabs(p.down_y) + fabs(p.across_y)), image->height_px);
    p.x = draw_centre(rng, side_px * (fabs(p.down_x) + fabs(p.across_x)), image->width_px);
    if (p.whole) { /* centres of pixels onto centres of pixels */
        p.y = floor(p.y) + (side_px % 2 ? 0.5 : 0);
        p.x = floor(p.x) + (side_px % 2 ? 0.5 : 0);
    }
    return p;
}

/* The index that stands at `index` where the image goes on as in a mirror that stands on its edge. */
static int32_t mirror(int64_t index, int32_t size)
{
    if (index >= 0 && index < size) return (int32_t)index;
    int64_t period = 2 * (int64_t)size, phase = ((index % period) + period) % period;
    return (int32_t)(phase < size ? phase : period - 1 - phase);
}

static float sample(const float *plane, int32_t height_px, int32_t width_px, double y, double x)
{
    double floor_y = floor(y), floor_x = floor(x);
    float down = (float)(y - floor_y), across = (float)(x - floor_x);
    size_t width = (size_t)width_px;
    const float *upper = plane + (size_t)mirror((int64_t)floor_y, height_px) * width;
    const float *lower = plane + (size_t)mirror((int64_t)floor_y + 1, height_px) * width;
    int32_t left = mirror((int64_t)floor_x, width_px), right = mirror((int64_t)floor_x + 1, width_px);
    float above = upper[left] + across * (upper[right] - upper[left]);
    float below = lower[left] + across * (lower[right] - lower[left]);
    return above + down * (below - above);
}

static void take_pixels(const struct placement *p, const struct augmentation_image *image, int32_t side_px,
                        float *pixels, int32_t *labels)
{
    size_t plane = (size_t)image->height_px * (size_t)image->width_px;
    size_t crop = (size_t)side_px * (size_t)side_px;
    double centre = side_px / 2.0 - 0.5;
    for (int32_t i = 0; i < side_px; i++)
        for (int32_t j = 0; j < side_px; j++) {
            /* pixel k has its centre at k + 0.5 */
            double y = p->y - 0.5 + p->down_y * (i - centre) + p->across_y * (j - centre);
            double x = p->x - 0.5 + p->down_x * (i - centre) + p->across_x * (j - centre);
            size_t to = (size_t)i * (size_t)side_px + (size_t)j;
            int64_t row = (int64_t)floor(y + 0.5), column = (int64_t)floor(x + 0.5);
            int inside = row >= 0 && row < image->height_px && column >= 0 && column < image->width_px;
            size_t from = (size_t)mirror(row, image->height_px) * (size_t)image->width_px +
                          (size_t)mirror(column, image->width_px);
            labels[to] =
                inside && image->labels[from] != AUGMENTATION_UNKNOWN ? image->labels[from] : BATCH_IGNORED;
            for (int32_t c = 0; c < image->channels; c++)
                pixels[(size_t)c * crop + to] = p->whole ? image->pixels[(size_t)c * plane + from]
                                                         : sample(image->pixels + (size_t)c * plane,
                                                                  image->height_px, image->width_px, y, x);
        }
}

/* One pass over rows (step 1) or columns (step side); beyond the edge the plane is mirrored. */
static void blur_pass(const float *from, float *to, int32_t side_px, size_t line, size_t step,
                      double sigma_px)
{
    double weights[MOST_RADIUS + 1], sum = 0;
    int32_t radius = (int32_t)fmin(ceil(3 * sigma_px), MOST_RADIUS);
    for (int32_t r = 0; r <= radius; r++) {
        weights[r] = exp(-0.5 * (r / sigma_px) * (r / sigma_px));
        sum += r ? 2 * weights[r] : weights[r];
    }
    for (int32_t l = 0; l < side_px; l++)
        for (int32_t i = 0; i < side_px; i++) {
            double value = 0;
            for (int32_t r = -radius; r <= radius; r++)
                value +=
                    weights[abs(r)] * (double)from[(size_t)l * line + (size_t)mirror(i + r, side_px) * step];
            to[(size_t)l * line + (size_t)i * step] = (float)(value / sum);
        }
}

/* Each pixel becomes the mean of its line from `radius` before it to `radius` behind; `copy` has a line. */
static void mean_pass(float *plane, int32_t side_px, size_t line, size_t step, int32_t radius, float *copy)
{
    for (int32_t l = 0; l < side_px; l++) {
        float *first = plane + (size_t)l * line;
        double sum = 0;
        for (int32_t i = 0; i < side_px; i++) copy[i] = first[(size_t)i * step];
        for (int32_t r = -radius; r <= radius; r++) sum += (double)copy[mirror(r, side_px)];
        for (int32_t i = 0; i < side_px; i++) {
            first[(size_t)i * step] = (float)(sum / (2 * radius + 1));
            sum += (double)copy[mirror(i + radius + 1, side_px)] - (double)copy[mirror(i - radius, side_px)];
        }
    }
}

static double spread_of(const float *plane, size_t count)
{
    double sum = 0, squares = 0;
    for (size_t i = 0; i < count; i++) {
        sum += (double)plane[i];
        squares += (double)plane[i] * (double)plane[i];
    }
    return sqrt(fmax(0, squares / (double)count - (sum / (double)count) * (sum / (double)count)));
}

/* Takes away a share of what changes slowly: of the mean over a square, taken twice. */
static void flatten(float *plane, int32_t side_px, double share, double radius_px, int standardised,
                    float *scratch)
{
    size_t side = (size_t)side_px, count = side * side;
    int32_t radius = (int32_t)(radius_px + 0.5);
    float *slow = scratch, *copy = scratch + count;
    double before = spread_of(plane, count);
    memcpy(slow, plane, count * sizeof *slow);
    for (int turn = 0; turn < 2; turn++) {
        mean_pass(slow, side_px, side, 1, radius, copy);
        mean_pass(slow, side_px, 1, side, radius, copy);
    }
    for (size_t i = 0; i < count; i++) plane[i] -= (float)share * slow[i];
    double behind = spread_of(plane, count);
    for (size_t i = 0; i < count && standardised && behind > 0; i++) plane[i] *= (float)(before / behind);
}

void augmentation_crop(const struct augmentation_settings *settings, const struct augmentation_image *image,
                       struct rng *rng, int32_t side_px, float *scratch, float *pixels, int32_t *labels)
{
    size_t side = (size_t)side_px, crop = side * side;
    struct placement placement = place(settings, image, rng, side_px);
    double noise = draw(rng, settings->noise), gain = draw(rng, settings->gain);
    double offset = draw(rng, settings->offset), slope = draw(rng, settings->illumination);
    double direction = 2 * PI * rng_unit(rng), blur = draw(rng, settings->blur_px);
    double hot = draw(rng, settings->hot_pixels) * (double)crop / 1e6;
    int turned = rng_unit(rng) < settings->polarity;
    double flat = draw(rng, settings->flatten), flat_px = draw(rng, settings->flatten_px);
    take_pixels(&placement, image, side_px, pixels, labels);
    if (turned) gain = -gain;
    if (settings->standardised) {
        /* As if the whole image had been prepared behind it: only the ratio of noise to image stays. */
        double spread = sqrt(gain * gain + noise * noise);
        gain = spread > 0 ? gain / spread : gain;
        noise = spread > 0 ? noise / spread : noise;
    }
    for (int32_t c = 0; c < image->channels; c++) {
        float *plane = pixels + (size_t)c * crop;
        if (flat > 0) flatten(plane, side_px, flat, flat_px, settings->standardised, scratch);
        if (blur > 0.05) {
            blur_pass(plane, scratch, side_px, side, 1, blur);
            blur_pass(scratch, plane, side_px, 1, side, blur);
        }
        for (size_t i = 0; i < crop; i++) {
            double y = (double)(i / side) / (double)side_px - 0.5,
                   x = (double)(i % side) / (double)side_px - 0.5;
            double value =
                gain * (double)plane[i] + offset + slope * (cos(direction) * x + sin(direction) * y);
            if (noise > 0) value += noise * rng_normal(rng);
            plane[i] = (float)value;
        }
        for (double left = rng_poisson(rng, hot); left > 0; left--)
            plane[rng_below(rng, (uint32_t)crop)] += (float)rng_uniform(rng, 5, 50);
    }
}
