#include "text/csv_write.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/number.h"
#include "base/utf8.h"

static void begin_cell(struct csv_writer *writer)
{
    if (writer->in_row) putc(',', writer->stream);
    writer->in_row = 1;
}

/* As JSON does, U+FFFD for each byte that is no UTF-8: names of files may be anything. */
static void put_text(FILE *stream, const char *text, int quoted)
{
    size_t length = strlen(text);
    while (length > 0) {
        size_t valid = utf8_valid_bytes(text, length);
        for (size_t i = 0; i < valid; i++) {
            if (quoted && text[i] == '"') putc('"', stream);
            putc(text[i], stream);
        }
        if (valid == length) break;
        fputs("\xef\xbf\xbd", stream);
        text += valid + 1;
        length -= valid + 1;
    }
}

void csv_write_text(struct csv_writer *writer, const char *text)
{
    int quoted = strpbrk(text, ",\"\r\n") != NULL;
    begin_cell(writer);
    if (quoted) putc('"', writer->stream);
    put_text(writer->stream, text, quoted);
    if (quoted) putc('"', writer->stream);
}

void csv_write_number(struct csv_writer *writer, double value)
{
    char text[NUMBER_TEXT_BYTES];
    begin_cell(writer);
    if (isnan(value))
        fputs("NaN", writer->stream);
    else if (isinf(value))
        fputs(value < 0 ? "-Infinity" : "Infinity", writer->stream);
    else
        fputs(number_text_exact(value, text), writer->stream);
}

void csv_write_integer(struct csv_writer *writer, int64_t value)
{
    begin_cell(writer);
    fprintf(writer->stream, "%" PRId64, value);
}

void csv_write_end_row(struct csv_writer *writer)
{
    putc('\n', writer->stream);
    writer->in_row = 0;
}
