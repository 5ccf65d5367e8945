#include "train/forest_crops.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "base/file.h"
#include "base/path.h"
#include "base/run_state.h"
#include "faults/fault_classes.h"
#include "fringe/faults.h"
#include "fringe/micrograph.h"

/* Files between two reports of progress, and two looks at whether the caller cancelled. */
enum { BLOCK = 32 };

/* One file and what came of it. */
struct crop_file {
    char *path;
    uint16_t class_index;
    float *rows; /* (row_count, feature_count) */
    size_t row_count;
    char sha256[DIGEST_TEXT_BYTES];
    fringe_status status;
    fringe_error error;
};

struct crop_list {
    struct crop_file *files;
    size_t count, capacity;
    const int *chosen; /* (feature_count) of enum fault_feature */
    uint32_t feature_count;
    size_t first; /* of the block under way */
};

/* ---- what there is ---- */

static fringe_status add_file(struct crop_list *list, const char *folder, const char *name,
                              size_t class_index, fringe_error *error)
{
    struct file_facts facts;
    char *path = path_join(folder, name);
    if (path && list->count == list->capacity) {
        size_t capacity = 2 * list->capacity + 256;
        struct crop_file *files = alloc_resize(list->files, capacity, sizeof *files);
        if (files) {
            list->files = files;
            list->capacity = capacity;
        }
    }
    if (!path || list->count == list->capacity) {
        alloc_free(path);
        return failure_memory(error, folder, (list->count + 1) * sizeof *list->files);
    }
    list->files[list->count++] = (struct crop_file){.path = path, .class_index = (uint16_t)class_index};
    file_look(path, &facts);
    if (facts.kind == FILE_REGULAR) return FRINGE_OK;
    return failure_set(error, FRINGE_FORMAT, "%s: no file: the crops of a class lie in its folder itself",
                       path);
}

static fringe_status add_class(struct crop_list *list, const char *folder, size_t class_index,
                               fringe_error *error)
{
    struct file_names names;
    size_t before = list->count;
    fringe_status status = file_list(folder, &names, error);
    if (status) return status;
    for (size_t i = 0; i < names.count && !status; i++)
        if (names.names[i][0] != '.') status = add_file(list, folder, names.names[i], class_index, error);
    if (!status && list->count == before)
        status = failure_set(error, FRINGE_FORMAT, "%s: a class without crops", folder);
    file_names_free(&names);
    return status;
}

/* The folders in `folder`, in the order of their bytes, are the classes. */
static fringe_status find_classes(const char *folder, struct crop_list *list, struct forest_samples *samples,
                                  fringe_error *error)
{
    struct file_names names;
    size_t count = 0;
    fringe_status status = file_list(folder, &names, error);
    if (status) return status;
    samples->class_names = alloc_array(names.count, sizeof *samples->class_names);
    samples->owned_names = alloc_array(names.count, sizeof *samples->owned_names);
    if (!samples->class_names || !samples->owned_names)
        status = failure_memory(error, folder, names.count * sizeof *names.names);
    for (size_t i = 0; i < names.count && !status; i++) {
        struct file_facts facts;
        char *path = path_join(folder, names.names[i]);
        if (!path) {
            status = failure_memory(error, folder, strlen(folder));
            break;
        }
        file_look(path, &facts);
        if (facts.kind == FILE_DIRECTORY && names.names[i][0] != '.') {
            samples->class_names[count] = samples->owned_names[count] = alloc_text(names.names[i]);
            status = samples->class_names[count] ? add_class(list, path, count, error)
                                                 : failure_memory(error, folder, strlen(path));
            samples->owned_count = ++count;
        }
        alloc_free(path);
    }
    if (!status && (count < 2 || count > FOREST_MOST_CLASSES))
        status =
            failure_set(error, FRINGE_FORMAT, "%s: %zu folders of crops, one for each of 2 to %d classes",
                        folder, count, FOREST_MOST_CLASSES);
    samples->table.class_count = (uint32_t)count;
    file_names_free(&names);
    return status;
}

