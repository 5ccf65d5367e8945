#include "faults/particle_lattice.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define PI     3.14159265358979323846
#define DEGREE (PI / 180)

/* Two directions are different from 10 degrees on, as where the truth says that a lattice is resolved. */
#define NON_COLLINEAR 0.17

/* A twinned particle has the lines whose strength times gain is at least this part of the best one's. */
#define LINE_LEAST 0.25

static double angle_error(const struct lattice_spot *spot)
{
    return sqrt((spot->covariance[0] + spot->covariance[2]) / 2) * spot->d;
}

/* The strongest spot in another direction than the first one's, NULL where there is none. */
static const struct lattice_spot *find_second(const struct lattice_spots *spots)
{
    const struct lattice_spot *first = spots->items;
    for (int i = 1; i < spots->count; i++) {
        const struct lattice_spot *spot = spots->items + i;
        if (fabs(first->g[0] * spot->g[1] - first->g[1] * spot->g[0]) * first->d * spot->d > NON_COLLINEAR)
            return spot;
    }
    return NULL;
}

/* "Au or Ag", in the list's order, so that particles with the same phases have the same text. */
static void join_names(const struct phase_list *phases, const struct lattice_match *decided, int count,
                       char *names)
{
    size_t used = 0;
    for (int phase = 0; phase < phases->count; phase++)
        for (int i = 0; i < count; i++)
            if (decided[i].phase == phase)
                used += (size_t)snprintf(names + used, PARTICLE_PHASE_BYTES - used, "%s%s",
                                         used ? " or " : "", phases->items[phase].cell.name);
}

/* Of an axis and its opposite, which a spectrum does not tell apart but for crystals of low symmetry, the one
 * whose first index is above 0: particles seen alike have the same text. */
static void set_zone(const int axis[3], int32_t zone[3])
{
    int leading = axis[0] ? axis[0] : axis[1] ? axis[1] : axis[2];
    for (int k = 0; k < 3; k++) zone[k] = leading < 0 ? -axis[k] : axis[k];
}

static void name_phase(const struct lattice_spots *spots, const struct phase_list *phases, char *names,
                       fringe_fault_rating *rating, struct lattice_match *match)
{
    struct lattice_match ranked[PHASE_LIST_MOST];
    if (phases->count == 1)
        rating->pixel_size_is_off = lattice_match_pixel_size(spots, phases, 0, ranked);
    else if (!lattice_match_rank(spots, phases, MATCH_SCALE_SPREAD, ranked))
        return;
    double probability;
    int count = lattice_match_decide(ranked, phases->count, &probability), agree = 1;
    if (!count) return;
    join_names(phases, ranked, count, names);
    rating->phase = names;
    for (int i = 1; i < count; i++) agree &= lattice_match_same_zone(ranked, ranked + i);
    if (agree) set_zone(ranked->zone, rating->zone);
    rating->phase_probability = probability;
    rating->phase_residual = ranked->residual;
    rating->scale = ranked->scale;
    rating->scale_error = ranked->scale_error;
    if (match) *match = *ranked;
}

void particle_lattice_describe(const struct fault_findings *findings, const struct phase_list *phases,
                               char *names, fringe_fault_rating *rating, struct lattice_match *match)
{
    const struct lattice_spots *spots = &findings->spots;
    const struct lattice_spot *first = spots->items;
    *rating = (fringe_fault_rating){.phase = "",
                                    .spot_count = spots->count,
#define LATTICE_NAN(field, column) .field = NAN,
                                    FRINGE_LATTICE_LIST(LATTICE_NAN)
#undef LATTICE_NAN
    };
    if (spots->count == 0) return;
    rating->spacing_1 = first->d;
    rating->spacing_1_error = first->d_error;
    rating->direction_1 = fmod(atan2(-first->g[1], first->g[0]) / DEGREE + 360, 180);
    const struct lattice_spot *second = find_second(spots);
    if (!second) return;
    rating->resolved = 1;
    rating->spacing_2 = second->d;
    rating->spacing_2_error = second->d_error;
    double along = fabs(first->g[0] * second->g[0] + first->g[1] * second->g[1]) * first->d * second->d;
    rating->spacing_angle = acos(fmin(1, along)) / DEGREE;
    rating->spacing_angle_error = hypot(angle_error(first), angle_error(second)) / DEGREE;
    if (phases) name_phase(spots, phases, names, rating, match);
}

