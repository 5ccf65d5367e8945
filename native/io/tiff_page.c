#include "io/tiff_page.h"

#include "base/failure.h"
#include "image/micrograph_source.h"
#include "io/image_format.h"

/* How many bytes a compression makes of one at best. A file that claims more is lying, and is refused before
 * memory is taken. */
/* Of CCITT's there is no best: a bit may stand for a blank row of any width. This is a million pixels to a
 * byte, blank rows of 131072 pixels. */
#define CCITT_RATIO 131072

static const struct compression_row {
    uint16_t tag;
    const char *name;
    uint32_t ratio; /* 0: not read */
} compressions[] = {
    {COMPRESSION_NONE, "none", 1},
    {COMPRESSION_CCITTRLE, "CCITT RLE", CCITT_RATIO},
    {COMPRESSION_CCITTFAX3, "CCITT Group 3", CCITT_RATIO},
    {COMPRESSION_CCITTFAX4, "CCITT Group 4", CCITT_RATIO},
    {COMPRESSION_LZW, "LZW", 4096},   /* 12 bits for a string of at most 2^12 bytes */
    {COMPRESSION_JPEG, "JPEG", 1024}, /* 64 samples in one bit, two bits for colour */
    {COMPRESSION_ADOBE_DEFLATE, "Deflate", IMAGE_FORMAT_DEFLATE_RATIO},
    {COMPRESSION_DEFLATE, "Deflate", IMAGE_FORMAT_DEFLATE_RATIO},
    {COMPRESSION_PACKBITS, "PackBits", 64},    /* 128 bytes in 2 */
    {COMPRESSION_LZMA, "LZMA", 16384},         /* 273 bytes in a quarter of a bit: arithmetic coding */
    {COMPRESSION_ZSTD, "zstd", 65536},         /* 128 KiB in a block of 4 bytes, and frame headers */
    {COMPRESSION_CCITTRLEW, "CCITT RLE/W", 0}, /* libtiff 4.5 does not read back what it writes */
    {COMPRESSION_OJPEG, "JPEG of the old kind", 0},
    {COMPRESSION_NEXT, "NeXT", 0},
    {COMPRESSION_THUNDERSCAN, "ThunderScan", 0},
    {COMPRESSION_PIXARFILM, "Pixar film", 0},
    {COMPRESSION_PIXARLOG, "Pixar log", 0},
    {COMPRESSION_JBIG, "JBIG", 0},
    {COMPRESSION_SGILOG, "LogLuv", 0},
    {COMPRESSION_SGILOG24, "LogLuv 24", 0},
    {COMPRESSION_JP2000, "JPEG 2000", 0},
    {33003, "JPEG 2000", 0},
    {33005, "JPEG 2000", 0},
    {COMPRESSION_LERC, "LERC", 0},
    {COMPRESSION_WEBP, "WebP", 0},
    {50002, "JPEG XL", 0},
};

static const struct compression_row *find_compression(uint16_t tag)
{
    for (size_t i = 0; i < sizeof compressions / sizeof *compressions; i++)
        if (compressions[i].tag == tag) return &compressions[i];
    return NULL;
}

static fringe_status refuse(const struct tiff_stream *stream, const char *what, fringe_error *error)
{
    return failure_set(error, FRINGE_UNSUPPORTED, "%s: TIFF: %s; this is not read", stream->name, what);
}

/* Before anything is asked of a decoder: libtiff knows names of compressions that it was built without. */
static fringe_status check_compression(struct tiff_stream *stream, const struct tiff_page *page,
                                       fringe_error *error)
{
    const struct compression_row *row = find_compression(page->compression);
    if (!row)
        return failure_set(error, FRINGE_UNSUPPORTED, "%s: TIFF: compression is number %u; this is not read",
                           stream->name, (unsigned)page->compression);
    if (row->ratio == 0 || !TIFFIsCODECConfigured(page->compression))
        return failure_set(error, FRINGE_UNSUPPORTED, "%s: TIFF: compression is %s; this is not read",
                           stream->name, row->name);
    return FRINGE_OK;
}

