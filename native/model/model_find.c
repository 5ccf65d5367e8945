#include "model/model_find.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "base/file.h"
#include "base/library.h"
#include "base/path.h"

#ifdef _WIN32
#define PATH_LIST_SEPARATOR ';'
#else
#define PATH_LIST_SEPARATOR ':'
#endif

/* From lib/, lib/x86_64-linux-gnu/ and a build tree's folders up to what holds share/. */
enum { MOST_LEVELS_UP = 2 };

struct search {
    const char *name;
    char *found;  /* the answer */
    int starved;  /* memory was short */
    char *looked; /* FRINGE_ERROR_BYTES: the folders, for the message */
};

static int is_there(const char *path)
{
    struct file_facts facts;
    file_look(path, &facts);
    return facts.kind == FILE_REGULAR || facts.kind == FILE_DIRECTORY;
}

/* Looks in one folder; 1 ends the search. */
static int look_in(struct search *search, const char *folder)
{
    static const char *const endings[] = {"", ".onnx", ".zip"};
    size_t length = strlen(search->looked);
    snprintf(search->looked + length, FRINGE_ERROR_BYTES - length, "%s%s", length ? ", " : "", folder);
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        char *plain = path_join(folder, search->name);
        char *path = plain ? path_concat(plain, endings[i]) : NULL;
        alloc_free(plain);
        if (!path) search->starved = 1;
        if (!path || is_there(path)) {
            search->found = path;
            return 1;
        }
        alloc_free(path);
    }
    return 0;
}

static int look_below(struct search *search, const char *folder, const char *below)
{
    char *path = path_join(folder, below);
    int ends = path ? look_in(search, path) : 1;
    if (!path) search->starved = 1;
    alloc_free(path);
    return ends;
}

static int look_in_list(struct search *search)
{
    const char *list = library_environment("FRINGE_MODELS");
    while (list) {
        const char *end = strchr(list, PATH_LIST_SEPARATOR);
        size_t length = end ? (size_t)(end - list) : strlen(list);
        char *folder = alloc_text_part(list, length);
        int ends = folder ? length > 0 && look_in(search, folder) : 1;
        if (!folder) search->starved = 1;
        alloc_free(folder);
        if (ends) return 1;
        list = end ? end + 1 : NULL;
    }
    return 0;
}

fringe_status model_find_own_folder(char **path, fringe_error *error)
{
    const char *base, *below = "fringe/models";
#ifdef _WIN32
    base = library_environment("LOCALAPPDATA");
#else
    base = library_environment("XDG_DATA_HOME");
    if (!base) {
        base = library_environment("HOME");
#ifdef __APPLE__
        below = "Library/Application Support/fringe/models";
#else
        below = ".local/share/fringe/models";
#endif
    }
#endif
    *path = NULL;
    if (!base)
        return failure_set(error, FRINGE_FILE, "models: the environment names no folder of the user's");
    *path = path_join(base, below);
    return *path ? FRINGE_OK : failure_memory(error, base, strlen(base));
}

static int look_in_own_folder(struct search *search)
{
    char *folder;
    fringe_status status = model_find_own_folder(&folder, NULL);
    int ends = folder ? look_in(search, folder) : status == FRINGE_MEMORY;
    if (status == FRINGE_MEMORY) search->starved = 1;
    alloc_free(folder);
    return ends;
}

static int look_beside_library(struct search *search)
{
    char *own = library_own_path(), *real = own ? file_real_path(own) : NULL;
    char *folder = real ? path_directory(real) : NULL;
    int ends = 0;
    alloc_free(own);
    alloc_free(real);
    for (int up = 0; up < MOST_LEVELS_UP && folder && !ends; up++) {
        char *above = path_directory(folder);
        alloc_free(folder);
        folder = above;
        if (folder) ends = look_below(search, folder, "share/fringe/models");
    }
    alloc_free(folder);
    return ends;
}

fringe_status model_find(const char *path_or_name, char **path, fringe_error *error)
{
    char looked[FRINGE_ERROR_BYTES] = "";
    struct search search = {.name = path_or_name, .looked = looked};
    *path = NULL;
    if (!*path_or_name) return failure_set(error, FRINGE_FILE, "model: its path or name is empty");
    if (is_there(path_or_name)) {
        *path = alloc_text(path_or_name);
        return *path ? FRINGE_OK : failure_memory(error, path_or_name, strlen(path_or_name));
    }
    if (path_name(path_or_name) != path_or_name || strcmp(path_or_name, "..") == 0)
        return failure_set(error, FRINGE_FILE, "%s: there is no such file or folder", path_or_name);
    if (!look_in_list(&search) && !look_in_own_folder(&search)) look_beside_library(&search);
    *path = search.found;
    if (search.starved) return failure_memory(error, path_or_name, strlen(path_or_name));
    if (search.found) return FRINGE_OK;
    return failure_set(error, FRINGE_FILE,
                       "%s: no model of this name: it is no path here, and not in: %.800s", path_or_name,
                       looked);
}
