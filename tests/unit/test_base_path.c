/* File names as text. */
#include <criterion/criterion.h>

#include "base/alloc.h"
#include "base/path.h"

/* Compares a text that the callee allocated, and gives it back. */
static void expect(char *made, const char *wanted)
{
    cr_assert_not_null(made);
    cr_expect_str_eq(made, wanted, "\"%s\" instead of \"%s\"", made, wanted);
    alloc_free(made);
}

Test(path, parts_point_into_the_path)
{
    const char path[] = "a.b/c.tar.gz";
    cr_assert_eq(path_name(path), path + 4);
    cr_assert_eq(path_extension(path), path + 9);
    cr_assert_str_eq(path_name("plain"), "plain");
    cr_assert_str_eq(path_name("folder/"), "");
}

Test(path, extension_is_the_last_dot_of_the_name)
{
    cr_expect_str_eq(path_extension("b.tif"), ".tif");
    cr_expect_str_eq(path_extension("folder.d/b"), "");
    cr_expect_str_eq(path_extension(".profile"), "");
    cr_expect_str_eq(path_extension("a/.profile"), "");
    cr_expect_str_eq(path_extension("b."), ".");
}

Test(path, extension_compares_without_case)
{
    cr_expect(path_has_extension("A.TIF", ".tif"));
    cr_expect(path_has_extension("a.Tif", ".tiF"));
    cr_expect_not(path_has_extension("a.tiff", ".tif"));
    cr_expect_not(path_has_extension("a.tif", ".tiff"));
    cr_expect_not(path_has_extension("tif", ".tif"));
}

Test(path, join)
{
    expect(path_join("a", "b.tif"), "a/b.tif");
    expect(path_join("a/", "b.tif"), "a/b.tif");
    expect(path_join("", "b.tif"), "b.tif");
    expect(path_join("a", "/b.tif"), "/b.tif");
    expect(path_join("/", "b"), "/b");
    expect(path_concat("a", "b"), "ab");
    expect(path_concat("", ""), "");
}

Test(path, directory_and_stem)
{
    expect(path_directory("a/b.tif"), "a");
    expect(path_directory("a//b.tif"), "a");
    expect(path_directory("b.tif"), ".");
    expect(path_directory("/b.tif"), "/");
    expect(path_stem("a/b.tif"), "b");
    expect(path_stem("a/b.tar.gz"), "b.tar");
    expect(path_stem(".profile"), ".profile");
    expect(path_stem("a/gold Å 5nm.tif"), "gold Å 5nm");
}

Test(path, memory_shortage_gives_null)
{
    alloc_fail_after(0);
    char *texts[] = {path_join("a", "b"), path_join("", "b"), path_directory("a/b"), path_stem("a"),
                     path_concat("a", "b")};
    alloc_fail_after(-1);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) cr_expect_null(texts[i], "case %zu", i);
}
