/* zip_read.h - members of zip archives: model packages, sets of ROIs.
 *
 * Archives are hostile: names that lead out of a folder are refused when one is opened, and a member is read
 * into memory only up to the caller's limit, whatever size it claims. One object serves one thread.
 */
#ifndef IO_ZIP_READ_H
#define IO_ZIP_READ_H

#include <stddef.h>
#include <stdint.h>

#include "fringe/status.h"

struct zip_read_archive;

/* 1 where a file's first `size` bytes are those of a zip. */
int zip_read_recognise(const unsigned char *head, size_t size);

/* Opens an archive and checks its list of members. FRINGE_FORMAT where it is damaged, or where a member's
 * name is absolute or contains "..". The caller frees with zip_read_close. */
fringe_status zip_read_open(const char *path, struct zip_read_archive **archive, fringe_error *error);

/* NULL is accepted. */
void zip_read_close(struct zip_read_archive *archive);

/* The number of members, folders among them, and the name of each: UTF-8 with '/', a folder's ends in one.
 * Owned by the archive; "" outside 0 .. count - 1. */
int64_t zip_read_count(const struct zip_read_archive *archive);
const char *zip_read_name(const struct zip_read_archive *archive, int64_t index);

/* The index of a member by its exact name, -1 where there is none. */
int64_t zip_read_find(const struct zip_read_archive *archive, const char *name);

/* The whole content of a member with a NUL behind it that is not counted. FRINGE_FORMAT where it has more
 * than limit_bytes (both numbers named) or its checksum is wrong, FRINGE_UNSUPPORTED where it is encrypted or
 * compressed in a way that is not read. The caller gives *bytes to alloc_free. */
fringe_status zip_read_member(struct zip_read_archive *archive, int64_t index, size_t limit_bytes,
                              unsigned char **bytes, size_t *size, fringe_error *error);

#endif
