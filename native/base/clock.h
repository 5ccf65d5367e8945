/* clock.h - time for measuring and time for people. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stddef.h>

/* Milliseconds since some fixed moment; never runs backwards. Any thread. */
double clock_ms(void);

#define CLOCK_UTC_BYTES 21 /* "2026-01-31T12:00:00Z" and NUL */

/* The time now in UTC as ISO 8601, to the second, into `text` of CLOCK_UTC_BYTES bytes. Any thread. */
void clock_utc(char text[CLOCK_UTC_BYTES]);

#endif
