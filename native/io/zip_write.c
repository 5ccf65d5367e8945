#include "io/zip_write.h"

#include <string.h>

#include <zip.h>

#include "base/alloc.h"
#include "base/failure.h"

/* 1 January 1980, the first day that a zip can name. */
enum { FIRST_DATE = 0x21, FIRST_TIME = 0 };

/* An archive's last bytes: the comment of the archive. */
static const char comment[] = "written by Fringe";
enum { COMMENT_BYTES = sizeof comment - 1 };

struct zip_writer {
    struct file_writer file;
    zip_t *zip;
    zip_source_t *archive; /* the bytes of the whole, once the zip is closed */
    unsigned char **blocks;
    size_t count, capacity;
};

static fringe_status zip_failed(const struct zip_writer *writer, zip_error_t *reason, fringe_error *error)
{
    int code = zip_error_code_zip(reason);
    fringe_status status = code == ZIP_ER_MEMORY   ? FRINGE_MEMORY
                           : code == ZIP_ER_EXISTS ? FRINGE_ARGUMENT
                                                   : FRINGE_FILE;
    return failure_set(error, status, "%s: zip: %s", writer->file.path, zip_error_strerror(reason));
}

int zip_write_recognise(const char *path)
{
    char end[COMMENT_BYTES];
    FILE *stream;
    if (file_open_read(path, &stream, NULL)) return 0;
    int own = file_seek(stream, -COMMENT_BYTES, SEEK_END) == 0 &&
              fread(end, 1, COMMENT_BYTES, stream) == COMMENT_BYTES && !memcmp(end, comment, COMMENT_BYTES);
    fclose(stream);
    return own;
}

void zip_write_discard(struct zip_writer *writer)
{
    if (!writer) return;
    if (writer->zip) zip_discard(writer->zip);
    if (writer->archive) zip_source_free(writer->archive);
    for (size_t i = 0; i < writer->count; i++) alloc_free(writer->blocks[i]);
    alloc_free(writer->blocks);
    file_writer_discard(&writer->file);
    alloc_free(writer);
}

fringe_status zip_write_begin(const char *path, struct zip_writer **writer, fringe_error *error)
{
    zip_error_t reason;
    *writer = NULL;
    struct zip_writer *made = alloc_array(1, sizeof *made);
    if (!made) return failure_memory(error, path, sizeof *made);
    fringe_status status = file_writer_begin(&made->file, path, error);
    if (status) {
        alloc_free(made);
        return status;
    }
    zip_error_init(&reason);
    made->archive = zip_source_buffer_create(NULL, 0, 0, &reason);
    if (made->archive) made->zip = zip_open_from_source(made->archive, ZIP_TRUNCATE, &reason);
    if (made->zip) {
        zip_source_keep(made->archive); /* it outlives the zip, which fills it when it is closed */
        *writer = made;
    } else {
        status = zip_failed(made, &reason, error);
        zip_write_discard(made);
    }
    zip_error_fini(&reason);
    return status;
}

/* libzip reads members when the archive is closed: until then the blocks are kept. */
static fringe_status keep_block(struct zip_writer *writer, unsigned char *bytes, fringe_error *error)
{
    if (writer->count == writer->capacity) {
        size_t capacity = 2 * writer->capacity + 64;
        unsigned char **grown = alloc_resize(writer->blocks, capacity, sizeof *grown);
        if (!grown) {
            alloc_free(bytes);
            return failure_memory(error, writer->file.path, capacity * sizeof *grown);
        }
        writer->blocks = grown;
        writer->capacity = capacity;
    }
    writer->blocks[writer->count++] = bytes;
    return FRINGE_OK;
}

fringe_status zip_write_add(struct zip_writer *writer, const char *name, unsigned char *bytes, size_t size,
                            fringe_error *error)
{
    fringe_status status = keep_block(writer, bytes, error);
    if (status) return status;
    zip_source_t *member = zip_source_buffer(writer->zip, bytes, size, 0);
    zip_int64_t index = member ? zip_file_add(writer->zip, name, member, ZIP_FL_ENC_UTF_8) : -1;
    if (index < 0) {
        if (member) zip_source_free(member);
        return zip_failed(writer, zip_get_error(writer->zip), error);
    }
    if (zip_file_set_dostime(writer->zip, (zip_uint64_t)index, FIRST_TIME, FIRST_DATE, 0))
        return zip_failed(writer, zip_get_error(writer->zip), error);
    return FRINGE_OK;
}

static fringe_status copy_archive(struct zip_writer *writer, fringe_error *error)
{
    unsigned char block[1 << 14];
    zip_int64_t got;
    if (zip_source_open(writer->archive) < 0)
        return zip_failed(writer, zip_source_error(writer->archive), error);
    fringe_status status = FRINGE_OK;
    while (!status && (got = zip_source_read(writer->archive, block, sizeof block)) != 0)
        status = got < 0 ? zip_failed(writer, zip_source_error(writer->archive), error)
                         : file_writer_write(&writer->file, block, (size_t)got, error);
    zip_source_close(writer->archive);
    return status;
}

fringe_status zip_write_commit(struct zip_writer *writer, fringe_error *error)
{
    fringe_status status = FRINGE_OK;
    /* libzip would write no archive at all where there is no member: an empty one is its closing record. */
    static const unsigned char empty[22] = {[0] = 'P', [1] = 'K', [2] = 5, [3] = 6, [20] = COMMENT_BYTES};
    if (writer->count == 0) {
        status = file_writer_write(&writer->file, empty, sizeof empty, error);
        if (!status) status = file_writer_write(&writer->file, comment, COMMENT_BYTES, error);
    } else if (zip_set_archive_comment(writer->zip, comment, COMMENT_BYTES) || zip_close(writer->zip)) {
        status = zip_failed(writer, zip_get_error(writer->zip), error);
    } else {
        writer->zip = NULL;
        status = copy_archive(writer, error);
    }
    if (!status) status = file_writer_commit(&writer->file, error);
    zip_write_discard(writer);
    return status;
}
