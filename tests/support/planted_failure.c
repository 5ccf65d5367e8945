/* Wrong on purpose: an expectation that does not hold, beside one that does. */
#include <criterion/criterion.h>

Test(planted, holds)
{
    cr_expect(1);
}

Test(planted, failure)
{
    cr_expect_eq(1 + 1, 3);
}
