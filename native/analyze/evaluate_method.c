#include "analyze/evaluate_method.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "stats/confusion.h"

fringe_status evaluate_method_load(const char *name, const fringe_run *run, struct evaluate_method *method,
                                   int *class_count, fringe_error *error)
{
    *method = (struct evaluate_method){.name = name};
    fringe_error said;
    fringe_status status = fringe_model_load(name, run, &method->model, &said);
    if (status == FRINGE_MEMORY || status == FRINGE_CANCELLED)
        return failure_set(error, status, "%s", said.message);
    if (status) return failure_set(error, FRINGE_MODEL, "%s", said.message);
    fringe_model_get_info(method->model, &method->info);
    *class_count = !strcmp(method->info.outputs, "mask") ? 2 : (int)method->info.output_channels;
    if (strcmp(method->info.outputs, "mask") != 0 && strcmp(method->info.outputs, "classes") != 0)
        return failure_set(error, FRINGE_MODEL, "%s: gives %s; only masks and classes can be evaluated", name,
                           method->info.outputs);
    return FRINGE_OK;
}

fringe_status evaluate_method_find(const char *name, struct evaluate_method *method, fringe_error *error)
{
    int found = baseline_find(name);
    *method = (struct evaluate_method){.name = name};
    if (found >= 0) {
        method->baseline = (enum baseline_method)found;
        return FRINGE_OK;
    }
    char known[128] = "";
    for (int i = 0; i < BASELINE_COUNT; i++)
        snprintf(known + strlen(known), sizeof known - strlen(known), "%s%s", i ? ", " : "",
                 baseline_name((enum baseline_method)i));
    return failure_set(error, FRINGE_ARGUMENT, "baseline '%s' is none of %s", name, known);
}

void evaluate_method_clear(struct evaluate_method *method)
{
    fringe_model_free(method->model);
    *method = (struct evaluate_method){0};
}

/* The probability of the class that each pixel was given. */
static void take_confidence(const fringe_segmentation *result, const uint8_t *predicted, float *confidence)
{
    size_t pixels = (size_t)result->width_px * (size_t)result->height_px;
    const float *foreground = result->probability + (size_t)result->foreground * pixels;
    for (size_t i = 0; i < pixels; i++)
        if (result->kind == FRINGE_SEGMENT_MASK)
            confidence[i] = predicted[i] ? foreground[i] : 1 - foreground[i];
        else
            confidence[i] = result->probability[predicted[i] * pixels + i];
}

static fringe_status apply_model(const struct evaluate_method *method, const struct evaluate_scene *scene,
                                 const fringe_run *run, uint8_t *predicted, float *confidence,
                                 fringe_error *error)
{
    fringe_segmentation result;
    fringe_status status =
        fringe_segment(method->model, scene->micrograph, scene->slice, scene->options, run, &result, error);
    if (status) return status;
    size_t pixels = (size_t)result.width_px * (size_t)result.height_px;
    for (size_t i = 0; i < pixels; i++)
        predicted[i] = result.kind == FRINGE_SEGMENT_MASK ? result.labels[i] != 0 : result.labels[i];
    take_confidence(&result, predicted, confidence);
    fringe_segmentation_free(&result);
    return FRINGE_OK;
}

/* Names the groups so that most pixels are right: every way to name them is tried. */
static void name_groups(const struct confusion *table, int *names)
{
    int count = table->class_count, order[BASELINE_MOST_GROUPS], turns[BASELINE_MOST_GROUPS] = {0};
    int64_t most = -1;
    for (int k = 0; k < count; k++) order[k] = k;
    for (int i = 0; i < count;) { /* Heap's permutations */
        int64_t right = 0;
        for (int k = 0; k < count; k++) right += table->counts[order[k] * count + k];
        if (right > most) {
            most = right;
            memcpy(names, order, (size_t)count * sizeof *names);
        }
        for (; i < count && turns[i] >= i; i++) turns[i] = 0;
        if (i == count) break;
        int with = i % 2 ? turns[i] : 0, kept = order[with];
        order[with] = order[i];
        order[i] = kept;
        turns[i]++;
        i = 0;
    }
}

