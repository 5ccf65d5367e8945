/* Failures in words. */
#include <criterion/criterion.h>
#include <string.h>

#include "base/failure.h"

Test(failure, message_and_status_are_set)
{
    fringe_error error;
    cr_expect_eq(failure_set(&error, FRINGE_FORMAT, "height %d, not %d", 513, 512), FRINGE_FORMAT);
    cr_expect_eq(error.status, FRINGE_FORMAT);
    cr_expect_str_eq(error.message, "height 513, not 512");
    cr_expect_eq(failure_set(NULL, FRINGE_FILE, "unheard"), FRINGE_FILE);
    cr_expect_eq(failure_memory(&error, "band", 4096), FRINGE_MEMORY);
    cr_expect(strstr(error.message, "band") && strstr(error.message, "4096"), "%s", error.message);
}

Test(failure, long_messages_are_cut_and_closed)
{
    struct {
        fringe_error error;
        char guard[8];
    } held;
    char longer[2 * FRINGE_ERROR_BYTES];
    memset(held.guard, 'g', sizeof held.guard);
    memset(longer, 'x', sizeof longer - 1);
    longer[sizeof longer - 1] = 0;
    failure_set(&held.error, FRINGE_FILE, "%s", longer);
    cr_expect_eq(strlen(held.error.message), FRINGE_ERROR_BYTES - 1);
    failure_prefix(&held.error, FRINGE_FILE, "%s", longer);
    cr_expect_eq(strlen(held.error.message), FRINGE_ERROR_BYTES - 1);
    for (size_t i = 0; i < sizeof held.guard; i++) cr_expect_eq(held.guard[i], 'g');
}

Test(failure, prefix_comes_in_front)
{
    fringe_error error;
    failure_set(&error, FRINGE_FORMAT, "width is 0");
    cr_expect_eq(failure_prefix(&error, FRINGE_FORMAT, "%s: ", "a.tif"), FRINGE_FORMAT);
    cr_expect_str_eq(error.message, "a.tif: width is 0");
    cr_expect_eq(failure_prefix(NULL, FRINGE_FILE, "unheard"), FRINGE_FILE);
}
