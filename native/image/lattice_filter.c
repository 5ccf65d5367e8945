/* The windows stand half a window apart, under Hann's window, four of which add up to 1 at every pixel: where
 * nothing is weakened the image comes back. Two windows are transformed at once, one as the real part and one
 * as the imaginary part: A(k) = (Z(k) + Z*(-k)) / 2, i B(k) = (Z(k) - Z*(-k)) / 2, and as the factors of a
 * real image are the same at k and -k, both come back from one inverse transform.
 *
 * The image is filtered where it stands, in bands. Rows of windows that lie across two bands are filtered
 * into `seams` first. Then a band needs its own pixels alone: it is gone through from top to bottom, and its
 * rows are written as soon as no window reads them any more. */
#include "image/lattice_filter.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "base/run_state.h"
#include "image/fft.h"
#include "image/lattice_kernels.h"
#include "image/reflect.h"

enum {
    SIDE = LATTICE_SIDE,
    STEP = LATTICE_STEP,
    BAND = 8,                                        /* rows of windows: 128 of pixels, for 32 of seams */
    RINGS = SIDE,                                    /* of |k| rounded: the corner's is 23 */
    FIRST_RING = 4,                                  /* what is slower is thickness and light, not lattice */
    MOST_SPAN = (2 * LATTICE_MOST_LANES + 1) * STEP, /* pixels under a group of windows */
};

struct job {
    float *plane;
    int32_t height_px, width_px;
    int64_t window_rows; /* the first begins STEP above the image */
    const struct lattice_kernels *kernels;
    const struct fft_plan *plan;
    size_t strip_px;     /* from row to row of a strip, which holds the sums of STEP rows of the image */
    size_t bench_floats; /* of each worker: two strips, a group's planes and means, the transform's */
    float *benches;      /* begins the one block of memory that holds seams and last, too */
    float *seams; /* of the rows of windows 0, BAND, 2 BAND, ...: SIDE rows of the image's width each */
    float *last;  /* SIDE rows at most, the image's last as they were: windows see them mirrored */
    int64_t last_y;
    float hann[SIDE];
    struct lattice_ring rings[RINGS];
};

static void list_rings(struct lattice_ring rings[RINGS])
{
    for (int a = 0; a < SIDE; a++)
        for (int b = 0; b < SIDE; b++) {
            int opposite_a = (SIDE - a) % SIDE, opposite_b = (SIDE - b) % SIDE;
            if (a * SIDE + b > opposite_a * SIDE + opposite_b) continue;
            int ka = a < STEP ? a : a - SIDE, kb = b < STEP ? b : b - SIDE;
            struct lattice_ring *ring = &rings[lround(hypot(ka, kb))];
            ring->at[ring->count] = (int16_t)(a * LATTICE_COLUMNS + b);
            ring->opposite[ring->count++] = (int16_t)(opposite_a * LATTICE_COLUMNS + opposite_b);
        }
}

struct bench {
    float *strips[2], *re, *im, *means, *transform;
};

/* Laid out as bench_floats counts. */
static struct bench bench_of(const struct job *job, int worker)
{
    size_t strip_floats = STEP * job->strip_px, plane_floats = SIDE * LATTICE_COLUMNS * job->kernels->lanes;
    float *first = job->benches + (size_t)worker * job->bench_floats, *re = first + 2 * strip_floats;
    float *im = re + plane_floats, *means = im + plane_floats;
    return (struct bench){{first, first + strip_floats}, re, im, means, means + 2 * LATTICE_MOST_LANES};
}

static size_t bench_floats(const struct job *job)
{
    return 2 * STEP * job->strip_px + 2 * SIDE * LATTICE_COLUMNS * job->kernels->lanes +
           2 * LATTICE_MOST_LANES + fft_scratch_floats(job->plan);
}

/* Pixels that are no numbers become the mean of the window's others, which is returned. They stand `apart`
 * floats from one to the next. */
