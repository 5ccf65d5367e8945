/* forest_sort.h - floats in order, by their bits.
 *
 * A float's bits, with the sign turned, order as the numbers do, and whole numbers sort without comparing.
 * -0 and 0 get the same key. No NaN.
 */
#ifndef FOREST_FOREST_SORT_H
#define FOREST_FOREST_SORT_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

static inline uint32_t forest_sort_key(float value)
{
    uint32_t bits;
    value += 0.0f; /* -0 becomes 0 */
    memcpy(&bits, &value, sizeof bits);
    return bits & 0x80000000u ? ~bits : bits | 0x80000000u;
}

static inline float forest_sort_value(uint32_t key)
{
    uint32_t bits = key & 0x80000000u ? key & 0x7fffffffu : ~key;
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* Sorts `count` words, lowest first; `spare` has room for as many. */
void forest_sort_words(uint32_t *words, size_t count, uint32_t *spare);

/* The same for long words, by their upper halves; equal ones stay in their order. */
void forest_sort_long(uint64_t *words, size_t count, uint64_t *spare);

#endif
