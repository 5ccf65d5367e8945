/* Arenas: zeroed, aligned, bounded. */
#include <criterion/criterion.h>
#include <stdint.h>
#include <string.h>

#include "base/alloc.h"
#include "base/arena.h"

Test(arena, blocks_are_zeroed_aligned_and_apart)
{
    struct arena *arena = arena_create(1 << 20);
    unsigned char *blocks[100];
    for (size_t i = 0; i < 100; i++) {
        blocks[i] = arena_array(arena, i * 13, 1);
        cr_assert_not_null(blocks[i]);
        cr_assert_eq((uintptr_t)blocks[i] % 16, 0, "block %zu", i);
        for (size_t j = 0; j < i * 13; j++) cr_assert_eq(blocks[i][j], 0, "block %zu, byte %zu", i, j);
        memset(blocks[i], (int)i, i * 13);
    }
    for (size_t i = 0; i < 100; i++)
        for (size_t j = 0; j < i * 13; j++) cr_assert_eq(blocks[i][j], i, "block %zu was overwritten", i);
    arena_free(arena);
}

Test(arena, a_block_larger_than_any_before)
{
    struct arena *arena = arena_create((size_t)64 << 20);
    char *text = arena_text(arena, "abcdef", 3);
    char *large = arena_array(arena, 1 << 20, 32);
    cr_assert_not_null(large);
    large[((size_t)32 << 20) - 1] = 1;
    cr_assert_str_eq(text, "abc");
    arena_free(arena);
}

Test(arena, limit_is_kept_and_told_from_want_of_memory)
{
    struct arena *arena = arena_create(1000);
    cr_assert_not_null(arena_array(arena, 500, 1));
    cr_expect_not(arena_exhausted(arena));
    cr_expect_null(arena_array(arena, 1000, 1));
    cr_expect(arena_exhausted(arena));
    arena_free(arena);
    arena = arena_create((size_t)1 << 40);
    alloc_fail_after(0);
    cr_expect_null(arena_array(arena, 1 << 20, 1));
    alloc_fail_after(-1);
    cr_expect_not(arena_exhausted(arena), "a shortage was taken for the limit");
    arena_free(arena);
    arena_free(NULL);
}

Test(arena, products_that_overflow_are_refused)
{
    struct arena *arena = arena_create(SIZE_MAX);
    cr_expect_null(arena_array(arena, SIZE_MAX / 2 + 1, 2));
    cr_expect_null(arena_array(arena, SIZE_MAX, 1));
    arena_free(arena);
}
