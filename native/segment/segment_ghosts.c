/* segment_ghosts.c - takes fringes out of a mask that lie beside the particle they belong to.
 *
 * Defocus and spherical aberration carry a reflection's fringes off their particle, by nanometres without a
 * corrector (M. T. Otten and W. M. J. Coene, Ultramicroscopy 48 (1993) 77-91). A network that knows particles
 * by their fringes finds a ghost there. The shadow stays with the particle: where nearly all that was found
 * is darker than the support around it and a region is brighter, or the other way round, that region is a
 * ghost; and so is the bright part of a region that joins a particle and its fringes.
 *
 * Means over squares of pixels are enough for this, a sixteenth of the image. */
#include <math.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "base/run_state.h"
#include "particles/component.h"
#include "segment/segment_job.h"

enum {
    CELL_PX = 4, /* side of a square: 0.2 nm at the 0.05 nm that networks of fringes work at */
    MARGIN = 6,  /* squares around a region's box, whose support it is compared with */
    BLOCK = 4,   /* squares of a side of the places that tell how uneven the support is */
    NEAR = 2,    /* squares on either side that are averaged with one of a region: fringes alternate */
    AROUND = 7,  /* and those whose support it is compared with */
    LEAST = 16   /* squares of a part that may be a ghost */
};

/* Probabilities: a region is connected squares from REGION on; below SUPPORT nothing is suspected; a region
 * whose mean reaches SURE, or a part of one that reaches PART_SURE, is no ghost, whatever its brightness:
 * particles that diffract otherwise lie beside each other, too. */
#define REGION    0.5f
#define SUPPORT   0.14f
#define SURE      0.93
#define PART_SURE 0.87
/* The particles' mean contrast is this many times what the support varies by, and of all contrast this share
 * has its sign: else nobody knows how bright a particle is. */
#define CLEAR  2.0
#define AGREED 0.8
/* Support around a region, of its own size, that makes a comparison. */
#define ENOUGH 0.25
/* A square is against the particles where its contrast has the other sign and this share of theirs. */
#define AGAINST 0.2

struct average_job {
    const float *plane;
    float *means;
    int32_t height_px, width_px, columns;
};

/* Sums over the squares above and to the left, (rows + 1, columns + 1): those of any box are four of them. */
struct support {
    double *brightness, *count;
    int32_t rows, columns;
};

static int32_t squares_along(int32_t size_px)
{
    return (size_px - 1) / CELL_PX + 1;
}

static void average_row(void *context, size_t row, int worker)
{
    (void)worker;
    const struct average_job *job = context;
    int32_t top = (int32_t)row * CELL_PX;
    int32_t height = job->height_px - top < CELL_PX ? job->height_px - top : CELL_PX;
    for (int32_t i = 0; i < job->columns; i++) {
        int32_t left = i * CELL_PX;
        int32_t width = job->width_px - left < CELL_PX ? job->width_px - left : CELL_PX;
        const float *pixels = job->plane + (size_t)top * (size_t)job->width_px + left;
        float sum = 0;
        for (int32_t y = 0; y < height; y++, pixels += job->width_px)
            for (int32_t x = 0; x < width; x++) sum += pixels[x];
        job->means[row * (size_t)job->columns + (size_t)i] = sum / (float)(height * width);
    }
}

/* The means of `plane`, on the work grid, over squares. */
static fringe_status average(const struct segment_job *job, const float *plane, float **means,
                             fringe_error *error)
{
    struct average_job average = {plane, NULL, job->work_height_px, job->work_width_px,
                                  squares_along(job->work_width_px)};
    size_t rows = (size_t)squares_along(job->work_height_px);
    *means = average.means = alloc_array(rows * (size_t)average.columns, sizeof **means);
    if (!*means) return failure_memory(error, "regions", rows * (size_t)average.columns * sizeof **means);
    return run_state_parallel(job->run, rows, average_row, &average, error);
}

int segment_ghosts_are_dropped(const struct segment_job *job)
{
    return job->model->package->drop_ghosts && job->model->output_kind == OUTPUT_MASK;
}

fringe_status segment_ghosts_look(struct segment_job *job, fringe_error *error)
{
    return segment_ghosts_are_dropped(job) ? average(job, job->prepared, &job->brightness, error) : FRINGE_OK;
}

