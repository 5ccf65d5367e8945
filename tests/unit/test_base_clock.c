/* Time for measuring and for people. */
#include <criterion/criterion.h>
#include <string.h>

#include "base/clock.h"

Test(clock, runs_forward_in_milliseconds)
{
    double start = clock_ms(), last = start;
    while (last < start + 5) {
        double now = clock_ms();
        cr_assert_geq(now, last);
        last = now;
    }
}

Test(clock, utc_is_iso_8601)
{
    char text[CLOCK_UTC_BYTES];
    clock_utc(text);
    cr_assert_eq(strlen(text), CLOCK_UTC_BYTES - 1);
    const char form[] = "0000-00-00T00:00:00Z";
    for (size_t i = 0; form[i]; i++)
        cr_assert(form[i] == '0' ? text[i] >= '0' && text[i] <= '9' : text[i] == form[i], "%s", text);
}
