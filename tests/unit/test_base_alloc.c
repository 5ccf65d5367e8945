/* The one door to memory: zeroing, alignment, checked products, failures on demand. */
#include <criterion/criterion.h>
#include <stdint.h>
#include <string.h>

#include "base/alloc.h"

Test(alloc, array_is_zeroed)
{
    /* A block that was dirtied and given back is the likeliest one to come again. */
    unsigned char *dirty = alloc_array(1000, 1);
    memset(dirty, 0xff, 1000);
    alloc_free(dirty);
    unsigned char *bytes = alloc_array(10, 100);
    cr_assert_not_null(bytes);
    for (int i = 0; i < 1000; i++) cr_assert_eq(bytes[i], 0, "byte %d", i);
    alloc_free(bytes);
}

Test(alloc, aligned_is_aligned_at_every_size)
{
    for (size_t count = 0; count < 300; count += 7) {
        float *values = alloc_aligned(count, sizeof *values);
        cr_assert_not_null(values);
        cr_assert_eq((uintptr_t)values % ALLOC_ALIGNMENT, 0, "%zu floats", count);
        for (size_t i = 0; i < count; i++) values[i] = 1; /* for the sanitizer */
        alloc_free(values);
    }
}

Test(alloc, products_that_overflow_are_refused)
{
    const size_t half = SIZE_MAX / 2 + 1;
    cr_expect_null(alloc_array(half, 2));
    cr_expect_null(alloc_aligned(half, 2));
    cr_expect_null(alloc_aligned(SIZE_MAX, 1));
    char *block = alloc_array(4, 1);
    strcpy(block, "abc");
    cr_expect_null(alloc_resize(block, half, 2));
    cr_expect_str_eq(block, "abc"); /* as it was */
    alloc_free(block);
}

Test(alloc, resize_keeps_the_content)
{
    int *values = alloc_resize(NULL, 2, sizeof *values);
    values[0] = 1, values[1] = 2;
    values = alloc_resize(values, 1000, sizeof *values);
    cr_assert_eq(values[0], 1);
    cr_assert_eq(values[1], 2);
    values = alloc_resize(values, 0, sizeof *values);
    cr_assert_not_null(values);
    alloc_free(values);
}

Test(alloc, texts)
{
    char *copy = alloc_text("Å"), *part = alloc_text_part("abcdef", 3);
    cr_expect_str_eq(copy, "Å");
    cr_expect_str_eq(part, "abc");
    alloc_free(copy);
    alloc_free(part);
}

Test(alloc, fails_from_the_nth_on)
{
    alloc_fail_after(2);
    void *first = alloc_array(1, 1), *second = alloc_aligned(1, 1);
    cr_expect_not_null(first);
    cr_expect_not_null(second);
    cr_expect_null(alloc_array(1, 1));
    cr_expect_null(alloc_aligned(1, 1));
    cr_expect_null(alloc_resize(first, 2, 1));
    cr_expect_null(alloc_text("a"));
    alloc_fail_after(-1);
    void *third = alloc_array(1, 1);
    cr_expect_not_null(third);
    alloc_free(first);
    alloc_free(second);
    alloc_free(third);
}
