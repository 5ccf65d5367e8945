#include "text/csv_write.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/number.h"

static void begin_cell(struct csv_writer *writer)
{
    if (writer->in_row) putc(',', writer->stream);
    writer->in_row = 1;
}

void csv_write_text(struct csv_writer *writer, const char *text)
{
    begin_cell(writer);
    if (!strpbrk(text, ",\"\r\n")) {
        fputs(text, writer->stream);
        return;
    }
    putc('"', writer->stream);
    for (; *text; text++) {
        if (*text == '"') putc('"', writer->stream);
        putc(*text, writer->stream);
    }
    putc('"', writer->stream);
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
