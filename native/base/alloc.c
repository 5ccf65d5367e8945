#include "base/alloc.h"

#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static atomic_long allowance = -1; /* allocations left before failure; negative: no limit */

static int refused(void)
{
    if (atomic_load_explicit(&allowance, memory_order_relaxed) < 0) return 0;
    /* Stays at zero once it is there, so that the failure does not wear off. */
    long left = atomic_fetch_sub(&allowance, 1);
    if (left > 0) return 0;
    atomic_store(&allowance, 0);
    return 1;
}

void alloc_fail_after(long count)
{
    atomic_store(&allowance, count);
}

void *alloc_array(size_t count, size_t size)
{
    if (refused()) return NULL;
    return calloc(count ? count : 1, size ? size : 1); /* calloc checks the product */
}

void *alloc_aligned(size_t count, size_t size)
{
    if (size && count > (SIZE_MAX - ALLOC_ALIGNMENT) / size) return NULL;
    if (refused()) return NULL;
    size_t bytes = count * size;
    bytes +=
        ALLOC_ALIGNMENT - bytes % ALLOC_ALIGNMENT; /* aligned_alloc wants a multiple; zero becomes one line */
    return aligned_alloc(ALLOC_ALIGNMENT, bytes);
}

void *alloc_resize(void *block, size_t count, size_t size)
{
    if (size && count > SIZE_MAX / size) return NULL;
    if (refused()) return NULL;
    size_t bytes = count * size;
    return realloc(block, bytes > 0 ? bytes : 1);
}

char *alloc_text_part(const char *text, size_t length)
{
    char *copy = alloc_array(length + 1, 1);
    if (copy) memcpy(copy, text, length);
    return copy;
}

char *alloc_text(const char *text)
{
    return alloc_text_part(text, strlen(text));
}

void alloc_free(void *block)
{
    free(block);
}
