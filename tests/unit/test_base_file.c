/* Files: what is read is bounded, what is written is whole or absent. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/path.h"

static char folder[] = "/tmp/fringe-file-XXXXXX";

static void make_folder(void)
{
    cr_assert_not_null(mkdtemp(folder));
}

static void remove_folder(void)
{
    char command[64];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    cr_assert_eq(system(command), 0);
}

/* The path of a name in the test's folder; two are alive at a time. */
static const char *in_folder(const char *name)
{
    static char paths[2][128];
    static int turn;
    turn ^= 1;
    snprintf(paths[turn], sizeof paths[turn], "%s/%s", folder, name);
    return paths[turn];
}

static void put(const char *path, const char *content)
{
    FILE *stream = fopen(path, "wb");
    fputs(content, stream);
    fclose(stream);
}

static void expect_content(const char *path, const char *wanted)
{
    unsigned char *bytes;
    size_t size;
    fringe_error error;
    cr_assert_eq(file_read_all(path, 1 << 20, &bytes, &size, &error), FRINGE_OK, "%s", error.message);
    cr_expect_eq(size, strlen(wanted));
    cr_expect_str_eq((char *)bytes, wanted);
    alloc_free(bytes);
}

static size_t count_files(void)
{
    struct file_names names;
    cr_assert_eq(file_list(folder, &names, NULL), FRINGE_OK);
    size_t count = names.count;
    file_names_free(&names);
    return count;
}

TestSuite(file, .init = make_folder, .fini = remove_folder);

Test(file, read_all_keeps_to_its_limit)
{
    const char *path = in_folder("ten");
    unsigned char *bytes = (unsigned char *)"untouched";
    size_t size;
    fringe_error error;
    put(path, "0123456789");
    cr_assert_eq(file_read_all(path, 10, &bytes, &size, &error), FRINGE_OK);
    cr_assert_eq(size, 10);
    cr_assert_eq(bytes[10], 0);
    alloc_free(bytes);
    cr_assert_eq(file_read_all(path, 9, &bytes, &size, &error), FRINGE_FORMAT);
    cr_assert_null(bytes);
    cr_assert(strstr(error.message, path) && strstr(error.message, "9 bytes"), "%s", error.message);
}

Test(file, read_all_of_more_than_one_block)
{
    const char *path = in_folder("large");
    FILE *stream = fopen(path, "wb");
    for (int i = 0; i < 300000; i++) fputc(i % 251, stream);
    fclose(stream);
    unsigned char *bytes;
    size_t size;
    cr_assert_eq(file_read_all(path, 1 << 20, &bytes, &size, NULL), FRINGE_OK);
    cr_assert_eq(size, 300000);
    for (int i = 0; i < 300000; i++) cr_assert_eq(bytes[i], i % 251, "byte %d", i);
    alloc_free(bytes);
}

Test(file, only_regular_files_are_opened, .timeout = 10)
{
    FILE *stream;
    fringe_error error;
    cr_expect_eq(file_open_read(folder, &stream, &error), FRINGE_FILE, "a folder");
    cr_expect_eq(file_open_read(in_folder("absent"), &stream, &error), FRINGE_FILE);
    cr_expect(strstr(error.message, "absent"), "%s", error.message);
    cr_assert_eq(mkfifo(in_folder("pipe"), 0600), 0);
    cr_expect_eq(file_open_read(in_folder("pipe"), &stream, &error), FRINGE_FILE, "a pipe");
    cr_expect_null(stream);
}

Test(file, facts)
{
    struct file_facts facts, again;
    file_look(in_folder("absent"), &facts);
    cr_expect_eq(facts.kind, FILE_ABSENT);
    file_look(folder, &facts);
    cr_expect_eq(facts.kind, FILE_DIRECTORY);
    put(in_folder("a"), "abc");
    cr_assert_eq(symlink("a", in_folder("link")), 0);
    file_look(in_folder("a"), &facts);
    file_look(in_folder("link"), &again);
    cr_expect_eq(facts.kind, FILE_REGULAR);
    cr_expect_eq(facts.bytes, 3);
    cr_expect(facts.device == again.device && facts.number == again.number, "a link is another file");
    file_look("/dev/null", &facts);
    cr_expect_eq(facts.kind, FILE_OTHER);
}

Test(file, names_come_in_byte_order)
{
    put(in_folder("b"), "");
    put(in_folder("a"), "");
    put(in_folder("Z"), "");
    struct file_names names;
    cr_assert_eq(file_list(folder, &names, NULL), FRINGE_OK);
    cr_assert_eq(names.count, 3);
    cr_expect_str_eq(names.names[0], "Z");
    cr_expect_str_eq(names.names[1], "a");
    cr_expect_str_eq(names.names[2], "b");
    file_names_free(&names);
    cr_expect_eq(file_list(in_folder("absent"), &names, NULL), FRINGE_FILE);
    cr_expect_eq(names.count, 0);
}

