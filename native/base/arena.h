/* arena.h - many small blocks that are given back all at once.
 *
 * For what a reader builds from a file: a tree or a graph, whose parts live and die together. An arena serves
 * one thread at a time; once built, what lies in it may be read by any number.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

struct arena;

/* An arena that hands out at most `limit_bytes` in all; NULL when memory is short. */
struct arena *arena_create(size_t limit_bytes);

/* Gives everything back; NULL is accepted. */
void arena_free(struct arena *arena);

/* count * size zeroed bytes, aligned to 16, that live as long as the arena. A zero product gives a block that
 * may not be read. NULL when the product overflows, the limit is reached or memory is short. */
void *arena_array(struct arena *arena, size_t count, size_t size);

/* A copy of the first `length` bytes of a text with a NUL behind, or NULL as above. */
char *arena_text(struct arena *arena, const char *text, size_t length);

/* 1 where a request was refused because of the limit, not for want of memory: the difference between a
 * hostile file and a small machine. */
int arena_exhausted(const struct arena *arena);

#endif
