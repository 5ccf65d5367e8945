/* run.h - what accompanies a long call: threads, progress, notices, cancel.
 *
 * One fringe_run serves one long call at a time, from whichever thread makes the call. Callbacks come on the
 * calling thread only, never on a worker. fringe_run_cancel alone may be called from any other thread or from
 * a signal handler while the call runs. Where a function takes a `const fringe_run *`, NULL means: every
 * processor, no progress, no notices, no cancel. Results do not depend on the number of threads.
 */
#ifndef FRINGE_RUN_H
#define FRINGE_RUN_H

#include <stdint.h>

#include "fringe/status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct fringe_run fringe_run;

/* What a notice is about. The short name is what `--json`, provenance and Java show; names are never changed.
 */
#define FRINGE_NOTICE_LIST(X)                                                                                \
    X(FRINGE_NOTICE_FORMAT_NAME, "format_name")     /* the file's name and content disagree */               \
    X(FRINGE_NOTICE_COLOUR, "colour")               /* colour was read as luminance */                       \
    X(FRINGE_NOTICE_CALIBRATION, "calibration")     /* a pixel size is missing, odd or overridden */         \
    X(FRINGE_NOTICE_ANISOTROPIC, "anisotropic")     /* X and Y pixel sizes differ */                         \
    X(FRINGE_NOTICE_DATA_BAR, "data_bar")           /* a burnt-in bar was excluded */                        \
    X(FRINGE_NOTICE_NON_FINITE, "non_finite")       /* NaN or infinite pixels were left out */               \
    X(FRINGE_NOTICE_CONSTANT, "constant")           /* all pixels are equal: the mask is empty */            \
    X(FRINGE_NOTICE_NORMALIZATION, "normalization") /* the preparation was assumed */                        \
    X(FRINGE_NOTICE_OUT_OF_RANGE, "out_of_range")   /* outside what the model was trained for */             \
    X(FRINGE_NOTICE_PADDED, "padded")               /* the image was padded for the network */               \
    X(FRINGE_NOTICE_SIZE_FREED, "size_freed")       /* a fixed input size of the model was freed */          \
    X(FRINGE_NOTICE_TILED, "tiled")                 /* the image was cut into tiles */                       \
    X(FRINGE_NOTICE_NOT_STREAMED, "not_streamed")   /* the graph needs the whole image at once */            \
    X(FRINGE_NOTICE_MODEL, "model")                 /* something odd about the model package */              \
    X(FRINGE_NOTICE_OWN_OUTPUT, "own_output")       /* an input that Fringe wrote was passed over */         \
    X(FRINGE_NOTICE_SKIPPED, "skipped")             /* the same result is already there */                   \
    X(FRINGE_NOTICE_READER, "reader")               /* the image library warned */                           \
    X(FRINGE_NOTICE_INPUT, "input")                 /* something odd about an input or their list */

typedef enum fringe_notice {
#define FRINGE_NOTICE_ENUM(symbol, name) symbol,
    FRINGE_NOTICE_LIST(FRINGE_NOTICE_ENUM)
#undef FRINGE_NOTICE_ENUM
} fringe_notice;

/* The short name of a notice, "unknown" outside the list. Static text; any thread. */
FRINGE_API const char *fringe_notice_name(fringe_notice notice);

/* Progress of the current call: `done` of `total` units of work (rows times cost; only the ratio means
 * anything). Never decreases within one call; the last call has done == total. */
typedef void fringe_progress_callback(void *user, int64_t done, int64_t total);

/* A warning. `text` is one UTF-8 sentence, valid during the callback only. */
typedef void fringe_notice_callback(void *user, fringe_notice notice, const char *text);

/* Makes a run with `threads` workers in all, the calling thread among them; 0 takes one per processor that
 * this process may use. 1 to 1024, else FRINGE_ARGUMENT. On success *run is owned by the caller, who frees it
 * with fringe_run_free; on failure *run is NULL. */
FRINGE_API fringe_status fringe_run_create(int threads, fringe_run **run, fringe_error *error);

/* Ends the run's threads. Not while a call uses it. NULL is accepted. */
FRINGE_API void fringe_run_free(fringe_run *run);

/* Sets who hears of progress or notices; NULL for nobody. Not while a call uses the run. `user` is handed
 * through and must live as long as the run may call. */
FRINGE_API void fringe_run_set_progress(fringe_run *run, fringe_progress_callback *callback, void *user);
FRINGE_API void fringe_run_set_notice(fringe_run *run, fringe_notice_callback *callback, void *user);

/* Asks the current call, and every later one with this run, to stop: it starts no further block of rows and
 * returns FRINGE_CANCELLED with its outputs removed. Any thread, any signal handler. */
FRINGE_API void fringe_run_cancel(fringe_run *run);

/* Whether fringe_run_cancel was called: 1 or 0. NULL gives 0. */
FRINGE_API int fringe_run_cancelled(const fringe_run *run);

/* The number of workers, the calling thread among them. NULL gives the number for a NULL run. */
FRINGE_API int fringe_run_threads(const fringe_run *run);

#ifdef __cplusplus
}
#endif
#endif
