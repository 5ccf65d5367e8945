/* JPEG by libjpeg: grey and colour, baseline and progressive. CMYK is refused. */
#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <jpeglib.h>

#include <jerror.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "base/file.h"
#include "base/run_state.h"
#include "io/image_format.h"

/* A block of 64 pixels takes one bit at least (a progressive scan), so n bytes hold at most 512 n pixels. */
#define JPEG_RATIO 512
/* Scans of a progressive image at most: each costs a pass over all of it, and ten is what encoders write. */
#define JPEG_SCANS 100

struct jpeg_source {
    FILE *stream;
    const char *name;
    struct jpeg_decompress_struct jpeg;
    struct jpeg_error_mgr errors;
    struct jpeg_progress_mgr progress;
    jmp_buf failure;
    int code; /* libjpeg's number of what failed, and its words */
    char failed[JMSG_LENGTH_MAX];
    int created;                            /* 1 between jpeg_create_decompress and jpeg_destroy_decompress */
    JDIMENSION opened_height, opened_width; /* as `decoded` was made for */
    JSAMPLE *decoded;                       /* one row */
    uint32_t decoded_rows;                  /* rows that libjpeg has given since the last start */
};

static void on_error(j_common_ptr jpeg)
{
    struct jpeg_source *source = jpeg->client_data;
    source->code = jpeg->err->msg_code;
    jpeg->err->format_message(jpeg, source->failed);
    longjmp(source->failure, 1);
}

/* libjpeg goes on after damage with grey blocks; half an image is no image, so its warnings are errors. Bytes
 * between segments are the exception: no pixel depends on them. */
static void on_message(j_common_ptr jpeg, int level)
{
    if (level < 0 && jpeg->err->msg_code != JWRN_EXTRANEOUS_DATA) on_error(jpeg);
}

/* libjpeg calls this again and again while it collects scans before the first row. */
static void on_scan(j_common_ptr jpeg)
{
    struct jpeg_source *source = jpeg->client_data;
    if (source->jpeg.input_scan_number <= JPEG_SCANS) return;
    source->code = 0;
    snprintf(source->failed, sizeof source->failed, "more than the %d scans that are read", JPEG_SCANS);
    longjmp(source->failure, 1);
}

/* The only setjmp: libjpeg's errors end the step, and no local variable lives across it. */
static fringe_status guard(struct jpeg_source *source, void (*step)(struct jpeg_source *),
                           fringe_error *error)
{
    if (setjmp(source->failure) == 0) {
        step(source);
        return FRINGE_OK;
    }
    fringe_status status = FRINGE_FORMAT;
    if (source->code == JERR_BAD_PRECISION || source->code == JERR_SOF_UNSUPPORTED ||
        source->code == JERR_ARITH_NOTIMPL || source->code == JERR_CONVERSION_NOTIMPL)
        status = FRINGE_UNSUPPORTED;
    else if (source->code == JERR_OUT_OF_MEMORY || source->code == JERR_NO_BACKING_STORE)
        status = FRINGE_MEMORY;
    return failure_set(error, status, "%s: JPEG: %s", source->name, source->failed);
}

static void read_header(struct jpeg_source *source)
{
    struct jpeg_decompress_struct *jpeg = &source->jpeg;
    jpeg_create_decompress(jpeg);
    source->created = 1;
    jpeg->client_data = source;
    source->progress.progress_monitor = on_scan;
    jpeg->progress = &source->progress;
    jpeg->mem->max_memory_to_use = (long)IMAGE_FORMAT_DECODED_BYTES;
    jpeg_stdio_src(jpeg, source->stream);
    jpeg_read_header(jpeg, TRUE);
}

/* Begins decoding. Progressive images are collected as a whole here, within max_memory_to_use. */
static void start_rows(struct jpeg_source *source)
{
    struct jpeg_decompress_struct *jpeg = &source->jpeg;
    jpeg->out_color_space = jpeg->jpeg_color_space == JCS_GRAYSCALE ? JCS_GRAYSCALE : JCS_RGB;
    jpeg->dct_method = JDCT_ISLOW; /* the exact one */
    jpeg_start_decompress(jpeg);
}

static void end_decoding(struct jpeg_source *source)
{
    if (source->created) jpeg_destroy_decompress(&source->jpeg);
    source->created = 0;
}

/* (Re)opens the image: at first, for rows above those that were read, and after a failure. */
static fringe_status read_head(struct jpeg_source *source, fringe_error *error)
{
    end_decoding(source);
    if (file_seek(source->stream, 0, SEEK_SET) != 0)
        return failure_set(error, FRINGE_FILE, "%s: the beginning cannot be read again", source->name);
    source->jpeg.err = jpeg_std_error(&source->errors);
    source->errors.error_exit = on_error;
    source->errors.emit_message = on_message;
    source->jpeg.client_data = source;
    fringe_status status = guard(source, read_header, error);
    if (status || !source->decoded) return status; /* the first time, or in vain */
    if (source->jpeg.image_height != source->opened_height ||
        source->jpeg.image_width != source->opened_width)
        status =
            failure_set(error, FRINGE_FILE, "%s: the file has changed since it was opened", source->name);
    return status;
}

