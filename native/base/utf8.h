/* utf8.h - whether foreign bytes are text. */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stddef.h>

/* The number of bytes at the start of text that are well-formed UTF-8 (RFC 3629: no surrogates, nothing above
 * U+10FFFF, no overlong forms): `length` when all are. */
size_t utf8_valid_bytes(const char *text, size_t length);

#endif
