#include <math.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "particles/shape.h"

/* Particles sorted into cells of a grid, about one to a cell. */
struct grid {
    double x0, y0, side; /* where it begins; of a cell */
    int32_t columns, rows;
    int32_t *first; /* cell k holds members[first[k]] to members[first[k + 1] - 1] */
    int32_t *members;
};

static int32_t clamp(double value, int32_t last)
{
    return value <= 0 ? 0 : value >= last ? last : (int32_t)value;
}

static size_t cell_of(const struct grid *grid, const fringe_particle *particle)
{
    int32_t column = clamp((particle->x - grid->x0) / grid->side, grid->columns - 1);
    int32_t row = clamp((particle->y - grid->y0) / grid->side, grid->rows - 1);
    return (size_t)row * (size_t)grid->columns + (size_t)column;
}

static fringe_status make_grid(const fringe_particle *particles, int32_t count, struct grid *grid,
                               fringe_error *error)
{
    double x1 = -INFINITY, y1 = -INFINITY;
    grid->x0 = grid->y0 = INFINITY;
    for (int32_t i = 0; i < count; i++) {
        grid->x0 = fmin(grid->x0, particles[i].x);
        grid->y0 = fmin(grid->y0, particles[i].y);
        x1 = fmax(x1, particles[i].x);
        y1 = fmax(y1, particles[i].y);
    }
    /* Square cells, but never more than `count` along either axis: particles may stand in one line. */
    double width = x1 - grid->x0, height = y1 - grid->y0;
    double side = fmax(sqrt(width * height / count), fmax(width, height) / count);
    if (!(side > 0)) side = 1; /* one particle */
    grid->side = side;
    grid->columns = clamp(width / side, count) + 1;
    grid->rows = clamp(height / side, count) + 1;
    size_t cells = (size_t)grid->columns * (size_t)grid->rows;
    grid->first = alloc_array(cells + 2, sizeof *grid->first);
    grid->members = alloc_array((size_t)count, sizeof *grid->members);
    if (!grid->first || !grid->members)
        return failure_memory(error, "neighbours", (cells + (size_t)count) * sizeof *grid->first);
    /* Counted into first[k + 2], so that the filling below leaves first[k + 1] at the end of cell k. */
    for (int32_t i = 0; i < count; i++) grid->first[cell_of(grid, &particles[i]) + 2]++;
    for (size_t k = 2; k < cells + 2; k++) grid->first[k] += grid->first[k - 1];
    for (int32_t i = 0; i < count; i++) grid->members[grid->first[cell_of(grid, &particles[i]) + 1]++] = i;
    return FRINGE_OK;
}

/* The least squared distance from particle `i` to others in one cell, or `best`. */
static double search_cell(const struct grid *grid, const fringe_particle *particles, int32_t i,
                          int32_t column, int32_t row, double best)
{
    if (column < 0 || row < 0 || column >= grid->columns || row >= grid->rows) return best;
    size_t cell = (size_t)row * (size_t)grid->columns + (size_t)column;
    for (int32_t k = grid->first[cell]; k < grid->first[cell + 1]; k++) {
        const fringe_particle *other = &particles[grid->members[k]];
        double dx = other->x - particles[i].x, dy = other->y - particles[i].y;
        if (grid->members[k] != i) best = fmin(best, dx * dx + dy * dy);
    }
    return best;
}

/* Ring by ring around the particle's own cell, until what lies further out is farther than the best. */
static double search(const struct grid *grid, const fringe_particle *particles, int32_t i)
{
    int32_t at = (int32_t)cell_of(grid, &particles[i]), column = at % grid->columns, row = at / grid->columns;
    double best = INFINITY;
    int32_t farthest = grid->columns > grid->rows ? grid->columns : grid->rows;
    for (int32_t ring = 0; ring < farthest; ring++) {
        double reached = (ring - 1) * grid->side;
        if (best <= reached * reached) break;
        for (int32_t k = -ring; k <= ring; k++) {
            best = search_cell(grid, particles, i, column + k, row - ring, best);
            if (ring) best = search_cell(grid, particles, i, column + k, row + ring, best);
        }
        for (int32_t k = -ring + 1; k < ring; k++) {
            best = search_cell(grid, particles, i, column - ring, row + k, best);
            best = search_cell(grid, particles, i, column + ring, row + k, best);
        }
    }
    return sqrt(best);
}

fringe_status shape_neighbours(fringe_particle *particles, int32_t count, fringe_error *error)
{
    struct grid grid = {0};
    if (count == 0) return FRINGE_OK;
    fringe_status status = make_grid(particles, count, &grid, error);
    for (int32_t i = 0; i < count && !status; i++)
        particles[i].neighbour_distance = count > 1 ? search(&grid, particles, i) : NAN;
    alloc_free(grid.first);
    alloc_free(grid.members);
    return status;
}
