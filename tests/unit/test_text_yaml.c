/* What yaml_read makes of good, odd and hostile YAML. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "text/yaml_read.h"

static struct text_tree *read_text(const char *text)
{
    struct text_tree *tree;
    fringe_error error;
    fringe_status status = yaml_read(text, strlen(text), "t.yaml", &tree, &error);
    cr_assert_eq(status, FRINGE_OK, "%s", error.message);
    return tree;
}

static void refuse(const char *text, size_t size, const char *words)
{
    struct text_tree *tree;
    fringe_error error;
    cr_assert_eq(yaml_read(text, size, "t.yaml", &tree, &error), FRINGE_FORMAT);
    cr_assert_null(tree);
    cr_assert_not_null(strstr(error.message, words), "'%s' is not in: %s", words, error.message);
    cr_assert_eq(strncmp(error.message, "t.yaml: ", 8), 0, "%s", error.message);
}

Test(text_yaml, keeps_order_styles_and_places)
{
    struct text_tree *tree =
        read_text("%YAML 1.2\n---\nb: 1\na: [x, 'y', \"1\"]\nc:\n  - {d: 2.5e-3}\n  - ~\n");
    const struct text_node *root = text_tree_root(tree), *list = text_tree_find(root, "a");
    double number;
    cr_assert_eq(root->kind, TEXT_MAP);
    cr_assert_eq(root->count, 3);
    cr_assert_str_eq(root->first->key, "b");
    cr_assert_str_eq(root->first->next->key, "a");
    cr_assert_eq(list->count, 3);
    cr_assert_str_eq(text_tree_item(list, 1)->text, "y");
    cr_assert_null(text_tree_item(list, 3));
    cr_assert_eq(list->line, 4);
    cr_assert_eq(list->column, 4);
    cr_assert_eq(text_tree_number(text_tree_item(list, 2), &number), 0, "\"1\" in quotes is a text");
    const struct text_node *deep = text_tree_find(text_tree_item(text_tree_find(root, "c"), 0), "d");
    cr_assert(text_tree_number(deep, &number));
    cr_assert_eq(number, 2.5e-3);
    cr_assert(text_tree_is_null(text_tree_item(text_tree_find(root, "c"), 1)));
    text_tree_free(tree);
}

Test(text_yaml, reads_scalars_by_what_is_asked)
{
    struct text_tree *tree = read_text("a: -.inf\nb: .nan\nc: 12\nd: true\ne: False\nf: yes\ng: 1.5\nh:\n");
    const struct text_node *root = text_tree_root(tree);
    double number = 0;
    int64_t integer = 0;
    int flag = 7;
    cr_assert(text_tree_number(text_tree_find(root, "a"), &number) && number < -1e308);
    cr_assert(text_tree_number(text_tree_find(root, "b"), &number) && number != number);
    cr_assert(text_tree_integer(text_tree_find(root, "c"), &integer) && integer == 12);
    cr_assert(text_tree_flag(text_tree_find(root, "d"), &flag) && flag == 1);
    cr_assert(text_tree_flag(text_tree_find(root, "e"), &flag) && flag == 0);
    cr_assert_eq(text_tree_flag(text_tree_find(root, "f"), &flag), 0);
    cr_assert_eq(text_tree_integer(text_tree_find(root, "g"), &integer), 0);
    cr_assert_str_eq(text_tree_text(root, "h", "none"), "none");
    cr_assert_str_eq(text_tree_text(root, "g", "none"), "1.5");
    text_tree_free(tree);
}

Test(text_yaml, says_where_and_which)
{
    struct text_tree *tree = read_text("in:\n  - {name: a}\n  - name: [b]\n");
    const struct text_node *name =
        text_tree_find(text_tree_item(text_tree_find(text_tree_root(tree), "in"), 1), "name");
    fringe_error error;
    cr_assert_eq(text_tree_wrong(tree, name, FRINGE_MODEL, &error, "is %d", 3), FRINGE_MODEL);
    cr_assert_str_eq(error.message, "t.yaml: line 3, column 11: in[1].name: is 3");
    text_tree_free(tree);
}

Test(text_yaml, an_empty_file_is_an_empty_scalar)
{
    struct text_tree *tree = read_text("# nothing\n");
    cr_assert(text_tree_is_null(text_tree_root(tree)));
    cr_assert_null(text_tree_find(text_tree_root(tree), "a"));
    text_tree_free(tree);
}

Test(text_yaml, refuses_bombs)
{
    const char *bomb = "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: [*b,*b,*b]\n";
    refuse(bomb, strlen(bomb), "line 1, column 4: anchors");
    refuse("a: *b", 5, "aliases");
    refuse("a: &b x", 7, "anchors");
}

Test(text_yaml, refuses_what_a_tree_cannot_hold)
{
    refuse("a: 1\nb: 2\na: 3\n", 15, "line 3, column 4: a: stands twice");
    refuse("[x, y]: 3\n", 10, "key must be a plain text");
    refuse("a: 1\n---\nb: 2\n", 14, "second document");
    refuse("a: \"x\\0y\"\n", 10, "NUL at byte 1 of a text of 3");
    refuse("a: \xff\xfe\n", 6, "UTF-8");
    refuse("a: [1, 2\n", 9, "line 2");
    refuse("a: \"1\n", 6, "line 2");
}

Test(text_yaml, bounds_depth_entries_and_bytes, .timeout = 20)
{
    size_t size = TEXT_TREE_MOST_BYTES;
    char *text = malloc(size + 1);
    double before = clock_ms();
    memset(text, '[', size);
    refuse(text, size, "64 are allowed");
    for (size_t i = 0; i < size; i += 2) memcpy(text + i, "- ", 2);
    refuse(text, size, "64 are allowed");
    for (size_t i = 0; i < size; i += 2) memcpy(text + i, "? ", 2);
    refuse(text, size, "key must be");
    for (size_t i = 0; i < size; i += 2) memcpy(text + i, ",\n", 2);
    text[0] = '[';
    refuse(text, size, "");
    for (size_t i = 0; i < size; i += 4) memcpy(text + i, "- x\n", 4);
    refuse(text, size, "200000 entries");
    refuse(text, size + 1, "at most 8388608");
    cr_assert_lt(clock_ms() - before, 10000, "hostile files took %g ms", clock_ms() - before);
    free(text);
}
