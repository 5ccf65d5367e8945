/* csv_read.h - tables in comma-separated text (RFC 4180), bounded.
 *
 * The first row names the columns; every other row has as many cells. Cells are divided by commas, or by tabs
 * or semicolons where the first row has those and no comma; a cell in double quotes may hold all of them,
 * line ends, and double quotes written twice. Line ends are LF or CRLF, a byte order mark is passed over, an
 * empty last line is no row. Blanks stay. Cells are texts: whoever asks for a number says so.
 *
 * Written here, not taken: libcsv, the one C library for it in Debian, had its last release in 2013, is under
 * the LGPL where all else that we ship is not, and leaves the rows, their lengths and all limits to its
 * caller.
 */
#ifndef TEXT_CSV_READ_H
#define TEXT_CSV_READ_H

#include <stddef.h>

#include "fringe/status.h"

enum { CSV_READ_MOST_BYTES = 1 << 30, CSV_READ_MOST_COLUMNS = 1 << 16 };

struct csv_table; /* immutable; texts live as long as it and are never NULL */

/* Reads `size` bytes; `name` stands in messages. The caller frees *table with csv_table_free. FRINGE_FORMAT
 * with line and both numbers: rows of different lengths, a column name that stands twice, an open quote,
 * bytes that are no UTF-8, NUL. It takes at most 6 times the file's size. */
fringe_status csv_read(const void *bytes, size_t size, const char *name, struct csv_table **table,
                       fringe_error *error);

/* NULL is accepted. */
void csv_table_free(struct csv_table *table);

size_t csv_table_columns(const struct csv_table *table);
size_t csv_table_rows(const struct csv_table *table); /* without the names */

/* The name of a column; the column of a name, csv_table_columns where there is none. */
const char *csv_table_name(const struct csv_table *table, size_t column);
size_t csv_table_find(const struct csv_table *table, const char *name);

const char *csv_table_cell(const struct csv_table *table, size_t row, size_t column);

/* The line, from 1, on which a row begins. */
size_t csv_table_line(const struct csv_table *table, size_t row);

#endif
