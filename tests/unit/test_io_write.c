/* What Fringe writes is read back as it was, is marked as its own, and is whole or absent. */
#include <math.h>
#include <tiffio.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "io/imagej_notes.h"
#include "io/palette.h"
#include "io/png_write.h"
#include "io/tiff_write.h"
#include "support/image_files.h"

TestSuite(write, .init = image_files_begin, .fini = image_files_end);

enum { HEIGHT = 5, WIDTH = 7, PIXELS = HEIGHT * WIDTH };

static struct tiff_write_options plain_options(void)
{
    return (struct tiff_write_options){.width_px = WIDTH,
                                       .height_px = HEIGHT,
                                       .channel_count = 1,
                                       .slice_count = 1,
                                       .pixel = FRINGE_PIXEL_UINT8};
}

/* Writes planes whose samples are plane * 10 + index, row by row or all at once. */
static const char *put_tiff(const struct tiff_write_options *options, int at_once)
{
    const char *path = image_files_path("out.tif");
    struct tiff_writer *writer;
    fringe_error error = {0};
    cr_assert_eq(tiff_write_begin(path, options, &writer, &error), FRINGE_OK, "%s", error.message);
    size_t planes = (size_t)options->channel_count * (size_t)options->slice_count, count = planes * PIXELS;
    uint8_t *bytes = malloc(count);
    uint16_t *words = malloc(count * sizeof *words);
    float *floats = malloc(count * sizeof *floats);
    for (size_t i = 0; i < count; i++) {
        double value = (double)(i / PIXELS * 10 + i % PIXELS);
        bytes[i] = (uint8_t)value;
        words[i] = (uint16_t)value;
        floats[i] = (float)value;
    }
    const unsigned char *samples = options->pixel == FRINGE_PIXEL_UINT8    ? bytes
                                   : options->pixel == FRINGE_PIXEL_UINT16 ? (const void *)words
                                                                           : (const void *)floats;
    size_t rows = planes * HEIGHT, step = at_once ? rows : 1;
    size_t row_bytes = WIDTH * micrograph_source_sample_bytes(options->pixel);
    for (size_t row = 0; row < rows; row += step)
        cr_assert_eq(tiff_write_rows(writer, samples + row * row_bytes, (int64_t)step, &error), FRINGE_OK);
    cr_assert_eq(tiff_write_commit(writer, &error), FRINGE_OK, "%s", error.message);
    free(bytes);
    free(words);
    free(floats);
    return path;
}

Test(write, tiff_comes_back_with_all_it_says)
{
    static const char *const labels[] = {"first", NULL, "dr\xc3\xa4i \xf0\x9f\x94\xac", "4", "5", "6"};
    static const fringe_pixel pixels[] = {FRINGE_PIXEL_UINT8, FRINGE_PIXEL_UINT16, FRINGE_PIXEL_FLOAT32};
    for (int p = 0; p < 3; p++) {
        struct tiff_write_options options = plain_options();
        options.pixel = pixels[p];
        options.channel_count = 2;
        options.slice_count = 6;
        options.frame_count = 2;
        options.seconds_per_frame = 0.5;
        options.nm_per_px_x = 0.0504;
        options.nm_per_px_y = 0.1;
        options.nm_per_slice = 2.5;
        options.slice_labels = labels;
        options.has_display = 1;
        options.display_min = -0.25;
        options.display_max = 1e4;
        options.description = "model=a network\n";
        fringe_micrograph *micrograph = image_files_open(put_tiff(&options, p % 2));
        const fringe_micrograph_info *info = &micrograph->info;
        cr_expect_str_empty(image_files_notices, "%s", image_files_notices);
        cr_assert_eq(info->channel_count, 2);
        cr_assert_eq(info->slice_count, 6);
        cr_expect_eq(info->frame_count, 2);
        cr_expect_eq(info->seconds_per_frame, 0.5);
        cr_expect_eq(info->pixel, pixels[p]);
        cr_expect_eq(info->nm_per_px_x, 0.0504);
        cr_expect_eq(info->nm_per_px_y, 0.1);
        cr_expect_eq(info->nm_per_slice, 2.5);
        cr_expect_str_eq(info->unit, "nm");
        cr_expect_eq(info->own_output, 1);
        cr_expect_eq(micrograph->has_display, 1);
        cr_expect_eq(micrograph->display_min, -0.25);
        cr_expect_eq(micrograph->display_max, 1e4);
        for (int32_t slice = 0; slice < 6; slice++) {
            cr_expect_str_eq(fringe_micrograph_slice_label(micrograph, slice),
                             labels[slice] ? labels[slice] : "");
            for (int32_t channel = 0; channel < 2; channel++) {
                float *plane = image_files_plane(micrograph, slice, channel);
                for (int i = 0; i < PIXELS; i++)
                    cr_expect_eq(plane[i], (float)((slice * 2 + channel) * 10 + i));
                free(plane);
            }
        }
        cr_expect_str_empty(fringe_micrograph_slice_label(micrograph, 6));
        cr_expect_str_empty(fringe_micrograph_slice_label(micrograph, -1));
        fringe_micrograph_free(micrograph);
    }
}

