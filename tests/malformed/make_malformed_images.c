/* make_malformed_images.c - writes the malformed images that stand in tiff/, png/ and jpeg/ beside it.
 *
 *     cc -std=c11 -o /tmp/make make_malformed_images.c -ljpeg -lz && /tmp/make tests/malformed
 *
 * Each file is `<format>-<defect>.<ext>`: one thing is wrong with it, and a reader must say so. Files named
 * `<format>-whole-<what>.<ext>` are right, and every proper beginning of them is not: their tables stand
 * before their pixels. They are what fuzzing starts from.
 */
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>
#include <zlib.h>

#define ROOM (1 << 16)

static const char *folder;

/* A file on its way. */
static unsigned char bytes[ROOM];
static size_t size;

static void save(const char *format, const char *defect, const char *extension)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s/%s-%s.%s", folder, format, format, defect, extension);
    FILE *stream = fopen(path, "wb");
    if (!stream || fwrite(bytes, 1, size, stream) != size || fclose(stream) != 0) {
        perror(path);
        exit(1);
    }
    size = 0;
}

static void put(const void *from, size_t count)
{
    memcpy(bytes + size, from, count);
    size += count;
}

static void put_little(uint64_t value, int count)
{
    for (int i = 0; i < count; i++) bytes[size++] = (unsigned char)(value >> (8 * i));
}

static void put_big(uint64_t value, int count)
{
    for (int i = count - 1; i >= 0; i--) bytes[size++] = (unsigned char)(value >> (8 * i));
}

static void put_repeated(unsigned char value, size_t count)
{
    memset(bytes + size, value, count);
    size += count;
}

/* ---- TIFF ---- */

enum { SHORT = 3, LONG = 4, RATIONAL = 5, ASCII = 2, BYTE = 1 };
enum { SIDE = 16, PIXELS_AT = 512, MOST_ENTRIES = 20, MOST_CHANGES = 5 };

struct entry {
    uint16_t tag, type;
    uint32_t count, value;
};

/* 16 x 16 pixels of 8 bits in one strip at PIXELS_AT. */
static const struct entry plain[] = {
    {256, LONG, 1, SIDE},       {257, LONG, 1, SIDE},      {258, SHORT, 1, 8}, {259, SHORT, 1, 1},
    {262, SHORT, 1, 1},         {273, LONG, 1, PIXELS_AT}, {277, SHORT, 1, 1}, {278, LONG, 1, SIDE},
    {279, LONG, 1, SIDE *SIDE}, {284, SHORT, 1, 1},        {339, SHORT, 1, 1},
};

/* Writes the plain image with `changes` made to its directory: entries replaced or added; count 0 removes. */
static void put_tiff(const struct entry *changes, size_t change_count, uint32_t next_directory)
{
    struct entry entries[MOST_ENTRIES];
    size_t count = sizeof plain / sizeof *plain;
    memcpy(entries, plain, sizeof plain);
    for (size_t c = 0; c < change_count; c++) {
        size_t at = 0;
        while (at < count && entries[at].tag < changes[c].tag) at++;
        int there = at < count && entries[at].tag == changes[c].tag;
        if (!there) {
            memmove(entries + at + 1, entries + at, (count - at) * sizeof *entries);
            count++;
        }
        entries[at] = changes[c];
        if (changes[c].count == 0) {
            memmove(entries + at, entries + at + 1, (count - at - 1) * sizeof *entries);
            count--;
        }
    }
    put("II*\0", 4);
    put_little(8, 4);
    put_little(count, 2);
    for (size_t i = 0; i < count; i++) {
        put_little(entries[i].tag, 2);
        put_little(entries[i].type, 2);
        put_little(entries[i].count, 4);
        put_little(entries[i].value, 4);
    }
    put_little(next_directory, 4);
    put_repeated(0, PIXELS_AT - size);
}

static void put_pixels(void)
{
    for (int i = 0; i < SIDE * SIDE; i++) bytes[size++] = (unsigned char)(i * 7);
}

