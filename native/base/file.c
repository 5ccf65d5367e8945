#define _GNU_SOURCE
#define _FILE_OFFSET_BITS 64
#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "base/path.h"

static fringe_status file_failed(const char *path, const char *what, fringe_error *error)
{
    return failure_set(error, FRINGE_FILE, "%s: %s: %s", path, what, strerror(errno));
}

fringe_status file_open_read(const char *path, FILE **stream, fringe_error *error)
{
    *stream = NULL;
    /* Opening a pipe without a writer would wait for ever, hence O_NONBLOCK, which regular files ignore. */
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0) return file_failed(path, "cannot be opened", error);
    struct stat facts;
    if (fstat(descriptor, &facts) != 0 || !S_ISREG(facts.st_mode)) {
        close(descriptor);
        return failure_set(error, FRINGE_FILE, "%s: is not a regular file", path);
    }
    *stream = fdopen(descriptor, "rb");
    if (*stream) return FRINGE_OK;
    close(descriptor);
    return file_failed(path, "cannot be opened", error);
}

fringe_status file_read_all(const char *path, size_t limit_bytes, unsigned char **bytes, size_t *size,
                            fringe_error *error)
{
    FILE *stream;
    unsigned char *block = NULL;
    size_t filled = 0, capacity = 0;
    *bytes = NULL;
    *size = 0;
    fringe_status status = file_open_read(path, &stream, error);
    if (status) return status;
    /* Grows with what is really there: a file's claimed size is not believed. */
    for (;;) {
        if (filled + 1 >= capacity) {
            size_t wanted = capacity ? 2 * capacity : 1 << 16;
            unsigned char *grown = alloc_resize(block, wanted, 1);
            if (!grown) {
                status = failure_memory(error, path, wanted);
                goto done;
            }
            block = grown;
            capacity = wanted;
        }
        size_t got = fread(block + filled, 1, capacity - filled - 1, stream);
        filled += got;
        if (filled > limit_bytes) {
            status = failure_set(error, FRINGE_FORMAT, "%s: holds more than the %zu bytes allowed here", path,
                                 limit_bytes);
            goto done;
        }
        if (got == 0) break;
    }
    if (ferror(stream)) {
        status = file_failed(path, "cannot be read", error);
        goto done;
    }
    block[filled] = 0;
    *bytes = block;
    *size = filled;
    block = NULL;
done:
    fclose(stream);
    alloc_free(block);
    return status;
}

int file_seek(FILE *stream, int64_t offset, int whence)
{
    return fseeko(stream, (off_t)offset, whence);
}

int64_t file_tell(FILE *stream)
{
    return (int64_t)ftello(stream);
}

void file_look(const char *path, struct file_facts *facts)
{
    struct stat found;
    *facts = (struct file_facts){.kind = FILE_ABSENT};
    if (stat(path, &found) != 0) return;
    facts->kind = S_ISREG(found.st_mode)   ? FILE_REGULAR
                  : S_ISDIR(found.st_mode) ? FILE_DIRECTORY
                                           : FILE_OTHER;
    facts->bytes = (int64_t)found.st_size;
    facts->device = (uint64_t)found.st_dev;
    facts->number = (uint64_t)found.st_ino;
}

char *file_real_path(const char *path)
{
    char *found = realpath(path, NULL);
    char *copy = found ? alloc_text(found) : NULL;
    free(found);
    return copy;
}

