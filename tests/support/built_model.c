#include "support/built_model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PROBE_PX = 64 };

void built_model_init(struct built_model *built, const struct onnx_model *onnx, int32_t input_channels,
                      enum output_kind kind)
{
    *built = (struct built_model){.onnx = *onnx};
    struct package_extent any = {.least = 1, .step = 1};
    built->input = (struct package_tensor){.name = onnx->inputs[0].name,
                                           .rank = 4,
                                           .channel_axis = 1,
                                           .y_axis = 2,
                                           .x_axis = 3,
                                           .channel_count = input_channels,
                                           .height = any,
                                           .width = any};
    built->output = built->input;
    built->output.name = onnx->outputs[0].name;
    built->package = (struct package){.path = "built",
                                      .described = 1,
                                      .onnx = &built->onnx,
                                      .input_count = 1,
                                      .output_count = 1,
                                      .inputs = &built->input,
                                      .outputs = &built->output,
                                      .polarity = ""};
    built->model = (fringe_model){
        .package = &built->package, .input = &built->input, .output = &built->output, .output_kind = kind};
    struct network *network;
    struct network_facts facts;
    fringe_error error;
    if (loaded_model_compile(&built->model, PROBE_PX, PROBE_PX, 0, NULL, &network, &error)) {
        fprintf(stderr, "%s\n", error.message);
        exit(1);
    }
    network_get_facts(network, &facts);
    built->model.info.input_channels = input_channels;
    built->model.info.output_channels = (int32_t)network_output(network, 0)->dims[1];
    built->model.info.stride_px = (int32_t)facts.stride;
    network_free(network);
}

int built_model_same_labels(const struct built_model *built, fringe_micrograph *micrograph,
                            const fringe_segment_options *options, const fringe_segmentation *result)
{
    fringe_segmentation other;
    fringe_segment_options labels_only = *options;
    labels_only.labels_only = 1;
    if (fringe_segment(&built->model, micrograph, 0, &labels_only, NULL, &other, NULL)) return 0;
    size_t labels = (size_t)result->plane_count * (size_t)result->height_px * (size_t)result->width_px;
    int same = other.kind == result->kind && other.plane_count == result->plane_count &&
               other.channel_count == result->channel_count && other.foreground == result->foreground &&
               (labels == 0 || !memcmp(other.labels, result->labels, labels)) &&
               (other.probability != NULL) == (result->kind == FRINGE_SEGMENT_VALUES);
    fringe_segmentation_free(&other);
    return same;
}

static void hear_notice(void *user, fringe_notice notice, const char *text)
{
    struct heard *heard = user;
    size_t used = strlen(heard->notices);
    snprintf(heard->notices + used, sizeof heard->notices - used, "%s ", fringe_notice_name(notice));
    snprintf(heard->text, sizeof heard->text, "%s", text);
}

static void hear_progress(void *user, int64_t done, int64_t total)
{
    struct heard *heard = user;
    if (done < heard->done) heard->fell = 1;
    heard->done = done;
    heard->total = total;
}

fringe_run *built_model_listen(int threads, struct heard *heard)
{
    fringe_run *run;
    fringe_error error;
    memset(heard, 0, sizeof *heard);
    if (fringe_run_create(threads, &run, &error)) {
        fprintf(stderr, "%s\n", error.message);
        exit(1);
    }
    fringe_run_set_notice(run, hear_notice, heard);
    fringe_run_set_progress(run, hear_progress, heard);
    return run;
}