static void tiff_lies(void)
{
    static const struct {
        const char *defect;
        struct entry changes[MOST_CHANGES];
    } cases[] = {
        {"width-zero", {{256, LONG, 1, 0}}},
        {"width-2e31", {{256, LONG, 1, 0x80000000}}},
        {"height-zero", {{257, LONG, 1, 0}}},
        {"height-2e31", {{257, LONG, 1, 0x80000000}, {278, LONG, 1, 0x80000000}}},
        {"height-2e31-strips-of-1", {{257, LONG, 1, 0x80000000}, {278, LONG, 1, 1}}},
        {"sides-40000", {{256, LONG, 1, 40000}, {257, LONG, 1, 40000}, {278, LONG, 1, 40000}}},
        {"sides-40000-lzw",
         {{256, LONG, 1, 40000}, {257, LONG, 1, 40000}, {259, SHORT, 1, 5}, {278, LONG, 1, 40000}}},
        {"sides-40000-zstd",
         {{256, LONG, 1, 40000}, {257, LONG, 1, 40000}, {259, SHORT, 1, 50000}, {278, LONG, 1, 40000}}},
        {"width-2e31-fax",
         {{256, LONG, 1, 0x7FFFFFFF}, {257, LONG, 1, 1}, {258, SHORT, 1, 1}, {259, SHORT, 1, 4}}},
        {"width-missing", {{256, LONG, 0, 0}}},
        {"width-negative", {{256, 9, 1, 0xFFFFFFF0}}},
        {"bits-zero", {{258, SHORT, 1, 0}}},
        {"bits-24", {{258, SHORT, 1, 24}}},
        {"bits-65535", {{258, SHORT, 1, 65535}}},
        {"bits-float-8", {{339, SHORT, 1, 3}}},
        {"format-complex", {{258, SHORT, 1, 64}, {339, SHORT, 1, 6}}},
        {"format-unknown", {{339, SHORT, 1, 77}}},
        {"samples-zero", {{277, SHORT, 1, 0}}},
        {"samples-65535", {{277, SHORT, 1, 65535}}},
        {"samples-two-of-colour", {{262, SHORT, 1, 2}, {277, SHORT, 1, 2}}},
        {"compression-unknown", {{259, SHORT, 1, 4711}}},
        {"compression-lerc", {{259, SHORT, 1, 34887}}},
        {"compression-jbig", {{259, SHORT, 1, 34661}}},
        {"compression-webp", {{259, SHORT, 1, 50001}}},
        {"compression-old-jpeg", {{259, SHORT, 1, 6}}},
        {"photometric-unknown", {{262, SHORT, 1, 999}}},
        {"photometric-cmyk", {{262, SHORT, 1, 5}}},
        {"photometric-ycbcr-plain", {{262, SHORT, 1, 6}, {277, SHORT, 1, 3}}},
        {"palette-of-32-bits", {{258, SHORT, 1, 32}, {262, SHORT, 1, 3}, {279, LONG, 1, 1024}}},
        {"palette-outside", {{262, SHORT, 1, 3}, {320, SHORT, 768, 0x7FFFFFFF}}},
        {"planar-unknown", {{277, SHORT, 1, 3}, {284, SHORT, 1, 9}}},
        {"strip-outside", {{273, LONG, 1, 0xFFFFFFF0}}},
        {"strip-missing", {{273, LONG, 0, 0}}},
        {"mended-strip-empty", {{279, LONG, 1, 0}}},
        {"mended-strip-too-long", {{279, LONG, 1, 0xFFFFFFFF}}},
        {"mended-strip-too-short", {{279, LONG, 1, SIDE * SIDE - 1}}},
        {"mended-strip-count-negative", {{279, LONG, 0xFFFFFFFF, 8}}},
        {"strip-rows-zero", {{278, LONG, 1, 0}}},
        {"strips-missing", {{278, LONG, 1, 1}}},
        {"tile-zero", {{322, LONG, 1, 0}, {323, LONG, 1, 0}, {324, LONG, 1, PIXELS_AT}, {325, LONG, 1, 256}}},
        {"tile-of-2e31",
         {{322, LONG, 1, 0x80000000},
          {323, LONG, 1, 0x80000000},
          {324, LONG, 1, PIXELS_AT},
          {325, LONG, 1, 256}}},
        {"tile-of-8192-zstd",
         {{259, SHORT, 1, 50000},
          {322, LONG, 1, 8192},
          {323, LONG, 1, 8192},
          {324, LONG, 1, PIXELS_AT},
          {325, LONG, 1, 256}}},
        {"description-outside", {{270, ASCII, 4000, 0x7FFFFF00}}},
        {"mended-description-of-4-gb", {{270, ASCII, 0xFFFFFFFF, 300}}},
        {"resolution-outside", {{282, RATIONAL, 1, 0x7FFFFF00}}},
        {"type-unknown", {{256, 77, 1, SIDE}}},
        {"predictor-unknown", {{259, SHORT, 1, 5}, {317, SHORT, 1, 9}}},
        {"predictor-float-of-integers", {{259, SHORT, 1, 8}, {317, SHORT, 1, 3}}},
        {"lzw-damaged", {{259, SHORT, 1, 5}}},
        {"deflate-damaged", {{259, SHORT, 1, 8}}},
        {"packbits-damaged", {{259, SHORT, 1, 32773}, {279, LONG, 1, 3}, {278, LONG, 1, 16}}},
        {"jpeg-damaged", {{259, SHORT, 1, 7}}},
        {"lzma-damaged", {{259, SHORT, 1, 34925}}},
        {"zstd-damaged", {{259, SHORT, 1, 50000}}},
        {"fax-damaged", {{258, SHORT, 1, 1}, {259, SHORT, 1, 4}}},
        {"only-a-thumbnail", {{254, LONG, 1, 1}}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t count = 0;
        while (count < MOST_CHANGES && cases[i].changes[count].tag) count++;
        put_tiff(cases[i].changes, count, 0);
        put_pixels();
        save("tiff", cases[i].defect, "tif");
    }
}

/* A second directory at `at`, the plain one with another width. */
static void put_second(uint32_t at, uint32_t width, uint32_t next)
{
    put_repeated(0, at - size);
    put_little(sizeof plain / sizeof *plain, 2);
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++) {
        put_little(plain[i].tag, 2);
        put_little(plain[i].type, 2);
        put_little(plain[i].count, 4);
        put_little(plain[i].tag == 256 ? width : plain[i].value, 4);
    }
    put_little(next, 4);
}

