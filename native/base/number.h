/* number.h - numbers as text, the same under every locale.
 *
 * A host such as a JVM may set a locale in which printf writes 0,02 and strtod reads "0.02" as 0; everything
 * that Fringe reads or writes as text therefore goes through here. Any thread.
 */
#ifndef BASE_NUMBER_H
#define BASE_NUMBER_H

#include <stddef.h>
#include <stdint.h>

#define NUMBER_TEXT_BYTES 32

/* A double as text that a reader finds natural: `digits` significant digits (1 to 17; 17 reads back exactly),
 * no trailing zeros, "nan", "inf", "-inf" where it is none. Writes into text and returns it. */
char *number_text(double value, int digits, char text[NUMBER_TEXT_BYTES]);

/* The shortest text of at most 17 digits that reads back as the same double. */
char *number_text_exact(double value, char text[NUMBER_TEXT_BYTES]);

/* Reads a decimal number that starts at text and lies before end (end NULL: up to the NUL). Leading blanks
 * are not skipped; "nan" and "inf" are not numbers, nor is what a double cannot hold ("1e999"); what is too
 * small for one is 0. Returns the first byte behind the number, or NULL when none starts there, with *value
 * untouched. */
const char *number_parse(const char *text, const char *end, double *value);

/* Reads the whole of text as a number; 1 on success, 0 otherwise with *value untouched. */
int number_parse_all(const char *text, double *value);
int number_parse_integer(const char *text, int64_t *value);

#endif
