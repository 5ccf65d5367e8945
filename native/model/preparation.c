#include "model/preparation.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "base/number.h"
#include "base/run_state.h"
#include "image/standardise.h"

enum { CHUNK = 1 << 16, DESCRIPTION_BYTES = 1024 };

static int is_local(const struct step *step)
{
    switch (step->kind) {
    case STEP_LINEAR:
    case STEP_BINARIZE:
    case STEP_SIGMOID:
    case STEP_SOFTMAX:
    case STEP_INTEGER:
        return 1;
    case STEP_CLIP:
        return !step->by_percentile;
    case STEP_UNIT_SPREAD:
    case STEP_RANGE:
    case STEP_LIKE:
        break;
    }
    return 0;
}

int preparation_is_local(const struct step *steps, size_t step_count)
{
    for (size_t i = 0; i < step_count; i++)
        if (!is_local(&steps[i])) return 0;
    return 1;
}

int preparation_is_by_channel(const struct step *steps, size_t step_count)
{
    for (size_t i = 0; i < step_count; i++)
        if (steps[i].kind == STEP_SOFTMAX) return 0;
    return 1;
}

int preparation_needs_input(const struct step *steps, size_t step_count)
{
    for (size_t i = 0; i < step_count; i++)
        if (steps[i].kind == STEP_LIKE && steps[i].of_input) return 1;
    return 0;
}

/* How many pixels the values of a part of the sample stand for. */
static const int64_t *counts_of(const struct preparation_sample *sample, const float *values)
{
    return sample->counts ? sample->counts + (values - sample->planes) : NULL;
}

/* A step's number for a channel. */
static double value_of(const struct step *step, const double *values, size_t channel)
{
    return values[step->value_count == 1 ? 0 : channel];
}

/* Mean and spread of several planes together, from those of each. */
static void join(const struct plane_summary *planes, size_t count, double *mean, double *sd)
{
    double values = 0, sum = 0, squares = 0;
    for (size_t i = 0; i < count; i++) {
        values += (double)planes[i].finite_count;
        sum += planes[i].mean * (double)planes[i].finite_count;
    }
    *mean = values > 0 ? sum / values : 0;
    for (size_t i = 0; i < count; i++) {
        double away = planes[i].mean - *mean;
        squares += (planes[i].sd * planes[i].sd + away * away) * (double)planes[i].finite_count;
    }
    *sd = values > 0 ? sqrt(squares / values) : 0;
}

/* y = (x - mean) / (sd + eps) * (other sd + eps) + other mean */
static fringe_status be_like(const struct preparation_sample *sample, const struct step *step, size_t channel,
                             const struct plane_summary *own, float *values, size_t count,
                             fringe_error *error)
{
    double mean = own->mean, sd = own->sd;
    if (step->of_input) {
        if (step->joint) {
            join(sample->input, sample->input_count, &mean, &sd);
        } else {
            /* One input channel serves all outputs. */
            const struct plane_summary *input = &sample->input[sample->input_count == 1 ? 0 : channel];
            mean = input->mean;
            sd = input->sd;
        }
    }
    return standardise_linear(values, count, own->mean, (sd + step->eps) / (own->sd + step->eps), mean,
                              sample->run, error);
}

/* The value below or at which the given share of the n values lies: the one at position ceil(share * n) of
 * the sorted values, which bioimage.io asks for in clip. */
static double nearest_rank(double percent, int64_t n)
{
    double rank = ceil(percent / 100 * (double)n) - 1;
    if (n < 2 || rank < 0) return 0;
    return rank / (double)(n - 1) * 100;
}

/* Percentiles here are values that the sample holds, as the format asks; those of STEP_RANGE lie between. */
static fringe_status clip(const struct preparation_sample *sample, const struct step *step, float *values,
                          size_t count, fringe_error *error)
{
    double least = step->least, most = step->most, percents[2], found[2];
    if (step->by_percentile) {
        struct plane_summary own;
        fringe_status status = plane_statistics_summarise_counted(values, counts_of(sample, values), count,
                                                                  sample->run, &own, error);
        if (status) return status;
        percents[0] = isnan(step->low_percent) ? 0 : nearest_rank(step->low_percent, own.finite_count);
        percents[1] = isnan(step->high_percent) ? 100 : nearest_rank(step->high_percent, own.finite_count);
        status = plane_statistics_percentiles_counted(values, counts_of(sample, values), count, percents, 2,
                                                      found, sample->run, error);
        if (status) return status;
        if (!isnan(step->low_percent)) least = found[0];
        if (!isnan(step->high_percent)) most = found[1];
    }
    return standardise_clip(values, count, least, most, sample->run, error);
}

