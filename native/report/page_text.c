#include "report/page_text.h"

#include <math.h>
#include <string.h>

#include "base/number.h"
#include "base/utf8.h"

void page_text_put(FILE *stream, const char *text)
{
    size_t length = strlen(text);
    while (length > 0) {
        size_t valid = utf8_valid_bytes(text, length);
        for (size_t i = 0; i < valid; i++) {
            switch (text[i]) {
            case '&':
                fputs("&amp;", stream);
                break;
            case '<':
                fputs("&lt;", stream);
                break;
            case '>':
                fputs("&gt;", stream);
                break;
            case '"':
                fputs("&quot;", stream);
                break;
            default:
                fputc((unsigned char)text[i] < ' ' ? ' ' : text[i], stream);
            }
        }
        text += valid;
        length -= valid;
        if (length == 0) break;
        fputs("&#xFFFD;", stream); /* one byte that is no text */
        text++;
        length--;
    }
}

void page_text_number(FILE *stream, double value, int digits)
{
    char text[NUMBER_TEXT_BYTES];
    fputs(isfinite(value) ? number_text(value, digits, text) : "&ndash;", stream);
}

void page_text_interval(FILE *stream, double value, double low, double high, int digits)
{
    page_text_number(stream, value, digits);
    if (!isfinite(low) || !isfinite(high)) return;
    fputs(" <small>", stream);
    page_text_number(stream, low, digits);
    fputs(" to ", stream);
    page_text_number(stream, high, digits);
    fputs("</small>", stream);
}

/* To a tenth of a per cent. */
static double percent(double share)
{
    return round(share * 1000) / 10;
}

void page_text_share(FILE *stream, double value, double low, double high)
{
    page_text_number(stream, percent(value), 4);
    if (!isfinite(value)) return;
    fputs(" % <small>", stream);
    page_text_number(stream, percent(low), 4);
    fputs(" to ", stream);
    page_text_number(stream, percent(high), 4);
    fputs("</small>", stream);
}

void page_text_p(FILE *stream, double p)
{
    static const double least = 1e-4;
    if (p < least) {
        fputs("p &lt; 0.0001", stream);
        return;
    }
    fputs("p = ", stream);
    page_text_number(stream, p, 2);
}

void page_text_base64(FILE *stream, const unsigned char *bytes, size_t size)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < size; i += 3) {
        unsigned long group = (unsigned long)bytes[i] << 16;
        if (i + 1 < size) group |= (unsigned long)bytes[i + 1] << 8;
        if (i + 2 < size) group |= bytes[i + 2];
        fputc(digits[group >> 18], stream);
        fputc(digits[group >> 12 & 63], stream);
        fputc(i + 1 < size ? digits[group >> 6 & 63] : '=', stream);
        fputc(i + 2 < size ? digits[group & 63] : '=', stream);
    }
}
