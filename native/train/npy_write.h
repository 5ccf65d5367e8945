/* npy_write.h - numpy's .npy arrays out: the test tensors of packages. */
#ifndef TRAIN_NPY_WRITE_H
#define TRAIN_NPY_WRITE_H

#include <stddef.h>
#include <stdint.h>

#include "fringe/status.h"

/* Writes `rank` (1 to 4) dimensions of floats in C order, little-endian, format 1.0: whole or not at all. */
fringe_status npy_write(const char *path, const float *values, int rank, const int64_t *dims,
                        fringe_error *error);

#endif
