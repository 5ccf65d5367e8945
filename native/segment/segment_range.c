/* segment_range.c - says where an image lies outside what the model was trained for. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "base/number.h"
#include "base/run_state.h"
#include "segment/segment_job.h"

enum { SAMPLES = 1 << 16 };                    /* about so many pixels are looked at */
static const double MEDIAN_OF_NORMAL = 0.6745; /* of the absolute value of a normal number of spread 1 */
static const double CERTAIN = 0.8; /* of the least dose: the estimate of an even image scatters by a tenth */
static const double CLEAR = 0.1; /* of the image's spread: found and left are as bright as each other below */

static void judge_size(const struct segment_job *job, const char *what, double x, double y)
{
    double least = job->model->info.pixel_size_min_nm, most = job->model->info.pixel_size_max_nm;
    char text[4][NUMBER_TEXT_BYTES];
    if (!(x > 0 && y > 0) || !(least > 0 || most > 0)) return;
    int inside = fmin(x, y) * (1 + SEGMENT_SAME_SIZE) >= least &&
                 (!(most > 0) || fmax(x, y) <= most * (1 + SEGMENT_SAME_SIZE));
    if (inside) return;
    run_state_notice(job->run, FRINGE_NOTICE_OUT_OF_RANGE,
                     "%s of %s x %s nm lies outside the %s to %s nm that the model was trained for", what,
                     number_text(x, 6, text[0]), number_text(y, 6, text[1]), number_text(least, 6, text[2]),
                     number_text(most, 6, text[3]));
}

/* What a 3x3 filter that is 0 on slopes and straight edges gives for a pixel inside: 6 times the noise. */
static float noise_at(const struct sample_plane *plane, int32_t y, int32_t x)
{
    static const float weights[3][3] = {{1, -2, 1}, {-2, 4, -2}, {1, -2, 1}};
    float sum = 0;
    for (int32_t i = 0; i < 3; i++)
        for (int32_t k = 0; k < 3; k++)
            sum += weights[i][k] * sample_plane_at(plane, (size_t)(y + i - 1) * (size_t)plane->width_px +
                                                              (size_t)(x + k - 1));
    return sum;
}

static int32_t step_of(const struct segment_job *job)
{
    return 1 + (int32_t)sqrt((double)job->height_px * job->width_px / SAMPLES);
}

/* Counted electrons scatter by the root of their number, whatever one electron is in grey values, so mean and
 * noise tell how many a pixel got (noise after Immerkaer, DOI 10.1006/cviu.1996.0060). A lattice adds to the
 * noise, but where the dose is low that is little; a detector that blurs takes from it, and so does every
 * constant that was added to the grey values: the dose is this or less. 0 where nothing can be told. */
static fringe_status most_dose(const struct segment_job *job, double *dose, fringe_error *error)
{
    static const double half = 50;
    const struct sample_plane *plane = &job->channels[0];
    int32_t step = step_of(job);
    size_t most = (size_t)(plane->height_px / step + 1) * (size_t)(plane->width_px / step + 1), count = 0;
    float *noise = alloc_array(most, sizeof *noise);
    double sum = 0, median;
    *dose = 0;
    if (!noise) return failure_memory(error, "noise of the image", most * sizeof *noise);
    for (int32_t y = 1; y < plane->height_px - 1; y += step)
        for (int32_t x = 1; x < plane->width_px - 1; x += step) {
            sum += sample_plane_at(plane, (size_t)y * (size_t)plane->width_px + (size_t)x);
            noise[count++] = fabsf(noise_at(plane, y, x));
        }
    fringe_status status = plane_statistics_percentiles(noise, count, &half, 1, &median, job->run, error);
    alloc_free(noise);
    if (status || !(median > 0 && sum > 0)) return status;
    double mean = sum / (double)count, spread = median / MEDIAN_OF_NORMAL / 6;
    double area = 100 * job->nm_per_px_x * job->nm_per_px_y; /* square angstroms of a pixel */
    *dose = mean * mean / (spread * spread) / area;
    return FRINGE_OK;
}

