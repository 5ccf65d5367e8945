/* Cutting an axis: every pixel decided once, by the tile in which it lies deepest. */
#include <criterion/criterion.h>

#include "segment/segment_tiles.h"

/* Distance of a pixel from the cut edges of a tile; the axis's own ends are no cuts. */
static int32_t depth(const struct tile_cut *cut, const struct tile_span *span, int32_t pixel)
{
    int32_t before = span->begin > 0 ? pixel - span->begin : cut->size;
    int32_t behind = span->end < cut->size ? span->end - 1 - pixel : cut->size;
    return before < behind ? before : behind;
}

static void check(struct tile_cut cut)
{
    int32_t count = segment_tiles_count(&cut), covered = 0;
    for (int32_t i = 0; i < count; i++) {
        struct tile_span span = segment_tiles_span(&cut, i);
        cr_assert(span.begin >= 0 && span.end <= cut.size && span.own_begin >= span.begin &&
                  span.own_end <= span.end);
        cr_assert_eq(span.own_begin, covered, "size %d tile %d step %d", cut.size, cut.tile, cut.step);
        cr_assert(cut.shorten ? span.begin == i * cut.step : span.end - span.begin == cut.tile);
        covered = span.own_end;
        for (int32_t pixel = span.own_begin; pixel < span.own_end; pixel++)
            for (int32_t other = 0; other < count; other++) {
                struct tile_span rival = segment_tiles_span(&cut, other);
                if (pixel < rival.begin || pixel >= rival.end) continue;
                int32_t own = depth(&cut, &span, pixel), theirs = depth(&cut, &rival, pixel);
                cr_assert(own > theirs || (own == theirs && i <= other),
                          "size %d tile %d step %d: pixel %d in tile %d, not %d", cut.size, cut.tile,
                          cut.step, pixel, i, other);
            }
    }
    cr_assert_eq(covered, cut.size);
}

Test(tiles, each_pixel_from_the_deepest)
{
    for (int32_t size = 1; size < 40; size++)
        for (int32_t tile = 1; tile <= size; tile++)
            for (int32_t step = (tile + 1) / 2; step <= tile; step++) {
                check((struct tile_cut){size, tile, step, 0});
            }
}

/* With margins of both sides in each tile, as columns are cut. */
Test(tiles, shortened_last_tile_keeps_the_margins)
{
    for (int32_t margin = 1; margin < 5; margin++)
        for (int32_t core = 1; core < 8; core++)
            for (int32_t size = core + 2 * margin; size < 40; size++) {
                struct tile_cut cut = {size, core + 2 * margin, core, 1};
                int32_t count = segment_tiles_count(&cut), covered = 0;
                for (int32_t i = 0; i < count; i++) {
                    struct tile_span span = segment_tiles_span(&cut, i);
                    cr_assert_eq(span.own_begin, covered);
                    cr_assert_eq(span.begin, i * core);
                    cr_assert(i == 0 || span.own_begin - span.begin >= margin);
                    cr_assert(i == count - 1 || span.end - span.own_end >= margin);
                    covered = span.own_end;
                }
                cr_assert_eq(covered, size);
            }
}
