/* alloc.h - all memory that Fringe takes on its own behalf comes from here.
 *
 * One door, so that a test can make the n-th allocation fail and so that sizes are multiplied with a check.
 * Every function may be called from any thread. A failing call returns NULL and never ends the program.
 */
#ifndef BASE_ALLOC_H
#define BASE_ALLOC_H

#include <stddef.h>

#define ALLOC_ALIGNMENT 64 /* bytes: one cache line, one AVX-512 vector */

/* count * size bytes, zeroed, or NULL when the product overflows or memory is short. A zero product gives a
 * block that may be freed but not read. Freed by alloc_free. */
void *alloc_array(size_t count, size_t size);

/* Like alloc_array, but not zeroed and aligned to ALLOC_ALIGNMENT. Freed by alloc_free. */
void *alloc_aligned(size_t count, size_t size);

/* Changes a block of alloc_array's to count * size bytes, keeping its content; the added bytes are not
 * zeroed. NULL is accepted as a block. On failure NULL, and the old block stays as it was. */
void *alloc_resize(void *block, size_t count, size_t size);

/* Copies of a NUL-terminated text, or of its first `length` bytes with a NUL behind. */
char *alloc_text(const char *text);
char *alloc_text_part(const char *text, size_t length);

/* Gives a block back; NULL is accepted. */
void alloc_free(void *block);

/* For tests: after `count` further successful allocations every one fails; negative switches this off. */
void alloc_fail_after(long count);

#endif
