/* PNG by libpng: 1 to 16 bits, grey, palette, RGB, alpha (ignored). Resolution chunks are no calibration. */
#include <png.h>
#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "base/file.h"
#include "base/run_state.h"
#include "io/image_format.h"
#include "io/png_write.h"

/* Bytes that one text or colour profile may unpack to. */
#define CHUNK_BYTES (8 << 20)

struct png_source {
    FILE *stream;
    const char *name;
    int64_t file_bytes;
    png_structp png;
    png_infop header;
    char failed[200]; /* what libpng said last */

    png_uint_32 height, width;
    int depth, colour, interlaced; /* bits per sample, PNG_COLOR_TYPE, 1 for Adam7 */
    int use_palette;               /* 1 where indices become the luminance in `palette` */
    int colourful;                 /* 1 where the image is not grey */
    int own_output;
    float palette[256];
    size_t row_bytes; /* of one decoded row */

    png_uint_32 opened_height, opened_width; /* as `decoded` was made for */
    size_t opened_row_bytes;
    unsigned char *decoded; /* one row; the whole image where it is interlaced */
    uint32_t decoded_rows;  /* rows that libpng has given since the last start */
};

static void on_error(png_structp png, png_const_charp text)
{
    struct png_source *source = png_get_error_ptr(png);
    snprintf(source->failed, sizeof source->failed, "%s", text);
    png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp text)
{
    (void)png, (void)text; /* about chunks that are not needed; what matters is an error */
}

static void on_read(png_structp png, png_bytep bytes, size_t count)
{
    FILE *stream = png_get_io_ptr(png);
    size_t got = fread(bytes, 1, count, stream);
    if (got == count) return;
    char text[120];
    snprintf(text, sizeof text, "the file ends at byte %lld, where %zu more are expected",
             (long long)file_tell(stream), count - got);
    png_error(png, text);
}

/* The only setjmp: libpng's errors end the step, and no local variable lives across it. */
static fringe_status guard(struct png_source *source, void (*step)(struct png_source *), fringe_error *error)
{
    if (setjmp(png_jmpbuf(source->png)) == 0) {
        step(source);
        return FRINGE_OK;
    }
    return failure_set(error, FRINGE_FORMAT, "%s: PNG: %s", source->name, source->failed);
}

/* The luminance of each entry of the colour table, and whether it holds colours at all: a grey table is no
 * colour. */
static void note_palette(struct png_source *source)
{
    png_colorp colours;
    int count;
    if (!png_get_PLTE(source->png, source->header, &colours, &count)) return;
    for (int i = 0; i < count && i < 256; i++) {
        png_color c = colours[i];
        source->palette[i] = image_format_luminance(c.red, c.green, c.blue);
        if (c.red != c.green || c.green != c.blue) source->colourful = 1;
    }
}

/* Whether Fringe wrote the file. Only texts before the pixels are seen, which is where png_write.c puts its
 * own. */
static void note_texts(struct png_source *source)
{
    png_textp texts;
    int count = png_get_text(source->png, source->header, &texts, NULL);
    for (int i = 0; i < count; i++)
        if (!strcmp(texts[i].key, "Software") && texts[i].text &&
            !strncmp(texts[i].text, PNG_WRITE_SOFTWARE, strlen(PNG_WRITE_SOFTWARE)))
            source->own_output = 1;
}

static void read_header(struct png_source *source)
{
    png_structp png = source->png;
    png_set_read_fn(png, source->stream, on_read);
    png_set_user_limits(png, INT32_MAX, INT32_MAX); /* micrograph_source_check_size is the limit */
    png_set_chunk_malloc_max(png, CHUNK_BYTES);
    png_read_info(png, source->header);
    png_get_IHDR(png, source->header, &source->width, &source->height, &source->depth, &source->colour,
                 &source->interlaced, NULL, NULL);
    source->colourful = source->colour == PNG_COLOR_TYPE_RGB || source->colour == PNG_COLOR_TYPE_RGB_ALPHA;
    if (source->colour == PNG_COLOR_TYPE_PALETTE) note_palette(source);
    note_texts(source);
}

