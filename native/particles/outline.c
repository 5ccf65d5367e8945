#include "particles/outline.h"

#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/failure.h"

/* A plane in which one component is inside and all else outside. */
struct plane {
    const int32_t *labels;
    int32_t height_px, width_px, number;
};

static int inside(const struct plane *plane, int32_t x, int32_t y)
{
    return x >= 0 && y >= 0 && x < plane->width_px && y < plane->height_px &&
           plane->labels[(size_t)y * (size_t)plane->width_px + (size_t)x] == plane->number;
}

static fringe_status add_corner(struct outline_corners *corners, int32_t x, int32_t y, fringe_error *error)
{
    if (corners->count == corners->capacity) {
        size_t capacity = 2 * corners->capacity + 256;
        fringe_corner *grown = alloc_resize(corners->items, capacity, sizeof *grown);
        if (!grown) return failure_memory(error, "outlines", capacity * sizeof *grown);
        corners->items = grown;
        corners->capacity = capacity;
    }
    corners->items[corners->count++] = (fringe_corner){x, y};
    return FRINGE_OK;
}

/* Directions count quarter turns against the clock: 0 right, 1 up, 2 left, 3 down. From a corner, the pixel
 * of direction d is the one to the right of whoever comes out of it that way; pixel d + 1 lies to its left.
 */
static int pixel_at(const struct plane *plane, int32_t x, int32_t y, unsigned direction)
{
    direction &= 3;
    return inside(plane, x - (direction >= 2), y - (direction == 1 || direction == 2));
}

/* The way on: the inside stays on the right. Components that are connected at corners turn left where they
 * can, the others right. */
static unsigned turn(const struct plane *plane, int32_t x, int32_t y, unsigned direction, int connectivity)
{
    if (connectivity == 8) {
        if (pixel_at(plane, x, y, direction + 1)) return direction + 1;
        return pixel_at(plane, x, y, direction) ? direction : direction - 1;
    }
    if (!pixel_at(plane, x, y, direction)) return direction - 1;
    return pixel_at(plane, x, y, direction + 1) ? direction + 1 : direction;
}

fringe_status outline_trace(const int32_t *labels, int32_t height_px, int32_t width_px,
                            const struct component *component, int32_t number, int connectivity,
                            struct outline_corners *corners, fringe_error *error)
{
    const struct plane plane = {labels, height_px, width_px, number};
    static const int step_x[] = {1, 0, -1, 0}, step_y[] = {0, -1, 0, 1};
    fringe_status status = FRINGE_OK;
    /* Down the right side of the first row's first run, as ImageJ does. */
    int32_t start_x = component->pixels[0] % width_px, start_y = component->y0 + 1;
    while (inside(&plane, start_x, component->y0)) start_x++;
    int32_t x = start_x, y = start_y;
    unsigned direction = 3;
    do {
        unsigned next = turn(&plane, x, y, direction, connectivity) & 3;
        if (next != direction) status = add_corner(corners, x, y, error);
        if (status) return status;
        direction = next;
        x += step_x[direction];
        y += step_y[direction];
    } while (x != start_x || y != start_y || direction != 3);
    return status;
}

double outline_perimeter(const fringe_corner *corners, size_t count, double pixel_width, double pixel_height)
{
    int64_t across = 0, down = 0, turns = 0;
    int counted = 0; /* the corner before */
    if (count < 4) return 0;
    for (size_t i = 0; i < count; i++) {
        const fringe_corner *before = &corners[i ? i - 1 : count - 1];
        int32_t dx = abs(corners[i].x - before->x), dy = abs(corners[i].y - before->y);
        across += dx;
        down += dy;
        counted = dx + dy > 1 || !counted;
        turns += counted;
    }
    double saved = pixel_width + pixel_height - sqrt(pixel_width * pixel_width + pixel_height * pixel_height);
    return (double)across * pixel_width + (double)down * pixel_height - (double)turns * saved;
}

/* Above 0 where the way a, b, c turns with the clock, y pointing down. */
static int64_t cross(const fringe_corner *a, const fringe_corner *b, const fringe_corner *c)
{
    return (int64_t)(b->x - a->x) * (c->y - a->y) - (int64_t)(b->y - a->y) * (c->x - a->x);
}

/* Adds a corner to a chain that turns against the clock, and takes out those that it makes superfluous. */
static size_t extend_chain(fringe_corner *hull, size_t begin, size_t count, fringe_corner corner)
{
    while (count >= begin + 2 && cross(&hull[count - 2], &hull[count - 1], &corner) >= 0) count--;
    hull[count] = corner;
    return count + 1;
}

size_t outline_hull(int32_t width_px, const struct component *component, fringe_corner *hull)
{
    const int32_t *pixels = component->pixels;
    int32_t n = component->pixel_count;
    size_t count = 0, begin;
    /* Each row's pixels reach from a leftmost to a rightmost corner, above and below; nothing else can be on
     * the hull. Two chains, down on the left and up on the right. */
    for (int32_t i = 0; i < n; i++) {
        int32_t x = pixels[i] % width_px, y = pixels[i] / width_px;
        if (i > 0 && pixels[i - 1] / width_px == y) continue;
        count = extend_chain(hull, 0, count, (fringe_corner){x, y});
        count = extend_chain(hull, 0, count, (fringe_corner){x, y + 1});
    }
    begin = count;
    for (int32_t i = n; i-- > 0;) {
        int32_t x = pixels[i] % width_px + 1, y = pixels[i] / width_px;
        if (i + 1 < n && pixels[i + 1] / width_px == y) continue;
        count = extend_chain(hull, begin, count, (fringe_corner){x, y + 1});
        count = extend_chain(hull, begin, count, (fringe_corner){x, y});
    }
    return count;
}
