/* failure.h - fills in a caller's fringe_error.
 *
 * Numbers with a fraction go into messages through number_text (base/number.h), never through %f or %g: the
 * host's locale must not turn 0.02 into 0,02.
 */
#ifndef BASE_FAILURE_H
#define BASE_FAILURE_H

#include "fringe/status.h"

/* Writes status and message where error is not NULL, and returns the status: `return failure_set(error,
 * ...)`. */
__attribute__((format(printf, 3, 4))) fringe_status failure_set(fringe_error *error, fringe_status status,
                                                                const char *format, ...);

/* Puts words before a message that is already there ("pores.tif: " and what the reader said). Returns the
 * message's own status. error may be NULL, then `status` comes back. */
__attribute__((format(printf, 3, 4))) fringe_status failure_prefix(fringe_error *error, fringe_status status,
                                                                   const char *format, ...);

/* FRINGE_MEMORY with what the memory was for and how much was asked. */
fringe_status failure_memory(fringe_error *error, const char *what, unsigned long long bytes);

#endif
