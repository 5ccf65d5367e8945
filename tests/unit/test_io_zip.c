/* Zip archives: members up to a limit, names that stay inside. */
#include <zip.h>

#include "base/alloc.h"
#include "io/zip_read.h"
#include "support/image_files.h"

TestSuite(zip_read, .init = image_files_begin, .fini = image_files_end);

struct member {
    const char *name, *content;
    size_t size;
};

static const char *put_zip(const struct member *members, int count)
{
    const char *path = image_files_path("a.zip");
    zip_t *zip = zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, NULL);
    cr_assert_not_null(zip);
    for (int i = 0; i < count; i++)
        cr_assert_geq(zip_file_add(zip, members[i].name,
                                   zip_source_buffer(zip, members[i].content, members[i].size, 0), 0),
                      0);
    cr_assert_eq(zip_close(zip), 0);
    return path;
}

static void expect_refused(const char *path, const char *words)
{
    struct zip_read_archive *archive;
    fringe_error error = {0};
    cr_expect_eq(zip_read_open(path, &archive, &error), FRINGE_FORMAT);
    cr_expect_null(archive);
    cr_expect(strstr(error.message, words) != NULL, "'%s' is not in: %s", words, error.message);
}

Test(zip_read, members_come_out)
{
    static const struct member members[] = {
        {"rdf.yaml", "name: a", 7}, {"folder/b.npy", "\0\1\2", 3}, {"empty", "", 0}};
    struct zip_read_archive *archive;
    fringe_error error = {0};
    cr_assert_eq(zip_read_open(put_zip(members, 3), &archive, &error), FRINGE_OK, "%s", error.message);
    cr_assert_eq(zip_read_count(archive), 3);
    for (int i = 0; i < 3; i++) {
        unsigned char *bytes;
        size_t size;
        cr_expect_eq(zip_read_find(archive, members[i].name), i);
        cr_expect_str_eq(zip_read_name(archive, i), members[i].name);
        cr_assert_eq(zip_read_member(archive, i, members[i].size, &bytes, &size, &error), FRINGE_OK, "%s",
                     error.message);
        cr_assert_eq(size, members[i].size);
        cr_expect_eq(memcmp(bytes, members[i].content, size), 0);
        cr_expect_eq(bytes[size], 0);
        alloc_free(bytes);
    }
    cr_expect_eq(zip_read_find(archive, "absent"), -1);
    cr_expect_str_empty(zip_read_name(archive, 3));
    cr_expect_str_empty(zip_read_name(archive, -1));
    zip_read_close(archive);
    zip_read_close(NULL);
}

/* 20 MB of zeros in 20 kB. */
Test(zip_read, bombs_are_refused_with_both_numbers)
{
    size_t size = 20 << 20;
    char *zeros = calloc(size, 1);
    struct zip_read_archive *archive;
    unsigned char *bytes;
    fringe_error error = {0};
    cr_assert_eq(zip_read_open(put_zip(&(struct member){"bomb", zeros, size}, 1), &archive, &error),
                 FRINGE_OK);
    cr_expect_eq(zip_read_member(archive, 0, 1 << 20, &bytes, &size, &error), FRINGE_FORMAT);
    cr_expect(strstr(error.message, "bomb: unpacks to 20971520 bytes, 1048576 are allowed") != NULL, "%s",
              error.message);
    cr_expect_null(bytes);
    zip_read_close(archive);
    free(zeros);
}

Test(zip_read, names_that_lead_out_are_refused)
{
    static const char *const bad[] = {"../a", "a/../../b", "/etc/x", "a/..", "..", "a\\..\\b", "C:/x"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        expect_refused(put_zip((struct member[]){{"fine", "1", 1}, {bad[i], "2", 1}}, 2), "leads out");
    static const char *const fine[] = {"..a", "a..", "a/..b/c", "...", "a/.../b"};
    for (size_t i = 0; i < sizeof fine / sizeof *fine; i++) {
        struct zip_read_archive *archive;
        cr_expect_eq(zip_read_open(put_zip(&(struct member){fine[i], "1", 1}, 1), &archive, NULL), FRINGE_OK,
                     "%s", fine[i]);
        zip_read_close(archive);
    }
}

/* Cut anywhere, the archive or its member is refused; with a byte changed it is refused or the content stays.
 */
Test(zip_read, damage_is_seen)
{
    static const char content[] = "the content of the member, the content of the member";
    static unsigned char whole[4096], bytes[4096];
    FILE *stream = fopen(put_zip(&(struct member){"m", content, sizeof content}, 1), "rb");
    size_t size = fread(whole, 1, sizeof whole, stream);
    fclose(stream);
    for (size_t i = 0; i < 2 * size; i++) {
        size_t length = i < size ? i : size;
        memcpy(bytes, whole, size);
        if (i >= size) bytes[i - size] ^= 0x11;
        const char *path = image_files_path("damaged.zip");
        stream = fopen(path, "wb");
        fwrite(bytes, 1, length, stream);
        fclose(stream);
        struct zip_read_archive *archive;
        fringe_error error = {0};
        fringe_status status = zip_read_open(path, &archive, &error);
        if (!status && zip_read_count(archive) == 1) {
            unsigned char *read;
            size_t read_size;
            status = zip_read_member(archive, 0, 1000, &read, &read_size, &error);
            if (!status) {
                cr_expect(read_size == sizeof content && !memcmp(read, content, read_size),
                          "byte %zu changed", i - size);
                alloc_free(read);
            }
        }
        zip_read_close(archive);
        if (i < size) cr_expect_neq(status, FRINGE_OK, "cut at byte %zu of %zu", i, size);
        if (status) cr_expect(strstr(error.message, "damaged.zip") != NULL, "%s", error.message);
    }
}
