#include "io/tiff_deflate.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <tiffio.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "image/micrograph_source.h"
#include "io/imagej_notes.h"
#include "io/palette.h"

#define STRIP_BYTES (1 << 16) /* decoded at once by every reader */

struct tiff_deflate {
    TIFF *tiff;
    struct file_writer *file;
    struct tiff_write_options options; /* its texts are not looked at again */
    uint32_t row;                      /* of the plane under way */
    char failed[256];                  /* libtiff's first error */
    fringe_error written;              /* where the file failed, why */
};

static int on_error(TIFF *tiff, void *user, const char *module, const char *format, va_list arguments)
{
    (void)tiff, (void)module;
    struct tiff_deflate *self = user;
    if (!self->failed[0]) vsnprintf(self->failed, sizeof self->failed, format, arguments);
    return 1;
}

static int on_warning(TIFF *tiff, void *user, const char *module, const char *format, va_list arguments)
{
    (void)tiff, (void)user, (void)module, (void)format, (void)arguments;
    return 1; /* libtiff warns of private tags, ImageJ's among them */
}

/* libtiff comes back to earlier directories to say where the next one lies, and reads what it writes over. */
static tmsize_t on_read(thandle_t user, void *bytes, tmsize_t count)
{
    struct tiff_deflate *self = user;
    return (tmsize_t)fread(bytes, 1, (size_t)count, self->file->stream);
}

static tmsize_t on_write(thandle_t user, void *bytes, tmsize_t count)
{
    struct tiff_deflate *self = user;
    return file_writer_write(self->file, bytes, (size_t)count, &self->written) ? -1 : count;
}

static toff_t on_seek(thandle_t user, toff_t offset, int whence)
{
    struct tiff_deflate *self = user;
    if (file_seek(self->file->stream, (int64_t)offset, whence) == 0)
        return (toff_t)file_tell(self->file->stream);
    file_writer_failed(self->file, &self->written); /* to write what was before it */
    return (toff_t)-1;
}

static toff_t on_size(thandle_t user)
{
    struct tiff_deflate *self = user;
    int64_t at = file_tell(self->file->stream);
    file_seek(self->file->stream, 0, SEEK_END);
    int64_t size = file_tell(self->file->stream);
    file_seek(self->file->stream, at, SEEK_SET);
    return (toff_t)size;
}

static int on_close(thandle_t user)
{
    (void)user; /* the stream is the writer's */
    return 0;
}

static fringe_status refused(const struct tiff_deflate *self, fringe_error *error)
{
    if (self->written.status) return failure_set(error, FRINGE_FILE, "%s", self->written.message);
    return failure_set(error, FRINGE_FILE, "%s: cannot be written: %s", self->file->path, self->failed);
}

static void set_colours(TIFF *tiff)
{
    unsigned char colours[PALETTE_COUNT][3];
    uint16_t parts[3][PALETTE_COUNT];
    palette_classes(colours);
    for (int i = 0; i < PALETTE_COUNT; i++)
        for (int part = 0; part < 3; part++) parts[part][i] = (uint16_t)(colours[i][part] * 257u);
    TIFFSetField(tiff, TIFFTAG_COLORMAP, parts[0], parts[1], parts[2]);
}

/* The tags of a plane's directory. */
static void set_tags(struct tiff_deflate *self)
{
    const struct tiff_write_options *options = &self->options;
    TIFF *tiff = self->tiff;
    unsigned sample_bytes = (unsigned)micrograph_source_sample_bytes(options->pixel);
    int is_float = options->pixel == FRINGE_PIXEL_FLOAT32;
    uint32_t rows = STRIP_BYTES / ((uint32_t)options->width_px * sample_bytes);
    TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, (uint32_t)options->width_px);
    TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, (uint32_t)options->height_px);
    TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, 8 * sample_bytes);
    TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, 1);
    TIFFSetField(tiff, TIFFTAG_SAMPLEFORMAT, is_float ? SAMPLEFORMAT_IEEEFP : SAMPLEFORMAT_UINT);
    TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC,
                 options->class_colours ? PHOTOMETRIC_PALETTE : PHOTOMETRIC_MINISBLACK);
    TIFFSetField(tiff, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
    TIFFSetField(tiff, TIFFTAG_COMPRESSION, COMPRESSION_ADOBE_DEFLATE);
    TIFFSetField(tiff, TIFFTAG_PREDICTOR, is_float ? PREDICTOR_NONE : PREDICTOR_HORIZONTAL);
    TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, rows ? rows : 1);
    if (options->class_colours) set_colours(tiff);
    if (options->nm_per_px_x > 0) {
        TIFFSetField(tiff, TIFFTAG_XRESOLUTION, 1 / options->nm_per_px_x);
        TIFFSetField(tiff, TIFFTAG_YRESOLUTION, 1 / options->nm_per_px_y);
        TIFFSetField(tiff, TIFFTAG_RESOLUTIONUNIT, RESUNIT_NONE); /* the unit stands in the description */
    }
}

