/* segment_tiles.h - cutting an axis into overlapping pieces, each result pixel taken from exactly one.
 *
 * A pixel belongs to the tile in which it lies deepest, that is farthest from the cut edges; of two that are
 * equally deep to the first. On two axes the rule holds for each by itself.
 */
#ifndef SEGMENT_SEGMENT_TILES_H
#define SEGMENT_SEGMENT_TILES_H

#include <stdint.h>

struct tile_cut {
    int32_t size; /* pixels of the axis */
    int32_t tile; /* pixels of a tile, at most `size` */
    int32_t step; /* from the beginning of a tile to that of the next, 1 to tile */
    int shorten;  /* 1: the last tile begins a whole step behind the one before and is shorter; 0: it is as
                     long as the others and ends with the axis, so it overlaps more */
};

/* What a tile sees and which of that it decides; indices of the axis, the ends exclusive. */
struct tile_span {
    int32_t begin, end, own_begin, own_end;
};

/* The number of tiles, at least 1. */
int32_t segment_tiles_count(const struct tile_cut *cut);

/* Tile `index` from 0. Over all tiles the own ranges cover the axis once, in rising order. */
struct tile_span segment_tiles_span(const struct tile_cut *cut, int32_t index);

#endif
