#include "train/trainer.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cpu.h"
#include "base/failure.h"
#include "base/run_state.h"
#include "train/adam_kernels.h"
#include "train/layer_pass.h"
#include "train/network_onnx.h"
#include "train/trainer_state.h"

static const double momentum = 0.1; /* of a batch in the running statistics: the default of PyTorch */

/* ---- making and ending ---- */

static fringe_status take_arrays(struct trainer *t, fringe_error *error)
{
    size_t parameters = t->network.graph.parameter_count, statistics = t->network.graph.statistic_count;
    t->gradient = alloc_array(parameters, sizeof(float));
    t->moments = alloc_array(2 * parameters, sizeof(float));
    t->next_statistics = alloc_array(statistics, sizeof(float));
    t->mean_parameters = alloc_array(parameters, sizeof(float));
    t->mean_statistics = alloc_array(statistics, sizeof(float));
    if (!t->gradient || !t->moments || !t->next_statistics || !t->mean_parameters || !t->mean_statistics)
        return failure_memory(error, "the optimiser's state", 4 * (5 * parameters + 2 * statistics));
    memcpy(t->mean_parameters, t->network.parameters, parameters * sizeof(float));
    memcpy(t->mean_statistics, t->network.statistics, statistics * sizeof(float));
    return FRINGE_OK;
}

/* Weights of a file, all but those of a last layer whose number of classes changes. */
static fringe_status create_from_model(struct trainer *t, fringe_error *error)
{
    const struct trainer_settings *settings = &t->settings;
    struct network_onnx *read = alloc_array(1, sizeof *read);
    if (!read) return failure_memory(error, "a network's layers", sizeof *read);
    fringe_status status = network_onnx_read(settings->from_model, read, error);
    struct layer_graph *graph = &read->graph;
    if (!status && graph->layers[0].channels != settings->architecture.input_channels)
        status = failure_set(error, FRINGE_ARGUMENT, "%s: takes %d channels, the images have %d",
                             settings->from_model, (int)graph->layers[0].channels,
                             (int)settings->architecture.input_channels);
    if (!status) {
        size_t kept = graph->parameter_count;
        const struct layer last = graph->layers[graph->count - 1];
        if (last.channels != settings->architecture.classes) {
            kept = graph->parameter_count = last.weights;
            graph->count--;
            layer_graph_conv(graph, last.inputs[0], settings->architecture.classes, 1, 1, 0);
        }
        layer_graph_freeze(graph, settings->frozen_levels);
        status = train_network_create(graph, settings->seed, &t->network, error);
        if (!status) {
            memcpy(t->network.parameters, read->parameters, kept * sizeof(float));
            memcpy(t->network.statistics, read->statistics, graph->statistic_count * sizeof(float));
        }
    }
    network_onnx_clear(read);
    alloc_free(read);
    return status;
}

static fringe_status create_from_architecture(struct trainer *t, fringe_error *error)
{
    struct layer_graph *graph = alloc_array(1, sizeof *graph);
    fringe_status status = architecture_check(&t->settings.architecture, error);
    if (!graph) status = failure_memory(error, "a network's layers", sizeof *graph);
    if (!status) {
        layer_graph_build(&t->settings.architecture, graph);
        layer_graph_freeze(graph, t->settings.frozen_levels);
        status = graph->full ? failure_set(error, FRINGE_UNSUPPORTED, "network: more than %d layers",
                                           LAYER_GRAPH_MOST)
                             : train_network_create(graph, t->settings.seed, &t->network, error);
    }
    alloc_free(graph);
    return status;
}

static fringe_status check_odds(const struct trainer *t, fringe_error *error)
{
    const struct layer *last = &t->network.graph.layers[t->network.graph.count - 1];
    if (last->kind == LAYER_CONV && last->has_bias) return FRINGE_OK;
    for (int32_t c = 0; c < last->channels; c++)
        if (t->settings.class_odds[c] > 0)
            return failure_set(error, FRINGE_UNSUPPORTED,
                               "class_odds: the network's last layer has no biases to hold them");
    return FRINGE_OK;
}

