/* make_malformed_training.c - writes what stands in checkpoint/ and network_onnx/ beside it.
 *
 *     make_malformed_training tests/malformed      (a program of the build, to be run by hand)
 *
 * Each file is `<kind>-<defect>`: one thing is wrong with it, and the reader must say so. Files named
 * `<kind>-whole-<what>` are right. Checkpoints are without their digest, which the tests put behind them.
 */
#include <math.h>

#include "base/alloc.h"
#include "base/file.h"
#include "onnx/onnx_model.h"
#include "support/tiny_training.h"
#include "train/trainer.h"

static const char *folder;
static char work[] = "/tmp/malformed-training-XXXXXX";

static const char *path_of(const char *where, const char *name)
{
    static char path[512];
    snprintf(path, sizeof path, "%s/%s", where, name);
    return path;
}

static void must(int holds, const char *what)
{
    if (holds) return;
    fprintf(stderr, "%s: failed\n", what);
    exit(1);
}

/* ---- checkpoints ---- */

/* Where things lie in a checkpoint; training.c and trainer_files.c know. */
enum {
    VERSION = 8,
    NETWORK = 16,
    PARAMETERS = 88,
    EXTRA_BYTES = 104,
    STEPS = 112,
    ARRAYS = 120,
    RECORD_BYTES = 256 + 8 + 8 + 8 + 8,
    EPOCH_BYTES = 24,
    EPOCHS_FROM_END = EPOCH_BYTES + 16,
    BEST_FROM_END = EPOCH_BYTES + 8
};

static void stop(void *run, const fringe_train_progress *progress)
{
    if (progress->epoch == 1) fringe_run_cancel(run);
}

static void save_checkpoint(const char *defect, const unsigned char *bytes, size_t size)
{
    char name[128];
    snprintf(name, sizeof name, "checkpoint/checkpoint-%s.fringe", defect);
    FILE *stream = fopen(path_of(folder, name), "wb");
    must(stream && fwrite(bytes, 1, size, stream) == size && fclose(stream) == 0, name);
}

static void checkpoint_files(void)
{
    unsigned char *bytes;
    size_t size;
    fringe_run *run;
    must(!fringe_run_create(1, &run, NULL), "a run");
    must(tiny_training_run(work, run, stop, NULL) == FRINGE_CANCELLED, "a training");
    fringe_run_free(run);
    must(!file_read_all(path_of(work, TRAINING_CHECKPOINT), 1 << 20, &bytes, &size, NULL), "a checkpoint");
    size -= DIGEST_TEXT_BYTES;
    save_checkpoint("whole-behind-an-epoch", bytes, size);
    save_checkpoint("short", bytes, size - 1);
    save_checkpoint("head-alone", bytes, ARRAYS);
    save_checkpoint("empty", bytes, 0);
    const struct {
        const char *defect;
        size_t at;
        int64_t value;
    } numbers[] = {
        {"version-9", VERSION, 9 | (int64_t)0x01020304 << 32},
        {"network-of-another", NETWORK, 0x3030303030303030},
        {"extra-of-minus-1", EXTRA_BYTES, -1},
        {"extra-of-nothing", EXTRA_BYTES, 0},
        {"steps-negative", STEPS, INT64_MIN},
        {"steps-of-2e62", STEPS, INT64_C(1) << 62},
        {"steps-of-none", STEPS, 0},
        {"recipe-of-another", size - RECORD_BYTES - EPOCH_BYTES, 0x30},
        {"epochs-negative", size - EPOCHS_FROM_END, -1},
        {"epochs-of-2e62", size - EPOCHS_FROM_END, INT64_C(1) << 62},
        {"epochs-of-none", size - EPOCHS_FROM_END, 0},
        {"best-negative", size - BEST_FROM_END, -1},
        {"best-of-2e62", size - BEST_FROM_END, INT64_C(1) << 62},
        {"best-to-come", size - BEST_FROM_END, 1},
        {"weights-nan", ARRAYS, 0x7fc000007fc00000},
    };
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        unsigned char kept[8];
        memcpy(kept, bytes + numbers[i].at, sizeof kept);
        memcpy(bytes + numbers[i].at, &numbers[i].value, sizeof kept);
        save_checkpoint(numbers[i].defect, bytes, size);
        memcpy(bytes + numbers[i].at, kept, sizeof kept);
    }
    alloc_free(bytes);
}

/* ---- networks ---- */

static struct onnx_model *make_network(enum architecture_kind kind, int transposed, int batch_norm)
{
    struct trainer_settings settings = {.total_steps = 1};
    struct trainer *trainer;
    struct onnx_model *model;
    architecture_init(&settings.architecture);
    settings.architecture.kind = kind;
    settings.architecture.levels = 2;
    settings.architecture.widths[0] = settings.architecture.widths[1] = 2;
    settings.architecture.encoder_convolutions = settings.architecture.decoder_convolutions = 1;
    settings.architecture.transposed = transposed;
    settings.architecture.batch_norm = batch_norm;
    loss_settings_init(&settings.loss);
    optimiser_settings_init(&settings.optimiser);
    must(!trainer_create(&settings, &trainer, NULL), "a trainer");
    must(!trainer_export(trainer, path_of(work, "network.onnx"), NULL), "an export");
    trainer_free(trainer);
    must(!onnx_model_read(path_of(work, "network.onnx"), &model, NULL), "a network");
    return model;
}

