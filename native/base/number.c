#define _GNU_SOURCE /* newlocale, strtod_l */
#include "base/number.h"

#include <errno.h>
#include <locale.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static locale_t c_locale;
static pthread_once_t c_locale_once = PTHREAD_ONCE_INIT;

static void make_c_locale(void)
{
    c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
}

static locale_t plain_locale(void)
{
    pthread_once(&c_locale_once, make_c_locale);
    return c_locale;
}

char *number_text(double value, int digits, char text[NUMBER_TEXT_BYTES])
{
    locale_t before = uselocale(plain_locale()); /* of this thread alone */
    snprintf(text, NUMBER_TEXT_BYTES, "%.*g", digits, value);
    uselocale(before);
    return text;
}

char *number_text_exact(double value, char text[NUMBER_TEXT_BYTES])
{
    for (int digits = 6; digits < 17; digits++) {
        double back;
        if (number_parse_all(number_text(value, digits, text), &back) && back == value) return text;
    }
    return number_text(value, 17, text);
}

static int is_digit(char c)
{
    return c >= '0' && c <= '9';
}

const char *number_parse(const char *text, const char *end, double *value)
{
    /* The extent is found by our own grammar, so that neither hexadecimal nor "nan" slips through strtod; the
     * value is strtod's, correctly rounded. */
    if (!end) end = text + strlen(text);
    const char *p = text;
    if (p < end && (*p == '+' || *p == '-')) p++;
    size_t digits = 0;
    while (p < end && is_digit(*p)) p++, digits++;
    if (p < end && *p == '.') {
        p++;
        while (p < end && is_digit(*p)) p++, digits++;
    }
    if (digits == 0) return NULL;
    if (p < end && (*p == 'e' || *p == 'E')) {
        const char *q = p + 1;
        if (q < end && (*q == '+' || *q == '-')) q++;
        if (q < end && is_digit(*q)) {
            while (q < end && is_digit(*q)) q++;
            p = q;
        }
    }
    char copy[512];
    size_t length = (size_t)(p - text);
    if (length >= sizeof copy) return NULL;
    memcpy(copy, text, length);
    copy[length] = 0;
    double read = strtod_l(copy, NULL, plain_locale());
    if (!isfinite(read)) return NULL;
    *value = read;
    return p;
}

int number_parse_all(const char *text, double *value)
{
    double read;
    const char *end = number_parse(text, NULL, &read);
    if (!end || *end) return 0;
    *value = read;
    return 1;
}

int number_parse_integer(const char *text, int64_t *value)
{
    const char *digits = text + (*text == '-' || *text == '+');
    if (!is_digit(*digits)) return 0;
    char *end;
    errno = 0;
    long long read = strtoll(text, &end, 10); /* digits and a sign are the same in every locale */
    if (errno || *end) return 0;
    *value = read;
    return 1;
}
