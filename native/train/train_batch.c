#include "train/train_batch.h"

#include "base/alloc.h"
#include "base/failure.h"

fringe_status train_batch_allocate(struct train_batch *batch, fringe_error *error)
{
    size_t pixels = (size_t)batch->count * (size_t)batch->height_px * (size_t)batch->width_px;
    batch->images = alloc_aligned(pixels * (size_t)batch->channels, sizeof *batch->images);
    batch->labels = alloc_aligned(pixels, sizeof *batch->labels);
    if (batch->images && batch->labels) return FRINGE_OK;
    train_batch_clear(batch);
    return failure_memory(error, "a training batch", pixels * 4 * ((size_t)batch->channels + 1));
}

void train_batch_clear(struct train_batch *batch)
{
    alloc_free(batch->images);
    alloc_free(batch->labels);
    batch->images = NULL;
    batch->labels = NULL;
}
