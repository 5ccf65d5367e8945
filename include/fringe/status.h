/* status.h - how every Fringe function says that something went wrong.
 *
 * A fallible function returns a fringe_status and takes a caller-owned fringe_error as its last argument.
 * The status is for the program, the message for the person: it names the file, the field and both numbers
 * that disagree. There is no global error state and nothing is allocated on the failing path.
 */
#ifndef FRINGE_STATUS_H
#define FRINGE_STATUS_H

#if defined(_WIN32)
#define FRINGE_API __declspec(dllexport)
#elif defined(__GNUC__)
#define FRINGE_API __attribute__((visibility("default")))
#else
#define FRINGE_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* The one list of results: symbol, number, short name, what it means, class of the Java exception.
 * Numbers are part of the binary interface: they are never reused or renumbered. */
#define FRINGE_STATUS_LIST(X)                                                                                \
    X(FRINGE_OK, 0, "ok", "done", "")                                                                        \
    X(FRINGE_CANCELLED, 1, "cancelled", "the caller asked to stop", "FringeCancelledException")              \
    X(FRINGE_ARGUMENT, 2, "argument", "an argument is out of its range", "FringeArgumentException")          \
    X(FRINGE_MEMORY, 3, "memory", "memory could not be had", "FringeMemoryException")                        \
    X(FRINGE_FILE, 4, "file", "a file cannot be opened, read or written", "FringeFileException")             \
    X(FRINGE_FORMAT, 5, "format", "a file is damaged or of another format", "FringeFormatException")         \
    X(FRINGE_UNSUPPORTED, 6, "unsupported", "a valid file uses what Fringe lacks",                           \
      "FringeUnsupportedException")                                                                          \
    X(FRINGE_MODEL, 7, "model", "a model is damaged or does not fit", "FringeModelException")                \
    X(FRINGE_MISMATCH, 8, "mismatch", "a result differs from its reference", "FringeMismatchException")      \
    X(FRINGE_EXISTS, 9, "exists", "an output exists and may not be replaced", "FringeExistsException")       \
    X(FRINGE_LIBRARY, 10, "library", "a shared library is missing", "FringeLibraryException")

typedef enum fringe_status {
#define FRINGE_STATUS_ENUM(symbol, number, name, meaning, exception) symbol = number,
    FRINGE_STATUS_LIST(FRINGE_STATUS_ENUM)
#undef FRINGE_STATUS_ENUM
} fringe_status;

/* Bytes in an error message, the closing NUL included. Longer messages are cut. */
#define FRINGE_ERROR_BYTES 1024

/* A failure in words. Owned by the caller, who need not initialise it; written only when a call fails.
 * The message is UTF-8 without a trailing line end. Where a function takes a `fringe_error *`, NULL says
 * that the words are not wanted. One object must not be used by two threads at once. */
typedef struct fringe_error {
    fringe_status status;
    char message[FRINGE_ERROR_BYTES];
} fringe_error;

/* The short name of a status ("format"), or "unknown" for a number outside the list. Static text. */
FRINGE_API const char *fringe_status_name(fringe_status status);

/* What a status means in one clause ("a file is damaged or of another format"). Static text. */
FRINGE_API const char *fringe_status_meaning(fringe_status status);

/* The simple name of the Java exception class of a status; empty for FRINGE_OK. Static text. */
FRINGE_API const char *fringe_status_exception(fringe_status status);

#ifdef __cplusplus
}
#endif
#endif
