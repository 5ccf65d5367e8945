#include "forest/forest_sort.h"

/* By bytes from the lowest to the highest, each pass stable: 4 passes whatever the count. Below FEW the
 * counting of 256 digits costs more than moving neighbours. */
enum { DIGITS = 256, PASSES = 4, FEW = 96 };

#define SORT(name, word, shift)                                                                              \
    static void name##_few(word *words, size_t count)                                                        \
    {                                                                                                        \
        for (size_t i = 1; i < count; i++) {                                                                 \
            word moved = words[i];                                                                           \
            size_t to = i;                                                                                   \
            for (; to > 0 && words[to - 1] >> (shift) > moved >> (shift); to--) words[to] = words[to - 1];   \
            words[to] = moved;                                                                               \
        }                                                                                                    \
    }                                                                                                        \
    void name(word *words, size_t count, word *spare)                                                        \
    {                                                                                                        \
        size_t starts[PASSES][DIGITS] = {{0}};                                                               \
        if (count < FEW) {                                                                                   \
            name##_few(words, count);                                                                        \
            return;                                                                                          \
        }                                                                                                    \
        for (size_t i = 0; i < count; i++)                                                                   \
            for (int pass = 0; pass < PASSES; pass++)                                                        \
                starts[pass][words[i] >> ((shift) + 8 * pass) & 0xff]++;                                     \
        for (int pass = 0; pass < PASSES; pass++) {                                                          \
            size_t before = 0;                                                                               \
            for (int digit = 0; digit < DIGITS; digit++) {                                                   \
                size_t here = starts[pass][digit];                                                           \
                starts[pass][digit] = before;                                                                \
                before += here;                                                                              \
            }                                                                                                \
            for (size_t i = 0; i < count; i++)                                                               \
                spare[starts[pass][words[i] >> ((shift) + 8 * pass) & 0xff]++] = words[i];                   \
            word *swapped = words;                                                                           \
            words = spare;                                                                                   \
            spare = swapped;                                                                                 \
        } /* an even number of passes: the result lies where it began */                                     \
    }

SORT(forest_sort_words, uint32_t, 0)
SORT(forest_sort_long, uint64_t, 32)
