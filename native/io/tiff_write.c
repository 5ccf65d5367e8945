#include "io/tiff_write.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "base/file.h"
#include "base/number.h"
#include "fringe/version.h"
#include "image/micrograph_source.h"
#include "io/imagej_notes.h"
#include "io/imagej_text.h"
#include "io/palette.h"
#include "io/tiff_deflate.h"

/* The file is in this machine's byte order, which TIFF allows, so that nothing needs to be turned. */
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define BYTE_ORDER_MARK "MM"
#else
#define BYTE_ORDER_MARK "II"
#endif

enum { TYPE_BYTE = 1, TYPE_ASCII = 2, TYPE_SHORT = 3, TYPE_LONG = 4, TYPE_RATIONAL = 5 };

#define HEADER_BYTES 8
#define ENTRY_BYTES  12
#define ALIGNMENT    16 /* of the first plane */

/* Bytes that grow; `failed` stays set once memory was short, so that it is asked about once. */
struct bytes {
    unsigned char *block;
    size_t size, capacity;
    int failed;
};

struct tiff_writer {
    struct file_writer file;
    struct tiff_deflate *deflate; /* NULL where rows are written as they are */
    size_t row_bytes;
    int64_t plane_rows, rows_left;
};

/* Appends bytes. After a failure everything is passed over, and the caller looks at `failed` once at the end.
 */
static void put(struct bytes *bytes, const void *from, size_t size)
{
    if (bytes->failed) return;
    if (size > bytes->capacity - bytes->size) {
        size_t capacity = 2 * bytes->capacity + size + 256;
        unsigned char *grown = alloc_resize(bytes->block, capacity, 1);
        if (!grown) {
            bytes->failed = 1;
            return;
        }
        bytes->block = grown;
        bytes->capacity = capacity;
    }
    if (size) memcpy(bytes->block + bytes->size, from, size);
    bytes->size += size;
}

static void put_short(struct bytes *bytes, unsigned value)
{
    uint16_t number = (uint16_t)value;
    put(bytes, &number, sizeof number);
}

static void put_long(struct bytes *bytes, uint64_t value)
{
    uint32_t number = (uint32_t)value;
    put(bytes, &number, sizeof number);
}

static void put_text(struct bytes *bytes, const char *text)
{
    put(bytes, text, strlen(text));
}

static void put_number(struct bytes *bytes, const char *key, double value)
{
    char text[NUMBER_TEXT_BYTES];
    put_text(bytes, key);
    put_text(bytes, number_text_exact(value, text));
    put_text(bytes, "\n");
}

/* One entry of a directory: a single number stands in it, all else at an offset. */
static void put_entry(struct bytes *bytes, unsigned tag, unsigned type, size_t count, uint64_t value)
{
    put_short(bytes, tag);
    put_short(bytes, type);
    put_long(bytes, count);
    if (type == TYPE_SHORT && count == 1) {
        put_short(bytes, (unsigned)value);
        put_short(bytes, 0);
    } else {
        put_long(bytes, value);
    }
}

/* The nearest ratio of two 32-bit numbers to a positive value, by continued fraction. */
static void put_ratio(struct bytes *bytes, double value)
{
    double over = 1, under = 0, over_before = 0, under_before = 1, rest = value;
    for (;;) {
        double whole = floor(rest);
        double next_over = whole * over + over_before, next_under = whole * under + under_before;
        if (next_over > UINT32_MAX || next_under > UINT32_MAX) break;
        over_before = over;
        under_before = under;
        over = next_over;
        under = next_under;
        if (rest == whole || over / under == value) break;
        rest = 1 / (rest - whole);
    }
    put_long(bytes, (uint64_t)over);
    put_long(bytes, (uint64_t)under);
}

/* The description that ImageJ reads, with the line by which Fringe knows its own files. Numbers of one are
 * left out as ImageJ leaves them out. */