/* What other programs see: libtiff finds every page, and ImageJ's description on the first. */
Test(write, tiff_is_read_by_libtiff)
{
    struct tiff_write_options options = plain_options();
    options.channel_count = 2;
    options.slice_count = 2;
    options.nm_per_px_x = options.nm_per_px_y = 0.05;
    TIFF *tiff = TIFFOpen(put_tiff(&options, 0), "r");
    cr_assert_not_null(tiff);
    cr_expect_eq(TIFFNumberOfDirectories(tiff), 4);
    char *description = NULL;
    float resolution = 0;
    uint16_t unit = 0;
    cr_assert(TIFFGetField(tiff, TIFFTAG_IMAGEDESCRIPTION, &description));
    static const char expected[] = "ImageJ=1.54g\nimages=4\nchannels=2\nslices=2\nhyperstack=true\n"
                                   "mode=grayscale\nunit=nm\nloop=false\nfringe=";
    cr_expect_eq(strncmp(description, expected, strlen(expected)), 0, "%s", description);
    cr_assert(TIFFGetField(tiff, TIFFTAG_XRESOLUTION, &resolution));
    cr_expect_eq(resolution, 20);
    cr_assert(TIFFGetField(tiff, TIFFTAG_RESOLUTIONUNIT, &unit));
    cr_expect_eq(unit, RESUNIT_NONE);
    for (int page = 0; page < 4; page++) {
        unsigned char plane[PIXELS];
        cr_assert(TIFFSetDirectory(tiff, (tdir_t)page));
        cr_assert_eq(TIFFReadEncodedStrip(tiff, 0, plane, PIXELS), PIXELS);
        for (int i = 0; i < PIXELS; i++) cr_expect_eq(plane[i], page * 10 + i);
    }
    TIFFClose(tiff);
}

/* Planes, labels and calibration come back from the compressed form as from the plain one. */
Test(write, compressed_planes_come_back)
{
    static const fringe_pixel pixels[] = {FRINGE_PIXEL_UINT8, FRINGE_PIXEL_UINT16, FRINGE_PIXEL_FLOAT32};
    static const char *const labels[] = {"first", NULL, "third"};
    for (int i = 0; i < 3; i++) {
        struct tiff_write_options options = plain_options();
        fringe_micrograph *read;
        fringe_micrograph_info info;
        fringe_error error = {0};
        float values[PIXELS];
        options.compress = 1;
        options.slice_count = 3;
        options.channel_count = 2;
        options.pixel = pixels[i];
        options.slice_labels = labels;
        options.nm_per_px_x = options.nm_per_px_y = 0.25;
        cr_expect_eq(tiff_write_is_big(&options), 0);
        const char *path = put_tiff(&options, i == 0);
        TIFF *tiff = TIFFOpen(path, "r");
        uint16_t compression = 0, predictor = 0;
        cr_assert_not_null(tiff);
        cr_expect_eq(TIFFNumberOfDirectories(tiff), 6);
        TIFFGetField(tiff, TIFFTAG_COMPRESSION, &compression);
        TIFFGetField(tiff, TIFFTAG_PREDICTOR, &predictor);
        cr_expect_eq(compression, COMPRESSION_ADOBE_DEFLATE);
        cr_expect_eq(predictor, i == 2 ? PREDICTOR_NONE : PREDICTOR_HORIZONTAL);
        TIFFClose(tiff);
        cr_assert_eq(fringe_micrograph_open(path, NULL, &read, &error), FRINGE_OK, "%s", error.message);
        fringe_micrograph_get_info(read, &info);
        cr_expect(info.slice_count == 3 && info.channel_count == 2 && info.own_output &&
                  info.pixel == pixels[i] && info.nm_per_px_x == 0.25);
        cr_expect_str_eq(fringe_micrograph_slice_label(read, 0), "first");
        cr_expect_str_eq(fringe_micrograph_slice_label(read, 2), "third");
        for (int plane = 0; plane < 6; plane++) {
            cr_assert_eq(fringe_micrograph_read(read, plane / 2, plane % 2, values, &error), FRINGE_OK, "%s",
                         error.message);
            for (int x = 0; x < PIXELS; x++) cr_assert_eq(values[x], plane * 10 + x);
        }
        fringe_micrograph_free(read);
    }
    struct tiff_write_options large = plain_options();
    large.compress = 1;
    large.width_px = large.height_px = 65535;
    cr_expect_eq(tiff_write_is_big(&large), 0);
    large.slice_count = 2;
    cr_expect_eq(tiff_write_is_big(&large), 1);
    large.compress = 0;
    cr_expect_eq(tiff_write_is_big(&large), 0);
}

