/* package_assume.c - a bare ONNX file: what it leaves unsaid. */
#include "base/failure.h"
#include "base/run_state.h"
#include "model/package_build.h"

/* Without a description the axes are guessed: (N, C, H, W), as nearly everybody writes, unless only the last
 * dimension looks like channels: tf2onnx's (N, H, W, C). */
static void assume_axes(const struct onnx_value *value, int channels_last, struct package_tensor *tensor)
{
    int rank = value->rank < 0 ? 4 : value->rank, spare = rank - 2;
    *tensor = (struct package_tensor){.name = value->name,
                                      .rank = rank,
                                      .batch_axis = -1,
                                      .channel_axis = -1,
                                      .y_axis = spare,
                                      .x_axis = spare + 1,
                                      .channel_count = 1,
                                      .height = {0, 1, 1},
                                      .width = {0, 1, 1},
                                      .test_file = ""};
    if (spare >= 1) tensor->channel_axis = spare - 1;
    if (spare >= 2) tensor->batch_axis = 0;
    if (channels_last) {
        tensor->y_axis = 1;
        tensor->x_axis = 2;
        tensor->channel_axis = 3;
    }
    if (tensor->channel_axis >= 0)
        tensor->channel_count =
            value->rank < 0 || value->dims[tensor->channel_axis] < 0 ? 0 : value->dims[tensor->channel_axis];
}

/* More channels than this at the end, or so few in the second place, and it is (N, C, H, W) after all. */
static int looks_channels_last(const struct onnx_value *value)
{
    enum { MOST_CHANNELS = 4 };
    if (value->rank != 4) return 0;
    return value->dims[3] >= 1 && value->dims[3] <= MOST_CHANNELS &&
           (value->dims[1] < 0 || value->dims[1] > MOST_CHANNELS);
}

/* The steps cannot be guessed from the network. Whole-image standardisation is what published HRTEM networks
 * were trained with, and does not depend on the intensity's unit; segment/ says it aloud of every image. */
fringe_status package_assume(struct package_build *build, fringe_error *error)
{
    static const struct step whole_image = {.kind = STEP_UNIT_SPREAD, .joint = 1, .eps = 1e-6};
    struct package *package = &build->package;
    const struct onnx_model *onnx = build->onnx;
    if (onnx->input_count == 0 || onnx->output_count == 0)
        return failure_set(error, FRINGE_MODEL, "%s: the network has %zu inputs and %zu outputs",
                           package->path, onnx->input_count, onnx->output_count);
    struct package_tensor *inputs = arena_array(build->arena, onnx->input_count, sizeof *inputs);
    struct package_tensor *outputs = arena_array(build->arena, onnx->output_count, sizeof *outputs);
    if (!inputs || !outputs) return failure_memory(error, package->path, sizeof *inputs);
    int channels_last = looks_channels_last(&onnx->inputs[0]);
    fringe_status status = FRINGE_OK;
    for (size_t i = 0; i < onnx->input_count; i++) {
        if (onnx->inputs[i].rank >= 0 && (onnx->inputs[i].rank < 2 || onnx->inputs[i].rank > 4)) {
            inputs[i] = (struct package_tensor){
                .name = onnx->inputs[i].name, .rank = onnx->inputs[i].rank, .test_file = ""};
            continue; /* no image */
        }
        assume_axes(&onnx->inputs[i], channels_last, &inputs[i]);
        status = package_agree_tensor(build, &onnx->inputs[i], &inputs[i], 1, error);
        if (status) return status;
    }
    inputs[0].steps = &whole_image;
    inputs[0].step_count = 1;
    for (size_t i = 0; i < onnx->output_count; i++) {
        int image = onnx->outputs[i].rank == 4 || onnx->outputs[i].rank < 0;
        assume_axes(&onnx->outputs[i], channels_last && image, &outputs[i]);
    }
    package->inputs = inputs;
    package->outputs = outputs;
    package->input_count = onnx->input_count;
    package->output_count = onnx->output_count;
    if (channels_last)
        run_state_notice(
            build->run, FRINGE_NOTICE_MODEL,
            "%s: its input is taken as (batch, height, width, channels), since its last dimension is %lld",
            package->path, (long long)onnx->inputs[0].dims[3]);
    return FRINGE_OK;
}
