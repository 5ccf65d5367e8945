#include "cli/cli_json.h"

#include <math.h>
#include <stdlib.h>

static void begin_value(struct cli_json *json)
{
    if (json->comma) fputc(',', json->stream);
    json->comma = 1;
}

void cli_json_open(struct cli_json *json, char bracket)
{
    begin_value(json);
    fputc(bracket, json->stream);
    json->comma = 0;
}

void cli_json_close(struct cli_json *json, char bracket)
{
    fputc(bracket, json->stream);
    json->comma = 1;
}

/* Length of the UTF-8 character that begins at p, 0 where none does: overlong forms, surrogates and numbers
 * above U+10FFFF are none (Unicode 15, table 3-7). */
static int character_length(const unsigned char *p)
{
    if (p[0] < 0x80) return 1;
    int length = p[0] >= 0xC2 && p[0] <= 0xDF   ? 2
                 : (p[0] & 0xF0) == 0xE0        ? 3
                 : p[0] >= 0xF0 && p[0] <= 0xF4 ? 4
                                                : 0;
    for (int i = 1; i < length; i++)
        if ((p[i] & 0xC0) != 0x80) return 0; /* stops at the closing NUL too */
    if (p[0] == 0xE0 && p[1] < 0xA0) return 0;
    if (p[0] == 0xED && p[1] > 0x9F) return 0;
    if (p[0] == 0xF0 && p[1] < 0x90) return 0;
    if (p[0] == 0xF4 && p[1] > 0x8F) return 0;
    return length;
}

static void put_quoted(FILE *stream, const char *text)
{
    const unsigned char *p = (const unsigned char *)text;
    fputc('"', stream);
    while (*p) {
        int length = character_length(p);
        if (length == 0) {
            fputs("\xEF\xBF\xBD", stream);
            p++;
            continue;
        }
        if (*p == '"' || *p == '\\')
            fprintf(stream, "\\%c", *p);
        else if (*p < 0x20 || *p == 0x7F)
            fprintf(stream, "\\u%04x", *p);
        else
            fwrite(p, 1, (size_t)length, stream);
        p += length;
    }
    fputc('"', stream);
}

void cli_json_key(struct cli_json *json, const char *key)
{
    begin_value(json);
    put_quoted(json->stream, key);
    fputc(':', json->stream);
    json->comma = 0;
}

void cli_json_text(struct cli_json *json, const char *text)
{
    begin_value(json);
    put_quoted(json->stream, text);
}

void cli_json_number(struct cli_json *json, double number)
{
    char text[32];
    begin_value(json);
    if (!isfinite(number)) {
        fputs("null", json->stream);
        return;
    }
    /* The shortest form that reads back as the same number; whole ones without exponent. */
    snprintf(text, sizeof text, "%.0f", fabs(number) < 1e15 ? number : 0);
    for (int digits = 6; strtod(text, NULL) != number && digits <= 17; digits++)
        snprintf(text, sizeof text, "%.*g", digits, number);
    fputs(text, json->stream);
}

void cli_json_put_text(struct cli_json *json, const char *key, const char *text)
{
    cli_json_key(json, key);
    cli_json_text(json, text);
}

void cli_json_put_number(struct cli_json *json, const char *key, double number)
{
    cli_json_key(json, key);
    cli_json_number(json, number);
}

void cli_json_put_known(struct cli_json *json, const char *key, double number)
{
    cli_json_put_number(json, key, number > 0 ? number : NAN);
}

void cli_json_end_line(struct cli_json *json)
{
    fputc('\n', json->stream);
    fflush(json->stream);
    json->comma = 0;
}
