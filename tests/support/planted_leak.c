/* Wrong on purpose: memory that nobody frees. Passes but for LeakSanitizer. */
#include <criterion/criterion.h>
#include <stdlib.h>

Test(planted, leak)
{
    char *volatile block = malloc(10); /* volatile, or the compiler does without the block */
    cr_assert(block != NULL);
    block = NULL;
}
