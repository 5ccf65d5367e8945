#include "simulate/label.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "crystal/element.h"

/* A particle's own plane is the whole cell, so that a hole stays one where the image's border cuts it. */
enum { OUTSIDE = 0, ATOM = 1, REACHED = 2 };

static void draw_disc(const struct scene *scene, const struct atom *atom, uint8_t *plane)
{
    int32_t n = scene->total_px;
    double x = atom->position[0] / scene->pixel_a, y = atom->position[1] / scene->pixel_a;
    double r = element_get(atom->element)->covalent_radius_a / scene->pixel_a;
    for (int32_t i = (int32_t)fmax(0, ceil(y - r)); i < n && i <= y + r; i++)
        for (int32_t j = (int32_t)fmax(0, ceil(x - r)); j < n && j <= x + r; j++)
            if ((i - y) * (i - y) + (j - x) * (j - x) <= r * r) plane[(size_t)i * n + j] = ATOM;
}

/* Marks what can be reached from the plane's border without crossing an atom; `stack` holds n * n indices. */
static void reach_outside(uint8_t *plane, int32_t n, int32_t *stack)
{
    int32_t height = 0, last = n * n - n;
    for (int32_t i = 0; i < n; i++) {
        int32_t rim[4] = {i, last + i, i * n, i * n + n - 1};
        for (int k = 0; k < 4; k++)
            if (plane[rim[k]] == OUTSIDE) {
                plane[rim[k]] = REACHED;
                stack[height++] = rim[k];
            }
    }
    while (height) {
        int32_t at = stack[--height], x = at % n, y = at / n;
        int32_t beside[4] = {x > 0 ? at - 1 : at, x < n - 1 ? at + 1 : at, y > 0 ? at - n : at,
                             y < n - 1 ? at + n : at};
        for (int k = 0; k < 4; k++)
            if (plane[beside[k]] == OUTSIDE) {
                plane[beside[k]] = REACHED;
                stack[height++] = beside[k];
            }
    }
}

/* Cuts the particle's own label out of its plane: the box that holds it, inside the image. */
static fringe_status keep_label(const struct scene *scene, const uint8_t *plane, struct particle *particle,
                                fringe_error *error)
{
    int32_t n = scene->total_px, size = scene->size_px, margin = scene->margin_px;
    int32_t left = size, top = size, right = -1, bottom = -1;
    for (int32_t i = 0; i < size; i++)
        for (int32_t j = 0; j < size; j++) {
            if (plane[(size_t)(i + margin) * n + j + margin] == REACHED) continue;
            left = j < left ? j : left;
            right = j > right ? j : right;
            top = i < top ? i : top;
            bottom = i;
        }
    particle->area_px = 0;
    particle->left_px = particle->top_px = particle->width_px = particle->height_px = 0;
    alloc_free(particle->label);
    particle->label = NULL;
    if (right < 0) return FRINGE_OK;
    particle->left_px = left;
    particle->top_px = top;
    particle->width_px = right - left + 1;
    particle->height_px = bottom - top + 1;
    particle->label = alloc_array((size_t)particle->width_px, (size_t)particle->height_px);
    if (!particle->label) return failure_memory(error, "a label", (size_t)n * (size_t)n);
    for (int32_t i = 0; i < particle->height_px; i++)
        for (int32_t j = 0; j < particle->width_px; j++) {
            int inside = plane[(size_t)(i + top + margin) * n + j + left + margin] != REACHED;
            particle->label[(size_t)i * particle->width_px + j] = (uint8_t)inside;
            particle->area_px += inside;
        }
    return FRINGE_OK;
}

fringe_status label_fill(struct scene *scene, uint8_t *mask, fringe_error *error)
{
    int32_t n = scene->total_px, size = scene->size_px;
    size_t pixels = (size_t)n * (size_t)n;
    uint8_t *plane = alloc_array(pixels, 1);
    int32_t *stack = alloc_array(pixels, sizeof *stack);
    memset(mask, 0, (size_t)size * (size_t)size);
    fringe_status status = plane && stack ? FRINGE_OK : failure_memory(error, "a label", 5 * pixels);
    for (int p = 0; p < scene->particle_count && !status; p++) {
        struct particle *particle = scene->particles + p;
        memset(plane, OUTSIDE, pixels);
        for (size_t i = 0; i < scene->atoms.count; i++)
            if (scene->atoms.items[i].owner == p) draw_disc(scene, scene->atoms.items + i, plane);
        reach_outside(plane, n, stack);
        status = keep_label(scene, plane, particle, error);
        for (int32_t i = 0; !status && i < particle->height_px; i++)
            for (int32_t j = 0; j < particle->width_px; j++)
                if (particle->label[(size_t)i * particle->width_px + j])
                    mask[(size_t)(i + particle->top_px) * size + j + particle->left_px] = 255;
    }
    alloc_free(plane);
    alloc_free(stack);
    return status;
}