/* 8-bit images are made for the eye, and floats have been computed: neither counts electrons. */
static fringe_status judge_dose(const struct segment_job *job, fringe_error *error)
{
    const struct package *package = job->model->package;
    const struct sample_plane *plane = &job->channels[0];
    double dose, least = package->dose_min_e_per_A2;
    char text[3][NUMBER_TEXT_BYTES];
    int counts = plane->pixel == FRINGE_PIXEL_UINT16 || plane->pixel == FRINGE_PIXEL_INT16;
    if (!counts || !(least > 0) || !(job->nm_per_px_x > 0 && job->nm_per_px_y > 0)) return FRINGE_OK;
    fringe_status status = most_dose(job, &dose, error);
    if (status || !(dose > 0) || dose >= CERTAIN * least) return status;
    run_state_notice(
        job->run, FRINGE_NOTICE_OUT_OF_RANGE,
        "the noise speaks for a dose of %s electrons per square angstrom at most, below the %s to %s that "
        "the model was trained for",
        number_text(dose, 3, text[0]), number_text(least, 6, text[1]),
        number_text(package->dose_max_e_per_A2, 6, text[2]));
    return FRINGE_OK;
}

static int is_dark(const struct segment_job *job)
{
    return !strcmp(job->model->package->polarity, "dark");
}

/* The preparation takes the pixels: some are kept for segment_range_judge_result, where the model wants
 * particles to be dark or bright. */
static fringe_status keep_some(struct segment_job *job, fringe_error *error)
{
    int32_t step = step_of(job);
    size_t most = (size_t)(job->height_px / step + 1) * (size_t)(job->width_px / step + 1), count = 0;
    if (!is_dark(job) && strcmp(job->model->package->polarity, "bright") != 0) return FRINGE_OK;
    job->some = alloc_array(most, sizeof *job->some);
    if (!job->some) return failure_memory(error, "pixels of the image", most * sizeof *job->some);
    for (int32_t y = 0; y < job->height_px; y += step)
        for (int32_t x = 0; x < job->width_px; x += step)
            job->some[count++] =
                sample_plane_at(&job->channels[0], (size_t)y * (size_t)job->width_px + (size_t)x);
    return FRINGE_OK;
}

fringe_status segment_range_judge_input(struct segment_job *job, fringe_error *error)
{
    judge_size(job, "a pixel size", job->nm_per_px_x, job->nm_per_px_y);
    if (!segment_job_keeps_grid(job))
        judge_size(job, "working at a pixel size", job->work_nm_per_px_x, job->work_nm_per_px_y);
    fringe_status status = judge_dose(job, error);
    return status ? status : keep_some(job, error);
}

void segment_range_judge_result(const struct segment_job *job)
{
    const fringe_segmentation *result = job->result;
    if (!job->some || result->kind != FRINGE_SEGMENT_MASK) return;
    double count[2] = {0, 0}, sum[2] = {0, 0}, squares = 0; /* of what was left, and of what was found */
    int32_t step = step_of(job);
    const float *value = job->some;
    for (int32_t y = 0; y < job->height_px; y += step)
        for (int32_t x = 0; x < job->width_px; x += step, value++) {
            size_t at = (size_t)(y + job->excluded.top_px) * (size_t)result->width_px +
                        (size_t)(x + job->excluded.left_px);
            int found = result->labels[at] != 0;
            if (!isfinite(*value)) continue;
            count[found]++;
            sum[found] += *value;
            squares += (double)*value * *value;
        }
    if (count[0] == 0 || count[1] == 0) return;
    double all = count[0] + count[1], mean = (sum[0] + sum[1]) / all;
    double spread = sqrt(fmax(0, squares / all - mean * mean));
    double brighter = sum[1] / count[1] - sum[0] / count[0];
    if ((is_dark(job) ? brighter : -brighter) <= CLEAR * spread) return;
    run_state_notice(job->run, FRINGE_NOTICE_OUT_OF_RANGE,
                     "what was found is %s than the rest; the model was trained for what is %s",
                     is_dark(job) ? "brighter" : "darker", job->model->package->polarity);
}
