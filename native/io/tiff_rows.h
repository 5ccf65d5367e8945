/* tiff_rows.h - decodes rows of one page, in order from the top or from any strip or tile on.
 *
 * Uncompressed rows are read from where they lie. Compressed strips are decoded row by row, so that one row
 * is held however large a strip is; of tiles one row of them is held. Going back decodes the strip again.
 */
#ifndef IO_TIFF_ROWS_H
#define IO_TIFF_ROWS_H

#include <stdint.h>

#include "fringe/status.h"
#include "io/tiff_page.h"
#include "io/tiff_stream.h"

struct tiff_rows {
    struct tiff_stream *stream;
    const struct tiff_page *page; /* the handle's current directory */
    unsigned char *decoded;       /* one row, or one row of tiles: block_height_px rows */
    unsigned char *tile;          /* one tile; NULL for strips */
    size_t decoded_bytes, tile_bytes;
    int64_t held_row;     /* row of pixels, or of tiles, that `decoded` holds; -1 for none */
    uint16_t held_sample; /* and of which sample, where samples are separate */
};

/* Prepares for a page; memory is kept from page to page. `rows` begins zeroed. */
fringe_status tiff_rows_start(struct tiff_rows *rows, struct tiff_stream *stream,
                              const struct tiff_page *page, fringe_error *error);
void tiff_rows_free(struct tiff_rows *rows);

/* The decoded samples of row y, page->row_bytes of them in native byte order; `sample` counts where samples
 * are separate, else it is 0. Valid until the next call. */
fringe_status tiff_rows_decode(struct tiff_rows *rows, uint32_t y, uint16_t sample,
                               const unsigned char **samples, fringe_error *error);

/* Reads row y of plane `plane` behind the page's own first one: planes without gaps, as ImageJ lays them. */
fringe_status tiff_rows_read_behind(struct tiff_rows *rows, uint32_t y, uint32_t plane,
                                    const unsigned char **samples, fringe_error *error);

#endif
