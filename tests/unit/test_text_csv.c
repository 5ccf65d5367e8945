/* Cells, quotes, numbers. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>

#include "text/csv_write.h"

Test(csv, cells)
{
    char *text = NULL;
    size_t size;
    FILE *stream = open_memstream(&text, &size);
    struct csv_writer csv = {.stream = stream};
    csv_write_text(&csv, " ");
    csv_write_text(&csv, "a,b");
    csv_write_text(&csv, "say \"so\"");
    csv_write_text(&csv, "two\nlines");
    csv_write_text(&csv, "\xffno \xc3 text\xc3\xa9\xe2");
    csv_write_text(&csv, "no,\xfe");
    csv_write_end_row(&csv);
    csv_write_integer(&csv, -9007199254740993);
    csv_write_number(&csv, 0.1);
    csv_write_number(&csv, NAN);
    csv_write_number(&csv, -INFINITY);
    csv_write_text(&csv, "");
    csv_write_end_row(&csv);
    fclose(stream);
    cr_expect_str_eq(text, " ,\"a,b\",\"say \"\"so\"\"\",\"two\nlines\","
                           "\xef\xbf\xbdno \xef\xbf\xbd text\xc3\xa9\xef\xbf\xbd,\"no,\xef\xbf\xbd\"\n"
                           "-9007199254740993,0.1,NaN,-Infinity,\n");
    free(text);
}
