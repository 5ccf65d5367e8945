/* zip_write.h - a zip archive from members in memory: sets of ROIs.
 *
 * The same members give the same bytes, whatever the time of day. The file is complete or absent. One object
 * serves one thread.
 */
#ifndef IO_ZIP_WRITE_H
#define IO_ZIP_WRITE_H

#include <stddef.h>

#include "base/file.h"
#include "fringe/status.h"

struct zip_writer;

/* Begins an archive at `path`, beside which it grows until it is committed. */
fringe_status zip_write_begin(const char *path, struct zip_writer **writer, fringe_error *error);

/* Adds a member; `bytes`, from alloc.h, belong to the writer from here on, also after a failure. Names are
 * unique: FRINGE_ARGUMENT for one that is there. */
fringe_status zip_write_add(struct zip_writer *writer, const char *name, unsigned char *bytes, size_t size,
                            fringe_error *error);

/* Puts the archive in place and frees the writer, in every case; after a failure nothing is left. */
fringe_status zip_write_commit(struct zip_writer *writer, fringe_error *error);

/* 1 where the file is an archive of this writer's, which ends in a comment that says so. */
int zip_write_recognise(const char *path);

/* Drops what was added and frees. NULL is accepted. */
void zip_write_discard(struct zip_writer *writer);

#endif
