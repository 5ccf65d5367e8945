#include "simulate/amorphous.h"

#include <math.h>
#include <stdint.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "crystal/element.h"

#define CARBON_PER_A3  0.1003
#define CARBON_LEAST   1.35
#define NITRIDE_PER_A3 0.0901
#define NITRIDE_LEAST  1.55

struct neighbour {
    double position[3];
    double apart_a; /* that a newcomer must keep */
    int32_t next;   /* in the same cell, -1 at the end */
};

/* Cells of at least the longest distance that is kept, each a chain of what lies in it. */
struct cells {
    const struct amorphous_region *region;
    int32_t count[3];
    double low[3], length[3];
    double reach_a; /* the longest distance that anything keeps */
    int32_t *first; /* of a cell, -1 where it is empty */
    struct neighbour *items;
    int32_t item_count;
};

static int32_t along(const struct cells *cells, int axis, double at)
{
    int32_t i = (int32_t)((at - cells->low[axis]) / cells->length[axis] * cells->count[axis]);
    return i < 0 ? 0 : i >= cells->count[axis] ? cells->count[axis] - 1 : i;
}

static size_t cell_at(const struct cells *cells, int32_t x, int32_t y, int32_t z)
{
    return ((size_t)z * (size_t)cells->count[1] + (size_t)y) * (size_t)cells->count[0] + (size_t)x;
}

static void add_item(struct cells *cells, const double *p, double apart_a)
{
    size_t cell = cell_at(cells, along(cells, 0, p[0]), along(cells, 1, p[1]), along(cells, 2, p[2]));
    cells->items[cells->item_count] = (struct neighbour){{p[0], p[1], p[2]}, apart_a, cells->first[cell]};
    cells->first[cell] = cells->item_count++;
}

/* The largest distance that something near `p` keeps and `p` breaks; 0 where `p` is free. */
static double clash_at(const struct cells *cells, const double *p)
{
    int32_t at[3], n[3], repeats = cells->region->repeats;
    double worst = 0;
    for (int k = 0; k < 3; k++) {
        at[k] = along(cells, k, p[k]);
        n[k] = cells->count[k];
    }
    for (int32_t dz = -1; dz <= 1; dz++)
        for (int32_t dy = -1; dy <= 1; dy++)
            for (int32_t dx = -1; dx <= 1; dx++) {
                int32_t x = at[0] + dx, y = at[1] + dy, z = at[2] + dz;
                if (repeats) {
                    x = (x + n[0]) % n[0];
                    y = (y + n[1]) % n[1];
                }
                if (x < 0 || x >= n[0] || y < 0 || y >= n[1] || z < 0 || z >= n[2]) continue;
                for (int32_t i = cells->first[cell_at(cells, x, y, z)]; i >= 0; i = cells->items[i].next) {
                    const struct neighbour *item = cells->items + i;
                    double sum = 0;
                    for (int k = 0; k < 3; k++) {
                        double d = fabs(item->position[k] - p[k]);
                        if (repeats && k < 2) d = fmin(d, cells->length[k] - d);
                        sum += d * d;
                    }
                    if (sum >= item->apart_a * item->apart_a) continue;
                    worst = fmax(worst, item->apart_a);
                    if (worst >= cells->reach_a) return worst;
                }
            }
    return worst;
}

/* What is there already and lies in reach of the box. */
static void add_existing(struct cells *cells, const struct atoms *atoms, double least_a)
{
    for (size_t i = 0; i < atoms->count; i++) {
        const struct atom *atom = atoms->items + i;
        int near = 1;
        for (int k = 0; k < 3; k++)
            near &=
                atom->position[k] >= cells->low[k] && atom->position[k] < cells->low[k] + cells->length[k];
        if (near) add_item(cells, atom->position, atom->owner < 0 ? least_a : cells->region->crystal_a);
    }
}

static int is_inside(const struct amorphous_region *region, const double *p)
{
    return !region->inside || region->inside(region->context, p);
}

static void draw_place(const struct amorphous_region *region, struct rng *rng, double *p)
{
    for (int k = 0; k < 3; k++) p[k] = rng_uniform(rng, region->low[k], region->high[k]);
}

/* As many draws as a full box would hold; one outside the region, or in a crystal's room, is dropped, one too
 * near to another atom of the kind is drawn again. The number of tries is bounded for boxes so small that the
 * density cannot be reached. */
static fringe_status fill(struct cells *cells, int32_t wanted, double least_a, struct rng *rng,
                          struct atoms *atoms, fringe_error *error)
{
    const struct amorphous_region *region = cells->region;
    double tries = 50. * wanted + 1000;
    for (int32_t i = 0, added = 0; i < wanted; i++) {
        double p[3];
        draw_place(region, rng, p);
        if (!is_inside(region, p)) continue;
        double clash = clash_at(cells, p);
        while (clash > 0 && clash <= least_a && tries-- > 0) {
            draw_place(region, rng, p);
            if (is_inside(region, p)) clash = clash_at(cells, p);
        }
        if (clash > 0) continue;
        int element = !region->nitride ? ELEMENT_C : added % 7 < 3 ? ELEMENT_SI : ELEMENT_N;
        struct atom atom = {{p[0], p[1], p[2]}, element, -1};
        fringe_status status = atoms_add(atoms, &atom, error);
        if (status) return status;
        add_item(cells, p, least_a);
        added++;
    }
    return FRINGE_OK;
}

fringe_status amorphous_fill(const struct amorphous_region *region, struct rng *rng, struct atoms *atoms,
                             fringe_error *error)
{
    double least_a = region->nitride ? NITRIDE_LEAST : CARBON_LEAST, volume = 1;
    double reach = fmax(least_a, region->crystal_a), cell_count = 1;
    struct cells cells = {.region = region, .reach_a = reach};
    for (int k = 0; k < 3; k++) {
        double grown = region->crystal_a > 0 && !(region->repeats && k < 2) ? reach : 0;
        volume *= region->high[k] - region->low[k];
        cells.low[k] = region->low[k] - grown;
        cells.length[k] = region->high[k] - region->low[k] + 2 * grown;
        cells.count[k] = (int32_t)fmax(1, floor(cells.length[k] / reach));
        if (region->repeats && k < 2 && cells.count[k] < 3) cells.count[k] = 3;
        cell_count *= cells.count[k];
    }
    double wanted = floor(region->density * volume * (region->nitride ? NITRIDE_PER_A3 : CARBON_PER_A3));
    if (!(volume > 0)) return FRINGE_OK;
    if (wanted > ATOMS_MOST)
        return failure_set(error, FRINGE_MEMORY, "amorphous matter alone has %lld atoms, more than %d",
                           (long long)fmin(wanted, 1e18), (int)ATOMS_MOST);
    size_t existing = region->crystal_a > 0 ? atoms->count : 0;
    fringe_status status = FRINGE_OK;
    cells.first = alloc_array((size_t)cell_count, sizeof *cells.first);
    cells.items = alloc_array((size_t)wanted + existing, sizeof *cells.items);
    if (!cells.first || !cells.items) {
        status = failure_memory(error, "amorphous matter", ((size_t)wanted + existing) * sizeof *cells.items);
    } else {
        for (size_t i = 0; i < (size_t)cell_count; i++) cells.first[i] = -1;
        if (existing) add_existing(&cells, atoms, least_a);
        status = fill(&cells, (int32_t)wanted, least_a, rng, atoms, error);
    }
    alloc_free(cells.first);
    alloc_free(cells.items);
    return status;
}
