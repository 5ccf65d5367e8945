#include "io/tiff_stream.h"

#include <stdarg.h>
#include <string.h>

#include "base/failure.h"
#include "base/file.h"
#include "base/run_state.h"

/* What directories may take to read, beside a multiple of the file's own length. */
#define ALLOWANCE_BYTES    (16 << 20)
#define ALLOWANCE_PER_BYTE 8
#define NOTICES            4
/* One allocation of libtiff's at most, beside the file's own length. */
#define LIBTIFF_BLOCK_BYTES (64 << 20)

static int on_error(TIFF *tiff, void *user, const char *module, const char *format, va_list arguments)
{
    (void)tiff;
    struct tiff_stream *self = user;
    if (self->failed[0]) return 1; /* the first is the cause, the others follow from it */
    int length = snprintf(self->failed, sizeof self->failed, "%s: ", module ? module : "libtiff");
    if (length > 0 && (size_t)length < sizeof self->failed)
        vsnprintf(self->failed + length, sizeof self->failed - (size_t)length, format, arguments);
    return 1;
}

static int on_warning(TIFF *tiff, void *user, const char *module, const char *format, va_list arguments)
{
    struct tiff_stream *self = user;
    char text[sizeof self->warned];
    if (strstr(format, "Unknown field")) return 1; /* private tags are usual, ImageJ's and microscopes' */
    /* Decoders that go on after damage with pixels of their own invention only warn of it, and so does the
     * search for pages that comes round to where it was. */
    if ((module && (!strncmp(module, "JPEGLib", 7) || !strncmp(module, "Fax", 3))) ||
        strstr(format, "IFD looping"))
        return on_error(tiff, user, module, format, arguments);
    vsnprintf(text, sizeof text, format, arguments);
    if (!strcmp(text, self->warned)) return 1;
    memcpy(self->warned, text, sizeof text);
    if (self->notices_left > 0 && self->notices_left--)
        run_state_notice(self->run, FRINGE_NOTICE_READER, "%s: TIFF: %s", self->name, text);
    return 1;
}

static tmsize_t on_read(thandle_t handle, void *bytes, tmsize_t count)
{
    struct tiff_stream *self = handle;
    if (self->allowance < count) {
        self->allowance = -1;
        return 0;
    }
    self->allowance -= count;
    if (self->at > self->bytes - count && self->past_end < 0) self->past_end = self->at + count;
    if (self->at < 0 || file_seek(self->stream, self->at, SEEK_SET) != 0) return 0;
    size_t got = fread(bytes, 1, (size_t)count, self->stream);
    self->at += (int64_t)got;
    return (tmsize_t)got;
}

static tmsize_t on_write(thandle_t handle, void *bytes, tmsize_t count)
{
    (void)handle, (void)bytes, (void)count;
    return -1; /* opened for reading */
}

static toff_t on_seek(thandle_t handle, toff_t offset, int whence)
{
    struct tiff_stream *self = handle;
    int64_t base = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? self->at : self->bytes;
    if (offset > (uint64_t)INT64_MAX - (uint64_t)base) return (toff_t)-1;
    self->at = base + (int64_t)offset;
    return (toff_t)self->at;
}

static toff_t on_size(thandle_t handle)
{
    return (toff_t)((struct tiff_stream *)handle)->bytes;
}

static int on_close(thandle_t handle)
{
    (void)handle; /* the stream is the caller's */
    return 0;
}

fringe_status tiff_stream_open(struct tiff_stream *self, FILE *stream, int64_t bytes, const char *name,
                               const fringe_run *run, fringe_error *error)
{
    *self = (struct tiff_stream){
        .stream = stream, .name = name, .bytes = bytes, .past_end = -1, .notices_left = NOTICES, .run = run};
    self->allowance = ALLOWANCE_BYTES + ALLOWANCE_PER_BYTE * bytes;
    TIFFOpenOptions *options = TIFFOpenOptionsAlloc();
    if (!options) return failure_memory(error, name, 0);
    TIFFOpenOptionsSetErrorHandlerExtR(options, on_error, self);
    TIFFOpenOptionsSetWarningHandlerExtR(options, on_warning, self);
    TIFFOpenOptionsSetMaxSingleMemAlloc(options, (tmsize_t)(LIBTIFF_BLOCK_BYTES + bytes));
    /* "m": no memory mapping, every read goes through on_read. */
    self->tiff = TIFFClientOpenExt(name, "rm", self, on_read, on_write, on_seek, on_close, on_size, NULL,
                                   NULL, options);
    TIFFOpenOptionsFree(options);
    fringe_status status = tiff_stream_check(self, error);
    if (!status && !self->tiff)
        status = failure_set(error, FRINGE_FORMAT, "%s: TIFF: the first directory cannot be read", name);
    if (status) tiff_stream_close(self);
    return status;
}

void tiff_stream_close(struct tiff_stream *self)
{
    if (self->tiff) TIFFClose(self->tiff);
    self->tiff = NULL;
}

void tiff_stream_forget(struct tiff_stream *self)
{
    self->failed[0] = 0;
    self->past_end = -1;
}

fringe_status tiff_stream_check(struct tiff_stream *self, fringe_error *error)
{
    if (self->allowance < 0)
        return failure_set(error, FRINGE_FORMAT,
                           "%s: TIFF: its directories name more than %lld bytes, the file has %lld",
                           self->name, (long long)(ALLOWANCE_BYTES + ALLOWANCE_PER_BYTE * self->bytes),
                           (long long)self->bytes);
    if (self->past_end >= 0)
        return failure_set(
            error, FRINGE_FORMAT, "%s: TIFF: the file ends at byte %lld, data reach to %lld%s%s", self->name,
            (long long)self->bytes, (long long)self->past_end, self->failed[0] ? ": " : "", self->failed);
    if (self->failed[0]) return failure_set(error, FRINGE_FORMAT, "%s: TIFF: %s", self->name, self->failed);
    return FRINGE_OK;
}

fringe_status tiff_stream_fetch(struct tiff_stream *self, uint64_t offset, void *bytes, size_t count,
                                fringe_error *error)
{
    if (offset > (uint64_t)self->bytes || count > (uint64_t)self->bytes - offset)
        return failure_set(error, FRINGE_FORMAT,
                           "%s: TIFF: the file ends at byte %lld, %zu bytes are expected from byte %llu on",
                           self->name, (long long)self->bytes, count, (unsigned long long)offset);
    /* A seek empties the stream's buffer, so that it is left out where rows follow each other. */
    if ((file_tell(self->stream) != (int64_t)offset &&
         file_seek(self->stream, (int64_t)offset, SEEK_SET) != 0) ||
        fread(bytes, 1, count, self->stream) != count)
        return failure_set(error, FRINGE_FILE, "%s: %zu bytes at %llu cannot be read", self->name, count,
                           (unsigned long long)offset);
    return FRINGE_OK;
}