/* Tells libpng what rows are wanted; it takes memory for them here. */
static void start_rows(struct png_source *source)
{
    png_structp png = source->png;
    png_set_packing(png); /* 1, 2 and 4 bits: a byte per pixel, values unchanged */
    png_set_strip_alpha(png);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    png_set_swap(png); /* PNG is big-endian */
#endif
    if (source->interlaced) png_set_interlace_handling(png);
    png_read_update_info(png, source->header);
    source->row_bytes = png_get_rowbytes(png, source->header);
}

static void end_decoding(struct png_source *source)
{
    png_destroy_read_struct(&source->png, &source->header, NULL);
}

/* Before libpng takes memory for rows: could the file hold them, and are they within what is held at once? */
static fringe_status check_sizes(const struct png_source *source, fringe_error *error)
{
    fringe_status status = micrograph_source_check_size(source->name, source->height, source->width, error);
    if (status) return status;
    uint64_t row_bytes = png_get_rowbytes(source->png, source->header); /* as packed in the file */
    if (source->height * row_bytes / IMAGE_FORMAT_DEFLATE_RATIO > (uint64_t)source->file_bytes)
        return failure_set(error, FRINGE_FORMAT,
                           "%s: PNG: width %lu x height %lu cannot come out of a file of %lld bytes",
                           source->name, (unsigned long)source->width, (unsigned long)source->height,
                           (long long)source->file_bytes);
    /* A byte at least to a sample; three rows are libpng's own. */
    uint64_t held = (row_bytes > source->width ? row_bytes : source->width) *
                    (3ull + (source->interlaced ? source->height : 1));
    if (held > IMAGE_FORMAT_DECODED_BYTES)
        return failure_set(error, FRINGE_UNSUPPORTED,
                           "%s: PNG: %llu bytes must be decoded at once, more than the %llu allowed",
                           source->name, (unsigned long long)held,
                           (unsigned long long)IMAGE_FORMAT_DECODED_BYTES);
    return FRINGE_OK;
}

/* (Re)opens the image: at first, for rows above those that were read, and after a failure. */
static fringe_status start_decoding(struct png_source *source, fringe_error *error)
{
    source->decoded_rows = 0;
    if (file_seek(source->stream, 0, SEEK_SET) != 0)
        return failure_set(error, FRINGE_FILE, "%s: the beginning cannot be read again", source->name);
    source->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, source, on_error, on_warning);
    if (source->png) source->header = png_create_info_struct(source->png);
    if (!source->header) return failure_memory(error, source->name, 0);
    fringe_status status = guard(source, read_header, error);
    if (!status) status = check_sizes(source, error);
    if (!status) status = guard(source, start_rows, error);
    if (status || !source->decoded) return status; /* the first time, or in vain */
    if (source->width != source->opened_width || source->height != source->opened_height ||
        source->row_bytes != source->opened_row_bytes)
        status =
            failure_set(error, FRINGE_FILE, "%s: the file has changed since it was opened", source->name);
    return status;
}

static void decode_row(struct png_source *source)
{
    png_read_row(source->png, source->decoded, NULL);
    /* The checksums behind the last row tell whether the rows were right. */
    if (++source->decoded_rows == source->height) png_read_end(source->png, NULL);
}

/* Seven passes refine the whole image; libpng merges each into the rows that are there. */
static void decode_interlaced(struct png_source *source)
{
    for (int pass = 0; pass < PNG_INTERLACE_ADAM7_PASSES; pass++)
        for (size_t y = 0; y < source->height; y++)
            png_read_row(source->png, source->decoded + y * source->row_bytes, NULL);
    png_read_end(source->png, NULL);
    source->decoded_rows = source->height;
}

