#include "train/loss.h"

#include <math.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "base/run_state.h"
#include "train/loss_kernels.h"

enum { BAND_ROWS = 16, MOST_SUMS = LOSS_SUMS(ARCHITECTURE_MOST_CLASSES) };

void loss_settings_init(struct loss_settings *settings)
{
    *settings = (struct loss_settings){.cross_entropy = 1, .focal_gamma = 2};
    for (int c = 0; c < ARCHITECTURE_MOST_CLASSES; c++) settings->class_weights[c] = 1;
}

fringe_status loss_settings_check(const struct loss_settings *settings, int32_t classes, fringe_error *error)
{
    const double shares[] = {settings->cross_entropy, settings->dice, settings->focal};
    double total = 0, weights = 0;
    for (int i = 0; i < 3; i++) {
        if (!(shares[i] >= 0 && isfinite(shares[i])))
            return failure_set(error, FRINGE_ARGUMENT, "loss: a share is negative or not finite");
        total += shares[i];
    }
    for (int32_t c = 0; c < classes; c++) {
        if (!(settings->class_weights[c] >= 0 && isfinite(settings->class_weights[c])))
            return failure_set(error, FRINGE_ARGUMENT,
                               "loss: the weight of class %d is negative or not finite", (int)c);
        weights += settings->class_weights[c];
    }
    if (total == 0) return failure_set(error, FRINGE_ARGUMENT, "loss: all shares are 0");
    if (weights == 0) return failure_set(error, FRINGE_ARGUMENT, "loss: all class weights are 0");
    if (!(settings->focal_gamma >= 1 && isfinite(settings->focal_gamma)))
        return failure_set(error, FRINGE_ARGUMENT, "loss: focal gamma must be 1 or more");
    return FRINGE_OK;
}

struct loss_job {
    const struct loss_settings *settings;
    const struct planes *values, *gradient;
    const int32_t *labels;
    int32_t bands; /* of an image */
    double *sums;  /* of each band of each image */
    float weights[ARCHITECTURE_MOST_CLASSES];
    float cross_entropy, focal; /* shares over the sum of weights */
    float on_class[ARCHITECTURE_MOST_CLASSES], off_class[ARCHITECTURE_MOST_CLASSES];
};

typedef void row_function(const struct loss_job *job, const struct loss_row *row, int32_t n, int32_t y,
                          double *sums);

static void forward_row(const struct loss_job *job, const struct loss_row *row, int32_t n, int32_t y,
                        double *sums)
{
    CPU_CHOOSE(loss)->forward(row, planes_row(job->values, n, 0, y), job->values->plane,
                              planes_row(job->gradient, n, 0, y), sums);
}

static void back_row(const struct loss_job *job, const struct loss_row *row, int32_t n, int32_t y,
                     double *sums)
{
    int dice = job->settings->dice > 0;
    (void)sums;
    CPU_CHOOSE(loss)->back(row, planes_row(job->gradient, n, 0, y), job->cross_entropy, job->focal,
                           dice ? job->on_class : NULL, dice ? job->off_class : NULL);
}

static void for_band(const struct loss_job *job, size_t index, row_function *function)
{
    const struct planes *values = job->values;
    int32_t n = (int32_t)index / job->bands, first = (int32_t)index % job->bands * BAND_ROWS;
    for (int32_t y = first; y < first + BAND_ROWS && y < values->height; y++) {
        struct loss_row row = {.classes = values->channels,
                               .width = values->width,
                               .plane = job->gradient->plane,
                               .labels = job->labels + ((size_t)n * (size_t)values->height + (size_t)y) *
                                                           (size_t)values->width,
                               .weights = job->weights,
                               .gamma = (float)job->settings->focal_gamma,
                               .focal = job->settings->focal > 0};
        function(job, &row, n, y, job->sums + index * MOST_SUMS);
    }
}

static void forward_band(void *context, size_t index, int worker)
{
    (void)worker;
    for_band(context, index, forward_row);
}

static void back_band(void *context, size_t index, int worker)
{
    (void)worker;
    for_band(context, index, back_row);
}

static void clear_plane(void *context, size_t index, int worker)
{
    (void)worker;
    planes_clear_margins(context, index);
}

/* The loss from its sums, and the numbers that its gradient is made of. */
static double finish(struct loss_job *job, const double *sums)
{
    const struct loss_settings *s = job->settings;
    double loss = 0, weight = sums[LOSS_WEIGHT];
    if (weight > 0) {
        job->cross_entropy = (float)(s->cross_entropy / weight);
        job->focal = (float)(s->focal / weight);
        loss = (s->cross_entropy * sums[LOSS_CROSS_ENTROPY] + s->focal * sums[LOSS_FOCAL]) / weight;
    }
    if (s->dice == 0) return loss;
    double total = 0, overlap = 0;
    for (int32_t c = 0; c < job->values->channels; c++) total += s->class_weights[c];
    for (int32_t c = 0; c < job->values->channels; c++) {
        const double *of_class = sums + LOSS_CLASSES + 3 * c;
        double both = 2 * of_class[2] + 1, either = of_class[0] + of_class[1] + 1;
        double share = s->class_weights[c] / total;
        overlap += share * both / either;
        job->off_class[c] = (float)(s->dice * share * both / (either * either));
        job->on_class[c] = (float)(s->dice * share * (both / either - 2) / either);
    }
    return loss + s->dice * (1 - overlap);
}

fringe_status loss_find(const struct loss_settings *settings, const struct planes *values,
                        const int32_t *labels, const struct planes *gradient, int back, double *loss,
                        const fringe_run *run, fringe_error *error)
{
    struct loss_job job = {.settings = settings, .values = values, .gradient = gradient, .labels = labels};
    job.bands = (values->height + BAND_ROWS - 1) / BAND_ROWS;
    size_t count = (size_t)job.bands * (size_t)values->images;
    double sums[MOST_SUMS] = {0};
    for (int32_t c = 0; c < values->channels; c++) job.weights[c] = (float)settings->class_weights[c];
    job.sums = alloc_array(count * MOST_SUMS, sizeof(double));
    if (!job.sums) return failure_memory(error, "the sums of a loss", count * MOST_SUMS * sizeof(double));
    fringe_status status = run_state_parallel(run, (size_t)gradient->images * (size_t)gradient->channels,
                                              clear_plane, (void *)gradient, error);
    if (!status) status = run_state_parallel(run, count, forward_band, &job, error);
    if (!status) {
        for (size_t i = 0; i < count; i++)
            for (int k = 0; k < MOST_SUMS; k++) sums[k] += job.sums[i * MOST_SUMS + (size_t)k];
        *loss = finish(&job, sums);
        if (back) status = run_state_parallel(run, count, back_band, &job, error);
    }
    alloc_free(job.sums);
    return status;
}