fringe_status trainer_create(const struct trainer_settings *settings, struct trainer **result,
                             fringe_error *error)
{
    *result = NULL;
    struct trainer *t = alloc_array(1, sizeof *t);
    if (!t) return failure_memory(error, "a trainer", sizeof *t);
    t->settings = *settings;
    fringe_status status = FRINGE_OK;
    if (settings->architecture.classes < 2 || settings->architecture.classes > ARCHITECTURE_MOST_CLASSES)
        status = failure_set(error, FRINGE_ARGUMENT, "network: %d classes, not 2 to %d",
                             (int)settings->architecture.classes, (int)ARCHITECTURE_MOST_CLASSES);
    if (!status) status = loss_settings_check(&settings->loss, settings->architecture.classes, error);
    if (!status) status = optimiser_settings_check(&settings->optimiser, error);
    if (!status)
        status = settings->from_model ? create_from_model(t, error) : create_from_architecture(t, error);
    if (!status) status = check_odds(t, error);
    if (!status) status = take_arrays(t, error);
    if (status)
        trainer_free(t);
    else
        *result = t;
    return status;
}

void trainer_free(struct trainer *t)
{
    if (!t) return;
    workspace_clear(&t->training);
    workspace_clear(&t->predicting);
    train_network_clear(&t->network);
    alloc_free(t->gradient);
    alloc_free(t->moments);
    alloc_free(t->next_statistics);
    alloc_free(t->mean_parameters);
    alloc_free(t->mean_statistics);
    alloc_free(t);
}

int32_t trainer_stride_px(const struct trainer *t)
{
    return layer_graph_stride_px(&t->network.graph);
}

int64_t trainer_parameter_count(const struct trainer *t)
{
    return (int64_t)t->network.graph.parameter_count;
}

int64_t trainer_steps_done(const struct trainer *t)
{
    return t->steps;
}

/* ---- batches ---- */

static fringe_status check_batch(const struct trainer *t, const struct train_batch *batch,
                                 fringe_error *error)
{
    int32_t stride = trainer_stride_px(t), channels = t->network.graph.layers[0].channels;
    int32_t classes = t->network.graph.layers[t->network.graph.count - 1].channels;
    if (batch->channels != channels)
        return failure_set(error, FRINGE_ARGUMENT, "batch: %d channels, the network takes %d",
                           (int)batch->channels, (int)channels);
    if (batch->count < 1 || batch->height_px < 1 || batch->width_px < 1 || batch->height_px % stride ||
        batch->width_px % stride)
        return failure_set(error, FRINGE_ARGUMENT,
                           "batch: %d images of %d x %d pixels: sides must be multiples of %d",
                           (int)batch->count, (int)batch->width_px, (int)batch->height_px, (int)stride);
    size_t pixels = (size_t)batch->count * (size_t)batch->height_px * (size_t)batch->width_px;
    int32_t most = 0;
    for (size_t i = 0; i < pixels; i++) most = batch->labels[i] > most ? batch->labels[i] : most;
    if (most >= classes)
        return failure_set(error, FRINGE_ARGUMENT, "batch: label %d, the network has %d classes", (int)most,
                           (int)classes);
    return FRINGE_OK;
}

/* The workspace of a size, kept from batch to batch. */
static fringe_status open_workspace(const struct trainer *t, struct workspace *w,
                                    const struct train_batch *batch, int training, const fringe_run *run,
                                    fringe_error *error)
{
    int workers = fringe_run_threads(run);
    if (w->memory && w->images == batch->count && w->height == batch->height_px &&
        w->width == batch->width_px && w->workers >= workers)
        return FRINGE_OK;
    workspace_clear(w);
    return workspace_create(&t->network, batch->count, batch->height_px, batch->width_px, training, workers,
                            w, error);
}

/* ---- one step ---- */

static void move_averages(struct trainer *t)
{
    float share = (float)optimiser_average_share(&t->settings.optimiser, t->steps);
    CPU_CHOOSE(adam)->average(t->network.graph.parameter_count, share, t->network.parameters,
                              t->mean_parameters);
    CPU_CHOOSE(adam)->average(t->network.graph.statistic_count, share, t->network.statistics,
                              t->mean_statistics);
}

