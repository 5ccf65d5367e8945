/* npy_read.h - numpy's .npy arrays: the test tensors of model packages. */
#ifndef IO_NPY_READ_H
#define IO_NPY_READ_H

#include <stddef.h>
#include <stdint.h>

#include "fringe/status.h"

#define NPY_READ_MOST_DIMS 8

/* An array as float, in C order (the last index runs fastest) whatever the file's order. */
struct npy_read_array {
    char type[8];  /* as the file says it: "<f4" */
    int rank;      /* 0 for a single value */
    int64_t count; /* product of the dimensions */
    int64_t dims[NPY_READ_MOST_DIMS];
    float *values; /* given to alloc_free */
};

/* Reads versions 1 to 3 from `size` bytes: bool, integers of 8 to 64 bits, float32, float64, either byte
 * order, C or Fortran order. Numbers that float cannot hold are rounded to the nearest. FRINGE_FORMAT where
 * the bytes are damaged or fewer than the shape says, FRINGE_UNSUPPORTED for other types and more than
 * NPY_READ_MOST_DIMS dimensions; `name` stands before the message. The array is empty on failure. Any thread.
 */
fringe_status npy_read(const unsigned char *bytes, size_t size, const char *name,
                       struct npy_read_array *array, fringe_error *error);

#endif
