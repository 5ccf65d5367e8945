#include "simulate/particle.h"

#include <math.h>
#include <string.h>

#define PI            3.14159265358979323846
#define DEGREE        (PI / 180)
#define EDGE_ON_DEG   5.0
#define TRACE_LEAST_A 10.0

static double dot(const double *a, const double *b)
{
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

/* A rotation that lays `zone` along the beam, turned at random about it and tilted by `tilt` radians. */
static void rotation_onto(const double *zone, double tilt, struct rng *rng, double rotation[9])
{
    double w[3], u[3], v[3], norm = sqrt(dot(zone, zone)), aside[3] = {0, 0, 0};
    for (int k = 0; k < 3; k++) w[k] = zone[k] / norm;
    int least = fabs(w[0]) < fabs(w[1]) ? 0 : 1;
    if (fabs(w[2]) < fabs(w[least])) least = 2;
    aside[least] = 1;
    double along = dot(aside, w);
    for (int k = 0; k < 3; k++) u[k] = aside[k] - along * w[k];
    norm = sqrt(dot(u, u));
    for (int k = 0; k < 3; k++) u[k] /= norm;
    for (int k = 0; k < 3; k++) v[k] = w[(k + 1) % 3] * u[(k + 2) % 3] - w[(k + 2) % 3] * u[(k + 1) % 3];
    /* Rows: the image's x, y, z in crystal axes; first turned about z, then tilted about x, then turned
     * again. */
    double first = rng_uniform(rng, 0, 2 * PI), second = rng_uniform(rng, 0, 2 * PI);
    double x[3], y[3], z[3];
    for (int k = 0; k < 3; k++) {
        double x0 = cos(first) * u[k] + sin(first) * v[k], y0 = -sin(first) * u[k] + cos(first) * v[k];
        y[k] = cos(tilt) * y0 - sin(tilt) * w[k];
        z[k] = sin(tilt) * y0 + cos(tilt) * w[k];
        x[k] = x0;
    }
    for (int k = 0; k < 3; k++) {
        rotation[k] = cos(second) * x[k] - sin(second) * y[k];
        rotation[3 + k] = sin(second) * x[k] + cos(second) * y[k];
        rotation[6 + k] = z[k];
    }
}

/* The direction along which a crystal's faults, or those that it might have, are seen edge-on. */
static void take_fault_zone(struct particle *particle)
{
    static const double in_111[3] = {1, -1, 0}, in_0002[3] = {1, 0, 0}, five_fold[3] = {0, 0, 1};
    const struct grain *grain = &particle->grain;
    memcpy(particle->zone,
           grain->shape == GRAIN_DECAHEDRON            ? five_fold
           : grain->phase->structure == PHASE_WURTZITE ? in_0002
                                                       : in_111,
           sizeof particle->zone);
}

/* A direction of the kind <110>, <100>, <111> or <112>; in wurtzite <11-20>, <0001> or <10-10>. A faulted
 * crystal is turned about one that lies in the faults' plane, so that they are seen along it; where only such
 * crystals were, a forest would learn the zone and not the fault, so a recipe may ask it of whole ones too.
 * Nothing is drawn where it does not ask, and its images stay what they were without the key. */
static void draw_zone(const struct recipe *recipe, struct particle *particle, struct rng *rng)
{
    static const double cubic[4][3] = {{1, 1, 0}, {1, 0, 0}, {1, 1, 1}, {1, 1, 2}};
    static const double hexagonal[3][3] = {{1, 0, 0}, {0, 0, 1}, {0, 1, 0}};
    int is_whole = !particle->grain.fault_count && particle->grain.shape < GRAIN_DECAHEDRON;
    if (particle->grain.fault_count || particle->grain.shape == GRAIN_DECAHEDRON ||
        (is_whole && recipe->ranges[KEY_fault_zone].low > 0 &&
         recipe_draw(recipe, KEY_fault_zone, rng) != 0)) {
        take_fault_zone(particle);
        return;
    }
    if (particle->grain.phase->structure == PHASE_WURTZITE) {
        memcpy(particle->zone, hexagonal[rng_below(rng, 3)], sizeof particle->zone);
        return;
    }
    const double *kind = cubic[rng_below(rng, 4)];
    uint32_t turn = rng_below(rng, 3), signs = rng_below(rng, 8);
    for (int k = 0; k < 3; k++) particle->zone[(k + turn) % 3] = kind[k] * (signs >> k & 1 ? -1 : 1);
}

static void draw_strain(struct particle *particle, struct rng *rng)
{
    for (int i = 0; i < 3; i++)
        for (int j = i; j < 3; j++) {
            double e = particle->strain * rng_uniform(rng, -1, 1);
            particle->grain.strain[3 * i + j] = particle->grain.strain[3 * j + i] = e;
        }
}

/* Layers for the faults, all different, not too near the rim. */
static void draw_faults(struct particle *particle, int wanted, struct rng *rng)
{
    struct grain *grain = &particle->grain;
    struct phase_stacking stacking;
    if (!phase_stacking(grain->phase, &stacking)) return;
    for (int tries = 0; tries < 30 && grain->fault_count < wanted; tries++) {
        double height = rng_uniform(rng, -0.6, 0.6) * grain->radius_a;
        struct grain_fault fault = {
            GRAIN_TWIN, (int)floor((height - dot(grain->offset, stacking.normal)) / stacking.spacing)};
        if (grain->phase->structure != PHASE_WURTZITE && rng_unit(rng) < 0.5)
            fault.kind = GRAIN_STACKING_FAULT;
        int at = grain->fault_count, taken = 0;
        for (int i = 0; i < grain->fault_count; i++) taken |= grain->faults[i].layer == fault.layer;
        if (taken) continue;
        for (; at > 0 && grain->faults[at - 1].layer > fault.layer; at--)
            grain->faults[at] = grain->faults[at - 1];
        grain->faults[at] = fault;
        grain->fault_count++;
    }
}

/* A sphere that planes at random have cut: most faces of a blob that is no ideal crystal. */
static void draw_planes(struct particle *particle, struct rng *rng)
{
    struct grain *grain = &particle->grain;
    int count = 6 + (int)rng_below(rng, GRAIN_PLANE_MOST - 6); /* one stays for the foot */
    for (; grain->plane_count < count; grain->plane_count++) {
        struct grain_plane *plane = grain->planes + grain->plane_count;
        rng_direction(rng, plane->normal);
        plane->distance_a = grain->radius_a * rng_uniform(rng, 0.6, 1);
    }
}

void particle_draw(const struct recipe *recipe, const struct phase *phase, double diameter_a, struct rng *rng,
                   struct particle *particle)
{
    struct grain *grain = &particle->grain;
    *particle =
        (struct particle){.grain = {.phase = phase,
                                    .radius_a = diameter_a / 2,
                                    .shape = recipe->shapes[rng_below(rng, (uint32_t)recipe->shape_count)]}};
    if (grain->phase->structure != PHASE_FCC && grain->shape >= GRAIN_DECAHEDRON)
        grain->shape = GRAIN_POLYHEDRON; /* the others do not grow multiply twinned */
    for (int k = 0; k < 3; k++) grain->axes_a[k] = grain->radius_a;
    if (grain->shape == GRAIN_ELLIPSOID)
        for (int k = 0; k < 3; k++) grain->axes_a[k] *= rng_uniform(rng, 0.5, 1);
    if (grain->shape == GRAIN_IRREGULAR) draw_planes(particle, rng);
    /* From octahedra by way of truncated ones to cubes; prisms of various height. */
    grain->face_111 = rng_uniform(rng, 0.65, 0.9);
    grain->face_100 = rng_uniform(rng, 0.65, 0.95);
    for (int k = 0; k < 3; k++) grain->offset[k] = rng_uniform(rng, -0.5, 0.5) * grain->phase->a;
    particle->strain = recipe_draw(recipe, KEY_strain, rng);
    draw_strain(particle, rng);
    int faulted = recipe_draw(recipe, KEY_faulted, rng) != 0;
    int fault_count = (int)recipe_draw(recipe, KEY_fault_count, rng);
    if (faulted && grain->shape < GRAIN_DECAHEDRON) draw_faults(particle, fault_count, rng);
    particle->on_zone = recipe_draw(recipe, KEY_on_zone, rng) != 0;
    double tilt = recipe_draw(recipe, KEY_zone_tilt_deg, rng) * DEGREE;
    draw_zone(recipe, particle, rng);
    if (particle->on_zone)
        rotation_onto(particle->zone, tilt, rng, grain->rotation);
    else
        rng_rotation(rng, grain->rotation);
    particle->foot_a = grain->radius_a;
    if (recipe_draw(recipe, KEY_truncated, rng) != 0) particle->foot_a *= rng_uniform(rng, 0.2, 0.9);
}

void particle_cut_foot(struct particle *particle, double up)
{
    struct grain *grain = &particle->grain;
    if (particle->foot_a >= grain->radius_a) return;
    struct grain_plane *plane = grain->planes + grain->plane_count++;
    for (int k = 0; k < 3; k++) plane->normal[k] = -up * grain->rotation[6 + k];
    plane->distance_a = particle->foot_a;
}

/* Whether a plane with this normal and trace counts as seen along the beam. */
static int is_edge_on(double tilt_deg, double trace_a)
{
    return tilt_deg < EDGE_ON_DEG && trace_a >= TRACE_LEAST_A;
}

static int is_within(double value, double low, double high)
{
    return value >= low && value <= high;
}

/* How the faults lie to the beam, and how long their traces are, by the atoms beside their planes. */
static void measure_faults(const struct atoms *atoms, int owner, double low_a, double high_a,
                           struct particle *particle)
{
    struct phase_stacking stacking;
    if (!particle->grain.fault_count || !phase_stacking(particle->grain.phase, &stacking)) return;
    double n[3];
    for (int k = 0; k < 3; k++) n[k] = dot(particle->grain.rotation + 3 * k, stacking.normal);
    double across = sqrt(n[0] * n[0] + n[1] * n[1]);
    for (int f = 0; f < particle->grain.fault_count; f++) {
        struct particle_fault *fault = particle->faults + f;
        fault->fault = particle->grain.faults[f];
        fault->distance_a = grain_fault_distance(&particle->grain, &fault->fault);
        fault->tilt_deg = asin(fmin(1, fabs(n[2]))) / DEGREE;
        if (across < 1e-9) continue; /* seen face on: no trace */
        double t[2] = {-n[1] / across, n[0] / across}, low = 0, high = 0;
        int any = 0;
        for (size_t i = 0; i < atoms->count; i++) {
            const struct atom *atom = atoms->items + i;
            double d[3];
            if (atom->owner != owner || !is_within(atom->position[0], low_a, high_a) ||
                !is_within(atom->position[1], low_a, high_a))
                continue;
            for (int k = 0; k < 3; k++) d[k] = atom->position[k] - particle->grain.centre[k];
            if (fabs(dot(d, n) - fault->distance_a) > stacking.spacing) continue;
            double along = d[0] * t[0] + d[1] * t[1];
            if (!any || along < low) low = along;
            if (!any || along > high) high = along;
            any = 1;
        }
        fault->trace_a = high - low;
        fault->trace_deg = fmod(atan2(t[1], t[0]) / DEGREE + 360, 180);
        fault->edge_on = is_edge_on(fault->tilt_deg, fault->trace_a);
        particle->edge_on_count += fault->edge_on;
    }
}

/* The part, 0 to 1, of the way from `from` to `to` that lies in the square. */
static double share_within(const double from[2], const double to[2], double low_a, double high_a)
{
    double first = 0, last = 1;
    for (int k = 0; k < 2; k++) {
        double way = to[k] - from[k], a = (low_a - from[k]) / way, b = (high_a - from[k]) / way;
        if (fabs(way) < 1e-9) {
            if (!is_within(from[k], low_a, high_a)) return 0;
            continue;
        }
        first = fmax(first, fmin(a, b));
        last = fmin(last, fmax(a, b));
    }
    return fmax(0, last - first);
}

/* The same for the twin planes of a multiply twinned particle, by their corners. */
static void measure_boundaries(double low_a, double high_a, struct particle *particle)
{
    const double *centre = particle->grain.centre;
    struct grain_boundary boundaries[GRAIN_BOUNDARY_MOST];
    particle->boundary_count = grain_boundaries(&particle->grain, boundaries);
    for (int b = 0; b < particle->boundary_count; b++) {
        const struct grain_boundary *boundary = boundaries + b;
        double u[3], v[3], n[3], low = 0, high = 0, ends[2][2] = {{0}};
        for (int k = 0; k < 3; k++) {
            u[k] = boundary->corner[1][k] - boundary->corner[0][k];
            v[k] = boundary->corner[2][k] - boundary->corner[0][k];
        }
        for (int k = 0; k < 3; k++) n[k] = u[(k + 1) % 3] * v[(k + 2) % 3] - u[(k + 2) % 3] * v[(k + 1) % 3];
        double across = hypot(n[0], n[1]), norm = sqrt(dot(n, n));
        if (across < 1e-9 * norm) continue;
        for (int c = 0; c < boundary->corner_count; c++) {
            double along = (boundary->corner[c][1] * n[0] - boundary->corner[c][0] * n[1]) / across;
            for (int end = 0; end < 2; end++) {
                if (c > 0 && (end ? along <= high : along >= low)) continue;
                *(end ? &high : &low) = along;
                for (int k = 0; k < 2; k++) ends[end][k] = centre[k] + boundary->corner[c][k];
            }
        }
        double trace = (high - low) * share_within(ends[0], ends[1], low_a, high_a);
        particle->edge_on_count += is_edge_on(asin(fmin(1, fabs(n[2]) / norm)) / DEGREE, trace);
    }
}

void particle_measure(const struct atoms *atoms, int owner, double low_a, double high_a,
                      struct particle *particle)
{
    particle->edge_on_count = 0;
    measure_faults(atoms, owner, low_a, high_a, particle);
    measure_boundaries(low_a, high_a, particle);
}
