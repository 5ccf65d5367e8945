/* PNG files of every kind, written by libpng and read by png_read.c. */
#include <png.h>

#include "support/image_files.h"

TestSuite(png, .init = image_files_begin, .fini = image_files_end);

enum { HEIGHT = 19, WIDTH = 23, PIXELS = HEIGHT * WIDTH };

/* The value of a sample of `depth` bits. */
static unsigned sample_value(int depth, int x, int y, int sample)
{
    return (unsigned)(x * 2777 + y * 5413 + sample * 331) & ((1u << depth) - 1);
}

/* The palette's entry for an index. */
static png_color entry(unsigned index, int grey)
{
    png_byte part = (png_byte)(index * 13);
    return grey ? (png_color){part, part, part} : (png_color){part, (png_byte)(255 - part), 40};
}

static int samples_of(int colour)
{
    return colour == PNG_COLOR_TYPE_RGB          ? 3
           : colour == PNG_COLOR_TYPE_RGB_ALPHA  ? 4
           : colour == PNG_COLOR_TYPE_GRAY_ALPHA ? 2
                                                 : 1;
}

static const char *put_png(const char *name, int depth, int colour, int interlace, int grey_palette)
{
    const char *path = image_files_path(name);
    FILE *stream = fopen(path, "wb");
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop header = png_create_info_struct(png);
    png_color palette[256];
    unsigned char rows[HEIGHT][WIDTH * 4 * 2] = {{0}};
    png_bytep pointers[HEIGHT];
    for (unsigned i = 0; i < 256; i++) palette[i] = entry(i, grey_palette);
    for (int y = 0; y < HEIGHT; y++) {
        pointers[y] = rows[y];
        for (int i = 0; i < WIDTH * samples_of(colour); i++) {
            unsigned value = sample_value(depth, i / samples_of(colour), y, i % samples_of(colour));
            if (depth == 16)
                rows[y][2 * i] = (unsigned char)(value >> 8), rows[y][2 * i + 1] = (unsigned char)value;
            if (depth < 16) rows[y][i * depth / 8] |= (unsigned char)(value << (8 - depth - i * depth % 8));
        }
    }
    cr_assert(setjmp(png_jmpbuf(png)) == 0);
    png_init_io(png, stream);
    png_set_IHDR(png, header, WIDTH, HEIGHT, depth, colour, interlace, PNG_COMPRESSION_TYPE_DEFAULT,
                 PNG_FILTER_TYPE_DEFAULT);
    if (colour == PNG_COLOR_TYPE_PALETTE) png_set_PLTE(png, header, palette, 1 << depth);
    png_set_pHYs(png, header, 20000000, 20000000, PNG_RESOLUTION_METER);
    png_set_rows(png, header, pointers);
    png_write_png(png, header, PNG_TRANSFORM_IDENTITY, NULL);
    png_destroy_write_struct(&png, &header);
    fclose(stream);
    return path;
}

static double expected_value(int depth, int colour, int grey_palette, int x, int y)
{
    double red = sample_value(depth, x, y, 0), green = sample_value(depth, x, y, 1),
           blue = sample_value(depth, x, y, 2);
    if (colour == PNG_COLOR_TYPE_GRAY || colour == PNG_COLOR_TYPE_GRAY_ALPHA) return red;
    if (colour == PNG_COLOR_TYPE_PALETTE) {
        png_color c = entry((unsigned)red, grey_palette);
        red = c.red, green = c.green, blue = c.blue;
    }
    return 0.299 * red + 0.587 * green + 0.114 * blue;
}

static void expect_png(int depth, int colour, int interlace, int grey_palette)
{
    fringe_micrograph *micrograph =
        image_files_open(put_png("t.png", depth, colour, interlace, grey_palette));
    const fringe_micrograph_info *info = &micrograph->info;
    int is_palette = colour == PNG_COLOR_TYPE_PALETTE;
    int is_colour = (colour & PNG_COLOR_MASK_COLOR) && !(is_palette && grey_palette);
    cr_expect_str_eq(info->reader, "png");
    cr_expect_eq(info->colour, is_colour);
    cr_expect_eq(strstr(image_files_notices, "colour: ") != NULL, is_colour);
    cr_expect_eq(info->nm_per_px_x, 0, "pHYs is no calibration");
    cr_expect_eq(info->own_output, 0);
    cr_expect_eq(info->pixel, depth == 16                 ? FRINGE_PIXEL_UINT16
                              : depth == 1 && !is_palette ? FRINGE_PIXEL_BIT
                                                          : FRINGE_PIXEL_UINT8);
    float *plane = image_files_plane(micrograph, 0, 0), row[WIDTH];
    for (int i = 0; i < PIXELS; i++)
        cr_assert_float_eq(plane[i], expected_value(depth, colour, grey_palette, i % WIDTH, i / WIDTH), 5e-3,
                           "depth %d, colour type %d, pixel %d", depth, colour, i);
    for (int32_t y = HEIGHT - 1; y >= 0; y--) {
        cr_assert_eq(micrograph_source_read_rows(micrograph, 0, 0, y, y + 1, row, NULL), FRINGE_OK);
        cr_expect_eq(memcmp(row, plane + y * WIDTH, sizeof row), 0, "row %d alone", y);
    }
    free(plane);
    fringe_micrograph_free(micrograph);
}

