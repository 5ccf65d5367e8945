/* Wrong on purpose: a signed sum that overflows. Passes but for UndefinedBehaviorSanitizer. */
#include <criterion/criterion.h>
#include <limits.h>

Test(planted, undefined)
{
    volatile int most = INT_MAX;
    most = most + 1;
    cr_assert(most < 0);
}