static void tiff_directories(void)
{
    put("II*\0", 4);
    save("tiff", "nothing-but-magic", "tif");
    put("II*\0", 4);
    put_little(0, 4);
    save("tiff", "no-directory", "tif");
    put("II*\0", 4);
    put_little(0x7FFFFFF0, 4);
    save("tiff", "directory-outside", "tif");
    put("II*\0", 4);
    put_little(8, 4);
    put_little(0, 2);
    put_little(0, 4);
    save("tiff", "directory-empty", "tif");
    put("II*\0", 4);
    put_little(8, 4);
    put_little(65535, 2);
    put_repeated(0, 64);
    save("tiff", "directory-of-65535", "tif");
    put("II+\0", 4);
    put_little(3, 2);
    put_little(0, 2);
    put_little(16, 8);
    save("tiff", "big-offsets-of-3", "tif");
    put("II+\0", 4);
    put_little(8, 2);
    put_little(0, 2);
    put_little(16, 8);
    put_little(0x8000000000000000, 8);
    save("tiff", "big-directory-of-2e63", "tif");
    put("MM\0+", 4);
    put_big(8, 2);
    put_big(0, 2);
    put_big(0xFFFFFFFFFFFFFFF0, 8);
    save("tiff", "big-directory-outside", "tif");

    put_tiff(NULL, 0, 8);
    put_pixels();
    save("tiff", "directory-loop-to-itself", "tif");
    put_tiff(NULL, 0, PIXELS_AT + SIDE * SIDE);
    put_pixels();
    put_second(PIXELS_AT + SIDE * SIDE, SIDE, 8);
    save("tiff", "directory-loop-of-two", "tif");
    put_tiff(NULL, 0, PIXELS_AT + SIDE * SIDE);
    put_pixels();
    put_second(PIXELS_AT + SIDE * SIDE, SIDE / 2, 0);
    save("tiff", "second-page-smaller", "tif");
    put_tiff(NULL, 0, 0x7FFFFFF0);
    put_pixels();
    save("tiff", "second-directory-outside", "tif");

    /* ImageJ's planes behind the directory, but for one: half of it is there. */
    static const char description[] = "ImageJ=1.54g\nimages=1000000\nslices=1000000\n";
    static const struct entry described[] = {{270, ASCII, sizeof description, 400}};
    put_tiff(described, 1, 0);
    memcpy(bytes + 400, description, sizeof description);
    put_pixels();
    put_repeated(9, SIDE * SIDE / 2);
    save("tiff", "imagej-planes-missing", "tif");
}