/* One decoded row as values: the index's luminance, a colour's luminance, or the samples as they are. */
static void convert_row(const struct png_source *source, const unsigned char *row, float *values)
{
    if (source->use_palette) {
        for (size_t x = 0; x < source->width; x++) values[x] = source->palette[row[x]];
    } else if (source->colourful && source->colour != PNG_COLOR_TYPE_PALETTE) {
        const uint16_t *wide = (const uint16_t *)(const void *)row;
        for (size_t x = 0; x < source->width; x++)
            values[x] = source->depth == 16
                            ? image_format_luminance(wide[3 * x], wide[3 * x + 1], wide[3 * x + 2])
                            : image_format_luminance(row[3 * x], row[3 * x + 1], row[3 * x + 2]);
    } else {
        micrograph_source_to_float(source->depth == 16 ? FRINGE_PIXEL_UINT16 : FRINGE_PIXEL_UINT8, row, 0, 1,
                                   source->width, values);
    }
}

static fringe_status read_rows(void *state, int32_t slice, int32_t channel, int32_t y0, int32_t y1,
                               float *rows, fringe_error *error)
{
    (void)slice, (void)channel; /* there is one */
    struct png_source *source = state;
    fringe_status status = FRINGE_OK;
    /* Rows come in order; for an earlier one, and after a failure, decoding begins again. */
    if (!source->png || (!source->interlaced && source->decoded_rows > (uint32_t)y0)) {
        end_decoding(source);
        status = start_decoding(source, error);
    }
    if (source->interlaced) {
        if (!status && source->decoded_rows == 0) status = guard(source, decode_interlaced, error);
        for (int32_t y = y0; y < y1 && !status; y++)
            convert_row(source, source->decoded + (size_t)y * source->row_bytes,
                        rows + (size_t)(y - y0) * source->width);
    }
    while (!status && source->decoded_rows < (uint32_t)y1) {
        uint32_t y = source->decoded_rows;
        status = guard(source, decode_row, error);
        if (!status && y >= (uint32_t)y0)
            convert_row(source, source->decoded, rows + (size_t)(y - (uint32_t)y0) * source->width);
    }
    if (status) end_decoding(source);
    return status;
}

static void png_close(void *state)
{
    struct png_source *source = state;
    end_decoding(source);
    fclose(source->stream);
    alloc_free(source->decoded);
    alloc_free(source);
}

static const struct micrograph_source_methods png_methods = {read_rows, png_close};

static fringe_status png_open(const struct image_input *input, fringe_micrograph *micrograph,
                              fringe_error *error)
{
    struct png_source *source = alloc_array(1, sizeof *source);
    if (!source) return failure_memory(error, input->name, sizeof *source);
    source->stream = input->stream;
    source->name = input->name;
    source->file_bytes = input->bytes;
    fringe_status status = start_decoding(source, error);
    if (!status) {
        size_t rows = source->interlaced ? source->height : 1;
        source->decoded = alloc_array(rows, source->row_bytes);
        source->opened_height = source->height;
        source->opened_width = source->width;
        source->opened_row_bytes = source->row_bytes;
        if (!source->decoded) status = failure_memory(error, input->name, rows * source->row_bytes);
    }
    if (status) {
        end_decoding(source);
        alloc_free(source->decoded);
        alloc_free(source);
        return status;
    }
    source->use_palette = source->colour == PNG_COLOR_TYPE_PALETTE && input->palette == IMAGE_READ_LUMINANCE;

    fringe_micrograph_info *info = &micrograph->info;
    info->height_px = (int32_t)source->height;
    info->width_px = (int32_t)source->width;
    info->pixel = source->depth == 16                          ? FRINGE_PIXEL_UINT16
                  : source->depth == 1 && !source->use_palette ? FRINGE_PIXEL_BIT
                                                               : FRINGE_PIXEL_UINT8;
    info->colour = source->colourful && (source->use_palette || source->colour != PNG_COLOR_TYPE_PALETTE);
    info->own_output = source->own_output;
    if (info->colour)
        run_state_notice(input->run, FRINGE_NOTICE_COLOUR, "%s: colour is read as luminance", input->name);
    micrograph->methods = &png_methods;
    micrograph->state = source;
    return FRINGE_OK;
}

static int png_recognise(const unsigned char *head, size_t size)
{
    return size >= 8 && png_sig_cmp(head, 0, 8) == 0;
}

static const char *const png_extensions[] = {".png", NULL};

const struct image_format png_read_format = {"png", png_extensions, png_recognise, png_open};
