/* tensor.h - dense arrays of up to TENSOR_MOST_DIMS dimensions, row-major, the last dimension contiguous.
 *
 * Shape letters everywhere: N batch, C channels, H rows, W columns; a network's images are (N, C, H, W).
 * A tensor with data == NULL has a known shape and type and no content.
 */
#ifndef TENSOR_TENSOR_H
#define TENSOR_TENSOR_H

#include <stddef.h>
#include <stdint.h>

#include "fringe/status.h"

#define TENSOR_MOST_DIMS 8

enum tensor_type { TENSOR_FLOAT32, TENSOR_INT64, TENSOR_INT32, TENSOR_BOOL };

struct tensor {
    enum tensor_type type;
    int rank;                       /* 0 for a scalar */
    int64_t dims[TENSOR_MOST_DIMS]; /* >= 0 each; those from rank on are unused */
    void *data;                     /* tensor_bytes() bytes, aligned to 64, or NULL */
    int owned;                      /* 1 where tensor_clear frees data */
};

/* Bytes of one value; name of a type ("float32"). */
size_t tensor_type_bytes(enum tensor_type type);
const char *tensor_type_name(enum tensor_type type);

/* Product of the dimensions. tensor_bytes: that times the type's size. Shapes are checked for overflow when
 * they are made (tensor_set_shape), so neither overflows. */
int64_t tensor_count(const struct tensor *t);
size_t tensor_bytes(const struct tensor *t);

/* The product of dims[from .. to - 1]. */
int64_t tensor_span(const struct tensor *t, int from, int to);

/* Sets type and shape and leaves data alone. FRINGE_MODEL, with `what` in front, for a rank above
 * TENSOR_MOST_DIMS, a negative dimension, or 2^40 bytes and more. */
fringe_status tensor_set_shape(struct tensor *t, enum tensor_type type, int rank, const int64_t *dims,
                               const char *what, fringe_error *error);

/* Allocates data for the shape that is set (not zeroed); the tensor owns it. */
fringe_status tensor_allocate(struct tensor *t, fringe_error *error);

/* Frees data that is owned, and sets it to NULL; the shape stays. */
void tensor_clear(struct tensor *t);

int tensor_same_shape(const struct tensor *a, const struct tensor *b);

/* The shape as "(1, 3, 512, 512)" into text; returns text. */
#define TENSOR_SHAPE_BYTES 192
char *tensor_shape_text(const struct tensor *t, char text[TENSOR_SHAPE_BYTES]);

#endif
