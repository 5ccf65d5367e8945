/* dense_pick.h - arrays whose every value is a value of another array, or a fill.
 *
 * Transpose, Slice, Expand, Tile, Pad, Gather, nearest Resize and DepthToSpace are all of the one form
 *     out[i0, i1, ...] = in[offset_0(i0) + offset_1(i1) + ...],
 * with one table of offsets for each axis of the output. That costs a table look-up per value and saves a
 * loop per operator.
 */
#ifndef TENSOR_DENSE_PICK_H
#define TENSOR_DENSE_PICK_H

#include "fringe/run.h"
#include "tensor/tensor.h"

struct dense_pick {
    int rank;
    int64_t dims[TENSOR_MOST_DIMS]; /* of the output */
    /* offsets[axis][i], in values: what index i of the axis adds to the place in the input. Negative: the
     * output value is the fill, whatever the other axes say. */
    int64_t *offsets[TENSOR_MOST_DIMS];
};

/* Reserves the tables, which the caller fills in; dense_pick_free gives them back. An output without values
 * has no tables: offsets are NULL. */
fringe_status dense_pick_create(struct dense_pick *pick, int rank, const int64_t *dims, fringe_error *error);
void dense_pick_free(struct dense_pick *pick);

/* Fills the table of one axis with start + i * step. */
void dense_pick_step(struct dense_pick *pick, int axis, int64_t start, int64_t step);

/* Fills every table from a stride for each axis of the output, in values of the input: transposes and
 * broadcasts. */
void dense_pick_strides(struct dense_pick *pick, const int64_t *strides);

/* Strides of a packed tensor, in values. */
void dense_strides(const struct tensor *t, int64_t strides[TENSOR_MOST_DIMS]);

/* Copies values of 1, 4 or 8 bytes; `fill` may be NULL where no offset is negative. */
fringe_status dense_pick_apply(const struct dense_pick *pick, size_t value_bytes, const void *in,
                               const void *fill, void *out, const fringe_run *run, fringe_error *error);

#endif
