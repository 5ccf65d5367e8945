#include "text/json_write.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "base/number.h"
#include "base/utf8.h"

enum { MOST_LEVELS = 64 };

struct json_writer {
    enum json_layout layout;
    char *text;
    size_t size, capacity;
    int starved;
    int level;
    char closing[MOST_LEVELS]; /* '}' or ']' of each open level */
    size_t count[MOST_LEVELS]; /* of values written in it */
};

fringe_status json_write_begin(enum json_layout layout, struct json_writer **writer, fringe_error *error)
{
    *writer = alloc_array(1, sizeof **writer);
    if (!*writer) return failure_memory(error, "JSON", sizeof **writer);
    (*writer)->layout = layout;
    return FRINGE_OK;
}

void json_write_discard(struct json_writer *writer)
{
    if (!writer) return;
    alloc_free(writer->text);
    alloc_free(writer);
}

/* Appends, and remembers a failure for json_write_finish. */
static void put(struct json_writer *writer, const char *bytes, size_t length)
{
    if (writer->starved) return;
    if (writer->capacity - writer->size <= length) {
        size_t capacity = 2 * (writer->capacity + length) + 256;
        char *grown = alloc_resize(writer->text, capacity, 1);
        if (!grown) {
            writer->starved = 1;
            return;
        }
        writer->text = grown;
        writer->capacity = capacity;
    }
    memcpy(writer->text + writer->size, bytes, length);
    writer->size += length;
    writer->text[writer->size] = 0;
}

static void put_text(struct json_writer *writer, const char *text)
{
    put(writer, text, strlen(text));
}

static void line_break(struct json_writer *writer)
{
    if (writer->layout == JSON_ONE_LINE) return;
    put(writer, "\n", 1);
    for (int i = 0; i < writer->level; i++) put(writer, "  ", 2);
}

/* Escapes what JSON forbids and replaces what is no UTF-8, byte by byte. */
static void put_quoted(struct json_writer *writer, const char *text)
{
    size_t length = strlen(text);
    put(writer, "\"", 1);
    while (length > 0) {
        size_t valid = utf8_valid_bytes(text, length), plain = 0;
        while (plain < valid && (unsigned char)text[plain] >= ' ' && text[plain] != '"' &&
               text[plain] != '\\')
            plain++;
        put(writer, text, plain);
        text += plain;
        length -= plain;
        if (length == 0) break;
        char escaped[8];
        if (plain == valid)
            put_text(writer, "\xef\xbf\xbd"); /* U+FFFD for one byte */
        else if (*text == '"' || *text == '\\')
            put(writer, (char[]){'\\', *text}, 2);
        else
            put(writer, escaped,
                (size_t)snprintf(escaped, sizeof escaped, "\\u%04x", (unsigned)(unsigned char)*text));
        text++;
        length--;
    }
    put(writer, "\"", 1);
}

/* What stands before every value: the comma, the line, the key. */
static void lead(struct json_writer *writer, const char *key)
{
    if (writer->level > 0) {
        if (writer->count[writer->level - 1]++ > 0)
            put_text(writer, writer->layout == JSON_ONE_LINE ? ", " : ",");
        line_break(writer);
    }
    if (!key) return;
    put_quoted(writer, key);
    put_text(writer, ": ");
}

static void open_level(struct json_writer *writer, const char *key, char opening, char closing)
{
    lead(writer, key);
    put(writer, &opening, 1);
    if (writer->level == MOST_LEVELS) {
        writer->starved = 1; /* no caller nests as deep; told as a failure all the same */
        return;
    }
    writer->closing[writer->level] = closing;
    writer->count[writer->level] = 0;
    writer->level++;
}

void json_write_object(struct json_writer *writer, const char *key)
{
    open_level(writer, key, '{', '}');
}

void json_write_list(struct json_writer *writer, const char *key)
{
    open_level(writer, key, '[', ']');
}

void json_write_end(struct json_writer *writer)
{
    if (writer->level == 0) return;
    writer->level--;
    if (writer->count[writer->level] > 0) line_break(writer);
    put(writer, &writer->closing[writer->level], 1);
}

void json_write_text(struct json_writer *writer, const char *key, const char *text)
{
    lead(writer, key);
    if (text)
        put_quoted(writer, text);
    else
        put_text(writer, "null");
}

void json_write_number(struct json_writer *writer, const char *key, double value)
{
    char text[NUMBER_TEXT_BYTES];
    lead(writer, key);
    put_text(writer, isfinite(value) ? number_text_exact(value, text) : "null");
}

void json_write_integer(struct json_writer *writer, const char *key, int64_t value)
{
    char text[NUMBER_TEXT_BYTES];
    snprintf(text, sizeof text, "%lld", (long long)value);
    lead(writer, key);
    put_text(writer, text);
}

void json_write_flag(struct json_writer *writer, const char *key, int value)
{
    lead(writer, key);
    put_text(writer, value ? "true" : "false");
}

void json_write_null(struct json_writer *writer, const char *key)
{
    lead(writer, key);
    put_text(writer, "null");
}

fringe_status json_write_finish(struct json_writer *writer, char **text, size_t *size, fringe_error *error)
{
    while (writer->level > 0) json_write_end(writer);
    put(writer, "\n", 1);
    fringe_status status = writer->starved ? failure_memory(error, "JSON", writer->capacity) : FRINGE_OK;
    *text = status ? NULL : writer->text;
    if (size) *size = status ? 0 : writer->size;
    if (!status) writer->text = NULL;
    json_write_discard(writer);
    return status;
}
