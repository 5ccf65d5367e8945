#include "simulate/scene.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "image/fft.h"
#include "simulate/support.h"

#define PI            3.14159265358979323846
#define DEGREE        (PI / 180)
#define GAP_A         2.2 /* between a particle and what it lies on: about a bond */
#define EDGE_ON_DEG   5.0
#define TRACE_LEAST_A 10.0

static double draw_value(const struct recipe *recipe, enum recipe_key key, struct rng *rng)
{
    struct recipe_range range = recipe->ranges[key];
    switch (recipe_key_kind(key)) {
    case RECIPE_LOG:
        return rng_log_uniform(rng, range.low, range.high);
    case RECIPE_WHOLE:
        return range.low + rng_below(rng, (uint32_t)(range.high - range.low) + 1);
    case RECIPE_CHANCE:
        return rng_unit(rng) < range.low;
    default:
        return rng_uniform(rng, range.low, range.high);
    }
}

static void draw_optics(struct scene *scene, struct rng *rng)
{
    const double *v = scene->values;
    struct optics *o = &scene->optics;
    double wavelength = optics_wavelength_a(v[KEY_voltage_kv]), direction = rng_uniform(rng, 0, 2 * PI);
    *o = (struct optics){.voltage_kv = v[KEY_voltage_kv],
                         .twofold_a = 10 * v[KEY_astigmatism_nm],
                         .threefold_a = 10 * v[KEY_threefold_nm],
                         .coma_a = 10 * v[KEY_coma_nm],
                         .focal_spread_a = 10 * v[KEY_focal_spread_nm],
                         .convergence = 1e-3 * v[KEY_convergence_mrad],
                         .tilt_x = 1e-3 * v[KEY_tilt_mrad] * cos(direction),
                         .tilt_y = 1e-3 * v[KEY_tilt_mrad] * sin(direction)};
    if (v[KEY_corrected] != 0) {
        o->spherical_a = 1e4 * v[KEY_corrected_cs_um];
        o->defocus_a = 10 * v[KEY_corrected_defocus_nm];
    } else {
        o->spherical_a = 1e7 * v[KEY_uncorrected_cs_mm];
        o->defocus_a = 1.2 * sqrt(o->spherical_a * wavelength) + 10 * v[KEY_uncorrected_defocus_nm];
    }
    o->twofold_angle = rng_uniform(rng, 0, 2 * PI);
    o->threefold_angle = rng_uniform(rng, 0, 2 * PI);
    o->coma_angle = rng_uniform(rng, 0, 2 * PI);
}

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

/* A direction of the kind <110>, <100>, <111> or <112>; in wurtzite <11-20>, <0001> or <10-10>. A faulted
 * crystal is turned about one that lies in the faults' plane, so that they are seen along it. */
static void draw_zone(struct scene_particle *particle, struct rng *rng)
{
    static const double cubic[4][3] = {{1, 1, 0}, {1, 0, 0}, {1, 1, 1}, {1, 1, 2}};
    static const double hexagonal[3][3] = {{1, 0, 0}, {0, 0, 1}, {0, 1, 0}};
    int wurtzite = particle->grain.phase->structure == PHASE_WURTZITE;
    if (particle->grain.fault_count || particle->grain.shape == GRAIN_DECAHEDRON) {
        static const double in_111[3] = {1, -1, 0}, five_fold[3] = {0, 0, 1};
        memcpy(particle->zone,
               particle->grain.shape == GRAIN_DECAHEDRON ? five_fold
               : wurtzite                                ? hexagonal[0]
                                                         : in_111,
               sizeof particle->zone);
        return;
    }
    if (wurtzite) {
        memcpy(particle->zone, hexagonal[rng_below(rng, 3)], sizeof particle->zone);
        return;
    }
    const double *kind = cubic[rng_below(rng, 4)];
    uint32_t turn = rng_below(rng, 3), signs = rng_below(rng, 8);
    for (int k = 0; k < 3; k++) particle->zone[(k + turn) % 3] = kind[k] * (signs >> k & 1 ? -1 : 1);
}

static void draw_strain(struct scene_particle *particle, struct rng *rng)
{
    for (int i = 0; i < 3; i++)
        for (int j = i; j < 3; j++) {
            double e = particle->strain * rng_uniform(rng, -1, 1);
            particle->grain.strain[3 * i + j] = particle->grain.strain[3 * j + i] = e;
        }
}

/* Layers for the faults, all different, not too near the rim. */
static void draw_faults(struct scene_particle *particle, int wanted, struct rng *rng)
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

