/* TIFF files of every sample type, layout and compression, written by libtiff and read by tiff_read.c. */
#include <stdarg.h>
#include <stdint.h>
#include <tiffio.h>

#include "support/image_files.h"

static void begin(void)
{
    image_files_begin();
    TIFFSetWarningHandler(NULL); /* libtiff has opinions on the files that are written here */
}

TestSuite(tiff, .init = begin, .fini = image_files_end);

enum { HEIGHT = 37, WIDTH = 43, PIXELS = HEIGHT * WIDTH, MOST_SAMPLES = 4 };

/* How one image is laid out in a file. Fields left 0 take what is usual. */
struct layout {
    const char *mode; /* of TIFFOpen: "w", "wl", "wb", "w8" */
    uint16_t bits, format, samples, photometric, compression, predictor;
    int tiled, separate;
    uint32_t subfile;
    uint32_t width, height;
};

/* The value of a sample: spread over the type, negative where it can be, the same whatever the layout. */
static double sample_value(const struct layout *layout, uint32_t x, uint32_t y, uint16_t sample)
{
    uint64_t mixed = (y * 2654435761u) ^ (x * 40503u + sample * 97u);
    if (layout->format == SAMPLEFORMAT_IEEEFP) return (double)(float)((double)(mixed % 200001) / 64 - 1500);
    uint64_t count = (uint64_t)1 << layout->bits; /* float holds 24 bits of a 32-bit integer */
    if (layout->bits == 32)
        return (double)((mixed % (1 << 24)) * 256) - (layout->format == SAMPLEFORMAT_INT ? 2147483648.0 : 0);
    double unsigned_value = (double)(mixed % count);
    return layout->format == SAMPLEFORMAT_INT ? unsigned_value - (double)count / 2 : unsigned_value;
}

/* Puts a sample at its place in a row of samples of the layout's type. */
static void put_sample(const struct layout *layout, unsigned char *row, size_t index, double value)
{
    if (layout->bits < 8 || layout->bits == 12) {
        for (uint16_t bit = 0; bit < layout->bits; bit++) {
            size_t at = index * layout->bits + bit;
            if ((unsigned)value >> (layout->bits - 1 - bit) & 1)
                row[at / 8] |= (unsigned char)(0x80 >> at % 8);
        }
        return;
    }
    int is_signed = layout->format == SAMPLEFORMAT_INT, is_float = layout->format == SAMPLEFORMAT_IEEEFP;
    unsigned char *at = row + index * layout->bits / 8;
#define PUT(type)                                                                                            \
    do {                                                                                                     \
        type number = (type)value;                                                                           \
        memcpy(at, &number, sizeof number);                                                                  \
    } while (0)
    if (layout->bits == 8)
        is_signed ? (void)(*at = (unsigned char)(int8_t)value) : (void)(*at = (uint8_t)value);
    if (layout->bits == 16 && is_signed) PUT(int16_t);
    if (layout->bits == 16 && !is_signed) PUT(uint16_t);
    if (layout->bits == 32 && is_float) PUT(float);
    if (layout->bits == 32 && !is_float && is_signed) PUT(int32_t);
    if (layout->bits == 32 && !is_float && !is_signed) PUT(uint32_t);
    if (layout->bits == 64) PUT(double);
#undef PUT
}

static struct layout complete(struct layout layout)
{
    if (!layout.mode) layout.mode = "w";
    if (!layout.bits) layout.bits = 8;
    if (!layout.format) layout.format = SAMPLEFORMAT_UINT;
    if (!layout.samples) layout.samples = 1;
    if (!layout.photometric) layout.photometric = PHOTOMETRIC_MINISBLACK;
    if (!layout.compression) layout.compression = COMPRESSION_NONE;
    if (!layout.width) layout.width = WIDTH;
    if (!layout.height) layout.height = HEIGHT;
    return layout;
}