Test(write, pixel_sizes_come_back_to_the_last_digit)
{
    static const double sizes[] = {1e-6, 0.002, 0.0203, 0.05, 1.0 / 3, 0.077, 1, 3.14159265358979,
                                   12.7, 999.5, 1e6};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct tiff_write_options options = plain_options();
        options.nm_per_px_x = sizes[i];
        options.nm_per_px_y = sizes[i] == 1 ? 1 : sizes[i] / 2 < 1e-6 ? sizes[i] : sizes[i] / 2;
        fringe_micrograph *micrograph = image_files_open(put_tiff(&options, 1));
        cr_expect_float_eq(micrograph->info.nm_per_px_x, options.nm_per_px_x, 4e-16 * sizes[i],
                           "%.17g and %.17g", micrograph->info.nm_per_px_x, options.nm_per_px_x);
        cr_expect_float_eq(micrograph->info.nm_per_px_y, options.nm_per_px_y, 4e-16 * sizes[i]);
        fringe_micrograph_free(micrograph);
    }
}

Test(write, class_colours_differ_and_indices_stay)
{
    unsigned char colours[PALETTE_COUNT][3];
    palette_classes(colours);
    cr_expect(!colours[0][0] && !colours[0][1] && !colours[0][2], "class 0 is black");
    for (int a = 0; a < PALETTE_COUNT; a++)
        for (int b = 0; b < a; b++) {
            int distance = abs(colours[a][0] - colours[b][0]) + abs(colours[a][1] - colours[b][1]) +
                           abs(colours[a][2] - colours[b][2]);
            /* 23 is one step of the grid of colours; the first 16 classes are those that matter. */
            cr_expect_geq(distance, a < 16 ? 80 : 23, "classes %d and %d", a, b);
        }
    struct tiff_write_options options = plain_options();
    options.class_colours = 1;
    const char *path = put_tiff(&options, 1);
    fringe_micrograph *micrograph;
    cr_assert_eq(image_files_try(path, IMAGE_READ_INDEX, &micrograph, NULL), FRINGE_OK);
    float *plane = image_files_plane(micrograph, 0, 0);
    for (int i = 0; i < PIXELS; i++) cr_expect_eq(plane[i], (float)i);
    free(plane);
    fringe_micrograph_free(micrograph);
    micrograph = image_files_open(path);
    cr_expect_eq(micrograph->info.colour, 1);
    fringe_micrograph_free(micrograph);
}

static void expect_refused(struct tiff_write_options options, fringe_status expected, const char *words)
{
    struct tiff_writer *writer;
    fringe_error error = {0};
    const char *path = image_files_path("refused.tif");
    cr_expect_eq(tiff_write_begin(path, &options, &writer, &error), expected, "%s", error.message);
    cr_expect_null(writer);
    cr_expect(strstr(error.message, words) != NULL, "'%s' is not in: %s", words, error.message);
    struct file_names names;
    cr_assert_eq(file_list(image_files_folder, &names, NULL), FRINGE_OK);
    cr_expect_eq(names.count, 0, "%s is left", names.count ? names.names[0] : "");
    file_names_free(&names);
}

