/* batch_journal.h - how far a stack has come, so that a batch that was killed goes on where it was.
 *
 * While a stack is worked on, `<stem>-fringe.json.part` lies beside its unfinished results. Its first line
 * says what they are made from, and each further line is a checkpoint: how many slices are whole on the disk,
 * and what was counted and said in them. Lines are whole or do not count. The next run with the same origin
 * goes on behind the last checkpoint, any other begins anew and removes what it finds. Checkpoints are a
 * second apart or more, because bringing results to the disk takes time that is better spent on slices.
 */
#ifndef ANALYZE_BATCH_JOURNAL_H
#define ANALYZE_BATCH_JOURNAL_H

#include <stddef.h>
#include <stdint.h>

#include "analyze/batch_texts.h"
#include "base/digest.h"
#include "base/file.h"
#include "fringe/status.h"

/* What is known of the slices up to a checkpoint. */
struct batch_checkpoint {
    int32_t slices;
    int64_t non_finite_count;
    int64_t *counts; /* count_count numbers of pixels, as in the provenance */
    size_t count_count;
    struct batch_texts notices; /* "name: text" of each */
};

struct batch_journal {
    struct file_writer file; /* empty where nothing is kept: inputs of one slice */
    char origin[DIGEST_TEXT_BYTES];
    int64_t origin_bytes, bytes; /* of the first line, of all whole lines */
    double kept_ms;              /* the time of the last checkpoint, or of the beginning */
    size_t notices_kept;         /* how many notices its lines hold */
    struct batch_checkpoint last;
};

/* Begins the journal of the provenance at `path`, or takes up one with this origin: then journal->last tells
 * where to go on; else its slices are 0. FRINGE_FILE where it cannot be written, or where another program is
 * at work on these results. Ended by batch_journal_remove or batch_journal_keep, also after a failure. */
fringe_status batch_journal_begin(struct batch_journal *journal, const char *path,
                                  const char origin[DIGEST_TEXT_BYTES], fringe_error *error);

/* Forgets all checkpoints: the results they speak of are not there. */
fringe_status batch_journal_restart(struct batch_journal *journal, fringe_error *error);

/* 1 where a checkpoint is due. */
int batch_journal_is_due(const struct batch_journal *journal);

/* Adds a checkpoint; the results were brought to the disk before. `now` holds all notices so far. */
fringe_status batch_journal_add(struct batch_journal *journal, const struct batch_checkpoint *now,
                                fringe_error *error);

/* Closes the journal and deletes it, or leaves it for another run. */
void batch_journal_remove(struct batch_journal *journal);
void batch_journal_keep(struct batch_journal *journal);

#endif