/* Sets the tags of one page. */
static void set_tags(TIFF *tiff, const struct layout *layout)
{
    TIFFSetField(tiff, TIFFTAG_SUBFILETYPE, layout->subfile);
    TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, layout->width);
    TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, layout->height);
    TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, layout->bits);
    TIFFSetField(tiff, TIFFTAG_SAMPLEFORMAT, layout->format);
    TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, layout->samples);
    TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, layout->photometric);
    TIFFSetField(tiff, TIFFTAG_COMPRESSION, layout->compression);
    TIFFSetField(tiff, TIFFTAG_PLANARCONFIG, layout->separate ? PLANARCONFIG_SEPARATE : PLANARCONFIG_CONTIG);
    if (layout->predictor) TIFFSetField(tiff, TIFFTAG_PREDICTOR, layout->predictor);
    if (layout->tiled) {
        TIFFSetField(tiff, TIFFTAG_TILEWIDTH, 16);
        TIFFSetField(tiff, TIFFTAG_TILELENGTH, 32);
    } else {
        TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, 16);
    }
}

/* Writes the pixels of one page and ends it. */
static void put_page(TIFF *tiff, const struct layout *layout)
{
    int planes = layout->separate ? layout->samples : 1, in_row = layout->separate ? 1 : layout->samples;
    uint32_t block_height = layout->tiled ? 32 : 16, block_width = layout->tiled ? 16 : layout->width;
    size_t row_bytes = ((size_t)block_width * (size_t)in_row * layout->bits + 7) / 8;
    unsigned char *block = calloc(block_height, row_bytes);
    for (int plane = 0; plane < planes; plane++)
        for (uint32_t top = 0; top < layout->height; top += block_height)
            for (uint32_t left = 0; left < layout->width; left += block_width) {
                uint32_t rows = layout->height - top < block_height ? layout->height - top : block_height;
                memset(block, 0, block_height * row_bytes);
                for (uint32_t y = top; y < top + rows; y++)
                    for (uint32_t x = left; x < left + block_width && x < layout->width; x++)
                        for (int sample = 0; sample < in_row; sample++)
                            put_sample(
                                layout, block + (y - top) * row_bytes,
                                (x - left) * (size_t)in_row + (size_t)sample,
                                sample_value(layout, x, y, (uint16_t)(layout->separate ? plane : sample)));
                tmsize_t bytes = (tmsize_t)((layout->tiled ? block_height : rows) * row_bytes), put;
                if (layout->tiled)
                    put = TIFFWriteEncodedTile(tiff, TIFFComputeTile(tiff, left, top, 0, (uint16_t)plane),
                                               block, bytes);
                else
                    put = TIFFWriteEncodedStrip(tiff, TIFFComputeStrip(tiff, top, (uint16_t)plane), block,
                                                bytes);
                cr_assert_eq(put, bytes);
            }
    free(block);
    cr_assert(TIFFWriteDirectory(tiff));
}

static const char *put_file(const struct layout *pages, int page_count)
{
    const char *path = image_files_path("t.tif");
    TIFF *tiff = TIFFOpen(path, pages[0].mode);
    cr_assert_not_null(tiff);
    for (int page = 0; page < page_count; page++) {
        set_tags(tiff, &pages[page]);
        put_page(tiff, &pages[page]);
    }
    TIFFClose(tiff);
    return path;
}

/* Compares a channel with the samples that were written, from the top and again from the bottom in bands. */
static void expect_channel(fringe_micrograph *micrograph, const struct layout *layout, int32_t slice,
                           int32_t channel, uint16_t sample, double tolerance, const char *what)
{
    float *plane = image_files_plane(micrograph, slice, channel), band[5 * WIDTH];
    long wrong = 0;
    for (uint32_t y = 0; y < HEIGHT; y++)
        for (uint32_t x = 0; x < WIDTH; x++) {
            double difference = plane[y * WIDTH + x] - sample_value(layout, x, y, sample);
            wrong += !(difference <= tolerance && difference >= -tolerance);
        }
    cr_expect_eq(wrong, 0, "%s: %ld pixels of %d differ", what, wrong, PIXELS);
    for (int32_t y0 = HEIGHT / 5 * 5; y0 >= 0; y0 -= 5) {
        int32_t y1 = y0 + 5 < HEIGHT ? y0 + 5 : HEIGHT;
        cr_assert_eq(micrograph_source_read_rows(micrograph, slice, channel, y0, y1, band, NULL), FRINGE_OK);
        cr_expect_eq(memcmp(band, plane + y0 * WIDTH, (size_t)(y1 - y0) * WIDTH * sizeof *band), 0,
                     "%s: rows %d to %d differ when read for themselves", what, y0, y1);
    }
    free(plane);
}

