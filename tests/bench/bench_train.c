/* bench_train NET THREADS STEPS [SIDE [COUNT]]: milliseconds of a training step of net a, b or c, on noise.
 *
 * Nets as in support/nets.h; Adam, cross-entropy, batch of COUNT (4) images of SIDE (256) pixels squared.
 * Prints the median and the best of STEPS steps, and the processor time of all threads for a step, which
 * other programs on the machine disturb less. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/cpu.h"
#include "base/rng.h"
#include "train/trainer.h"

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static struct trainer_settings settings_of(char net)
{
    struct trainer_settings settings = {.total_steps = 1000, .seed = 1};
    struct architecture *a = &settings.architecture;
    int32_t width = net == 'a' ? 4 : net == 'b' ? 16 : 64;
    architecture_init(a);
    a->levels = 5;
    for (int i = 0; i < 5; i++) a->widths[i] = width << i;
    a->transposed = net == 'c';
    loss_settings_init(&settings.loss);
    optimiser_settings_init(&settings.optimiser);
    return settings;
}

int main(int argc, char **argv)
{
    if (argc < 4 || !strchr("abc", argv[1][0])) {
        fprintf(stderr, "usage: bench_train a|b|c THREADS STEPS [SIDE [COUNT]]\n");
        return 2;
    }
    int steps = atoi(argv[3]), side = argc > 4 ? atoi(argv[4]) : 256, count = argc > 5 ? atoi(argv[5]) : 4;
    struct trainer_settings settings = settings_of(argv[1][0]);
    struct train_batch batch = {count, 1, side, side, NULL, NULL};
    struct trainer *trainer = NULL;
    fringe_run *run = NULL;
    fringe_error error = {0};
    clock_t cpu = 0;
    double loss = 0, *times = calloc((size_t)steps + 1, sizeof *times);
    fringe_status status = fringe_run_create(atoi(argv[2]), &run, &error);
    if (!status) status = trainer_create(&settings, &trainer, &error);
    if (!status) status = train_batch_allocate(&batch, &error);
    if (!status && times) {
        struct rng rng = rng_from_seed(5);
        size_t pixels = (size_t)count * (size_t)side * (size_t)side;
        for (size_t i = 0; i < pixels; i++) {
            batch.images[i] = (float)rng_normal(&rng);
            batch.labels[i] = batch.images[i] > 0;
        }
        for (int i = 0; i <= steps && !status; i++) {
            double begin = clock_ms();
            if (i == 1) cpu = clock();
            status = trainer_step(trainer, &batch, run, &loss, &error);
            times[i] = clock_ms() - begin; /* the first one takes the memory, and does not count */
        }
    }
    if (status) {
        fprintf(stderr, "%s\n", error.message);
        return 1;
    }
    double cpu_ms = 1e3 * (double)(clock() - cpu) / CLOCKS_PER_SEC / steps;
    qsort(times + 1, (size_t)steps, sizeof *times, compare);
    printf("fringe %s, %s: median %.1f ms, best %.1f ms, processor time %.1f ms, loss %.4f\n", argv[1],
           cpu_path_name(cpu_path()), times[1 + steps / 2], times[1], cpu_ms, loss);
    train_batch_clear(&batch);
    trainer_free(trainer);
    fringe_run_free(run);
    free(times);
    return 0;
}
