#include "base/failure.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct status_row {
    fringe_status status;
    const char *name, *meaning, *exception;
};

static const struct status_row *find_row(fringe_status status)
{
    static const struct status_row rows[] = {
#define ROW(symbol, number, name, meaning, exception) {symbol, name, meaning, exception},
        FRINGE_STATUS_LIST(ROW)
#undef ROW
    };
    static const struct status_row unknown = {FRINGE_OK, "unknown", "a status outside the list", ""};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].status == status) return &rows[i];
    return &unknown;
}

const char *fringe_status_name(fringe_status status)
{
    return find_row(status)->name;
}

const char *fringe_status_meaning(fringe_status status)
{
    return find_row(status)->meaning;
}

const char *fringe_status_exception(fringe_status status)
{
    return find_row(status)->exception;
}

fringe_status failure_set(fringe_error *error, fringe_status status, const char *format, ...)
{
    if (error) {
        va_list arguments;
        va_start(arguments, format);
        error->status = status;
        vsnprintf(error->message, sizeof error->message, format, arguments);
        va_end(arguments);
    }
    return status;
}

fringe_status failure_prefix(fringe_error *error, fringe_status status, const char *format, ...)
{
    if (!error) return status;
    char said[FRINGE_ERROR_BYTES];
    memcpy(said, error->message, sizeof said);
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(error->message, sizeof error->message, format, arguments);
    va_end(arguments);
    if (length >= 0 && (size_t)length < sizeof error->message)
        snprintf(error->message + length, sizeof error->message - (size_t)length, "%s", said);
    error->status = status;
    return status;
}

fringe_status failure_memory(fringe_error *error, const char *what, unsigned long long bytes)
{
    return failure_set(error, FRINGE_MEMORY, "%s: %llu bytes of memory could not be had", what, bytes);
}