static const uint16_t lossless[] = {COMPRESSION_NONE,   COMPRESSION_PACKBITS,      COMPRESSION_LZW,
                                    COMPRESSION_LZMA,   COMPRESSION_ADOBE_DEFLATE, COMPRESSION_ZSTD,
                                    COMPRESSION_DEFLATE};
#define LOSSLESS (sizeof lossless / sizeof *lossless)

static const struct {
    uint16_t bits, format;
    fringe_pixel pixel;
} types[] = {
    {1, SAMPLEFORMAT_UINT, FRINGE_PIXEL_BIT},        {2, SAMPLEFORMAT_UINT, FRINGE_PIXEL_UINT8},
    {4, SAMPLEFORMAT_UINT, FRINGE_PIXEL_UINT8},      {8, SAMPLEFORMAT_UINT, FRINGE_PIXEL_UINT8},
    {8, SAMPLEFORMAT_INT, FRINGE_PIXEL_INT8},        {12, SAMPLEFORMAT_UINT, FRINGE_PIXEL_UINT16},
    {16, SAMPLEFORMAT_UINT, FRINGE_PIXEL_UINT16},    {16, SAMPLEFORMAT_INT, FRINGE_PIXEL_INT16},
    {32, SAMPLEFORMAT_UINT, FRINGE_PIXEL_UINT32},    {32, SAMPLEFORMAT_INT, FRINGE_PIXEL_INT32},
    {32, SAMPLEFORMAT_IEEEFP, FRINGE_PIXEL_FLOAT32}, {64, SAMPLEFORMAT_IEEEFP, FRINGE_PIXEL_FLOAT64},
};
#define TYPES (sizeof types / sizeof *types)

static void expect_layout(struct layout layout)
{
    char what[160];
    layout = complete(layout);
    snprintf(what, sizeof what, "%u bits, format %u, %u samples, compression %u, predictor %u, mode %s%s%s",
             layout.bits, layout.format, layout.samples, layout.compression, layout.predictor, layout.mode,
             layout.tiled ? ", tiles" : "", layout.separate ? ", separate" : "");
    fringe_micrograph *micrograph = image_files_open(put_file(&layout, 1));
    cr_assert_eq(micrograph->info.channel_count, layout.samples, "%s", what);
    cr_assert_eq(micrograph->info.slice_count, 1, "%s", what);
    cr_assert_eq(micrograph->info.width_px, WIDTH);
    cr_assert_eq(micrograph->info.height_px, HEIGHT);
    for (uint16_t sample = 0; sample < layout.samples; sample++)
        expect_channel(micrograph, &layout, 0, sample, sample, 0, what);
    fringe_micrograph_free(micrograph);
}

Test(tiff, every_type_compression_and_layout)
{
    for (size_t t = 0; t < TYPES; t++)
        for (size_t c = 0; c < LOSSLESS; c++)
            for (int form = 0; form < 6; form++)
                expect_layout((struct layout){.bits = types[t].bits,
                                              .format = types[t].format,
                                              .compression = lossless[c],
                                              .samples = form / 2 ? 3 : 1,
                                              .separate = form / 2 == 2,
                                              .tiled = form % 2});
}

Test(tiff, either_byte_order_and_bigtiff)
{
    static const char *const modes[] = {"wl", "wb", "wl8", "wb8"};
    for (size_t t = 0; t < TYPES; t++)
        for (int mode = 0; mode < 4; mode++)
            for (int form = 0; form < 4; form++)
                expect_layout((struct layout){.mode = modes[mode],
                                              .bits = types[t].bits,
                                              .format = types[t].format,
                                              .compression = form / 2 ? COMPRESSION_LZW : COMPRESSION_NONE,
                                              .tiled = form % 2});
}