/* Chooses page->pixel and page->plain from bits and SampleFormat. */
static fringe_status choose_pixel(struct tiff_stream *stream, struct tiff_page *page, fringe_error *error)
{
    static const struct {
        uint16_t format, bits;
        fringe_pixel pixel;
    } plain[] = {
        {SAMPLEFORMAT_UINT, 8, FRINGE_PIXEL_UINT8},      {SAMPLEFORMAT_INT, 8, FRINGE_PIXEL_INT8},
        {SAMPLEFORMAT_UINT, 16, FRINGE_PIXEL_UINT16},    {SAMPLEFORMAT_INT, 16, FRINGE_PIXEL_INT16},
        {SAMPLEFORMAT_UINT, 32, FRINGE_PIXEL_UINT32},    {SAMPLEFORMAT_INT, 32, FRINGE_PIXEL_INT32},
        {SAMPLEFORMAT_IEEEFP, 32, FRINGE_PIXEL_FLOAT32}, {SAMPLEFORMAT_IEEEFP, 64, FRINGE_PIXEL_FLOAT64},
    };
    static const char *const format_names[] = {"", "unsigned integer", "signed integer", "float"};
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++) {
        if (plain[i].format != page->format || plain[i].bits != page->bits) continue;
        page->pixel = plain[i].pixel;
        page->plain = 1;
        return FRINGE_OK;
    }
    if (page->bits == 0)
        return failure_set(error, FRINGE_FORMAT, "%s: TIFF: 0 bits per sample", stream->name);
    if (page->format == SAMPLEFORMAT_UINT && page->bits < 16) {
        page->pixel = page->bits == 1  ? FRINGE_PIXEL_BIT
                      : page->bits < 8 ? FRINGE_PIXEL_UINT8
                                       : FRINGE_PIXEL_UINT16;
        return FRINGE_OK;
    }
    if (page->format > SAMPLEFORMAT_IEEEFP) return refuse(stream, "samples are complex numbers", error);
    return failure_set(error, FRINGE_UNSUPPORTED, "%s: TIFF: samples are %s of %u bits; this is not read",
                       stream->name, format_names[page->format], (unsigned)page->bits);
}

