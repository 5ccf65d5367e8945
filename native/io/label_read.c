#include "io/label_read.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "base/number.h"
#include "base/path.h"
#include "image/micrograph_source.h"
#include "io/image_read.h"

enum { BLOCK_ROWS = 64 };

static const char *const suffixes[] = {"-mask",   "_mask",   "-label",   "_label",
                                       "-labels", "_labels", "-classes", "_classes"};
enum { SUFFIX_COUNT = sizeof suffixes / sizeof *suffixes };

int label_read_has_suffix(const char *path)
{
    const char *name = path_name(path);
    size_t length = strlen(name) - strlen(path_extension(path));
    for (int i = 0; i < SUFFIX_COUNT; i++) {
        size_t bytes = strlen(suffixes[i]);
        if (length > bytes && !strncmp(name + length - bytes, suffixes[i], bytes)) return 1;
    }
    return 0;
}

void label_folder_clear(struct label_folder *folder)
{
    alloc_free(folder->path);
    file_names_free(&folder->names);
    *folder = (struct label_folder){0};
}

static fringe_status look_into(struct label_folder *folder, const char *path, fringe_error *error)
{
    if (folder->path && !strcmp(folder->path, path)) return FRINGE_OK;
    label_folder_clear(folder);
    fringe_status status = file_list(path, &folder->names, error);
    if (status) return status;
    folder->path = alloc_text(path);
    return folder->path ? FRINGE_OK : failure_memory(error, path, strlen(path));
}

/* 1 where `name` is the stem, a suffix (or none, where the bare name will do) and an image's ending. */
static int is_label_of(const char *name, const char *stem, int bare)
{
    size_t length = strlen(stem);
    if (strncmp(name, stem, length) != 0 || !image_read_has_extension(name)) return 0;
    const char *rest = name + length, *extension = path_extension(name);
    if (rest == extension) return bare;
    for (int i = 0; i < SUFFIX_COUNT; i++)
        if (!strncmp(rest, suffixes[i], strlen(suffixes[i])) && rest + strlen(suffixes[i]) == extension)
            return 1;
    return 0;
}

