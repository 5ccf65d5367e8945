/* What a program sees of the shared library: statuses and notices. */
#include <criterion/criterion.h>
#include <string.h>

#include "fringe/fringe.h"

/* The numbers are part of the binary interface: spelt out here so that a renumbering is a diff in a test. */
Test(public_status, numbers_and_names_never_change)
{
    const struct {
        int number;
        const char *name;
    } known[] = {{0, "ok"},       {1, "cancelled"}, {2, "argument"},    {3, "memory"},
                 {4, "file"},     {5, "format"},    {6, "unsupported"}, {7, "model"},
                 {8, "mismatch"}, {9, "exists"},    {10, "library"}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        fringe_status status = (fringe_status)known[i].number;
        cr_expect_str_eq(fringe_status_name(status), known[i].name);
        cr_expect_gt(strlen(fringe_status_meaning(status)), 3);
        cr_expect_eq(strlen(fringe_status_exception(status)) > 0, status != FRINGE_OK);
    }
    cr_expect_str_eq(fringe_status_name((fringe_status)11), "unknown");
}

Test(public_status, notices_have_names_of_their_own)
{
    const char *const names[] = {
#define NAME(symbol, name) fringe_notice_name(symbol),
        FRINGE_NOTICE_LIST(NAME)
#undef NAME
    };
    const size_t count = sizeof names / sizeof *names;
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < i; j++) cr_expect_str_neq(names[i], names[j]);
    cr_expect_str_eq(fringe_notice_name((fringe_notice)count), "unknown");
}