/* What the samples mean: which of them are channels, which are a colour, which are alpha and left out. */
static fringe_status check_photometric(struct tiff_stream *stream, struct tiff_page *page,
                                       fringe_error *error)
{
    uint16_t extra_count = 0, *extras = NULL;
    TIFFGetFieldDefaulted(stream->tiff, TIFFTAG_EXTRASAMPLES, &extra_count, &extras);
    page->channels = 1;
    switch (page->photometric) {
    case PHOTOMETRIC_MINISWHITE:
        if (page->format == SAMPLEFORMAT_IEEEFP)
            return refuse(stream, "zero is white (WhiteIsZero) in samples of type float", error);
    /* fall through */
    case PHOTOMETRIC_MINISBLACK:
        /* Samples are channels, as scientific programs write them; only alpha is none. */
        page->channels = page->samples;
        for (uint16_t i = 0; i < extra_count && page->channels > 1; i++)
            if (extras[i] == EXTRASAMPLE_ASSOCALPHA || extras[i] == EXTRASAMPLE_UNASSALPHA) page->channels--;
        return FRINGE_OK;
    case PHOTOMETRIC_PALETTE:
        if (page->bits > 16 || page->format != SAMPLEFORMAT_UINT)
            return refuse(stream, "a colour table of more than 16 bits", error);
        return FRINGE_OK;
    case PHOTOMETRIC_YCBCR:
        if (page->compression != COMPRESSION_JPEG)
            return refuse(stream, "colours are YCbCr without JPEG compression", error);
        /* Asked for before any size is: the decoder converts, and sizes are those of RGB. */
        TIFFSetField(stream->tiff, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
    /* fall through */
    case PHOTOMETRIC_RGB:
        if (page->samples < 3)
            return failure_set(error, FRINGE_FORMAT, "%s: TIFF: colour has 3 samples per pixel, %u are there",
                               stream->name, (unsigned)page->samples);
        page->colour = 1;
        return FRINGE_OK;
    case PHOTOMETRIC_SEPARATED:
        return refuse(stream, "colours are CMYK", error);
    case PHOTOMETRIC_CIELAB:
    case PHOTOMETRIC_ICCLAB:
    case PHOTOMETRIC_ITULAB:
        return refuse(stream, "colours are CIE L*a*b*", error);
    default:
        return failure_set(error, FRINGE_UNSUPPORTED,
                           "%s: TIFF: photometric interpretation is number %u; this is not read",
                           stream->name, (unsigned)page->photometric);
    }
}

/* Strips are blocks as wide as the image, so that both are counted and checked in one way. */
static fringe_status choose_blocks(struct tiff_stream *stream, struct tiff_page *page, fringe_error *error)
{
    TIFF *tiff = stream->tiff;
    uint32_t rows = UINT32_MAX;
    page->tiled = TIFFIsTiled(tiff);
    page->block_width_px = page->width_px;
    if (page->tiled) {
        TIFFGetField(tiff, TIFFTAG_TILEWIDTH, &page->block_width_px);
        TIFFGetField(tiff, TIFFTAG_TILELENGTH, &rows);
    } else {
        TIFFGetFieldDefaulted(tiff, TIFFTAG_ROWSPERSTRIP, &rows);
        if (rows > page->height_px) rows = page->height_px;
    }
    page->block_height_px = rows;
    if (rows == 0 || page->block_width_px == 0)
        return failure_set(error, FRINGE_FORMAT, "%s: TIFF: %s of %lu x %lu pixels", stream->name,
                           page->tiled ? "tiles" : "strips", (unsigned long)page->block_width_px,
                           (unsigned long)rows);
    page->blocks_across = (page->width_px - 1) / page->block_width_px + 1;
    page->blocks_down = (page->height_px - 1) / rows + 1;
    uint64_t planes = page->separate ? page->samples : 1;
    uint64_t wanted = planes * page->blocks_across * page->blocks_down;
    uint64_t there = page->tiled ? TIFFNumberOfTiles(tiff) : TIFFNumberOfStrips(tiff);
    if (wanted != there)
        return failure_set(error, FRINGE_FORMAT, "%s: TIFF: %llu blocks of pixels are needed, %llu are there",
                           stream->name, (unsigned long long)wanted, (unsigned long long)there);
    return FRINGE_OK;
}

/* Row size as libtiff decodes it, against ours, and what is held in memory at one time. */
static fringe_status check_row_size(struct tiff_stream *stream, struct tiff_page *page, fringe_error *error)
{
    uint64_t samples = page->separate ? 1 : page->samples;
    uint64_t block_row_bits = page->block_width_px * samples * page->bits;
    uint64_t block_row = (block_row_bits + 7) / 8;
    uint64_t said =
        (uint64_t)(page->tiled ? TIFFTileRowSize64(stream->tiff) : TIFFScanlineSize64(stream->tiff));
    if (said != block_row)
        return failure_set(error, FRINGE_FORMAT, "%s: TIFF: a row takes %llu bytes, its tags say %llu",
                           stream->name, (unsigned long long)said, (unsigned long long)block_row);
    if (page->tiled && block_row_bits % 8)
        return failure_set(error, FRINGE_UNSUPPORTED,
                           "%s: TIFF: tiles of %lu pixels of %u bits; this is not read", stream->name,
                           (unsigned long)page->block_width_px, (unsigned)page->bits);
    /* Of tiles, a row of them and one more. Sides have 32 bits, so that the product fits when its first part
     * does not exceed the limit. */
    uint64_t held = block_row;
    if (page->tiled) {
        uint64_t tile_rows = page->block_height_px;
        held *= page->blocks_across + 1ull;
        held = held > IMAGE_FORMAT_DECODED_BYTES ? held : held * tile_rows;
    }
    if (held > IMAGE_FORMAT_DECODED_BYTES)
        return failure_set(error, FRINGE_UNSUPPORTED,
                           "%s: TIFF: %llu bytes must be decoded at once, more than the %llu allowed",
                           stream->name, (unsigned long long)held,
                           (unsigned long long)IMAGE_FORMAT_DECODED_BYTES);
    page->row_bytes = (size_t)(((uint64_t)page->width_px * samples * page->bits + 7) / 8);
    return FRINGE_OK;
}

/* Every strip or tile lies in the file and is large enough for the pixels that it is said to hold. */
static fringe_status check_blocks(struct tiff_stream *stream, const struct tiff_page *page,
                                  fringe_error *error)
{
    const struct compression_row *compression = find_compression(page->compression);
    uint64_t row_bytes = page->tiled ? (uint64_t)TIFFTileRowSize64(stream->tiff) : page->row_bytes;
    uint32_t count = page->blocks_across * page->blocks_down * (page->separate ? page->samples : 1u);
    for (uint32_t block = 0; block < count; block++) {
        int unreadable = 0;
        uint64_t offset = TIFFGetStrileOffsetWithErr(stream->tiff, block, &unreadable);
        uint64_t bytes = TIFFGetStrileByteCountWithErr(stream->tiff, block, &unreadable);
        if (unreadable) return tiff_stream_check(stream, error);
        if (offset > (uint64_t)stream->bytes || bytes > (uint64_t)stream->bytes - offset)
            return failure_set(error, FRINGE_FORMAT,
                               "%s: TIFF: block %lu has %llu bytes from byte %llu on, the file ends at %lld",
                               stream->name, (unsigned long)block, (unsigned long long)bytes,
                               (unsigned long long)offset, (long long)stream->bytes);
        uint64_t rows = page->block_height_px;
        uint64_t down = block / page->blocks_across % page->blocks_down;
        if (!page->tiled && (down + 1) * rows > page->height_px) rows = page->height_px - down * rows;
        if (bytes == 0 || rows * row_bytes > bytes * compression->ratio)
            return failure_set(error, FRINGE_FORMAT,
                               "%s: TIFF: block %lu has %llu bytes, too few for %llu rows of %llu bytes "
                               "(compression %s)",
                               stream->name, (unsigned long)block, (unsigned long long)bytes,
                               (unsigned long long)rows, (unsigned long long)row_bytes, compression->name);
    }
    return FRINGE_OK;
}

fringe_status tiff_page_load(struct tiff_stream *stream, struct tiff_page *page, fringe_error *error)
{
    TIFF *tiff = stream->tiff;
    uint16_t planar = PLANARCONFIG_CONTIG, fill_order = FILLORDER_MSB2LSB;
    *page = (struct tiff_page){.photometric = PHOTOMETRIC_MINISBLACK};
    TIFFGetField(tiff, TIFFTAG_IMAGEWIDTH, &page->width_px);
    TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, &page->height_px);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_BITSPERSAMPLE, &page->bits);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLEFORMAT, &page->format);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLESPERPIXEL, &page->samples);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_COMPRESSION, &page->compression);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_PLANARCONFIG, &planar);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_FILLORDER, &fill_order);
    const struct compression_row *compression = find_compression(page->compression);
    if (!TIFFGetField(tiff, TIFFTAG_PHOTOMETRIC, &page->photometric) && compression &&
        compression->ratio == CCITT_RATIO)
        page->photometric = PHOTOMETRIC_MINISWHITE; /* what a fax means unless told otherwise */
    if (page->format == SAMPLEFORMAT_VOID || page->format == 0) page->format = SAMPLEFORMAT_UINT;
    page->separate = planar == PLANARCONFIG_SEPARATE && page->samples > 1;

    fringe_status status = micrograph_source_check_size(stream->name, page->height_px, page->width_px, error);
    if (status) return status;
    if (page->samples == 0)
        return failure_set(error, FRINGE_FORMAT, "%s: TIFF: 0 samples per pixel", stream->name);
    if ((status = check_compression(stream, page, error))) return status;
    if ((status = choose_pixel(stream, page, error))) return status;
    if ((status = check_photometric(stream, page, error))) return status;
    if ((status = choose_blocks(stream, page, error))) return status;
    if ((status = check_row_size(stream, page, error))) return status;
    page->raw = page->plain && !page->tiled && page->compression == COMPRESSION_NONE &&
                fill_order == FILLORDER_MSB2LSB;
    return check_blocks(stream, page, error);
}

uint32_t tiff_page_block(const struct tiff_page *page, uint32_t down, uint32_t across, uint16_t sample)
{
    uint32_t plane = page->separate ? sample * page->blocks_down * page->blocks_across : 0;
    return plane + down * page->blocks_across + across;
}
