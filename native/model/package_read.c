/* package_read.c - what lies at a path, and its ONNX file. */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "base/file.h"
#include "base/path.h"
#include "forest/forest_onnx.h"
#include "model/package_build.h"

enum { ONNX_LIMIT_BYTES = INT32_MAX, ARENA_LIMIT_BYTES = 64 << 20 };

void package_free(struct package *package)
{
    if (!package) return;
    struct package_build *build = (struct package_build *)package; /* its first member */
    onnx_model_free(build->onnx);
    text_tree_free(build->tree);
    package_files_close(build->package.files);
    arena_free(build->arena);
    alloc_free(build);
}

/* The digest that stands for the network: of the file itself, or, where weights lie in files of their own, of
 * the digests of all of them, one behind the other. */
static fringe_status digest_onnx(struct package_build *build, const char *path, fringe_error *error)
{
    char(*digests)[DIGEST_TEXT_BYTES - 1];
    size_t count = build->onnx->external_file_count;
    fringe_status status = digest_file(path, build->package.sha256, error);
    if (status || count == 0) return status;
    digests = alloc_array(count + 1, sizeof *digests);
    char *folder = path_directory(path);
    if (!digests || !folder) status = failure_memory(error, path, (count + 1) * sizeof *digests);
    if (!status) memcpy(digests[0], build->package.sha256, sizeof *digests);
    for (size_t i = 0; i < count && !status; i++) {
        char text[DIGEST_TEXT_BYTES];
        char *file = path_join(folder, build->onnx->external_files[i]);
        status = file ? digest_file(file, text, error) : failure_memory(error, path, strlen(folder));
        memcpy(digests[i + 1], text, status ? 0 : sizeof *digests);
        alloc_free(file);
    }
    if (!status) digest_bytes(digests, (count + 1) * sizeof *digests, build->package.sha256);
    alloc_free(digests);
    alloc_free(folder);
    return status;
}

static fringe_status refuse_forest(const struct package_build *build, fringe_error *error)
{
    if (!forest_onnx_recognise(build->onnx)) return FRINGE_OK;
    return failure_set(error, FRINGE_MODEL, "%s: a forest: it rates rows of features, not images",
                       build->package.path);
}

static fringe_status read_onnx_file(struct package_build *build, const char *path, fringe_error *error)
{
    fringe_status status = onnx_model_read(path, &build->onnx, error);
    if (!status) status = refuse_forest(build, error);
    return status ? status : digest_onnx(build, path, error);
}

/* From a folder by path, so that weights in files of their own are found; from a zip by its bytes. */
fringe_status package_onnx_read(struct package_build *build, const char *name, fringe_error *error)
{
    unsigned char *bytes;
    size_t size;
    char *path;
    fringe_status status = package_files_path(build->package.files, name, &path, error);
    if (status) return status;
    if (path) {
        status = read_onnx_file(build, path, error);
        alloc_free(path);
        return status;
    }
    status = package_files_read(build->package.files, name, ONNX_LIMIT_BYTES, &bytes, &size, error);
    if (status) return status;
    digest_bytes(bytes, size, build->package.sha256);
    status = onnx_model_parse(bytes, size, name, &build->onnx, error);
    alloc_free(bytes);
    return status ? failure_prefix(error, status, "%s: ", build->package.path) : refuse_forest(build, error);
}

/* Its file's name stands for the name that it does not give itself. */
static fringe_status read_bare(struct package_build *build, fringe_error *error)
{
    struct package *package = &build->package;
    char *stem = path_stem(package->path);
    if (stem) package->name = arena_text(build->arena, stem, strlen(stem));
    alloc_free(stem);
    if (!package->name) return failure_memory(error, package->path, strlen(package->path));
    package->format = "onnx";
    package->onnx_name = path_name(package->path);
    fringe_status status = read_onnx_file(build, package->path, error);
    return status ? status : package_assume(build, error);
}

fringe_status package_read(const char *path, const fringe_run *run, struct package **package,
                           fringe_error *error)
{
    const char *description = NULL; /* of a bare network none */
    fringe_status status;
    *package = NULL;
    struct package_build *build = alloc_array(1, sizeof *build);
    if (!build) return failure_memory(error, path, sizeof *build);
    build->run = run;
    build->arena = arena_create(ARENA_LIMIT_BYTES);
    if (build->arena) build->package.path = arena_text(build->arena, path, strlen(path));
    if (!build->arena || !build->package.path) {
        status = failure_memory(error, path, sizeof *build);
        goto done;
    }
    build->package.description = build->package.version = build->package.license = build->package.polarity =
        "";
    build->package.relative_tolerance = build->package.absolute_tolerance = 1e-3; /* the format's defaults */
    build->package.mismatches_per_million = 100;
    status = package_files_open(path, &build->package.files, error);
    if (!status && !build->package.files)
        status = read_bare(build, error);
    else if (!status)
        status = package_files_description(build->package.files, &description, error);
    if (!status && description) status = package_describe(build, description, error);
    if (status) goto done;
    build->package.onnx = build->onnx;
    build->run = NULL; /* it need not live as long as the package */
    *package = &build->package;
    build = NULL;
done:
    if (build) package_free(&build->package);
    return status;
}
