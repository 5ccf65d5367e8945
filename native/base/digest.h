/* digest.h - SHA-256 of bytes and files: how inputs and models are named in a provenance. */
#ifndef BASE_DIGEST_H
#define BASE_DIGEST_H

#include <stddef.h>

#include "fringe/status.h"

#define DIGEST_TEXT_BYTES 65 /* 64 lower-case hexadecimal digits and NUL */

/* The digest of `size` bytes. bytes may be NULL when size is 0. Any thread. */
void digest_bytes(const void *bytes, size_t size, char text[DIGEST_TEXT_BYTES]);

/* The digest of a file's content, read once in blocks. FRINGE_FILE where it cannot be read. Any thread. */
fringe_status digest_file(const char *path, char text[DIGEST_TEXT_BYTES], fringe_error *error);

#endif
