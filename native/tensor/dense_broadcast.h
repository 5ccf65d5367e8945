/* dense_broadcast.h - walks several arrays together under NumPy's broadcasting rule.
 *
 * Shapes are aligned at their last axes; an axis of length 1, or one that is not there, is repeated.
 */
#ifndef TENSOR_DENSE_BROADCAST_H
#define TENSOR_DENSE_BROADCAST_H

#include "tensor/tensor.h"

enum { DENSE_BROADCAST_MOST = 3 };

/* The output as rows of `width` values; along a row an operand moves by its step, 0 or 1. */
struct dense_broadcast {
    int rank; /* axes that are left after neighbours were joined, the row among them; at least 1 */
    int operands;
    int64_t rows, width;
    int64_t dims[TENSOR_MOST_DIMS];
    int64_t strides[DENSE_BROADCAST_MOST][TENSOR_MOST_DIMS];
    int steps[DENSE_BROADCAST_MOST];
};

/* The shape that two broadcast to, into dims and *rank; 0 when they do not fit. dims may be a's own. */
int dense_broadcast_shape(int a_rank, const int64_t *a, int b_rank, const int64_t *b, int *rank,
                          int64_t dims[TENSOR_MOST_DIMS]);

/* Plans the walk over `out`, to which every operand broadcasts. */
void dense_broadcast_plan(struct dense_broadcast *plan, const struct tensor *out,
                          const struct tensor *const *operands, int count);

/* Where each operand is, in values, at the start of a row. */
void dense_broadcast_row(const struct dense_broadcast *plan, int64_t row,
                         int64_t offsets[DENSE_BROADCAST_MOST]);

#endif