/* Takes out of the brightness what rises evenly along the support: light that falls askew. */
static void level(float *brightness, const float *probability, int32_t rows, int32_t columns)
{
    double n = 0, x1 = 0, y1 = 0, b1 = 0, xx = 0, xy = 0, yy = 0, xb = 0, yb = 0;
    for (int32_t y = 0; y < rows; y++)
        for (int32_t x = 0; x < columns; x++) {
            size_t at = (size_t)y * (size_t)columns + (size_t)x;
            double b = (double)brightness[at];
            if (probability[at] >= SUPPORT) continue;
            n++, x1 += x, y1 += y, b1 += b;
            xx += (double)x * x, xy += (double)x * y, yy += (double)y * y, xb += x * b, yb += y * b;
        }
    if (n == 0) return;
    xx -= x1 * x1 / n, xy -= x1 * y1 / n, yy -= y1 * y1 / n, xb -= x1 * b1 / n, yb -= y1 * b1 / n;
    double determinant = xx * yy - xy * xy;
    if (!(determinant > 0)) return; /* support in one line */
    double along_x = (xb * yy - yb * xy) / determinant, along_y = (yb * xx - xb * xy) / determinant;
    for (int32_t y = 0; y < rows; y++)
        for (int32_t x = 0; x < columns; x++)
            brightness[(size_t)y * (size_t)columns + (size_t)x] -= (float)(along_x * x + along_y * y);
}

static fringe_status add_up(struct support *support, const float *brightness, const float *probability,
                            fringe_error *error)
{
    size_t stride = (size_t)support->columns + 1, count = ((size_t)support->rows + 1) * stride;
    support->brightness = alloc_array(count, sizeof *support->brightness);
    support->count = alloc_array(count, sizeof *support->count);
    if (!support->brightness || !support->count)
        return failure_memory(error, "regions", 2 * count * sizeof *support->count);
    for (int32_t y = 0; y < support->rows; y++) {
        double sum = 0, number = 0;
        for (int32_t x = 0; x < support->columns; x++, brightness++, probability++) {
            size_t at = ((size_t)y + 1) * stride + (size_t)x + 1;
            if (*probability < SUPPORT) {
                sum += (double)*brightness;
                number++;
            }
            support->brightness[at] = support->brightness[at - stride] + sum;
            support->count[at] = support->count[at - stride] + number;
        }
    }
    return FRINGE_OK;
}

/* The mean brightness of the support in columns x0 to x1 - 1 of rows y0 to y1 - 1 as far as they are there;
 * NaN where it has fewer squares than `fewest`. */
static double support_mean(const struct support *support, int32_t x0, int32_t y0, int32_t x1, int32_t y1,
                           double fewest)
{
    size_t stride = (size_t)support->columns + 1;
    size_t left = (size_t)(x0 > 0 ? x0 : 0), right = (size_t)(x1 < support->columns ? x1 : support->columns);
    size_t top = (size_t)(y0 > 0 ? y0 : 0) * stride;
    size_t bottom = (size_t)(y1 < support->rows ? y1 : support->rows) * stride;
    const double *n = support->count, *sum = support->brightness;
    double count = n[bottom + right] - n[bottom + left] - n[top + right] + n[top + left];
    if (count < fewest || count == 0) return NAN;
    return (sum[bottom + right] - sum[bottom + left] - sum[top + right] + sum[top + left]) / count;
}

/* What the support varies by from one place to the next, rms; NaN where too little of it is seen. */
static double unevenness(const struct support *support)
{
    double squares = 0;
    int64_t pairs = 0;
    for (int32_t y = 0; y + BLOCK <= support->rows; y += BLOCK)
        for (int32_t x = 0; x + 2 * BLOCK <= support->columns; x += BLOCK) {
            double left = support_mean(support, x, y, x + BLOCK, y + BLOCK, BLOCK * BLOCK);
            double right = support_mean(support, x + BLOCK, y, x + 2 * BLOCK, y + BLOCK, BLOCK * BLOCK);
            if (isnan(left) || isnan(right)) continue;
            squares += (right - left) * (right - left) / 2;
            pairs++;
        }
    return sqrt(squares / (double)pairs);
}

static double mean_of(const struct component *region, const float *means)
{
    double sum = 0;
    for (int32_t i = 0; i < region->pixel_count; i++) sum += (double)means[region->pixels[i]];
    return sum / region->pixel_count;
}

/* How much brighter a region is than the support around it; NaN where there is too little of that. */
static double contrast_of(const struct component *region, const float *brightness,
                          const struct support *support)
{
    return mean_of(region, brightness) - support_mean(support, region->x0 - MARGIN, region->y0 - MARGIN,
                                                      region->x1 + MARGIN, region->y1 + MARGIN,
                                                      ENOUGH * region->pixel_count);
}

