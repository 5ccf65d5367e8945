/* dense_rows.h - shares independent rows of work among a run's threads. */
#ifndef TENSOR_DENSE_ROWS_H
#define TENSOR_DENSE_ROWS_H

#include <stdint.h>

#include "fringe/run.h"

/* Does rows begin .. end - 1. What a row gives may not depend on where the rows are cut. */
typedef void dense_rows_function(void *context, int64_t begin, int64_t end);

/* Calls `function` for pieces of 0 .. rows - 1, each of about as many rows as make a few tens of thousands of
 * operations when a row takes `row_cost`. FRINGE_CANCELLED when the run was. */
fringe_status dense_rows(int64_t rows, int64_t row_cost, dense_rows_function *function, void *context,
                         const fringe_run *run, fringe_error *error);

#endif
