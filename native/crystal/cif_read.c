#include "crystal/cif_read.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "base/number.h"

/* What the reader looks for, in the order of `items`; '.' of DDL2 reads as '_'. */
enum item {
    CELL_LENGTH_A,
    CELL_LENGTH_B,
    CELL_LENGTH_C,
    CELL_ANGLE_A,
    CELL_ANGLE_B,
    CELL_ANGLE_C,
    NAME_COMMON,
    GROUP_NAME,
    GROUP_NAME_ALT,
    OPERATION,
    OPERATION_OLD,
    SITE_X,
    SITE_Y,
    SITE_Z,
    SITE_SYMBOL,
    SITE_LABEL,
    SITE_OCCUPANCY,
    ITEM_COUNT
};

static const char *const items[ITEM_COUNT] = {"_cell_length_a",
                                              "_cell_length_b",
                                              "_cell_length_c",
                                              "_cell_angle_alpha",
                                              "_cell_angle_beta",
                                              "_cell_angle_gamma",
                                              "_chemical_name_common",
                                              "_space_group_name_h-m_alt",
                                              "_symmetry_space_group_name_h-m",
                                              "_space_group_symop_operation_xyz",
                                              "_symmetry_equiv_pos_as_xyz",
                                              "_atom_site_fract_x",
                                              "_atom_site_fract_y",
                                              "_atom_site_fract_z",
                                              "_atom_site_type_symbol",
                                              "_atom_site_label",
                                              "_atom_site_occupancy"};

enum token_kind { TOKEN_END, TOKEN_NAME, TOKEN_VALUE, TOKEN_LOOP, TOKEN_DATA, TOKEN_OTHER };

/* A piece of the file; a value's quotes are left out. */
struct token {
    enum token_kind kind;
    const char *text;
    size_t length;
    int line, is_quoted;
};

/* Rotation and shift of an operation: x' = rows x + shift. */
struct operation {
    double rows[3][3], shift[3];
};

struct reader {
    const char *name, *at, *end;
    int line, at_line_start;
    double cell[6];
    int has_cell[6];
    char title[CELL_NAME_BYTES], group[CELL_NAME_BYTES];
    struct operation *operations;
    int operation_count;
    struct cell_site *sites;
    int site_count;
};

__attribute__((format(printf, 4, 5))) static fringe_status wrong(const struct reader *reader, int line,
                                                                 fringe_error *error, const char *format, ...)
{
    char words[FRINGE_ERROR_BYTES / 2];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(words, sizeof words, format, arguments);
    va_end(arguments);
    return failure_set(error, FRINGE_FORMAT, "%s: line %d: %s", reader->name, line, words);
}

/* ---- tokens ---- */

static int is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void step(struct reader *reader)
{
    reader->at_line_start = *reader->at == '\n';
    reader->line += reader->at_line_start;
    reader->at++;
}

static int starts_with(const struct token *token, const char *word)
{
    size_t k = 0;
    while (word[k] && k < token->length && tolower((unsigned char)token->text[k]) == word[k]) k++;
    return !word[k];
}

/* A text field: from a semicolon at a line's start to the next one there. */
static fringe_status read_field(struct reader *reader, struct token *token, fringe_error *error)
{
    step(reader);
    token->text = reader->at;
    while (reader->at < reader->end && !(reader->at_line_start && *reader->at == ';')) step(reader);
    if (reader->at == reader->end)
        return wrong(reader, token->line, error, "a text field without its closing semicolon");
    token->length = (size_t)(reader->at - token->text);
    step(reader);
    return FRINGE_OK;
}

/* A quote ends a text only where a blank follows: 'a dog's life' is one. */
static fringe_status read_quoted(struct reader *reader, struct token *token, fringe_error *error)
{
    char quote = *reader->at;
    step(reader);
    token->text = reader->at;
    while (reader->at < reader->end && *reader->at != '\n') {
        if (*reader->at == quote && (reader->at + 1 == reader->end || is_blank(reader->at[1]))) {
            token->length = (size_t)(reader->at - token->text);
            step(reader);
            return FRINGE_OK;
        }
        step(reader);
    }
    return wrong(reader, token->line, error, "a quote that the line does not close");
}

