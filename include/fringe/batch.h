/* batch.h - a model applied to many files: outputs, skipping, overwriting, resuming.
 *
 * Beside each input (or under output_directory, which mirrors subfolders) a batch writes `<stem>-mask.tif`,
 * `<stem>-classes.tif` or `<stem>-output.tif`, on request `<stem>-probability.tif` and `<stem>-overlay.png`,
 * and last `<stem>-fringe.json`, the provenance. Every file is complete or absent. An input whose provenance
 * has the same input hash, model hash and parameters is skipped; with others it is refused unless `overwrite`
 * is set. An input that fails is reported and the others go on.
 */
#ifndef FRINGE_BATCH_H
#define FRINGE_BATCH_H

#include <stddef.h>
#include <stdint.h>

#include "fringe/run.h"
#include "fringe/segment.h"
#include "fringe/status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct fringe_batch_options {
    fringe_segment_options segment;
    const char *output_directory; /* NULL: beside the input */
    int probability;              /* 1: write the probability map */
    int overlay;                  /* 1: write the overlay */
    int overwrite;                /* 1: replace results made from other inputs, models or parameters */
    int recursive;                /* 1: go into subfolders of a folder */
} fringe_batch_options;

/* The defaults: those of fringe_segment_options_init, results beside the inputs, all else off. */
FRINGE_API void fringe_batch_options_init(fringe_batch_options *options);

/* What became of one input. Texts are valid during the callback only. */
typedef struct fringe_batch_item {
    const char *input;
    fringe_status status;       /* FRINGE_OK also for a skipped input */
    int skipped;                /* 1: the same result was there already */
    const char *message;        /* the error in words; "" when there is none */
    const char *const *outputs; /* paths written (or found, when skipped) */
    size_t output_count;
    const char *const *notices; /* "name: text" of each notice, in order */
    size_t notice_count;
} fringe_batch_item;

typedef void fringe_batch_callback(void *user, const fringe_batch_item *item);

typedef struct fringe_batch_summary {
    int64_t done_count, skipped_count, failed_count;
} fringe_batch_summary;

/* Segments files and the images in folders, in the order given (a folder's in order of name). Files that
 * Fringe wrote are passed over with a notice. The callback (may be NULL) hears of every input once, on the
 * calling thread. `summary` may be NULL. Returns FRINGE_OK when the batch came to its end, whatever became of
 * single inputs; FRINGE_ARGUMENT before any work when two inputs would have the same outputs or nothing is to
 * be done; FRINGE_CANCELLED. */
FRINGE_API fringe_status fringe_batch_segment(const fringe_model *model, const char *const *paths,
                                              size_t path_count, const fringe_batch_options *options,
                                              const fringe_run *run, fringe_batch_callback *callback,
                                              void *user, fringe_batch_summary *summary, fringe_error *error);

#ifdef __cplusplus
}
#endif
#endif
