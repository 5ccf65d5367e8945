#include "io/image_read.h"

#include <string.h>

#include "base/failure.h"
#include "base/file.h"
#include "base/path.h"
#include "base/run_state.h"
#include "io/image_format.h"

/* A new format is a row here and a file of its own. Their magic bytes exclude each other, so that the order
 * does not matter. */
static const struct image_format *const formats[] = {&tiff_read_format, &png_read_format, &jpeg_read_format};
#define FORMAT_COUNT (sizeof formats / sizeof *formats)

/* Bytes that are enough to tell the formats apart. */
#define HEAD_BYTES 16

static int format_has_extension(const struct image_format *format, const char *path)
{
    for (const char *const *extension = format->extensions; *extension; extension++)
        if (path_has_extension(path, *extension)) return 1;
    return 0;
}

/* What the name claims; only ever compared with what the content is. */
static const struct image_format *format_of_name(const char *path)
{
    for (size_t i = 0; i < FORMAT_COUNT; i++)
        if (format_has_extension(formats[i], path)) return formats[i];
    return NULL;
}

static const struct image_format *format_of_content(const unsigned char *head, size_t size)
{
    for (size_t i = 0; i < FORMAT_COUNT; i++)
        if (formats[i]->recognise(head, size)) return formats[i];
    return NULL;
}

int image_read_has_extension(const char *path)
{
    return path_name(path)[0] != '.' && format_of_name(path) != NULL;
}

/* Says what was found instead of an image: the first bytes tell a person who knows formats which one it is,
 * and a companion file of macOS is the most usual surprise in a folder that was copied from one. */
static fringe_status refuse_unknown(const char *name, const unsigned char *head, size_t size,
                                    fringe_error *error)
{
    static const unsigned char apple_double[] = {0x00, 0x05, 0x16, 0x07};
    if (size == 0) return failure_set(error, FRINGE_FORMAT, "%s: the file is empty", name);
    if (size >= sizeof apple_double && !memcmp(head, apple_double, sizeof apple_double))
        return failure_set(error, FRINGE_UNSUPPORTED,
                           "%s: holds what macOS keeps about another file (AppleDouble), no image", name);
    char bytes[3 * HEAD_BYTES + 1] = "", known[64] = "";
    for (size_t i = 0; i < size && i < 8; i++) snprintf(bytes + 3 * i, 4, " %02x", head[i]);
    for (size_t i = 0, used = 0; i < FORMAT_COUNT; i++)
        used += (size_t)snprintf(known + used, sizeof known - used, "%s%s", i ? ", " : "", formats[i]->name);
    return failure_set(error, FRINGE_UNSUPPORTED,
                       "%s: a file that begins with%s is of no format that is read (%s)", name, bytes, known);
}

fringe_status image_read_stream(FILE *stream, const char *name, enum image_read_palette palette,
                                const fringe_run *run, fringe_micrograph **micrograph, fringe_error *error)
{
    unsigned char head[HEAD_BYTES];
    const struct image_format *format, *named;
    fringe_micrograph *made = NULL;
    fringe_status status;
    *micrograph = NULL;

    size_t head_size = fread(head, 1, sizeof head, stream);
    int64_t bytes = file_seek(stream, 0, SEEK_END) == 0 ? file_tell(stream) : -1;
    if (bytes < 0 || file_seek(stream, 0, SEEK_SET) != 0) {
        status = failure_set(error, FRINGE_FILE, "%s: positions in the file cannot be set", name);
        goto done;
    }
    format = format_of_content(head, head_size);
    if (!format) {
        status = refuse_unknown(name, head, head_size, error);
        goto done;
    }
    named = format_of_name(name);
    if (named && named != format)
        run_state_notice(run, FRINGE_NOTICE_FORMAT_NAME, "%s: is named as %s and read as %s, by its content",
                         name, named->name, format->name);

    status = micrograph_source_create(name, format->name, &made, error);
    if (status) goto done;
    struct image_input input = {stream, bytes, made->name, palette, run};
    status = format->open(&input, made, error);
    if (status) goto done;
    stream = NULL; /* the reader has it */
    *micrograph = made;
    made = NULL;
done:
    fringe_micrograph_free(made);
    if (stream) fclose(stream);
    return status;
}

fringe_status image_read_open(const char *path, enum image_read_palette palette, const fringe_run *run,
                              fringe_micrograph **micrograph, fringe_error *error)
{
    FILE *stream;
    *micrograph = NULL;
    fringe_status status = file_open_read(path, &stream, error);
    if (status) return status;
    return image_read_stream(stream, path, palette, run, micrograph, error);
}

fringe_status fringe_micrograph_open(const char *path, const fringe_run *run, fringe_micrograph **micrograph,
                                     fringe_error *error)
{
    return image_read_open(path, IMAGE_READ_LUMINANCE, run, micrograph, error);
}