static fringe_status next(struct reader *reader, struct token *token, fringe_error *error)
{
    while (reader->at < reader->end && (is_blank(*reader->at) || *reader->at == '#')) {
        if (*reader->at == '#')
            while (reader->at < reader->end && *reader->at != '\n') step(reader);
        else
            step(reader);
    }
    *token = (struct token){.kind = TOKEN_END, .text = reader->at, .line = reader->line};
    if (reader->at == reader->end) return FRINGE_OK;
    token->kind = TOKEN_VALUE;
    token->is_quoted = 1;
    if (*reader->at == ';' && reader->at_line_start) return read_field(reader, token, error);
    if (*reader->at == '\'' || *reader->at == '"') return read_quoted(reader, token, error);
    token->is_quoted = 0;
    while (reader->at < reader->end && !is_blank(*reader->at)) {
        if (!*reader->at) return wrong(reader, reader->line, error, "a NUL byte");
        step(reader);
    }
    token->length = (size_t)(reader->at - token->text);
    if (*token->text == '_')
        token->kind = TOKEN_NAME;
    else if (starts_with(token, "data_"))
        token->kind = TOKEN_DATA;
    else if (starts_with(token, "loop_") && token->length == 5)
        token->kind = TOKEN_LOOP;
    else if (starts_with(token, "save_") || starts_with(token, "global_") || starts_with(token, "stop_"))
        token->kind = TOKEN_OTHER;
    return FRINGE_OK;
}

static int find_item(const struct token *token)
{
    for (int i = 0; i < ITEM_COUNT; i++) {
        size_t k = 0;
        while (k < token->length && items[i][k] &&
               (tolower((unsigned char)token->text[k]) == items[i][k] ||
                (token->text[k] == '.' && items[i][k] == '_')))
            k++;
        if (k == token->length && !items[i][k]) return i;
    }
    return -1;
}

/* ---- values ---- */

static int is_missing(const struct token *token)
{
    return !token->is_quoted && token->length == 1 && (*token->text == '?' || *token->text == '.');
}

/* "5.4309(2)": the digits in brackets are its uncertainty. */
static fringe_status read_number(const struct reader *reader, const struct token *token, const char *what,
                                 double *value, fringe_error *error)
{
    const char *end = token->text + token->length, *behind = number_parse(token->text, end, value);
    if (behind && behind < end && *behind == '(') {
        while (behind < end && *behind != ')') behind++;
        if (behind < end) behind++;
    }
    if (behind == end) return FRINGE_OK;
    return wrong(reader, token->line, error, "%s: '%.*s' is not a number", what,
                 (int)(token->length < 40 ? token->length : 40), token->text);
}

/* One coordinate of an operation: signed terms, each x, y, z or a number or a fraction. */
static const char *read_row(const char *at, const char *end, double row[3], double *shift)
{
    int terms = 0;
    while (at < end && *at != ',') {
        double sign = 1, number, below;
        if (*at == '+' || *at == '-')
            sign = *at++ == '-' ? -1 : 1;
        else if (terms)
            return NULL;
        if (at == end) return NULL;
        int axis = tolower((unsigned char)*at) - 'x';
        if (axis >= 0 && axis < 3) {
            row[axis] += sign;
            at++;
        } else {
            if (!(at = number_parse(at, end, &number))) return NULL;
            if (at < end && *at == '/') {
                if (!(at = number_parse(at + 1, end, &below)) || below == 0) return NULL;
                number /= below;
            }
            *shift += sign * number;
        }
        terms++;
    }
    return terms ? at : NULL;
}

static fringe_status add_operation(struct reader *reader, const struct token *token, fringe_error *error)
{
    char text[128];
    size_t length = 0;
    struct operation operation = {{{0}}, {0}};
    for (size_t k = 0; k < token->length; k++) { /* blanks mean nothing here */
        if (is_blank(token->text[k])) continue;
        if (length == sizeof text) return wrong(reader, token->line, error, "an operation of over 128 bytes");
        text[length++] = token->text[k];
    }
    const char *at = text, *end = text + length;
    for (int k = 0; k < 3 && at; k++) {
        at = read_row(at, end, operation.rows[k], operation.shift + k);
        if (at && k < 2) at = at < end ? at + 1 : NULL;
    }
    double bound = 0;
    for (int k = 0; k < 9; k++) bound += operation.rows[k / 3][k % 3] * operation.rows[k / 3][k % 3];
    if (at != end || bound > 12)
        return wrong(reader, token->line, error, "'%.*s' is no symmetry operation", (int)length, text);
    if (reader->operation_count == CIF_OPERATION_MOST)
        return wrong(reader, token->line, error, "more than %d symmetry operations", (int)CIF_OPERATION_MOST);
    reader->operations[reader->operation_count++] = operation;
    return FRINGE_OK;
}

