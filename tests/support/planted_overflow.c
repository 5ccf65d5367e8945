/* Wrong on purpose: a read behind the end of a block. Passes but for AddressSanitizer. */
#include <criterion/criterion.h>
#include <stdlib.h>

Test(planted, overflow)
{
    volatile char *block = calloc(16, 1);
    volatile size_t end = 16;
    (void)block[end];
    free((void *)block);
}
