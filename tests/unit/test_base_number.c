/* Numbers as text: the same under every locale, exact where promised, strict about what a number is. */
#include <criterion/criterion.h>
#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/number.h"

Test(number, text_is_natural)
{
    char text[NUMBER_TEXT_BYTES];
    cr_assert_str_eq(number_text(0.02, 6, text), "0.02");
    cr_assert_str_eq(number_text(1.0 / 3, 3, text), "0.333");
    cr_assert_str_eq(number_text(-1500, 6, text), "-1500");
    cr_assert_str_eq(number_text(1e-9, 6, text), "1e-09");
    cr_assert_str_eq(number_text(NAN, 6, text), "nan");
    cr_assert_str_eq(number_text(INFINITY, 6, text), "inf");
    cr_assert_str_eq(number_text(-INFINITY, 6, text), "-inf");
}

Test(number, exact_text_reads_back_and_is_short)
{
    const double values[] = {0.1, 1.0 / 3, 0.0203125, DBL_MAX, DBL_MIN, 4.9e-324, -0.0, 123456789.123456789};
    char text[NUMBER_TEXT_BYTES];
    cr_assert_str_eq(number_text_exact(0.1, text), "0.1");
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        double back = 0;
        cr_assert(number_parse_all(number_text_exact(values[i], text), &back), "%s", text);
        cr_assert_eq(back, values[i], "%s reads back as %a, not %a", text, back, values[i]);
        cr_assert_eq(!signbit(back), !signbit(values[i]), "sign of %s", text);
    }
}

Test(number, parse_stops_at_what_is_no_number)
{
    double value = -1;
    const char text[] = "12.5nm";
    cr_assert_eq(number_parse(text, NULL, &value), text + 4);
    cr_assert_eq(value, 12.5);
    const char exponent[] = "3em"; /* an e without digits is not an exponent */
    cr_assert_eq(number_parse(exponent, NULL, &value), exponent + 1);
    cr_assert_eq(value, 3);
    const char cut[] = "1234";
    cr_assert_eq(number_parse(cut, cut + 2, &value), cut + 2);
    cr_assert_eq(value, 12);
    const char point[] = ".5e1";
    cr_assert_eq(number_parse(point, NULL, &value), point + 4);
    cr_assert_eq(value, 5);
}

Test(number, parse_refuses)
{
    const char *const bad[] = {"",  " 1", "nan", "inf",  "-inf", "0x10",  ".",
                               "-", "e5", "1,5", "1.5 ", "1e",   "1e999", "-1e999"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        double value = 42;
        cr_assert_not(number_parse_all(bad[i], &value), "'%s' was taken as %a", bad[i], value);
        cr_assert_eq(value, 42, "'%s' changed the value", bad[i]);
    }
}

Test(number, parse_bounds_its_copy)
{
    /* Longer than the copy that the conversion works on: refused, not cut. */
    char text[4096];
    for (size_t i = 0; i < sizeof text - 1; i++) text[i] = '1';
    text[sizeof text - 1] = 0;
    double value = 42;
    cr_assert_null(number_parse(text, NULL, &value));
    cr_assert_eq(value, 42);
}

Test(number, integers)
{
    int64_t value = 7;
    cr_assert(number_parse_integer("-9223372036854775808", &value));
    cr_assert_eq(value, INT64_MIN);
    cr_assert(number_parse_integer("+12", &value));
    cr_assert_eq(value, 12);
    const char *const bad[] = {"", "-", "1.0", "9223372036854775808", "12x", " 1", "0x1"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        value = 42;
        cr_assert_not(number_parse_integer(bad[i], &value), "'%s'", bad[i]);
        cr_assert_eq(value, 42, "'%s' changed the value", bad[i]);
    }
}

/* Sets a locale with a decimal comma. A fresh machine has none, so one is compiled into a folder of its own
 * where the sources are (package `locales`). */
static int set_comma_locale(void)
{
    const char *const names[] = {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "nl_NL.UTF-8"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (setlocale(LC_ALL, names[i]) && *localeconv()->decimal_point == ',') return 1;
    char folder[] = "/tmp/fringe-locale-XXXXXX", command[256];
    if (!mkdtemp(folder)) return 0;
    snprintf(command, sizeof command, "localedef -i de_DE -f UTF-8 %s/de_DE.UTF-8 >/dev/null 2>&1", folder);
    int made = system(command) == 0;
    setenv("LOCPATH", folder, 1);
    made = made && setlocale(LC_ALL, "de_DE.UTF-8") && *localeconv()->decimal_point == ',';
    snprintf(command, sizeof command, "rm -r %s", folder);
    if (system(command) != 0) return 0;
    return made;
}

Test(number, decimal_comma_of_the_locale_changes_nothing)
{
    if (!set_comma_locale()) cr_skip_test("no locale with a decimal comma (Debian: package locales)");
    char text[NUMBER_TEXT_BYTES];
    snprintf(text, sizeof text, "%.2f", 0.02);
    cr_assert_str_eq(text, "0,02", "the locale is not in force");
    cr_assert_str_eq(number_text(0.02, 6, text), "0.02");
    double value = 0;
    cr_assert(number_parse_all("0.02", &value));
    cr_assert_eq(value, 0.02);
    snprintf(text, sizeof text, "%.2f", 0.02);
    cr_assert_str_eq(text, "0,02", "number_text left another locale behind");
}