Test(tiff, predictors)
{
    static const uint16_t compressions[] = {COMPRESSION_LZW, COMPRESSION_ADOBE_DEFLATE, COMPRESSION_ZSTD,
                                            COMPRESSION_LZMA};
    for (size_t t = 0; t < TYPES; t++) {
        if (types[t].bits < 8 || types[t].bits == 12) continue; /* predictors are for whole bytes */
        int is_float = types[t].format == SAMPLEFORMAT_IEEEFP;
        for (int c = 0; c < 4; c++)
            expect_layout(
                (struct layout){.bits = types[t].bits,
                                .format = types[t].format,
                                .compression = compressions[c],
                                .predictor = is_float ? PREDICTOR_FLOATINGPOINT : PREDICTOR_HORIZONTAL,
                                .tiled = c % 2});
    }
}

Test(tiff, types_are_named)
{
    for (size_t t = 0; t < TYPES; t++) {
        struct layout layout = complete((struct layout){.bits = types[t].bits, .format = types[t].format});
        fringe_micrograph *micrograph = image_files_open(put_file(&layout, 1));
        cr_expect_eq(micrograph->info.pixel, types[t].pixel, "%u bits", types[t].bits);
        cr_expect_str_eq(micrograph->info.reader, "tiff");
        fringe_micrograph_free(micrograph);
    }
}

Test(tiff, fax_compressions)
{
    static const uint16_t fax[] = {COMPRESSION_CCITTRLE, COMPRESSION_CCITTFAX3, COMPRESSION_CCITTFAX4};
    for (int c = 0; c < 3; c++) expect_layout((struct layout){.bits = 1, .compression = fax[c]});
}

Test(tiff, white_is_zero_is_inverted)
{
    for (size_t t = 0; t < TYPES; t++) {
        struct layout layout = complete((struct layout){.bits = types[t].bits, .format = types[t].format});
        layout.photometric = PHOTOMETRIC_MINISWHITE;
        const char *path = put_file(&layout, 1);
        if (layout.format == SAMPLEFORMAT_IEEEFP) {
            image_files_refused(path, FRINGE_UNSUPPORTED, "WhiteIsZero");
            continue;
        }
        fringe_micrograph *micrograph = image_files_open(path);
        float *plane = image_files_plane(micrograph, 0, 0);
        double top = layout.format == SAMPLEFORMAT_INT ? -1 : (double)(((uint64_t)1 << layout.bits) - 1);
        for (int i = 0; i < PIXELS; i++) {
            double value = sample_value(&layout, (uint32_t)(i % WIDTH), (uint32_t)(i / WIDTH), 0);
            cr_assert_eq(plane[i], (float)(top - value), "%u bits, pixel %d", layout.bits, i);
        }
        free(plane);
        fringe_micrograph_free(micrograph);
    }
}

Test(tiff, colour_is_luminance)
{
    for (int form = 0; form < 8; form++) {
        struct layout layout = complete((struct layout){.samples = form & 4 ? 4 : 3,
                                                        .separate = form & 1,
                                                        .tiled = form & 2,
                                                        .compression = COMPRESSION_LZW});
        layout.photometric = PHOTOMETRIC_RGB;
        fringe_micrograph *micrograph = image_files_open(put_file(&layout, 1));
        cr_expect(strstr(image_files_notices, "colour: ") != NULL);
        cr_assert_eq(micrograph->info.channel_count, 1);
        cr_expect_eq(micrograph->info.colour, 1);
        float *plane = image_files_plane(micrograph, 0, 0);
        for (int i = 0; i < PIXELS; i++) {
            uint32_t x = (uint32_t)(i % WIDTH), y = (uint32_t)(i / WIDTH);
            double expected = 0.299 * sample_value(&layout, x, y, 0) +
                              0.587 * sample_value(&layout, x, y, 1) + 0.114 * sample_value(&layout, x, y, 2);
            cr_assert_float_eq(plane[i], expected, 1e-4, "form %d, pixel %d", form, i);
        }
        free(plane);
        fringe_micrograph_free(micrograph);
    }
}

