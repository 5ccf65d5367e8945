#include "text/csv_read.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "base/utf8.h"

struct csv_table {
    char *text;      /* the file's bytes, each cell ended by a NUL */
    uint32_t *cells; /* where each begins, row by row, the names first */
    uint32_t *lines; /* of each row, the names' first */
    size_t columns, rows;
};

/* Walks over the bytes, which are overwritten by the cells: those are never longer. */
struct walk {
    const char *name;
    char *text;
    size_t size, at, to; /* read up to; written up to */
    size_t line;
    char separator;
};

/* The most cells and rows that the bytes can hold, counted before memory is taken: quoted ones count too. */
static void count_most(const char *text, size_t size, char separator, size_t *cells, size_t *rows)
{
    *cells = *rows = 1;
    for (size_t i = 0; i < size; i++) {
        *rows += text[i] == '\n';
        *cells += text[i] == '\n' || text[i] == separator;
    }
}

static char find_separator(const char *text, size_t size)
{
    char found = ',';
    int quoted = 0;
    for (size_t i = 0; i < size && (quoted || text[i] != '\n'); i++) {
        quoted ^= text[i] == '"';
        if (quoted) continue;
        if (text[i] == ',') return ',';
        if (found == ',' && (text[i] == '\t' || text[i] == ';')) found = text[i];
    }
    return found;
}

static int at_line_end(const struct walk *walk)
{
    const char *c = walk->text + walk->at;
    size_t left = walk->size - walk->at;
    return left == 0 || *c == '\n' || (*c == '\r' && (left == 1 || c[1] == '\n'));
}

/* One cell, up to the separator or line end behind it. */
static fringe_status read_cell(struct walk *walk, fringe_error *error)
{
    size_t begun = walk->line;
    int quoted = walk->at < walk->size && walk->text[walk->at] == '"';
    walk->at += (size_t)quoted;
    while (quoted) {
        if (walk->at == walk->size)
            return failure_set(error, FRINGE_FORMAT, "%s: line %zu: a quote is open to the end, line %zu",
                               walk->name, begun, walk->line);
        char c = walk->text[walk->at++];
        if (c == '"' && (walk->at == walk->size || walk->text[walk->at] != '"')) break;
        walk->at += c == '"';
        walk->line += c == '\n';
        walk->text[walk->to++] = c;
    }
    while (!at_line_end(walk) && walk->text[walk->at] != walk->separator) {
        if (quoted || walk->text[walk->at] == '"')
            return failure_set(error, FRINGE_FORMAT,
                               "%s: line %zu: a quote and other text in one cell, from byte %zu", walk->name,
                               walk->line, walk->at);
        walk->text[walk->to++] = walk->text[walk->at++];
    }
    return FRINGE_OK;
}

/* One row: notes where its cells begin. The NUL behind a cell is written after the separator was read. */
static fringe_status read_row(struct walk *walk, uint32_t *cells, size_t *count, fringe_error *error)
{
    int ends;
    *count = 0;
    do {
        cells[(*count)++] = (uint32_t)walk->to;
        fringe_status status = read_cell(walk, error);
        if (status) return status;
        ends = at_line_end(walk);
        if (ends && walk->at < walk->size) walk->at += walk->text[walk->at] == '\r';
        walk->at += walk->at < walk->size;
        walk->text[walk->to++] = '\0';
    } while (!ends);
    walk->line++;
    return FRINGE_OK;
}

static fringe_status read_rows(struct walk *walk, struct csv_table *table, fringe_error *error)
{
    size_t count = 0, most = CSV_READ_MOST_COLUMNS;
    table->lines[0] = (uint32_t)walk->line;
    fringe_status status = read_row(walk, table->cells, &table->columns, error);
    if (!status && table->columns > most)
        status = failure_set(error, FRINGE_FORMAT, "%s: has %zu columns, at most %zu are read", walk->name,
                             table->columns, most);
    while (!status && walk->at < walk->size) {
        size_t line = walk->line;
        uint32_t *cells = table->cells + (table->rows + 1) * table->columns;
        status = read_row(walk, cells, &count, error);
        if (!status && count == 1 && table->columns > 1 && walk->at == walk->size && !table->text[cells[0]])
            break; /* an empty last line */
        if (!status && count != table->columns)
            status = failure_set(error, FRINGE_FORMAT, "%s: line %zu: has %zu cells, the first line has %zu",
                                 walk->name, line, count, table->columns);
        if (!status) table->lines[++table->rows] = (uint32_t)line;
    }
    return status;
}