static void copy_text(char text[CELL_NAME_BYTES], const struct token *token)
{
    size_t length = token->length < CELL_NAME_BYTES - 1 ? token->length : CELL_NAME_BYTES - 1;
    for (size_t k = 0; k < length; k++) /* names go into messages and tables */
        text[k] = isprint((unsigned char)token->text[k]) ? token->text[k] : '_';
    text[length] = 0;
}

/* A single value that belongs to no loop of sites. */
static fringe_status take(struct reader *reader, int item, const struct token *token, fringe_error *error)
{
    if (is_missing(token)) return FRINGE_OK;
    if (item <= CELL_ANGLE_C) {
        reader->has_cell[item] = 1;
        return read_number(reader, token, items[item], reader->cell + item, error);
    }
    if (item == NAME_COMMON) copy_text(reader->title, token);
    if (item == GROUP_NAME || item == GROUP_NAME_ALT) copy_text(reader->group, token);
    if (item == OPERATION || item == OPERATION_OLD) return add_operation(reader, token, error);
    return FRINGE_OK;
}

/* The element that a symbol or label begins with: "Cd2+", "O1", "Se". */
static int element_of(const struct token *token)
{
    size_t letters = 0;
    while (letters < token->length && letters < 2 && isalpha((unsigned char)token->text[letters])) letters++;
    int number = cell_atomic_number(token->text, letters);
    return number || letters < 2 ? number : cell_atomic_number(token->text, 1);
}

static fringe_status add_site(struct reader *reader, const struct token *row, const int *columns, int line,
                              fringe_error *error)
{
    struct cell_site site = {.occupancy = 1};
    const struct token *symbol = columns[SITE_SYMBOL] >= 0  ? row + columns[SITE_SYMBOL]
                                 : columns[SITE_LABEL] >= 0 ? row + columns[SITE_LABEL]
                                                            : NULL;
    fringe_status status = FRINGE_OK;
    for (int k = 0; k < 3 && !status; k++) {
        if (columns[SITE_X + k] < 0) return wrong(reader, line, error, "sites without %s", items[SITE_X + k]);
        const struct token *token = row + columns[SITE_X + k];
        status = read_number(reader, token, items[SITE_X + k], site.position + k, error);
        if (!status && !(site.position[k] >= -100 && site.position[k] <= 100))
            status = wrong(reader, token->line, error, "a site at '%.*s' cells",
                           (int)(token->length < 40 ? token->length : 40), token->text);
    }
    if (!status && columns[SITE_OCCUPANCY] >= 0 && !is_missing(row + columns[SITE_OCCUPANCY]))
        status =
            read_number(reader, row + columns[SITE_OCCUPANCY], items[SITE_OCCUPANCY], &site.occupancy, error);
    if (status) return status;
    if (!(site.occupancy >= 0 && site.occupancy <= 1.001))
        return wrong(reader, line, error, "an occupancy outside 0 to 1");
    site.atomic_number = symbol ? element_of(symbol) : 0;
    if (site.atomic_number == 0)
        return wrong(reader, line, error, "a site of no known element: '%.*s'",
                     symbol ? (int)(symbol->length < 40 ? symbol->length : 40) : 0,
                     symbol ? symbol->text : "");
    if (reader->site_count == CIF_SITE_MOST)
        return wrong(reader, line, error, "more than %d sites", (int)CIF_SITE_MOST);
    reader->sites[reader->site_count++] = site;
    return FRINGE_OK;
}

/* loop_ names... values...: rows of as many values as there are names. `token` comes back as the first one
 * behind the loop. */
static fringe_status read_loop(struct reader *reader, struct token *token, fringe_error *error)
{
    enum { NAMES = 64 };
    int columns[ITEM_COUNT], wanted[NAMES], count = 0, filled = 0, is_sites = 0;
    struct token row[NAMES];
    fringe_status status = FRINGE_OK;
    for (int i = 0; i < ITEM_COUNT; i++) columns[i] = -1;
    while (!(status = next(reader, token, error)) && token->kind == TOKEN_NAME) {
        if (count == NAMES)
            return wrong(reader, token->line, error, "a loop of more than %d items", (int)NAMES);
        wanted[count] = find_item(token);
        if (wanted[count] >= 0) columns[wanted[count]] = count;
        count++;
    }
    if (!status && count == 0) return wrong(reader, token->line, error, "a loop of nothing");
    for (int k = SITE_X; k <= SITE_Z; k++) is_sites |= columns[k] >= 0;
    while (!status && token->kind == TOKEN_VALUE) {
        row[filled] = *token;
        if (!is_sites && wanted[filled] >= 0) status = take(reader, wanted[filled], token, error);
        if (++filled == count) {
            if (!status && is_sites) status = add_site(reader, row, columns, row[0].line, error);
            filled = 0;
        }
        if (!status) status = next(reader, token, error);
    }
    if (!status && filled)
        return wrong(reader, token->line, error, "a loop of %d items whose last row has %d", count, filled);
    return status;
}

