/* Each step of a preparation against its formula, written out here again. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/run_state.h"
#include "model/preparation.h"

enum { CHANNELS = 3, PIXELS = 1000, COUNT = CHANNELS * PIXELS };

static float before[COUNT], after[COUNT];
static fringe_run *run;

static void begin(void)
{
    uint32_t state = 1;
    cr_assert_eq(fringe_run_create(2, &run, NULL), FRINGE_OK);
    for (int i = 0; i < COUNT; i++) {
        state = state * 1664525u + 1013904223u;
        before[i] = (float)(state >> 8) / 16777216.0f * 4 - 1 + (float)(i / PIXELS) * 3;
    }
    before[PIXELS + 5] = NAN; /* left out of the statistics, and stays */
    before[PIXELS + 6] = INFINITY;
}

static void end(void)
{
    fringe_run_free(run);
}

TestSuite(model_preparation, .init = begin, .fini = end);

/* All of `after`. */
static struct preparation_sample whole(void)
{
    return (struct preparation_sample){.planes = after,
                                       .channel_count = CHANNELS,
                                       .pixel_count = PIXELS,
                                       .plane_stride = PIXELS,
                                       .run = run};
}

static void apply(const struct step *step)
{
    fringe_error error;
    struct preparation_sample sample = whole();
    memcpy(after, before, sizeof after);
    fringe_status status = preparation_apply(step, 1, &sample, &error);
    cr_assert_eq(status, FRINGE_OK, "%s", error.message);
}

/* Mean and spread of the finite values from begin to end. */
static void measure(int first, int last, double *mean, double *sd)
{
    double sum = 0, squares = 0, count = 0;
    for (int i = first; i < last; i++)
        if (isfinite(before[i])) sum += before[i], count++;
    *mean = sum / count;
    for (int i = first; i < last; i++)
        if (isfinite(before[i])) squares += (before[i] - *mean) * (before[i] - *mean);
    *sd = sqrt(squares / count);
}

static void expect(int index, double value)
{
    cr_assert_float_eq(after[index], value, 1e-6 * (1 + fabs(value)), "value %d is %g, expected %g", index,
                       after[index], value);
}

Test(model_preparation, unit_spread_per_channel_and_joint)
{
    double mean, sd;
    for (int joint = 0; joint <= 1; joint++) {
        apply(&(struct step){.kind = STEP_UNIT_SPREAD, .joint = joint, .eps = 0.01});
        for (int c = 0; c < CHANNELS; c++) {
            measure(joint ? 0 : c * PIXELS, joint ? COUNT : (c + 1) * PIXELS, &mean, &sd);
            for (int i = c * PIXELS; i < (c + 1) * PIXELS; i++)
                if (isfinite(before[i])) expect(i, (before[i] - mean) / (sd + 0.01));
        }
        cr_assert(isnan(after[PIXELS + 5]));
    }
}

