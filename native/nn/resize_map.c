#include "nn/resize_map.h"

#include <math.h>

#include "base/alloc.h"
#include "base/failure.h"

enum { MOST_DENOMINATOR = 4096 };

struct resize_scale resize_scale_of(float value)
{
    struct resize_scale scale = {0, 0, value};
    if (!(value > 0 && value < 1e6f)) return scale;
    /* Continued fractions: each convergent is the best approximation up to its denominator. */
    double rest = (double)value;
    int64_t p = 1, q = 0, p_before = 0, q_before = 1;
    for (int step = 0; step < 32 && rest < 1e6; step++) {
        int64_t whole = (int64_t)rest, p_next = whole * p + p_before, q_next = whole * q + q_before;
        if (q_next > MOST_DENOMINATOR) return scale;
        p_before = p, q_before = q, p = p_next, q = q_next;
        if (p > 0 && (float)((double)p / (double)q) == value) {
            scale.numerator = p;
            scale.denominator = q;
            return scale;
        }
        if (rest == (double)whole) return scale;
        rest = 1 / (rest - (double)whole);
    }
    return scale;
}

/* A coordinate of the input as whole / over + part, over > 0; inexact ones have over == 1. */
struct coordinate {
    int64_t floor; /* of the coordinate */
    int64_t rest;  /* numerator of what is above the floor */
    int64_t over;
    double fraction; /* rest / over, or the fraction where it is no fraction of whole numbers */
};

static struct coordinate exact_coordinate(int64_t numerator, int64_t denominator)
{
    struct coordinate c = {.over = denominator};
    c.floor = numerator / denominator - (numerator % denominator < 0);
    c.rest = numerator - c.floor * denominator;
    c.fraction = (double)c.rest / (double)denominator;
    return c;
}

static struct coordinate inexact_coordinate(double x)
{
    struct coordinate c = {.over = 0};
    x = x > -0x1p40 ? fmin(x, 0x1p40) : -0x1p40; /* far outside is outside, and so is NaN */
    c.floor = (int64_t)floor(x);
    c.fraction = x - floor(x);
    return c;
}

/* x = (o + 1/2) / s - 1/2 and the like, with s = p / q. Lengths are at most 2^22 and p, q below 2^36, so that
 * no product overflows. */
static struct coordinate find_coordinate(const struct resize_rule *rule, struct resize_scale scale,
                                         const struct resize_axis *axis, int64_t o)
{
    int64_t p = scale.numerator, q = scale.denominator, in = axis->in, out = axis->out;
    double s = (double)scale.value, half = ((double)o + 0.5) / s - 0.5;
    switch (rule->coordinates) {
    case RESIZE_ALIGN_CORNERS:
        return out == 1 ? exact_coordinate(0, 1) : exact_coordinate(o * (in - 1), out - 1);
    case RESIZE_CROP: {
        double begin = (double)rule->crop_begin, end = (double)rule->crop_end, last = (double)(in - 1);
        if (out == 1) return inexact_coordinate(0.5 * (begin + end) * last);
        return inexact_coordinate(begin * last + (double)o * (end - begin) * last / (double)(out - 1));
    }
    case RESIZE_PYTORCH_HALF_PIXEL:
        if (out == 1) return exact_coordinate(0, 1);
        break;
    case RESIZE_ASYMMETRIC:
        return q ? exact_coordinate(o * q, p) : inexact_coordinate((double)o / s);
    case RESIZE_TF_HALF_PIXEL:
        return q ? exact_coordinate((2 * o + 1) * q, 2 * p) : inexact_coordinate(((double)o + 0.5) / s);
    case RESIZE_HALF_PIXEL_SYMMETRIC:
        /* The output's centre comes to lie on the input's, though its length was rounded down. */
        if (q) return exact_coordinate(in * p - out * q + (2 * o + 1) * q - p, 2 * p);
        return inexact_coordinate(half + 0.5 * ((double)in - (double)out / s));
    case RESIZE_HALF_PIXEL:
        break;
    }
    return q ? exact_coordinate((2 * o + 1) * q - p, 2 * p) : inexact_coordinate(half);
}

static int64_t round_coordinate(enum resize_rounding rounding, int smaller, struct coordinate c)
{
    int above_half = c.over ? 2 * c.rest > c.over : c.fraction > 0.5;
    int at_half = c.over ? 2 * c.rest == c.over : c.fraction == 0.5;
    switch (rounding) {
    case RESIZE_PREFER_FLOOR:
        return c.floor + above_half;
    case RESIZE_PREFER_CEIL:
        return c.floor + (above_half || at_half);
    case RESIZE_CEIL_IF_SMALLER:
        if (!smaller) break;
        return c.floor + (c.fraction > 0);
    case RESIZE_CEIL:
        return c.floor + (c.fraction > 0);
    case RESIZE_FLOOR:
        break;
    }
    return c.floor;
}

fringe_status resize_map_axis(const struct resize_rule *rule, struct resize_scale scale,
                              struct resize_axis *axis, fringe_error *error)
{
    size_t count = (size_t)axis->out;
    axis->first = alloc_array(count, sizeof *axis->first);
    axis->second = alloc_array(count, sizeof *axis->second);
    axis->blend = alloc_array(count, sizeof *axis->blend);
    if (!axis->first || !axis->second || !axis->blend)
        return failure_memory(error, "resize tables", count * 3 * sizeof *axis->first);
    int64_t last = axis->in - 1;
    for (int64_t o = 0; o < axis->out; o++) {
        if (axis->identity) {
            axis->first[o] = axis->second[o] = (int32_t)o;
            continue;
        }
        struct coordinate c = find_coordinate(rule, scale, axis, o);
        int outside = c.floor < 0 || c.floor > last || (c.floor == last && c.fraction > 0);
        if (outside && rule->coordinates == RESIZE_CROP) {
            axis->first[o] = axis->second[o] = -1;
            continue;
        }
        int64_t first =
            rule->mode == RESIZE_LINEAR ? c.floor : round_coordinate(rule->rounding, scale.value < 1, c);
        if (rule->mode == RESIZE_LINEAR && !outside) axis->blend[o] = (float)c.fraction;
        first = first < 0 ? 0 : first > last ? last : first;
        axis->first[o] = (int32_t)first;
        axis->second[o] = (int32_t)(rule->mode == RESIZE_LINEAR && first < last ? first + 1 : first);
    }
    return FRINGE_OK;
}

void resize_params_free(struct resize_params *params)
{
    for (int k = 0; k < params->rank; k++) {
        alloc_free(params->axes[k].first);
        alloc_free(params->axes[k].second);
        alloc_free(params->axes[k].blend);
        params->axes[k].first = params->axes[k].second = NULL;
        params->axes[k].blend = NULL;
    }
}
