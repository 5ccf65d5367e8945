/* What is promised of a training: the same bytes for any number of threads and behind an interruption, and a
 * file that other programs run alike. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/rng.h"
#include "nn/network.h"
#include "onnx/onnx_model.h"
#include "train/trainer_state.h"

static char folder[] = "/tmp/fringe-trainer-XXXXXX";

static void make_folder(void)
{
    cr_assert(mkdtemp(folder));
}

static void remove_folder(void)
{
    char command[64];
    snprintf(command, sizeof command, "rm -r %s", folder);
    cr_assert_eq(system(command), 0);
}

TestSuite(train_trainer, .init = make_folder, .fini = remove_folder);

static const char *path_of(const char *name)
{
    static char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static struct trainer_settings settings_of(enum architecture_kind kind)
{
    struct trainer_settings settings = {.total_steps = 20, .seed = 5};
    architecture_init(&settings.architecture);
    settings.architecture.kind = kind;
    settings.architecture.levels = 3;
    settings.architecture.classes = 3;
    loss_settings_init(&settings.loss);
    settings.loss.dice = 1;
    optimiser_settings_init(&settings.optimiser);
    settings.optimiser.rate = 1e-2;
    settings.optimiser.warm_up_steps = 3;
    settings.optimiser.clip_norm = 1;
    settings.optimiser.weight_decay = 0.01;
    settings.optimiser.average_decay = 0.9;
    return settings;
}

static struct train_batch blobs(uint64_t seed, int32_t side)
{
    struct train_batch batch = {3, 1, side, side, NULL, NULL};
    struct rng rng = rng_from_seed(seed);
    cr_assert_eq(train_batch_allocate(&batch, NULL), FRINGE_OK);
    for (int32_t i = 0; i < 3 * side * side; i++) {
        batch.labels[i] = i / 5 % 3;
        batch.images[i] = (float)(batch.labels[i] + 0.5 * rng_normal(&rng));
    }
    return batch;
}

static struct trainer *make(const struct trainer_settings *settings)
{
    struct trainer *t = NULL;
    fringe_error error = {0};
    cr_assert_eq(trainer_create(settings, &t, &error), FRINGE_OK, "%s", error.message);
    return t;
}

/* Steps `from` to `to` - 1; returns the last loss. */
static double go(struct trainer *t, int from, int to, int threads)
{
    fringe_run *run = NULL;
    fringe_error error = {0};
    double loss = NAN;
    cr_assert_eq(fringe_run_create(threads, &run, NULL), FRINGE_OK);
    for (int i = from; i < to; i++) {
        struct train_batch batch = blobs((uint64_t)i, 24);
        cr_assert_eq(trainer_step(t, &batch, run, &loss, &error), FRINGE_OK, "%s", error.message);
        train_batch_clear(&batch);
    }
    fringe_run_free(run);
    return loss;
}

static void expect_same(const struct trainer *a, const struct trainer *b)
{
    size_t parameters = a->network.graph.parameter_count * sizeof(float);
    size_t statistics = a->network.graph.statistic_count * sizeof(float);
    cr_expect_arr_eq(a->network.parameters, b->network.parameters, parameters);
    cr_expect_arr_eq(a->network.statistics, b->network.statistics, statistics);
    cr_expect_arr_eq(a->moments, b->moments, 2 * parameters);
    cr_expect_arr_eq(a->mean_parameters, b->mean_parameters, parameters);
    cr_expect_arr_eq(a->mean_statistics, b->mean_statistics, statistics);
    cr_expect_eq(a->steps, b->steps);
}

/* A checkpoint's own content for `t`, with a true digest, that is a byte too short and says that -1 bytes
 * follow the arrays. */
