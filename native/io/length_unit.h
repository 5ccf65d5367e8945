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

/* What a unit's text means; for the last two *nm is its length in nanometres. UTF-8; blanks around it do not
 * matter. Angstrom and micro signs are taken in every code point. Any thread. */
enum length_unit_kind length_unit_find(const char *unit, double *nm);

/* Copies a unit as a file spells it, as valid UTF-8 without blanks around it, cut to fit: ImageJ's escape
 * "\u00B5" and Latin-1 bytes become the sign that they mean. Any thread. */
void length_unit_copy(const char *text, size_t length, char *copy, size_t copy_bytes);

#endif