/* A step that measures one plane, or all of them together, and then changes them. */
static fringe_status apply_measured(const struct preparation_sample *sample, const struct step *step,
                                    size_t channel, float *values, size_t count, fringe_error *error)
{
    struct plane_summary own;
    double ends[2];
    fringe_status status;
    if (step->kind == STEP_CLIP) return clip(sample, step, values, count, error);
    if (step->kind == STEP_RANGE) {
        status = plane_statistics_percentiles_counted(values, counts_of(sample, values), count,
                                                      (const double[]){step->low_percent, step->high_percent},
                                                      2, ends, sample->run, error);
        if (status) return status;
        return standardise_linear(values, count, ends[0], 1 / (ends[1] - ends[0] + step->eps), 0, sample->run,
                                  error);
    }
    status = plane_statistics_summarise_counted(values, counts_of(sample, values), count, sample->run, &own,
                                                error);
    if (status) return status;
    if (step->kind == STEP_LIKE) return be_like(sample, step, channel, &own, values, count, error);
    return standardise_linear(values, count, own.mean, 1 / (own.sd + step->eps), 0, sample->run, error);
}

struct pixel_job {
    const struct preparation_sample *sample;
    const struct step *step;
};

static void sigmoid_pixels(const struct preparation_sample *sample, size_t begin, size_t end)
{
    for (size_t c = 0; c < sample->channel_count; c++) {
        float *plane = sample->planes + c * sample->plane_stride;
        for (size_t i = begin; i < end; i++)
            if (!isnan(plane[i])) plane[i] = (float)(1 / (1 + exp(-(double)plane[i])));
    }
}

/* The largest is subtracted first, or exp of a large logit would be infinite. */
static void softmax_pixels(const struct preparation_sample *sample, size_t begin, size_t end)
{
    size_t stride = sample->plane_stride;
    for (size_t i = begin; i < end; i++) {
        float *pixel = sample->planes + i;
        double largest = -INFINITY, sum = 0;
        for (size_t c = 0; c < sample->channel_count; c++)
            if (pixel[c * stride] > largest) largest = pixel[c * stride];
        for (size_t c = 0; c < sample->channel_count; c++) sum += exp(pixel[c * stride] - largest);
        for (size_t c = 0; c < sample->channel_count; c++)
            pixel[c * stride] = (float)(exp(pixel[c * stride] - largest) / sum);
    }
}

static void integer_pixels(const struct preparation_sample *sample, const struct step *step, size_t begin,
                           size_t end)
{
    for (size_t c = 0; c < sample->channel_count; c++) {
        float *plane = sample->planes + c * sample->plane_stride;
        for (size_t i = begin; i < end; i++) {
            double whole = trunc(plane[i]);
            plane[i] = (float)(whole < step->least ? step->least : whole > step->most ? step->most : whole);
        }
    }
}

static void pixel_chunk(void *context, size_t chunk, int worker)
{
    const struct pixel_job *job = context;
    size_t begin = chunk * CHUNK, left = job->sample->pixel_count - begin;
    size_t end = begin + (left < CHUNK ? left : CHUNK);
    (void)worker;
    if (job->step->kind == STEP_SIGMOID) sigmoid_pixels(job->sample, begin, end);
    if (job->step->kind == STEP_SOFTMAX) softmax_pixels(job->sample, begin, end);
    if (job->step->kind == STEP_INTEGER) integer_pixels(job->sample, job->step, begin, end);
}

static fringe_status apply_to_plane(const struct preparation_sample *sample, const struct step *step,
                                    size_t channel, fringe_error *error)
{
    float *plane = sample->planes + channel * sample->plane_stride;
    size_t count = sample->pixel_count;
    switch (step->kind) {
    case STEP_LINEAR:
        return standardise_linear(plane, count, value_of(step, step->subtract, channel),
                                  value_of(step, step->multiply, channel), value_of(step, step->add, channel),
                                  sample->run, error);
    case STEP_BINARIZE:
        return standardise_binarize(plane, count, value_of(step, step->subtract, channel), sample->run,
                                    error);
    default:
        return apply_measured(sample, step, channel, plane, count, error);
    }
}

