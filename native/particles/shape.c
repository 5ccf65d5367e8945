#include "particles/shape.h"

#include <math.h>

#define PI 3.14159265358979323846

/* Sums over pixel centres, counted from the component's box: whole numbers, so that the moments of a
 * symmetric particle come out symmetric. */
struct sums {
    int64_t n, x, y;
    double xx, yy, xy;
};

static struct sums sum_pixels(int32_t width_px, const struct component *component)
{
    struct sums sums = {.n = component->pixel_count};
    for (int32_t i = 0; i < component->pixel_count; i++) {
        int32_t right = component->pixels[i] % width_px - component->x0;
        int32_t below = component->pixels[i] / width_px - component->y0;
        sums.x += right;
        sums.y += below;
        sums.xx += (double)right * right;
        sums.yy += (double)below * below;
        sums.xy += (double)right * below;
    }
    return sums;
}

/* The ellipse with the particle's second moments, scaled to its area: ImageJ's fit. ImageJ gives none where
 * pixels are 1 % or more off square; there it is fitted in the unit of the results. */
static void fit_ellipse(const struct sums *sums, struct pixel_size pixel, fringe_particle *particle)
{
    double n = (double)sums->n, x = (double)sums->x / n, y = (double)sums->y / n;
    double width = pixel.width, height = pixel.height;
    if (fabs(width - height) / width < 0.01) height = width;
    /* A pixel is a square, not a point: its own moment is 1/12. */
    double u20 = (sums->xx / n - x * x + 1.0 / 12) * width * width;
    double u02 = (sums->yy / n - y * y + 1.0 / 12) * height * height;
    double u11 = (sums->xy / n - x * y) * width * height;
    double middle = (u20 + u02) / 2, apart = hypot((u20 - u02) / 2, u11);
    double longer = sqrt(middle + apart), shorter = sqrt(fmax(middle - apart, 0));
    double area = n * width * height, scale = 2 * sqrt(area / (PI * longer * shorter));
    particle->major = longer * scale;
    particle->minor = shorter * scale;
    /* Against the clock from the x axis, although y points down; 0 up to 180. */
    double angle = apart > 0 ? -90 / PI * atan2(2 * u11, u20 - u02) : 0;
    particle->angle = angle < 0 ? angle + 180 : angle;
    if (particle->angle >= 180) particle->angle = 0;
}

/* The greatest and the least distance of two parallel lines that hold the particle between them. */
static void measure_feret(const fringe_corner *hull, size_t count, struct pixel_size pixel,
                          fringe_particle *particle)
{
    const fringe_corner *from = &hull[0], *to = &hull[0];
    double longest = 0, narrowest = INFINITY;
    for (size_t i = 0; i < count; i++)
        for (size_t j = i + 1; j < count; j++) {
            double dx = (hull[i].x - hull[j].x) * pixel.width, dy = (hull[i].y - hull[j].y) * pixel.height;
            if (dx * dx + dy * dy <= longest) continue;
            longest = dx * dx + dy * dy;
            from = &hull[i];
            to = &hull[j];
        }
    if (from->x > to->x) {
        const fringe_corner *right = from;
        from = to;
        to = right;
    }
    for (size_t i = 0; i < count; i++) { /* the narrowest lies along a side of the hull */
        const fringe_corner *a = &hull[i ? i - 1 : count - 1], *b = &hull[i];
        double nx = (b->y - a->y) * pixel.height, ny = (a->x - b->x) * pixel.width, farthest = 0;
        double length = sqrt(nx * nx + ny * ny);
        for (size_t j = 0; j < count; j++)
            farthest = fmax(farthest,
                            ((hull[j].x - b->x) * pixel.width * nx + (hull[j].y - b->y) * pixel.height * ny) /
                                length);
        narrowest = fmin(narrowest, farthest);
    }
    double angle = 180 / PI * atan2((from->y - to->y) * pixel.height, (to->x - from->x) * pixel.width);
    particle->feret = sqrt(longest);
    particle->feret_x = from->x;
    particle->feret_y = from->y;
    particle->feret_angle = angle < 0 ? angle + 180 : angle;
    particle->min_feret = narrowest;
}

/* Area in pixels and perimeter in the unit of the results. */
static void measure_hull(const fringe_corner *hull, size_t count, struct pixel_size pixel, double *area_px,
                         double *perimeter)
{
    int64_t twice = 0;
    *perimeter = 0;
    for (size_t i = 0; i < count; i++) {
        const fringe_corner *a = &hull[i ? i - 1 : count - 1], *b = &hull[i];
        twice += (int64_t)(a->x + (int64_t)b->x) * (b->y - a->y);
        *perimeter += hypot((b->x - a->x) * pixel.width, (b->y - a->y) * pixel.height);
    }
    *area_px = fabs((double)twice) / 2;
}

void shape_measure(int32_t width_px, const struct component *component, const fringe_corner *corners,
                   size_t corner_count, struct pixel_size pixel, fringe_corner *hull,
                   fringe_particle *particle)
{
    struct sums sums = sum_pixels(width_px, component);
    double n = (double)sums.n, area = n * pixel.width * pixel.height, hull_px, hull_perimeter;
    size_t hull_count = outline_hull(width_px, component, hull);
    measure_hull(hull, hull_count, pixel, &hull_px, &hull_perimeter);

    particle->area = area;
    particle->x = (component->x0 + (double)sums.x / n + 0.5) * pixel.width;
    particle->y = (component->y0 + (double)sums.y / n + 0.5) * pixel.height;
    particle->box_x = component->x0 * pixel.width;
    particle->box_y = component->y0 * pixel.height;
    particle->box_width = (component->x1 - component->x0) * pixel.width;
    particle->box_height = (component->y1 - component->y0) * pixel.height;
    fit_ellipse(&sums, pixel, particle);
    measure_feret(hull, hull_count, pixel, particle);
    double perimeter = outline_perimeter(corners, corner_count, pixel.width, pixel.height);
    particle->perimeter = perimeter;
    particle->circularity = fmin(1, 4 * PI * area / (perimeter * perimeter));
    particle->aspect_ratio = particle->major / particle->minor;
    particle->roundness = 4 * area / (PI * particle->major * particle->major);
    particle->solidity = n / hull_px;

    double feret = particle->feret;
    particle->diameter = sqrt(4 * area / PI);
    particle->iso_aspect_ratio = particle->min_feret / feret;
    particle->iso_ellipse_ratio = particle->minor / particle->major;
    particle->iso_circularity = sqrt(4 * PI * area) / perimeter;
    particle->iso_roundness = 4 * area / (PI * feret * feret);
    particle->iso_compactness = particle->diameter / feret;
    particle->iso_extent = area / (feret * particle->min_feret);
    particle->iso_solidity = particle->solidity;
    particle->iso_convexity = hull_perimeter / perimeter;
}