static fringe_status read_block(struct reader *reader, fringe_error *error)
{
    struct token token;
    int in_block = 0;
    fringe_status status = next(reader, &token, error);
    while (!status && token.kind != TOKEN_END) {
        if (token.kind == TOKEN_DATA) {
            if (in_block) break; /* the second block is another crystal */
            in_block = 1;
            struct token title = {.text = token.text + 5, .length = token.length - 5};
            copy_text(reader->title, &title);
        }
        if (!in_block) return wrong(reader, token.line, error, "not a CIF: no data_ at its beginning");
        if (token.kind == TOKEN_LOOP) {
            status = read_loop(reader, &token, error);
            continue;
        }
        int item = token.kind == TOKEN_NAME ? find_item(&token) : -1, named = token.kind == TOKEN_NAME;
        status = next(reader, &token, error);
        if (status || !named) continue;
        if (token.kind != TOKEN_VALUE) return wrong(reader, token.line, error, "an item without a value");
        if (item >= 0) status = take(reader, item, &token, error);
        if (!status) status = next(reader, &token, error);
    }
    if (!status && !in_block) return wrong(reader, reader->line, error, "not a CIF: no data_ in it");
    return status;
}

/* ---- the crystal ---- */

static int is_p1(const char *group)
{
    char letters[4];
    size_t length = 0;
    for (; *group; group++)
        if (!is_blank(*group) && length < sizeof letters) letters[length++] = *group;
    return length == 0 || (length == 2 && tolower((unsigned char)letters[0]) == 'p' && letters[1] == '1');
}

static fringe_status build(const struct reader *reader, struct cell *cell, fringe_error *error)
{
    double lengths[3], angles[3];
    for (int k = 0; k < 6; k++)
        if (!reader->has_cell[k])
            return failure_set(error, FRINGE_FORMAT, "%s: %s is missing", reader->name, items[k]);
    if (reader->site_count == 0) return failure_set(error, FRINGE_FORMAT, "%s: no atom site", reader->name);
    if (reader->operation_count == 0 && !is_p1(reader->group))
        return failure_set(error, FRINGE_UNSUPPORTED,
                           "%s: the space group %s is named, but not its operations (%s)", reader->name,
                           reader->group, items[OPERATION]);
    memcpy(cell->name, *reader->title ? reader->title : "CIF", *reader->title ? CELL_NAME_BYTES : 4);
    memcpy(lengths, reader->cell, sizeof lengths);
    memcpy(angles, reader->cell + 3, sizeof angles);
    fringe_status status = cell_set_lengths(cell, lengths, angles, error);
    for (int i = 0; i < reader->site_count && !status; i++) {
        const struct cell_site *site = reader->sites + i;
        if (reader->operation_count == 0) status = cell_add_site(cell, site, error);
        for (int o = 0; o < reader->operation_count && !status; o++) {
            const struct operation *operation = reader->operations + o;
            struct cell_site image = *site;
            for (int k = 0; k < 3; k++) {
                const double *row = operation->rows[k], *p = site->position;
                image.position[k] = row[0] * p[0] + row[1] * p[1] + row[2] * p[2] + operation->shift[k];
            }
            status = cell_add_site(cell, &image, error);
        }
    }
    return failure_prefix(status ? error : NULL, status, "%s: ", reader->name);
}

fringe_status cif_read(const char *bytes, size_t size, const char *name, struct cell *cell,
                       fringe_error *error)
{
    struct reader reader = {.name = name, .at = bytes, .end = bytes + size, .line = 1, .at_line_start = 1};
    *cell = (struct cell){0};
    if (size > CIF_MOST_BYTES)
        return failure_set(error, FRINGE_FORMAT, "%s: %zu bytes, a CIF may have %d", name, size,
                           (int)CIF_MOST_BYTES);
    reader.operations = alloc_array(CIF_OPERATION_MOST, sizeof *reader.operations);
    reader.sites = alloc_array(CIF_SITE_MOST, sizeof *reader.sites);
    fringe_status status = reader.operations && reader.sites
                               ? FRINGE_OK
                               : failure_memory(error, name, CIF_SITE_MOST * sizeof *reader.sites);
    if (!status) status = read_block(&reader, error);
    if (!status) status = build(&reader, cell, error);
    alloc_free(reader.operations);
    alloc_free(reader.sites);
    if (status) cell_clear(cell);
    return status;
}