static void draw_particle(const struct recipe *recipe, struct rng *rng, struct scene_particle *particle)
{
    struct grain *grain = &particle->grain;
    *particle = (struct scene_particle){
        .grain = {.phase = phase_get(recipe->materials[rng_below(rng, (uint32_t)recipe->material_count)]),
                  .shape = recipe->shapes[rng_below(rng, (uint32_t)recipe->shape_count)]}};
    if (grain->phase->structure != PHASE_FCC && grain->shape >= GRAIN_DECAHEDRON)
        grain->shape = GRAIN_POLYHEDRON; /* the others do not grow multiply twinned */
    grain->radius_a = 5 * draw_value(recipe, KEY_diameter_nm, rng);
    for (int k = 0; k < 3; k++) grain->axes_a[k] = grain->radius_a;
    if (grain->shape == GRAIN_ELLIPSOID)
        for (int k = 0; k < 3; k++) grain->axes_a[k] *= rng_uniform(rng, 0.6, 1);
    /* From octahedra by way of truncated ones to cubes; prisms of various height. */
    grain->face_111 = rng_uniform(rng, 0.65, 0.9);
    grain->face_100 = rng_uniform(rng, 0.65, 0.95);
    for (int k = 0; k < 3; k++) grain->offset[k] = rng_uniform(rng, -0.5, 0.5) * grain->phase->a;
    particle->strain = draw_value(recipe, KEY_strain, rng);
    draw_strain(particle, rng);
    int faulted = draw_value(recipe, KEY_faulted, rng) != 0;
    int fault_count = (int)draw_value(recipe, KEY_fault_count, rng);
    if (faulted && grain->shape < GRAIN_DECAHEDRON) draw_faults(particle, fault_count, rng);
    particle->on_zone = draw_value(recipe, KEY_on_zone, rng) != 0;
    double tilt = draw_value(recipe, KEY_zone_tilt_deg, rng) * DEGREE;
    draw_zone(particle, rng);
    if (particle->on_zone)
        rotation_onto(particle->zone, tilt, rng, grain->rotation);
    else
        rng_rotation(rng, grain->rotation);
}

/* A place in the image: apart from the particles before it, or touching or overlapping one of them. 0 where
 * none was found; the particle is left out then. Its z is its distance from the support's surface. */
static int place_particle(const struct recipe *recipe, struct scene *scene, struct rng *rng)
{
    struct scene_particle *particle = scene->particles + scene->particle_count;
    double margin = scene->margin_px * scene->pixel_a, field = scene->size_px * scene->pixel_a;
    double r = particle->grain.radius_a, *centre = particle->grain.centre;
    int touching = draw_value(recipe, KEY_touching, rng) != 0;
    int overlapping = draw_value(recipe, KEY_overlapping, rng) != 0;
    for (int tries = 0; tries < 100; tries++) {
        int clash = 0;
        double lowest = 0;
        for (int k = 0; k < 2; k++) centre[k] = margin + rng_uniform(rng, -0.5 * r, field + 0.5 * r);
        if (scene->particle_count && (touching || overlapping)) {
            const struct grain *beside =
                &scene->particles[rng_below(rng, (uint32_t)scene->particle_count)].grain;
            double angle = rng_uniform(rng, 0, 2 * PI);
            double distance = (r + beside->radius_a) * (overlapping ? rng_uniform(rng, 0.4, 0.95) : 1);
            centre[0] = beside->centre[0] + distance * cos(angle);
            centre[1] = beside->centre[1] + distance * sin(angle);
        }
        for (int i = 0; i < scene->particle_count; i++) {
            const struct grain *other = &scene->particles[i].grain;
            double dx = other->centre[0] - centre[0], dy = other->centre[1] - centre[1];
            if (sqrt(dx * dx + dy * dy) >= (r + other->radius_a) * 0.999) continue;
            clash |= !overlapping;
            lowest = fmax(lowest, other->centre[2] + other->radius_a); /* it lies on the other */
        }
        for (int k = 0; k < 2; k++) clash |= centre[k] < margin - r || centre[k] > margin + field + r;
        if (clash) continue;
        centre[2] = lowest + GAP_A + r;
        return 1;
    }
    return 0;
}