static void decode_row(struct jpeg_source *source)
{
    JSAMPROW row = source->decoded;
    jpeg_read_scanlines(&source->jpeg, &row, 1);
    /* What follows the last row must be the end of the image. */
    if (++source->decoded_rows == source->jpeg.output_height) jpeg_finish_decompress(&source->jpeg);
}

static fringe_status jpeg_read_rows(void *state, int32_t slice, int32_t channel, int32_t y0, int32_t y1,
                                    float *rows, fringe_error *error)
{
    (void)slice, (void)channel; /* there is one */
    struct jpeg_source *source = state;
    fringe_status status = FRINGE_OK;
    /* Rows come in order; for an earlier one, and after a failure, decoding begins again. */
    if (!source->created || source->decoded_rows > (uint32_t)y0) {
        status = read_head(source, error);
        source->decoded_rows = 0;
    }
    if (!status && source->decoded_rows == 0) status = guard(source, start_rows, error);
    while (!status && source->decoded_rows < (uint32_t)y1) {
        uint32_t y = source->decoded_rows;
        status = guard(source, decode_row, error);
        if (status || y < (uint32_t)y0) continue;
        size_t width = source->jpeg.output_width;
        const JSAMPLE *row = source->decoded;
        float *values = rows + (size_t)(y - (uint32_t)y0) * width;
        if (source->jpeg.out_color_components == 1)
            micrograph_source_to_float(FRINGE_PIXEL_UINT8, row, 0, 1, width, values);
        else
            for (size_t x = 0; x < width; x++, row += 3)
                values[x] = image_format_luminance(row[0], row[1], row[2]);
    }
    if (status) end_decoding(source);
    return status;
}

static void jpeg_close(void *state)
{
    struct jpeg_source *source = state;
    end_decoding(source);
    fclose(source->stream);
    alloc_free(source->decoded);
    alloc_free(source);
}

static const struct micrograph_source_methods jpeg_methods = {jpeg_read_rows, jpeg_close};

/* Before memory is taken: is it an image that is read, and could the file hold it? */
static fringe_status check_header(const struct jpeg_source *source, int64_t file_bytes, fringe_error *error)
{
    const struct jpeg_decompress_struct *jpeg = &source->jpeg;
    uint64_t height = jpeg->image_height, width = jpeg->image_width;
    fringe_status status = micrograph_source_check_size(source->name, height, width, error);
    if (status) return status;
    if (jpeg->jpeg_color_space == JCS_CMYK || jpeg->jpeg_color_space == JCS_YCCK)
        return failure_set(error, FRINGE_UNSUPPORTED, "%s: JPEG: colours are CMYK, which is not read",
                           source->name);
    if (height * width / JPEG_RATIO > (uint64_t)file_bytes)
        return failure_set(error, FRINGE_FORMAT,
                           "%s: JPEG: width %llu x height %llu cannot come out of a file of %lld bytes",
                           source->name, (unsigned long long)width, (unsigned long long)height,
                           (long long)file_bytes);
    return FRINGE_OK;
}

static fringe_status jpeg_open(const struct image_input *input, fringe_micrograph *micrograph,
                               fringe_error *error)
{
    struct jpeg_source *source = alloc_array(1, sizeof *source);
    if (!source) return failure_memory(error, input->name, sizeof *source);
    source->stream = input->stream;
    source->name = input->name;
    fringe_status status = read_head(source, error);
    if (!status) status = check_header(source, input->bytes, error);
    if (!status) {
        source->decoded = alloc_array(source->jpeg.image_width, 3);
        source->opened_height = source->jpeg.image_height;
        source->opened_width = source->jpeg.image_width;
        if (!source->decoded) status = failure_memory(error, input->name, 3ull * source->jpeg.image_width);
    }
    if (status) {
        end_decoding(source);
        alloc_free(source);
        return status;
    }
    fringe_micrograph_info *info = &micrograph->info;
    info->height_px = (int32_t)source->jpeg.image_height;
    info->width_px = (int32_t)source->jpeg.image_width;
    info->pixel = FRINGE_PIXEL_UINT8;
    info->colour = source->jpeg.jpeg_color_space != JCS_GRAYSCALE;
    if (info->colour)
        run_state_notice(input->run, FRINGE_NOTICE_COLOUR, "%s: colour is read as luminance", input->name);
    micrograph->methods = &jpeg_methods;
    micrograph->state = source;
    return FRINGE_OK;
}

static int jpeg_recognise(const unsigned char *head, size_t size)
{
    return size >= 3 && head[0] == 0xFF && head[1] == 0xD8 && head[2] == 0xFF;
}

static const char *const jpeg_extensions[] = {".jpg", ".jpeg", NULL};

const struct image_format jpeg_read_format = {"jpeg", jpeg_extensions, jpeg_recognise, jpeg_open};
