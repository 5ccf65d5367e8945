/* What makes a network's probabilities mean what they say. */
#include <criterion/criterion.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "train/class_bias.h"

enum { SIDE = 256, PIXELS = SIDE * SIDE, CLASSES = 3 };

/* Two images whose labels are drawn by probabilities that a network then distorts by `distortion`. */
static struct train_batch make(const double *distortion, float *probabilities, float *distorted)
{
    struct train_batch batch = {.count = 2, .channels = 1, .height_px = SIDE, .width_px = SIDE};
    struct rng rng = rng_from_seed(3);
    cr_assert_eq(train_batch_allocate(&batch, NULL), FRINGE_OK);
    for (int i = 0; i < 2 * PIXELS; i++) {
        double p[CLASSES], q[CLASSES], p_sum = 0, q_sum = 0, draw = rng_uniform(&rng, 0, 1);
        for (int c = 0; c < CLASSES; c++) {
            p_sum += p[c] = exp(2 * rng_normal(&rng));
            q_sum += q[c] = p[c] * exp(-distortion[c]);
        }
        int label = 0;
        for (double below = p[0] / p_sum; label < CLASSES - 1 && draw > below; below += p[label] / p_sum)
            label++;
        batch.labels[i] = label;
        for (int c = 0; c < CLASSES; c++) {
            size_t at = (size_t)(i / PIXELS * PIXELS * CLASSES + c * PIXELS + i % PIXELS);
            probabilities[at] = (float)(p[c] / p_sum);
            distorted[at] = (float)(q[c] / q_sum);
        }
    }
    return batch;
}

Test(train_class_bias, undoes_what_a_network_added)
{
    static const double distortion[CLASSES] = {0, 0.7, -1.5};
    static float probabilities[2 * PIXELS * CLASSES], distorted[2 * PIXELS * CLASSES];
    struct train_batch batch = make(distortion, probabilities, distorted);
    struct class_bias table;
    double bias[CLASSES];
    cr_assert_eq(class_bias_create(CLASSES, 1, &table, NULL), FRINGE_OK);
    class_bias_add(&table, &batch, probabilities);
    cr_expect_eq(table.count, 2 * PIXELS, "there is room for all");
    class_bias_find(&table, bias);
    for (int c = 0; c < CLASSES; c++) cr_expect_float_eq(bias[c], 0, 0.03, "class %d: %g", c, bias[c]);
    table.count = 0;
    class_bias_add(&table, &batch, distorted);
    class_bias_find(&table, bias);
    for (int c = 0; c < CLASSES; c++)
        cr_expect_float_eq(bias[c], distortion[c], 0.03, "class %d: %g", c, bias[c]);
    class_bias_clear(&table);
    train_batch_clear(&batch);
}

Test(train_class_bias, takes_an_even_selection_and_no_pixel_without_label)
{
    static const double none[CLASSES];
    static float probabilities[2 * PIXELS * CLASSES], same[2 * PIXELS * CLASSES];
    struct train_batch batch = make(none, probabilities, same);
    struct class_bias table;
    int64_t of_first[CLASSES] = {0};
    cr_assert_eq(class_bias_create(CLASSES, 64, &table, NULL), FRINGE_OK);
    for (int i = 0; i < PIXELS; i++) batch.labels[i] = i % SIDE < SIDE / 2 ? -1 : i % SIDE % CLASSES;
    class_bias_add(&table, &batch, probabilities);
    cr_expect(table.count > table.most / 64 * 7 / 10 && table.count < table.most / 64, "%zu", table.count);
    for (size_t i = 0; i < table.count; i++) of_first[table.truth[i]]++;
    for (int c = 0; c < CLASSES; c++)
        cr_expect(of_first[c] > (int64_t)table.count / 4, "class %d: %lld of %zu", c, (long long)of_first[c],
                  table.count);
    for (int n = 0; n < 100; n++) class_bias_add(&table, &batch, probabilities);
    cr_expect_eq(table.count, table.most, "more than was asked for is left out");
    class_bias_clear(&table);
    train_batch_clear(&batch);
}

Test(train_class_bias, says_nothing_about_what_it_has_not_seen)
{
    struct class_bias table;
    double bias[CLASSES] = {9, 9, 9};
    cr_assert_eq(class_bias_create(CLASSES, 1, &table, NULL), FRINGE_OK);
    class_bias_find(&table, bias);
    for (int c = 0; c < CLASSES; c++) cr_expect_eq(bias[c], 0);
    struct train_batch batch = {.count = 1, .channels = 1, .height_px = 1, .width_px = 4};
    cr_assert_eq(train_batch_allocate(&batch, NULL), FRINGE_OK);
    static const float certain[4 * CLASSES] = {1, 1, 0, 0, 0, 0, 1, 1};
    for (int i = 0; i < 4; i++) batch.labels[i] = i / 2;
    class_bias_add(&table, &batch, certain);
    class_bias_find(&table, bias);
    cr_expect(isfinite(bias[1]), "nothing is in doubt: %g", bias[1]);
    cr_expect_eq(bias[2], 0, "no pixel is of class 2");
    class_bias_clear(&table);
    train_batch_clear(&batch);
}
