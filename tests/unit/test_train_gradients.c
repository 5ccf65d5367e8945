/* Losses and gradients of whole networks against the same network in double precision and its finite
 * differences. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>

#include "base/cpu.h"
#include "base/rng.h"
#include "support/float64_network.h"
#include "train/trainer_state.h"

/* A batch of noise with labels that are ignored in places. */
static struct train_batch noise(int32_t count, int32_t channels, int32_t height, int32_t width, int classes)
{
    struct train_batch batch = {count, channels, height, width, NULL, NULL};
    struct rng rng = rng_from_seed(11);
    cr_assert_eq(train_batch_allocate(&batch, NULL), FRINGE_OK);
    for (int32_t i = 0; i < count * channels * height * width; i++) batch.images[i] = (float)rng_normal(&rng);
    for (int32_t i = 0; i < count * height * width; i++)
        batch.labels[i] = (int32_t)rng_below(&rng, (uint32_t)classes + 1) - 1;
    return batch;
}

/* Parameters that are not at their neutral start, so that no gradient vanishes. */
static void stir(struct trainer *t)
{
    struct rng rng = rng_from_seed(12);
    for (size_t i = 0; i < t->network.graph.parameter_count; i++)
        t->network.parameters[i] += (float)(0.1 * rng_normal(&rng));
    for (size_t i = 0; i < t->network.graph.statistic_count; i++)
        t->network.statistics[i] += (float)(0.3 * rng_unit(&rng));
}

/* The derivative along `direction` (or 0 where `only` is another parameter) by a central difference. */
static double difference(struct float64_network *network, const struct loss_settings *loss,
                         const struct train_batch *batch, size_t first, size_t count, const double *direction)
{
    const double h = 1e-6;
    double sides[2];
    for (int side = 0; side < 2; side++) {
        for (size_t i = 0; i < count; i++) network->parameters[first + i] += (side ? -h : h) * direction[i];
        sides[side] = float64_network_loss(network, loss, batch);
        for (size_t i = 0; i < count; i++) network->parameters[first + i] -= (side ? -h : h) * direction[i];
    }
    return (sides[0] - sides[1]) / (2 * h);
}

enum { DIRECTIONS = 3 };

/* One array of parameters: derivatives along random directions, in which every parameter takes part. The
 * error is measured against the length that such a derivative has on average. */
static void check_array(struct float64_network *network, const struct trainer *t,
                        const struct train_batch *batch, size_t first, size_t count, struct rng *rng)
{
    double direction[4096], length = 0;
    cr_assert_lt(count, 4096);
    for (size_t i = 0; i < count; i++) length += pow(t->gradient[first + i], 2);
    length = sqrt(length);
    for (int k = 0; k < DIRECTIONS && count > 0; k++) {
        double mine = 0;
        for (size_t i = 0; i < count; i++) {
            direction[i] = rng_normal(rng);
            mine += direction[i] * t->gradient[first + i];
        }
        double theirs = difference(network, &t->settings.loss, batch, first, count, direction);
        /* Relative, but for the residual network's array with the smallest gradient, 1.4e-5 long: there the
         * rounding of the sums that it is a difference of counts, 3e-8 on the portable path, less than 1e-8
         * with AVX2, 4e-8 with 16 lanes. Twice that is allowed. */
        cr_assert_leq(fabs(mine - theirs), 2e-5 * length + 8e-8,
                      "parameters from %zu on: %.9g, in float64 %.9g", first, mine, theirs);
        cr_assert_gt(length, 0, "parameters from %zu on have no gradient", first);
    }
}

