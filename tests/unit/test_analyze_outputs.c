/* Where results go, and that no two inputs share them, however their paths are spelt. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "analyze/batch_outputs.h"
#include "support/entered_folder.h"

static const struct batch_suffixes mask = {.labels = "-mask.tif"};

static void make_folders(void)
{
    entered_folder_make();
    mkdir("d", 0777), mkdir("d/sub", 0777), mkdir("e", 0777);
}

TestSuite(outputs, .init = make_folders, .fini = entered_folder_remove);

static void touch(const char *path)
{
    FILE *file = fopen(path, "wb");
    cr_assert_not_null(file, "%s", path);
    fclose(file);
}

/* Collects and assigns; the message of a refusal goes to `said`. */
static fringe_status assign(const char *const *paths, size_t count, const char *output_directory,
                            struct batch_inputs *inputs, fringe_error *said)
{
    cr_assert_eq(batch_inputs_collect(inputs, paths, count, BATCH_MICROGRAPHS, 1, NULL, NULL), FRINGE_OK);
    return batch_outputs_assign(inputs, output_directory, &mask, NULL, said);
}

static void expect_prefixes(const char *const *paths, size_t count, const char *output_directory,
                            const char *const *prefixes, size_t prefix_count)
{
    struct batch_inputs inputs;
    fringe_error error;
    cr_assert_eq(assign(paths, count, output_directory, &inputs, &error), FRINGE_OK, "%s", error.message);
    cr_assert_eq(inputs.count, prefix_count);
    for (size_t i = 0; i < prefix_count; i++) cr_expect_str_eq(inputs.items[i].prefix, prefixes[i]);
    batch_inputs_free(&inputs);
}

static void expect_refusal(const char *const *paths, size_t count, const char *output_directory,
                           const char *const *words, size_t word_count)
{
    struct batch_inputs inputs;
    fringe_error error;
    cr_assert_eq(assign(paths, count, output_directory, &inputs, &error), FRINGE_ARGUMENT);
    for (size_t i = 0; i < word_count; i++) cr_expect(strstr(error.message, words[i]), "%s", error.message);
    batch_inputs_free(&inputs);
}

#define COUNT(list) (sizeof(list) / sizeof *(list))

Test(outputs, beside_the_input_or_mirrored_below_a_folder)
{
    static const char *const paths[] = {"d", "b.tar.tif"};
    static const char *const beside[] = {"d/a", "d/sub/a", "b.tar"};
    static const char *const below[] = {"new/out/a", "new/out/sub/a", "new/out/b.tar"};
    touch("d/a.tif"), touch("d/sub/a.tif"), touch("b.tar.tif");
    expect_prefixes(paths, COUNT(paths), NULL, beside, COUNT(beside));
    expect_prefixes(paths, COUNT(paths), "new/out", below, COUNT(below));
}

Test(outputs, one_stem_twice_is_refused_with_both_names)
{
    static const char *const endings[] = {"d/a.tif", "d/a.png"}, *const folders[] = {"d/a.tif", "e/a.tif"};
    static const char *const cases[] = {"d/a.tif", "e/A.tif"};
    touch("d/a.tif"), touch("d/a.png"), touch("e/a.tif"), touch("e/A.tif");
    expect_refusal(endings, 2, NULL, endings, 2);
    expect_refusal(folders, 2, "out", folders, 2);
    expect_refusal(cases, 2, "out", cases, 2);
    static const char *const beside[] = {"d/a", "e/a"};
    expect_prefixes(folders, 2, NULL, beside, 2);
}

Test(outputs, links_do_not_hide_a_clash)
{
    static const char *const paths[] = {"d/a.tif", "link/a.png"};
    touch("d/a.tif"), touch("d/a.png");
    cr_assert_eq(symlink("d", "link"), 0);
    expect_refusal(paths, 2, NULL, paths, 2);
}

Test(outputs, a_file_named_twice_is_taken_once)
{
    static const char *const paths[] = {"d/a.tif", "d", "./d/a.tif", "link/a.tif"};
    static const char *const once[] = {"d/a"};
    touch("d/a.tif");
    cr_assert_eq(symlink("d", "link"), 0);
    expect_prefixes(paths, COUNT(paths), NULL, once, 1);
    expect_prefixes(paths, COUNT(paths), "out", (const char *const[]){"out/a"}, 1);
}

Test(outputs, an_input_is_never_replaced_by_a_result)
{
    static const char *const paths[] = {"d/a.tif", "d/a-mask.tif"};
    static const char *const apart[] = {"out/a", "out/a-mask"};
    touch("d/a.tif"), touch("d/a-mask.tif");
    expect_refusal(paths, 2, NULL, paths, 2);
    expect_refusal(paths, 2, "./d", paths, 2);
    expect_prefixes(paths, 2, "out", apart, 2);
    static const char *const kinds[] = {"d/b.tif", "d/b-classes.tif"}, *const both[] = {"d/b", "d/b-classes"};
    touch("d/b.tif"), touch("d/b-classes.tif");
    expect_prefixes(kinds, 2, NULL, both, 2); /* a mask model writes no classes */
}

Test(outputs, folders_that_do_not_exist_yet_are_compared_too)
{
    static const char *const paths[] = {"d/a.tif", "e/b.tif"};
    static const char *const below[] = {".new/a", ".new/b"};
    touch("d/a.tif"), touch("e/b.tif"), touch("e/a.png");
    expect_prefixes(paths, 2, ".new", below, 2);
    static const char *const clash[] = {"d/a.tif", "e/a.png"};
    expect_refusal(clash, 2, "../new/../new/deep", clash, 2);
}
