/* JPEG files, written by libjpeg and read by jpeg_read.c, with libjpeg's own decoding as control. */
#include <stdio.h>

#include <jpeglib.h>

#include "support/image_files.h"

TestSuite(jpeg, .init = image_files_begin, .fini = image_files_end);

enum { HEIGHT = 45, WIDTH = 51, PIXELS = HEIGHT * WIDTH };

static const char *put_jpeg(int components, int progressive)
{
    struct jpeg_compress_struct jpeg;
    struct jpeg_error_mgr errors;
    const char *path = image_files_path("t.jpg");
    FILE *stream = fopen(path, "wb");
    jpeg.err = jpeg_std_error(&errors);
    jpeg_create_compress(&jpeg);
    jpeg_stdio_dest(&jpeg, stream);
    jpeg.image_width = WIDTH;
    jpeg.image_height = HEIGHT;
    jpeg.input_components = components;
    jpeg.in_color_space = components == 1 ? JCS_GRAYSCALE : components == 3 ? JCS_RGB : JCS_CMYK;
    jpeg_set_defaults(&jpeg);
    if (progressive) jpeg_simple_progression(&jpeg);
    jpeg_start_compress(&jpeg, TRUE);
    for (int y = 0; y < HEIGHT; y++) {
        unsigned char row[WIDTH * 4];
        JSAMPROW rows[1] = {row};
        for (int i = 0; i < WIDTH * components; i++)
            row[i] = (unsigned char)(i / components * 3 + y * 2 + i % components * 30);
        jpeg_write_scanlines(&jpeg, rows, 1);
    }
    jpeg_finish_compress(&jpeg);
    jpeg_destroy_compress(&jpeg);
    fclose(stream);
    return path;
}

/* The pixels as libjpeg gives them with its own settings: luminance of colour. */
static void decode(const char *path, double *pixels)
{
    struct jpeg_decompress_struct jpeg;
    struct jpeg_error_mgr errors;
    FILE *stream = fopen(path, "rb");
    jpeg.err = jpeg_std_error(&errors);
    jpeg_create_decompress(&jpeg);
    jpeg_stdio_src(&jpeg, stream);
    jpeg_read_header(&jpeg, TRUE);
    jpeg_start_decompress(&jpeg);
    for (int y = 0; y < HEIGHT; y++) {
        unsigned char row[WIDTH * 3];
        JSAMPROW rows[1] = {row};
        jpeg_read_scanlines(&jpeg, rows, 1);
        for (int x = 0; x < WIDTH; x++)
            pixels[y * WIDTH + x] =
                jpeg.output_components == 1
                    ? row[x]
                    : 0.299 * row[3 * x] + 0.587 * row[3 * x + 1] + 0.114 * row[3 * x + 2];
    }
    jpeg_finish_decompress(&jpeg);
    jpeg_destroy_decompress(&jpeg);
    fclose(stream);
}

Test(jpeg, grey_colour_baseline_progressive)
{
    static double control[PIXELS];
    for (int form = 0; form < 4; form++) {
        const char *path = put_jpeg(form & 1 ? 3 : 1, form & 2);
        decode(path, control);
        fringe_micrograph *micrograph = image_files_open(path);
        cr_expect_str_eq(micrograph->info.reader, "jpeg");
        cr_expect_eq(micrograph->info.colour, form & 1);
        cr_expect_eq(micrograph->info.pixel, FRINGE_PIXEL_UINT8);
        cr_expect_eq(strstr(image_files_notices, "colour: ") != NULL, form & 1);
        float *plane = image_files_plane(micrograph, 0, 0), row[WIDTH];
        for (int i = 0; i < PIXELS; i++)
            cr_assert_float_eq(plane[i], control[i], 1e-4, "form %d, pixel %d", form, i);
        for (int32_t y = HEIGHT - 1; y >= 0; y -= 7) {
            cr_assert_eq(micrograph_source_read_rows(micrograph, 0, 0, y, y + 1, row, NULL), FRINGE_OK);
            cr_expect_eq(memcmp(row, plane + y * WIDTH, sizeof row), 0, "row %d alone", y);
        }
        free(plane);
        fringe_micrograph_free(micrograph);
    }
}

Test(jpeg, cmyk_is_refused_by_name)
{
    image_files_refused(put_jpeg(4, 0), FRINGE_UNSUPPORTED, "CMYK");
}

/* A failure does not spoil the object: what can be read before the damage can be read again. */
Test(jpeg, rows_before_the_damage_can_be_read_again)
{
    const char *path = put_jpeg(1, 0);
    FILE *stream = fopen(path, "rb");
    static unsigned char bytes[1 << 16];
    size_t size = fread(bytes, 1, sizeof bytes, stream);
    fclose(stream);
    stream = fopen(path, "wb");
    fwrite(bytes, 1, size - 20, stream);
    fclose(stream);
    fringe_micrograph *micrograph = image_files_open(path);
    static float plane[PIXELS], first[WIDTH];
    fringe_error error = {0};
    for (int turn = 0; turn < 2; turn++) {
        cr_expect_eq(fringe_micrograph_read(micrograph, 0, 0, plane, &error), FRINGE_FORMAT);
        cr_expect_eq(micrograph_source_read_rows(micrograph, 0, 0, 0, 1, first, &error), FRINGE_OK);
    }
    fringe_micrograph_free(micrograph);
}
