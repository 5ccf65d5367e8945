/* fuzz_network_onnx.c - any bytes as an ONNX file to train on; what can be read takes a step.
 */
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "train/network_onnx.h"
#include "train/trainer.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

enum { MOST_STRIDE_PX = 16, MOST_CHANNELS = 64 }; /* of networks that are run: larger ones only take longer */

static char path[] = "/tmp/fuzz-network-XXXXXX";

static void remove_file(void)
{
    unlink(path);
}

static void take_step(const struct layer_graph *graph, const fringe_run *run)
{
    struct trainer_settings settings = {.total_steps = 1, .from_model = path};
    struct trainer *trainer;
    fringe_error error;
    double loss;
    architecture_init(&settings.architecture);
    settings.architecture.input_channels = graph->layers[0].channels;
    loss_settings_init(&settings.loss);
    optimiser_settings_init(&settings.optimiser);
    /* What was read once is read again, whatever its number of classes. */
    if (trainer_create(&settings, &trainer, &error)) abort();
    int32_t side = trainer_stride_px(trainer);
    struct train_batch batch = {1, graph->layers[0].channels, side, side, NULL, NULL};
    if (train_batch_allocate(&batch, &error)) abort();
    trainer_step(trainer, &batch, run, &loss, &error); /* weights may be NaN */
    train_batch_clear(&batch);
    trainer_free(trainer);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static int descriptor = -1;
    static fringe_run *run; /* one for all inputs: threads take longer to start than most files to read */
    static struct network_onnx network;
    fringe_error error;
    if (descriptor < 0 && ((descriptor = mkstemp(path)) < 0 || atexit(remove_file))) abort();
    if (!run && fringe_run_create(1, &run, NULL)) abort();
    if (ftruncate(descriptor, 0) || pwrite(descriptor, bytes, size, 0) != (ssize_t)size) abort();
    if (network_onnx_read(path, &network, &error)) return 0;
    int small = layer_graph_stride_px(&network.graph) <= MOST_STRIDE_PX;
    for (int i = 0; i < network.graph.count; i++) small &= network.graph.layers[i].channels <= MOST_CHANNELS;
    if (small) take_step(&network.graph, run);
    network_onnx_clear(&network);
    return 0;
}
