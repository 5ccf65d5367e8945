#include "model/package_files.h"

#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "base/file.h"
#include "base/path.h"
#include "io/zip_read.h"

struct package_files {
    char *path;                   /* as named, for messages */
    char *real;                   /* with links resolved, so that none leads out of a folder */
    struct zip_read_archive *zip; /* NULL for a folder */
};

fringe_status package_files_open(const char *path, struct package_files **files, fringe_error *error)
{
    struct file_facts facts;
    fringe_status status = FRINGE_OK;
    *files = alloc_array(1, sizeof **files);
    if (!*files) return failure_memory(error, path, sizeof **files);
    (*files)->path = alloc_text(path);
    (*files)->real = file_real_path(path);
    if (!(*files)->path || !(*files)->real) status = failure_memory(error, path, strlen(path));
    file_look(path, &facts);
    if (!status && facts.kind == FILE_REGULAR) status = zip_read_open(path, &(*files)->zip, error);
    if (!status) return FRINGE_OK;
    package_files_close(*files);
    *files = NULL;
    return status;
}

void package_files_close(struct package_files *files)
{
    if (!files) return;
    zip_read_close(files->zip);
    alloc_free(files->path);
    alloc_free(files->real);
    alloc_free(files);
}

/* Links may lead to another file of the folder, and not out of it: the resolved path must begin with the
 * resolved folder. */
fringe_status package_files_path(const struct package_files *files, const char *name, char **path,
                                 fringe_error *error)
{
    struct file_facts facts;
    size_t length = strlen(files->real);
    *path = NULL;
    if (files->zip || !*name || path_is_absolute(name)) return FRINGE_OK;
    char *joined = path_join(files->real, name);
    char *real = joined ? file_real_path(joined) : NULL;
    if (joined) file_look(joined, &facts);
    int starved = !joined || (!real && facts.kind != FILE_ABSENT);
    alloc_free(joined);
    if (starved) return failure_memory(error, files->path, length + strlen(name));
    while (length > 0 && files->real[length - 1] == '/') length--; /* the root itself */
    if (real && strncmp(real, files->real, length) == 0 && (real[length] == '/' || real[length] == '\\'))
        *path = real;
    else
        alloc_free(real);
    return FRINGE_OK;
}

fringe_status package_files_look(struct package_files *files, const char *name, int *there,
                                 fringe_error *error)
{
    struct file_facts facts = {.kind = FILE_ABSENT};
    char *path;
    *there = 0;
    if (files->zip) {
        *there = zip_read_find(files->zip, name) >= 0;
        return FRINGE_OK;
    }
    fringe_status status = package_files_path(files, name, &path, error);
    if (path) file_look(path, &facts);
    *there = facts.kind == FILE_REGULAR;
    alloc_free(path);
    return status;
}

fringe_status package_files_read(struct package_files *files, const char *name, size_t limit_bytes,
                                 unsigned char **bytes, size_t *size, fringe_error *error)
{
    char *path;
    int there;
    *bytes = NULL;
    *size = 0;
    fringe_status status = package_files_look(files, name, &there, error);
    if (status) return status;
    if (!there) return failure_set(error, FRINGE_FILE, "%s: holds no file '%.100s'", files->path, name);
    if (files->zip)
        return zip_read_member(files->zip, zip_read_find(files->zip, name), limit_bytes, bytes, size, error);
    status = package_files_path(files, name, &path, error);
    if (!status) status = file_read_all(path, limit_bytes, bytes, size, error);
    alloc_free(path);
    return status;
}
