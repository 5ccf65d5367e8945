#include "train/class_bias.h"

#include <math.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "train/architecture.h"

/* Of half a million pixels perhaps one in twenty is in doubt: these alone say something, and they say it to
 * about 0.01. */
enum { MOST_PIXELS = 1 << 19, MOST_SWEEPS = 100 };
static const double least_probability = 1e-7, longest_step = 1, near_enough = 1e-5;

fringe_status class_bias_create(int32_t classes, int64_t batch_count, struct class_bias *table,
                                fringe_error *error)
{
    size_t batches = batch_count > 0 ? (size_t)batch_count : 1;
    *table = (struct class_bias){.classes = classes, .most = MOST_PIXELS};
    table->most_of_batch = MOST_PIXELS / batches > 0 ? MOST_PIXELS / batches : 1;
    table->logarithms = alloc_array((size_t)MOST_PIXELS * (size_t)classes, sizeof(float));
    table->truth = alloc_array(MOST_PIXELS, 1);
    if (table->logarithms && table->truth) return FRINGE_OK;
    class_bias_clear(table);
    return failure_memory(error, "a calibration", (size_t)MOST_PIXELS * (size_t)(4 * classes + 1));
}

void class_bias_clear(struct class_bias *table)
{
    alloc_free(table->logarithms);
    alloc_free(table->truth);
    *table = (struct class_bias){0};
}

void class_bias_add(struct class_bias *table, const struct train_batch *batch, const float *probabilities)
{
    size_t pixels = (size_t)batch->height_px * (size_t)batch->width_px, all = pixels * (size_t)batch->count;
    double share = (double)table->most_of_batch / (double)all;
    uint32_t limit = share < 1 ? (uint32_t)(share * UINT32_MAX) : UINT32_MAX;
    for (size_t i = 0; i < all; i++) {
        /* Multiples of the golden ratio, modulo 1, are spread evenly and keep no step with an image's rows.
         */
        if (batch->labels[i] < 0 || (uint32_t)i * 2654435769U > limit) continue;
        if (table->count == table->most) return;
        const float *from = probabilities + i / pixels * pixels * (size_t)table->classes + i % pixels;
        float *to = table->logarithms + table->count * (size_t)table->classes;
        for (int32_t c = 0; c < table->classes; c++)
            to[c] = (float)log(fmax(from[(size_t)c * pixels], least_probability));
        table->truth[table->count++] = (uint8_t)batch->labels[i];
    }
}

/* One step of Newton's for the bias of one class, the others as they are. */
static double find_step(const struct class_bias *table, const double *bias, int32_t class)
{
    double slope = 0, curvature = 0;
    int64_t present = 0;
    for (size_t i = 0; i < table->count; i++) {
        const float *logarithms = table->logarithms + i * (size_t)table->classes;
        double sum = 0;
        for (int32_t c = 0; c < table->classes; c++) sum += exp(logarithms[c] + bias[c]);
        double p = exp(logarithms[class] + bias[class]) / sum;
        slope += (table->truth[i] == class) - p;
        curvature += p * (1 - p);
        present += table->truth[i] == class;
    }
    if (present == 0 || curvature <= 0) return 0;
    return fmax(-longest_step, fmin(longest_step, slope / curvature));
}

void class_bias_find(const struct class_bias *table, double *bias)
{
    double longest = 1;
    for (int32_t c = 0; c < table->classes; c++) bias[c] = 0;
    for (int sweep = 0; sweep < MOST_SWEEPS && longest > near_enough; sweep++) {
        longest = 0;
        for (int32_t c = 1; c < table->classes; c++) {
            double step = find_step(table, bias, c);
            bias[c] += step;
            longest = fmax(longest, fabs(step));
        }
    }
}
