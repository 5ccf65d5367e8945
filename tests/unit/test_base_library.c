/* Shared libraries and the environment. That the library finds its own place is seen where it matters:
 * support/moved_install.sh. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "base/library.h"

Test(library, missing_library_is_named)
{
    void *library;
    fringe_error error;
    cr_assert_eq(library_open("libno-such-thing.so.9", (const char *const[]){NULL}, &library, &error),
                 FRINGE_LIBRARY);
    cr_expect_null(library);
    cr_expect(strstr(error.message, "libno-such-thing.so.9"), "%s", error.message);
}

Test(library, settings_are_put_back)
{
    void *library;
    setenv("FRINGE_TEST_KEPT", "mine", 1);
    unsetenv("FRINGE_TEST_ADDED");
    const char *const settings[] = {"FRINGE_TEST_KEPT", "theirs", "FRINGE_TEST_ADDED", "theirs", NULL};
    library_open("libno-such-thing.so.9", settings, &library, NULL);
    cr_expect_str_eq(getenv("FRINGE_TEST_KEPT"), "mine");
    cr_expect_null(getenv("FRINGE_TEST_ADDED"));
}

Test(library, empty_variable_counts_as_unset)
{
    setenv("FRINGE_TEST", "", 1);
    cr_expect_null(library_environment("FRINGE_TEST"));
    setenv("FRINGE_TEST", "a", 1);
    cr_expect_str_eq(library_environment("FRINGE_TEST"), "a");
}
