/* The windows stand half a window apart, under Hann's window, four of which add up to 1 at every pixel: where
 * nothing is weakened the image comes back. Two windows are transformed at once, one as the real part and one
 * as the imaginary part: A(k) = (Z(k) + Z*(-k)) / 2, i B(k) = (Z(k) - Z*(-k)) / 2, and as the factors of a
 * real image are the same at k and -k, both come back from one inverse transform. */
#include "image/lattice_filter.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "base/run_state.h"
#include "image/fft.h"
#include "image/reflect.h"

enum {
    SIDE = LATTICE_FILTER_WINDOW_PX,
    STEP = SIDE / 2,
    AREA = SIDE * SIDE,
    RINGS = SIDE,  /* of |k| rounded: the corner's is 23 */
    FIRST_RING = 4 /* what is slower is thickness and light, not lattice */
};

/* Noise is taken for this much stronger than it is, so that its own maxima go too. */
#define CAUTION 2.0f
/* The least that is left of what is taken for noise: without any, its remnants look like fringes. */
#define LEAST 0.5f
/* exp(gamma), with Euler's gamma: the powers of noise are distributed exponentially. */
#define MEAN_OF_GEOMETRIC 1.781072f

struct ring {
    int count;
    int16_t at[4 * SIDE], opposite[4 * SIDE]; /* k of one half-plane, and -k */
};

struct job {
    const float *from;
    float *to;
    int32_t height_px, width_px;
    int parity; /* rows of windows that do not overlap: the even ones, then the odd ones */
    const struct fft_plan *plan;
    size_t scratch_floats;
    float *scratch; /* of each worker: four planes and the transform's */
    float hann[SIDE];
    struct ring rings[RINGS];
};

static void list_rings(struct ring rings[RINGS])
{
    for (int a = 0; a < SIDE; a++)
        for (int b = 0; b < SIDE; b++) {
            int opposite = (SIDE - a) % SIDE * SIDE + (SIDE - b) % SIDE, at = a * SIDE + b;
            if (at > opposite) continue;
            int ka = a < STEP ? a : a - SIDE, kb = b < STEP ? b : b - SIDE;
            struct ring *ring = &rings[lround(hypot(ka, kb))];
            ring->at[ring->count] = (int16_t)at;
            ring->opposite[ring->count++] = (int16_t)opposite;
        }
}

/* The power of noise behind `count` powers of a ring: their geometric mean, which a few reflections hardly
 * raise, times what the mean of an exponential distribution is of its geometric mean. The bits of a positive
 * float are its logarithm, but for straight lines between the powers of two, so whole numbers are summed; of
 * the ratios to the mean, so that an image's scale does not matter. */
static float noise_of(const float *powers, int count)
{
    float sum = 0;
    for (int i = 0; i < count; i++) sum += powers[i];
    float mean = sum / (float)count;
    if (!(mean > FLT_MIN)) return 0;
    int64_t logarithms = 0;
    for (int i = 0; i < count; i++) {
        float ratio = powers[i] / mean;
        int32_t bits;
        memcpy(&bits, &ratio, sizeof bits);
        logarithms += bits;
    }
    int32_t bits = (int32_t)(logarithms / count);
    float ratio;
    memcpy(&ratio, &bits, sizeof ratio);
    return mean * ratio * MEAN_OF_GEOMETRIC;
}

/* Pixels that are no numbers become the mean of the others, which is returned. */
static float fill_window(float *pixels)
{
    float sum = 0;
    int finite = 0;
    for (int i = 0; i < AREA; i++)
        if (isfinite(pixels[i])) {
            sum += pixels[i];
            finite++;
        }
    float mean = finite ? sum / (float)finite : 0;
    for (int i = 0; i < AREA; i++)
        if (!isfinite(pixels[i])) pixels[i] = mean;
    return mean;
}

/* Reads the window whose top left corner is at (top, left), less its mean, under Hann's window. */
static float read_window(const struct job *job, int64_t top, int64_t left, float *to)
{
    int64_t columns[SIDE];
    int inside = left >= 0 && left + SIDE <= job->width_px;
    for (int x = 0; x < SIDE; x++) columns[x] = reflect_index(llabs(left + x), job->width_px);
    float sums[SIDE] = {0};
    for (int y = 0; y < SIDE; y++) {
        const float *row = job->from + reflect_index(llabs(top + y), job->height_px) * job->width_px;
        float *out = to + y * SIDE;
        if (inside)
            memcpy(out, row + left, SIDE * sizeof *out);
        else
            for (int x = 0; x < SIDE; x++) out[x] = row[columns[x]];
        for (int x = 0; x < SIDE; x++) sums[x] += out[x];
    }
    float mean = 0;
    for (int x = 0; x < SIDE; x++) mean += sums[x] * (1.0f / AREA);
    if (!isfinite(mean)) mean = fill_window(to);
    for (int y = 0; y < SIDE; y++)
        for (int x = 0; x < SIDE; x++)
            to[y * SIDE + x] = (to[y * SIDE + x] - mean) * job->hann[y] * job->hann[x];
    return mean;
}