Test(write, options_that_contradict_themselves_are_refused)
{
    struct tiff_write_options options = plain_options();
    options.width_px = 0;
    expect_refused(options, FRINGE_ARGUMENT, "0 x 5");
    options = plain_options();
    options.pixel = FRINGE_PIXEL_INT32;
    expect_refused(options, FRINGE_ARGUMENT, "int32");
    options = plain_options();
    options.nm_per_px_x = 0.5;
    expect_refused(options, FRINGE_ARGUMENT, "0.5 x 0 nm");
    options.nm_per_px_y = NAN;
    expect_refused(options, FRINGE_ARGUMENT, "nan");
    options = plain_options();
    options.pixel = FRINGE_PIXEL_UINT16;
    options.class_colours = 1;
    expect_refused(options, FRINGE_ARGUMENT, "uint16");
    options = plain_options();
    options.width_px = options.height_px = 40000;
    options.pixel = FRINGE_PIXEL_FLOAT32;
    expect_refused(options, FRINGE_UNSUPPORTED, "1 planes of 6400000000 bytes; at most");
    options = plain_options();
    options.slice_count = INT32_MAX;
    options.channel_count = INT32_MAX;
    expect_refused(options, FRINGE_UNSUPPORTED, "4611686014132420609 planes of 35 bytes");
}

enum { LARGE_SIDE = 2048, LARGE_COUNT = 1100, LARGE_PLANE = LARGE_SIDE * LARGE_SIDE };

/* Begins a stack of 4.6 GB and says that all but its last plane were written: holes, which take no room. */
static const char *leave_large_stack(const struct tiff_write_options *options, int64_t short_by)
{
    const char *path = image_files_path("large.tif"), *part = image_files_path("large.tif.part");
    struct tiff_writer *writer;
    fringe_error error = {0};
    struct file_facts front;
    cr_assert_eq(tiff_write_begin(path, options, &writer, &error), FRINGE_OK, "%s", error.message);
    cr_assert_eq(tiff_write_sync(writer, &error), FRINGE_OK, "%s", error.message);
    tiff_write_keep(writer);
    file_look(part, &front);
    if (truncate(part, front.bytes + (LARGE_COUNT - 1LL) * LARGE_PLANE - short_by) != 0)
        cr_skip_test("no file of 4.6 GB can be made here");
    return path;
}

Test(write, above_4_gb_a_stack_has_imagej_own_form, .timeout = 60)
{
    struct tiff_write_options options = plain_options();
    options.width_px = options.height_px = LARGE_SIDE;
    options.slice_count = LARGE_COUNT;
    fringe_error error = {0};
    struct tiff_writer *writer;
    const char *path = leave_large_stack(&options, 0);
    unsigned char *plane = malloc(LARGE_PLANE);
    float *row = malloc(LARGE_SIDE * sizeof *row);
    cr_assert(plane && row);
    memset(plane, 7, LARGE_PLANE);
    cr_assert_eq(tiff_write_resume(path, &options, LARGE_COUNT - 1, &writer, &error), FRINGE_OK, "%s",
                 error.message);
    cr_assert_eq(tiff_write_rows(writer, plane, LARGE_SIDE, &error), FRINGE_OK);
    cr_assert_eq(tiff_write_commit(writer, &error), FRINGE_OK, "%s", error.message);

    fringe_micrograph *read;
    fringe_micrograph_info info;
    cr_assert_eq(fringe_micrograph_open(path, NULL, &read, &error), FRINGE_OK, "%s", error.message);
    fringe_micrograph_get_info(read, &info);
    cr_expect_eq(info.slice_count, LARGE_COUNT);
    for (int32_t slice = LARGE_COUNT - 2; slice < LARGE_COUNT; slice++) {
        cr_assert_eq(micrograph_source_read_rows(read, slice, 0, LARGE_SIDE - 1, LARGE_SIDE, row, &error),
                     FRINGE_OK, "%s", error.message);
        for (int x = 0; x < LARGE_SIDE; x++) cr_assert_eq(row[x], slice == LARGE_COUNT - 1 ? 7 : 0);
    }
    fringe_micrograph_free(read);

    /* What it says is held against what is there. */
    struct file_facts facts;
    file_look(path, &facts);
    cr_expect_gt(facts.bytes, (int64_t)UINT32_MAX);
    cr_assert_eq(truncate(path, facts.bytes - 1), 0);
    cr_expect_eq(fringe_micrograph_open(path, NULL, &read, &error), FRINGE_FORMAT);
    cr_expect(strstr(error.message, "1100 images of 4194304 bytes are described, 4613734399 bytes are there"),
              "%s", error.message);
    free(plane);
    free(row);
}

