#include "faults/particle_plane.h"

#include "base/alloc.h"
#include "base/failure.h"

fringe_status particle_plane_read(fringe_micrograph *image, int32_t slice, int32_t channel,
                                  const fringe_particles *particles, struct particle_plane *plane,
                                  fringe_error *error)
{
    fringe_micrograph_info info;
    *plane = (struct particle_plane){0};
    plane->labels = fringe_particles_labels(particles, &plane->height_px, &plane->width_px);
    fringe_particles_get_pixel_size(particles, &plane->nm_per_px_x, &plane->nm_per_px_y);
    fringe_micrograph_get_info(image, &info);
    if (info.width_px != plane->width_px || info.height_px != plane->height_px)
        return failure_set(
            error, FRINGE_ARGUMENT, "the particles' plane has %ld x %ld pixels, the image %ld x %ld",
            (long)plane->width_px, (long)plane->height_px, (long)info.width_px, (long)info.height_px);
    size_t count = (size_t)plane->height_px * (size_t)plane->width_px;
    plane->pixels = alloc_array(count, sizeof *plane->pixels);
    if (!plane->pixels) return failure_memory(error, "the particles' image", count * sizeof *plane->pixels);
    return fringe_micrograph_read(image, slice, channel, plane->pixels, error);
}

void particle_plane_clear(struct particle_plane *plane)
{
    alloc_free(plane->pixels);
    *plane = (struct particle_plane){0};
}

void particle_plane_boxes(const struct particle_plane *plane, struct particle_box *boxes, int32_t count)
{
    for (int32_t i = 0; i < count; i++) boxes[i] = (struct particle_box){INT32_MAX, INT32_MAX, 0, 0};
    for (int32_t y = 0; y < plane->height_px; y++)
        for (int32_t x = 0; x < plane->width_px; x++) {
            int32_t label = plane->labels[(size_t)y * (size_t)plane->width_px + (size_t)x];
            if (label < 1) continue;
            struct particle_box *box = boxes + label - 1;
            if (x < box->x0) box->x0 = x;
            if (y < box->y0) box->y0 = y;
            if (x >= box->x1) box->x1 = x + 1;
            box->y1 = y + 1;
        }
}

int particle_plane_is_too_large(const struct particle_box *box)
{
    return box->x1 - box->x0 > FRINGE_FAULT_BOX_MOST || box->y1 - box->y0 > FRINGE_FAULT_BOX_MOST;
}

fringe_status particle_plane_cut(const struct particle_plane *plane, int32_t number,
                                 const struct particle_box *box, struct lattice_region *region,
                                 fringe_error *error)
{
    int32_t height = box->y1 - box->y0, width = box->x1 - box->x0;
    size_t count = (size_t)height * (size_t)width;
    float *pixels = alloc_array(count, sizeof *pixels);
    uint8_t *mask = alloc_array(count, 1);
    *region = (struct lattice_region){pixels, mask, height, width, plane->nm_per_px_x, plane->nm_per_px_y};
    if (!pixels || !mask) return failure_memory(error, "a particle", count * (sizeof *pixels + 1));
    for (int32_t y = box->y0; y < box->y1; y++)
        for (int32_t x = box->x0; x < box->x1; x++) {
            size_t from = (size_t)y * (size_t)plane->width_px + (size_t)x;
            *pixels++ = plane->pixels[from];
            *mask++ = plane->labels[from] == number;
        }
    return FRINGE_OK;
}

void particle_plane_drop(struct lattice_region *region)
{
    alloc_free((void *)region->pixels);
    alloc_free((void *)region->mask);
    *region = (struct lattice_region){0};
}
