#include "simulate/truth.h"

#include "base/number.h"

static const char particle_names[] =
    "particle,material,structure,shape,particle_diameter_nm,x_px,y_px,area_px,"
    "resolved,on_zone,zone,rotation,strain,foot_nm,twin_plane_count,"
    "edge_on_count,fault_count";

static void put(FILE *stream, double value)
{
    char text[NUMBER_TEXT_BYTES];
    fputc(',', stream);
    fputs(number_text(value, 6, text), stream);
}

/* Several numbers in one field. */
static void put_list(FILE *stream, const double *values, int count)
{
    char text[NUMBER_TEXT_BYTES];
    for (int i = 0; i < count; i++) {
        fputc(i ? ' ' : ',', stream);
        fputs(number_text(values[i], 6, text), stream);
    }
}

/* What was drawn of the keys that are columns. */
static void put_values(FILE *stream, enum recipe_subject subject, const double *values)
{
    for (int key = 0; key < RECIPE_KEY_COUNT; key++)
        if (recipe_key_is_column(subject, (enum recipe_key)key)) put(stream, values[key]);
}

void truth_write_names(FILE *stream, enum recipe_subject subject)
{
    fputs("image", stream);
    for (int key = 0; key < RECIPE_KEY_COUNT; key++)
        if (recipe_key_is_column(subject, (enum recipe_key)key))
            fprintf(stream, ",%s", recipe_key_name((enum recipe_key)key));
    if (subject != RECIPE_MICROGRAPH) {
        fputs(",share_0,share_1,share_2\n", stream);
        return;
    }
    fprintf(stream, ",defocus_nm,cs_um,astigmatism_rad,threefold_rad,coma_rad,tilt_x_mrad,tilt_y_mrad,%s",
            particle_names);
    for (int i = 1; i <= GRAIN_FAULT_MOST; i++)
        fprintf(
            stream,
            ",fault%d_kind,fault%d_distance_nm,fault%d_plane_to_beam_deg,fault%d_trace_deg,fault%d_trace_nm,"
            "fault%d_edge_on",
            i, i, i, i, i, i);
    fputc('\n', stream);
}

static void write_image(FILE *stream, const char *image, const struct scene_exposure *exposure)
{
    const struct optics *o = &exposure->optics;
    fputs(image, stream);
    put_values(stream, RECIPE_MICROGRAPH, exposure->values);
    put(stream, o->defocus_a / 10);
    put(stream, o->spherical_a / 1e4);
    put(stream, o->twofold_angle);
    put(stream, o->threefold_angle);
    put(stream, o->coma_angle);
    put(stream, o->tilt_x * 1e3);
    put(stream, o->tilt_y * 1e3);
}

static void write_fault(FILE *stream, const struct particle *particle, int index)
{
    static const char *const kinds[] = {"twin", "stacking fault"};
    if (index >= particle->grain.fault_count) {
        fputs(",,,,,,", stream);
        return;
    }
    const struct particle_fault *fault = particle->faults + index;
    int wurtzite = particle->grain.phase->structure == PHASE_WURTZITE;
    fprintf(stream, ",%s", wurtzite ? "I1" : kinds[fault->fault.kind]);
    put(stream, fault->distance_a / 10);
    put(stream, fault->tilt_deg);
    put(stream, fault->trace_deg);
    put(stream, fault->trace_a / 10);
    fprintf(stream, ",%d", fault->edge_on);
}

static void write_particle(FILE *stream, const struct scene *scene, const struct scene_exposure *exposure,
                           int index)
{
    const struct particle *particle = scene->particles + index;
    const struct grain *grain = &particle->grain;
    fprintf(stream, ",%d,%s,%s,%s", index + 1, grain->phase->name,
            phase_structure_name(grain->phase->structure), grain_shape_name(grain->shape));
    put(stream, grain->radius_a / 5);
    for (int k = 0; k < 2; k++) put(stream, grain->centre[k] / scene->pixel_a - scene->margin_px);
    put(stream, (double)particle->area_px);
    fprintf(stream, ",%d,%d", exposure->resolved[index], particle->on_zone);
    if (particle->on_zone)
        put_list(stream, particle->zone, 3);
    else
        fputc(',', stream);
    put_list(stream, grain->rotation, 9);
    put(stream, particle->strain);
    put(stream, particle->foot_a / 10);
    fprintf(stream, ",%d,%d,%d", particle->boundary_count, particle->edge_on_count, grain->fault_count);
    for (int f = 0; f < GRAIN_FAULT_MOST; f++) write_fault(stream, particle, f);
}

void truth_write_scene(FILE *stream, const char *image, const struct scene *scene,
                       const struct scene_exposure *exposure)
{
    for (int i = 0; i < scene->particle_count || i == 0; i++) {
        write_image(stream, image, exposure);
        if (scene->particle_count) {
            write_particle(stream, scene, exposure, i);
        } else { /* as many empty columns as a particle has */
            for (const char *c = particle_names; *c; c++)
                if (*c == ',') fputc(',', stream);
            fputc(',', stream);
            for (int f = 0; f < GRAIN_FAULT_MOST; f++) fputs(",,,,,,", stream);
        }
        fputc('\n', stream);
    }
}

void truth_write_electrode(FILE *stream, const char *image, const struct electrode *electrode)
{
    fputs(image, stream);
    put_values(stream, electrode->subject, electrode->values);
    for (int phase = 0; phase < MICROSTRUCTURE_PHASE_COUNT; phase++) put(stream, electrode->share[phase]);
    fputc('\n', stream);
}