static void put_description(struct bytes *bytes, const struct tiff_write_options *options)
{
    int64_t planes = (int64_t)options->channel_count * options->slice_count;
    int32_t frames = options->frame_count > 1 ? options->frame_count : 1,
            slices = options->slice_count / frames;
    put_text(bytes, "ImageJ=1.54g\n"); /* the version whose form this is */
    if (planes > 1) put_number(bytes, "images=", (double)planes);
    if (options->channel_count > 1) put_number(bytes, "channels=", options->channel_count);
    if (slices > 1) put_number(bytes, "slices=", slices);
    if (frames > 1) put_number(bytes, "frames=", frames);
    if (options->channel_count > 1 || (slices > 1 && frames > 1)) put_text(bytes, "hyperstack=true\n");
    if (options->channel_count > 1) put_text(bytes, "mode=grayscale\n");
    if (options->nm_per_px_x > 0) put_text(bytes, "unit=nm\n");
    if (options->nm_per_slice > 0) put_number(bytes, "spacing=", options->nm_per_slice);
    if (options->seconds_per_frame > 0) put_number(bytes, "finterval=", options->seconds_per_frame);
    if (planes > 1) put_text(bytes, "loop=false\n");
    if (options->has_display) {
        put_number(bytes, "min=", options->display_min);
        put_number(bytes, "max=", options->display_max);
    }
    if (!options->unmarked) {
        put_text(bytes, IMAGEJ_TEXT_MARK);
        put_text(bytes, fringe_version());
        put_text(bytes, "\n");
    }
    if (options->description) put_text(bytes, options->description);
    put(bytes, "", 1); /* the NUL that ASCII tags count */
}

static const char *text_of(const char *const *texts, size_t index)
{
    return texts && texts[index] ? texts[index] : "";
}

static int is_labelled(const struct tiff_write_options *options)
{
    return options->slice_labels || options->channel_names;
}

/* The label of a page: of its channel, of its slice, or both. What is too long for a note is cut off there.
 */
static size_t encode_label(const struct tiff_write_options *options, size_t plane,
                           unsigned char note[2 * IMAGEJ_NOTES_LABEL_BYTES])
{
    size_t channels = (size_t)options->channel_count;
    const char *channel = text_of(options->channel_names, plane % channels);
    const char *slice = text_of(options->slice_labels, plane / channels);
    char both[2 * IMAGEJ_NOTES_LABEL_BYTES];
    if (!*channel || !*slice) return imagej_notes_encode(*channel ? channel : slice, note);
    snprintf(both, sizeof both, "%s: %s", channel, slice);
    return imagej_notes_encode(both, note);
}

/* Writes ImageJ's notes: a label for each page. */
static void put_labels(struct bytes *counts, struct bytes *notes, const struct tiff_write_options *options)
{
    size_t planes = (size_t)options->channel_count * (size_t)options->slice_count;
    put_long(notes, IMAGEJ_NOTES_WORD_IJIJ);
    put_long(notes, IMAGEJ_NOTES_WORD_LABL);
    put_long(notes, planes);
    put_long(counts, notes->size);
    for (size_t plane = 0; plane < planes; plane++) {
        unsigned char text[2 * IMAGEJ_NOTES_LABEL_BYTES];
        size_t size = encode_label(options, plane, text);
        put(notes, text, size);
        put_long(counts, size);
    }
}

/* The colour table: all reds, all greens, all blues; 257 makes 0xFFFF of 0xFF. */
static void put_colours(struct bytes *bytes)
{
    unsigned char colours[PALETTE_COUNT][3];
    palette_classes(colours);
    for (int part = 0; part < 3; part++)
        for (int i = 0; i < PALETTE_COUNT; i++) put_short(bytes, colours[i][part] * 257u);
}

/* Everything that stands before the pixels: header, directories, what they point to. A directory for each
 * plane, as every reader of TIFF wants it; where the last one's offset would not fit into 32 bits, one alone,
 * and the planes behind its own are found as in ImageJ's large stacks: by `images=` and their size. Gives the
 * bytes of the whole file. */
