/* The malformed images of tests/malformed: refused in words that name the file, in little memory and time. */
#include <sys/resource.h>
#include <unistd.h>

#include "base/file.h"
#include "base/path.h"
#include "support/image_files.h"

TestSuite(malformed, .init = image_files_begin, .fini = image_files_end);

/* What one file may take. The largest need is honest: LZMA's dictionary. */
enum { MOST_MEGABYTES = 600, SECONDS = 10 };

/* Opens a file and reads every row of it, with one row in memory. */
static fringe_status read_all(const char *path, fringe_error *error)
{
    fringe_micrograph *micrograph;
    alarm(SECONDS);
    fringe_status status = image_files_try(path, IMAGE_READ_LUMINANCE, &micrograph, error);
    if (!status) {
        const fringe_micrograph_info *info = &micrograph->info;
        float *row = malloc((size_t)info->width_px * sizeof *row);
        for (int32_t slice = 0; slice < info->slice_count && !status; slice++)
            for (int32_t y = 0; y < info->height_px && !status; y++)
                status = micrograph_source_read_rows(micrograph, slice, 0, y, y + 1, row, error);
        free(row);
    }
    fringe_micrograph_free(micrograph);
    alarm(0);
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    cr_assert_lt(used.ru_maxrss / 1024, MOST_MEGABYTES, "%s", path);
    return status;
}

static int has_part(const char *path, const char *format, const char *part)
{
    char start[64];
    snprintf(start, sizeof start, "%s-%s-", format, part);
    return strncmp(path_name(path), start, strlen(start)) == 0;
}

/* Every proper beginning of a file is refused. */
static void expect_cuts_refused(const char *path)
{
    unsigned char *bytes;
    size_t size;
    cr_assert_eq(file_read_all(path, 1 << 20, &bytes, &size, NULL), FRINGE_OK);
    for (size_t length = 0; length < size; length += length < 1024 ? 1 : 61) {
        const char *cut = image_files_path(path_name(path));
        FILE *stream = fopen(cut, "wb");
        fwrite(bytes, 1, length, stream);
        fclose(stream);
        fringe_error error = {0};
        cr_expect_neq(read_all(cut, &error), FRINGE_OK, "%s cut at byte %zu of %zu", path, length, size);
        cr_expect(strstr(error.message, path_name(path)) != NULL, "%s: %s", path, error.message);
    }
    free(bytes);
}

static void expect_folder(const char *format, size_t least_count)
{
    char folder[64], path[256];
    struct file_names names;
    snprintf(folder, sizeof folder, "tests/malformed/%s", format);
    cr_assert_eq(file_list(folder, &names, NULL), FRINGE_OK);
    cr_assert_geq(names.count, least_count);
    for (size_t i = 0; i < names.count; i++) {
        fringe_error error = {0};
        snprintf(path, sizeof path, "%s/%s", folder, names.names[i]);
        fringe_status status = read_all(path, &error);
        if (has_part(path, format, "whole")) {
            cr_expect_eq(status, FRINGE_OK, "%s", error.message);
            expect_cuts_refused(path);
        } else if (has_part(path, format, "mended")) {
            cr_expect_eq(status, FRINGE_OK, "%s", error.message);
            cr_expect_str_not_empty(image_files_notices, "%s: no notice", path);
        } else {
            cr_expect(status == FRINGE_FORMAT || status == FRINGE_UNSUPPORTED, "%s: %s", path,
                      fringe_status_name(status));
            cr_expect(strstr(error.message, path) != NULL, "%s is not in: %s", path, error.message);
            cr_expect_gt(strlen(error.message), strlen(path) + 10, "%s", error.message);
        }
    }
    file_names_free(&names);
}

Test(malformed, tiff)
{
    expect_folder("tiff", 60);
}

Test(malformed, png)
{
    expect_folder("png", 20);
}

Test(malformed, jpeg)
{
    expect_folder("jpeg", 15);
}

/* What the bytes cannot hold is refused when a file is opened, before anybody takes memory for its pixels. */
Test(malformed, sizes_beyond_the_bytes_are_refused_on_opening)
{
    static const struct {
        const char *path, *words;
    } files[] = {
        {"tiff/tiff-sides-40000-lzw.tif", "too few for 40000 rows of 40000 bytes (compression LZW)"},
        {"tiff/tiff-sides-40000-zstd.tif", "too few for 40000 rows of 40000 bytes (compression zstd)"},
        {"tiff/tiff-tile-of-8192-zstd.tif", "too few for 8192 rows of 8192 bytes"},
        {"tiff/tiff-width-2e31-fax.tif", "too few for 1 rows of 268435456 bytes"},
        {"png/png-sides-40000.png", "cannot come out of a file of 340 bytes"},
        {"png/png-sides-40000-interlaced.png", "cannot come out of a file of 340 bytes"},
        {"jpeg/jpeg-sides-40000.jpg", "width 40000 x height 40000 cannot come out of a file of"}};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char path[256];
        fringe_micrograph *micrograph;
        fringe_error error = {0};
        snprintf(path, sizeof path, "tests/malformed/%s", files[i].path);
        cr_expect_eq(image_files_try(path, IMAGE_READ_LUMINANCE, &micrograph, &error), FRINGE_FORMAT, "%s",
                     path);
        cr_expect(strstr(error.message, files[i].words) != NULL, "'%s' is not in: %s", files[i].words,
                  error.message);
        fringe_micrograph_free(micrograph);
    }
}

/* A directory that names the same large tag 4000 times, 4 GB in all, in a file of 1.1 MB. */
Test(malformed, directories_that_share_a_large_tag)
{
    enum { COUNT = 4000, ENTRIES = 9, TEXT = 1 << 20, BYTES = 2 + ENTRIES * 12 + 4 };
    const char *path = image_files_path("shared.tif");
    FILE *stream = fopen(path, "wb");
    fwrite("II*\0\x08\0\0\0", 1, 8, stream);
    for (uint32_t i = 0; i < COUNT; i++) {
        uint32_t text_at = 8 + COUNT * BYTES;
        uint32_t entries[ENTRIES][3] = {
            {256 | 4 << 16, 1, 1},       {257 | 4 << 16, 1, 1}, {258 | 3 << 16, 1, 8},
            {259 | 3 << 16, 1, 1},       {262 | 3 << 16, 1, 1}, {270 | 2 << 16, TEXT, text_at},
            {273 | 4 << 16, 1, text_at}, {278 | 4 << 16, 1, 1}, {279 | 4 << 16, 1, 1}};
        uint16_t count = ENTRIES;
        uint32_t next = i + 1 < COUNT ? 8 + (i + 1) * BYTES : 0;
        fwrite(&count, 2, 1, stream);
        fwrite(entries, 12, ENTRIES, stream);
        fwrite(&next, 4, 1, stream);
    }
    for (int i = 0; i < TEXT; i++) fputc(i + 1 < TEXT ? 'x' : 0, stream);
    fclose(stream);
    fringe_error error = {0};
    cr_assert_eq(read_all(path, &error), FRINGE_FORMAT);
    cr_expect(strstr(error.message, "its directories name more than") != NULL, "%s", error.message);
}
