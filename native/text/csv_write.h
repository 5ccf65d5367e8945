/* csv_write.h - a table as comma-separated values (RFC 4180, but lines end in \n as ImageJ's do), UTF-8.
 *
 * Cells are appended to a stream of the caller's, whose failures stay in it for whoever closes it. Texts with
 * a comma, a quote or a line end are quoted; bytes that are no UTF-8 become U+FFFD, one each. Numbers read
 * back as the same double, under every locale; NaN and infinities are written as ImageJ writes and reads
 * them: NaN, Infinity, -Infinity. One object serves one thread.
 */
#ifndef TEXT_CSV_WRITE_H
#define TEXT_CSV_WRITE_H

#include <stdint.h>
#include <stdio.h>

struct csv_writer {
    FILE *stream;
    int in_row; /* 1 behind the first cell of a row; 0 at the beginning */
};

void csv_write_text(struct csv_writer *writer, const char *text);
void csv_write_number(struct csv_writer *writer, double value);
void csv_write_integer(struct csv_writer *writer, int64_t value);
void csv_write_end_row(struct csv_writer *writer);

#endif
