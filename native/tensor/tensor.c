#include "tensor/tensor.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"

static const int64_t most_bytes = (int64_t)1 << 40;

size_t tensor_type_bytes(enum tensor_type type)
{
    switch (type) {
    case TENSOR_FLOAT32:
    case TENSOR_INT32:
        return 4;
    case TENSOR_INT64:
        return 8;
    case TENSOR_BOOL:
        return 1;
    }
    return 0;
}

const char *tensor_type_name(enum tensor_type type)
{
    switch (type) {
    case TENSOR_FLOAT32:
        return "float32";
    case TENSOR_INT32:
        return "int32";
    case TENSOR_INT64:
        return "int64";
    case TENSOR_BOOL:
        return "bool";
    }
    return "unknown";
}

int64_t tensor_span(const struct tensor *t, int from, int to)
{
    int64_t product = 1;
    for (int axis = from; axis < to; axis++) product *= t->dims[axis];
    return product;
}

int64_t tensor_count(const struct tensor *t)
{
    return tensor_span(t, 0, t->rank);
}

size_t tensor_bytes(const struct tensor *t)
{
    return (size_t)tensor_count(t) * tensor_type_bytes(t->type);
}

fringe_status tensor_set_shape(struct tensor *t, enum tensor_type type, int rank, const int64_t *dims,
                               const char *what, fringe_error *error)
{
    if (rank < 0 || rank > TENSOR_MOST_DIMS)
        return failure_set(error, FRINGE_MODEL, "%s: rank %d is not in 0 to %d", what, rank,
                           TENSOR_MOST_DIMS);
    /* Zeros are left out of the product: a span of the other axes must not overflow either. */
    int64_t bytes = (int64_t)tensor_type_bytes(type);
    for (int axis = 0; axis < rank; axis++) {
        if (dims[axis] < 0)
            return failure_set(error, FRINGE_MODEL, "%s: dimension %d is %lld", what, axis,
                               (long long)dims[axis]);
        if (dims[axis] > 0 && bytes >= most_bytes / dims[axis])
            return failure_set(error, FRINGE_MODEL, "%s: the shape needs more than %lld bytes", what,
                               (long long)most_bytes);
        if (dims[axis] > 0) bytes *= dims[axis];
    }
    t->type = type;
    t->rank = rank;
    if (rank) memmove(t->dims, dims, (size_t)rank * sizeof *dims);
    return FRINGE_OK;
}

fringe_status tensor_allocate(struct tensor *t, fringe_error *error)
{
    t->data = alloc_aligned(tensor_bytes(t), 1);
    t->owned = t->data != NULL;
    return t->data ? FRINGE_OK : failure_memory(error, "tensor", tensor_bytes(t));
}

void tensor_clear(struct tensor *t)
{
    if (t->owned) alloc_free(t->data);
    t->data = NULL;
    t->owned = 0;
}

int tensor_same_shape(const struct tensor *a, const struct tensor *b)
{
    if (a->rank != b->rank) return 0;
    for (int axis = 0; axis < a->rank; axis++)
        if (a->dims[axis] != b->dims[axis]) return 0;
    return 1;
}

char *tensor_shape_text(const struct tensor *t, char text[TENSOR_SHAPE_BYTES])
{
    size_t length = 0;
    text[length++] = '(';
    for (int axis = 0; axis < t->rank; axis++) /* at most 8 times 22 bytes */
        length += (size_t)snprintf(text + length, TENSOR_SHAPE_BYTES - length, axis ? ", %lld" : "%lld",
                                   (long long)t->dims[axis]);
    memcpy(text + length, ")", 2);
    return text;
}
