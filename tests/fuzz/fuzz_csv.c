/* fuzz_csv.c - any bytes as a table; every cell of one that is read is looked at. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "text/csv_read.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct csv_table *table;
    fringe_error error;
    size_t length = 0;
    if (csv_read(bytes, size, "input", &table, &error)) return 0;
    for (size_t row = 0; row < csv_table_rows(table); row++)
        for (size_t column = 0; column < csv_table_columns(table); column++)
            length += strlen(csv_table_cell(table, row, column));
    if (length > size) abort();
    csv_table_free(table);
    return 0;
}