Test(file, directories_are_made_with_those_above)
{
    struct file_facts facts;
    fringe_error error;
    cr_assert_eq(file_make_directories(in_folder("x/y/z"), &error), FRINGE_OK, "%s", error.message);
    file_look(in_folder("x/y/z"), &facts);
    cr_assert_eq(facts.kind, FILE_DIRECTORY);
    cr_expect_eq(file_make_directories(in_folder("x/y/z/"), NULL), FRINGE_OK, "twice");
    put(in_folder("file"), "");
    cr_expect_eq(file_make_directories(in_folder("file/y"), &error), FRINGE_FILE);
}

Test(file, writer_replaces_the_target_at_commit_only)
{
    struct file_writer writer;
    const char *path = in_folder("out");
    put(path, "before");
    cr_assert_eq(file_writer_begin(&writer, path, NULL), FRINGE_OK);
    fputs("after", writer.stream);
    fflush(writer.stream);
    expect_content(path, "before");
    cr_assert_eq(file_writer_commit(&writer, NULL), FRINGE_OK);
    expect_content(path, "after");
    cr_expect_null(writer.stream);
    cr_expect_eq(count_files(), 1, "a temporary file is left");
}

Test(file, writer_discard_leaves_nothing)
{
    struct file_writer writer;
    cr_assert_eq(file_writer_begin(&writer, in_folder("out"), NULL), FRINGE_OK);
    fputs("half", writer.stream);
    file_writer_discard(&writer);
    cr_expect_eq(count_files(), 0);
    file_writer_discard(&writer); /* empty is accepted */
}

Test(file, what_was_kept_is_resumed_behind_what_counts)
{
    struct file_writer writer, other;
    fringe_error error;
    const char *path = in_folder("out");
    cr_expect_eq(file_writer_resume(&writer, path, 0, NULL), FRINGE_FILE, "nothing is there");
    cr_assert_eq(file_writer_begin(&writer, path, NULL), FRINGE_OK);
    fputs("whole, torn", writer.stream);
    cr_expect_eq(file_writer_begin(&other, path, &error), FRINGE_FILE, "two writers at once");
    cr_expect(strstr(error.message, "out.part is in use"), "%s", error.message);
    cr_expect_eq(file_remove_part(path, NULL), FRINGE_FILE, "deleted under its writer");
    file_writer_keep(&writer);
    cr_expect_eq(file_writer_resume(&writer, path, 12, &error), FRINGE_FORMAT);
    cr_expect(strstr(error.message, "12 bytes were written, 11 are there"), "%s", error.message);
    cr_assert_eq(file_writer_resume(&writer, path, 7, NULL), FRINGE_OK);
    fputs("new", writer.stream);
    cr_assert_eq(file_writer_commit(&writer, NULL), FRINGE_OK);
    expect_content(path, "whole, new");
    cr_expect_eq(count_files(), 1);
}

Test(file, what_was_kept_is_claimed_as_it_is)
{
    struct file_writer writer, other;
    const char *path = in_folder("out"), *part = in_folder("out.part");
    put(part, "of a killed program");
    cr_assert_eq(file_writer_claim(&writer, path, NULL), FRINGE_OK);
    expect_content(part, "of a killed program");
    cr_expect_eq(file_writer_claim(&other, path, NULL), FRINGE_FILE, "two writers at once");
    cr_expect_eq(file_writer_cut(&writer, 20, NULL), FRINGE_FORMAT, "it has 19 bytes");
    expect_content(part, "of a killed program");
    cr_expect_eq(file_writer_cut(&writer, 5, NULL), FRINGE_OK);
    fputs("another", writer.stream);
    cr_expect_eq(file_writer_cut(&writer, 12, NULL), FRINGE_OK, "what waits in the stream counts");
    cr_assert_eq(file_writer_commit(&writer, NULL), FRINGE_OK);
    expect_content(path, "of a another");
    cr_expect_eq(count_files(), 1);
}

Test(file, what_was_kept_is_replaced_or_removed)
{
    struct file_writer writer;
    const char *path = in_folder("out"), *part = in_folder("out.part");
    put(part, "of a killed program");
    cr_assert_eq(file_writer_begin(&writer, path, NULL), FRINGE_OK);
    fputs("new", writer.stream);
    cr_assert_eq(file_writer_commit(&writer, NULL), FRINGE_OK);
    expect_content(path, "new");
    put(part, "of a killed program");
    cr_expect_eq(file_remove_part(path, NULL), FRINGE_OK);
    cr_expect_eq(file_remove_part(path, NULL), FRINGE_OK);
    cr_expect_eq(count_files(), 1);
}

Test(file, failed_commit_leaves_the_target_as_it_was)
{
    struct file_writer writer;
    fringe_error error;
    /* A folder with content stands at the target: the rename must fail after all was written. */
    cr_assert_eq(file_make_directories(in_folder("out/full"), NULL), FRINGE_OK);
    cr_assert_eq(file_writer_begin(&writer, in_folder("out"), NULL), FRINGE_OK);
    fputs("content", writer.stream);
    cr_expect_eq(file_writer_commit(&writer, &error), FRINGE_FILE);
    cr_expect(strstr(error.message, "out"), "%s", error.message);
    struct file_facts facts;
    file_look(in_folder("out/full"), &facts);
    cr_expect_eq(facts.kind, FILE_DIRECTORY);
    cr_expect_eq(count_files(), 1, "a temporary file is left");
}

