#include "base/path.h"

#include <string.h>

#include "base/alloc.h"

static int is_separator(char c)
{
#ifdef _WIN32
    return c == '/' || c == '\\';
#else
    return c == '/';
#endif
}

const char *path_name(const char *path)
{
    const char *name = path;
    for (const char *p = path; *p; p++)
        if (is_separator(*p)) name = p + 1;
    return name;
}

const char *path_extension(const char *path)
{
    const char *name = path_name(path), *dot = strrchr(name, '.');
    return dot && dot != name ? dot : name + strlen(name);
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

int path_has_extension(const char *path, const char *extension)
{
    const char *own = path_extension(path);
    while (*own && lower(*own) == lower(*extension)) own++, extension++;
    return !*own && !*extension;
}

int path_is_absolute(const char *path)
{
#ifdef _WIN32
    if (((path[0] >= 'A' && path[0] <= 'Z') || (path[0] >= 'a' && path[0] <= 'z')) && path[1] == ':')
        return 1;
#endif
    return is_separator(path[0]);
}

char *path_concat(const char *first, const char *second)
{
    size_t a = strlen(first), b = strlen(second);
    char *both = alloc_array(a + b + 1, 1);
    if (!both) return NULL;
    memcpy(both, first, a);
    memcpy(both + a, second, b);
    return both;
}

char *path_join(const char *directory, const char *name)
{
    size_t a = strlen(directory), b = strlen(name);
    if (a == 0 || path_is_absolute(name)) return alloc_text(name);
    char *joined = alloc_array(a + b + 2, 1);
    if (!joined) return NULL;
    memcpy(joined, directory, a);
    if (!is_separator(joined[a - 1])) joined[a++] = '/';
    memcpy(joined + a, name, b);
    return joined;
}

char *path_directory(const char *path)
{
    size_t length = (size_t)(path_name(path) - path);
    if (length == 0) return alloc_text(".");
    while (length > 1 && is_separator(path[length - 1])) length--;
    return alloc_text_part(path, length);
}

char *path_stem(const char *path)
{
    const char *name = path_name(path);
    return alloc_text_part(name, (size_t)(path_extension(path) - name));
}
