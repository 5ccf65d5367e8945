/* path.h - file names as text. Touches no disk. Names are UTF-8 on every system. */
#ifndef BASE_PATH_H
#define BASE_PATH_H

#include <stddef.h>

/* The part behind the last separator: "a/b.tif" gives "b.tif". Points into path. */
const char *path_name(const char *path);

/* The last dot of the name and what follows, or the empty end: "b.tar.gz" gives ".gz", ".profile" gives "".
 * Points into path. */
const char *path_extension(const char *path);

/* 1 where the extension is `extension` (with its dot) in any case of ASCII letters. */
int path_has_extension(const char *path, const char *extension);

/* 1 where the path starts at a root. */
int path_is_absolute(const char *path);

/* New texts that the caller gives to alloc_free; NULL when memory is short. */
char *path_join(const char *directory,
                const char *name);      /* an absolute name stands as it is; directory may be "" */
char *path_directory(const char *path); /* "a/b.tif" gives "a", "b.tif" gives "." */
char *path_stem(const char *path);      /* "a/b.tif" gives "b" */
char *path_concat(const char *first, const char *second); /* the two behind one another */

#endif
