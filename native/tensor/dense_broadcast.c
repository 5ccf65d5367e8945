#include "tensor/dense_broadcast.h"

#include <string.h>

int dense_broadcast_shape(int a_rank, const int64_t *a, int b_rank, const int64_t *b, int *rank,
                          int64_t dims[TENSOR_MOST_DIMS])
{
    int64_t result[TENSOR_MOST_DIMS];
    int most = a_rank > b_rank ? a_rank : b_rank;
    for (int k = 1; k <= most; k++) { /* from the last axis */
        int64_t of_a = k <= a_rank ? a[a_rank - k] : 1, of_b = k <= b_rank ? b[b_rank - k] : 1;
        if (of_a != of_b && of_a != 1 && of_b != 1) return 0;
        result[most - k] = of_a == 1 ? of_b : of_a;
    }
    if (most) memcpy(dims, result, (size_t)most * sizeof *dims);
    *rank = most;
    return 1;
}

void dense_broadcast_plan(struct dense_broadcast *plan, const struct tensor *out,
                          const struct tensor *const *operands, int count)
{
    *plan = (struct dense_broadcast){.operands = count};
    int64_t packed[DENSE_BROADCAST_MOST] = {1, 1, 1};
    int place = TENSOR_MOST_DIMS; /* axes are filled in from the end */
    for (int k = 1; k <= out->rank; k++) {
        int64_t length = out->dims[out->rank - k], strides[DENSE_BROADCAST_MOST];
        if (length == 1) continue;
        for (int o = 0; o < count; o++) {
            int64_t own = k <= operands[o]->rank ? operands[o]->dims[operands[o]->rank - k] : 1;
            strides[o] = own == 1 ? 0 : packed[o];
            packed[o] *= own;
        }
        int joined = place < TENSOR_MOST_DIMS; /* every operand steps through both axes as through one */
        for (int o = 0; o < count && joined; o++)
            joined = strides[o] == plan->strides[o][place] * plan->dims[place];
        if (joined) {
            plan->dims[place] *= length;
            continue;
        }
        plan->dims[--place] = length;
        for (int o = 0; o < count; o++) plan->strides[o][place] = strides[o];
    }
    if (place == TENSOR_MOST_DIMS) plan->dims[--place] = 1;
    plan->rank = TENSOR_MOST_DIMS - place;
    memmove(plan->dims, plan->dims + place, (size_t)plan->rank * sizeof *plan->dims);
    for (int o = 0; o < count; o++)
        memmove(plan->strides[o], plan->strides[o] + place, (size_t)plan->rank * sizeof *plan->dims);
    plan->width = plan->dims[plan->rank - 1];
    plan->rows = 1;
    for (int axis = 0; axis < plan->rank - 1; axis++) plan->rows *= plan->dims[axis];
    for (int o = 0; o < count; o++) plan->steps[o] = (int)plan->strides[o][plan->rank - 1];
}

void dense_broadcast_row(const struct dense_broadcast *plan, int64_t row,
                         int64_t offsets[DENSE_BROADCAST_MOST])
{
    for (int o = 0; o < plan->operands; o++) offsets[o] = 0;
    for (int axis = plan->rank - 2; axis >= 0; axis--) {
        int64_t index = row % plan->dims[axis];
        row /= plan->dims[axis];
        for (int o = 0; o < plan->operands; o++) offsets[o] += index * plan->strides[o][axis];
    }
}
