/* Wrong on purpose: memory that nobody frees. Passes but for LeakSanitizer. */
#include <criterion/criterion.h>
#include <stdlib.h>

Test(planted, leak)
{
    volatile char *block = malloc(10);
    cr_assert(block != NULL);
    block = NULL;
}
