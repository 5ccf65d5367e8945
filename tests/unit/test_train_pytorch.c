/* 200 steps from the weights and on the batches of a training in PyTorch
 * (tests/train/make_pytorch_fixture.py): the same losses and, at the end, the same weights but for rounding,
 * which grows from step to step. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "fringe/version.h"
#include "train/network_onnx.h"
#include "train/trainer_state.h"

enum { STEPS = 200, COUNT = 2, SIDE = 32 };

/* Up to `steps` the losses agree to 1e-5. Later, in some pixel, two values that a maximum chooses from lie so
 * close that rounding decides: from there on two runs are two trainings, PyTorch's own in float32 and float64
 * too (apart by 4e-5 at step 100 and by 3e-3 at the end). When that comes is the rounding of a path's
 * kernels, and moves when a sum is ordered anew: losses are first off by 1e-5 at step 7 on the portable path
 * and at step 56 with AVX2, and what came of the portable one's 200 steps is off by 0.048 and 0.13. Each
 * path's gradients alone are held to its rounding in test_train_gradients.c. */
static const struct alike {
    const char *path;
    int steps;
    double weights, statistics; /* at the end */
} alike_on[] = {{"portable", 5, 0.1, 0.25}, {"avx2", 40, 0.02, 0.05}, {"avx512", 40, 0.02, 0.05}};

static const struct alike *find_alike(void)
{
    for (size_t i = 0; i < sizeof alike_on / sizeof *alike_on; i++)
        if (!strcmp(alike_on[i].path, fringe_cpu_path())) return &alike_on[i];
    cr_assert_fail("%s is no path", fringe_cpu_path());
    return NULL;
}

static void fill(struct train_batch *batch, int step)
{
    for (int n = 0; n < COUNT; n++)
        for (int y = 0; y < SIDE; y++)
            for (int x = 0; x < SIDE; x++) {
                uint64_t index = (uint64_t)(((step * COUNT + n) * SIDE + y) * SIDE + x);
                uint64_t noise = (index * 2654435761u % 4294967296u >> 12) % 1024;
                int label = (x * (step % 5 + 1) + y * (n + 2) + 3 * step) / 12 % 2;
                batch->labels[(n * SIDE + y) * SIDE + x] = label;
                batch->images[(n * SIDE + y) * SIDE + x] = (float)((double)label + (double)noise / 512 - 1.5);
            }
}

/* |a - b| / |b|, over arrays of floats. */
static double distance(const float *a, const float *b, size_t count)
{
    double off = 0, size = 0;
    for (size_t i = 0; i < count; i++) {
        off += ((double)a[i] - b[i]) * ((double)a[i] - b[i]);
        size += (double)b[i] * b[i];
    }
    return sqrt(off / size);
}

Test(train_pytorch, takes_the_same_steps)
{
    struct trainer_settings settings = {.total_steps = STEPS, .from_model = "tests/train/pytorch-start.onnx"};
    struct train_batch batch = {COUNT, 1, SIDE, SIDE, NULL, NULL};
    const struct alike *alike = find_alike();
    struct trainer *t = NULL;
    struct network_onnx end;
    fringe_run *run = NULL;
    fringe_error error = {0};
    settings.architecture.input_channels = 1;
    settings.architecture.classes = 2;
    loss_settings_init(&settings.loss);
    optimiser_settings_init(&settings.optimiser);
    settings.optimiser.rate = 2e-3;
    settings.optimiser.schedule = SCHEDULE_CONSTANT;
    cr_assert_eq(fringe_run_create(1, &run, &error), FRINGE_OK);
    cr_assert_eq(trainer_create(&settings, &t, &error), FRINGE_OK, "%s", error.message);
    cr_assert_eq(train_batch_allocate(&batch, NULL), FRINGE_OK);
    FILE *losses = fopen("tests/train/pytorch-losses.txt", "r");
    cr_assert(losses);
    for (int step = 0; step < STEPS; step++) {
        double mine, theirs;
        fill(&batch, step);
        cr_assert_eq(fscanf(losses, "%lf", &theirs), 1);
        cr_assert_eq(trainer_step(t, &batch, run, &mine, &error), FRINGE_OK, "%s", error.message);
        double off = fabs(mine - theirs) / theirs;
        cr_assert_leq(off, step < alike->steps ? 1e-5 : 5e-2, "step %d: loss %.9g, in PyTorch %.9g", step,
                      mine, theirs);
    }
    fclose(losses);
    cr_assert_eq(network_onnx_read("tests/train/pytorch-end.onnx", &end, &error), FRINGE_OK, "%s",
                 error.message);
    cr_assert_eq(end.graph.parameter_count, t->network.graph.parameter_count);
    double weights = distance(t->network.parameters, end.parameters, end.graph.parameter_count);
    double statistics = distance(t->network.statistics, end.statistics, end.graph.statistic_count);
    cr_assert_leq(weights, alike->weights, "%.2g", weights);
    cr_assert_leq(statistics, alike->statistics, "%.2g", statistics);
    network_onnx_clear(&end);
    train_batch_clear(&batch);
    trainer_free(t);
    fringe_run_free(run);
}
