/* ROIs and zips byte by byte; ImageJ reads them in tests/macro. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "io/roi_write.h"
#include "io/zip_read.h"
#include "io/zip_write.h"

static unsigned number_at(const unsigned char *bytes, int size)
{
    unsigned number = 0;
    for (int i = 0; i < size; i++) number = number << 8 | bytes[i];
    return number;
}

Test(roi, traced_outline)
{
    static const fringe_corner corners[] = {{700, 302}, {698, 302}, {698, 300}, {700, 300}};
    const struct roi_outline outline = {corners, 4, "0001-\xc3\xa9", 3, 2};
    unsigned char *roi;
    size_t size;
    cr_assert_eq(roi_write(&outline, &roi, &size, NULL), FRINGE_OK);
    cr_assert_eq(size, 64 + 16 + 64 + 12);
    cr_expect(!memcmp(roi, "Iout", 4) && number_at(roi + 4, 2) == 228 && roi[6] == 8);
    static const unsigned box[] = {300, 698, 302, 700, 4};
    for (int i = 0; i < 5; i++) cr_expect_eq(number_at(roi + 8 + 2 * i, 2), box[i]);
    static const unsigned places[] = {2, 0, 0, 2, 2, 2, 0, 0};
    for (int i = 0; i < 8; i++) cr_expect_eq(number_at(roi + 64 + 2 * i, 2), places[i]);
    cr_expect_eq(number_at(roi + 56, 4), 3);
    cr_expect_eq(number_at(roi + 60, 4), 80);
    cr_expect_eq(number_at(roi + 80 + 16, 4), 144);
    cr_expect_eq(number_at(roi + 80 + 20, 4), 6);
    cr_expect_eq(roi[80 + 30], 2);
    cr_expect_eq(number_at(roi + 144 + 10, 2), 0xe9);
    alloc_free(roi);
}

/* Too far out for 16 bits: a shape of floats. */
Test(roi, distant_outline)
{
    static const fringe_corner corners[] = {{70000, 2}, {69998, 2}, {69998, 0}, {70000, 0}};
    const struct roi_outline outline = {corners, 4, "a", 0, 0};
    unsigned char *roi;
    size_t size;
    float x;
    cr_assert_eq(roi_write(&outline, &roi, &size, NULL), FRINGE_OK);
    cr_expect_eq(roi[6], 1);
    cr_expect_eq(number_at(roi + 36, 4), 13);
    uint32_t bits = number_at(roi + 68, 4);
    memcpy(&x, &bits, sizeof x);
    cr_expect_eq(x, 70000);
    bits = number_at(roi + 64 + 48, 4);
    memcpy(&x, &bits, sizeof x);
    cr_expect_eq(x, 4, "the segment that closes");
    alloc_free(roi);
}

static char path[64];

static void make_path(void)
{
    char folder[] = "/tmp/test-zip-XXXXXX";
    cr_assert_not_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/a.zip", folder);
}

static void remove_path(void)
{
    unlink(path);
    *strrchr(path, '/') = 0;
    rmdir(path);
}

TestSuite(zip_write, .init = make_path, .fini = remove_path);

static fringe_status write_members(int count)
{
    struct zip_writer *writer;
    fringe_status status = zip_write_begin(path, &writer, NULL);
    for (int i = 0; i < count && !status; i++) {
        char name[16];
        unsigned char *bytes = alloc_array(1000, 1);
        snprintf(name, sizeof name, "%d.roi", i);
        if (bytes) memset(bytes, i, 1000);
        status = bytes ? zip_write_add(writer, name, bytes, 1000, NULL) : FRINGE_MEMORY;
        if (status) zip_write_discard(writer);
    }
    return status ? status : zip_write_commit(writer, NULL);
}

Test(zip_write, members_come_back)
{
    struct zip_read_archive *archive;
    unsigned char *bytes;
    size_t size;
    cr_assert_eq(write_members(70), FRINGE_OK);
    cr_expect(zip_write_recognise(path));
    cr_assert_eq(zip_read_open(path, &archive, NULL), FRINGE_OK);
    cr_expect_eq(zip_read_count(archive), 70);
    cr_expect_str_eq(zip_read_name(archive, 69), "69.roi");
    cr_assert_eq(zip_read_member(archive, 69, 5000, &bytes, &size, NULL), FRINGE_OK);
    cr_expect(size == 1000 && bytes[999] == 69);
    alloc_free(bytes);
    zip_read_close(archive);
}

Test(zip_write, empty_archive_is_one)
{
    struct zip_read_archive *archive;
    cr_assert_eq(write_members(0), FRINGE_OK);
    cr_expect(zip_write_recognise(path));
    cr_assert_eq(zip_read_open(path, &archive, NULL), FRINGE_OK);
    cr_expect_eq(zip_read_count(archive), 0);
    zip_read_close(archive);
}

Test(zip_write, memory_ends_everywhere)
{
    fringe_status status = FRINGE_MEMORY;
    int n = 0;
    for (; status == FRINGE_MEMORY; n++) {
        alloc_fail_after(n);
        status = write_members(3);
        alloc_fail_after(-1);
        if (status) cr_expect_neq(access(path, F_OK), 0);
    }
    cr_expect_eq(status, FRINGE_OK);
    cr_expect_gt(n, 5);
}

Test(zip_write, a_name_is_taken_once)
{
    struct zip_writer *writer;
    cr_assert_eq(zip_write_begin(path, &writer, NULL), FRINGE_OK);
    cr_expect_eq(zip_write_add(writer, "a", alloc_array(1, 1), 1, NULL), FRINGE_OK);
    cr_expect_eq(zip_write_add(writer, "a", alloc_array(1, 1), 1, NULL), FRINGE_ARGUMENT);
    zip_write_discard(writer);
    cr_expect_neq(access(path, F_OK), 0);
}
