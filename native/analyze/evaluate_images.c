#include "analyze/evaluate_images.h"

#include <stdio.h>
#include <string.h>

#include "analyze/batch_inputs.h"
#include "analyze/evaluate_tally.h"
#include "base/alloc.h"
#include "base/failure.h"
#include "base/run_state.h"
#include "io/label_read.h"

void evaluate_images_free(struct evaluate_images *images)
{
    for (size_t i = 0; i < images->count; i++) {
        alloc_free(images->items[i].path);
        alloc_free(images->items[i].label_path);
    }
    alloc_free(images->items);
    *images = (struct evaluate_images){0};
}

static int is_named(const char *const *paths, size_t path_count, const char *path)
{
    for (size_t i = 0; i < path_count; i++)
        if (!strcmp(paths[i], path)) return 1;
    return 0;
}

static fringe_status add_image(struct evaluate_images *images, const char *path, const char *label_directory,
                               struct label_folder *folder, fringe_error *error)
{
    struct evaluate_image *image = &images->items[images->count];
    fringe_status status = label_read_find(path, label_directory, folder, &image->label_path, error);
    if (status) return status;
    images->count++;
    image->path = alloc_text(path);
    return image->path ? FRINGE_OK : failure_memory(error, path, strlen(path));
}

fringe_status evaluate_images_collect(const char *const *paths, size_t path_count,
                                      const fringe_evaluate_options *options, const fringe_run *run,
                                      struct evaluate_images *images, fringe_error *error)
{
    struct batch_inputs inputs = {0};
    struct label_folder folder = {0};
    *images = (struct evaluate_images){0};
    fringe_status status =
        batch_inputs_collect(&inputs, paths, path_count, BATCH_MICROGRAPHS, options->recursive, run, error);
    if (status) goto done;
    images->items = alloc_array(inputs.count, sizeof *images->items);
    if (!images->items) {
        status = failure_memory(error, "the images", inputs.count * sizeof *images->items);
        goto done;
    }
    for (size_t i = 0; i < inputs.count && !status; i++) {
        const struct batch_input *input = &inputs.items[i];
        if (input->failure)
            status = failure_set(error, FRINGE_FILE, "%s", input->failure);
        else if (input->own_output)
            run_state_notice(run, FRINGE_NOTICE_OWN_OUTPUT, "%s: was written by Fringe and is passed over",
                             input->path);
        else if (!label_read_has_suffix(input->path) || is_named(paths, path_count, input->path))
            status = add_image(images, input->path, options->truth_directory, &folder, error);
    }
    if (!status && images->count == 0)
        status = failure_set(error, FRINGE_ARGUMENT, "no image is in the %zu inputs", path_count);
done:
    label_folder_clear(&folder);
    batch_inputs_free(&inputs);
    if (status) evaluate_images_free(images);
    return status;
}

/* Marks the values that the labels of an image hold. */
static fringe_status look_at(const struct evaluate_image *image, const fringe_run *run, int used[256],
                             fringe_error *error)
{
    fringe_micrograph *micrograph = NULL, *labels = NULL;
    fringe_micrograph_info info;
    uint8_t *values = NULL;
    fringe_status status = fringe_micrograph_open(image->path, run, &micrograph, error);
    if (status) goto done;
    fringe_micrograph_get_info(micrograph, &info);
    size_t pixels = (size_t)info.height_px * (size_t)info.width_px;
    values = alloc_array(pixels, 1);
    if (!values) {
        status = failure_memory(error, image->label_path, pixels);
        goto done;
    }
    status = label_read_open(image->label_path, info.height_px, info.width_px, info.slice_count, run, &labels,
                             error);
    for (int32_t slice = 0; slice < info.slice_count && !status; slice++) {
        status = label_read_slice(labels, slice, values, error);
        for (size_t i = 0; i < pixels && !status; i++) used[values[i]] = 1;
    }
done:
    alloc_free(values);
    fringe_micrograph_free(labels);
    fringe_micrograph_free(micrograph);
    return status;
}

/* The number of classes that the values speak of. */
static fringe_status count_classes(const int used[256], int ignore, int *class_count, fringe_error *error)
{
    int count = 0, largest = 0;
    char list[128] = "";
    for (int value = 0; value < 256; value++) {
        if (!used[value] || value == ignore) continue;
        count++;
        largest = value;
        if (count <= 8)
            snprintf(list + strlen(list), sizeof list - strlen(list), "%s%d", count > 1 ? "," : "", value);
    }
    if (count < 2 || (count == 2 && used[0])) {
        *class_count = 2;
        return FRINGE_OK;
    }
    *class_count = largest + 1;
    if (largest < count) return FRINGE_OK;
    return failure_set(
        error, FRINGE_ARGUMENT,
        "the labels hold %d values (%s%s), which are not 0 to %d: --classes says which value is "
        "class 0, 1, ...",
        count, list, count > 8 ? ",..." : "", count - 1);
}

fringe_status evaluate_labels_decide(const fringe_evaluate_options *options,
                                     const struct evaluate_images *images, int class_count,
                                     const fringe_run *run, struct evaluate_labels *labels,
                                     fringe_error *error)
{
    int used[256] = {0};
    fringe_status status = FRINGE_OK;
    if (options->classes && class_count && (size_t)class_count != options->class_count)
        return failure_set(error, FRINGE_ARGUMENT, "--classes names %zu classes, the models tell %d apart",
                           options->class_count, class_count);
    if (options->classes) class_count = (int)options->class_count;
    if (!class_count) {
        for (size_t i = 0; i < images->count && !status; i++)
            status = look_at(&images->items[i], run, used, error);
        if (!status) status = count_classes(used, options->ignore, &class_count, error);
        if (status) return status;
    }
    if (class_count < 2 || class_count > FRINGE_EVALUATE_MOST_CLASSES)
        return failure_set(error, FRINGE_ARGUMENT, "%d classes are not 2 to %d", class_count,
                           FRINGE_EVALUATE_MOST_CLASSES);
    labels->class_count = class_count;
    for (int value = 0; value < 256; value++) {
        int known = value < class_count || class_count == 2;
        labels->class_of[value] = (uint8_t)(known ? (value < class_count ? value : 1) : EVALUATE_UNKNOWN);
        if (options->classes) labels->class_of[value] = EVALUATE_UNKNOWN;
    }
    for (int k = 0; k < class_count && options->classes; k++)
        labels->class_of[options->classes[k]] = (uint8_t)k;
    if (options->ignore >= 0) labels->class_of[options->ignore] = EVALUATE_UNLABELLED;
    return FRINGE_OK;
}

fringe_status evaluate_labels_apply(const struct evaluate_labels *labels, const char *label_path,
                                    uint8_t *values, int32_t height_px, int32_t width_px, fringe_error *error)
{
    size_t width = (size_t)width_px, pixels = (size_t)height_px * width;
    for (size_t i = 0; i < pixels; i++) {
        uint8_t value = values[i];
        values[i] = labels->class_of[value];
        if (values[i] == EVALUATE_UNKNOWN)
            return failure_set(
                error, FRINGE_ARGUMENT,
                "%s: the pixel in row %zu, column %zu has the label %d, which none of the %d classes "
                "has; --classes says which value is class 0, 1, ..., --ignore what is not scored",
                label_path, i / width, i % width, value, labels->class_count);
    }
    return FRINGE_OK;
}