static void save_network(const struct onnx_model *model, const char *defect)
{
    char name[128];
    snprintf(name, sizeof name, "network_onnx/network_onnx-%s.onnx", defect);
    must(!onnx_model_write(path_of(folder, name), model, NULL), name);
}

static void whole_networks(void)
{
    static const struct {
        const char *name;
        enum architecture_kind kind;
        int transposed, batch_norm;
    } networks[] = {{"whole-unet", ARCHITECTURE_UNET, 0, 1},
                    {"whole-transposed", ARCHITECTURE_UNET, 1, 0},
                    {"whole-residual", ARCHITECTURE_RESIDUAL_UNET, 0, 1},
                    {"whole-segnet", ARCHITECTURE_SEGNET, 0, 1}};
    for (size_t i = 0; i < sizeof networks / sizeof *networks; i++) {
        struct onnx_model *model =
            make_network(networks[i].kind, networks[i].transposed, networks[i].batch_norm);
        save_network(model, networks[i].name);
        onnx_model_free(model);
    }
}

/* The first node of a kind, to be changed. */
static struct onnx_node *node_of(const struct onnx_model *model, const char *kind)
{
    for (size_t i = 0; i < model->node_count; i++)
        if (!strcmp(model->nodes[i].op_type, kind)) return (struct onnx_node *)&model->nodes[i];
    must(0, kind);
    return NULL;
}

/* A network with one node more: nodes in front, then this one, then the others. */
static void save_with(const struct onnx_model *model, size_t before, const struct onnx_node *more,
                      size_t times, const char *defect)
{
    struct onnx_model longer = *model;
    struct onnx_node *nodes = calloc(model->node_count + times, sizeof *nodes);
    must(nodes != NULL, defect);
    memcpy(nodes, model->nodes, before * sizeof *nodes);
    for (size_t i = 0; i < times; i++) nodes[before + i] = *more;
    memcpy(nodes + before + times, model->nodes + before, (model->node_count - before) * sizeof *nodes);
    longer.nodes = nodes;
    longer.node_count += times;
    save_network(&longer, defect);
    free(nodes);
}

static void network_files(void)
{
    struct onnx_model *model = make_network(ARCHITECTURE_UNET, 1, 0);
    struct onnx_node *conv = node_of(model, "Conv"), *relu = node_of(model, "Relu"), kept = *conv;
    const struct onnx_node *pool = node_of(model, "MaxPool"), *up = node_of(model, "ConvTranspose");

    conv->op_type = "Gelu";
    save_network(model, "operator-unknown");
    *conv = kept;
    conv->inputs = up->inputs;
    save_network(model, "weights-of-another");
    *conv = kept;
    conv->input_count = 0;
    save_network(model, "inputs-of-none");
    *conv = kept;
    conv->attribute_count = 0;
    save_network(model, "pads-missing");
    *conv = kept;
    conv->output_count = 0;
    save_network(model, "outputs-of-none");
    *conv = kept;

    /* Values made twice: what is read is the later one. */
    struct onnx_node again = *relu;
    again.inputs = relu->outputs;
    save_with(model, 2, &again, 1, "relu-of-itself");
    save_with(model, 1, conv, 1, "conv-twice");
    save_with(model, 1, conv, 600, "layers-of-600");
    const struct onnx_node short_one = {"", "Relu", "", 1, 1, 0, relu->outputs, relu->outputs, NULL};
    save_with(model, 2, &short_one, 4200, "nodes-of-4200");
    again = *pool;
    again.inputs = relu->outputs;
    const char *const nobody[] = {"nobody"};
    again.outputs = nobody;
    save_with(model, 2, &again, 1, "value-for-nobody");
    again.outputs = relu->outputs;
    save_with(model, 2, &again, 40, "levels-of-40");
    again = *up;
    again.inputs = (const char *const[]){relu->outputs[0], up->inputs[1], up->inputs[2]};
    save_with(model, 2, &again, 1, "larger-than-the-image");

    struct onnx_model changed = *model;
    changed.node_count--;
    save_network(&changed, "end-missing");
    changed.node_count = 0;
    save_network(&changed, "nodes-of-none");
    changed = *model;
    changed.input_count = 0;
    save_network(&changed, "image-missing");
    changed = *model;
    struct onnx_value image = model->inputs[0];
    image.dims = (const int64_t[]){1, 70000, 8, 8};
    changed.inputs = &image;
    save_network(&changed, "channels-of-70000");
    image.dims = (const int64_t[]){1, 2, 8, 8};
    save_network(&changed, "channels-of-2");
    onnx_model_free(model);

    model = make_network(ARCHITECTURE_SEGNET, 0, 1);
    struct onnx_node *unpool = node_of(model, "MaxUnpool");
    unpool->inputs = (const char *const[]){unpool->inputs[0], unpool->inputs[0]};
    save_network(model, "unpool-by-no-pool");
    onnx_model_free(model);
}

int main(int count, char **arguments)
{
    if (count != 2) {
        fprintf(stderr, "usage: %s FOLDER\n", arguments[0]);
        return 2;
    }
    folder = arguments[1];
    must(mkdtemp(work) != NULL, work);
    checkpoint_files();
    whole_networks();
    network_files();
    file_remove_tree(work, NULL);
    return 0;
}
