/* Tables as programs write them, and what is no table. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "text/csv_read.h"

static struct csv_table *read_text(const char *text)
{
    struct csv_table *table;
    fringe_error error;
    cr_assert_eq(csv_read(text, strlen(text), "t.csv", &table, &error), FRINGE_OK, "%s", error.message);
    return table;
}

static void refuse_bytes(const char *bytes, size_t size, const char *words)
{
    struct csv_table *table;
    fringe_error error = {.message = ""};
    char *exact = malloc(size ? size : 1); /* the sanitizer sees the first byte behind */
    memcpy(exact, bytes, size);
    cr_expect_eq(csv_read(exact, size, "t.csv", &table, &error), FRINGE_FORMAT, "%s", words);
    cr_expect_null(table);
    cr_expect_str_eq(error.message, words);
    free(exact);
}

static void refuse(const char *text, const char *words)
{
    refuse_bytes(text, strlen(text), words);
}

Test(csv_read, rows_columns_and_lines)
{
    struct csv_table *table = read_text("area,class\n1.5,fault\n\n");
    cr_expect_eq(csv_table_rows(table), 1, "an empty last line is no row");
    csv_table_free(table);
    table = read_text("\xef\xbb\xbf"
                      "area,class,\r\n1.5,fault,x\r\n-2, twin ,");
    cr_assert_eq(csv_table_columns(table), 3);
    cr_assert_eq(csv_table_rows(table), 2);
    cr_expect_str_eq(csv_table_name(table, 0), "area");
    cr_expect_str_eq(csv_table_name(table, 2), "");
    cr_expect_eq(csv_table_find(table, "class"), 1);
    cr_expect_eq(csv_table_find(table, "Class"), 3);
    cr_expect_str_eq(csv_table_cell(table, 0, 2), "x");
    cr_expect_str_eq(csv_table_cell(table, 1, 1), " twin ");
    cr_expect_str_eq(csv_table_cell(table, 1, 2), "");
    cr_expect_eq(csv_table_line(table, 1), 3);
    csv_table_free(table);
}

Test(csv_read, quotes)
{
    struct csv_table *table = read_text("a,\"b \"\"c\"\"\"\n\"x,\ny\",\"\"\n1,2\n");
    cr_expect_str_eq(csv_table_name(table, 1), "b \"c\"");
    cr_expect_str_eq(csv_table_cell(table, 0, 0), "x,\ny");
    cr_expect_str_eq(csv_table_cell(table, 0, 1), "");
    cr_expect_str_eq(csv_table_cell(table, 1, 1), "2");
    cr_expect_eq(csv_table_line(table, 1), 4);
    csv_table_free(table);
}

Test(csv_read, other_separators)
{
    struct csv_table *table = read_text("a;b\n1,5;2\n");
    cr_expect_str_eq(csv_table_cell(table, 0, 0), "1,5");
    csv_table_free(table);
    table = read_text("a\t\"b,c\"\n1;\t2\n");
    cr_expect_str_eq(csv_table_cell(table, 0, 0), "1;");
    csv_table_free(table);
    table = read_text("alone\n1\n\n3\n");
    cr_expect_eq(csv_table_rows(table), 3, "in one column an empty line is an empty cell");
    csv_table_free(table);
}

Test(csv_read, what_is_no_table)
{
    refuse("", "t.csv: a table of 0 bytes; 1 to 1073741824 are read");
    refuse("a,b\n1,2\n3\n", "t.csv: line 3: has 1 cells, the first line has 2");
    refuse("a,b\n1,2,3\n", "t.csv: line 2: has 3 cells, the first line has 2");
    refuse("a,b\n\n1,2\n", "t.csv: line 2: has 1 cells, the first line has 2");
    refuse("a,b,a\n", "t.csv: columns 1 and 3 are both 'a'");
    refuse("a,b\n\"1,2\n3,4\n", "t.csv: line 2: a quote is open to the end, line 4");
    refuse("a,b\n\"1\"2,3\n", "t.csv: line 2: a quote and other text in one cell, from byte 7");
    refuse("a,b\n1\"2,3\n", "t.csv: line 2: a quote and other text in one cell, from byte 5");
    refuse_bytes("a,b\n1,\0\n", 8, "t.csv: NUL at byte 6 of 8");
    refuse("a,b\n1,\xff\n", "t.csv: not UTF-8 at byte 6 of 8");
}

/* Names are compared with all others: that stays quick for the most columns. */
Test(csv_read, many_columns_take_little_time, .timeout = 60)
{
    enum { COLUMNS = 65537 };
    char *text = malloc(COLUMNS * 8), *to = text;
    for (int i = 0; i < COLUMNS; i++) to += snprintf(to, 8, "%sc%05d", i ? "," : "", i);
    refuse(text, "t.csv: has 65537 columns, at most 65536 are read");
    *strrchr(text, ',') = '\0';
    double begun = clock_ms();
    csv_table_free(read_text(text));
    cr_expect_lt(clock_ms() - begun, 20000);
    free(text);
}
