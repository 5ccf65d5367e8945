#include "io/png_write.h"

#include <png.h>
#include <stdio.h>

#include "base/failure.h"
#include "base/file.h"
#include "fringe/version.h"

struct png_output {
    struct file_writer *file;
    fringe_error written; /* where the file failed, why */
    png_structp png;
    png_infop header;
    const uint8_t *pixels;
    int32_t height_px, width_px, channel_count;
    char software[64];
    char failed[200];
};

/* libpng wants an error not to return: back to the setjmp of write_all. */
static void on_error(png_structp png, png_const_charp text)
{
    struct png_output *output = png_get_error_ptr(png);
    snprintf(output->failed, sizeof output->failed, "%s", text);
    png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp text)
{
    (void)png, (void)text;
}

static void on_write(png_structp png, png_bytep bytes, size_t count)
{
    struct png_output *output = png_get_io_ptr(png);
    if (file_writer_write(output->file, bytes, count, &output->written))
        png_error(png, "the file cannot be written");
}

static void on_flush(png_structp png)
{
    (void)png; /* the commit flushes */
}

/* Returns 1, or 0 when libpng gave up. No local variable is changed between setjmp and longjmp. */
static int write_all(struct png_output *output)
{
    static char key[] = "Software";
    png_text software = {.compression = PNG_TEXT_COMPRESSION_NONE, .key = key, .text = output->software};
    if (setjmp(png_jmpbuf(output->png))) return 0;
    png_structp png = output->png;
    png_set_write_fn(png, output, on_write, on_flush);
    png_set_user_limits(png, INT32_MAX, INT32_MAX);
    png_set_IHDR(png, output->header, (png_uint_32)output->width_px, (png_uint_32)output->height_px, 8,
                 output->channel_count == 3 ? PNG_COLOR_TYPE_RGB : PNG_COLOR_TYPE_GRAY, PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_set_text(png, output->header, &software, 1);
    png_write_info(png, output->header);
    size_t row_bytes = (size_t)output->width_px * (size_t)output->channel_count;
    for (int32_t y = 0; y < output->height_px; y++)
        png_write_row(png, output->pixels + (size_t)y * row_bytes);
    png_write_end(png, NULL);
    return 1;
}

fringe_status png_write(const char *path, const uint8_t *pixels, int32_t height_px, int32_t width_px,
                        int32_t channel_count, fringe_error *error)
{
    struct file_writer writer;
    struct png_output output = {
        .pixels = pixels, .height_px = height_px, .width_px = width_px, .channel_count = channel_count};
    if (height_px < 1 || width_px < 1 || (channel_count != 1 && channel_count != 3))
        return failure_set(error, FRINGE_ARGUMENT, "%s: PNG: %ld x %ld pixels of %ld channels", path,
                           (long)width_px, (long)height_px, (long)channel_count);
    fringe_status status = file_writer_begin(&writer, path, error);
    if (status) return status;
    output.file = &writer;
    snprintf(output.software, sizeof output.software, "%s %s", PNG_WRITE_SOFTWARE, fringe_version());
    output.png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &output, on_error, on_warning);
    if (output.png) output.header = png_create_info_struct(output.png);
    if (!output.header)
        status = failure_memory(error, path, 0);
    else if (!write_all(&output))
        status = output.written.status ? failure_set(error, FRINGE_FILE, "%s", output.written.message)
                                       : failure_set(error, FRINGE_FILE, "%s: PNG: %s", path, output.failed);
    png_destroy_write_struct(&output.png, &output.header);
    if (status)
        file_writer_discard(&writer);
    else
        status = file_writer_commit(&writer, error);
    return status;
}