static int by_size(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

Test(model_preparation, range_between_percentiles)
{
    static float sorted[PIXELS];
    memcpy(sorted, before, sizeof sorted);
    qsort(sorted, PIXELS, sizeof *sorted, by_size);
    /* NumPy's "linear": 1 % of 999 steps is 9.99. */
    double low = sorted[9] + 0.99 * (sorted[10] - sorted[9]),
           high = sorted[997] + 0.002 * (sorted[998] - sorted[997]);
    apply(&(struct step){.kind = STEP_RANGE, .eps = 1e-3, .low_percent = 1, .high_percent = 99.8});
    for (int i = 0; i < PIXELS; i++) expect(i, (before[i] - low) / (high - low + 1e-3));
}

Test(model_preparation, linear_with_values_for_each_channel)
{
    const double subtract[] = {1, 2, 3}, multiply[] = {2, -1, 0.5}, add[] = {0, 10, 20};
    apply(&(struct step){
        .kind = STEP_LINEAR, .value_count = 3, .subtract = subtract, .multiply = multiply, .add = add});
    for (int i = 0; i < COUNT; i++)
        if (isfinite(before[i]))
            expect(i, (before[i] - subtract[i / PIXELS]) * multiply[i / PIXELS] + add[i / PIXELS]);
}

Test(model_preparation, values_must_match_the_channels)
{
    const double two[2] = {0};
    fringe_error error;
    struct step step = {.kind = STEP_LINEAR, .value_count = 2, .subtract = two, .multiply = two, .add = two};
    struct preparation_sample sample = whole();
    cr_assert_eq(preparation_apply(&step, 1, &sample, &error), FRINGE_MODEL);
    cr_assert_str_eq(error.message, "step 1: has 2 values for 3 channels");
}

Test(model_preparation, clip_binarize_and_whole_numbers)
{
    apply(&(struct step){.kind = STEP_CLIP, .least = 0, .most = INFINITY});
    for (int i = 0; i < COUNT; i++)
        if (isfinite(before[i])) expect(i, before[i] < 0 ? 0 : before[i]);
    apply(&(struct step){.kind = STEP_BINARIZE, .value_count = 1, .subtract = (const double[]){2}});
    for (int i = 0; i < COUNT; i++)
        if (isfinite(before[i])) expect(i, before[i] > 2);
    apply(&(struct step){.kind = STEP_INTEGER, .least = 0, .most = 7});
    for (int i = 0; i < COUNT; i++)
        if (isfinite(before[i])) expect(i, before[i] < 0 ? 0 : before[i] > 7 ? 7 : trunc(before[i]));
}

Test(model_preparation, clip_at_percentiles_takes_values_that_are_there)
{
    static float sorted[PIXELS];
    memcpy(sorted, before, sizeof sorted);
    qsort(sorted, PIXELS, sizeof *sorted, by_size);
    apply(&(struct step){.kind = STEP_CLIP,
                         .by_percentile = 1,
                         .least = -INFINITY,
                         .most = INFINITY,
                         .low_percent = 10,
                         .high_percent = NAN});
    for (int i = 0; i < PIXELS; i++) expect(i, before[i] < sorted[99] ? sorted[99] : before[i]);
}

Test(model_preparation, sigmoid_and_softmax)
{
    apply(&(struct step){.kind = STEP_SIGMOID});
    for (int i = 0; i < COUNT; i++)
        if (isfinite(before[i])) expect(i, 1 / (1 + exp(-(double)before[i])));
    apply(&(struct step){.kind = STEP_SOFTMAX});
    for (int i = 10; i < PIXELS; i++) {
        double sum = 0;
        for (int c = 0; c < CHANNELS; c++) sum += exp(before[c * PIXELS + i]);
        for (int c = 0; c < CHANNELS; c++) expect(c * PIXELS + i, exp(before[c * PIXELS + i]) / sum);
    }
    /* Large logits must not overflow. */
    float logits[2] = {1000, 998};
    struct step softmax = {.kind = STEP_SOFTMAX};
    struct preparation_sample pixel = {
        .planes = logits, .channel_count = 2, .pixel_count = 1, .plane_stride = 1, .run = run};
    cr_assert_eq(preparation_apply(&softmax, 1, &pixel, NULL), FRINGE_OK);
    cr_assert_float_eq(logits[0], 1 / (1 + exp(-2)), 1e-6);
}

Test(model_preparation, like_the_input)
{
    struct step step = {.kind = STEP_LIKE, .of_input = 1, .eps = 1e-6, .joint = 1};
    /* Two planes with 1, 3 and 5, 7: together mean 4, spread sqrt(5). */
    struct plane_summary input[2] = {{.finite_count = 2, .mean = 2, .sd = 1},
                                     {.finite_count = 2, .mean = 6, .sd = 1}};
    double mean, sd;
    cr_assert(preparation_needs_input(&step, 1));
    memcpy(after, before, sizeof after);
    struct preparation_sample sample = whole();
    sample.input = input;
    sample.input_count = 2;
    cr_assert_eq(preparation_apply(&step, 1, &sample, NULL), FRINGE_OK);
    measure(0, COUNT, &mean, &sd);
    for (int i = 0; i < COUNT; i++)
        if (isfinite(before[i])) expect(i, (before[i] - mean) / (sd + 1e-6) * (sqrt(5) + 1e-6) + 4);
}

Test(model_preparation, local_steps_may_be_applied_in_parts)
{
    const double one[] = {0.5};
    const struct step steps[] = {
        {.kind = STEP_LINEAR, .value_count = 1, .subtract = one, .multiply = one, .add = one},
        {.kind = STEP_SOFTMAX},
        {.kind = STEP_CLIP, .least = 0.1, .most = 0.9}};
    static float parts[COUNT];
    cr_assert(preparation_is_local(steps, 3));
    cr_assert_not(preparation_is_local(&(const struct step){.kind = STEP_UNIT_SPREAD}, 1));
    memcpy(after, before, sizeof after);
    memcpy(parts, before, sizeof parts);
    struct preparation_sample sample = whole();
    cr_assert_eq(preparation_apply(steps, 3, &sample, NULL), FRINGE_OK);
    for (int first = 0; first < PIXELS; first += 70) {
        sample.planes = parts + first;
        sample.pixel_count = first + 70 < PIXELS ? 70 : (size_t)(PIXELS - first);
        cr_assert_eq(preparation_apply(steps, 3, &sample, NULL), FRINGE_OK);
    }
    cr_assert_eq(memcmp(parts, after, sizeof parts), 0);
}

Test(model_preparation, is_described_in_one_line)
{
    const double some[] = {1, 2.5, 0.02};
    const struct step steps[] = {
        {.kind = STEP_LINEAR, .value_count = 3, .subtract = some, .multiply = some, .add = some},
        {.kind = STEP_RANGE, .joint = 1, .low_percent = 1, .high_percent = 99.8},
        {.kind = STEP_UNIT_SPREAD},
        {.kind = STEP_CLIP, .least = 0, .most = 1}};
    char *text = preparation_describe(NULL, steps, 4, NULL);
    cr_assert_str_eq(
        text, "linear minus 1/2.5/0.02 times 1/2.5/0.02 plus 1/2.5/0.02, scale_range 1 to 99.8 percent, "
              "zero_mean_unit_variance per channel, clip 0 to 1");
    alloc_free(text);
    text = preparation_describe(NULL, NULL, 0, NULL);
    cr_assert_str_eq(text, "none");
    alloc_free(text);
    text = preparation_describe("lattice filter", NULL, 0, NULL);
    cr_assert_str_eq(text, "lattice filter");
    alloc_free(text);
    text = preparation_describe(NULL, NULL, 0, "ghosts out");
    cr_assert_str_eq(text, "ghosts out");
    alloc_free(text);
    text = preparation_describe("lattice filter", steps + 2, 1, "ghosts out");
    cr_assert_str_eq(text, "lattice filter, zero_mean_unit_variance per channel, ghosts out");
    alloc_free(text);
}
