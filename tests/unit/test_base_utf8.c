/* Well-formed UTF-8 by RFC 3629: the edges of its table. */
#include <criterion/criterion.h>
#include <string.h>

#include "base/utf8.h"

Test(utf8, well_formed_is_taken_whole)
{
    const char *const texts[] = {"",
                                 "abc",
                                 "\x7f",
                                 "\xc2\x80",
                                 "\xdf\xbf",
                                 "\xe0\xa0\x80",
                                 "\xed\x9f\xbf",
                                 "\xee\x80\x80",
                                 "\xf0\x90\x80\x80",
                                 "\xf4\x8f\xbf\xbf",
                                 "Å µm \xf0\x9f\x94\xac"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        cr_expect_eq(utf8_valid_bytes(texts[i], strlen(texts[i])), strlen(texts[i]), "text %zu", i);
}

Test(utf8, ill_formed_ends_the_text)
{
    const char *const texts[] = {"ab\x80",             /* a continuation alone */
                                 "ab\xc0\xaf",         /* overlong */
                                 "ab\xc1\xbf",         /* overlong */
                                 "ab\xe0\x9f\xbf",     /* overlong */
                                 "ab\xf0\x8f\xbf\xbf", /* overlong */
                                 "ab\xed\xa0\x80",     /* a surrogate */
                                 "ab\xf4\x90\x80\x80", /* above U+10FFFF */
                                 "ab\xf5\x80\x80\x80",
                                 "ab\xff",
                                 "ab\xc3(",
                                 "ab\xe2\x82(",
                                 "ab\xf0\x9f\x94("};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        cr_expect_eq(utf8_valid_bytes(texts[i], strlen(texts[i])), 2, "text %zu", i);
}

Test(utf8, cut_sequences_are_not_read_over)
{
    const char whole[] = "\xf0\x9f\x94\xac";
    for (size_t length = 0; length < 4; length++)
        cr_expect_eq(utf8_valid_bytes(whole, length), 0, "%zu bytes", length);
}
