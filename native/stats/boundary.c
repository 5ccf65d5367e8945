#include "stats/boundary.h"

#include <math.h>
#include <stddef.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "base/run_state.h"

/* Squared distances to the nearest boundary pixel, (H, W); INFINITY where there is none. */
struct field {
    struct boundary_grid grid;
    double *squares;
    double *scratch; /* 3 * W + 1 for each thread */
};

static int on_boundary(const uint8_t *labels, struct boundary_grid grid, int class_index, int32_t y,
                       int32_t x)
{
    size_t width = (size_t)grid.width_px, i = (size_t)y * width + (size_t)x;
    if (labels[i] != class_index) return 0;
    return (y > 0 && labels[i - width] != class_index) ||
           (y + 1 < grid.height_px && labels[i + width] != class_index) ||
           (x > 0 && labels[i - 1] != class_index) || (x + 1 < grid.width_px && labels[i + 1] != class_index);
}

/* Marks the boundary with 0 and everything else with INFINITY, and counts it. */
static int64_t mark_boundary(const uint8_t *labels, int class_index, struct field *field)
{
    int64_t count = 0;
    double *square = field->squares;
    for (int32_t y = 0; y < field->grid.height_px; y++)
        for (int32_t x = 0; x < field->grid.width_px; x++, square++) {
            int here = on_boundary(labels, field->grid, class_index, y, x);
            *square = here ? 0 : INFINITY;
            count += here;
        }
    return count;
}

/* Distances along columns: down, then up, all columns at once. */
static void sweep_columns(struct field *field)
{
    size_t width = (size_t)field->grid.width_px, height = (size_t)field->grid.height_px;
    double step = field->grid.pixel_y;
    for (size_t y = 1; y < height; y++) {
        double *row = field->squares + y * width, *above = row - width;
        for (size_t x = 0; x < width; x++)
            if (above[x] + step < row[x]) row[x] = above[x] + step;
    }
    for (size_t y = height - 1; y-- > 0;) {
        double *row = field->squares + y * width, *below = row + width;
        for (size_t x = 0; x < width; x++)
            if (below[x] + step < row[x]) row[x] = below[x] + step;
    }
    for (size_t i = 0; i < width * height; i++) field->squares[i] *= field->squares[i];
}

/* The lower envelope of one parabola for each pixel of a row. vertex and height hold those on the envelope,
 * which rule from `from` on. */
static void sweep_row(void *context, size_t y, int worker)
{
    struct field *field = context;
    size_t width = (size_t)field->grid.width_px, count = 0;
    double *row = field->squares + y * width;
    double *from = field->scratch + (size_t)worker * (3 * width + 1), *vertex = from + width + 1,
           *height = vertex + width;
    for (size_t x = 0; x < width; x++) {
        double at = (double)x * field->grid.pixel_x, crossing = -INFINITY;
        if (isinf(row[x])) continue;
        for (; count > 0; count--) {
            crossing = (row[x] + at * at - height[count - 1] - vertex[count - 1] * vertex[count - 1]) /
                       (2 * (at - vertex[count - 1]));
            if (crossing > from[count - 1]) break;
            crossing = -INFINITY;
        }
        from[count] = crossing;
        vertex[count] = at;
        height[count++] = row[x];
    }
    if (count == 0) return;
    from[count] = INFINITY;
    for (size_t x = 0, i = 0; x < width; x++) {
        double at = (double)x * field->grid.pixel_x;
        while (from[i + 1] < at) i++;
        row[x] = (at - vertex[i]) * (at - vertex[i]) + height[i];
    }
}

/* Adds the distances of the boundary pixels of `labels` in the other's field. */
static void add_distances(const uint8_t *labels, int class_index, const struct field *field,
                          struct boundary_distances *distances)
{
    const double *square = field->squares;
    for (int32_t y = 0; y < field->grid.height_px; y++)
        for (int32_t x = 0; x < field->grid.width_px; x++, square++) {
            if (!on_boundary(labels, field->grid, class_index, y, x)) continue;
            distances->sum += sqrt(*square);
            distances->count++;
        }
}

fringe_status boundary_measure(const uint8_t *truth, const uint8_t *predicted, int class_index,
                               struct boundary_grid grid, const fringe_run *run,
                               struct boundary_distances *distances, fringe_error *error)
{
    size_t width = (size_t)grid.width_px, pixels = width * (size_t)grid.height_px;
    size_t scratch = (size_t)fringe_run_threads(run) * (3 * width + 1);
    struct field field = {.grid = grid,
                          .squares = alloc_aligned(pixels, sizeof *field.squares),
                          .scratch = alloc_aligned(scratch, sizeof *field.scratch)};
    const uint8_t *const planes[2] = {truth, predicted};
    fringe_status status = FRINGE_OK;
    *distances = (struct boundary_distances){0};
    if (!field.squares || !field.scratch) {
        status = failure_memory(error, "distances to a boundary", (pixels + scratch) * sizeof *field.squares);
        goto done;
    }
    for (int i = 0; i < 2 && !status; i++) {
        if (mark_boundary(planes[i], class_index, &field) == 0) {
            *distances = (struct boundary_distances){0};
            break;
        }
        sweep_columns(&field);
        status = run_state_parallel(run, (size_t)grid.height_px, sweep_row, &field, error);
        if (!status) add_distances(planes[1 - i], class_index, &field, distances);
    }
done:
    alloc_free(field.squares);
    alloc_free(field.scratch);
    return status;
}