static void tiff_whole(void)
{
    put_tiff(NULL, 0, 0);
    put_pixels();
    save("tiff", "whole-plain", "tif");
    /* What hangs below a directory is not followed: a directory that is its own child does no harm. */
    static const struct entry child[] = {{330, LONG, 1, 8}};
    put_tiff(child, 1, 0);
    put_pixels();
    save("tiff", "whole-own-child", "tif");
    /* ImageJ's notes are an extra: where their counts lie, the image is read without them. */
    static const char description[] = "ImageJ=1.54g\nunit=nm\n";
    static const struct entry notes[] = {
        {270, ASCII, sizeof description, 400}, {50838, LONG, 2, 440}, {50839, BYTE, 40, 450}};
    put_tiff(notes, 3, 0);
    memcpy(bytes + 400, description, sizeof description);
    memcpy(bytes + 440, "\x0c\0\0\0\xff\xff\xff\xff", 8);
    memcpy(bytes + 450, "JIJIlbal\xff\xff\xff\xff", 12);
    put_pixels();
    save("tiff", "whole-notes-lie", "tif");
    /* Entities that unfold to gigabytes: refused, and the image is read without calibration. */
    static const char bomb[] =
        "<?xml version='1.0'?><!DOCTYPE b [<!ENTITY a 'ha'><!ENTITY c '&a;&a;&a;&a;'>]><OME>&c;"
        "<Image><Pixels SizeC='1'/></Image></OME>";
    static const struct entry xml[] = {{270, ASCII, sizeof bomb, 330}};
    put_tiff(xml, 1, 0);
    memcpy(bytes + 330, bomb, sizeof bomb);
    put_pixels();
    save("tiff", "whole-entities", "tif");
}

/* ---- PNG ---- */

static void put_chunk(const char *kind, const void *content, size_t count)
{
    size_t start = size + 4;
    put_big(count, 4);
    put(kind, 4);
    put(content, count);
    put_big(crc32(0, bytes + start, (uInt)(size - start)), 4);
}

static void put_head(uint32_t width, uint32_t height, unsigned char depth, unsigned char colour,
                     unsigned char interlaced)
{
    unsigned char head[13] = {(unsigned char)(width >> 24),
                              (unsigned char)(width >> 16),
                              (unsigned char)(width >> 8),
                              (unsigned char)width,
                              (unsigned char)(height >> 24),
                              (unsigned char)(height >> 16),
                              (unsigned char)(height >> 8),
                              (unsigned char)height,
                              depth,
                              colour,
                              0,
                              0,
                              interlaced};
    put("\x89PNG\r\n\x1a\n", 8);
    put_chunk("IHDR", head, sizeof head);
}

/* `rows` rows of `row_bytes` bytes, each behind its filter byte 0. */
static void put_rows(size_t rows, size_t row_bytes)
{
    static unsigned char raw[ROOM], packed[ROOM];
    uLongf packed_size = sizeof packed;
    size_t count = 0;
    for (size_t y = 0; y < rows; y++) {
        raw[count++] = 0;
        for (size_t x = 0; x < row_bytes; x++) raw[count++] = (unsigned char)(y * 16 + x);
    }
    compress(packed, &packed_size, raw, count);
    put_chunk("IDAT", packed, packed_size);
}

static void save_png(const char *defect)
{
    put_chunk("IEND", "", 0);
    save("png", defect, "png");
}

