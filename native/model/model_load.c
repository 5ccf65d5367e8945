#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "base/run_state.h"
#include "model/channels_first.h"
#include "model/loaded_model.h"
#include "model/model_find.h"
#include "model/output_reading.h"

enum { PROBE_PX = 256 }; /* a size at which networks are compiled to learn about them */

/* What compiling at one size tells. */
struct probe {
    struct network_facts facts;
    struct tensor output; /* shape alone */
};

/* The network with (N, C, H, W) images. */
static const struct onnx_model *network_of(const fringe_model *model)
{
    return model->channels_first ? model->channels_first : model->package->onnx;
}

fringe_status loaded_model_compile(const fringe_model *model, int64_t height_px, int64_t width_px,
                                   int64_t band_rows, const fringe_run *run, struct network **network,
                                   fringe_error *error)
{
    const struct package_tensor *input = model->input;
    fringe_status status = network_create_for_image(network_of(model), input->channel_count, height_px,
                                                    width_px, band_rows, run, network, error);
    return status ? failure_prefix(error, status, "%s: ", model->package->path) : FRINGE_OK;
}

const char *loaded_model_output_name(enum output_kind kind)
{
    switch (kind) {
    case OUTPUT_MASK:
        return "mask";
    case OUTPUT_CLASSES:
        return "classes";
    case OUTPUT_MASKS:
        return "masks";
    case OUTPUT_NUMBERS:
    case OUTPUT_VALUES:
        break;
    }
    return "values";
}

/* Compiles for a size and throws the network away: what is wanted is whether it can be, and what it tells. */
static fringe_status probe_at(const fringe_model *model, int64_t height, int64_t width, const fringe_run *run,
                              struct probe *probe, fringe_error *error)
{
    struct network *network;
    fringe_status status = loaded_model_compile(model, height, width, 0, run, &network, error);
    if (status) return status;
    network_get_facts(network, &probe->facts);
    probe->output = *network_output(network, 0);
    network_free(network);
    return FRINGE_OK;
}

static int is_image(const struct tensor *output, int64_t height, int64_t width)
{
    return output->rank == 4 && output->dims[2] == height && output->dims[3] == width;
}

fringe_status loaded_model_check_output(const fringe_model *model, const fringe_run *run, fringe_error *error)
{
    const struct tensor *output = &model->probe_output;
    int64_t height = model->probe_height, width = model->probe_width;
    int64_t stride = model->info.stride_px > 1 ? model->info.stride_px : 1;
    char shape[TENSOR_SHAPE_BYTES];
    struct probe probe;
    if (output->rank == 0 || is_image(output, height, width)) return FRINGE_OK;
    /* Some drop what is left of a size that is no multiple of their stride; images are padded to one. */
    int64_t taller = (height + stride - 1) / stride * stride, wider = (width + stride - 1) / stride * stride;
    if (probe_at(model, taller, wider, run, &probe, NULL) == FRINGE_OK &&
        is_image(&probe.output, taller, wider))
        return FRINGE_OK;
    return failure_set(
        error, FRINGE_MODEL, "%s: gives %s for an image of %lld x %lld pixels, no image of the same size",
        model->package->path, tensor_shape_text(output, shape), (long long)width, (long long)height);
}

/* The first allowed size that is not below PROBE_PX. */
static int64_t probe_size(const struct package_extent *extent)
{
    if (extent->fixed > 0) return extent->fixed;
    if (extent->least >= PROBE_PX) return extent->least;
    return extent->least + (PROBE_PX - extent->least + extent->step - 1) / extent->step * extent->step;
}

/* Whether an output axis grows with the input's: in proportion, or pixel for pixel. */
static int grows(int64_t in, int64_t out, int64_t in_more, int64_t out_more)
{
    return (out_more - out) * in == (in_more - in) * out || out_more - out == in_more - in;
}

/* A network that was exported with one size mostly computes any: tried at another size. */
static void free_size(fringe_model *model, int64_t height, int64_t width, const struct probe *at_fixed,
                      const fringe_run *run)
{
    struct probe probe;
    int64_t stride = at_fixed->facts.stride, taller = height + stride, wider = width + 2 * stride;
    int is_free = probe_at(model, taller, wider, run, &probe, NULL) == FRINGE_OK &&
                  probe.output.rank == at_fixed->output.rank && probe.output.rank == 4 &&
                  grows(height, at_fixed->output.dims[2], taller, probe.output.dims[2]) &&
                  grows(width, at_fixed->output.dims[3], wider, probe.output.dims[3]);
    if (is_free) {
        run_state_notice(run, FRINGE_NOTICE_SIZE_FREED,
                         "%s: made for images of %lld x %lld pixels; the network computes other sizes too",
                         model->package->path, (long long)height, (long long)width);
    } else {
        model->info.fixed_height_px = (int32_t)height;
        model->info.fixed_width_px = (int32_t)width;
    }
}

