#include "io/length_unit.h"

#include <string.h>

#include "fringe/micrograph.h"
#include "io/code_point.h"

#define ANGSTROM_LETTER "\xc3\x85"     /* U+00C5 */
#define ANGSTROM_SIGN   "\xe2\x84\xab" /* U+212B */
#define ANGSTROM_PARTS  "A\xcc\x8a"    /* A and U+030A */
#define MICRO_SIGN      "\xc2\xb5"     /* U+00B5 */
#define MU_LETTER       "\xce\xbc"     /* U+03BC */

static const struct unit_row {
    const char *spelling;
    enum length_unit_kind kind;
    double nm;
} rows[] = {
    {"nm", LENGTH_UNIT_LENGTH, 1},
    {"nanometer", LENGTH_UNIT_LENGTH, 1},
    {"nanometers", LENGTH_UNIT_LENGTH, 1},
    {"nanometre", LENGTH_UNIT_LENGTH, 1},
    {"nanometres", LENGTH_UNIT_LENGTH, 1},
    {"pm", LENGTH_UNIT_LENGTH, 1e-3},
    {"picometer", LENGTH_UNIT_LENGTH, 1e-3},
    {"picometers", LENGTH_UNIT_LENGTH, 1e-3},
    {"picometre", LENGTH_UNIT_LENGTH, 1e-3},
    {"picometres", LENGTH_UNIT_LENGTH, 1e-3},
    {"A", LENGTH_UNIT_LENGTH, 0.1},
    {ANGSTROM_LETTER, LENGTH_UNIT_LENGTH, 0.1},
    {ANGSTROM_SIGN, LENGTH_UNIT_LENGTH, 0.1},
    {ANGSTROM_PARTS, LENGTH_UNIT_LENGTH, 0.1},
    {"angstrom", LENGTH_UNIT_LENGTH, 0.1},
    {"angstroms", LENGTH_UNIT_LENGTH, 0.1},
    {ANGSTROM_LETTER "ngstr\xc3\xb6m", LENGTH_UNIT_LENGTH, 0.1},
    {"um", LENGTH_UNIT_LENGTH, 1e3},
    {MICRO_SIGN "m", LENGTH_UNIT_LENGTH, 1e3},
    {MU_LETTER "m", LENGTH_UNIT_LENGTH, 1e3},
    {"micron", LENGTH_UNIT_LENGTH, 1e3},
    {"microns", LENGTH_UNIT_LENGTH, 1e3},
    {"micrometer", LENGTH_UNIT_LENGTH, 1e3},
    {"micrometers", LENGTH_UNIT_LENGTH, 1e3},
    {"micrometre", LENGTH_UNIT_LENGTH, 1e3},
    {"micrometres", LENGTH_UNIT_LENGTH, 1e3},
    {"mm", LENGTH_UNIT_LENGTH, 1e6},
    {"millimeter", LENGTH_UNIT_LENGTH, 1e6},
    {"millimeters", LENGTH_UNIT_LENGTH, 1e6},
    {"millimetre", LENGTH_UNIT_LENGTH, 1e6},
    {"millimetres", LENGTH_UNIT_LENGTH, 1e6},
    {"m", LENGTH_UNIT_LENGTH, 1e9},
    {"meter", LENGTH_UNIT_LENGTH, 1e9},
    {"meters", LENGTH_UNIT_LENGTH, 1e9},
    {"metre", LENGTH_UNIT_LENGTH, 1e9},
    {"metres", LENGTH_UNIT_LENGTH, 1e9},
    {"cm", LENGTH_UNIT_PRINT, 1e7},
    {"centimeter", LENGTH_UNIT_PRINT, 1e7},
    {"centimeters", LENGTH_UNIT_PRINT, 1e7},
    {"centimetre", LENGTH_UNIT_PRINT, 1e7},
    {"centimetres", LENGTH_UNIT_PRINT, 1e7},
    {"inch", LENGTH_UNIT_PRINT, 25.4e6},
    {"inches", LENGTH_UNIT_PRINT, 25.4e6},
    {"in", LENGTH_UNIT_PRINT, 25.4e6},
    {"", LENGTH_UNIT_NONE, 0},
    {"pixel", LENGTH_UNIT_NONE, 0},
    {"pixels", LENGTH_UNIT_NONE, 0},
    {"px", LENGTH_UNIT_NONE, 0},
};

static int is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == 0;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* Symbols count by case (mm is not Mm); words of four letters or more do not ("Pixel", "Angstrom"). */
static int is_spelling(const char *spelling, const char *unit, size_t length)
{
    if (strlen(spelling) != length) return 0;
    if (length < 4) return memcmp(spelling, unit, length) == 0;
    for (size_t i = 0; i < length; i++)
        if (lower(spelling[i]) != lower(unit[i])) return 0;
    return 1;
}

enum length_unit_kind length_unit_find(const char *unit, double *nm)
{
    while (*unit && is_blank(*unit)) unit++;
    size_t length = strlen(unit);
    while (length && is_blank(unit[length - 1])) length--;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (!is_spelling(rows[i].spelling, unit, length)) continue;
        *nm = rows[i].nm;
        return rows[i].kind;
    }
    return LENGTH_UNIT_UNKNOWN;
}

double fringe_micrograph_pixel_nm(double size, const char *unit)
{
    double nm = 0;
    enum length_unit_kind kind = length_unit_find(unit, &nm);
    if (kind != LENGTH_UNIT_PRINT && kind != LENGTH_UNIT_LENGTH) return 0;
    nm *= size;
    if (kind == LENGTH_UNIT_PRINT && nm > LENGTH_UNIT_PRINT_LIMIT_NM) return 0;
    return nm >= LENGTH_UNIT_SMALLEST_NM && nm <= LENGTH_UNIT_LARGEST_NM ? nm : 0;
}

/* The code point of ImageJ's escape "\u00B5", or -1. */
static long escaped(const char *text, size_t left)
{
    long code = 0;
    if (left < 6 || text[0] != '\\' || text[1] != 'u') return -1;
    for (size_t i = 2; i < 6; i++) {
        char c = lower(text[i]);
        int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
        if (digit < 0) return -1;
        code = 16 * code + digit;
    }
    return code >= 0x20 && (code < 0xD800 || code > 0xDFFF) ? code : -1; /* halves of a pair mean nothing */
}

void length_unit_copy(const char *text, size_t length, char *copy, size_t copy_bytes)
{
    size_t used = 0;
    while (length && is_blank(*text)) text++, length--;
    while (length && is_blank(text[length - 1])) length--;
    while (length) {
        char sign[4];
        uint32_t code;
        size_t taken = 6;
        long escape = escaped(text, length);
        if (escape >= 0)
            code = (uint32_t)escape;
        else if ((taken = code_point_decode(text, length, &code)) == 0)
            code = (unsigned char)text[0], taken = 1; /* Latin-1 */
        size_t made = code_point_encode(code, sign);
        if (used + made >= copy_bytes) break;
        memcpy(copy + used, sign, made);
        used += made;
        text += taken;
        length -= taken;
    }
    copy[used] = 0;
}
