#include "io/zip_read.h"

#include <string.h>

#include <zip.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "base/file.h"

struct zip_read_archive {
    zip_t *zip;
    char *path;
};

int zip_read_recognise(const unsigned char *head, size_t size)
{
    return size >= 4 && (!memcmp(head, "PK\3\4", 4) || !memcmp(head, "PK\5\6", 4));
}

/* Names that a careless unpacker would write outside its folder: absolute ones, "..", drives, and
 * backslashes, which are separators on one system and letters on another. */
static int leads_out(const char *name)
{
    if (name[0] == '/' || strchr(name, '\\') || (name[0] && name[1] == ':')) return 1;
    for (const char *part = name; part; part = strchr(part, '/')) {
        part += *part == '/';
        if (part[0] == '.' && part[1] == '.' && (part[2] == '/' || !part[2])) return 1;
    }
    return 0;
}

/* libzip's reason as a status of ours: what is damaged is told apart from what is merely not read. */
static fringe_status zip_failed(const char *path, const char *member, zip_error_t *reason,
                                fringe_error *error)
{
    int code = zip_error_code_zip(reason);
    fringe_status status = FRINGE_FORMAT;
    if (code == ZIP_ER_MEMORY) status = FRINGE_MEMORY;
    if (code == ZIP_ER_COMPNOTSUPP || code == ZIP_ER_ENCRNOTSUPP || code == ZIP_ER_NOPASSWD)
        status = FRINGE_UNSUPPORTED;
    return failure_set(error, status, "%s: zip: %s%s%s", path, member, *member ? ": " : "",
                       zip_error_strerror(reason));
}

/* All names are checked at once: a member that is not asked for may still be unpacked by the next reader. */
static fringe_status check_names(const struct zip_read_archive *archive, fringe_error *error)
{
    for (int64_t i = 0; i < zip_read_count(archive); i++) {
        const char *name = zip_read_name(archive, i);
        if (leads_out(name))
            return failure_set(error, FRINGE_FORMAT, "%s: zip: the name \"%s\" leads out of the archive",
                               archive->path, name);
    }
    return FRINGE_OK;
}

fringe_status zip_read_open(const char *path, struct zip_read_archive **archive, fringe_error *error)
{
    struct zip_read_archive *made = NULL;
    zip_source_t *source = NULL;
    FILE *stream;
    zip_error_t reason;
    *archive = NULL;
    zip_error_init(&reason);
    fringe_status status = file_open_read(path, &stream, error);
    if (status) return status;
    made = alloc_array(1, sizeof *made);
    if (made) made->path = alloc_text(path);
    if (!made || !made->path) {
        status = failure_memory(error, path, sizeof *made);
        goto done;
    }
    /* Through a stream of ours, so that pipes and folders are refused as everywhere else. */
    source = zip_source_filep_create(stream, 0, -1, &reason);
    if (source) stream = NULL; /* the source closes it */
    if (source) made->zip = zip_open_from_source(source, ZIP_RDONLY, &reason);
    if (!made->zip) {
        status = zip_failed(path, "", &reason, error);
        goto done;
    }
    source = NULL; /* the archive has it */
    status = check_names(made, error);
    if (status) goto done;
    *archive = made;
    made = NULL;
done:
    zip_error_fini(&reason);
    if (source) zip_source_free(source);
    if (stream) fclose(stream);
    zip_read_close(made);
    return status;
}

void zip_read_close(struct zip_read_archive *archive)
{
    if (!archive) return;
    if (archive->zip) zip_discard(archive->zip);
    alloc_free(archive->path);
    alloc_free(archive);
}

int64_t zip_read_count(const struct zip_read_archive *archive)
{
    return zip_get_num_entries(archive->zip, 0);
}

const char *zip_read_name(const struct zip_read_archive *archive, int64_t index)
{
    const char *name = index < 0 ? NULL : zip_get_name(archive->zip, (zip_uint64_t)index, 0);
    return name ? name : "";
}

int64_t zip_read_find(const struct zip_read_archive *archive, const char *name)
{
    return zip_name_locate(archive->zip, name, 0);
}

fringe_status zip_read_member(struct zip_read_archive *archive, int64_t index, size_t limit_bytes,
                              unsigned char **bytes, size_t *size, fringe_error *error)
{
    const char *name = zip_read_name(archive, index);
    unsigned char *block = NULL;
    size_t filled = 0, capacity = 0;
    *bytes = NULL;
    *size = 0;
    zip_file_t *member = zip_fopen_index(archive->zip, (zip_uint64_t)index, 0);
    if (!member) return zip_failed(archive->path, name, zip_get_error(archive->zip), error);
    fringe_status status = FRINGE_OK;
    /* Grows with what comes out: the size that the archive claims is not believed. */
    for (;;) {
        if (filled + 1 >= capacity) {
            size_t wanted = capacity ? 2 * capacity : 1 << 16;
            unsigned char *grown = alloc_resize(block, wanted, 1);
            if (!grown) {
                status = failure_memory(error, name, wanted);
                goto done;
            }
            block = grown;
            capacity = wanted;
        }
        zip_int64_t got = zip_fread(member, block + filled, capacity - filled - 1);
        if (got < 0) {
            status = zip_failed(archive->path, name, zip_file_get_error(member), error);
            goto done;
        }
        filled += (size_t)got;
        if (filled > limit_bytes) {
            zip_stat_t facts;
            zip_stat_init(&facts);
            zip_stat_index(archive->zip, (zip_uint64_t)index, 0, &facts);
            unsigned long long claimed = facts.valid & ZIP_STAT_SIZE ? facts.size : filled;
            status =
                failure_set(error, FRINGE_FORMAT, "%s: zip: %s: unpacks to %llu bytes, %zu are allowed here",
                            archive->path, name, claimed > filled ? claimed : filled, limit_bytes);
            goto done;
        }
        if (got == 0) break;
    }
    block[filled] = 0;
    *bytes = block;
    *size = filled;
    block = NULL;
done:
    zip_fclose(member);
    alloc_free(block);
    return status;
}
