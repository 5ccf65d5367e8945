#include "simulate/scene.h"

#include <math.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "image/fft.h"

#define PI    3.14159265358979323846
#define GAP_A 2.2 /* between a particle and what it lies on: about a bond */

static void draw_exposure(const struct recipe *recipe, const struct scene *scene, struct rng *rng,
                          struct scene_exposure *exposure)
{
    double *v = exposure->values;
    struct optics *o = &exposure->optics;
    for (int key = 0; key < RECIPE_KEY_COUNT; key++) v[key] = scene->values[key];
    recipe_draw_stage(recipe, STAGE_EXPOSURE, rng, v);
    double wavelength = optics_wavelength_a(v[KEY_voltage_kv]);
    *o = (struct optics){.voltage_kv = v[KEY_voltage_kv],
                         .twofold_a = 10 * v[KEY_astigmatism_nm],
                         .threefold_a = 10 * v[KEY_threefold_nm],
                         .coma_a = 10 * v[KEY_coma_nm],
                         .focal_spread_a = 10 * v[KEY_focal_spread_nm],
                         .convergence = 1e-3 * v[KEY_convergence_mrad],
                         .tilt_x = scene->tilt_x,
                         .tilt_y = scene->tilt_y};
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

/* A place in the image: apart from the particles before it, or touching or overlapping one of them, and not
 * over a hole unless it hangs on another. 0 where none was found; the particle is left out then. Its z is its
 * height above the support's face. */
static int place_particle(const struct recipe *recipe, struct scene *scene, struct rng *rng)
{
    struct particle *particle = scene->particles + scene->particle_count;
    double margin = scene->margin_px * scene->pixel_a, field = scene->size_px * scene->pixel_a;
    double r = particle->grain.radius_a, *centre = particle->grain.centre;
    int touching = recipe_draw(recipe, KEY_touching, rng) != 0;
    int overlapping = recipe_draw(recipe, KEY_overlapping, rng) != 0;
    for (int tries = 0; tries < 100; tries++) {
        int clash = 0, beside_another = scene->particle_count && (touching || overlapping);
        double lowest = 0;
        for (int k = 0; k < 2; k++) centre[k] = margin + rng_uniform(rng, -0.5 * r, field + 0.5 * r);
        if (beside_another) {
            const struct grain *beside =
                &scene->particles[rng_below(rng, (uint32_t)scene->particle_count)].grain;
            double angle = rng_uniform(rng, 0, 2 * PI);
            double distance = (r + beside->radius_a) * (overlapping ? rng_uniform(rng, 0.4, 0.95) : 1);
            centre[0] = beside->centre[0] + distance * cos(angle);
            centre[1] = beside->centre[1] + distance * sin(angle);
        } else if (scene->support.hole_radius_a > 0) {
            clash = support_thickness(&scene->support, centre[0], centre[1]) <= 0;
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
        centre[2] = lowest + GAP_A + particle->foot_a;
        return 1;
    }
    return 0;
}

static fringe_status draw_particles(const struct recipe *recipe, struct scene *scene, struct rng *rng,
                                    fringe_error *error)
{
    const double *v = scene->values;
    int wanted = v[KEY_empty] != 0 ? 0 : (int)v[KEY_particle_count];
    uint32_t material = rng_below(rng, (uint32_t)recipe->material_count);
    scene->particles = alloc_array((size_t)wanted + 1, sizeof *scene->particles);
    if (!scene->particles)
        return failure_memory(error, "particles", (unsigned long long)wanted * sizeof *scene->particles);
    for (int i = 0; i < wanted; i++) {
        double size = fmax(-2, fmin(2, rng_normal(rng))) * v[KEY_size_spread];
        if (v[KEY_one_material] == 0) material = rng_below(rng, (uint32_t)recipe->material_count);
        particle_draw(recipe, phase_get(recipe->materials[material]), 10 * v[KEY_diameter_nm] * exp(size),
                      rng, scene->particles + scene->particle_count);
        scene->particle_count += place_particle(recipe, scene, rng);
    }
    return FRINGE_OK;
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

/* Particles were placed above a face at z = 0. They go to the side of the support that the electrons reach
 * first or leave last, and the pile is moved to begin at z = 0. */
static fringe_status assemble(struct scene *scene, struct rng *rng, fringe_error *error)
{
    fringe_status status = FRINGE_OK;
    struct support *support = &scene->support;
    double top = 0, shell_a = scene->values[KEY_shell] != 0 ? 10 * scene->values[KEY_shell_nm] : 0;
    support->up = rng_unit(rng) < 0.5 ? -1 : 1;
    for (int i = 0; i < support->patch_count; i++) top = fmax(top, support->patches[i].height_a);
    for (int i = 0; i < scene->particle_count; i++) {
        const struct grain *grain = &scene->particles[i].grain;
        top = fmax(top, grain->centre[2] + grain->radius_a + fmax(GAP_A, shell_a));
    }
    double below = support->thickness_a > 0 ? support->thickness_a : shell_a; /* the face */
    support->face_a = support->up < 0 ? top : below;
    for (int i = 0; i < scene->particle_count && !status; i++) {
        struct particle *particle = scene->particles + i;
        particle->grain.centre[2] = support->face_a + support->up * particle->grain.centre[2];
        particle_cut_foot(particle, support->up);
        status = grain_build(&particle->grain, i, &scene->atoms, error);
        if (!status)
            particle_measure(&scene->atoms, i, scene->margin_px * scene->pixel_a,
                             (scene->margin_px + scene->size_px) * scene->pixel_a, particle);
    }
    for (int i = 0; i < scene->particle_count && !status && shell_a > 0; i++) {
        const struct grain *grain = &scene->particles[i].grain;
        status = support_wrap(support, grain->centre, grain->radius_a, shell_a, rng, &scene->atoms, error);
    }
    cut_atoms(scene);
    if (!status) status = support_build(support, rng, &scene->atoms, error);
    scene->depth_a = fmax(top + below, 10 * scene->values[KEY_slice_nm]);
    return status;
}

static fringe_status draw_exposures(const struct recipe *recipe, const struct rng *rng, struct scene *scene,
                                    int count, fringe_error *error)
{
    scene->exposures = alloc_array((size_t)count, sizeof *scene->exposures);
    if (!scene->exposures)
        return failure_memory(error, "exposures", (size_t)count * sizeof *scene->exposures);
    for (; scene->exposure_count < count; scene->exposure_count++) {
        struct scene_exposure *exposure = scene->exposures + scene->exposure_count;
        struct rng own = rng_split(rng, (uint64_t)scene->exposure_count);
        draw_exposure(recipe, scene, &own, exposure);
        exposure->resolved = alloc_array((size_t)scene->particle_count + 1, 1);
        if (!exposure->resolved) return failure_memory(error, "exposures", (size_t)scene->particle_count);
    }
    return FRINGE_OK;
}

fringe_status scene_draw(const struct recipe *recipe, struct rng *rng, int exposure_count,
                         struct scene *scene, fringe_error *error)
{
    const double *v = scene->values;
    *scene = (struct scene){0};
    recipe_draw_stage(recipe, STAGE_ANY, rng, scene->values);
    recipe_draw_stage(recipe, STAGE_WAVE, rng, scene->values);
    double direction = rng_uniform(rng, 0, 2 * PI);
    scene->tilt_x = 1e-3 * v[KEY_tilt_mrad] * cos(direction);
    scene->tilt_y = 1e-3 * v[KEY_tilt_mrad] * sin(direction);
    scene->size_px = (int32_t)v[KEY_size_px];
    scene->pixel_a = 10 * v[KEY_pixel_size_nm];
    scene->total_px =
        fft_next_size(scene->size_px + 2 * (int32_t)ceil(10 * v[KEY_margin_nm] / scene->pixel_a));
    scene->margin_px = (scene->total_px - scene->size_px) / 2;
    scene->side_a = scene->total_px * scene->pixel_a;
    struct support_draw draw = {.present = v[KEY_support] != 0,
                                .nitride = v[KEY_nitride] != 0,
                                .hole = v[KEY_hole] != 0,
                                .contamination = v[KEY_contamination] != 0,
                                .thickness_a = 10 * v[KEY_support_nm],
                                .variation = v[KEY_support_variation],
                                .contamination_a = 10 * v[KEY_contamination_nm],
                                .low_a = scene->margin_px * scene->pixel_a,
                                .high_a = (scene->margin_px + scene->size_px) * scene->pixel_a,
                                .side_a = scene->side_a};
    support_draw(&draw, rng, &scene->support);
    fringe_status status = draw_particles(recipe, scene, rng, error);
    if (!status) status = assemble(scene, rng, error);
    return status ? status : draw_exposures(recipe, rng, scene, exposure_count, error);
}

void scene_clear(struct scene *scene)
{
    for (int i = 0; i < scene->particle_count; i++) alloc_free(scene->particles[i].label);
    for (int i = 0; i < scene->exposure_count; i++) alloc_free(scene->exposures[i].resolved);
    alloc_free(scene->exposures);
    alloc_free(scene->particles);
    atoms_clear(&scene->atoms);
    *scene = (struct scene){0};
}