Test(write, what_was_begun_otherwise_is_not_resumed, .timeout = 60)
{
    struct tiff_write_options options = plain_options();
    options.width_px = options.height_px = LARGE_SIDE;
    options.slice_count = LARGE_COUNT;
    fringe_error error = {0};
    struct tiff_writer *writer;
    const char *path = image_files_path("absent.tif");
    cr_expect_eq(tiff_write_resume(path, &options, 1, &writer, &error), FRINGE_FILE);
    path = leave_large_stack(&options, 1);
    cr_expect_eq(tiff_write_resume(path, &options, LARGE_COUNT - 1, &writer, &error), FRINGE_FORMAT);
    cr_expect(strstr(error.message, "bytes were written"), "%s", error.message);
    cr_expect_eq(tiff_write_resume(path, &options, LARGE_COUNT + 1, &writer, &error), FRINGE_ARGUMENT);
    options.nm_per_px_x = options.nm_per_px_y = 0.5;
    cr_expect_eq(tiff_write_resume(path, &options, 3, &writer, &error), FRINGE_FORMAT);
    cr_expect(strstr(error.message, "another file"), "%s", error.message);
    cr_expect_null(writer);
    cr_expect_eq(file_remove_part(path, &error), FRINGE_OK);
}

Test(write, rows_too_many_or_missing_leave_nothing)
{
    struct tiff_write_options options = plain_options();
    struct tiff_writer *writer;
    fringe_error error = {0};
    uint8_t rows[PIXELS + WIDTH] = {0};
    const char *path = image_files_path("rows.tif");
    cr_assert_eq(tiff_write_begin(path, &options, &writer, &error), FRINGE_OK);
    cr_expect_eq(tiff_write_rows(writer, rows, HEIGHT + 1, &error), FRINGE_ARGUMENT);
    cr_assert_eq(tiff_write_rows(writer, rows, HEIGHT - 1, &error), FRINGE_OK);
    cr_expect_eq(tiff_write_commit(writer, &error), FRINGE_ARGUMENT);
    cr_expect(strstr(error.message, "1 rows are missing") != NULL, "%s", error.message);
    cr_assert_eq(tiff_write_begin(path, &options, &writer, &error), FRINGE_OK);
    tiff_write_discard(writer);
    struct file_names names;
    cr_assert_eq(file_list(image_files_folder, &names, NULL), FRINGE_OK);
    cr_expect_eq(names.count, 0);
    file_names_free(&names);
}

/* Pages as ImageJ shows them: of several channels each says which it is. Read by libtiff and ImageJ's notes,
 * since a micrograph's slices have one label for all their channels. */
static char heard_labels[6][100];

static int hear_label(void *user, size_t index, const char *text, size_t length)
{
    (void)user;
    if (index < 6) snprintf(heard_labels[index], sizeof *heard_labels, "%.*s", (int)length, text);
    return 1;
}

