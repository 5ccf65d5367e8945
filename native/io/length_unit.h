/* length_unit.h - units of length as ImageJ, microscopes and OME spell them. */
#ifndef IO_LENGTH_UNIT_H
#define IO_LENGTH_UNIT_H

#include <stddef.h>

enum length_unit_kind {
    LENGTH_UNIT_UNKNOWN, /* no spelling of ours */
    LENGTH_UNIT_NONE,    /* "pixel" in its spellings, or blank: not calibrated, and says so */
    LENGTH_UNIT_PRINT,   /* cm and inch: a length, but most often what a printer or scanner was told */
    LENGTH_UNIT_LENGTH   /* nm, pm, A, um, mm, m */
};

/* Pixels larger than this that a print unit gives are what a printer or scanner was told: 5080 dpi is beyond
 * what those claim (72, 96, 300, 4800), and an electron micrograph of that scale is beyond all microscopes.
 */
#define LENGTH_UNIT_PRINT_LIMIT_NM 5000.0
/* Above 1 mm no micrograph is, below 1e-6 nm no atom: such a pixel size is a mistake of the file's. */
#define LENGTH_UNIT_LARGEST_NM  1e6
#define LENGTH_UNIT_SMALLEST_NM 1e-6

/* What a unit's text means; for the last two *nm is its length in nanometres. UTF-8; blanks around it do not
 * matter. Angstrom and micro signs are taken in every code point. Any thread. */
enum length_unit_kind length_unit_find(const char *unit, double *nm);

/* Copies a unit as a file spells it, as valid UTF-8 without blanks around it, cut to fit: ImageJ's escape
 * "\u00B5" and Latin-1 bytes become the sign that they mean. Any thread. */
void length_unit_copy(const char *text, size_t length, char *copy, size_t copy_bytes);

#endif