/* The first name that is not before the stem: those that begin with it follow at once. */
static size_t first_of_stem(const struct file_names *names, const char *stem)
{
    size_t low = 0, high = names->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (strcmp(names->names[middle], stem) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static int is_result(const char *path)
{
    fringe_micrograph *micrograph;
    fringe_micrograph_info info;
    if (fringe_micrograph_open(path, NULL, &micrograph, NULL)) return 0; /* fails when it is read */
    fringe_micrograph_get_info(micrograph, &info);
    fringe_micrograph_free(micrograph);
    return info.own_output;
}

static int is_same_file(const char *a, const char *b)
{
    struct file_facts one, other;
    file_look(a, &one);
    file_look(b, &other);
    return one.kind == FILE_REGULAR && one.device == other.device && one.number == other.number;
}

/* The one label image of a stem in a folder. */
static fringe_status choose(const char *image_path, const char *stem, const struct label_folder *folder,
                            int bare, char **label_path, fringe_error *error)
{
    size_t length = strlen(stem), results = 0;
    fringe_status status = FRINGE_OK;
    char *path = NULL;
    for (size_t i = first_of_stem(&folder->names, stem);
         !status && i < folder->names.count && !strncmp(folder->names.names[i], stem, length); i++) {
        if (!is_label_of(folder->names.names[i], stem, bare)) continue;
        path = path_join(folder->path, folder->names.names[i]);
        if (!path) {
            status = failure_memory(error, folder->path, strlen(folder->path) + length);
        } else if (is_same_file(path, image_path) || is_result(path)) {
            results++;
        } else if (*label_path) {
            status = failure_set(error, FRINGE_ARGUMENT, "%s: both %s and %s could be its labels", image_path,
                                 *label_path, path);
        } else {
            *label_path = path;
            path = NULL;
        }
        alloc_free(path);
        path = NULL;
    }
    if (!status && !*label_path)
        status = failure_set(error, FRINGE_FILE,
                             "%s: it has no labels: no %s%s-mask.*, -label.*, -labels.* or "
                             "-classes.* in %s%s",
                             image_path, bare ? stem : "", bare ? ".*, " : stem, folder->path,
                             results ? " but the image itself and results of Fringe" : "");
    return status;
}

/* Takes "-image" or "_image" off the end of a stem; 0 where it has no such end. */
static int cut_image(char *stem)
{
    size_t length = strlen(stem), bytes = strlen("-image");
    if (length <= bytes || strcmp(stem + length - bytes + 1, "image") != 0) return 0;
    if (stem[length - bytes] != '-' && stem[length - bytes] != '_') return 0;
    stem[length - bytes] = 0;
    return 1;
}

fringe_status label_read_find(const char *image_path, const char *label_directory,
                              struct label_folder *folder, char **label_path, fringe_error *error)
{
    char *stem = path_stem(image_path);
    char *directory = label_directory ? alloc_text(label_directory) : path_directory(image_path);
    fringe_status status = FRINGE_OK;
    *label_path = NULL;
    if (!stem || !directory) status = failure_memory(error, image_path, strlen(image_path));
    if (!status) status = look_into(folder, directory, error);
    if (!status) status = choose(image_path, stem, folder, label_directory != NULL, label_path, error);
    if (status == FRINGE_FILE && folder->path && cut_image(stem))
        status = choose(image_path, stem, folder, label_directory != NULL, label_path, error);
    if (status) {
        alloc_free(*label_path);
        *label_path = NULL;
    }
    alloc_free(stem);
    alloc_free(directory);
    return status;
}

fringe_status label_read_open(const char *label_path, int32_t height_px, int32_t width_px,
                              int32_t slice_count, const fringe_run *run, fringe_micrograph **labels,
                              fringe_error *error)
{
    fringe_micrograph_info info;
    fringe_status status = image_read_open(label_path, IMAGE_READ_INDEX, run, labels, error);
    if (status) return status;
    fringe_micrograph_get_info(*labels, &info);
    if (info.height_px == height_px && info.width_px == width_px && info.slice_count == slice_count &&
        info.channel_count == 1)
        return FRINGE_OK;
    status = failure_set(
        error, FRINGE_MISMATCH,
        "%s: %ld x %ld pixels, %ld slices of %ld channels; the image has %ld x %ld pixels and %ld "
        "slices, and labels have 1 channel",
        label_path, (long)info.width_px, (long)info.height_px, (long)info.slice_count,
        (long)info.channel_count, (long)width_px, (long)height_px, (long)slice_count);
    fringe_micrograph_free(*labels);
    *labels = NULL;
    return status;
}

fringe_status label_read_slice(fringe_micrograph *labels, int32_t slice, uint8_t *values, fringe_error *error)
{
    fringe_micrograph_info info;
    fringe_micrograph_get_info(labels, &info);
    size_t width = (size_t)info.width_px;
    float *rows = alloc_aligned(BLOCK_ROWS * width, sizeof *rows);
    fringe_status status = FRINGE_OK;
    if (!rows) return failure_memory(error, "rows of labels", BLOCK_ROWS * width * sizeof *rows);
    for (int32_t y = 0; y < info.height_px && !status; y += BLOCK_ROWS) {
        int32_t count = info.height_px - y < BLOCK_ROWS ? info.height_px - y : BLOCK_ROWS;
        status = micrograph_source_read_rows(labels, slice, 0, y, y + count, rows, error);
        for (size_t i = 0; i < (size_t)count * width && !status; i++) {
            char text[NUMBER_TEXT_BYTES];
            if (!(rows[i] >= 0) || rows[i] != floorf(rows[i]))
                status = failure_set(error, FRINGE_FORMAT,
                                     "%s: the pixel in row %zu, column %zu is %s, no label", labels->name,
                                     (size_t)y + i / width, i % width, number_text(rows[i], 6, text));
            else
                *values++ = rows[i] < 255 ? (uint8_t)rows[i] : 255;
        }
    }
    alloc_free(rows);
    return status;
}