static uint64_t put_front(struct bytes *front, const struct tiff_write_options *options, uint64_t plane_bytes,
                          uint64_t directories)
{
    struct bytes extras = {0}, notes = {0};
    uint64_t planes = (uint64_t)options->channel_count * (uint64_t)options->slice_count;
    int calibrated = options->nm_per_px_x > 0, labelled = is_labelled(options);
    size_t entries = 11 + 3 * (size_t)calibrated + (size_t)options->class_colours;
    size_t first_entries = entries + 1 + 2 * (size_t)labelled;
    uint64_t extras_at =
        HEADER_BYTES + (first_entries + (directories - 1) * entries) * ENTRY_BYTES + directories * 6;

    uint64_t x_at = extras_at, y_at = x_at + 8;
    if (calibrated) {
        put_ratio(&extras, 1 / options->nm_per_px_x);
        put_ratio(&extras, 1 / options->nm_per_px_y);
    }
    uint64_t colours_at = extras_at + extras.size;
    if (options->class_colours) put_colours(&extras);
    uint64_t counts_at = extras_at + extras.size;
    if (labelled) put_labels(&extras, &notes, options);
    uint64_t notes_at = extras_at + extras.size;
    put(&extras, notes.block, notes.size);
    uint64_t description_at = extras_at + extras.size;
    put_description(&extras, options);
    size_t description_bytes = (size_t)(extras_at + extras.size - description_at);
    uint64_t pixels_at = (extras_at + extras.size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    uint64_t file_bytes = pixels_at + planes * plane_bytes;
    if (file_bytes > UINT32_MAX && directories > 1) goto done; /* the offsets below would not fit */

    put(front, BYTE_ORDER_MARK, 2);
    put_short(front, 42);
    put_long(front, HEADER_BYTES);
    for (uint64_t plane = 0; plane < directories; plane++) {
        size_t here = plane == 0 ? first_entries : entries;
        put_short(front, (unsigned)here);
        put_entry(front, 254, TYPE_LONG, 1, 0);
        put_entry(front, 256, TYPE_LONG, 1, (uint64_t)options->width_px);
        put_entry(front, 257, TYPE_LONG, 1, (uint64_t)options->height_px);
        put_entry(front, 258, TYPE_SHORT, 1, 8 * micrograph_source_sample_bytes(options->pixel));
        put_entry(front, 259, TYPE_SHORT, 1, 1); /* no compression */
        put_entry(front, 262, TYPE_SHORT, 1, options->class_colours ? 3 : 1);
        if (plane == 0) put_entry(front, 270, TYPE_ASCII, description_bytes, description_at);
        put_entry(front, 273, TYPE_LONG, 1, pixels_at + plane * plane_bytes);
        put_entry(front, 277, TYPE_SHORT, 1, 1);
        put_entry(front, 278, TYPE_LONG, 1, (uint64_t)options->height_px);
        put_entry(front, 279, TYPE_LONG, 1, plane_bytes);
        if (calibrated) {
            put_entry(front, 282, TYPE_RATIONAL, 1, x_at);
            put_entry(front, 283, TYPE_RATIONAL, 1, y_at);
            put_entry(front, 296, TYPE_SHORT, 1, 1); /* the unit stands in the description */
        }
        if (options->class_colours) put_entry(front, 320, TYPE_SHORT, 3 * PALETTE_COUNT, colours_at);
        put_entry(front, 339, TYPE_SHORT, 1, options->pixel == FRINGE_PIXEL_FLOAT32 ? 3 : 1);
        if (plane == 0 && labelled) {
            put_entry(front, IMAGEJ_NOTES_COUNTS_TAG, TYPE_LONG, planes + 1, counts_at);
            put_entry(front, IMAGEJ_NOTES_BYTES_TAG, TYPE_BYTE, notes.size, notes_at);
        }
        put_long(front, plane + 1 < directories ? front->size + 4 : 0);
    }
    put(front, extras.block, extras.size);
    while (front->size < pixels_at && !front->failed) put(front, "", 1);
done:
    front->failed |= extras.failed | notes.failed;
    alloc_free(extras.block);
    alloc_free(notes.block);
    return file_bytes;
}

/* What would make a file that contradicts itself, or that no reader accepts. */
static fringe_status check_options(const char *path, const struct tiff_write_options *options,
                                   fringe_error *error)
{
    if (options->width_px < 1 || options->height_px < 1 || options->channel_count < 1 ||
        options->slice_count < 1)
        return failure_set(error, FRINGE_ARGUMENT, "%s: %ld x %ld pixels, %ld channels, %ld slices", path,
                           (long)options->width_px, (long)options->height_px, (long)options->channel_count,
                           (long)options->slice_count);
    if (options->frame_count > 1 && options->slice_count % options->frame_count != 0)
        return failure_set(error, FRINGE_ARGUMENT,
                           "%s: %ld slices are no whole number for each of %ld frames", path,
                           (long)options->slice_count, (long)options->frame_count);
    if (options->pixel != FRINGE_PIXEL_UINT8 && options->pixel != FRINGE_PIXEL_UINT16 &&
        options->pixel != FRINGE_PIXEL_FLOAT32)
        return failure_set(error, FRINGE_ARGUMENT, "%s: samples of type %s are not written", path,
                           fringe_pixel_name(options->pixel));
    if (options->class_colours && options->pixel != FRINGE_PIXEL_UINT8)
        return failure_set(error, FRINGE_ARGUMENT, "%s: class colours are for uint8, not %s", path,
                           fringe_pixel_name(options->pixel));
    double x = options->nm_per_px_x, y = options->nm_per_px_y;
    int known = x >= 1e-6 && x <= 1e6 && y >= 1e-6 && y <= 1e6; /* NaN is not; within both a ratio is exact */
    if (!known && !(x == 0 && y == 0)) {
        char x_text[NUMBER_TEXT_BYTES], y_text[NUMBER_TEXT_BYTES];
        return failure_set(error, FRINGE_ARGUMENT, "%s: a pixel size of %s x %s nm is not within 1e-6 to 1e6",
                           path, number_text(x, 6, x_text), number_text(y, 6, y_text));
    }
    return micrograph_source_check_size(path, (uint64_t)options->height_px, (uint64_t)options->width_px,
                                        error);
}

/* Checks the options and prepares a writer with everything that stands before the pixels. */
static fringe_status prepare(const char *path, const struct tiff_write_options *options,
                             struct tiff_writer **writer, struct bytes *front, fringe_error *error)
{
    *writer = NULL;
    fringe_status status = check_options(path, options, error);
    if (status) return status;
    uint64_t row_bytes = (uint64_t)options->width_px * micrograph_source_sample_bytes(options->pixel);
    uint64_t plane_bytes = row_bytes * (uint64_t)options->height_px;
    uint64_t planes = (uint64_t)options->channel_count * (uint64_t)options->slice_count;
    if (plane_bytes > UINT32_MAX || planes > INT32_MAX)
        return failure_set(error, FRINGE_UNSUPPORTED,
                           "%s: %llu planes of %llu bytes; at most %ld planes of %lu bytes are written", path,
                           (unsigned long long)planes, (unsigned long long)plane_bytes, (long)INT32_MAX,
                           (unsigned long)UINT32_MAX);
    /* More directories than could be pointed to are not even tried: their number is the caller's. */
    if (planes > UINT32_MAX / plane_bytes || put_front(front, options, plane_bytes, planes) > UINT32_MAX) {
        front->size = 0;
        put_front(front, options, plane_bytes, 1);
    }
    struct tiff_writer *made = alloc_array(1, sizeof *made);
    if (!made || front->failed) {
        alloc_free(made);
        return failure_memory(error, path, front->capacity);
    }
    made->row_bytes = (size_t)row_bytes;
    made->plane_rows = options->height_px;
    made->rows_left = (int64_t)planes * options->height_px;
    *writer = made;
    return FRINGE_OK;
}

int tiff_write_is_big(const struct tiff_write_options *options)
{
    double bytes = (double)options->width_px * options->height_px * options->channel_count *
                   options->slice_count * (double)micrograph_source_sample_bytes(options->pixel);
    return options->compress && bytes > UINT32_MAX;
}

static fringe_status begin_deflate(struct tiff_writer *writer, const struct tiff_write_options *options,
                                   fringe_error *error)
{
    struct bytes description = {0}, sizes = {0}, notes = {0};
    put_description(&description, options);
    if (is_labelled(options)) put_labels(&sizes, &notes, options);
    struct tiff_deflate_texts texts = {.description = (const char *)description.block,
                                       .note_sizes = (const uint32_t *)(void *)sizes.block,
                                       .note_count = (uint32_t)(sizes.size / sizeof(uint32_t)),
                                       .notes = notes.block,
                                       .note_bytes = (uint32_t)notes.size};
    fringe_status status = description.failed || sizes.failed || notes.failed
                               ? failure_memory(error, writer->file.path, notes.capacity)
                               : tiff_deflate_begin(&writer->file, options, &texts, &writer->deflate, error);
    alloc_free(description.block);
    alloc_free(sizes.block);
    alloc_free(notes.block);
    return status;
}

fringe_status tiff_write_begin(const char *path, const struct tiff_write_options *options,
                               struct tiff_writer **writer, fringe_error *error)
{
    struct bytes front = {0};
    fringe_status status = prepare(path, options, writer, &front, error);
    if (!status) status = file_writer_begin(&(*writer)->file, path, error);
    if (!status && options->compress)
        status = begin_deflate(*writer, options, error);
    else if (!status)
        status = file_writer_write(&(*writer)->file, front.block, front.size, error);
    alloc_free(front.block);
    if (status) {
        tiff_write_discard(*writer);
        *writer = NULL;
    }
    return status;
}

/* Whether the file begins as this writer would have begun it. */
static fringe_status compare_front(struct tiff_writer *writer, const struct bytes *front, fringe_error *error)
{
    fringe_status status = FRINGE_OK;
    unsigned char *there = alloc_array(front->size, 1);
    if (!there) return failure_memory(error, writer->file.path, front->size);
    if (file_seek(writer->file.stream, 0, SEEK_SET) != 0 ||
        fread(there, 1, front->size, writer->file.stream) != front->size ||
        file_seek(writer->file.stream, 0, SEEK_END) != 0)
        status = failure_set(error, FRINGE_FILE, "%s: cannot be read again", writer->file.path);
    else if (memcmp(there, front->block, front->size) != 0)
        status = failure_set(error, FRINGE_FORMAT, "%s: what was begun is another file", writer->file.path);
    alloc_free(there);
    return status;
}

fringe_status tiff_write_resume(const char *path, const struct tiff_write_options *options, int64_t planes,
                                struct tiff_writer **writer, fringe_error *error)
{
    struct bytes front = {0};
    fringe_status status = prepare(path, options, writer, &front, error);
    if (status) goto done;
    int64_t rows = planes * (*writer)->plane_rows;
    if (rows > (*writer)->rows_left) {
        status = failure_set(error, FRINGE_ARGUMENT, "%s: %lld rows are said to be there of %lld", path,
                             (long long)rows, (long long)(*writer)->rows_left);
        goto done;
    }
    int64_t bytes = (int64_t)front.size + rows * (int64_t)(*writer)->row_bytes;
    status = file_writer_resume(&(*writer)->file, path, bytes, error);
    if (!status) status = compare_front(*writer, &front, error);
    if (!status) (*writer)->rows_left -= rows;
done:
    alloc_free(front.block);
    if (status && *writer) {
        tiff_write_keep(*writer);
        *writer = NULL;
    }
    return status;
}

fringe_status tiff_write_rows(struct tiff_writer *writer, const void *rows, int64_t row_count,
                              fringe_error *error)
{
    if (row_count < 0 || row_count > writer->rows_left)
        return failure_set(error, FRINGE_ARGUMENT, "%s: %lld rows are written where %lld are left",
                           writer->file.path, (long long)row_count, (long long)writer->rows_left);
    fringe_status status =
        writer->deflate
            ? tiff_deflate_rows(writer->deflate, rows, row_count, writer->row_bytes, error)
            : file_writer_write(&writer->file, rows, (size_t)row_count * writer->row_bytes, error);
    if (!status) writer->rows_left -= row_count;
    return status;
}

fringe_status tiff_write_sync(struct tiff_writer *writer, fringe_error *error)
{
    return file_writer_sync(&writer->file, error);
}

fringe_status tiff_write_commit(struct tiff_writer *writer, fringe_error *error)
{
    fringe_status status = tiff_deflate_end(writer->deflate, error);
    if (status) {
        file_writer_discard(&writer->file);
    } else if (writer->rows_left) {
        status = failure_set(error, FRINGE_ARGUMENT, "%s: %lld rows are missing", writer->file.path,
                             (long long)writer->rows_left);
        file_writer_discard(&writer->file);
    } else {
        status = file_writer_commit(&writer->file, error);
    }
    alloc_free(writer);
    return status;
}

void tiff_write_discard(struct tiff_writer *writer)
{
    if (!writer) return;
    tiff_deflate_end(writer->deflate, NULL);
    file_writer_discard(&writer->file);
    alloc_free(writer);
}

void tiff_write_keep(struct tiff_writer *writer)
{
    if (!writer) return;
    file_writer_keep(&writer->file);
    alloc_free(writer);
}
