/* batch_journal.h - how far a stack has come, so that a batch that was killed goes on where it was.
 *
 * While an input is worked on, `<stem>-fringe.json.part` lies beside its unfinished results, and its lock
 * keeps other runs away from them until the provenance takes its place. That of a stack has lines: the first
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
    struct file_writer file;
    char origin[DIGEST_TEXT_BYTES];
    int64_t origin_bytes, bytes; /* of the first line, of all whole lines; 0 for inputs of one slice */
    double kept_ms;              /* the time of the last checkpoint, or of the beginning */
    size_t notices_kept;         /* how many notices its lines hold */
    struct batch_checkpoint last;
};

/* Makes the results whose provenance will stand at `path` this run's. FRINGE_FILE where it cannot be written,
 * or where another program is at work on them. Ended by batch_journal_remove or batch_journal_keep, also
 * after a failure, or by the provenance, written to journal->file. */
fringe_status batch_journal_claim(struct batch_journal *journal, const char *path, fringe_error *error);

/* Takes up the lines of an earlier run with this origin: then journal->last tells where to go on; else its
 * slices are 0 and the journal begins anew. With NULL it stays without lines: there is nothing to go on with.
 */
fringe_status batch_journal_begin(struct batch_journal *journal, const char *origin, fringe_error *error);

/* 1 where checkpoints are kept. */
int batch_journal_has_lines(const struct batch_journal *journal);

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