static void check(const struct trainer_settings *settings, int32_t height, int32_t width)
{
    struct trainer *t = NULL;
    fringe_error error = {0};
    double loss;
    struct train_batch batch =
        noise(2, settings->architecture.input_channels, height, width, settings->architecture.classes);
    cr_assert_eq(trainer_create(settings, &t, &error), FRINGE_OK, "%s", error.message);
    stir(t);
    struct float64_network network =
        float64_network_make(&t->network.graph, t->network.parameters, t->network.statistics);
    cr_assert_eq(trainer_step(t, &batch, NULL, &loss, &error), FRINGE_OK, "%s", error.message);
    double theirs = float64_network_loss(&network, &settings->loss, &batch);
    cr_assert_leq(fabs(loss - theirs), 1e-5 * fabs(theirs), "loss %.9g, in float64 %.9g", loss, theirs);
    struct rng rng = rng_from_seed(13);
    for (int i = 0; i < t->network.graph.count; i++) {
        const struct layer *layer = &t->network.graph.layers[i];
        if (layer->frozen) continue;
        check_array(&network, t, &batch, layer->weights, layer->weight_count, &rng);
        check_array(&network, t, &batch, layer->bias, layer->bias_count, &rng);
    }
    float64_network_free(&network);
    train_batch_clear(&batch);
    trainer_free(t);
}

/* A network of three levels, narrow and wide enough for both kinds of convolution. */
static struct trainer_settings settings_of(enum architecture_kind kind)
{
    struct trainer_settings settings = {.total_steps = 1, .seed = 3};
    architecture_init(&settings.architecture);
    settings.architecture.kind = kind;
    settings.architecture.levels = 3;
    settings.architecture.widths[0] = 5;
    settings.architecture.widths[1] = 9;
    settings.architecture.widths[2] = 12;
    settings.architecture.classes = 3;
    loss_settings_init(&settings.loss);
    optimiser_settings_init(&settings.optimiser);
    return settings;
}

Test(train_gradients, of_a_unet)
{
    struct trainer_settings settings = settings_of(ARCHITECTURE_UNET);
    check(&settings, 16, 20);
}

Test(train_gradients, of_a_unet_without_norms_but_transposed_convolutions)
{
    struct trainer_settings settings = settings_of(ARCHITECTURE_UNET);
    settings.architecture.batch_norm = 0;
    settings.architecture.transposed = 1;
    settings.architecture.input_channels = 2;
    settings.architecture.encoder_convolutions = 1;
    check(&settings, 12, 36);
}

Test(train_gradients, of_a_residual_unet)
{
    struct trainer_settings settings = settings_of(ARCHITECTURE_RESIDUAL_UNET);
    settings.architecture.widths[1] = 8;
    settings.architecture.widths[2] = 8;
    check(&settings, 16, 16);
}

Test(train_gradients, of_an_encoder_and_decoder_of_unequal_depth)
{
    struct trainer_settings settings = settings_of(ARCHITECTURE_SEGNET);
    settings.architecture.decoder_convolutions = 1;
    check(&settings, 16, 16);
}

Test(train_gradients, of_all_losses)
{
    struct trainer_settings settings = settings_of(ARCHITECTURE_UNET);
    settings.architecture.levels = 1;
    settings.loss.class_weights[1] = 3;
    settings.loss.class_weights[2] = 0.25;
    const double shares[][3] = {{0, 1, 0}, {0, 0, 1}, {0.5, 2, 0.7}};
    for (int i = 0; i < 3; i++) {
        settings.loss.cross_entropy = shares[i][0];
        settings.loss.dice = shares[i][1];
        settings.loss.focal = shares[i][2];
        settings.loss.focal_gamma = i == 2 ? 1 : 2.5;
        check(&settings, 12, 12);
    }
}

Test(train_gradients, of_wide_images)
{
    struct trainer_settings settings = settings_of(ARCHITECTURE_UNET);
    settings.architecture.levels = 1;
    settings.architecture.widths[0] = 9;
    check(&settings, 2, 2000);
}

Test(train_gradients, behind_frozen_layers)
{
    struct trainer_settings settings = settings_of(ARCHITECTURE_UNET);
    settings.frozen_levels = 2;
    check(&settings, 16, 16);
}

Test(train_gradients, on_every_instruction_path)
{
    struct trainer_settings settings = settings_of(ARCHITECTURE_UNET);
    enum cpu_path best = cpu_path_best();
    for (enum cpu_path path = CPU_PORTABLE; path <= best; path++) {
        cpu_path_set(path);
        check(&settings, 8, 12);
    }
}
