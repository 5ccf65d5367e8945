/* page_text.h - pieces of HTML: texts of others made harmless, numbers for people, pictures.
 *
 * Everything goes to a stream of the caller's, whose failures stay in it.
 */
#ifndef REPORT_PAGE_TEXT_H
#define REPORT_PAGE_TEXT_H

#include <stddef.h>
#include <stdio.h>

/* A text that may hold anything, a file's name for instance: no markup, and UTF-8 in any case. */
void page_text_put(FILE *stream, const char *text);

/* A number with `digits` significant digits; a dash where there is none. */
void page_text_number(FILE *stream, double value, int digits);

/* "4.21 <small>4.10 to 4.33</small>", without the interval where there is none. */
void page_text_interval(FILE *stream, double value, double low, double high, int digits);

/* The same in per cent, of shares. */
void page_text_share(FILE *stream, double value, double low, double high);

/* "p = 0.012", "p < 0.0001". */
void page_text_p(FILE *stream, double p);

/* Bytes in base64. */
void page_text_base64(FILE *stream, const unsigned char *bytes, size_t size);

#endif
