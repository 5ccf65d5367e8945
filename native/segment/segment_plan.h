/* segment_plan.h - how a network is laid over the work grid.
 *
 * A network that takes the image's size as it stands gets it so; else the image is mirrored at the right and
 * bottom up to a multiple of the network's stride. One whose memory would exceed the limit is run on tiles of
 * columns, with margins that make them equal to the whole; one that knows a single size only on overlapping
 * tiles of that size.
 */
#ifndef SEGMENT_SEGMENT_PLAN_H
#define SEGMENT_SEGMENT_PLAN_H

#include "nn/network.h"
#include "segment/segment_job.h"
#include "segment/segment_tiles.h"

/* The network for pieces of one size, and its memory, reserved when it first runs. */
struct segment_piece {
    struct network *network;
    struct network_workspace *workspace;
};

struct segment_plan {
    int32_t height_px, width_px; /* of the padded image, at least the work grid's */
    struct tile_cut rows, columns;
    struct segment_piece piece, last; /* for all tiles; for those of a last, shorter column, when they come */
    struct network_facts facts;       /* of `piece` */
};

/* Decides, with notices for all that is not as it stands. The caller frees the plan.
 * FRINGE_MODEL or FRINGE_UNSUPPORTED where the network cannot run on this image; FRINGE_MEMORY where it needs
 * more than the options allow and cannot be cut. */
fringe_status segment_plan_make(const struct segment_job *job, struct segment_plan **plan,
                                fringe_error *error);

/* NULL is accepted. */
void segment_plan_free(struct segment_plan *plan);

/* Compiles the network for a piece of height_px x width_px and checks that it gives as many pixels. The
 * caller frees *network. */
fringe_status segment_plan_compile(const struct segment_job *job, int32_t height_px, int32_t width_px,
                                   struct network **network, fringe_error *error);

#endif
