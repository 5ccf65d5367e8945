/* JSON in and out: what json_write writes, json_read reads back. */
#include <criterion/criterion.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "text/json_read.h"
#include "text/json_write.h"

static void refuse(const char *text, size_t size, const char *words)
{
    struct text_tree *tree;
    fringe_error error;
    cr_assert_eq(json_read(text, size, "t.json", &tree, &error), FRINGE_FORMAT);
    cr_assert_null(tree);
    cr_assert_not_null(strstr(error.message, words), "'%s' is not in: %s", words, error.message);
}

static char *write_example(enum json_layout layout)
{
    struct json_writer *writer;
    char *text;
    cr_assert_eq(json_write_begin(layout, &writer, NULL), FRINGE_OK);
    json_write_object(writer, NULL);
    json_write_text(writer, "name", "a \"b\"\\\n\x01 \xc3\xa9 \xff.");
    json_write_list(writer, "sizes_nm");
    json_write_number(writer, NULL, 0.1);
    json_write_number(writer, NULL, NAN);
    json_write_integer(writer, NULL, INT64_MIN);
    json_write_end(writer);
    json_write_object(writer, "empty");
    json_write_end(writer);
    json_write_flag(writer, "done", 1);
    json_write_text(writer, "none", NULL);
    json_write_end(writer);
    size_t size;
    cr_assert_eq(json_write_finish(writer, &text, &size, NULL), FRINGE_OK);
    cr_assert_eq(size, strlen(text));
    return text;
}

Test(text_json, writes_in_order_on_one_line)
{
    char *text = write_example(JSON_ONE_LINE);
    cr_assert_str_eq(text, "{\"name\": \"a \\\"b\\\"\\\\\\u000a\\u0001 \xc3\xa9 \xef\xbf\xbd.\", "
                           "\"sizes_nm\": [0.1, null, -9223372036854775808], \"empty\": {}, \"done\": true, "
                           "\"none\": null}\n");
    alloc_free(text);
}

Test(text_json, reads_back_what_it_wrote)
{
    char *text = write_example(JSON_INDENTED);
    struct text_tree *tree;
    fringe_error error;
    cr_assert_eq(json_read(text, strlen(text), "t.json", &tree, &error), FRINGE_OK, "%s", error.message);
    const struct text_node *root = text_tree_root(tree), *sizes = text_tree_find(root, "sizes_nm");
    double number;
    int64_t integer;
    int flag;
    cr_assert_eq(root->count, 5);
    cr_assert_str_eq(text_tree_text(root, "name", ""), "a \"b\"\\\n\x01 \xc3\xa9 \xef\xbf\xbd.");
    cr_assert(text_tree_number(text_tree_item(sizes, 0), &number) && number == 0.1);
    cr_assert(text_tree_is_null(text_tree_item(sizes, 1)));
    cr_assert(text_tree_integer(text_tree_item(sizes, 2), &integer) && integer == INT64_MIN);
    cr_assert(text_tree_flag(text_tree_find(root, "done"), &flag) && flag == 1);
    cr_assert_eq(text_tree_find(root, "empty")->kind, TEXT_MAP);
    text_tree_free(tree);
    alloc_free(text);
}

Test(text_json, numbers_are_exact_and_deaf_to_the_locale)
{
    /* A locale with a decimal comma, where the machine has one. */
    const char *locale = setlocale(LC_ALL, "de_DE.UTF-8");
    double values[] = {0.02, 1.0 / 3, 5e-324, 1.7976931348623157e308, -0.0, 123456789012345680.0};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        struct json_writer *writer;
        struct text_tree *tree;
        char *text;
        double back;
        cr_assert_eq(json_write_begin(JSON_ONE_LINE, &writer, NULL), FRINGE_OK);
        json_write_number(writer, NULL, values[i]);
        cr_assert_eq(json_write_finish(writer, &text, NULL, NULL), FRINGE_OK);
        cr_assert_null(strchr(text, ','), "%s under %s", text, locale ? locale : "C");
        cr_assert_eq(json_read(text, strlen(text), "t.json", &tree, NULL), FRINGE_OK);
        cr_assert(text_tree_number(text_tree_root(tree), &back));
        cr_assert_eq(back, values[i], "%s", text);
        text_tree_free(tree);
        alloc_free(text);
    }
}

Test(text_json, refuses_damage)
{
    refuse("{\"a\": 1, \"a\": 2}", 16, "line 1, column 12: duplicate");
    refuse("{\"a\": 1} x", 10, "end of file");
    refuse("[1, 2", 5, "line 1");
    refuse("", 0, "line 1");
    refuse("[\"\xff\"]", 5, "decode byte 0xff");
    refuse("[1e999]", 7, "overflow");
}

Test(text_json, bounds_depth_entries_and_bytes, .timeout = 20)
{
    size_t size = TEXT_TREE_MOST_BYTES;
    char *text = malloc(size + 1);
    memset(text, '[', size);
    refuse(text, size, "at most 200000");
    refuse(text, 65, "nested 65 deep, 64 are allowed");
    for (size_t i = 0; i < size; i += 4) memcpy(text + i, "{},\n", 4);
    text[0] = '[';
    refuse(text, size, "at most 200000");
    refuse(text, size + 1, "at most 8388608");
    free(text);
}

Test(text_json, failing_memory_is_told_once)
{
    for (int allowed = 1; allowed < 4; allowed++) {
        struct json_writer *writer;
        char *text = NULL;
        fringe_error error;
        cr_assert_eq(json_write_begin(JSON_INDENTED, &writer, NULL), FRINGE_OK);
        alloc_fail_after(allowed - 1);
        json_write_list(writer, NULL);
        for (int i = 0; i < 5000; i++) json_write_integer(writer, NULL, i);
        fringe_status status = json_write_finish(writer, &text, NULL, &error);
        alloc_fail_after(-1);
        cr_assert_eq(status, FRINGE_MEMORY);
        cr_assert_null(text);
    }
}
