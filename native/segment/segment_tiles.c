#include "segment/segment_tiles.h"

int32_t segment_tiles_count(const struct tile_cut *cut)
{
    int32_t behind_first = cut->size - cut->tile;
    return 1 + behind_first / cut->step + (behind_first % cut->step != 0);
}

static int32_t begin_of(const struct tile_cut *cut, int32_t index)
{
    int64_t begin = (int64_t)index * cut->step, last = cut->size - cut->tile;
    return (int32_t)(begin > last && !cut->shorten ? last : begin);
}

/* The first pixel that lies deeper in tile `index` than in the one before. Pixel p lies begin + tile - 1 - p
 * from the end of the one and p - begin from the beginning of the other. */
static int32_t border_before(const struct tile_cut *cut, int32_t index)
{
    int64_t sum = (int64_t)begin_of(cut, index - 1) + begin_of(cut, index) + cut->tile - 1;
    return (int32_t)(sum / 2 + 1);
}

struct tile_span segment_tiles_span(const struct tile_cut *cut, int32_t index)
{
    int32_t begin = begin_of(cut, index), last = segment_tiles_count(cut) - 1;
    struct tile_span span = {begin, begin + cut->tile, 0, cut->size};
    if (span.end > cut->size) span.end = cut->size;
    if (index > 0) span.own_begin = border_before(cut, index);
    if (index < last) span.own_end = border_before(cut, index + 1);
    return span;
}