Test(file, full_disk_is_reported_at_commit)
{
    FILE *full = fopen("/dev/full", "r+b");
    if (!full) cr_skip_test("no /dev/full on this system");
    struct file_writer writer;
    fringe_error error;
    put(in_folder("out"), "before");
    cr_assert_eq(file_writer_begin(&writer, in_folder("out"), NULL), FRINGE_OK);
    fclose(writer.stream);
    writer.stream = full; /* as if the disk had run full under the writer */
    fputs("after", writer.stream);
    cr_expect_eq(file_writer_commit(&writer, &error), FRINGE_FILE);
    cr_expect_str_eq(path_name(error.message), "out: cannot be written: No space left on device");
    expect_content(in_folder("out"), "before");
    cr_expect_eq(count_files(), 1, "a temporary file is left");
}

Test(file, full_disk_is_reported_by_the_write_that_meets_it)
{
    static const char block[1 << 16]; /* more than the stream keeps */
    FILE *full = fopen("/dev/full", "r+b");
    if (!full) cr_skip_test("no /dev/full on this system");
    struct file_writer writer;
    fringe_error error;
    cr_assert_eq(file_writer_begin(&writer, in_folder("out"), NULL), FRINGE_OK);
    fclose(writer.stream);
    writer.stream = full;
    cr_expect_eq(file_writer_write(&writer, block, sizeof block, &error), FRINGE_FILE);
    cr_expect_str_eq(path_name(error.message), "out: cannot be written: No space left on device");
    cr_expect_eq(file_writer_commit(&writer, NULL), FRINGE_FILE, "what was lost was put in place");
    cr_expect_eq(count_files(), 0);
}

/* Who may write into the folder too could lead a writer to any file of the user's. */
Test(file, link_in_place_of_the_temporary_file_is_not_followed)
{
    struct file_writer writer;
    fringe_error error;
    put(in_folder("precious"), "kept");
    cr_assert_eq(symlink("precious", in_folder("out.part")), 0);
    cr_expect_eq(file_writer_begin(&writer, in_folder("out"), &error), FRINGE_FILE);
    cr_expect_str_eq(path_name(error.message), "out: out.part is a link, which is not followed");
    cr_expect_eq(file_writer_resume(&writer, in_folder("out"), 0, NULL), FRINGE_FILE);
    cr_expect_eq(file_remove_part(in_folder("out"), NULL), FRINGE_FILE);
    expect_content(in_folder("precious"), "kept");
}

Test(file, writer_needs_a_folder)
{
    struct file_writer writer;
    fringe_error error;
    cr_expect_eq(file_writer_begin(&writer, in_folder("no/out"), &error), FRINGE_FILE);
    cr_expect_null(writer.path);
    cr_expect_null(writer.stream);
}

Test(file, memory_shortage_leaks_and_leaves_nothing)
{
    const char *path = in_folder("out"), *source = in_folder("source");
    put(source, "abc");
    int succeeded = 0;
    for (long allowed = 0; !succeeded; allowed++) {
        cr_assert_lt(allowed, 100, "never succeeds");
        struct file_writer writer;
        struct file_names names;
        unsigned char *bytes;
        size_t size;
        alloc_fail_after(allowed);
        fringe_status wrote = file_writer_begin(&writer, path, NULL);
        fringe_status listed = file_list(folder, &names, NULL);
        fringe_status read = file_read_all(source, 100, &bytes, &size, NULL);
        alloc_fail_after(-1);
        succeeded = !wrote && !listed && !read;
        cr_expect(wrote == FRINGE_OK || wrote == FRINGE_MEMORY);
        cr_expect(listed == FRINGE_OK || listed == FRINGE_MEMORY);
        cr_expect(read == FRINGE_OK || read == FRINGE_MEMORY);
        file_writer_discard(&writer);
        file_names_free(&names);
        alloc_free(bytes);
        cr_expect_eq(count_files(), 1);
    }
}

Test(file, removing_an_absent_file_is_success)
{
    put(in_folder("a"), "");
    cr_expect_eq(file_remove(in_folder("a"), NULL), FRINGE_OK);
    cr_expect_eq(file_remove(in_folder("a"), NULL), FRINGE_OK);
    cr_expect_eq(count_files(), 0);
    cr_expect_eq(file_remove(folder, NULL), FRINGE_FILE);
}

Test(file, real_path_resolves_links)
{
    put(in_folder("a"), "");
    cr_assert_eq(symlink("a", in_folder("link")), 0);
    char *real = file_real_path(in_folder("link"));
    cr_assert_not_null(real);
    cr_expect_str_eq(path_name(real), "a");
    alloc_free(real);
    cr_expect_null(file_real_path(in_folder("absent")));
}