static int by_text(const void *a, const void *b)
{
    const char *const *x = a, *const *y = b;
    int order = strcmp(*x, *y);
    return order ? order : (*x > *y) - (*x < *y); /* equal ones in the file's order */
}

/* Each name once, but for those left empty. Sorted, since there may be thousands. */
static fringe_status check_names(const struct csv_table *table, const char *name, fringe_error *error)
{
    fringe_status status = FRINGE_OK;
    const char **names = alloc_array(table->columns, sizeof *names);
    if (!names) return failure_memory(error, name, table->columns * sizeof *names);
    for (size_t i = 0; i < table->columns; i++) names[i] = csv_table_name(table, i);
    qsort(names, table->columns, sizeof *names, by_text);
    for (size_t i = 1; i < table->columns && !status; i++)
        if (*names[i] && strcmp(names[i - 1], names[i]) == 0) {
            size_t first = csv_table_find(table, names[i]), second = first + 1;
            while (csv_table_name(table, second) != names[i]) second++;
            status = failure_set(error, FRINGE_FORMAT, "%s: columns %zu and %zu are both '%.100s'", name,
                                 first + 1, second + 1, names[i]);
        }
    alloc_free(names);
    return status;
}

static fringe_status check_bytes(const char *text, size_t size, const char *name, fringe_error *error)
{
    if (size == 0 || size > CSV_READ_MOST_BYTES)
        return failure_set(error, FRINGE_FORMAT, "%s: a table of %zu bytes; 1 to %d are read", name, size,
                           CSV_READ_MOST_BYTES);
    size_t valid = utf8_valid_bytes(text, size);
    if (valid < size)
        return failure_set(error, FRINGE_FORMAT, "%s: not UTF-8 at byte %zu of %zu", name, valid, size);
    const char *end = memchr(text, '\0', size);
    if (end)
        return failure_set(error, FRINGE_FORMAT, "%s: NUL at byte %zu of %zu", name, (size_t)(end - text),
                           size);
    return FRINGE_OK;
}

fringe_status csv_read(const void *bytes, size_t size, const char *name, struct csv_table **result,
                       fringe_error *error)
{
    static const char mark[] = "\xef\xbb\xbf";
    size_t most_cells, most_rows, skipped = size >= 3 && memcmp(bytes, mark, 3) == 0 ? 3 : 0;
    const char *text = (const char *)bytes + skipped;
    size -= skipped;
    *result = NULL;
    fringe_status status = check_bytes(text, size, name, error);
    if (status) return status;
    struct csv_table *table = alloc_array(1, sizeof *table);
    if (!table) return failure_memory(error, name, sizeof *table);
    struct walk walk = {.name = name, .size = size, .line = 1, .separator = find_separator(text, size)};
    count_most(text, size, walk.separator, &most_cells, &most_rows);
    table->text = walk.text = alloc_array(size + 1, 1); /* a NUL behind the last cell */
    table->cells = alloc_array(most_cells, sizeof *table->cells);
    table->lines = alloc_array(most_rows, sizeof *table->lines);
    if (table->text && table->cells && table->lines) {
        memcpy(table->text, text, size);
        status = read_rows(&walk, table, error);
        if (!status) status = check_names(table, name, error);
    } else {
        status = failure_memory(error, name, size + most_cells * sizeof *table->cells);
    }
    if (status)
        csv_table_free(table);
    else
        *result = table;
    return status;
}

void csv_table_free(struct csv_table *table)
{
    if (!table) return;
    alloc_free(table->text);
    alloc_free(table->cells);
    alloc_free(table->lines);
    alloc_free(table);
}

size_t csv_table_columns(const struct csv_table *table)
{
    return table->columns;
}

size_t csv_table_rows(const struct csv_table *table)
{
    return table->rows;
}

const char *csv_table_name(const struct csv_table *table, size_t column)
{
    return table->text + table->cells[column];
}

size_t csv_table_find(const struct csv_table *table, const char *name)
{
    size_t column = 0;
    while (column < table->columns && strcmp(csv_table_name(table, column), name) != 0) column++;
    return column;
}

const char *csv_table_cell(const struct csv_table *table, size_t row, size_t column)
{
    return table->text + table->cells[(row + 1) * table->columns + column];
}

size_t csv_table_line(const struct csv_table *table, size_t row)
{
    return table->lines[row + 1];
}
