#include "simulate/support.h"

#include <math.h>
#include <stdint.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "crystal/element.h"

/* Cells of at least the least distance on a side, each a chain of the atoms in it. */
struct cells {
    int32_t across, deep;
    double side_a, thickness_a;
    int32_t *first; /* of a cell, -1 at the end */
    int32_t *next;  /* of an atom, counted from the film's first */
};

static int32_t cell_of(const struct cells *cells, const double *p) /* p from the film's top */
{
    int32_t i[3];
    for (int k = 0; k < 3; k++) {
        int32_t n = k < 2 ? cells->across : cells->deep;
        double length = k < 2 ? cells->side_a : cells->thickness_a;
        i[k] = (int32_t)(p[k] / length * n);
        if (i[k] >= n) i[k] = n - 1;
    }
    return (i[2] * cells->across + i[1]) * cells->across + i[0];
}

static int is_free(const struct cells *cells, const struct atom *film, const double *p, double top_a,
                   double least_a)
{
    int32_t n = cells->across, cell = cell_of(cells, p), at[3] = {cell % n, cell / n % n, cell / n / n};
    for (int32_t dz = -1; dz <= 1; dz++) {
        if (at[2] + dz < 0 || at[2] + dz >= cells->deep) continue;
        for (int32_t dy = -1; dy <= 1; dy++)
            for (int32_t dx = -1; dx <= 1; dx++) {
                int32_t x = (at[0] + dx + n) % n, y = (at[1] + dy + n) % n;
                int32_t i = cells->first[((at[2] + dz) * n + y) * n + x];
                for (; i >= 0; i = cells->next[i]) {
                    double ex = fabs(film[i].position[0] - p[0]), ey = fabs(film[i].position[1] - p[1]);
                    double ez = film[i].position[2] - top_a - p[2];
                    ex = fmin(ex, cells->side_a - ex);
                    ey = fmin(ey, cells->side_a - ey);
                    if (ex * ex + ey * ey + ez * ez < least_a * least_a) return 0;
                }
            }
    }
    return 1;
}

fringe_status support_pack(int nitride, double side_a, double top_a, double thickness_a, struct rng *rng,
                           struct atoms *atoms, fringe_error *error)
{
    double density = nitride ? 0.0901 : 0.1003, least_a = nitride ? 1.55 : 1.35; /* atoms per A^3 */
    double wanted = floor(density * side_a * side_a * thickness_a);
    struct cells cells = {.across = (int32_t)fmax(3, floor(side_a / least_a)),
                          .deep = (int32_t)fmax(1, floor(thickness_a / least_a)),
                          .side_a = side_a,
                          .thickness_a = thickness_a};
    if (wanted > ATOMS_MOST)
        return failure_set(error, FRINGE_MEMORY, "the support alone has %lld atoms, more than %d",
                           (long long)fmin(wanted, 1e18), (int)ATOMS_MOST);
    size_t cell_count = (size_t)cells.across * (size_t)cells.across * (size_t)cells.deep;
    size_t before = atoms->count;
    fringe_status status = FRINGE_OK;
    cells.first = alloc_array(cell_count, sizeof(int32_t));
    cells.next = alloc_array((size_t)wanted, sizeof(int32_t));
    if (!cells.first || !cells.next)
        status = failure_memory(error, "an amorphous support", cell_count * sizeof(int32_t));
    else
        for (size_t i = 0; i < cell_count; i++) cells.first[i] = -1;

    /* Places are tried until the density is reached; the number of tries is bounded for films so thin or
     * cells so small that it cannot be. */
    double tries = 50 * wanted + 1000;
    for (int32_t i = 0; !status && i < wanted && tries > 0; tries--) {
        double p[3] = {rng_unit(rng) * side_a, rng_unit(rng) * side_a, rng_unit(rng) * thickness_a};
        if (i && !is_free(&cells, atoms->items + before, p, top_a, least_a)) continue;
        struct atom atom = {
            {p[0], p[1], top_a + p[2]}, nitride ? i % 7 < 3 ? ELEMENT_SI : ELEMENT_N : ELEMENT_C, -1};
        status = atoms_add(atoms, &atom, error);
        int32_t cell = cell_of(&cells, p);
        cells.next[i] = cells.first[cell];
        cells.first[cell] = i++;
    }
    alloc_free(cells.first);
    alloc_free(cells.next);
    return status;
}