static fringe_status name_classes(const struct evaluate_scene *scene, size_t pixels, uint8_t *predicted,
                                  fringe_error *error)
{
    struct confusion table;
    int names[BASELINE_MOST_GROUPS];
    fringe_status status = confusion_create(scene->class_count, &table, error);
    if (!status) status = confusion_add(&table, scene->truth, predicted, pixels, 255, error);
    if (!status) name_groups(&table, names);
    for (size_t i = 0; i < pixels && !status; i++) predicted[i] = (uint8_t)names[predicted[i]];
    confusion_clear(&table);
    return status;
}

/* The rectangle that is no data bar, as the networks see it; what lies outside is class 0. */
static fringe_status find_rectangle(const struct evaluate_scene *scene, fringe_excluded *excluded,
                                    fringe_error *error)
{
    fringe_micrograph_info info;
    fringe_micrograph_get_info(scene->micrograph, &info);
    if (scene->options->exclude_bottom_px < 0)
        return fringe_micrograph_find_bars(scene->micrograph, excluded, error);
    *excluded = (fringe_excluded){.bottom_px = scene->options->exclude_bottom_px};
    if (excluded->bottom_px < info.height_px) return FRINGE_OK;
    return failure_set(error, FRINGE_ARGUMENT, "%ld rows to exclude at the bottom: the image has %ld",
                       (long)excluded->bottom_px, (long)info.height_px);
}

static fringe_status apply_baseline(const struct evaluate_method *method, const struct evaluate_scene *scene,
                                    const fringe_run *run, uint8_t *predicted, fringe_error *error)
{
    fringe_micrograph_info info;
    fringe_excluded out;
    fringe_micrograph_get_info(scene->micrograph, &info);
    fringe_status status = find_rectangle(scene, &out, error);
    if (status) return status;
    size_t width = (size_t)info.width_px, pixels = width * (size_t)info.height_px;
    int32_t inner_height = info.height_px - out.top_px - out.bottom_px;
    int32_t inner_width = info.width_px - out.left_px - out.right_px;
    size_t inner = (size_t)inner_height * (size_t)inner_width, row_px = (size_t)inner_width;
    float *whole = alloc_aligned(pixels, sizeof *whole);
    uint8_t *groups = alloc_array(2 * inner, 1), *truth = groups ? groups + inner : NULL;
    if (!whole || !groups) {
        status = failure_memory(error, method->name, pixels * sizeof *whole + 2 * inner);
        goto done;
    }
    status = fringe_micrograph_read(scene->micrograph, scene->slice, 0, whole, error);
    if (status) goto done;
    for (int32_t y = 0; y < inner_height; y++) {
        size_t from = (size_t)(y + out.top_px) * width + (size_t)out.left_px, to = (size_t)y * row_px;
        memmove(whole + to, whole + from, row_px * sizeof *whole);
        memcpy(truth + to, scene->truth + from, row_px);
    }
    double nm = scene->options->pixel_size_nm;
    if (!(nm > 0)) nm = (info.nm_per_px_x + info.nm_per_px_y) / 2;
    struct baseline_plane plane = {whole, inner_height, inner_width, nm, truth};
    struct evaluate_scene rectangle = *scene;
    rectangle.truth = truth;
    status = baseline_run(method->baseline, &plane, scene->class_count, run, groups, error);
    if (!status && method->baseline != BASELINE_THRESHOLD)
        status = name_classes(&rectangle, inner, groups, error);
    if (status) goto done;
    memset(predicted, 0, pixels);
    for (int32_t y = 0; y < inner_height; y++)
        memcpy(predicted + (size_t)(y + out.top_px) * width + out.left_px, groups + (size_t)y * row_px,
               row_px);
done:
    alloc_free(whole);
    alloc_free(groups);
    return status;
}

fringe_status evaluate_method_apply(const struct evaluate_method *method, const struct evaluate_scene *scene,
                                    const fringe_run *run, uint8_t *predicted, float *confidence,
                                    int *has_confidence, fringe_error *error)
{
    *has_confidence = method->model != NULL;
    return method->model ? apply_model(method, scene, run, predicted, confidence, error)
                         : apply_baseline(method, scene, run, predicted, error);
}
