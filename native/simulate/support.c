#include "simulate/support.h"

#include <math.h>

#include "simulate/amorphous.h"

#define PI           3.14159265358979323846
#define ROOM_A       3.0 /* around a crystal's atoms: about van der Waals', and more than any hole in it */
#define SHELL_SHARE  0.5 /* of amorphous carbon's density: hydrocarbons */
#define PATCH_WIDTHS 2.5 /* where a patch ends, in standard deviations */

void support_draw(const struct support_draw *draw, struct rng *rng, struct support *s)
{
    double field = draw->high_a - draw->low_a;
    *s = (struct support){.nitride = draw->nitride,
                          .side_a = draw->side_a,
                          .up = 1,
                          .thickness_a = draw->present ? draw->thickness_a : 0,
                          .variation = draw->variation};
    for (int i = 0; i < SUPPORT_WAVES; i++) {
        s->waves[i].x = (int)rng_below(rng, 4) - 1;
        s->waves[i].y = 1 + (int)rng_below(rng, 2);
        s->waves[i].phase = rng_uniform(rng, 0, 2 * PI);
    }
    /* The rim passes through a point of the image. */
    double angle = rng_uniform(rng, 0, 2 * PI), radius = field * rng_log_uniform(rng, 0.25, 4);
    double rim[2];
    for (int k = 0; k < 2; k++) rim[k] = rng_uniform(rng, draw->low_a, draw->high_a);
    s->taper_a = rng_uniform(rng, 1, 40);
    s->hole_x = rim[0] + radius * cos(angle);
    s->hole_y = rim[1] + radius * sin(angle);
    s->hole_radius_a = draw->hole ? radius : 0;
    s->patch_count = draw->contamination ? 1 + (int)rng_below(rng, SUPPORT_PATCH_MOST) : 0;
    for (int i = 0; i < s->patch_count; i++) {
        s->patches[i].x = rng_uniform(rng, 0, draw->side_a);
        s->patches[i].y = rng_uniform(rng, 0, draw->side_a);
        s->patches[i].width_a = rng_log_uniform(rng, 5, 40);
        s->patches[i].height_a = draw->contamination_a * rng_uniform(rng, 0.5, 1);
    }
}

double support_thickness(const struct support *s, double x, double y)
{
    double sum = 0, thickness = s->thickness_a;
    for (int i = 0; i < SUPPORT_WAVES; i++)
        sum += cos(2 * PI * (s->waves[i].x * x + s->waves[i].y * y) / s->side_a + s->waves[i].phase);
    thickness *= 1 - s->variation * (1 + sum / SUPPORT_WAVES) / 2;
    if (s->hole_radius_a > 0) {
        double from_rim = hypot(x - s->hole_x, y - s->hole_y) - s->hole_radius_a;
        thickness *= fmin(1, fmax(0, from_rim / s->taper_a));
    }
    return thickness;
}

double support_height(const struct support *s, double x, double y)
{
    double height = 0;
    for (int i = 0; i < s->patch_count; i++) {
        double dx = remainder(x - s->patches[i].x, s->side_a), dy = remainder(y - s->patches[i].y, s->side_a);
        double t2 = (dx * dx + dy * dy) / (s->patches[i].width_a * s->patches[i].width_a);
        if (t2 < PATCH_WIDTHS * PATCH_WIDTHS) height = fmax(height, s->patches[i].height_a * exp(-t2 / 2));
    }
    return height > 0 && support_thickness(s, x, y) > 0 ? height : 0;
}

static int is_film(const void *context, const double *p)
{
    const struct support *s = context;
    return s->up * (s->face_a - p[2]) <= support_thickness(s, p[0], p[1]);
}

static int is_patch(const void *context, const double *p)
{
    const struct support *s = context;
    return s->up * (p[2] - s->face_a) <= support_height(s, p[0], p[1]);
}

/* The region of the whole cell between two heights above the face. */
static struct amorphous_region layer(const struct support *s, double from, double to)
{
    double z[2] = {s->face_a + s->up * from, s->face_a + s->up * to};
    return (struct amorphous_region){.low = {0, 0, fmin(z[0], z[1])},
                                     .high = {s->side_a, s->side_a, fmax(z[0], z[1])},
                                     .repeats = 1,
                                     .density = 1,
                                     .context = s};
}

fringe_status support_build(const struct support *s, struct rng *rng, struct atoms *atoms,
                            fringe_error *error)
{
    if (!(s->thickness_a > 0)) return FRINGE_OK;
    double highest = 0;
    for (int i = 0; i < s->patch_count; i++) highest = fmax(highest, s->patches[i].height_a);
    struct amorphous_region patches = layer(s, 0, highest), film = layer(s, -s->thickness_a, 0);
    patches.crystal_a = ROOM_A;
    patches.inside = is_patch;
    film.nitride = s->nitride;
    film.inside = s->variation > 0 || s->hole_radius_a > 0 ? is_film : NULL;
    fringe_status status = amorphous_fill(&patches, rng, atoms, error);
    return status ? status : amorphous_fill(&film, rng, atoms, error);
}

struct shell {
    const struct support *support;
    const double *centre;
    double radius_a, lowest_a; /* lowest: height above the face */
};

static int is_shell(const void *context, const double *p)
{
    const struct shell *shell = context;
    const struct support *s = shell->support;
    double sum = 0;
    for (int k = 0; k < 3; k++) sum += (p[k] - shell->centre[k]) * (p[k] - shell->centre[k]);
    return sum <= shell->radius_a * shell->radius_a && s->up * (p[2] - s->face_a) > shell->lowest_a;
}

fringe_status support_wrap(const struct support *s, const double *centre, double radius_a, double shell_a,
                           struct rng *rng, struct atoms *atoms, fringe_error *error)
{
    struct shell shell = {s, centre, radius_a + shell_a, s->thickness_a > 0 ? 0 : -shell_a};
    struct amorphous_region region = {
        .density = SHELL_SHARE, .crystal_a = ROOM_A, .inside = is_shell, .context = &shell};
    for (int k = 0; k < 3; k++) {
        region.low[k] = centre[k] - shell.radius_a;
        region.high[k] = centre[k] + shell.radius_a;
    }
    return amorphous_fill(&region, rng, atoms, error);
}