fringe_status file_make_directories(const char *path, fringe_error *error)
{
    char *partial = alloc_text(path);
    if (!partial) return failure_memory(error, path, strlen(path));
    fringe_status status = FRINGE_OK;
    for (char *p = partial + (*partial == '/');; p++) {
        if (*p && *p != '/') continue;
        char end = *p;
        *p = 0;
        struct file_facts facts;
        if (*partial && mkdir(partial, 0777) != 0) {
            int reason = errno;
            file_look(partial, &facts);
            errno = reason;
            if (facts.kind != FILE_DIRECTORY) {
                status = file_failed(partial, "cannot be made as a folder", error);
                break;
            }
        }
        if (!end) break;
        *p = end;
    }
    alloc_free(partial);
    return status;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

fringe_status file_list(const char *directory, struct file_names *names, fringe_error *error)
{
    *names = (struct file_names){0};
    DIR *folder = opendir(directory);
    if (!folder) return file_failed(directory, "cannot be listed", error);
    fringe_status status = FRINGE_OK;
    for (;;) {
        errno = 0; /* readdir gives NULL at the end and where it fails */
        const struct dirent *entry = readdir(folder);
        if (!entry) {
            if (errno) status = file_failed(directory, "cannot be listed", error);
            break;
        }
        if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..")) continue;
        char **grown = alloc_resize(names->names, names->count + 1, sizeof *grown);
        if (grown) names->names = grown;
        char *name = grown ? alloc_text(entry->d_name) : NULL;
        if (!name) {
            status = failure_memory(error, directory, sizeof *grown);
            break;
        }
        names->names[names->count++] = name;
    }
    closedir(folder);
    if (status) file_names_free(names);
    if (names->count) qsort(names->names, names->count, sizeof *names->names, compare_names);
    return status;
}

void file_names_free(struct file_names *names)
{
    for (size_t i = 0; i < names->count; i++) alloc_free(names->names[i]);
    alloc_free(names->names);
    *names = (struct file_names){0};
}

fringe_status file_remove(const char *path, fringe_error *error)
{
    if (unlink(path) == 0 || errno == ENOENT) return FRINGE_OK;
    return file_failed(path, "cannot be deleted", error);
}

fringe_status file_rename(const char *from, const char *to, fringe_error *error)
{
    return rename(from, to) == 0 ? FRINGE_OK : file_failed(to, "cannot be put in place", error);
}

fringe_status file_remove_tree(const char *path, fringe_error *error)
{
    struct stat found;
    if (lstat(path, &found) != 0)
        return errno == ENOENT ? FRINGE_OK : file_failed(path, "cannot be read", error);
    if (!S_ISDIR(found.st_mode)) return file_remove(path, error);
    struct file_names names;
    fringe_status status = file_list(path, &names, error);
    for (size_t i = 0; i < names.count && !status; i++) {
        char *below = path_join(path, names.names[i]);
        status = below ? file_remove_tree(below, error) : failure_memory(error, path, strlen(path));
        alloc_free(below);
    }
    file_names_free(&names);
    if (!status && rmdir(path) != 0) status = file_failed(path, "cannot be deleted", error);
    return status;
}

/* Opens the temporary file and takes its lock, which ends with the process however that ends. */
static fringe_status open_part(struct file_writer *writer, int flags, fringe_error *error)
{
    /* Between opening and locking, another writer may have put the file in place: then what is locked is no
     * longer what the name leads to, and the name is opened again. */
    for (int attempt = 0; attempt < 8; attempt++) {
        struct stat held, named;
        int descriptor = open(writer->temporary, O_RDWR | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW | flags, 0666);
        if (descriptor < 0 && errno == ELOOP)
            return failure_set(error, FRINGE_FILE, "%s: %s is a link, which is not followed", writer->path,
                               path_name(writer->temporary));
        if (descriptor < 0)
            return file_failed(writer->path, flags & O_CREAT ? "cannot be created" : "cannot be resumed",
                               error);
        int busy = flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
        if (!busy && fstat(descriptor, &held) == 0 && stat(writer->temporary, &named) == 0 &&
            S_ISREG(held.st_mode) && held.st_dev == named.st_dev && held.st_ino == named.st_ino)
            writer->stream = fdopen(descriptor, "r+b");
        if (writer->stream) return FRINGE_OK;
        close(descriptor);
        if (busy) break;
    }
    return failure_set(error, FRINGE_FILE, "%s: %s is in use by another program", writer->path,
                       path_name(writer->temporary));
}

static fringe_status start_writer(struct file_writer *writer, const char *path, int flags,
                                  fringe_error *error)
{
    *writer = (struct file_writer){0};
    writer->path = alloc_text(path);
    writer->temporary = path_concat(path, FILE_PART_SUFFIX);
    if (!writer->path || !writer->temporary) return failure_memory(error, path, strlen(path));
    return open_part(writer, flags, error);
}

/* Empties the writer; what it wrote so far stays. */
static void let_go(struct file_writer *writer)
{
    if (writer->stream) fclose(writer->stream);
    alloc_free(writer->path);
    alloc_free(writer->temporary);
    *writer = (struct file_writer){0};
}

fringe_status file_writer_claim(struct file_writer *writer, const char *path, fringe_error *error)
{
    fringe_status status = start_writer(writer, path, O_CREAT, error);
    if (status) let_go(writer);
    return status;
}

fringe_status file_writer_cut(struct file_writer *writer, int64_t bytes, fringe_error *error)
{
    struct stat facts;
    if (file_seek(writer->stream, bytes, SEEK_SET) != 0 || fstat(fileno(writer->stream), &facts) != 0)
        return file_failed(writer->path, "cannot be read", error);
    if (facts.st_size < bytes)
        return failure_set(error, FRINGE_FORMAT, "%s: %lld bytes were written, %lld are there", writer->path,
                           (long long)bytes, (long long)facts.st_size);
    if (ftruncate(fileno(writer->stream), (off_t)bytes) != 0)
        return file_failed(writer->path, "cannot be written", error);
    return FRINGE_OK;
}

fringe_status file_writer_begin(struct file_writer *writer, const char *path, fringe_error *error)
{
    fringe_status status = file_writer_claim(writer, path, error);
    if (!status) status = file_writer_cut(writer, 0, error);
    if (status) let_go(writer);
    return status;
}

fringe_status file_writer_resume(struct file_writer *writer, const char *path, int64_t bytes,
                                 fringe_error *error)
{
    fringe_status status = start_writer(writer, path, 0, error);
    if (!status) status = file_writer_cut(writer, bytes, error);
    if (status) let_go(writer);
    return status;
}

fringe_status file_writer_failed(const struct file_writer *writer, fringe_error *error)
{
    if (errno) return file_failed(writer->path, "cannot be written", error);
    return failure_set(error, FRINGE_FILE, "%s: cannot be written", writer->path);
}

fringe_status file_writer_write(struct file_writer *writer, const void *bytes, size_t size,
                                fringe_error *error)
{
    errno = 0;
    return fwrite(bytes, 1, size, writer->stream) == size ? FRINGE_OK : file_writer_failed(writer, error);
}

fringe_status file_writer_sync(struct file_writer *writer, fringe_error *error)
{
    errno = 0; /* the reason of an earlier failure is lost, unless flushing meets it again */
    int flushed = fflush(writer->stream) == 0;
    if (!flushed || ferror(writer->stream)) return file_writer_failed(writer, error);
    return fsync(fileno(writer->stream)) == 0 ? FRINGE_OK : file_writer_failed(writer, error);
}

void file_writer_keep(struct file_writer *writer)
{
    let_go(writer);
}

static void sync_directory(const char *path)
{
    /* Makes the rename itself durable. Some file systems refuse to sync a folder; the file is whole anyway.
     */
    char *directory = path_directory(path);
    int descriptor = directory ? open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    if (descriptor >= 0) {
        fsync(descriptor);
        close(descriptor);
    }
    alloc_free(directory);
}

fringe_status file_writer_commit(struct file_writer *writer, fringe_error *error)
{
    fringe_status status = file_writer_sync(writer, error);
    /* Renamed while the lock is held, or another writer could begin the same file meanwhile. */
    if (!status && rename(writer->temporary, writer->path) != 0)
        status = file_failed(writer->path, "cannot be put in place", error);
    if (status) {
        file_writer_discard(writer);
        return status;
    }
    sync_directory(writer->path);
    let_go(writer);
    return FRINGE_OK;
}

void file_writer_discard(struct file_writer *writer)
{
    if (writer->temporary) unlink(writer->temporary); /* while its lock is held */
    let_go(writer);
}

fringe_status file_remove_part(const char *path, fringe_error *error)
{
    struct file_writer writer;
    struct file_facts facts;
    char *part = path_concat(path, FILE_PART_SUFFIX);
    if (!part) return failure_memory(error, path, strlen(path));
    file_look(part, &facts);
    alloc_free(part);
    if (facts.kind == FILE_ABSENT) return FRINGE_OK;
    fringe_status status = file_writer_resume(&writer, path, 0, error);
    if (!status) file_writer_discard(&writer);
    return status;
}