static void write_short(struct trainer *t, const char *path)
{
    enum { COUNT_OF_EXTRA = 8 + 4 + 4 + 72 + 2 * 8 };
    unsigned char *content;
    size_t size, body;
    uint64_t extra;
    cr_assert_eq(trainer_checkpoint(t, path, NULL, 0, NULL), FRINGE_OK);
    cr_assert_eq(file_read_all(path, 1 << 26, &content, &size, NULL), FRINGE_OK);
    body = size - DIGEST_TEXT_BYTES - 1;
    memcpy(&extra, content + COUNT_OF_EXTRA, sizeof extra);
    cr_assert_eq(extra, 0);
    cr_assert(content[COUNT_OF_EXTRA + sizeof extra] == 0 && content[COUNT_OF_EXTRA - 16] != 0,
              "the head has another layout");
    memset(content + COUNT_OF_EXTRA, 0xff, sizeof extra);
    digest_bytes(content, body, (char *)content + body);
    FILE *file = fopen(path, "wb");
    cr_assert(file && fwrite(content, 1, size - 1, file) == size - 1 && fclose(file) == 0);
    alloc_free(content);
}

Test(train_trainer, learns_the_same_bytes_with_any_number_of_threads)
{
    struct trainer_settings settings = settings_of(ARCHITECTURE_RESIDUAL_UNET);
    struct trainer *one = make(&settings), *three = make(&settings);
    double first = go(one, 0, 1, 1), last = go(one, 1, 20, 1);
    cr_expect_lt(last, 0.8 * first, "loss %g, then %g", first, last);
    cr_expect_eq(go(three, 0, 20, 3), last);
    expect_same(one, three);
    trainer_free(one);
    trainer_free(three);
}

Test(train_trainer, goes_on_from_a_checkpoint_as_if_nothing_had_been)
{
    struct trainer_settings settings = settings_of(ARCHITECTURE_UNET);
    struct trainer *whole = make(&settings), *halves = make(&settings), *other = NULL;
    fringe_error error = {0};
    unsigned char *extra = NULL;
    size_t extra_bytes = 0;
    go(whole, 0, 12, 2);
    go(halves, 0, 7, 2);
    cr_assert_eq(trainer_checkpoint(halves, path_of("half"), "curve", 6, &error), FRINGE_OK, "%s",
                 error.message);
    trainer_free(halves);
    halves = make(&settings);
    cr_assert_eq(trainer_restore(halves, path_of("half"), &extra, &extra_bytes, &error), FRINGE_OK, "%s",
                 error.message);
    cr_expect_eq(extra_bytes, 6);
    cr_expect_str_eq((char *)extra, "curve");
    go(halves, 7, 12, 1);
    expect_same(whole, halves);
    alloc_free(extra);

    settings.architecture.widths[1]++;
    other = make(&settings);
    cr_expect_eq(trainer_restore(other, path_of("half"), &extra, &extra_bytes, &error), FRINGE_MISMATCH);
    cr_expect_null(extra);
    trainer_free(whole);
    trainer_free(halves);
    trainer_free(other);
}

Test(train_trainer, refuses_a_damaged_checkpoint_and_stays_as_it_was)
{
    struct trainer_settings settings = settings_of(ARCHITECTURE_UNET);
    struct trainer *t = make(&settings), *untouched = make(&settings);
    unsigned char *extra = NULL;
    size_t extra_bytes = 0;
    go(t, 0, 1, 1);
    cr_assert_eq(trainer_checkpoint(t, path_of("c"), NULL, 0, NULL), FRINGE_OK);
    FILE *file = fopen(path_of("c"), "r+b");
    cr_assert(file);
    fseek(file, 0, SEEK_END);
    long size = ftell(file);
    const long places[] = {0, 9, 50, 200, size / 2, size - 3};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        for (int turn = 0; turn < 2; turn++) { /* turn a bit over, and back */
            fseek(file, places[i], SEEK_SET);
            int byte = fgetc(file) ^ 4;
            fseek(file, places[i], SEEK_SET);
            fputc(byte, file);
            fflush(file);
            if (turn) continue;
            fringe_status status = trainer_restore(untouched, path_of("c"), &extra, &extra_bytes, NULL);
            cr_expect(status == FRINGE_FORMAT || status == FRINGE_UNSUPPORTED, "byte %ld: %d", places[i],
                      status);
        }
    }
    cr_assert_eq(ftruncate(fileno(file), size - 1), 0);
    cr_expect_eq(trainer_restore(untouched, path_of("c"), &extra, &extra_bytes, NULL), FRINGE_FORMAT);
    fclose(file);
    struct trainer *other = make(&settings);
    write_short(other, path_of("c"));
    trainer_free(other);
    cr_expect_eq(trainer_restore(untouched, path_of("c"), &extra, &extra_bytes, NULL), FRINGE_FORMAT);
    cr_expect_eq(untouched->steps, 0);
    trainer_free(t);
    trainer_free(untouched);
}