/* Local steps of two channels or more look at all planes of a pixel; the others go plane by plane, or over
 * all planes as if they were one. */
static fringe_status apply_step(const struct preparation_sample *sample, const struct step *step,
                                fringe_error *error)
{
    if (step->kind == STEP_SIGMOID || step->kind == STEP_SOFTMAX || step->kind == STEP_INTEGER)
        return run_state_parallel(sample->run, (sample->pixel_count + CHUNK - 1) / CHUNK, pixel_chunk,
                                  &(struct pixel_job){sample, step}, error);
    if (step->joint && !is_local(step)) /* gapless planes are one long plane */
        return apply_measured(sample, step, 0, sample->planes, sample->channel_count * sample->pixel_count,
                              error);
    fringe_status status = FRINGE_OK;
    for (size_t c = 0; c < sample->channel_count && !status; c++)
        status = apply_to_plane(sample, step, c, error);
    return status;
}

fringe_status preparation_apply(const struct step *steps, size_t step_count,
                                const struct preparation_sample *sample, fringe_error *error)
{
    size_t channel_count = sample->channel_count;
    for (size_t i = 0; i < step_count; i++) {
        if (steps[i].value_count > 1 && steps[i].value_count != channel_count)
            return failure_set(error, FRINGE_MODEL, "step %zu: has %zu values for %zu channels", i + 1,
                               steps[i].value_count, channel_count);
        fringe_status status = apply_step(sample, &steps[i], error);
        if (status) return status;
    }
    return FRINGE_OK;
}

/* Appends to a description; what does not fit is left out. */
__attribute__((format(printf, 2, 3))) static void say(char *text, const char *format, ...)
{
    size_t length = strlen(text);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text + length, DESCRIPTION_BYTES - length, format, arguments);
    va_end(arguments);
}

static void say_values(char *text, const char *what, const struct step *step, const double *values)
{
    char number[NUMBER_TEXT_BYTES];
    say(text, " %s", what);
    for (size_t i = 0; i < step->value_count; i++)
        say(text, "%s%s", i ? "/" : " ", number_text(values[i], 9, number));
}

static void say_step(char *text, const struct step *step)
{
    char low[NUMBER_TEXT_BYTES], high[NUMBER_TEXT_BYTES];
    const char *over = step->joint ? "" : " per channel";
    switch (step->kind) {
    case STEP_LINEAR:
        say(text, "linear");
        say_values(text, "minus", step, step->subtract);
        say_values(text, "times", step, step->multiply);
        say_values(text, "plus", step, step->add);
        break;
    case STEP_UNIT_SPREAD:
        say(text, "zero_mean_unit_variance%s", over);
        break;
    case STEP_RANGE:
        say(text, "scale_range %s to %s percent%s", number_text(step->low_percent, 9, low),
            number_text(step->high_percent, 9, high), over);
        break;
    case STEP_CLIP:
        if (step->by_percentile)
            say(text, "clip %s to %s percent%s", number_text(step->low_percent, 9, low),
                number_text(step->high_percent, 9, high), over);
        else
            say(text, "clip %s to %s", number_text(step->least, 9, low), number_text(step->most, 9, high));
        break;
    case STEP_BINARIZE:
        say(text, "binarize");
        say_values(text, "above", step, step->subtract);
        break;
    case STEP_SIGMOID:
        say(text, "sigmoid");
        break;
    case STEP_SOFTMAX:
        say(text, "softmax");
        break;
    case STEP_LIKE:
        say(text, "scale_mean_variance%s%s", step->of_input ? " to the input's" : "", over);
        break;
    case STEP_INTEGER:
        say(text, "whole numbers %s to %s", number_text(step->least, 12, low),
            number_text(step->most, 12, high));
    }
}

char *preparation_describe(const char *before, const struct step *steps, size_t step_count, const char *after)
{
    char text[DESCRIPTION_BYTES] = "";
    if (before) say(text, "%s", before);
    if (!before && step_count == 0 && !after) return alloc_text("none");
    for (size_t i = 0; i < step_count; i++) {
        if (i > 0 || before) say(text, ", ");
        say_step(text, &steps[i]);
    }
    if (after) say(text, "%s%s", *text ? ", " : "", after);
    return alloc_text(text);
}
