#include "io/tiff_rows.h"

#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"

/* Makes a block at least `want` bytes large. It is kept from page to page, which are of one size. */
static fringe_status grow(const struct tiff_rows *rows, unsigned char **block, size_t *have, size_t want,
                          fringe_error *error)
{
    if (want <= *have) return FRINGE_OK;
    unsigned char *grown = alloc_resize(*block, want, 1);
    if (!grown) return failure_memory(error, rows->stream->name, want);
    *block = grown;
    *have = want;
    return FRINGE_OK;
}

fringe_status tiff_rows_start(struct tiff_rows *rows, struct tiff_stream *stream,
                              const struct tiff_page *page, fringe_error *error)
{
    rows->stream = stream;
    rows->page = page;
    rows->held_row = -1;
    rows->held_sample = 0;
    size_t held = page->tiled ? page->row_bytes * page->block_height_px : page->row_bytes;
    fringe_status status = grow(rows, &rows->decoded, &rows->decoded_bytes, held, error);
    if (!status && page->tiled)
        status = grow(rows, &rows->tile, &rows->tile_bytes, (size_t)TIFFTileSize(stream->tiff), error);
    return status;
}

void tiff_rows_free(struct tiff_rows *rows)
{
    alloc_free(rows->decoded);
    alloc_free(rows->tile);
    *rows = (struct tiff_rows){0};
}

/* Reads one row from where it lies in the file, in this machine's byte order. */
static fringe_status read_raw(struct tiff_rows *rows, uint64_t offset, fringe_error *error)
{
    const struct tiff_page *page = rows->page;
    fringe_status status = tiff_stream_fetch(rows->stream, offset, rows->decoded, page->row_bytes, error);
    if (status || !TIFFIsByteSwapped(rows->stream->tiff)) return status;
    tmsize_t count = (tmsize_t)(page->row_bytes / (page->bits / 8));
    if (page->bits == 16) TIFFSwabArrayOfShort((uint16_t *)(void *)rows->decoded, count);
    if (page->bits == 32) TIFFSwabArrayOfLong((uint32_t *)(void *)rows->decoded, count);
    if (page->bits == 64) TIFFSwabArrayOfDouble((double *)(void *)rows->decoded, count);
    return FRINGE_OK;
}

/* What libtiff said about a call that failed, or that came back content while it complained. */
static fringe_status check_decoded(struct tiff_rows *rows, int failed, const char *what, uint32_t number,
                                   fringe_error *error)
{
    fringe_status status = tiff_stream_check(rows->stream, error);
    if (!status && failed)
        status = failure_set(error, FRINGE_FORMAT, "%s: TIFF: %s %lu cannot be decoded", rows->stream->name,
                             what, (unsigned long)number);
    if (status) rows->held_row = -1;
    return status;
}

/* Rows of a strip come in order; the strip starts again for an earlier one, or for another strip. */
static fringe_status decode_scanline(struct tiff_rows *rows, uint32_t y, uint16_t sample, fringe_error *error)
{
    const struct tiff_page *page = rows->page;
    uint32_t strip_y = y - y % page->block_height_px;
    int64_t next = rows->held_row + 1;
    if (rows->held_row < 0 || rows->held_sample != sample || rows->held_row > y || next < strip_y)
        next = strip_y;
    for (; next <= y; next++) {
        int failed = TIFFReadScanline(rows->stream->tiff, rows->decoded, (uint32_t)next, sample) != 1;
        fringe_status status = check_decoded(rows, failed, "row", (uint32_t)next, error);
        if (status) return status;
    }
    return FRINGE_OK;
}

/* Decodes one row of tiles into `decoded`. Tiles reach beyond the image at the right and at the bottom; what
 * lies there is dropped at the right and never asked for at the bottom. */
static fringe_status decode_tiles(struct tiff_rows *rows, uint32_t down, uint16_t sample, fringe_error *error)
{
    const struct tiff_page *page = rows->page;
    size_t tile_row_bytes = (size_t)TIFFTileRowSize(rows->stream->tiff);
    for (uint32_t across = 0; across < page->blocks_across; across++) {
        uint32_t block = tiff_page_block(page, down, across, sample);
        tmsize_t size = (tmsize_t)(tile_row_bytes * page->block_height_px);
        int failed = TIFFReadEncodedTile(rows->stream->tiff, block, rows->tile, size) != size;
        fringe_status status = check_decoded(rows, failed, "tile", block, error);
        if (status) return status;
        size_t x = across * tile_row_bytes;
        size_t bytes = page->row_bytes - x < tile_row_bytes ? page->row_bytes - x : tile_row_bytes;
        for (size_t row = 0; row < page->block_height_px; row++)
            memcpy(rows->decoded + row * page->row_bytes + x, rows->tile + row * tile_row_bytes, bytes);
    }
    return FRINGE_OK;
}

fringe_status tiff_rows_decode(struct tiff_rows *rows, uint32_t y, uint16_t sample,
                               const unsigned char **samples, fringe_error *error)
{
    const struct tiff_page *page = rows->page;
    uint32_t down = y / page->block_height_px;
    int64_t wanted = page->tiled ? down : y;
    fringe_status status = FRINGE_OK;
    if (rows->held_row != wanted || rows->held_sample != sample) {
        tiff_stream_forget(rows->stream);
        if (page->raw) {
            uint64_t offset = TIFFGetStrileOffset(rows->stream->tiff, tiff_page_block(page, down, 0, sample));
            status = read_raw(rows, offset + (uint64_t)(y % page->block_height_px) * page->row_bytes, error);
        } else if (page->tiled) {
            status = decode_tiles(rows, down, sample, error);
        } else {
            status = decode_scanline(rows, y, sample, error);
        }
        rows->held_row = status ? -1 : wanted;
        rows->held_sample = sample;
    }
    *samples = rows->decoded + (page->tiled ? (y % page->block_height_px) * page->row_bytes : 0);
    return status;
}

fringe_status tiff_rows_read_behind(struct tiff_rows *rows, uint32_t y, uint32_t plane,
                                    const unsigned char **samples, fringe_error *error)
{
    uint64_t row = (uint64_t)plane * rows->page->height_px + y;
    rows->held_row = -1; /* `decoded` is of no row of the page itself */
    *samples = rows->decoded;
    return read_raw(rows, TIFFGetStrileOffset(rows->stream->tiff, 0) + row * rows->page->row_bytes, error);
}