static float fill_window(float *pixels, size_t apart)
{
    float sum = 0;
    int finite = 0;
    for (size_t y = 0; y < SIDE; y++)
        for (size_t x = 0; x < SIDE; x++) {
            float pixel = pixels[(y * LATTICE_COLUMNS + x) * apart];
            if (!isfinite(pixel)) continue;
            sum += pixel;
            finite++;
        }
    float mean = finite ? sum / (float)finite : 0;
    for (size_t y = 0; y < SIDE; y++)
        for (size_t x = 0; x < SIDE; x++) {
            float *pixel = pixels + (y * LATTICE_COLUMNS + x) * apart;
            if (!isfinite(*pixel)) *pixel = mean;
        }
    return mean;
}

/* Reads the windows from (top, left) on, less their means, under Hann's window. */
static void read_group(const struct job *job, int64_t top, int64_t left, const struct bench *bench)
{
    size_t lanes = job->kernels->lanes;
    int span = (int)(2 * lanes + 1) * STEP, inside = left >= 0 && left + span <= job->width_px;
    int64_t columns[MOST_SPAN];
    float mirrored[MOST_SPAN];
    for (int x = 0; x < span && !inside; x++) columns[x] = reflect_index(llabs(left + x), job->width_px);
    memset(bench->means, 0, 2 * lanes * sizeof *bench->means);
    for (int y = 0; y < SIDE; y++) {
        int64_t image_y = reflect_index(llabs(top + y), job->height_px);
        const float *row = image_y < job->last_y ? job->plane + image_y * job->width_px
                                                 : job->last + (image_y - job->last_y) * job->width_px;
        for (int x = 0; x < span && !inside; x++) mirrored[x] = row[columns[x]];
        size_t at = (size_t)y * LATTICE_COLUMNS * lanes;
        job->kernels->read_row(inside ? row + left : mirrored, bench->re + at, bench->im + at, bench->means);
    }
    for (size_t i = 0; i < 2 * lanes; i++) {
        bench->means[i] *= 1.0f / LATTICE_AREA;
        if (isfinite(bench->means[i])) continue;
        bench->means[i] = fill_window(i < lanes ? bench->re + i : bench->im + i - lanes, lanes);
    }
    job->kernels->weigh(bench->re, bench->im, bench->means, job->hann);
}

static void transform_group(const struct job *job, int inverse, const struct bench *bench)
{
    size_t lanes = job->kernels->lanes, row = LATTICE_COLUMNS * lanes;
    for (size_t y = 0; y < SIDE; y++)
        fft_columns(job->plan, inverse, bench->re + y * row, bench->im + y * row, lanes, lanes,
                    bench->transform);
    fft_columns(job->plan, inverse, bench->re, bench->im, row, SIDE * lanes, bench->transform);
}

/* Adds the upper and the lower half of a row of windows to two strips, which begin STEP left of the image. */
static void filter_windows(const struct job *job, int64_t window_row, const struct bench *bench, float *upper,
                           float *lower)
{
    const struct lattice_kernels *kernels = job->kernels;
    size_t end = (size_t)job->width_px + STEP;
    for (size_t x = 0; x < end; x += SIDE * kernels->lanes) {
        read_group(job, (window_row - 1) * STEP, (int64_t)x - STEP, bench);
        transform_group(job, 0, bench);
        for (int r = FIRST_RING; r < RINGS; r++)
            if (job->rings[r].count > 0) kernels->weaken(&job->rings[r], bench->re, bench->im);
        transform_group(job, 1, bench);
        for (size_t y = 0; y < SIDE; y++) {
            size_t at = y * LATTICE_COLUMNS * kernels->lanes;
            float *strip = y < STEP ? upper + y * job->strip_px : lower + (y - STEP) * job->strip_px;
            kernels->add_row(bench->re + at, bench->im + at, bench->means, job->hann[y], job->hann,
                             strip + x);
        }
    }
}

static void clear_strip(const struct job *job, float *strip)
{
    memset(strip, 0, STEP * job->strip_px * sizeof *strip);
}

/* The upper half of a seam, or the lower one. */
static float *seam_of(const struct job *job, int64_t window_row, int lower)
{
    return job->seams + (window_row / BAND * SIDE + lower * STEP) * job->width_px;
}

