/* file.h - files and folders, the only room that asks the operating system about them.
 *
 * Outputs are never half-written: a writer fills `<name>.part` beside the target, and commit syncs it and
 * renames it over the target in one step. The name is always the same, so that what a killed program left is
 * found, to be taken up or deleted; a lock, which ends with the process, keeps two writers of one file apart.
 * Paths are UTF-8. Every function may be called from any thread.
 */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "fringe/status.h"

/* Opens a regular file for reading; a folder, a pipe or a missing file is FRINGE_FILE. The caller fcloses. */
fringe_status file_open_read(const char *path, FILE **stream, fringe_error *error);

/* The whole content, at most `limit_bytes` (a longer file is FRINGE_FORMAT with both numbers), with a NUL
 * behind it that is not counted. The caller gives *bytes to alloc_free. */
fringe_status file_read_all(const char *path, size_t limit_bytes, unsigned char **bytes, size_t *size,
                            fringe_error *error);

/* Position in files of any size: fseek and ftell with 64 bits. 0 on success; -1 on failure. */
int file_seek(FILE *stream, int64_t offset, int whence);
int64_t file_tell(FILE *stream);

/* What is at a path. Links are followed. Both numbers together name a file whatever path led to it. */
enum file_kind { FILE_ABSENT, FILE_REGULAR, FILE_DIRECTORY, FILE_OTHER };
struct file_facts {
    enum file_kind kind;
    int64_t bytes;
    uint64_t device, number;
};
void file_look(const char *path, struct file_facts *facts);

/* The path with links and dots resolved, for a path that exists; NULL otherwise. Given to alloc_free. */
char *file_real_path(const char *path);

/* Makes a folder and those above it that are missing. One that is there already is success. */
fringe_status file_make_directories(const char *path, fringe_error *error);

/* The names in a folder without "." and "..", in byte order. The caller frees with file_names_free. */
struct file_names {
    char **names;
    size_t count;
};
fringe_status file_list(const char *directory, struct file_names *names, fringe_error *error);
void file_names_free(struct file_names *names);

/* Deletes a file; absent is success. */
fringe_status file_remove(const char *path, fringe_error *error);

/* Gives a file or folder another name on the same disk, in one step. A folder that is there and not empty
 * stays: FRINGE_FILE. */
fringe_status file_rename(const char *from, const char *to, fringe_error *error);

/* Deletes a folder with all that is in it, links as links; absent is success. For folders of Fringe's own
 * making. */
fringe_status file_remove_tree(const char *path, fringe_error *error);

/* An output on its way. */
#define FILE_PART_SUFFIX ".part"
struct file_writer {
    FILE *stream;    /* open for reading and writing; the caller writes here */
    char *path;      /* where it will stand */
    char *temporary; /* where it stands now: path and FILE_PART_SUFFIX */
};

/* Starts an output; what an earlier writer left unfinished is gone. FRINGE_FILE also where another writer is
 * at it now, or where the temporary name is a link: what that leads to is somebody else's. On failure the
 * writer is empty and needs no discard. */
fringe_status file_writer_begin(struct file_writer *writer, const char *path, fringe_error *error);

/* Takes the temporary file with its lock and leaves what is in it, for file_writer_cut: from here on the
 * output is this writer's. Fails as file_writer_begin does. */
fringe_status file_writer_claim(struct file_writer *writer, const char *path, fringe_error *error);

/* Goes on behind the first `bytes` bytes; what follows them is cut off. FRINGE_FORMAT where it is shorter,
 * and then it stays as it is. */
fringe_status file_writer_cut(struct file_writer *writer, int64_t bytes, fringe_error *error);

/* Goes on with an output that was left unfinished, behind its first `bytes` bytes; what follows them is cut
 * off. FRINGE_FILE where there is none or another writer is at it, FRINGE_FORMAT where it is shorter; then
 * the writer is empty and the file as it was. */
fringe_status file_writer_resume(struct file_writer *writer, const char *path, int64_t bytes,
                                 fringe_error *error);

/* Appends bytes; FRINGE_FILE with the system's reason. What goes to the stream by other ways fails at the
 * next sync or commit, where the reason may not be known any more. */
fringe_status file_writer_write(struct file_writer *writer, const void *bytes, size_t size,
                                fringe_error *error);

/* FRINGE_FILE for a call on the stream that has just failed: errno tells the reason, unless it is 0. */
fringe_status file_writer_failed(const struct file_writer *writer, fringe_error *error);

/* Brings what was written so far to the disk. */
fringe_status file_writer_sync(struct file_writer *writer, fringe_error *error);

/* Flushes, syncs, renames and closes; the target is replaced in one step. On failure the temporary file is
 * gone and the target as it was. The writer is empty afterwards in both cases. */
fringe_status file_writer_commit(struct file_writer *writer, fringe_error *error);

/* Closes and leaves the temporary file, for file_writer_resume. An empty writer is accepted. */
void file_writer_keep(struct file_writer *writer);

/* Closes and deletes the temporary file. An empty writer is accepted. */
void file_writer_discard(struct file_writer *writer);

/* Deletes what an ended writer of `path` left unfinished; nothing is success. */
fringe_status file_remove_part(const char *path, fringe_error *error);

#endif