static fringe_status step(struct trainer *t, const struct train_batch *batch, const fringe_run *run,
                          double *loss, fringe_error *error)
{
    struct workspace *w = &t->training;
    int last = t->network.graph.count - 1;
    size_t statistics = t->network.graph.statistic_count * sizeof(float);
    fringe_status status = open_workspace(t, w, batch, 1, run, error);
    if (status) return status;
    struct layer_pass pass = {.network = &t->network,
                              .workspace = w,
                              .parameters = t->network.parameters,
                              .statistics = t->network.statistics,
                              .gradient = t->gradient,
                              .next_statistics = t->next_statistics,
                              .momentum = momentum,
                              .run = run};
    memcpy(t->next_statistics, t->network.statistics, statistics);
    status = train_network_pack(&t->network, t->network.parameters, 1, run, error);
    if (!status) status = layer_pass_forward(&pass, batch->images, error);
    if (!status)
        status = loss_find(&t->settings.loss, &w->values[last], batch->labels, &w->gradients[last], 1, loss,
                           run, error);
    if (!status && !isfinite(*loss))
        status = failure_set(error, FRINGE_MODEL, "step %lld: the loss is not finite any more",
                             (long long)t->steps);
    if (!status) status = layer_pass_back(&pass, error);
    if (!status)
        status = optimiser_apply(&t->settings.optimiser, t->steps, t->settings.total_steps, &t->network,
                                 t->gradient, t->moments, run, error);
    if (status) return status;
    memcpy(t->network.statistics, t->next_statistics, statistics);
    move_averages(t);
    t->steps++;
    return FRINGE_OK;
}

fringe_status trainer_step(struct trainer *t, const struct train_batch *batch, const fringe_run *run,
                           double *loss, fringe_error *error)
{
    const fringe_run *used = NULL;
    fringe_status status = check_batch(t, batch, error);
    if (!status) status = run_state_enter(run, &used, error);
    if (status) return status;
    uint64_t state = cpu_float_enter();
    status = step(t, batch, used, loss, error);
    cpu_float_restore(state);
    run_state_leave(run, used);
    return status;
}

/* ---- prediction ---- */

static fringe_status predict(struct trainer *t, const struct train_batch *batch, const fringe_run *run,
                             float *probabilities, double *loss, fringe_error *error)
{
    struct workspace *w = &t->predicting;
    struct planes maps;
    double found;
    float *memory = NULL;
    fringe_status status = open_workspace(t, w, batch, 0, run, error);
    if (!status) status = train_network_pack(&t->network, t->mean_parameters, 0, run, error);
    if (status) return status;
    struct layer_pass pass = {.network = &t->network,
                              .workspace = w,
                              .parameters = t->mean_parameters,
                              .statistics = t->mean_statistics,
                              .run = run};
    const struct planes *values = &w->values[t->network.graph.count - 1];
    planes_lay_out(&maps, values->images, values->channels, values->height, values->width);
    memory = alloc_aligned(planes_floats(&maps), sizeof(float));
    if (!memory) return failure_memory(error, "probabilities", 4 * planes_floats(&maps));
    maps.data = planes_data(&maps, memory);
    status = layer_pass_forward(&pass, batch->images, error);
    if (!status) status = loss_find(&t->settings.loss, values, batch->labels, &maps, 0, &found, run, error);
    if (!status && loss) *loss = found;
    for (int32_t n = 0; n < maps.images && !status; n++)
        for (int32_t c = 0; c < maps.channels; c++)
            for (int32_t y = 0; y < maps.height; y++, probabilities += maps.width)
                memcpy(probabilities, planes_row(&maps, n, c, y), (size_t)maps.width * sizeof(float));
    alloc_free(memory);
    return status;
}

fringe_status trainer_predict(struct trainer *t, const struct train_batch *batch, const fringe_run *run,
                              float *probabilities, double *loss, fringe_error *error)
{
    const fringe_run *used = NULL;
    fringe_status status = check_batch(t, batch, error);
    if (!status) status = run_state_enter(run, &used, error);
    if (status) return status;
    uint64_t state = cpu_float_enter();
    status = predict(t, batch, used, probabilities, loss, error);
    cpu_float_restore(state);
    run_state_leave(run, used);
    return status;
}
