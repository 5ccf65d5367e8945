/* segment_ahead.h - the slices of a micrograph, read on a thread of their own while others are computed.
 *
 * At most AHEAD_SLICES slices are read ahead, and no more than fit into AHEAD_BYTES, so that memory does not
 * grow with the depth of a stack. What comes is the same as without. While slices are read ahead the
 * micrograph's pixels are this object's alone; its facts may be asked for at any time.
 */
#ifndef SEGMENT_SEGMENT_AHEAD_H
#define SEGMENT_SEGMENT_AHEAD_H

#include "fringe/micrograph.h"
#include "fringe/run.h"
#include "image/sample_plane.h"

enum { AHEAD_SLICES = 2, AHEAD_BYTES = 256 << 20 };

struct segment_ahead;

/* `run` is looked at for its cancel flag. */
fringe_status segment_ahead_create(fringe_micrograph *micrograph, const fringe_run *run,
                                   struct segment_ahead **ahead, fringe_error *error);

/* Gives a slice: all its channels, whole planes, which the caller may change, until the next call. Read now
 * where it was not read ahead. */
fringe_status segment_ahead_take(struct segment_ahead *ahead, int32_t slice, struct sample_plane **channels,
                                 fringe_error *error);

/* Begins to read the slices that follow the one taken last. */
fringe_status segment_ahead_go_on(struct segment_ahead *ahead, fringe_error *error);

/* Waits for what is being read. NULL is accepted. */
void segment_ahead_free(struct segment_ahead *ahead);

#endif