static void set_texts(TIFF *tiff, const struct tiff_deflate_texts *texts)
{
    static const TIFFFieldInfo fields[] = {{IMAGEJ_NOTES_COUNTS_TAG, TIFF_VARIABLE2, TIFF_VARIABLE2,
                                            TIFF_LONG, FIELD_CUSTOM, 1, 1, (char *)"ImageJ note sizes"},
                                           {IMAGEJ_NOTES_BYTES_TAG, TIFF_VARIABLE2, TIFF_VARIABLE2, TIFF_BYTE,
                                            FIELD_CUSTOM, 1, 1, (char *)"ImageJ notes"}};
    TIFFSetField(tiff, TIFFTAG_IMAGEDESCRIPTION, texts->description);
    if (!texts->notes) return;
    TIFFMergeFieldInfo(tiff, fields, 2);
    TIFFSetField(tiff, IMAGEJ_NOTES_COUNTS_TAG, texts->note_count, texts->note_sizes);
    TIFFSetField(tiff, IMAGEJ_NOTES_BYTES_TAG, texts->note_bytes, texts->notes);
}

fringe_status tiff_deflate_begin(struct file_writer *file, const struct tiff_write_options *options,
                                 const struct tiff_deflate_texts *texts, struct tiff_deflate **deflate,
                                 fringe_error *error)
{
    TIFFOpenOptions *handlers = TIFFOpenOptionsAlloc();
    struct tiff_deflate *made = alloc_array(1, sizeof *made);
    fringe_status status = handlers && made ? FRINGE_OK : failure_memory(error, file->path, sizeof *made);
    if (status) goto done;
    made->file = file;
    made->options = *options;
    TIFFOpenOptionsSetErrorHandlerExtR(handlers, on_error, made);
    TIFFOpenOptionsSetWarningHandlerExtR(handlers, on_warning, made);
    made->tiff = TIFFClientOpenExt(file->path, tiff_write_is_big(options) ? "w8m" : "wm", made, on_read,
                                   on_write, on_seek, on_close, on_size, NULL, NULL, handlers);
    if (!made->tiff) {
        status = refused(made, error);
        goto done;
    }
    set_tags(made);
    set_texts(made->tiff, texts);
    *deflate = made;
    made = NULL;
done:
    TIFFOpenOptionsFree(handlers);
    alloc_free(made);
    return status;
}

fringe_status tiff_deflate_rows(struct tiff_deflate *self, const void *rows, int64_t row_count,
                                size_t row_bytes, fringe_error *error)
{
    unsigned char *row = alloc_array(row_bytes, 1); /* libtiff makes differences in place */
    if (!row) return failure_memory(error, self->file->path, row_bytes);
    for (int64_t i = 0; i < row_count && !self->failed[0]; i++) {
        if (self->row == 0) set_tags(self);
        memcpy(row, (const unsigned char *)rows + (size_t)i * row_bytes, row_bytes);
        TIFFWriteScanline(self->tiff, row, self->row++, 0);
        if (self->row < (uint32_t)self->options.height_px) continue;
        TIFFWriteDirectory(self->tiff);
        self->row = 0;
    }
    alloc_free(row);
    return self->failed[0] ? refused(self, error) : FRINGE_OK;
}

fringe_status tiff_deflate_end(struct tiff_deflate *self, fringe_error *error)
{
    if (!self) return FRINGE_OK;
    /* The last directory stands already; what libtiff would write at closing is an empty one. */
    TIFFCleanup(self->tiff);
    fringe_status status = self->failed[0] ? refused(self, error) : FRINGE_OK;
    alloc_free(self);
    return status;
}