static int is_ignored(const struct forest_columns *columns, const char *name)
{
    for (size_t i = 0; i < columns->ignored_count; i++)
        if (strcmp(columns->ignored[i], name) == 0) return 1;
    return 0;
}

static int find_feature(const char *name)
{
    int found = 0;
    while (found < FAULT_FEATURE_COUNT && strcmp(fault_feature_name((enum fault_feature)found), name))
        found++;
    return found;
}

static fringe_status choose_features(const char *folder, const struct forest_columns *columns, int *chosen,
                                     struct forest_samples *samples, fringe_error *error)
{
    uint32_t count = 0;
    for (size_t i = 0; i < columns->feature_count; i++) {
        int feature = find_feature(columns->features[i]);
        if (feature == FAULT_FEATURE_COUNT || count == FAULT_FEATURE_COUNT)
            return failure_set(error, FRINGE_FORMAT,
                               "%s: feature %zu, '%.100s', is none of the %d that Fringe computes of a crop",
                               folder, i + 1, columns->features[i], (int)FAULT_FEATURE_COUNT);
        chosen[count++] = feature;
    }
    for (int i = 0; i < FAULT_FOREST_FEATURE_COUNT && !columns->features; i++)
        if (!is_ignored(columns, fault_feature_name((enum fault_feature)i))) chosen[count++] = i;
    if (count == 0) return failure_set(error, FRINGE_FORMAT, "%s: all features are ignored", folder);
    samples->feature_names = alloc_array(count, sizeof *samples->feature_names);
    if (!samples->feature_names) return failure_memory(error, folder, count * sizeof *samples->feature_names);
    for (uint32_t i = 0; i < count; i++)
        samples->feature_names[i] = fault_feature_name((enum fault_feature)chosen[i]);
    samples->table.feature_count = count;
    return FRINGE_OK;
}

/* ---- what they say ---- */

static fringe_status look_at_slice(const struct crop_list *list, const fringe_micrograph_info *info,
                                   const float *pixels, float *row, fringe_error *error)
{
    const struct lattice_region region = {.pixels = pixels,
                                          .height_px = info->height_px,
                                          .width_px = info->width_px,
                                          .nm_per_px_x = info->nm_per_px_x,
                                          .nm_per_px_y = info->nm_per_px_y};
    double features[FAULT_FEATURE_COUNT];
    fringe_status status = fault_features_compute(&region, features, NULL, error);
    for (uint32_t i = 0; i < list->feature_count && !status; i++) row[i] = (float)features[list->chosen[i]];
    return status;
}

static fringe_status look_at_file(const struct crop_list *list, struct crop_file *file, fringe_error *error)
{
    fringe_micrograph *micrograph = NULL;
    fringe_micrograph_info info;
    float *pixels = NULL;
    fringe_status status = digest_file(file->path, file->sha256, error);
    if (!status) status = fringe_micrograph_open(file->path, NULL, &micrograph, error);
    if (status) return status;
    fringe_micrograph_get_info(micrograph, &info);
    if (info.width_px > FRINGE_FAULT_BOX_MOST || info.height_px > FRINGE_FAULT_BOX_MOST) {
        status = failure_set(error, FRINGE_FORMAT, "%s: %ld x %ld pixels, a crop has %d x %d at most",
                             file->path, (long)info.width_px, (long)info.height_px, FRINGE_FAULT_BOX_MOST,
                             FRINGE_FAULT_BOX_MOST);
        goto done;
    }
    if (!(info.nm_per_px_x > 0 && info.nm_per_px_y > 0)) info.nm_per_px_x = info.nm_per_px_y = 0;
    pixels = alloc_array((size_t)info.width_px * (size_t)info.height_px, sizeof *pixels);
    file->rows = alloc_array((size_t)info.slice_count, list->feature_count * sizeof *file->rows);
    if (!pixels || !file->rows) {
        status =
            failure_memory(error, file->path, (size_t)info.slice_count * list->feature_count * sizeof(float));
        goto done;
    }
    for (int32_t slice = 0; slice < info.slice_count && !status; slice++) {
        status = fringe_micrograph_read(micrograph, slice, 0, pixels, error);
        if (!status)
            status =
                look_at_slice(list, &info, pixels, file->rows + (size_t)slice * list->feature_count, error);
    }
    file->row_count = (size_t)info.slice_count;
done:
    fringe_micrograph_free(micrograph);
    alloc_free(pixels);
    return status;
}