/* How much brighter than the support particles are in the mean, below 0 where they are darker; 0: nobody
 * knows. */
static double contrast_of_particles(const struct component_list *regions, const double *contrasts,
                                    double uneven)
{
    double sum = 0, absolute = 0, squares = 0;
    for (int32_t i = 0; i < regions->count; i++) {
        if (!isfinite(contrasts[i])) continue;
        double weight = regions->items[i].pixel_count;
        sum += weight * contrasts[i];
        absolute += weight * fabs(contrasts[i]);
        squares += weight;
    }
    /* (absolute + |sum|) / 2 is what has the sign of the sum. */
    if (squares == 0 || !(fabs(sum) >= CLEAR * uneven * squares) ||
        (absolute + fabs(sum)) / 2 < AGREED * absolute)
        return 0;
    return sum / squares;
}

/* What a square is: of no region; of a ghost; of another region, there as the particles are or against them.
 */
enum { OUTSIDE, WITH_PARTICLES, AGAINST_PARTICLES, GHOST };

/* Kinds and labels of the squares, and which labels are ghosts. */
struct regions {
    struct component_list list;
    int32_t *kinds, *labels;
    uint8_t *is_ghost;
    int32_t rows, columns;
};

/* The mean brightness of the squares of regions that are near one. */
static double mean_near(const struct regions *regions, const float *brightness, int32_t y, int32_t x)
{
    double sum = 0;
    int32_t count = 0;
    for (int32_t j = y > NEAR ? y - NEAR : 0; j <= y + NEAR && j < regions->rows; j++)
        for (int32_t i = x > NEAR ? x - NEAR : 0; i <= x + NEAR && i < regions->columns; i++) {
            size_t at = (size_t)j * (size_t)regions->columns + (size_t)i;
            if (regions->kinds[at] == OUTSIDE) continue;
            sum += (double)brightness[at];
            count++;
        }
    return sum / count;
}

/* Parts the regions that are no ghosts where they change sides. */
static void part_regions(const struct regions *regions, const float *brightness,
                         const struct support *support, double contrast)
{
    double limit = AGAINST * fabs(contrast), sign = contrast > 0 ? 1 : -1;
    for (int32_t y = 0; y < regions->rows; y++)
        for (int32_t x = 0; x < regions->columns; x++) {
            int32_t *kind = &regions->kinds[(size_t)y * (size_t)regions->columns + (size_t)x];
            if (*kind == OUTSIDE || *kind == GHOST) continue;
            double around =
                support_mean(support, x - AROUND, y - AROUND, x + AROUND + 1, y + AROUND + 1, LEAST);
            if (sign * (mean_near(regions, brightness, y, x) - around) < -limit) *kind = AGAINST_PARTICLES;
        }
}

/* Whether a square goes with the ghosts: it is one's, or it is none's and no particle is beside it. */
static int is_ghostly(const struct regions *regions, int32_t y, int32_t x)
{
    const int32_t *labels = regions->labels;
    size_t columns = (size_t)regions->columns;
    int32_t own = labels[(size_t)y * columns + (size_t)x];
    if (own > 0) return regions->is_ghost[own - 1];
    for (int32_t j = y > 0 ? y - 1 : 0; j <= y + 1 && j < regions->rows; j++)
        for (int32_t i = x > 0 ? x - 1 : 0; i <= x + 1 && i < regions->columns; i++) {
            int32_t label = labels[(size_t)j * columns + (size_t)i];
            if (label > 0 && !regions->is_ghost[label - 1]) return 0;
        }
    return 1;
}

/* Makes support of a square: of two classes the other gets what the foreground loses. */
static void clear_square(const struct segment_job *job, int32_t row, int32_t column)
{
    size_t plane = (size_t)job->work_height_px * (size_t)job->work_width_px;
    float *foreground = job->outputs + (size_t)(job->model->foreground - job->kept_channel) * plane;
    float *other = job->kept_count == 2 ? job->outputs + (size_t)(1 - job->model->foreground) * plane : NULL;
    int32_t bottom = job->work_height_px / CELL_PX > row ? (row + 1) * CELL_PX : job->work_height_px;
    int32_t right = job->work_width_px / CELL_PX > column ? (column + 1) * CELL_PX : job->work_width_px;
    for (int32_t y = row * CELL_PX; y < bottom; y++)
        for (int32_t x = column * CELL_PX; x < right; x++) {
            size_t at = (size_t)y * (size_t)job->work_width_px + (size_t)x;
            if (other) other[at] += foreground[at];
            foreground[at] = 0;
        }
}

