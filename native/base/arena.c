#include "base/arena.h"

#include <stdint.h>
#include <string.h>

#include "base/alloc.h"

enum { ARENA_ALIGNMENT = 16, ARENA_BLOCK_BYTES = 1 << 15 };

/* Blocks stand in a chain, the one being filled in front. What is asked for in one piece larger than a block
 * gets a block of its own. */
struct arena_block {
    struct arena_block *next;
    size_t used, capacity; /* bytes behind this header */
    _Alignas(ARENA_ALIGNMENT) unsigned char bytes[];
};

struct arena {
    struct arena_block *blocks;
    size_t left_bytes; /* of the limit */
    int exhausted;
};

struct arena *arena_create(size_t limit_bytes)
{
    struct arena *arena = alloc_array(1, sizeof *arena);
    if (arena) arena->left_bytes = limit_bytes;
    return arena;
}

void arena_free(struct arena *arena)
{
    if (!arena) return;
    while (arena->blocks) {
        struct arena_block *block = arena->blocks;
        arena->blocks = block->next;
        alloc_free(block);
    }
    alloc_free(arena);
}

static struct arena_block *add_block(struct arena *arena, size_t bytes)
{
    size_t capacity = bytes > ARENA_BLOCK_BYTES ? bytes : ARENA_BLOCK_BYTES;
    struct arena_block *block = alloc_array(sizeof *block + capacity, 1);
    if (!block) return NULL;
    block->capacity = capacity;
    /* A large piece goes behind the block that still has room. */
    if (arena->blocks && bytes > ARENA_BLOCK_BYTES) {
        block->next = arena->blocks->next;
        arena->blocks->next = block;
    } else {
        block->next = arena->blocks;
        arena->blocks = block;
    }
    return block;
}

void *arena_array(struct arena *arena, size_t count, size_t size)
{
    size_t bytes = size && count > (SIZE_MAX / 2) / size ? SIZE_MAX : count * size;
    if (bytes > arena->left_bytes || bytes > SIZE_MAX / 2) {
        arena->exhausted = 1;
        return NULL;
    }
    bytes += (ARENA_ALIGNMENT - bytes % ARENA_ALIGNMENT) % ARENA_ALIGNMENT;
    if (bytes == 0) bytes = ARENA_ALIGNMENT;
    struct arena_block *block = arena->blocks;
    if (!block || bytes > block->capacity - block->used) block = add_block(arena, bytes);
    if (!block) return NULL;
    void *piece = block->bytes + block->used;
    block->used += bytes;
    arena->left_bytes -= bytes < arena->left_bytes ? bytes : arena->left_bytes;
    return piece;
}

char *arena_text(struct arena *arena, const char *text, size_t length)
{
    char *copy = arena_array(arena, length + 1, 1);
    if (copy && length > 0) memcpy(copy, text, length);
    return copy;
}

int arena_exhausted(const struct arena *arena)
{
    return arena->exhausted;
}