/* From the first to the last pixel of the mask that the line meets; 0 where it meets none. */
static int trace(const struct fault_line *found, const struct fault_findings *findings,
                 const struct lattice_region *region, fringe_fault_line *line)
{
    double unit_x = region->nm_per_px_x > 0 ? region->nm_per_px_x : 1;
    double unit_y = region->nm_per_px_y > 0 ? region->nm_per_px_y : 1;
    double x = findings->centre_x_px + found->offset * found->normal[0] / unit_x;
    double y = findings->centre_y_px + found->offset * found->normal[1] / unit_y;
    double dx = -found->normal[1] / unit_x, dy = found->normal[0] / unit_y, length = hypot(dx, dy);
    double reach = hypot(region->width_px, region->height_px), first = INFINITY, last = -INFINITY;
    for (double u = -reach; u <= reach; u += 0.5) {
        double px = floor(x + u * dx / length + 0.5), py = floor(y + u * dy / length + 0.5);
        if (px < 0 || py < 0 || px >= region->width_px || py >= region->height_px ||
            !region->mask[(size_t)py * (size_t)region->width_px + (size_t)px])
            continue;
        first = fmin(first, u);
        last = fmax(last, u);
    }
    *line = (fringe_fault_line){
        x + first * dx / length, y + first * dy / length, x + last * dx / length, y + last * dy / length, 0,
        found->strength};
    return last > first;
}

static int trace_all(const struct fault_line *found, int count, int is_twin,
                     const struct fault_findings *findings, const struct lattice_region *region,
                     int32_t left_px, int32_t top_px, fringe_fault_line *lines)
{
    int traced = 0;
    double best = found->gain * found->strength;
    for (int i = 0; i < count && traced < FRINGE_FAULT_LINES_MOST; i++) {
        fringe_fault_line *line = lines + traced;
        double score = found[i].gain * found[i].strength;
        if (!(score > 0) || score < LINE_LEAST * best) continue;
        if (!trace(found + i, findings, region, line)) continue;
        line->is_twin = is_twin;
        line->x0 += left_px + 0.5; /* from middles of pixels to their corners */
        line->x1 += left_px + 0.5;
        line->y0 += top_px + 0.5;
        line->y1 += top_px + 0.5;
        traced++;
    }
    return traced;
}

void particle_lattice_trace(const struct fault_findings *findings, const struct lattice_region *region,
                            int32_t left_px, int32_t top_px, struct particle_lines *lines)
{
    const struct fault_lines *found = &findings->lines;
    lines->step_count =
        trace_all(found->glides, found->normal_count, 0, findings, region, left_px, top_px, lines->steps);
    lines->twin_count =
        trace_all(found->twins, found->normal_count, 1, findings, region, left_px, top_px, lines->twins);
}

void particle_lattice_choose(const struct particle_lines *lines, fringe_fault_rating *rating)
{
    const fringe_fault_line *chosen = rating->fault == FRINGE_FAULT_STACKING ? lines->steps : lines->twins;
    int count = rating->fault == FRINGE_FAULT_STACKING   ? lines->step_count
                : rating->fault == FRINGE_FAULT_TWIN     ? lines->twin_count > 0
                : rating->fault == FRINGE_FAULT_MULTIPLE ? lines->twin_count
                                                         : 0;
    memcpy(rating->lines, chosen, (size_t)count * sizeof *chosen);
    rating->line_count = count;
}
