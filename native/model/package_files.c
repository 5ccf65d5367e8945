#include "model/package_files.h"

#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "base/file.h"
#include "base/path.h"
#include "io/zip_read.h"

struct package_files {
    char *path;                   /* as named, for messages */
    const char *description;      /* the end of `path`, where that names the description; else NULL */
    char *real;                   /* the folder with links resolved, so that none leads out; NULL for a zip */
    struct zip_read_archive *zip; /* NULL for a folder */
    char *top; /* "net/" where all of a zip lies in one folder, else ""; NULL for a folder */
};

/* What macOS adds to an archive beside the folder that was packed. */
static int is_beside_the_point(const char *name)
{
    return !strncmp(name, "__MACOSX/", strlen("__MACOSX/"));
}

/* Who packs a folder instead of what is in it puts its name before every member's. */
static fringe_status find_top(struct package_files *files, fringe_error *error)
{
    const char *top = NULL;
    size_t length = 0;
    for (int64_t i = 0; i < zip_read_count(files->zip); i++) {
        const char *name = zip_read_name(files->zip, i), *end = strchr(name, '/');
        if (is_beside_the_point(name)) continue;
        if (!end || (top && strncmp(name, top, length))) { /* something lies outside */
            length = 0;
            break;
        }
        top = name;
        length = (size_t)(end - name) + 1;
    }
    files->top = alloc_text_part(top ? top : "", length);
    return files->top ? FRINGE_OK : failure_memory(error, files->path, length);
}

/* The index of a zip's member; -1 where there is none. */
static fringe_status find_member(const struct package_files *files, const char *name, int64_t *index,
                                 fringe_error *error)
{
    char *whole = path_concat(files->top, name);
    *index = whole ? zip_read_find(files->zip, whole) : -1;
    alloc_free(whole);
    return whole ? FRINGE_OK : failure_memory(error, files->path, strlen(name));
}

static int is_zip(const char *path)
{
    unsigned char head[4] = {0};
    FILE *stream;
    if (file_open_read(path, &stream, NULL)) return 0;
    size_t got = fread(head, 1, sizeof head, stream);
    fclose(stream);
    return zip_read_recognise(head, got);
}

static fringe_status open_zip(struct package_files *files, fringe_error *error)
{
    fringe_status status = zip_read_open(files->path, &files->zip, error);
    return status ? status : find_top(files, error);
}

static fringe_status open_folder(struct package_files *files, const char *folder, fringe_error *error)
{
    files->real = folder ? file_real_path(folder) : NULL;
    return files->real ? FRINGE_OK : failure_memory(error, files->path, strlen(files->path));
}

fringe_status package_files_open(const char *path, struct package_files **files, fringe_error *error)
{
    struct file_facts facts;
    int is_description = path_has_extension(path, ".yaml") || path_has_extension(path, ".yml");
    char *folder = NULL;
    *files = NULL;
    file_look(path, &facts);
    int is_archive = facts.kind == FILE_REGULAR && is_zip(path);
    if (facts.kind != FILE_DIRECTORY && !is_archive && !is_description) return FRINGE_OK;
    struct package_files *made = alloc_array(1, sizeof *made);
    if (made) made->path = alloc_text(path);
    fringe_status status = made && made->path ? FRINGE_OK : failure_memory(error, path, sizeof *made);
    if (status) goto done;
    if (is_archive) {
        status = open_zip(made, error);
    } else if (facts.kind == FILE_DIRECTORY) {
        status = open_folder(made, path, error);
    } else {
        folder = path_directory(path);
        made->description = path_name(made->path);
        status = open_folder(made, folder, error);
    }
    if (status) goto done;
    *files = made;
    made = NULL;
done:
    alloc_free(folder);
    package_files_close(made);
    return status;
}

fringe_status package_files_description(struct package_files *files, const char **name, fringe_error *error)
{
    static const char *const names[] = {"bioimageio.yaml", "rdf.yaml"}; /* the new name first */
    *name = files->description;
    for (size_t i = 0; i < sizeof names / sizeof *names && !*name; i++) {
        int there;
        fringe_status status = package_files_look(files, names[i], &there, error);
        if (status) return status;
        if (there) *name = names[i];
    }
    if (*name) return FRINGE_OK;
    return failure_set(error, FRINGE_MODEL, "%s: no model package: holds neither %s nor %s", files->path,
                       names[0], names[1]);
}

void package_files_close(struct package_files *files)
{
    if (!files) return;
    zip_read_close(files->zip);
    alloc_free(files->path);
    alloc_free(files->real);
    alloc_free(files->top);
    alloc_free(files);
}

/* Links may lead to another file of the folder, and not out of it: the resolved path must begin with the
 * resolved folder. */
fringe_status package_files_path(const struct package_files *files, const char *name, char **path,
                                 fringe_error *error)
{
    struct file_facts facts;
    *path = NULL;
    if (files->zip || !*name || path_is_absolute(name)) return FRINGE_OK;
    size_t length = strlen(files->real);
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
        int64_t index;
        fringe_status status = find_member(files, name, &index, error);
        *there = index >= 0;
        return status;
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
    if (files->zip) {
        int64_t index;
        status = find_member(files, name, &index, error);
        return status ? status : zip_read_member(files->zip, index, limit_bytes, bytes, size, error);
    }
    status = package_files_path(files, name, &path, error);
    if (!status) status = file_read_all(path, limit_bytes, bytes, size, error);
    alloc_free(path);
    return status;
}