Test(write, channels_are_named_in_their_labels)
{
    static const char *const slices[] = {"first", NULL, "third"}, *const channels[] = {"background",
                                                                                       "gr\xc3\xa4in"};
    static const char *const both[] = {"background: first", "gr\xc3\xa4in: first", "background",
                                       "gr\xc3\xa4in",      "background: third",   "gr\xc3\xa4in: third"};
    for (int i = 0; i < 4; i++) {
        int with_slices = i % 2;
        struct tiff_write_options options = plain_options();
        options.slice_count = 3;
        options.channel_count = 2;
        options.compress = i / 2;
        options.slice_labels = with_slices ? slices : NULL;
        options.channel_names = channels;
        TIFF *tiff = TIFFOpen(put_tiff(&options, 1), "r");
        uint32_t count = 0, size = 0;
        void *counts = NULL, *bytes = NULL;
        cr_assert_not_null(tiff);
        cr_assert(TIFFGetField(tiff, IMAGEJ_NOTES_COUNTS_TAG, &count, &counts));
        cr_assert(TIFFGetField(tiff, IMAGEJ_NOTES_BYTES_TAG, &size, &bytes));
        memset(heard_labels, 0, sizeof heard_labels);
        imagej_notes_read(counts, count, bytes, size, TIFFIsBigEndian(tiff), hear_label, NULL);
        for (int page = 0; page < 6; page++)
            cr_expect_str_eq(heard_labels[page], with_slices ? both[page] : channels[page % 2]);
        TIFFClose(tiff);
    }
}

/* The n-th allocation fails, for every n until none is left to fail. */
Test(write, short_memory_is_an_answer)
{
    struct tiff_write_options options = plain_options();
    static const char *const labels[] = {"a label"};
    options.slice_labels = labels;
    options.class_colours = 1;
    const char *path = image_files_path("memory.tif");
    fringe_status status = FRINGE_MEMORY;
    int failed = 0;
    for (long n = 0; status == FRINGE_MEMORY && n < 100; n++) {
        struct tiff_writer *writer;
        alloc_fail_after(n);
        status = tiff_write_begin(path, &options, &writer, NULL);
        alloc_fail_after(-1);
        if (!status) tiff_write_discard(writer);
        failed += status == FRINGE_MEMORY;
    }
    cr_expect_eq(status, FRINGE_OK);
    cr_expect_gt(failed, 4);
    put_tiff(&options, 1);
    failed = 0;
    status = FRINGE_MEMORY;
    for (long n = 0; status == FRINGE_MEMORY && n < 100; n++) {
        fringe_micrograph *micrograph;
        alloc_fail_after(n);
        status = fringe_micrograph_open(image_files_path("out.tif"), NULL, &micrograph, NULL);
        alloc_fail_after(-1);
        cr_assert_eq(status == FRINGE_OK, micrograph != NULL);
        fringe_micrograph_free(micrograph);
        failed += status == FRINGE_MEMORY;
    }
    cr_expect_eq(status, FRINGE_OK);
    cr_expect_gt(failed, 4);
}

Test(write, png_comes_back_and_is_known)
{
    uint8_t colour[PIXELS * 3];
    for (int i = 0; i < PIXELS * 3; i++) colour[i] = (uint8_t)(i * 2);
    const char *path = image_files_path("o.png");
    cr_assert_eq(png_write(path, colour, HEIGHT, WIDTH, 1, NULL), FRINGE_OK);
    fringe_micrograph *micrograph = image_files_open(path);
    cr_expect_eq(micrograph->info.own_output, 1);
    cr_expect_eq(micrograph->info.colour, 0);
    float *plane = image_files_plane(micrograph, 0, 0);
    for (int i = 0; i < PIXELS; i++) cr_expect_eq(plane[i], colour[i]);
    free(plane);
    fringe_micrograph_free(micrograph);
    cr_assert_eq(png_write(path, colour, HEIGHT, WIDTH, 3, NULL), FRINGE_OK);
    micrograph = image_files_open(path);
    cr_expect_eq(micrograph->info.own_output, 1);
    cr_expect_eq(micrograph->info.colour, 1);
    plane = image_files_plane(micrograph, 0, 0);
    for (int i = 0; i < PIXELS; i++)
        cr_expect_float_eq(
            plane[i], 0.299 * colour[3 * i] + 0.587 * colour[3 * i + 1] + 0.114 * colour[3 * i + 2], 1e-4);
    free(plane);
    fringe_micrograph_free(micrograph);
    fringe_error error = {0};
    cr_expect_eq(png_write(path, colour, HEIGHT, WIDTH, 2, &error), FRINGE_ARGUMENT);
    cr_expect_eq(png_write("/no/such/folder/o.png", colour, HEIGHT, WIDTH, 1, &error), FRINGE_FILE);
}
