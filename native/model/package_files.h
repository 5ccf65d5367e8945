/* package_files.h - the files of a model package, in a folder or in a zip, whose own folder may be packed
 * with it.
 *
 * Names come from the package's own description and are hostile: only files inside the package are opened.
 */
#ifndef MODEL_PACKAGE_FILES_H
#define MODEL_PACKAGE_FILES_H

#include <stddef.h>

#include "fringe/status.h"

struct package_files;

/* Finds out what lies at a path and opens it: a folder; a zip, which its content tells, for packages are
 * downloaded under all kinds of names; a description (.yaml, .yml), which stands for the folder that it lies
 * in. Anything else is a bare network at best, and *files is NULL then. The caller frees with
 * package_files_close. */
fringe_status package_files_open(const char *path, struct package_files **files, fringe_error *error);

/* The name of the description: the one that the path led to, else bioimageio.yaml, else rdf.yaml, as it was
 * called before. FRINGE_MODEL where there is none. *name lives as long as the files. */
fringe_status package_files_description(struct package_files *files, const char **name, fringe_error *error);
void package_files_close(struct package_files *files); /* NULL is accepted */

/* *there is 1 where the package has a file of this name, else 0. FRINGE_MEMORY is the only failure. */
fringe_status package_files_look(struct package_files *files, const char *name, int *there,
                                 fringe_error *error);

/* Reads a file of at most limit_bytes; the caller gives *bytes to alloc_free. FRINGE_FILE where there is
 * none, or where the name leads out of the package. */
fringe_status package_files_read(struct package_files *files, const char *name, size_t limit_bytes,
                                 unsigned char **bytes, size_t *size, fringe_error *error);

/* The path on the disk of a file that lies within the folder, for readers that need one; NULL where there is
 * none, and in a zip. Given to alloc_free. FRINGE_MEMORY is the only failure. */
fringe_status package_files_path(const struct package_files *files, const char *name, char **path,
                                 fringe_error *error);

#endif
