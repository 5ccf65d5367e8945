/* onnx_external.c - weights that lie in files beside the model.
 *
 * A million tensors may all name the same bytes, so what is read from a file is at most what it holds: the
 * memory is bounded by what really lies on the disk.
 */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "base/file.h"
#include "base/path.h"
#include "onnx/onnx_build.h"

/* File by file, and within one from front to back. */
static int by_location(const void *a, const void *b)
{
    const struct onnx_external *left = a, *right = b;
    int order = strcmp(left->location, right->location);
    if (order) return order;
    return (left->offset > right->offset) - (left->offset < right->offset);
}

/* Opens a file after its links are resolved: they may not lead out of the folder. */
static fringe_status open_inside(const struct onnx_build *build, const char *location, FILE **stream,
                                 fringe_error *error)
{
    char *joined = path_join(build->folder, location), *real = NULL;
    fringe_status status = FRINGE_OK;
    size_t length = strlen(build->folder);
    if (!joined) {
        status = failure_memory(error, build->name, length + strlen(location));
        goto done;
    }
    real = file_real_path(joined);
    if (!real) {
        status =
            failure_set(error, FRINGE_FILE, "%s: external data: there is no file %s", build->name, joined);
        goto done;
    }
    while (length > 0 && build->folder[length - 1] == '/') length--; /* the root itself */
    if (strncmp(real, build->folder, length) != 0 || (real[length] != '/' && real[length] != '\\')) {
        status =
            failure_set(error, FRINGE_FORMAT, "%s: external data '%.100s' lead out of the model's folder",
                        build->name, location);
        goto done;
    }
    status = file_open_read(real, stream, error);
    if (status) failure_prefix(error, status, "%s: external data: ", build->name);
done:
    alloc_free(joined);
    alloc_free(real);
    return status;
}

/* Reads the tensors of one file. */
static fringe_status read_group(struct onnx_build *build, const struct onnx_external *group, size_t count,
                                fringe_error *error)
{
    FILE *stream = NULL;
    int64_t left = 0, size;
    fringe_status status = open_inside(build, group->location, &stream, error);
    if (status) return status;
    if (file_seek(stream, 0, SEEK_END) != 0 || (size = file_tell(stream)) < 0) {
        status = failure_set(error, FRINGE_FILE, "%s: external data '%.100s' cannot be read", build->name,
                             group->location);
        goto done;
    }
    left = size;
    for (size_t i = 0; i < count; i++) {
        struct onnx_tensor *tensor = group[i].tensor;
        int64_t length = group[i].length;
        if (group[i].offset > size || length > size - group[i].offset) {
            status =
                failure_set(error, FRINGE_FORMAT,
                            "%s: tensor '%s': needs %lld bytes from byte %lld of '%.100s', which holds %lld",
                            build->name, tensor->name, (long long)length, (long long)group[i].offset,
                            group->location, (long long)size);
            goto done;
        }
        if (length > left) {
            status = failure_set(error, FRINGE_FORMAT,
                                 "%s: its tensors take more from '%.100s' than the %lld bytes that it holds",
                                 build->name, group->location, (long long)size);
            goto done;
        }
        left -= length;
        unsigned char *bytes = arena_array(build->data, (size_t)length, 1);
        if (!bytes) {
            status = failure_memory(error, build->name, (unsigned long long)length);
            goto done;
        }
        if (file_seek(stream, group[i].offset, SEEK_SET) != 0 ||
            fread(bytes, 1, (size_t)length, stream) != (size_t)length) {
            status = failure_set(error, FRINGE_FILE, "%s: tensor '%s': '%.100s' cannot be read", build->name,
                                 tensor->name, group->location);
            goto done;
        }
        if (tensor->type == ONNX_BOOL)
            for (int64_t k = 0; k < length; k++) bytes[k] = bytes[k] != 0;
        tensor->bytes = bytes;
    }
done:
    fclose(stream);
    return status;
}

fringe_status onnx_build_externals(struct onnx_build *build, const char *const **files, size_t *file_count,
                                   fringe_error *error)
{
    struct onnx_external *all = build->externals;
    size_t count = build->external_count, end;
    *files = NULL;
    *file_count = 0;
    if (count == 0) return FRINGE_OK;
    const char **names = arena_array(build->arena, count, sizeof *names);
    if (!names) return onnx_build_starved(build, error);
    qsort(all, count, sizeof *all, by_location);
    for (size_t begin = 0; begin < count; begin = end) {
        end = begin + 1;
        while (end < count && strcmp(all[end].location, all[begin].location) == 0) end++;
        fringe_status status = read_group(build, all + begin, end - begin, error);
        if (status) return status;
        names[(*file_count)++] = all[begin].location;
    }
    *files = names;
    return FRINGE_OK;
}