/* How the faults lie to the beam, and how long their traces are, by the atoms beside their planes. */
static void measure_faults(const struct scene *scene, struct scene_particle *particle, int owner)
{
    struct phase_stacking stacking;
    if (!particle->grain.fault_count || !phase_stacking(particle->grain.phase, &stacking)) return;
    double n[3];
    for (int k = 0; k < 3; k++) n[k] = dot(particle->grain.rotation + 3 * k, stacking.normal);
    double across = sqrt(n[0] * n[0] + n[1] * n[1]);
    for (int f = 0; f < particle->grain.fault_count; f++) {
        struct scene_fault *fault = particle->faults + f;
        fault->fault = particle->grain.faults[f];
        fault->distance_a = grain_fault_distance(&particle->grain, &fault->fault);
        fault->tilt_deg = asin(fmin(1, fabs(n[2]))) / DEGREE;
        if (across < 1e-9) continue; /* seen face on: no trace */
        double t[2] = {-n[1] / across, n[0] / across}, low = 0, high = 0;
        int any = 0;
        for (size_t i = 0; i < scene->atoms.count; i++) {
            const struct atom *atom = scene->atoms.items + i;
            double d[3];
            if (atom->owner != owner) continue;
            for (int k = 0; k < 3; k++) d[k] = atom->position[k] - particle->grain.centre[k];
            if (fabs(dot(d, n) - fault->distance_a) > stacking.spacing) continue;
            double along = d[0] * t[0] + d[1] * t[1];
            if (!any || along < low) low = along;
            if (!any || along > high) high = along;
            any = 1;
        }
        fault->trace_a = high - low;
        fault->trace_deg = fmod(atan2(t[1], t[0]) / DEGREE + 360, 180);
        fault->edge_on = fault->tilt_deg < EDGE_ON_DEG && fault->trace_a >= TRACE_LEAST_A;
    }
}

/* Leaves out what lies beyond the cell: it would come in again at the other side. */
static void cut_atoms(struct scene *scene)
{
    size_t kept = 0;
    for (size_t i = 0; i < scene->atoms.count; i++) {
        const double *p = scene->atoms.items[i].position;
        if (p[0] >= 0 && p[0] < scene->side_a && p[1] >= 0 && p[1] < scene->side_a)
            scene->atoms.items[kept++] = scene->atoms.items[i];
    }
    scene->atoms.count = kept;
}

/* Particles were built above a surface at z = 0, as seen from it. They go to the side of the support that the
 * electrons reach first or leave last, and the pile is moved to begin at z = 0. */
static fringe_status assemble(struct scene *scene, struct rng *rng, fringe_error *error)
{
    fringe_status status = FRINGE_OK;
    double support_a = scene->values[KEY_support] != 0 ? 10 * scene->values[KEY_support_nm] : 0, top = 0;
    int entrance = rng_unit(rng) < 0.5;
    for (int i = 0; i < scene->particle_count; i++) {
        const struct grain *grain = &scene->particles[i].grain;
        top = fmax(top, grain->centre[2] + grain->radius_a + GAP_A);
    }
    for (int i = 0; i < scene->particle_count && !status; i++) {
        struct scene_particle *particle = scene->particles + i;
        double *z = particle->grain.centre + 2;
        *z = entrance ? top - *z : support_a + *z;
        status = grain_build(&particle->grain, i, &scene->atoms, error);
        if (!status) measure_faults(scene, particle, i);
    }
    cut_atoms(scene);
    if (!status && support_a > 0)
        status = support_pack(scene->values[KEY_nitride] != 0, scene->side_a, entrance ? top : 0, support_a,
                              rng, &scene->atoms, error);
    scene->depth_a = fmax(top + support_a, 10 * scene->values[KEY_slice_nm]);
    return status;
}

fringe_status scene_draw(const struct recipe *recipe, struct rng *rng, struct scene *scene,
                         fringe_error *error)
{
    *scene = (struct scene){0};
    for (int key = 0; key <= KEY_particle_count; key++)
        scene->values[key] = draw_value(recipe, (enum recipe_key)key, rng);
    const double *v = scene->values;
    draw_optics(scene, rng);
    scene->size_px = (int32_t)v[KEY_size_px];
    scene->pixel_a = 10 * v[KEY_pixel_size_nm];
    scene->total_px =
        fft_next_size(scene->size_px + 2 * (int32_t)ceil(10 * v[KEY_margin_nm] / scene->pixel_a));
    scene->margin_px = (scene->total_px - scene->size_px) / 2;
    scene->side_a = scene->total_px * scene->pixel_a;

    int wanted = (int)v[KEY_particle_count];
    scene->particles = alloc_array((size_t)wanted + 1, sizeof *scene->particles);
    if (!scene->particles)
        return failure_memory(error, "particles", (unsigned long long)wanted * sizeof *scene->particles);
    for (int i = 0; i < wanted; i++) {
        draw_particle(recipe, rng, scene->particles + scene->particle_count);
        scene->particle_count += place_particle(recipe, scene, rng);
    }
    return assemble(scene, rng, error);
}

void scene_clear(struct scene *scene)
{
    alloc_free(scene->particles);
    atoms_clear(&scene->atoms);
    *scene = (struct scene){0};
}