Test(train_trainer, leaves_a_cancelled_step_undone)
{
    struct trainer_settings settings = settings_of(ARCHITECTURE_UNET);
    struct trainer *t = make(&settings), *control = make(&settings);
    struct train_batch batch = blobs(0, 24);
    fringe_run *run = NULL;
    double loss;
    cr_assert_eq(fringe_run_create(2, &run, NULL), FRINGE_OK);
    fringe_run_cancel(run);
    cr_expect_eq(trainer_step(t, &batch, run, &loss, NULL), FRINGE_CANCELLED);
    expect_same(t, control);
    go(t, 0, 3, 2);
    go(control, 0, 3, 2);
    expect_same(t, control);
    fringe_run_free(run);
    train_batch_clear(&batch);
    trainer_free(t);
    trainer_free(control);
}

/* The exported file, one image, in the engine that segments. */
static void infer(const char *path, const struct train_batch *batch, float *probabilities, size_t count)
{
    struct onnx_model *model = NULL;
    struct network *network = NULL;
    struct network_workspace *workspace = NULL;
    fringe_run *run = NULL;
    fringe_error error = {0};
    struct tensor image = {.type = TENSOR_FLOAT32,
                           .rank = 4,
                           .dims = {1, batch->channels, batch->height_px, batch->width_px},
                           .data = batch->images};
    cr_assert_eq(fringe_run_create(2, &run, NULL), FRINGE_OK);
    cr_assert_eq(onnx_model_read(path, &model, &error), FRINGE_OK, "%s", error.message);
    cr_assert_eq(network_create_for_image(model, batch->channels, batch->height_px, batch->width_px, 0, run,
                                          &network, &error),
                 FRINGE_OK, "%s", error.message);
    cr_assert_eq(network_workspace_create(network, 2, &workspace, &error), FRINGE_OK);
    const struct tensor *inputs[] = {&image};
    struct tensor output = {0};
    cr_assert_eq(network_run_dense(network, workspace, inputs, &output, run, &error), FRINGE_OK, "%s",
                 error.message);
    cr_assert_eq((size_t)tensor_count(&output), count);
    memcpy(probabilities, output.data, count * sizeof *probabilities);
    tensor_clear(&output);
    network_workspace_free(workspace);
    network_free(network);
    onnx_model_free(model);
    fringe_run_free(run);
}

/* What is written is what is read, and the engine agrees with the trainer's own prediction. */
static void check_export(enum architecture_kind kind, int batch_norm, int transposed)
{
    struct trainer_settings settings = settings_of(kind);
    fringe_error error = {0};
    settings.architecture.batch_norm = batch_norm;
    settings.architecture.transposed = transposed;
    struct trainer *t = make(&settings), *again = NULL;
    go(t, 0, 5, 2);
    struct train_batch batch = blobs(99, 32);
    batch.count = 1;
    size_t count = 3 * 32 * 32;
    float *mine = calloc(count, sizeof *mine), *theirs = calloc(count, sizeof *theirs);
    double loss, loss_again;
    cr_assert_eq(trainer_predict(t, &batch, NULL, mine, &loss, &error), FRINGE_OK, "%s", error.message);
    cr_assert_eq(trainer_export(t, path_of("net.onnx"), &error), FRINGE_OK, "%s", error.message);

    settings.from_model = path_of("net.onnx");
    again = make(&settings);
    cr_assert_eq(trainer_predict(again, &batch, NULL, theirs, &loss_again, &error), FRINGE_OK);
    cr_expect_arr_eq(mine, theirs, count * sizeof *mine, "what was written is not what is read");
    cr_expect_eq(loss, loss_again);

    infer(path_of("net.onnx"), &batch, theirs, count);
    for (size_t i = 0; i < count; i++)
        cr_assert_leq(fabsf(mine[i] - theirs[i]), 1e-5f, "value %zu: %g, in the engine %g", i,
                      (double)mine[i], (double)theirs[i]);
    free(mine);
    free(theirs);
    train_batch_clear(&batch);
    trainer_free(t);
    trainer_free(again);
}

