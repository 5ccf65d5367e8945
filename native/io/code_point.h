/* code_point.h - single code points to UTF-8 and back. */
#ifndef IO_CODE_POINT_H
#define IO_CODE_POINT_H

#include <stddef.h>
#include <stdint.h>

/* Reads one code point from the beginning of `length` bytes; returns the bytes that it takes, or 0 where they
 * are no UTF-8 (overlong forms and halves of surrogate pairs are none). Any thread. */
size_t code_point_decode(const char *text, size_t length, uint32_t *code);

/* Writes a code point up to 0x10FFFF and returns its bytes, 1 to 4. Any thread. */
size_t code_point_encode(uint32_t code, char bytes[4]);

#endif
