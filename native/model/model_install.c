/* model_install.c - puts a package into the user's models folder: tested first, whole or not at all. */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "base/file.h"
#include "base/path.h"
#include "base/run_state.h"
#include "fringe/model.h"
#include "model/model_find.h"

enum { BLOCK_BYTES = 1 << 20, DEEPEST = 8 };

fringe_status fringe_model_folder(char path[FRINGE_MODEL_PATH_BYTES], fringe_error *error)
{
    char *folder;
    fringe_status status = model_find_own_folder(&folder, error);
    if (status) return status;
    if (strlen(folder) < FRINGE_MODEL_PATH_BYTES)
        snprintf(path, FRINGE_MODEL_PATH_BYTES, "%s", folder);
    else
        status =
            failure_set(error, FRINGE_FILE, "models: the path of the user's folder has %zu bytes, not %d",
                        strlen(folder), FRINGE_MODEL_PATH_BYTES - 1);
    alloc_free(folder);
    return status;
}

static fringe_status copy_file(const char *from, const char *to, const fringe_run *run, fringe_error *error)
{
    FILE *stream = NULL;
    struct file_writer writer = {0};
    unsigned char *block = alloc_array(BLOCK_BYTES, 1);
    if (!block) return failure_memory(error, from, BLOCK_BYTES);
    fringe_status status = file_open_read(from, &stream, error);
    if (status) goto done;
    status = file_writer_begin(&writer, to, error);
    if (status) goto done;
    for (size_t got = 1; got > 0 && !status;) {
        got = fread(block, 1, BLOCK_BYTES, stream);
        status = file_writer_write(&writer, block, got, error);
        if (!status) status = run_state_check(run, error);
    }
    if (!status && ferror(stream)) status = failure_set(error, FRINGE_FILE, "%s: cannot be read", from);
    if (!status) status = file_writer_commit(&writer, error);
done:
    file_writer_discard(&writer);
    if (stream) fclose(stream);
    alloc_free(block);
    return status;
}

/* A package that came from elsewhere may hold links. One to a file of its own is copied as that file; one
 * that leads out would bring along what is none of the package's, and one to a folder could go round for
 * ever. */
static fringe_status check_link(const char *root, const char *path, const struct file_facts *facts,
                                fringe_error *error)
{
    size_t length = strlen(root);
    char *real = file_real_path(path);
    fringe_status status = FRINGE_OK;
    if (!real)
        status = failure_set(error, FRINGE_FILE, "%s: cannot be read", path);
    else if (strcmp(real, path) != 0 &&
             (facts->kind == FILE_DIRECTORY || strncmp(real, root, length) != 0 || real[length] != '/'))
        status = failure_set(error, FRINGE_FORMAT, "%s: is a link to %s, which is no file of the package",
                             path, real);
    alloc_free(real);
    return status;
}

/* Copies what is in a folder below `root`, both without links in their paths; hidden files stay behind. */
static fringe_status copy_folder(const char *root, const char *from, const char *to, int depth,
                                 const fringe_run *run, fringe_error *error)
{
    struct file_names names;
    if (depth > DEEPEST)
        return failure_set(error, FRINGE_FORMAT, "%s: a package's folders may be %d deep", from, DEEPEST);
    fringe_status status = file_list(from, &names, error);
    if (status) return status;
    status = file_make_directories(to, error);
    for (size_t i = 0; i < names.count && !status; i++) {
        struct file_facts facts;
        if (names.names[i][0] == '.') continue;
        char *source = path_join(from, names.names[i]), *target = path_join(to, names.names[i]);
        if (!source || !target) {
            status = failure_memory(error, from, strlen(from));
        } else {
            file_look(source, &facts);
            status = check_link(root, source, &facts, error);
            if (!status)
                status = facts.kind == FILE_DIRECTORY
                             ? copy_folder(root, source, target, depth + 1, run, error)
                             : copy_file(source, target, run, error);
        }
        alloc_free(source);
        alloc_free(target);
    }
    file_names_free(&names);
    return status;
}

