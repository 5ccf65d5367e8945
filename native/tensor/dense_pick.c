#include "tensor/dense_pick.h"

#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "base/run_state.h"
#include "tensor/dense_rows.h"

fringe_status dense_pick_create(struct dense_pick *pick, int rank, const int64_t *dims, fringe_error *error)
{
    *pick = (struct dense_pick){.rank = rank};
    int64_t length = 0, count = 1;
    for (int axis = 0; axis < rank; axis++) {
        pick->dims[axis] = dims[axis];
        length += dims[axis];
        count *= dims[axis];
    }
    if (rank == 0 || count == 0) return FRINGE_OK;
    int64_t *block = alloc_array((size_t)length, sizeof *block);
    if (!block) return failure_memory(error, "index tables", (unsigned long long)length * sizeof *block);
    for (int axis = 0; axis < rank; axis++) {
        pick->offsets[axis] = block;
        block += dims[axis];
    }
    return FRINGE_OK;
}

void dense_pick_free(struct dense_pick *pick)
{
    alloc_free(pick->offsets[0]); /* the block of all */
    pick->offsets[0] = NULL;
}

void dense_pick_step(struct dense_pick *pick, int axis, int64_t start, int64_t step)
{
    if (!pick->offsets[axis]) return;
    for (int64_t i = 0; i < pick->dims[axis]; i++) pick->offsets[axis][i] = start + i * step;
}

void dense_pick_strides(struct dense_pick *pick, const int64_t *strides)
{
    for (int axis = 0; axis < pick->rank; axis++) dense_pick_step(pick, axis, 0, strides[axis]);
}

void dense_strides(const struct tensor *t, int64_t strides[TENSOR_MOST_DIMS])
{
    int64_t stride = 1;
    for (int axis = t->rank - 1; axis >= 0; axis--) {
        strides[axis] = stride;
        stride *= t->dims[axis];
    }
}

struct pick_work {
    const struct dense_pick *pick;
    size_t value_bytes;
    const char *in, *fill;
    char *out;
    int64_t width;
};

#define PICK_ROW(type)                                                                                       \
    for (int64_t i = 0; i < work->width; i++)                                                                \
    ((type *)out)[i] =                                                                                       \
        base < 0 || columns[i] < 0 ? *(const type *)fill : ((const type *)work->in)[base + columns[i]]

static void pick_rows(void *context, int64_t begin, int64_t end)
{
    const struct pick_work *work = context;
    const struct dense_pick *pick = work->pick;
    static const int64_t none;
    const void *fill = work->fill ? work->fill : (const void *)&none;
    const int64_t *columns = pick->rank ? pick->offsets[pick->rank - 1] : &none;
    for (int64_t row = begin; row < end; row++) {
        int64_t base = 0, rest = row;
        for (int axis = pick->rank - 2; axis >= 0; axis--) {
            int64_t offset = pick->offsets[axis][rest % pick->dims[axis]];
            rest /= pick->dims[axis];
            base = base < 0 || offset < 0 ? -1 : base + offset;
        }
        char *out = work->out + (size_t)(row * work->width) * work->value_bytes;
        if (work->value_bytes == 1)
            PICK_ROW(uint8_t);
        else if (work->value_bytes == 4)
            PICK_ROW(uint32_t);
        else
            PICK_ROW(uint64_t);
    }
}

fringe_status dense_pick_apply(const struct dense_pick *pick, size_t value_bytes, const void *in,
                               const void *fill, void *out, const fringe_run *run, fringe_error *error)
{
    int64_t rows = 1;
    struct pick_work work = {pick, value_bytes, in, fill, out, 1};
    if (pick->rank) work.width = pick->dims[pick->rank - 1];
    for (int axis = 0; axis < pick->rank - 1; axis++) rows *= pick->dims[axis];
    if (rows * work.width == 0) return FRINGE_OK;
    return dense_rows(rows, work.width, pick_rows, &work, run, error);
}