/* JPEG loses some: a smooth picture, each channel within 6 of 255. */
Test(tiff, jpeg_grey_and_colour)
{
    for (int form = 0; form < 4; form++) {
        struct layout layout = complete((struct layout){.width = 64,
                                                        .height = 48,
                                                        .compression = COMPRESSION_JPEG,
                                                        .samples = form & 2 ? 3 : 1,
                                                        .tiled = form & 1});
        const char *path = image_files_path("t.tif");
        TIFF *tiff = TIFFOpen(path, "w");
        layout.photometric = form & 2 ? PHOTOMETRIC_YCBCR : PHOTOMETRIC_MINISBLACK;
        set_tags(tiff, &layout);
        if (form & 2) TIFFSetField(tiff, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
        if (form & 1) TIFFSetField(tiff, TIFFTAG_TILEWIDTH, 64), TIFFSetField(tiff, TIFFTAG_TILELENGTH, 16);
        for (uint32_t top = 0; top < 48; top += 16) {
            unsigned char block[16 * 64 * 3];
            for (uint32_t i = 0; i < 16 * 64; i++)
                for (uint32_t s = 0; s < layout.samples; s++)
                    block[i * layout.samples + s] =
                        (unsigned char)(2 * (i % 64) + 2 * (top + i / 64) + 10 * s);
            tmsize_t bytes = 16 * 64 * layout.samples;
            tmsize_t put = form & 1 ? TIFFWriteEncodedTile(tiff, top / 16, block, bytes)
                                    : TIFFWriteEncodedStrip(tiff, top / 16, block, bytes);
            cr_assert_eq(put, bytes);
        }
        TIFFClose(tiff);
        fringe_micrograph *micrograph = image_files_open(path);
        float *plane = image_files_plane(micrograph, 0, 0);
        double offset = form & 2 ? 0.587 * 10 + 0.114 * 20 : 0;
        for (int i = 0; i < 48 * 64; i++)
            cr_assert_float_eq(plane[i], 2 * (i % 64) + 2 * (i / 64) + offset, 6, "form %d, pixel %d", form,
                               i);
        free(plane);
        fringe_micrograph_free(micrograph);
    }
}

Test(tiff, colour_tables_as_luminance_and_as_index)
{
    struct layout layout = complete((struct layout){.photometric = PHOTOMETRIC_PALETTE});
    uint16_t red[256], green[256], blue[256];
    for (int i = 0; i < 256; i++) {
        red[i] = (uint16_t)(i * 257);
        green[i] = (uint16_t)((255 - i) << 8); /* as ImageJ writes it */
        blue[i] = 257 * 77;
    }
    const char *path = image_files_path("t.tif");
    TIFF *tiff = TIFFOpen(path, "w");
    set_tags(tiff, &layout);
    TIFFSetField(tiff, TIFFTAG_COLORMAP, red, green, blue);
    put_page(tiff, &layout);
    TIFFClose(tiff);

    fringe_micrograph *micrograph = image_files_open(path);
    cr_expect_eq(micrograph->info.colour, 1);
    float *plane = image_files_plane(micrograph, 0, 0);
    for (int i = 0; i < PIXELS; i++) {
        double index = sample_value(&layout, (uint32_t)(i % WIDTH), (uint32_t)(i / WIDTH), 0);
        cr_assert_float_eq(plane[i], 0.299 * index + 0.587 * (255 - index) + 0.114 * 77, 1e-4);
    }
    free(plane);
    fringe_micrograph_free(micrograph);

    cr_assert_eq(image_files_try(path, IMAGE_READ_INDEX, &micrograph, NULL), FRINGE_OK);
    cr_expect_str_empty(image_files_notices);
    expect_channel(micrograph, &layout, 0, 0, 0, 0, "index");
    fringe_micrograph_free(micrograph);
}

Test(tiff, pages_are_slices_and_thumbnails_are_none)
{
    struct layout page = complete((struct layout){0}), small = page, mask = page, other = page;
    small.width = small.height = 20;
    small.subfile = FILETYPE_REDUCEDIMAGE;
    mask.subfile = FILETYPE_MASK;
    other.compression = COMPRESSION_LZW; /* pages may be laid out differently */
    other.tiled = 1;
    fringe_micrograph *micrograph =
        image_files_open(put_file((struct layout[]){page, small, other, mask, page}, 5));
    cr_assert_eq(micrograph->info.slice_count, 3);
    cr_expect(strstr(image_files_notices, "2 thumbnails") != NULL, "%s", image_files_notices);
    for (int32_t slice = 2; slice >= 0; slice--) expect_channel(micrograph, &page, slice, 0, 0, 0, "slice");
    fringe_micrograph_free(micrograph);
}

Test(tiff, pages_of_two_sizes_or_types_are_refused)
{
    struct layout page = complete((struct layout){0}), small = page, deep = page;
    small.width = 20;
    deep.bits = 16;
    image_files_refused(put_file((struct layout[]){page, small}, 2), FRINGE_UNSUPPORTED,
                        "20 x 37 pixels, the first has 43 x 37");
    image_files_refused(put_file((struct layout[]){page, deep}, 2), FRINGE_UNSUPPORTED, "samples of 16 bits");
}

Test(tiff, what_is_not_read_is_named)
{
    struct layout layout = complete((struct layout){.bits = 16, .format = SAMPLEFORMAT_IEEEFP});
    const char *path = image_files_path("t.tif");
    TIFF *tiff = TIFFOpen(path, "w");
    set_tags(tiff, &layout);
    unsigned char row[WIDTH * 8] = {0};
    for (uint32_t y = 0; y < HEIGHT; y++) TIFFWriteScanline(tiff, row, y, 0);
    TIFFClose(tiff);
    image_files_refused(path, FRINGE_UNSUPPORTED, "float of 16 bits");

    layout = complete((struct layout){.compression = COMPRESSION_LERC});
    tiff = TIFFOpen(path, "w");
    set_tags(tiff, &layout);
    for (uint32_t y = 0; y < HEIGHT; y++) TIFFWriteScanline(tiff, row, y, 0);
    TIFFClose(tiff);
    image_files_refused(path, FRINGE_UNSUPPORTED, "LERC");
}

static int printed;

static void hear_libtiff(const char *module, const char *format, va_list arguments)
{
    (void)module, (void)format, (void)arguments;
    printed = 1;
}

/* libtiff's own handlers are the host's and print; neither hears of what we read. */
Test(tiff, libtiff_prints_nothing)
{
    TIFFErrorHandler errors = TIFFSetErrorHandler(hear_libtiff),
                     warnings = TIFFSetWarningHandler(hear_libtiff);
    static const char *const damaged[] = {"lzw-damaged", "jpeg-damaged", "fax-damaged",
                                          "directory-loop-of-two", "mended-strip-empty"};
    for (size_t i = 0; i < sizeof damaged / sizeof *damaged; i++) {
        char path[128];
        static float plane[16 * 16];
        fringe_micrograph *micrograph;
        snprintf(path, sizeof path, "tests/malformed/tiff/tiff-%s.tif", damaged[i]);
        fringe_error error = {0};
        fringe_status status = image_files_try(path, IMAGE_READ_LUMINANCE, &micrograph, &error);
        cr_assert_neq(status, FRINGE_FILE, "%s", error.message);
        if (!status) fringe_micrograph_read(micrograph, 0, 0, plane, NULL);
        fringe_micrograph_free(micrograph);
        cr_expect_eq(printed, 0, "%s", path);
    }
    TIFFSetErrorHandler(errors);
    TIFFSetWarningHandler(warnings);
}

/* Cut anywhere, a file is refused: with its tables in front (as tiff_write.c writes) and behind (as libtiff).
 */
Test(tiff, cut_files_are_refused_at_every_byte)
{
    struct layout layout = complete((struct layout){.compression = COMPRESSION_ADOBE_DEFLATE});
    FILE *whole = fopen(put_file(&layout, 1), "rb");
    static unsigned char bytes[1 << 16];
    size_t size = fread(bytes, 1, sizeof bytes, whole);
    fclose(whole);
    cr_assert_gt(size, 500);
    for (size_t length = 0; length < size; length++) {
        const char *path = image_files_path("cut.tif");
        FILE *cut = fopen(path, "wb");
        fwrite(bytes, 1, length, cut);
        fclose(cut);
        fringe_micrograph *micrograph;
        fringe_error error = {0};
        static float plane[PIXELS];
        fringe_status status = image_files_try(path, IMAGE_READ_LUMINANCE, &micrograph, &error);
        if (!status) status = fringe_micrograph_read(micrograph, 0, 0, plane, &error);
        fringe_micrograph_free(micrograph);
        cr_assert(status == FRINGE_FORMAT || (length < 4 && status == FRINGE_UNSUPPORTED),
                  "cut at %zu of %zu: %s", length, size, fringe_status_name(status));
        cr_assert(strstr(error.message, "cut.tif") != NULL, "%s", error.message);
    }
}