static void filter_seam(void *context, size_t index, int worker)
{
    const struct job *job = context;
    struct bench bench = bench_of(job, worker);
    int64_t window_row = (int64_t)index * BAND, width = job->width_px;
    for (int half = 0; half < 2; half++) clear_strip(job, bench.strips[half]);
    filter_windows(job, window_row, &bench, bench.strips[0], bench.strips[1]);
    for (int half = 0; half < 2; half++)
        for (int64_t y = 0; y < STEP; y++)
            memcpy(seam_of(job, window_row, half) + y * width,
                   bench.strips[half] + (size_t)y * job->strip_px + STEP, (size_t)width * sizeof(float));
}

static void add_pixels(float *restrict to, const float *restrict from, int64_t count)
{
    for (int64_t i = 0; i < count; i++) to[i] += from[i];
}

static void put_pixels(float *restrict to, const float *restrict from, int64_t count)
{
    for (int64_t i = 0; i < count; i++) to[i] = isfinite(to[i]) ? from[i] : to[i];
}

static void add_half_seam(const struct job *job, int64_t window_row, int lower, float *strip)
{
    const float *half = seam_of(job, window_row, lower);
    for (int64_t y = 0; y < STEP; y++)
        add_pixels(strip + (size_t)y * job->strip_px + STEP, half + y * job->width_px, job->width_px);
}

static void filter_band(void *context, size_t index, int worker)
{
    const struct job *job = context;
    struct bench bench = bench_of(job, worker);
    int64_t first = (int64_t)index * BAND, width = job->width_px;
    float *upper = bench.strips[0], *lower = bench.strips[1];
    clear_strip(job, upper);
    add_half_seam(job, first, 1, upper);
    for (int64_t row = first + 1; row <= first + BAND && row < job->window_rows; row++) {
        clear_strip(job, lower);
        if (row % BAND == 0)
            add_half_seam(job, row, 0, upper);
        else
            filter_windows(job, row, &bench, upper, lower);
        for (int64_t y = 0, image_y = (row - 1) * STEP; y < STEP && image_y < job->height_px; y++, image_y++)
            put_pixels(job->plane + image_y * width, upper + (size_t)y * job->strip_px + STEP, width);
        float *next = upper;
        upper = lower;
        lower = next;
    }
}

fringe_status lattice_filter_apply(float *plane, int32_t height_px, int32_t width_px, const fringe_run *run,
                                   fringe_error *error)
{
    struct fft_plan *plan = NULL;
    struct job *job = NULL;
    fringe_status status = fft_plan_create(SIDE, SIDE, &plan, error);
    if (status) return status;
    job = alloc_array(1, sizeof *job);
    if (!job) {
        status = failure_memory(error, "the lattice filter", sizeof *job);
        goto done;
    }
    *job = (struct job){.plane = plane, .height_px = height_px, .width_px = width_px, .plan = plan};
    job->kernels = CPU_CHOOSE(lattice);
    job->window_rows = ((int64_t)height_px + STEP - 1) / STEP + 1;
    job->last_y = height_px > SIDE ? height_px - SIDE : 0;
    size_t width = (size_t)width_px, group_px = SIDE * job->kernels->lanes;
    job->strip_px = (width + STEP + group_px - 1) / group_px * group_px + STEP;
    job->bench_floats = bench_floats(job);
    size_t bands = ((size_t)job->window_rows + BAND - 2) / BAND;
    size_t seams = ((size_t)job->window_rows + BAND - 1) / BAND;
    size_t benches = (size_t)fringe_run_threads(run) * job->bench_floats;
    size_t last = (size_t)(height_px - job->last_y) * width, floats = benches + seams * SIDE * width + last;
    job->benches = alloc_aligned(floats, sizeof *job->benches);
    if (!job->benches) {
        status = failure_memory(error, "the lattice filter", floats * sizeof *job->benches);
        goto done;
    }
    job->seams = job->benches + benches;
    job->last = job->seams + seams * SIDE * width;
    memcpy(job->last, plane + (size_t)job->last_y * width, last * sizeof *plane);
    for (int i = 0; i < SIDE; i++)
        job->hann[i] = (float)(0.5 - 0.5 * cos(2 * 3.14159265358979323846 * i / SIDE));
    list_rings(job->rings);
    status = run_state_parallel(run, seams, filter_seam, job, error);
    if (!status) status = run_state_parallel(run, bands, filter_band, job, error);
done:
    if (job) alloc_free(job->benches);
    alloc_free(job);
    fft_plan_free(plan);
    return status;
}
