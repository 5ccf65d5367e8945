/* tiff_page.h - one directory of a TIFF file: what its tags say, checked against each other and the file. */
#ifndef IO_TIFF_PAGE_H
#define IO_TIFF_PAGE_H

#include <stddef.h>
#include <stdint.h>

#include "fringe/micrograph.h"
#include "fringe/status.h"
#include "io/tiff_stream.h"

struct tiff_page {
    uint32_t width_px, height_px;
    uint16_t bits, format,
        samples; /* bits and SampleFormat of a sample; samples of a pixel, alpha included */
    uint16_t photometric, compression;
    uint16_t channels; /* planes that the page holds: 1 for grey, colour and palette; alpha is none */
    int colour;        /* 1 where red, green and blue lie in samples 0, 1 and 2 */
    int separate;      /* 1 where samples lie in planes of their own */
    int tiled;
    uint32_t block_width_px, block_height_px; /* of a tile; of a strip: the width, and its rows */
    uint32_t blocks_across, blocks_down;      /* of one plane */
    fringe_pixel pixel;                       /* what the samples are told to be */
    int plain;        /* 1 where samples are a fringe_pixel in memory; 0: `bits` bits, packed */
    int raw;          /* 1 where rows lie in the file as they are in memory, but for their byte order */
    size_t row_bytes; /* of one decoded row: the samples of `width_px` pixels, or one of them if separate */
};

/* Describes the handle's current directory. FRINGE_FORMAT where tags contradict each other or claim more
 * pixels than the file's bytes can hold; FRINGE_UNSUPPORTED with the name of what is not read. */
fringe_status tiff_page_load(struct tiff_stream *stream, struct tiff_page *page, fringe_error *error);

/* The number of a strip or tile of libtiff's, for a row and column of blocks in one sample's plane. */
uint32_t tiff_page_block(const struct tiff_page *page, uint32_t down, uint32_t across, uint16_t sample);

#endif