/* The input must be one image of floats. */
static fringe_status check_input(fringe_model *model, fringe_error *error)
{
    struct package *package = model->package;
    const struct onnx_value *value = &package->onnx->inputs[0];
    if (package->input_count != 1)
        return failure_set(error, FRINGE_UNSUPPORTED, "%s: has %zu inputs; Fringe runs networks of one image",
                           package->path, package->input_count);
    model->input = &package->inputs[0];
    model->output = &package->outputs[0];
    if (value->type != ONNX_FLOAT)
        return failure_set(error, FRINGE_UNSUPPORTED,
                           "%s: input '%s' is of ONNX type %d; Fringe runs float32 (%d)", package->path,
                           value->name, (int)value->type, ONNX_FLOAT);
    if (model->input->rank != 4 || model->input->batch_axis < 0 || model->input->channel_axis < 0)
        return failure_set(error, FRINGE_UNSUPPORTED,
                           "%s: input '%s' has %d axes; Fringe runs images with batch and channel, 4 in all",
                           package->path, value->name, model->input->rank);
    if (model->input->channel_count < 1)
        return failure_set(error, FRINGE_UNSUPPORTED, "%s: input '%s' does not say how many channels it has",
                           package->path, value->name);
    return FRINGE_OK;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* "Conv 21, MaxPool 4, ...", by name. */
static char *describe_operators(const struct onnx_model *onnx)
{
    enum { ROOM_BYTES = 24 }; /* of a number, the comma and the blanks */
    size_t bytes = 1, count = onnx->node_count, written = 0;
    const char **names = alloc_array(count, sizeof *names);
    if (!names) return NULL;
    for (size_t i = 0; i < count; i++) {
        names[i] = onnx->nodes[i].op_type;
        bytes += strlen(names[i]) + ROOM_BYTES;
    }
    qsort(names, count, sizeof *names, by_text);
    char *text = alloc_array(bytes, 1);
    for (size_t begin = 0, end; text && begin < count; begin = end) {
        for (end = begin + 1; end < count && strcmp(names[end], names[begin]) == 0;) end++;
        written += (size_t)snprintf(text + written, bytes - written, "%s%s %zu", begin ? ", " : "",
                                    names[begin], end - begin);
    }
    alloc_free(names);
    return text;
}

/* Gathers what users are told. Counts and costs come from the plan, not from the description. */
static fringe_status fill_info(fringe_model *model, const struct probe *probe, int64_t pixels,
                               fringe_error *error)
{
    const struct package *package = model->package;
    const struct tensor *output = &probe->output;
    fringe_model_info *info = &model->info;
    int64_t channels = output->rank == 4 ? output->dims[1] : 1;
    if (output->rank == 4 && model->output->channel_count > 0 && channels != model->output->channel_count)
        return failure_set(error, FRINGE_MODEL, "%s: output '%s' has %lld channels, %lld in its description",
                           package->path, package->onnx->outputs[0].name, (long long)channels,
                           (long long)model->output->channel_count);
    if (channels > INT32_MAX) return failure_set(error, FRINGE_MODEL, "%s: too many channels", package->path);
    model->output_kind =
        output_reading_decide(network_of(model), model->output, channels, &model->foreground);
    model->preparation = preparation_describe(package->lattice_filter ? "lattice filter" : NULL,
                                              model->input->steps, model->input->step_count, NULL);
    model->completion = preparation_describe(NULL, model->output->steps, model->output->step_count,
                                             package->drop_ghosts ? "ghosts out" : NULL);
    model->operators = describe_operators(package->onnx);
    model->output_names = alloc_array((size_t)channels, sizeof *model->output_names);
    if (!model->preparation || !model->completion || !model->operators || !model->output_names)
        return failure_memory(error, package->path, sizeof *info);
    for (int64_t i = 0; i < channels; i++)
        model->output_names[i] =
            model->output->channel_name_count == (size_t)channels ? model->output->channel_names[i] : "";
    info->name = package->name;
    info->description = package->description;
    info->version = package->version;
    info->license = package->license;
    info->format = package->format;
    info->path = package->path;
    info->sha256 = package->sha256;
    info->preparation = model->preparation;
    info->completion = model->completion;
    info->outputs = loaded_model_output_name(model->output_kind);
    info->operators = model->operators;
    info->opset = (int32_t)package->onnx->opset;
    info->input_channels = (int32_t)model->input->channel_count;
    info->output_channels = (int32_t)channels;
    info->output_names = model->output_names;
    info->stride_px = (int32_t)probe->facts.stride;
    info->receptive_field_px = probe->facts.reach_px < 0 ? 0 : (int32_t)(2 * probe->facts.reach_px + 1);
    info->streams = probe->facts.streams;
    info->parameter_count = probe->facts.parameter_count;
    info->flop_per_px = probe->facts.flop / (double)pixels;
    info->pixel_size_nm = package->pixel_size_nm;
    info->pixel_size_min_nm = package->pixel_size_min_nm;
    info->pixel_size_max_nm = package->pixel_size_max_nm;
    return FRINGE_OK;
}

/* From the files to a model that can be run: everything that can be refused is refused here. */
static fringe_status learn(fringe_model *model, const fringe_run *run, fringe_error *error)
{
    const struct package *package = model->package;
    struct probe probe;
    fringe_status status = graph_check_operators(package->onnx, error);
    if (status) return failure_prefix(error, status, "%s: ", package->path);
    status = check_input(model, error);
    if (!status) status = channels_first_create(package, &model->channels_first, error);
    if (status) return status;
    int64_t height = probe_size(&model->input->height), width = probe_size(&model->input->width);
    status = probe_at(model, height, width, run, &probe, error);
    if (status) return status;
    model->probe_height = height;
    model->probe_width = width;
    model->probe_output = probe.output;
    if (model->input->height.fixed > 0 || model->input->width.fixed > 0)
        free_size(model, height, width, &probe, run);
    if (package->output_count > 1)
        run_state_notice(run, FRINGE_NOTICE_MODEL, "%s: has %zu outputs; the first, '%s', is used",
                         package->path, package->output_count, model->output->name);
    return fill_info(model, &probe, height * width, error);
}

/* Who hears the notices while a model is loaded: the run's own listener, and the model. */
struct listener {
    const fringe_run *run;
    fringe_model *model;
};

static void on_notice(void *user, fringe_notice notice, const char *text)
{
    struct listener *listener = user;
    fringe_model *model = listener->model;
    const char *name = fringe_notice_name(notice);
    run_state_pass_notice(listener->run, notice, text);
    /* A notice is no reason to fail: for want of memory it is not kept. */
    char **grown = alloc_resize(model->notices, model->notice_count + 1, sizeof *grown);
    if (!grown) return;
    model->notices = grown;
    size_t bytes = strlen(name) + strlen(": ") + strlen(text) + 1;
    char *words = alloc_array(bytes, 1);
    if (!words) return;
    snprintf(words, bytes, "%s: %s", name, text);
    model->notices[model->notice_count++] = words;
}

fringe_status fringe_model_load(const char *path_or_name, const fringe_run *run, fringe_model **result,
                                fringe_error *error)
{
    char *path = NULL;
    const fringe_run *used = NULL;
    *result = NULL;
    fringe_model *model = alloc_array(1, sizeof *model);
    if (!model) return failure_memory(error, path_or_name, sizeof *model);
    fringe_status status = run_state_enter(run, &used, error);
    if (status) goto done;
    struct listener listener = {used, model};
    run_state_tap(used, on_notice, &listener);
    status = model_find(path_or_name, &path, error);
    if (!status) status = package_read(path, used, &model->package, error);
    if (!status) status = learn(model, used, error);
    run_state_tap(used, NULL, NULL);
    if (status) goto done;
    *result = model;
    model = NULL;
done:
    run_state_leave(run, used);
    alloc_free(path);
    fringe_model_free(model);
    return status;
}

void fringe_model_free(fringe_model *model)
{
    if (!model) return;
    channels_first_free(model->channels_first);
    package_free(model->package);
    alloc_free(model->preparation);
    alloc_free(model->completion);
    alloc_free(model->operators);
    alloc_free(model->output_names);
    for (size_t i = 0; i < model->notice_count; i++) alloc_free(model->notices[i]);
    alloc_free(model->notices);
    alloc_free(model);
}

void fringe_model_get_info(const fringe_model *model, fringe_model_info *info)
{
    *info = model->info;
}

fringe_status fringe_model_memory(const fringe_model *model, int32_t height_px, int32_t width_px,
                                  int64_t *bytes, fringe_error *error)
{
    struct probe probe;
    const fringe_run *run = NULL;
    if (height_px < 1 || width_px < 1)
        return failure_set(error, FRINGE_ARGUMENT, "size: %d x %d pixels", (int)height_px, (int)width_px);
    fringe_status status = run_state_enter(NULL, &run, error);
    if (!status) status = probe_at(model, height_px, width_px, run, &probe, error);
    run_state_leave(NULL, run);
    if (!status) *bytes = (int64_t)probe.facts.workspace_bytes;
    return status;
}