static void png_files(void)
{
    static const struct {
        const char *defect;
        uint32_t width, height;
        unsigned char depth, colour, interlaced;
    } heads[] = {
        {"width-zero", 0, 16, 8, 0, 0},
        {"height-zero", 16, 0, 8, 0, 0},
        {"width-2e31", 0x80000000, 16, 8, 0, 0},
        {"sides-40000", 40000, 40000, 8, 0, 0},
        {"sides-40000-interlaced", 40000, 40000, 8, 0, 1},
        {"sides-2e31", 0x7FFFFFFF, 0x7FFFFFFF, 16, 6, 0},
        {"depth-3", 16, 16, 3, 0, 0},
        {"depth-zero", 16, 16, 0, 0, 0},
        {"colour-9", 16, 16, 8, 9, 0},
        {"palette-missing", 16, 16, 8, 3, 0},
        {"interlace-7", 16, 16, 8, 0, 7},
        {"rows-missing", 16, 32, 8, 0, 0},
        {"rows-missing-interlaced", 16, 32, 8, 0, 1},
    };
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        put_head(heads[i].width, heads[i].height, heads[i].depth, heads[i].colour, heads[i].interlaced);
        put_rows(16, 16);
        save_png(heads[i].defect);
    }
    put("\x89PNG\r\n\x1a\n", 8);
    save("png", "nothing-but-magic", "png");
    put_head(16, 16, 8, 0, 0);
    save_png("pixels-missing");
    put_head(16, 16, 8, 0, 0);
    put_chunk("IDAT", "\x78\x9c garbage", 10);
    save_png("deflate-damaged");
    put_head(16, 16, 8, 0, 0);
    put_rows(16, 16);
    save("png", "end-missing", "png");
    put_head(16, 16, 8, 0, 0);
    bytes[size - 1] ^= 1;
    put_rows(16, 16);
    save_png("checksum-of-head");
    put_head(16, 16, 8, 0, 0);
    put_rows(16, 16);
    bytes[size - 1] ^= 1;
    save_png("checksum-of-pixels");
    put_head(16, 16, 8, 0, 0);
    put_big(0x7FFFFFFF, 4);
    put("IDAT", 4);
    save("png", "chunk-of-2e31", "png");
    put_head(16, 16, 8, 0, 0);
    put_chunk("ABCD", "critical", 8);
    put_rows(16, 16);
    save_png("chunk-unknown");

    put_head(16, 16, 8, 0, 0);
    put_rows(16, 16);
    save_png("whole-grey");
    put_head(16, 16, 8, 2, 0);
    put_rows(16, 48);
    save_png("whole-colour");
    put_head(16, 16, 8, 3, 0);
    put_chunk("PLTE", "\1\2\3\4\5\6\7\x08\x09", 9);
    put_rows(16, 16);
    save_png("whole-palette");
    /* A text that unpacks to 9 MB, above what is kept of one: the image is read without it. */
    static unsigned char text[9 << 20], packed[ROOM];
    uLongf packed_size = sizeof packed - 16;
    memset(text, 'x', sizeof text);
    memcpy(packed, "Comment\0\0", 9);
    compress2(packed + 9, &packed_size, text, sizeof text, 9);
    put_head(16, 16, 8, 0, 0);
    put_chunk("zTXt", packed, packed_size + 9);
    put_rows(16, 16);
    save_png("whole-text-of-9-mb");
}

/* ---- JPEG ---- */

/* Writes a 16 x 16 image of 1, 3 or 4 components. */
static void put_jpeg(int components, int progressive)
{
    struct jpeg_compress_struct jpeg;
    struct jpeg_error_mgr errors;
    unsigned char *out = NULL, row[SIDE * 4];
    unsigned long count = 0;
    jpeg.err = jpeg_std_error(&errors);
    jpeg_create_compress(&jpeg);
    jpeg_mem_dest(&jpeg, &out, &count);
    jpeg.image_width = jpeg.image_height = SIDE;
    jpeg.input_components = components;
    jpeg.in_color_space = components == 1 ? JCS_GRAYSCALE : components == 3 ? JCS_RGB : JCS_CMYK;
    jpeg_set_defaults(&jpeg);
    /* Two scans that do not refine each other, so that libjpeg accepts the second any number of times. */
    static const jpeg_scan_info scans[2] = {{1, {0}, 0, 0, 0, 0}, {1, {0}, 1, 63, 0, 0}};
    if (progressive) {
        jpeg.scan_info = scans;
        jpeg.num_scans = 2;
    }
    jpeg_start_compress(&jpeg, TRUE);
    for (int y = 0; y < SIDE; y++) {
        JSAMPROW rows[1] = {row};
        for (int x = 0; x < SIDE * components; x++) row[x] = (unsigned char)(x * y);
        jpeg_write_scanlines(&jpeg, rows, 1);
    }
    jpeg_finish_compress(&jpeg);
    put(out, count);
    jpeg_destroy_compress(&jpeg);
    free(out);
}