Test(train_trainer, exports_what_it_predicts)
{
    check_export(ARCHITECTURE_UNET, 1, 0);
    check_export(ARCHITECTURE_UNET, 0, 1);
    check_export(ARCHITECTURE_RESIDUAL_UNET, 1, 1);
    check_export(ARCHITECTURE_SEGNET, 1, 0);
}

Test(train_trainer, starts_from_a_model_with_other_classes_and_frozen_layers)
{
    struct trainer_settings settings = settings_of(ARCHITECTURE_UNET);
    struct trainer *t = make(&settings), *next;
    go(t, 0, 3, 2);
    settings.optimiser.average_decay = 0; /* the export holds averages */
    memcpy(t->mean_parameters, t->network.parameters, t->network.graph.parameter_count * sizeof(float));
    cr_assert_eq(trainer_export(t, path_of("start.onnx"), NULL), FRINGE_OK);
    settings.from_model = path_of("start.onnx");
    settings.architecture.classes = 5;
    settings.frozen_levels = 1;
    next = make(&settings);
    go(next, 0, 2, 2);
    const struct layer_graph *graph = &next->network.graph;
    cr_expect_eq(graph->layers[graph->count - 1].channels, 5);
    int frozen = 0;
    for (int i = 0; i < graph->count; i++) {
        const struct layer *layer = &graph->layers[i];
        size_t bytes = layer->weight_count * sizeof(float);
        const float *before = t->network.parameters + layer->weights,
                    *now = next->network.parameters + layer->weights;
        if (bytes == 0 || i == graph->count - 1) continue;
        cr_expect_eq(memcmp(before, now, bytes) == 0, layer->frozen, "layer %d", i);
        frozen += layer->frozen;
    }
    cr_expect_eq(frozen, 4, "two convolutions and their norms");
    trainer_free(t);
    trainer_free(next);
}

Test(train_trainer, refuses_batches_that_do_not_fit)
{
    struct trainer_settings settings = settings_of(ARCHITECTURE_UNET);
    struct trainer *t = make(&settings);
    struct train_batch batch = blobs(0, 24);
    fringe_error error = {0};
    double loss;
    batch.labels[17] = 3;
    cr_expect_eq(trainer_step(t, &batch, NULL, &loss, &error), FRINGE_ARGUMENT);
    cr_expect_str_eq(error.message, "batch: label 3, the network has 3 classes");
    batch.height_px = 22;
    cr_expect_eq(trainer_step(t, &batch, NULL, &loss, &error), FRINGE_ARGUMENT);
    batch.height_px = 24;
    batch.channels = 2;
    cr_expect_eq(trainer_step(t, &batch, NULL, &loss, &error), FRINGE_ARGUMENT);
    batch.channels = 1;
    batch.labels[17] = BATCH_IGNORED;
    batch.images[3] = NAN;
    cr_expect_eq(trainer_step(t, &batch, NULL, &loss, &error), FRINGE_MODEL);
    cr_expect_eq(trainer_steps_done(t), 0);
    train_batch_clear(&batch);
    trainer_free(t);
}

/* Told before hours of training, not when they are over. */
Test(train_trainer, odds_need_biases_to_hold_them)
{
    struct trainer_settings settings = settings_of(ARCHITECTURE_UNET);
    struct trainer *t = make(&settings), *next;
    struct layer *last = &t->network.graph.layers[t->network.graph.count - 1];
    fringe_error error;
    last->has_bias = 0;
    last->bias_count = 0;
    cr_assert_eq(trainer_export(t, path_of("bare.onnx"), NULL), FRINGE_OK);
    trainer_free(t);
    settings.from_model = path_of("bare.onnx");
    next = make(&settings);
    trainer_free(next);
    settings.class_odds[1] = 2;
    cr_expect_eq(trainer_create(&settings, &next, &error), FRINGE_UNSUPPORTED);
    cr_expect(strstr(error.message, "class_odds"), "%s", error.message);
    cr_expect_null(next);
}
