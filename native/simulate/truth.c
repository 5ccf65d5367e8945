#include "simulate/truth.h"

#include "base/number.h"

static const char particle_names[] = "particle,material,structure,shape,diameter_nm,x_px,y_px,area_px,on_"
                                     "zone,zone,rotation,strain,fault_count";

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

void truth_write_names(FILE *stream)
{
    fputs("image", stream);
    for (int key = 0; key <= KEY_particle_count; key++)
        fprintf(stream, ",%s", recipe_key_name((enum recipe_key)key));
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

static void write_image(FILE *stream, const char *image, const struct scene *scene)
{
    const struct optics *o = &scene->optics;
    fputs(image, stream);
    for (int key = 0; key <= KEY_particle_count; key++) put(stream, scene->values[key]);
    put(stream, o->defocus_a / 10);
    put(stream, o->spherical_a / 1e4);
    put(stream, o->twofold_angle);
    put(stream, o->threefold_angle);
    put(stream, o->coma_angle);
    put(stream, o->tilt_x * 1e3);
    put(stream, o->tilt_y * 1e3);
}

static void write_fault(FILE *stream, const struct scene_particle *particle, int index)
{
    static const char *const kinds[] = {"twin", "stacking fault"};
    if (index >= particle->grain.fault_count) {
        fputs(",,,,,,", stream);
        return;
    }
    const struct scene_fault *fault = particle->faults + index;
    int wurtzite = particle->grain.phase->structure == PHASE_WURTZITE;
    fprintf(stream, ",%s", wurtzite ? "I1" : kinds[fault->fault.kind]);
    put(stream, fault->distance_a / 10);
    put(stream, fault->tilt_deg);
    put(stream, fault->trace_deg);
    put(stream, fault->trace_a / 10);
    fprintf(stream, ",%d", fault->edge_on);
}

static void write_particle(FILE *stream, const struct scene *scene, int index)
{
    const struct scene_particle *particle = scene->particles + index;
    const struct grain *grain = &particle->grain;
    fprintf(stream, ",%d,%s,%s,%s", index + 1, grain->phase->name,
            phase_structure_name(grain->phase->structure), grain_shape_name(grain->shape));
    put(stream, grain->radius_a / 5);
    for (int k = 0; k < 2; k++) put(stream, grain->centre[k] / scene->pixel_a - scene->margin_px);
    put(stream, (double)particle->area_px);
    fprintf(stream, ",%d", particle->on_zone);
    if (particle->on_zone)
        put_list(stream, particle->zone, 3);
    else
        fputc(',', stream);
    put_list(stream, grain->rotation, 9);
    put(stream, particle->strain);
    fprintf(stream, ",%d", grain->fault_count);
    for (int f = 0; f < GRAIN_FAULT_MOST; f++) write_fault(stream, particle, f);
}

void truth_write_scene(FILE *stream, const char *image, const struct scene *scene)
{
    for (int i = 0; i < scene->particle_count || i == 0; i++) {
        write_image(stream, image, scene);
        if (scene->particle_count) {
            write_particle(stream, scene, i);
        } else { /* as many empty columns as a particle has */
            for (const char *c = particle_names; *c; c++)
                if (*c == ',') fputc(',', stream);
            fputc(',', stream);
            for (int f = 0; f < GRAIN_FAULT_MOST; f++) fputs(",,,,,,", stream);
        }
        fputc('\n', stream);
    }
}