/* FRINGE_EXISTS where the user's folder has this name already, in whatever form. */
static fringe_status check_free(const char *plain, fringe_error *error)
{
    static const char *const endings[] = {"", ".zip", ".onnx"};
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        struct file_facts facts;
        char *path = path_concat(plain, endings[i]);
        if (!path) return failure_memory(error, plain, strlen(plain));
        file_look(path, &facts);
        fringe_status status = FRINGE_OK;
        if (facts.kind != FILE_ABSENT)
            status = failure_set(error, FRINGE_EXISTS, "%s: a model of this name is installed already", path);
        alloc_free(path);
        if (status) return status;
    }
    return FRINGE_OK;
}

/* Copies the package to `target`, by way of a hidden name beside it where it is a folder. */
static fringe_status put_in_place(const char *real, int is_folder, const char *folder, const char *name,
                                  const char *target, const fringe_run *run, fringe_error *error)
{
    if (!is_folder) return copy_file(real, target, run, error);
    char *part = path_concat(".installing-", name), *hidden = part ? path_join(folder, part) : NULL;
    fringe_status status =
        hidden ? file_remove_tree(hidden, error) : failure_memory(error, folder, strlen(folder));
    if (!status) {
        status = copy_folder(real, real, hidden, 0, run, error);
        if (!status) status = file_rename(hidden, target, error);
        if (status) file_remove_tree(hidden, NULL);
    }
    alloc_free(part);
    alloc_free(hidden);
    return status;
}

static fringe_status test_package(const char *path, const fringe_run *run, fringe_error *error)
{
    fringe_model *model = NULL;
    if (fringe_model_is_forest(path)) return fringe_model_test(path, run, NULL, error);
    fringe_status status = fringe_model_load(path, run, &model, error);
    fringe_model_free(model);
    return status ? status : fringe_model_test(path, run, NULL, error);
}

fringe_status fringe_model_install(const char *path, const fringe_run *run,
                                   char installed[FRINGE_MODEL_PATH_BYTES], fringe_error *error)
{
    struct file_facts facts;
    char *folder = NULL, *plain = NULL, *target = NULL, *name = NULL;
    char *real = file_real_path(path); /* a folder may be named as "." */
    if (!real) return failure_set(error, FRINGE_FILE, "%s: there is no such file or folder", path);
    file_look(real, &facts);
    int is_folder = facts.kind == FILE_DIRECTORY;
    fringe_status status = FRINGE_OK;
    if (!is_folder && !path_has_extension(real, ".zip")) {
        status =
            failure_set(error, FRINGE_ARGUMENT,
                        "%s: a package is a folder or a .zip; a network alone has no test tensors", path);
        goto done;
    }
    status = model_find_own_folder(&folder, error);
    if (status) goto done;
    name = is_folder ? alloc_text(path_name(real)) : path_stem(real);
    plain = name ? path_join(folder, name) : NULL;
    target = plain ? path_concat(plain, is_folder ? "" : ".zip") : NULL;
    if (!target) {
        status = failure_memory(error, path, strlen(path));
        goto done;
    }
    if (strlen(target) >= FRINGE_MODEL_PATH_BYTES) {
        status = failure_set(error, FRINGE_FILE, "%s: a path of %zu bytes, not %d", target, strlen(target),
                             FRINGE_MODEL_PATH_BYTES - 1);
        goto done;
    }
    status = check_free(plain, error);
    if (status) goto done;
    status = test_package(real, run, error);
    if (status) goto done;
    status = file_make_directories(folder, error);
    if (status) goto done;
    status = put_in_place(real, is_folder, folder, name, target, run, error);
    if (!status && installed) snprintf(installed, FRINGE_MODEL_PATH_BYTES, "%s", target);
done:
    alloc_free(real);
    alloc_free(folder);
    alloc_free(plain);
    alloc_free(target);
    alloc_free(name);
    return status;
}
