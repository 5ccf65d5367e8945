#include "tensor/dense_rows.h"

#include "base/run_state.h"

enum { PIECE_COST = 1 << 16 }; /* operations: some 50 us, so that handing out pieces costs little */

struct rows_work {
    dense_rows_function *function;
    void *context;
    int64_t rows, piece;
};

static void do_piece(void *context, size_t index, int worker)
{
    (void)worker;
    const struct rows_work *work = context;
    int64_t begin = (int64_t)index * work->piece;
    int64_t end = begin + work->piece < work->rows ? begin + work->piece : work->rows;
    work->function(work->context, begin, end);
}

fringe_status dense_rows(int64_t rows, int64_t row_cost, dense_rows_function *function, void *context,
                         const fringe_run *run, fringe_error *error)
{
    struct rows_work work = {function, context, rows, 1};
    if (row_cost < 1) row_cost = 1;
    if (row_cost < PIECE_COST) work.piece = PIECE_COST / row_cost;
    return run_state_parallel(run, (size_t)((rows + work.piece - 1) / work.piece), do_piece, &work, error);
}