static void add_window(const struct job *job, int64_t top, int64_t left, const float *from, float mean)
{
    int first = left < 0 ? (int)-left : 0;
    int end = left + SIDE > job->width_px ? (int)(job->width_px - left) : SIDE;
    for (int y = 0; y < SIDE; y++) {
        if (top + y < 0 || top + y >= job->height_px) continue;
        float *row = job->to + (top + y) * job->width_px;
        float height = mean * job->hann[y];
        for (int x = first; x < end; x++)
            row[left + x] += from[y * SIDE + x] * (1.0f / AREA) + height * job->hann[x];
    }
}

static float factor(float power, float noise)
{
    float kept = power > CAUTION * noise ? 1 - CAUTION * noise / power : 0;
    return LEAST + (1 - LEAST) * kept;
}

/* Weakens what does not stand out in both windows' spectra. */
static void weaken(const struct ring *ring, float *re, float *im)
{
    float a_re[4 * SIDE], a_im[4 * SIDE], b_re[4 * SIDE], b_im[4 * SIDE];
    float a_power[4 * SIDE], b_power[4 * SIDE];
    for (int i = 0; i < ring->count; i++) {
        int k = ring->at[i], o = ring->opposite[i];
        a_re[i] = (re[k] + re[o]) / 2;
        a_im[i] = (im[k] - im[o]) / 2;
        b_re[i] = (re[k] - re[o]) / 2;
        b_im[i] = (im[k] + im[o]) / 2;
        a_power[i] = a_re[i] * a_re[i] + a_im[i] * a_im[i];
        b_power[i] = b_re[i] * b_re[i] + b_im[i] * b_im[i];
    }
    float a_noise = noise_of(a_power, ring->count), b_noise = noise_of(b_power, ring->count);
    for (int i = 0; i < ring->count; i++) {
        int k = ring->at[i], o = ring->opposite[i];
        float a = factor(a_power[i], a_noise), b = factor(b_power[i], b_noise);
        re[o] = a * a_re[i] - b * b_re[i];
        im[o] = -a * a_im[i] + b * b_im[i];
        re[k] = a * a_re[i] + b * b_re[i];
        im[k] = a * a_im[i] + b * b_im[i];
    }
}

static void filter_row(void *context, size_t index, int worker)
{
    const struct job *job = context;
    float *re = job->scratch + (size_t)worker * job->scratch_floats, *im = re + AREA, *sp_re = im + AREA,
          *sp_im = sp_re + AREA, *scratch = sp_im + AREA;
    int64_t top = (2 * (int64_t)index + job->parity - 1) * STEP;
    for (int64_t left = -STEP; left < job->width_px; left += 2 * STEP) {
        float a_mean = read_window(job, top, left, re), b_mean = read_window(job, top, left + STEP, im);
        fft_forward(job->plan, re, im, sp_re, sp_im, scratch);
        for (int r = FIRST_RING; r < RINGS; r++)
            if (job->rings[r].count > 0) weaken(&job->rings[r], sp_re, sp_im);
        fft_inverse(job->plan, sp_re, sp_im, re, im, scratch);
        add_window(job, top, left, re, a_mean);
        add_window(job, top, left + STEP, im, b_mean);
    }
}

fringe_status lattice_filter_apply(float *plane, int32_t height_px, int32_t width_px, const fringe_run *run,
                                   fringe_error *error)
{
    size_t pixels = (size_t)height_px * (size_t)width_px;
    struct fft_plan *plan = NULL;
    struct job *job = NULL;
    fringe_status status = fft_plan_create(SIDE, SIDE, &plan, error);
    if (status) return status;
    job = alloc_array(1, sizeof *job);
    if (!job) {
        status = failure_memory(error, "the lattice filter", sizeof *job);
        goto done;
    }
    *job = (struct job){.from = plane, .height_px = height_px, .width_px = width_px, .plan = plan};
    job->scratch_floats = (4 * AREA + fft_scratch_floats(plan) + 15) / 16 * 16;
    size_t floats = (size_t)fringe_run_threads(run) * job->scratch_floats;
    job->to = alloc_aligned(pixels, sizeof *job->to);
    job->scratch = alloc_aligned(floats, sizeof *job->scratch);
    if (!job->to || !job->scratch) {
        status = failure_memory(error, "the lattice filter", (pixels + floats) * sizeof *job->to);
        goto done;
    }
    for (int i = 0; i < SIDE; i++)
        job->hann[i] = (float)(0.5 - 0.5 * cos(2 * 3.14159265358979323846 * i / SIDE));
    list_rings(job->rings);
    memset(job->to, 0, pixels * sizeof *job->to);
    size_t rows = (size_t)(height_px + STEP - 1) / STEP + 1;
    for (job->parity = 0; job->parity < 2 && !status; job->parity++)
        status = run_state_parallel(run, (rows + 1 - (size_t)job->parity) / 2, filter_row, job, error);
    for (size_t i = 0; i < pixels && !status; i++)
        if (isfinite(plane[i])) plane[i] = job->to[i];
done:
    if (job) {
        alloc_free(job->to);
        alloc_free(job->scratch);
        alloc_free(job);
    }
    fft_plan_free(plan);
    return status;
}
