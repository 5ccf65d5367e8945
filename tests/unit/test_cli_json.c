/* What the command line prints as JSON reads back as what was meant, whatever bytes a file's name holds. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "text/json_read.h"

#include "cli/cli_json.c" /* the program's own: no library holds it */

/* One object {"key": text} as it is printed, read back. */
static struct text_tree *print_and_read(const char *text, double number)
{
    char *printed = NULL;
    size_t size = 0;
    struct text_tree *tree;
    fringe_error error;
    struct cli_json json = {.stream = open_memstream(&printed, &size)};
    cli_json_open(&json, '{');
    cli_json_put_text(&json, "text", text);
    cli_json_put_number(&json, "number", number);
    cli_json_key(&json, "list");
    cli_json_open(&json, '[');
    cli_json_text(&json, text);
    cli_json_number(&json, number);
    cli_json_close(&json, ']');
    cli_json_put_known(&json, "unknown", 0);
    cli_json_close(&json, '}');
    cli_json_end_line(&json);
    fclose(json.stream);
    cr_expect_eq(strchr(printed, '\n'), printed + size - 1, "one line: %s", printed);
    cr_assert_eq(json_read(printed, size, "printed", &tree, &error), FRINGE_OK, "%s: %s", error.message,
                 printed);
    free(printed);
    return tree;
}

static void expect_text(const char *text, const char *expected)
{
    struct text_tree *tree = print_and_read(text, 1);
    const struct text_node *root = text_tree_root(tree);
    cr_expect_str_eq(text_tree_text(root, "text", ""), expected);
    cr_expect_str_eq(text_tree_item(text_tree_find(root, "list"), 0)->text, expected);
    text_tree_free(tree);
}

Test(cli_json, texts_come_back)
{
    static const char *const texts[] = {
        "",     "a b.tif",  "quote\" back\\slash / slash", "\t\n\r\x1f",
        "\x7f", "é 粒子 😀", "\xed\x9f\xbf\xee\x80\x80",    "\xf4\x8f\xbf\xbf"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) expect_text(texts[i], texts[i]);
}

#define R "\xef\xbf\xbd" /* U+FFFD */

Test(cli_json, bytes_that_are_no_utf8_are_replaced_one_by_one)
{
    expect_text("a\xff.tif", "a" R ".tif");
    expect_text("\xc3", R);                        /* cut short */
    expect_text("\xc0\xaf", R R);                  /* overlong */
    expect_text("\xe0\x80\xaf", R R R);            /* overlong */
    expect_text("\xed\xa0\x80", R R R);            /* a surrogate */
    expect_text("\xf4\x90\x80\x80x", R R R R "x"); /* above U+10FFFF */
    expect_text("\xf0\x80\x80\x80", R R R R);      /* overlong */
    expect_text("\x80\xe2\x82", R R R);
}

Test(cli_json, numbers_come_back)
{
    static const double numbers[] = {
        0, 1, -7, 0.02, 1e-9, 1.0 / 3, 4294967296.0, 1e15, 123456789012345680.0, 5e-324};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        double read = -1;
        struct text_tree *tree = print_and_read("", numbers[i]);
        cr_expect(text_tree_number(text_tree_find(text_tree_root(tree), "number"), &read));
        cr_expect_eq(read, numbers[i], "%.17g came back as %.17g", numbers[i], read);
        cr_expect(text_tree_is_null(text_tree_find(text_tree_root(tree), "unknown")));
        text_tree_free(tree);
    }
}

Test(cli_json, what_is_no_number_is_null)
{
    static const double numbers[] = {NAN, INFINITY, -INFINITY};
    for (size_t i = 0; i < 3; i++) {
        struct text_tree *tree = print_and_read("", numbers[i]);
        cr_expect(text_tree_is_null(text_tree_find(text_tree_root(tree), "number")));
        text_tree_free(tree);
    }
}