Test(png, every_depth_and_colour_type)
{
    static const struct {
        int colour, depths[5];
    } kinds[] = {{PNG_COLOR_TYPE_GRAY, {1, 2, 4, 8, 16}},
                 {PNG_COLOR_TYPE_PALETTE, {1, 2, 4, 8}},
                 {PNG_COLOR_TYPE_RGB, {8, 16}},
                 {PNG_COLOR_TYPE_RGB_ALPHA, {8, 16}},
                 {PNG_COLOR_TYPE_GRAY_ALPHA, {8, 16}}};
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
        for (int d = 0; d < 5 && kinds[k].depths[d]; d++)
            for (int interlace = 0; interlace < 2; interlace++)
                for (int grey = 0; grey <= (kinds[k].colour == PNG_COLOR_TYPE_PALETTE); grey++)
                    expect_png(kinds[k].depths[d], kinds[k].colour, interlace, grey);
}

Test(png, palette_by_index)
{
    fringe_micrograph *micrograph;
    const char *path = put_png("t.png", 4, PNG_COLOR_TYPE_PALETTE, 0, 0);
    cr_assert_eq(image_files_try(path, IMAGE_READ_INDEX, &micrograph, NULL), FRINGE_OK);
    cr_expect_str_empty(image_files_notices);
    float *plane = image_files_plane(micrograph, 0, 0);
    for (int i = 0; i < PIXELS; i++) cr_assert_eq(plane[i], (float)sample_value(4, i % WIDTH, i / WIDTH, 0));
    free(plane);
    fringe_micrograph_free(micrograph);
}

Test(png, content_decides_not_the_name)
{
    fringe_micrograph *micrograph = image_files_open(put_png("t.TIF", 8, PNG_COLOR_TYPE_GRAY, 0, 0));
    cr_expect_str_eq(micrograph->info.reader, "png");
    cr_expect(strstr(image_files_notices, "format_name: ") != NULL, "%s", image_files_notices);
    fringe_micrograph_free(micrograph);
    micrograph = image_files_open(put_png("without an ending", 8, PNG_COLOR_TYPE_GRAY, 0, 0));
    cr_expect_str_empty(image_files_notices);
    fringe_micrograph_free(micrograph);
}

Test(png, what_is_no_image_is_told)
{
    static const struct {
        const char *content;
        size_t size;
        fringe_status status;
        const char *words;
    } files[] = {{"", 0, FRINGE_FORMAT, "is empty"},
                 {"GIF89a....", 10, FRINGE_UNSUPPORTED,
                  "47 49 46 38 39 61 2e 2e is of no format that is read (tiff, png, jpeg)"},
                 {"\0\5\x16\7\0\0", 6, FRINGE_UNSUPPORTED, "AppleDouble"}};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        const char *path = image_files_path("._a.tif");
        FILE *stream = fopen(path, "wb");
        fwrite(files[i].content, 1, files[i].size, stream);
        fclose(stream);
        image_files_refused(path, files[i].status, files[i].words);
    }
    image_files_refused(image_files_folder, FRINGE_FILE, image_files_folder);
    image_files_refused(image_files_path("absent.png"), FRINGE_FILE, "absent.png");
}

Test(png, which_names_of_a_folder_are_images)
{
    static const char *const images[] = {"a.tif", "a.TIFF", "b/c.png", "x.y.jpg", "z.JPEG"};
    static const char *const others[] = {"a.txt", "tif", ".tif", "._a.tif", "a.tif.json", "b/.hidden.png"};
    for (int i = 0; i < 5; i++) cr_expect_eq(image_read_has_extension(images[i]), 1, "%s", images[i]);
    for (int i = 0; i < 6; i++) cr_expect_eq(image_read_has_extension(others[i]), 0, "%s", others[i]);
}