/* Its squares, and those beside them that are not a particle's. */
static void clear_ghost(const struct segment_job *job, const struct regions *regions,
                        const struct component *ghost)
{
    for (int32_t i = 0; i < ghost->pixel_count; i++) {
        int32_t row = ghost->pixels[i] / regions->columns, column = ghost->pixels[i] % regions->columns;
        for (int32_t y = row > 0 ? row - 1 : 0; y <= row + 1 && y < regions->rows; y++)
            for (int32_t x = column > 0 ? column - 1 : 0; x <= column + 1 && x < regions->columns; x++)
                if (is_ghostly(regions, y, x)) clear_square(job, y, x);
    }
}

static fringe_status label(struct regions *regions, fringe_error *error)
{
    component_list_free(&regions->list);
    return component_find(regions->kinds, regions->rows, regions->columns, 4, regions->labels, &regions->list,
                          error);
}

/* Finds the kinds of all squares, and labels those of one kind that are connected. */
static fringe_status find_kinds(struct regions *regions, const float *brightness, const float *probability,
                                fringe_error *error)
{
    struct support support = {.rows = regions->rows, .columns = regions->columns};
    size_t count = (size_t)regions->list.count;
    double *contrasts = alloc_array(count, sizeof *contrasts), contrast = 0;
    fringe_status status = contrasts ? add_up(&support, brightness, probability, error)
                                     : failure_memory(error, "regions", count * sizeof *contrasts);
    if (status) goto done;
    for (size_t i = 0; i < count; i++)
        contrasts[i] = contrast_of(&regions->list.items[i], brightness, &support);
    contrast = contrast_of_particles(&regions->list, contrasts, unevenness(&support));
    if (contrast == 0) goto done;
    for (size_t i = 0; i < count; i++) {
        const struct component *region = &regions->list.items[i];
        if (!(contrast * contrasts[i] < 0) || mean_of(region, probability) >= SURE) continue;
        for (int32_t k = 0; k < region->pixel_count; k++) regions->kinds[region->pixels[k]] = GHOST;
    }
    part_regions(regions, brightness, &support, contrast);
    status = label(regions, error);
done:
    alloc_free(contrasts);
    alloc_free(support.brightness);
    alloc_free(support.count);
    return status;
}

/* Of connected squares of one kind. */
static int are_ghost(const struct component *squares, const float *probability)
{
    return squares->value == GHOST || (squares->value == AGAINST_PARTICLES && squares->pixel_count >= LEAST &&
                                       mean_of(squares, probability) < PART_SURE);
}

fringe_status segment_ghosts_drop(struct segment_job *job, fringe_error *error)
{
    if (!job->brightness) return FRINGE_OK;
    struct regions regions = {.rows = squares_along(job->work_height_px),
                              .columns = squares_along(job->work_width_px)};
    size_t plane = (size_t)job->work_height_px * (size_t)job->work_width_px;
    size_t count = (size_t)regions.rows * (size_t)regions.columns;
    const float *foreground = job->outputs + (size_t)(job->model->foreground - job->kept_channel) * plane;
    float *probability = NULL;
    regions.kinds = alloc_array(count, sizeof *regions.kinds);
    regions.labels = alloc_array(count, sizeof *regions.labels);
    fringe_status status = regions.kinds && regions.labels
                               ? average(job, foreground, &probability, error)
                               : failure_memory(error, "regions", 2 * count * sizeof *regions.kinds);
    if (status) goto done;
    for (size_t i = 0; i < count; i++) regions.kinds[i] = probability[i] >= REGION ? WITH_PARTICLES : OUTSIDE;
    status = label(&regions, error);
    if (status || regions.list.count == 0) goto done;
    level(job->brightness, probability, regions.rows, regions.columns);
    status = find_kinds(&regions, job->brightness, probability, error);
    if (status) goto done;
    regions.is_ghost = alloc_array((size_t)regions.list.count, 1);
    if (!regions.is_ghost) status = failure_memory(error, "regions", (size_t)regions.list.count);
    for (int32_t i = 0; i < regions.list.count && !status; i++)
        regions.is_ghost[i] = are_ghost(&regions.list.items[i], probability);
    for (int32_t i = 0; i < regions.list.count && !status; i++)
        if (regions.is_ghost[i]) clear_ghost(job, &regions, &regions.list.items[i]);
done:
    component_list_free(&regions.list);
    alloc_free(regions.kinds);
    alloc_free(regions.labels);
    alloc_free(regions.is_ghost);
    alloc_free(probability);
    return status;
}
