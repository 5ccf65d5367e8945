#define _GNU_SOURCE /* dladdr, setenv */
#include "base/library.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "base/file.h"

enum { MOST_SETTINGS = 4 };

fringe_status library_open(const char *name, const char *const *settings, void **library, fringe_error *error)
{
    char *before[MOST_SETTINGS] = {0};
    for (int i = 0; i < MOST_SETTINGS && settings[2 * i]; i++) {
        const char *value = getenv(settings[2 * i]);
        before[i] = value ? alloc_text(value) : NULL;
        setenv(settings[2 * i], settings[2 * i + 1], 1);
    }
    *library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
    const char *reason = *library ? NULL : dlerror();
    for (int i = 0; i < MOST_SETTINGS && settings[2 * i]; i++) {
        if (before[i])
            setenv(settings[2 * i], before[i], 1);
        else
            unsetenv(settings[2 * i]);
        alloc_free(before[i]);
    }
    if (*library) return FRINGE_OK;
    return failure_set(error, FRINGE_LIBRARY, "%s cannot be loaded: %s", name,
                       reason ? reason : "no reason given");
}

void *library_symbol(void *library, const char *name)
{
    return dlsym(library, name);
}

char *library_own_path(void)
{
    static const char here; /* any address of ours */
    Dl_info info;
    if (!dladdr(&here, &info) || !info.dli_fname) return NULL;
    return file_real_path(info.dli_fname);
}

const char *library_environment(const char *name)
{
    const char *value = getenv(name);
    return value && *value ? value : NULL;
}