static void look_at(void *context, size_t index, int worker)
{
    struct crop_list *list = context;
    struct crop_file *file = list->files + list->first + index;
    (void)worker;
    file->status = look_at_file(list, file, &file->error);
}

static fringe_status look_at_all(struct crop_list *list, const fringe_run *run, fringe_error *error)
{
    fringe_status status = FRINGE_OK;
    for (; list->first < list->count && !status; list->first += BLOCK) {
        size_t left = list->count - list->first, block = left < BLOCK ? left : BLOCK;
        status = run_state_parallel(run, block, look_at, list, error);
        for (size_t i = list->first; i < list->first + block && !status; i++) {
            status = list->files[i].status;
            if (status && error) *error = list->files[i].error;
        }
        if (!status) run_state_progress(run, (int64_t)(list->first + block), (int64_t)list->count);
    }
    return status;
}

/* The rows behind one another, and a digest of the list of files by class, name and content. */
static fringe_status gather(const char *folder, const struct crop_list *list, struct forest_samples *samples,
                            fringe_error *error)
{
    size_t rows = 0, at = 0, bytes = 0, written = 0, width = list->feature_count;
    for (size_t i = 0; i < list->count; i++) {
        const struct crop_file *file = list->files + i;
        rows += file->row_count;
        bytes += strlen(samples->class_names[file->class_index]) + strlen(file->path) + DIGEST_TEXT_BYTES + 3;
    }
    char *text = alloc_array(bytes, 1);
    samples->values = alloc_array(rows, width * sizeof *samples->values);
    samples->classes = alloc_array(rows, sizeof *samples->classes);
    if (!text || !samples->values || !samples->classes) {
        alloc_free(text);
        return failure_memory(error, folder, rows * width * sizeof *samples->values);
    }
    for (size_t i = 0; i < list->count; i++) {
        const struct crop_file *file = list->files + i;
        memcpy(samples->values + at * width, file->rows, file->row_count * width * sizeof *file->rows);
        for (size_t k = 0; k < file->row_count; k++) samples->classes[at++] = file->class_index;
        written +=
            (size_t)snprintf(text + written, bytes - written, "%s/%s %s\n",
                             samples->class_names[file->class_index], path_name(file->path), file->sha256);
    }
    digest_bytes(text, written, samples->sha256);
    samples->table.values = samples->values;
    samples->table.classes = samples->classes;
    samples->table.row_count = rows;
    alloc_free(text);
    return FRINGE_OK;
}

fringe_status forest_crops_read(const char *folder, const struct forest_columns *columns,
                                const fringe_run *run, struct forest_samples *samples, fringe_error *error)
{
    int chosen[FAULT_FEATURE_COUNT];
    struct crop_list list = {.chosen = chosen};
    const fringe_run *used = NULL;
    *samples = (struct forest_samples){0};
    fringe_status status = choose_features(folder, columns, chosen, samples, error);
    list.feature_count = samples->table.feature_count;
    if (!status) status = find_classes(folder, &list, samples, error);
    if (!status) status = run_state_enter(run, &used, error);
    if (!status) {
        status = look_at_all(&list, used, error);
        run_state_leave(run, used);
    }
    if (!status) status = gather(folder, &list, samples, error);
    for (size_t i = 0; i < list.count; i++) {
        alloc_free(list.files[i].path);
        alloc_free(list.files[i].rows);
    }
    alloc_free(list.files);
    return status;
}