/* The place of a marker's 0xFF from `from` on. */
static size_t find_marker(unsigned char marker, size_t from)
{
    for (size_t i = from; i + 1 < size; i++)
        if (bytes[i] == 0xFF && bytes[i + 1] == marker) return i;
    fprintf(stderr, "no marker %02x\n", marker);
    exit(1);
}

/* Takes the segment of a marker out. */
static void remove_segment(unsigned char marker)
{
    size_t at = find_marker(marker, 0), length = 2 + (bytes[at + 2] << 8 | bytes[at + 3]);
    memmove(bytes + at, bytes + at + length, size - at - length);
    size -= length;
}

enum { SOF0 = 0xC0, EOI = 0xD9, SOS = 0xDA, DQT = 0xDB };

static void jpeg_files(void)
{
    static const struct {
        const char *defect;
        int offset; /* in the segment SOF0 from its marker on: 4 depth, 5 height, 7 width, 9 components */
        unsigned char value[2];
        int count;
    } heads[] = {
        {"height-zero", 5, {0, 0}, 2},       {"width-zero", 7, {0, 0}, 2},
        {"width-65535", 7, {0xFF, 0xFF}, 2}, {"depth-12", 4, {12, 0}, 1},
        {"depth-zero", 4, {0, 0}, 1},        {"components-zero", 9, {0, 0}, 1},
        {"components-255", 9, {255, 0}, 1},  {"process-lossless", 0, {0xFF, 0xC3}, 2},
        {"rows-missing", 5, {0, 64}, 2},
    };
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        put_jpeg(1, 0);
        memcpy(bytes + find_marker(SOF0, 0) + heads[i].offset, heads[i].value, (size_t)heads[i].count);
        save("jpeg", heads[i].defect, "jpg");
    }
    put_jpeg(1, 0);
    memcpy(bytes + find_marker(SOF0, 0) + 5, "\x9C\x40\x9C\x40", 4);
    save("jpeg", "sides-40000", "jpg");
    put_jpeg(4, 0);
    save("jpeg", "cmyk", "jpg");
    put("\xFF\xD8\xFF", 3);
    save("jpeg", "nothing-but-magic", "jpg");
    put("\xFF\xD8\xFF\xD9", 4);
    save("jpeg", "no-segments", "jpg");
    static const unsigned char needed[] = {SOF0, DQT};
    static const char *const names[] = {"frame-missing", "quantisation-missing"};
    for (int i = 0; i < 2; i++) {
        put_jpeg(1, 0);
        remove_segment(needed[i]);
        save("jpeg", names[i], "jpg");
    }
    put_jpeg(1, 0);
    size -= 2;
    save("jpeg", "end-missing", "jpg");
    put_jpeg(1, 0);
    memset(bytes + find_marker(SOS, 0) + 10, 0xAA, 8);
    save("jpeg", "pixels-damaged", "jpg");
    put_jpeg(1, 0);
    bytes[find_marker(DQT, 0) + 2] = 0xFF;
    save("jpeg", "segment-too-long", "jpg");

    /* A progressive image whose last scan comes a thousand times: each costs a pass over the image. */
    put_jpeg(1, 1);
    size_t second = find_marker(SOS, find_marker(SOS, 0) + 2), end = find_marker(EOI, second);
    unsigned char scan[256];
    size_t count = end - second < sizeof scan ? end - second : sizeof scan;
    memcpy(scan, bytes + second, count);
    size = end;
    for (int i = 0; i < 1000; i++) put(scan, count);
    put("\xFF\xD9", 2);
    save("jpeg", "scans-of-1000", "jpg");

    put_jpeg(1, 0);
    save("jpeg", "whole-grey", "jpg");
    put_jpeg(3, 0);
    save("jpeg", "whole-colour", "jpg");
    put_jpeg(1, 1);
    save("jpeg", "whole-progressive", "jpg");
}

int main(int count, char **arguments)
{
    if (count != 2) {
        fprintf(stderr, "usage: %s FOLDER, with tiff/, png/ and jpeg/ in it\n", arguments[0]);
        return 2;
    }
    folder = arguments[1];
    tiff_lies();
    tiff_directories();
    tiff_whole();
    png_files();
    jpeg_files();
    return 0;
}
