/* TIFF by libtiff: every sample type, layout and compression that tiff_page.c accepts, stacks and channels as
 * ImageJ and OME order them. The pages are looked at once when a file is opened; pixels are decoded by row.
 */
#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "base/run_state.h"
#include "io/image_format.h"
#include "io/imagej_notes.h"
#include "io/imagej_text.h"
#include "io/ome_text.h"
#include "io/tiff_calibration.h"
#include "io/tiff_page.h"
#include "io/tiff_rows.h"
#include "io/tiff_stream.h"

/* OME-XML and ImageJ's notes beyond this are not looked at. */
#define TEXT_BYTES (64 << 20)

struct tiff_source {
    struct tiff_stream stream;
    struct tiff_rows rows;
    uint64_t *offsets;     /* of the directories that hold pages */
    uint32_t page_count;   /* how many of those; more pages when `behind` */
    uint32_t current;      /* the page whose directory the handle is at */
    struct tiff_page page; /* what that directory says; size and samples are every page's */
    uint32_t behind;       /* planes that lie behind the only directory's own, as ImageJ's large stacks */
    /* The page of channel c, slice z and frame t is c * steps[0] + z * steps[1] + t * steps[2]. */
    int32_t slices; /* of one frame */
    int32_t steps[3];
    int lies_higher; /* 1 where signed pixels are kept as unsigned ones, IMAGEJ_TEXT_HIGHER higher */
    int by_index;    /* 1 where samples are wanted as they are, whatever colours they stand for */
    float *palette;  /* luminance by index; NULL where samples are not indices, or are wanted as they are */
};

/* ---- rows ---- */

/* FRINGE_OK where a page has the size and the samples of the first. */
static fringe_status compare_pages(const struct tiff_source *source, uint32_t number,
                                   const struct tiff_page *page, fringe_error *error)
{
    const struct tiff_page *first = &source->page;
    if (page->width_px != first->width_px || page->height_px != first->height_px)
        return failure_set(
            error, FRINGE_UNSUPPORTED, "%s: TIFF: page %lu has %lu x %lu pixels, the first has %lu x %lu",
            source->stream.name, (unsigned long)number, (unsigned long)page->width_px,
            (unsigned long)page->height_px, (unsigned long)first->width_px, (unsigned long)first->height_px);
    if (page->pixel != first->pixel || page->bits != first->bits || page->channels != first->channels ||
        page->photometric != first->photometric)
        return failure_set(
            error, FRINGE_UNSUPPORTED,
            "%s: TIFF: page %lu has %u samples of %u bits (photometric %u), the first has %u of %u "
            "(%u)",
            source->stream.name, (unsigned long)number, (unsigned)page->samples, (unsigned)page->bits,
            (unsigned)page->photometric, (unsigned)first->samples, (unsigned)first->bits,
            (unsigned)first->photometric);
    return FRINGE_OK;
}

/* Takes the handle to a page, where rows can be decoded. Staying on a page costs nothing. */
static fringe_status go_to_page(struct tiff_source *source, uint32_t number, fringe_error *error)
{
    struct tiff_page page;
    if (source->current == number) return FRINGE_OK;
    source->current = UINT32_MAX; /* until all is well */
    tiff_stream_forget(&source->stream);
    int failed = !TIFFSetSubDirectory(source->stream.tiff, source->offsets[number]);
    fringe_status status = tiff_stream_check(&source->stream, error);
    if (!status && failed)
        status = failure_set(error, FRINGE_FORMAT, "%s: TIFF: page %lu cannot be read again",
                             source->stream.name, (unsigned long)number);
    if (!status) status = tiff_page_load(&source->stream, &page, error);
    if (!status)
        status = compare_pages(source, number, &page, error); /* the file may have changed meanwhile */
    if (status) return status;
    source->page = page;
    status = tiff_rows_start(&source->rows, &source->stream, &source->page, error);
    if (!status) source->current = number;
    return status;
}

/* Samples first, first + step, ... of `bits` bits each, the highest bit first. */
static void unpack(const struct tiff_page *page, const unsigned char *samples, size_t first, size_t step,
                   float *values)
{
    for (size_t x = 0; x < page->width_px; x++) {
        size_t at = (first + x * step) * page->bits, bits_left = page->bits;
        uint32_t value = 0;
        while (bits_left) {
            size_t in_byte = 8 - at % 8, taken = in_byte < bits_left ? in_byte : bits_left;
            value = value << taken | (samples[at / 8] >> (in_byte - taken) & ((1u << taken) - 1));
            at += taken;
            bits_left -= taken;
        }
        values[x] = (float)value;
    }
}

static void to_float(const struct tiff_page *page, const unsigned char *samples, size_t first, size_t step,
                     float *values)
{
    if (page->plain)
        micrograph_source_to_float(page->pixel, samples, first, step, page->width_px, values);
    else
        unpack(page, samples, first, step, values);
}

/* WhiteIsZero: unsigned samples count down from their largest value, signed ones from -1 (all bits change).
 */
static void invert(const struct tiff_page *page, float *values)
{
    double top = page->format == SAMPLEFORMAT_INT ? -1.0 : (double)(((uint64_t)1 << page->bits) - 1);
    for (size_t x = 0; x < page->width_px; x++) values[x] = (float)(top - (double)values[x]);
}

static fringe_status read_row(struct tiff_source *source, uint32_t plane, uint16_t sample, uint32_t y,
                              float *values, fringe_error *error)
{
    const struct tiff_page *page = &source->page;
    const unsigned char *samples;
    fringe_status status =
        source->behind && plane
            ? tiff_rows_read_behind(&source->rows, y, plane, &samples, error)
            : tiff_rows_decode(&source->rows, y, page->separate ? sample : 0, &samples, error);
    if (status) return status;
    to_float(page, samples, page->separate ? 0 : sample, page->separate ? 1 : page->samples, values);
    if (page->photometric == PHOTOMETRIC_MINISWHITE && !source->by_index) invert(page, values);
    if (source->lies_higher)
        for (size_t x = 0; x < page->width_px; x++) values[x] -= IMAGEJ_TEXT_HIGHER;
    if (source->palette)
        for (size_t x = 0; x < page->width_px; x++) values[x] = source->palette[(size_t)values[x]];
    return FRINGE_OK;
}

/* Rows of red, green and blue become rows of luminance. Planes of one colour are read one after the other,
 * each over all the rows, because going back and forth between them would decode them again and again. */
static fringe_status read_colour_rows(struct tiff_source *source, uint32_t plane, uint32_t y0, uint32_t count,
                                      float *rows, fringe_error *error)
{
    size_t width = source->page.width_px;
    uint32_t together = source->page.separate ? count : 1;
    float *parts = alloc_array(3 * width, together * sizeof *parts);
    if (!parts) return failure_memory(error, source->stream.name, 3ull * width * together * sizeof *parts);
    fringe_status status = FRINGE_OK;
    for (uint32_t y = 0; y < count && !status; y += together) {
        size_t part = width * together;
        for (uint32_t i = 0; i < 3 * together && !status; i++) {
            uint32_t colour = i / together, row = i % together;
            status = read_row(source, plane, (uint16_t)colour, y0 + y + row,
                              parts + colour * part + row * width, error);
        }
        for (size_t x = 0; x < part && !status; x++)
            rows[y * width + x] = image_format_luminance(parts[x], parts[part + x], parts[2 * part + x]);
    }
    alloc_free(parts);
    return status;
}

static fringe_status tiff_read_rows(void *state, int32_t slice, int32_t channel, int32_t y0, int32_t y1,
                                    float *rows, fringe_error *error)
{
    struct tiff_source *source = state;
    int32_t sample = channel % source->page.channels, page_channel = channel / source->page.channels;
    uint32_t plane = (uint32_t)(page_channel * source->steps[0] + slice % source->slices * source->steps[1] +
                                slice / source->slices * source->steps[2]);
    fringe_status status = go_to_page(source, source->behind ? 0 : plane, error);
    if (status) return status;
    if (source->page.colour)
        return read_colour_rows(source, plane, (uint32_t)y0, (uint32_t)(y1 - y0), rows, error);
    for (int32_t y = y0; y < y1 && !status; y++)
        status = read_row(source, plane, (uint16_t)sample, (uint32_t)y,
                          rows + (size_t)(y - y0) * source->page.width_px, error);
    return status;
}

static void tiff_release(struct tiff_source *source)
{
    tiff_stream_close(&source->stream);
    tiff_rows_free(&source->rows);
    alloc_free(source->offsets);
    alloc_free(source->palette);
    alloc_free(source);
}

static void tiff_close(void *state)
{
    struct tiff_source *source = state;
    FILE *stream = source->stream.stream;
    tiff_release(source);
    fclose(stream);
}

static const struct micrograph_source_methods tiff_methods = {tiff_read_rows, tiff_close};

/* ---- opening ---- */

/* Takes the handle's directory as the next page, when it is one of the same kind as the first. */
static fringe_status add_page(struct tiff_source *source, fringe_error *error)
{
    struct tiff_page page;
    fringe_status status = tiff_page_load(&source->stream, &page, error);
    if (status) return status;
    if (source->page_count == 0)
        source->page = page;
    else if ((status = compare_pages(source, source->page_count, &page, error)))
        return status;
    /* Room doubles at powers of two. */
    if ((source->page_count & (source->page_count - 1)) == 0) {
        size_t room = source->page_count ? 2 * (size_t)source->page_count : 1;
        uint64_t *grown = alloc_resize(source->offsets, room, sizeof *grown);
        if (!grown) return failure_memory(error, source->stream.name, room * sizeof *grown);
        source->offsets = grown;
    }
    source->offsets[source->page_count++] = TIFFCurrentDirOffset(source->stream.tiff);
    return FRINGE_OK;
}

/* Walks along the chain of directories. Thumbnails, pyramid levels and masks are no pages. */
static fringe_status find_pages(struct tiff_source *source, fringe_error *error)
{
    struct tiff_stream *stream = &source->stream;
    uint32_t left_out = 0;
    for (int more = 1; more;) {
        uint32_t kind = 0;
        TIFFGetField(stream->tiff, TIFFTAG_SUBFILETYPE, &kind);
        fringe_status status = FRINGE_OK;
        if (kind & (FILETYPE_REDUCEDIMAGE | FILETYPE_MASK))
            left_out++;
        else
            status = add_page(source, error);
        if (status) return status;
        more = TIFFReadDirectory(stream->tiff);
        if ((status = tiff_stream_check(stream, error))) return status;
    }
    if (left_out && source->page_count)
        run_state_notice(stream->run, FRINGE_NOTICE_READER,
                         "%s: TIFF: %lu thumbnails, reduced copies or masks are left out", stream->name,
                         (unsigned long)left_out);
    if (source->page_count == 0)
        return failure_set(error, FRINGE_FORMAT, "%s: TIFF: all of its %lu images are thumbnails or masks",
                           stream->name, (unsigned long)left_out);
    source->current = UINT32_MAX;
    return go_to_page(source, 0, error);
}

/* A stack of ImageJ's whose planes lie one behind the other after the only directory: its form above 4 GB,
 * where 32-bit offsets end. How many there are says the description alone, so the file's length is asked. */
static fringe_status find_planes_behind(struct tiff_source *source, const struct imagej_text *imagej,
                                        fringe_error *error)
{
    const struct tiff_stream *stream = &source->stream;
    const struct tiff_page *page = &source->page;
    uint64_t plane = (uint64_t)page->height_px * page->row_bytes,
             start = TIFFGetStrileOffset(stream->tiff, 0);
    uint64_t behind = start < (uint64_t)stream->bytes ? (uint64_t)stream->bytes - start : 0;
    if (imagej->images <= 1 || source->page_count != 1) return FRINGE_OK;
    if (!page->raw || page->separate || source->offsets[0] > start || behind == plane) {
        /* One page of a stack, saved with the stack's description. */
        run_state_notice(stream->run, FRINGE_NOTICE_READER,
                         "%s: its description speaks of %lld images, the file holds one", stream->name,
                         (long long)imagej->images);
        return FRINGE_OK;
    }
    if (behind / plane < (uint64_t)imagej->images)
        return failure_set(
            error, FRINGE_FORMAT, "%s: TIFF: %lld images of %llu bytes are described, %llu bytes are there",
            stream->name, (long long)imagej->images, (unsigned long long)plane, (unsigned long long)behind);
    source->behind = (uint32_t)imagej->images - 1;
    return FRINGE_OK;
}

/* Says how pages are channels, slices and frames; 0 where that does not fit their number. */
static int order_pages(struct tiff_source *source, fringe_micrograph *micrograph, int64_t channels,
                       int64_t slices, int64_t frames, const char *order)
{
    int64_t sizes[3] = {channels, slices, frames}, step = 1,
            pages = (int64_t)source->page_count + source->behind;
    /* Each is at most 2^31 and the product must be the number of pages, so that nothing overflows. */
    if (channels > pages || slices > pages || channels * slices > pages || frames > pages ||
        channels * slices * frames != pages)
        return 0;
    for (const char *axis = order; *axis; axis++) {
        int i = *axis == 'C' ? 0 : *axis == 'Z' ? 1 : 2;
        source->steps[i] = (int32_t)step;
        step *= sizes[i];
    }
    source->slices = (int32_t)slices;
    micrograph->info.slice_count = (int32_t)(slices * frames);
    micrograph->info.frame_count = (int32_t)frames;
    micrograph->info.channel_count = (int32_t)channels * source->page.channels;
    return 1;
}

static int is_order(const char *text) /* OME's: XY and then C, Z, T in any order */
{
    return strlen(text) == 5 && !memcmp(text, "XY", 2) && strchr(text + 2, 'C') && strchr(text + 2, 'Z') &&
           strchr(text + 2, 'T');
}

/* OME-XML says most and comes first, then ImageJ; pages that neither explains are slices in their order. */
static void choose_order(struct tiff_source *source, fringe_micrograph *micrograph,
                         const struct imagej_text *imagej, const struct ome_text *ome)
{
    int64_t pages = (int64_t)source->page_count + source->behind;
    if (ome && ome->channels && ome->slices && ome->frames) {
        int64_t channels = ome->channels; /* OME counts samples as channels */
        if (channels % source->page.samples == 0) channels /= source->page.samples;
        if (order_pages(source, micrograph, channels, ome->slices, ome->frames,
                        is_order(ome->order) ? ome->order + 2 : "CZT"))
            return;
        run_state_notice(
            source->stream.run, FRINGE_NOTICE_READER,
            "%s: OME-XML describes %lld channels, %lld slices and %lld frames, the file has %lld "
            "pages: they are read as slices",
            source->stream.name, (long long)ome->channels, (long long)ome->slices, (long long)ome->frames,
            (long long)pages);
    } else if (imagej && (imagej->channels > 1 || imagej->frames > 1)) {
        if (order_pages(source, micrograph, imagej->channels, imagej->slices, imagej->frames, "CZT")) return;
        run_state_notice(
            source->stream.run, FRINGE_NOTICE_READER,
            "%s: the description says channels=%lld slices=%lld frames=%lld, the file has %lld pages: "
            "they are read as slices",
            source->stream.name, (long long)imagej->channels, (long long)imagej->slices,
            (long long)imagej->frames, (long long)pages);
    }
    order_pages(source, micrograph, 1, pages, 1, "CZT");
}

static fringe_status load_palette(struct tiff_source *source, fringe_micrograph *micrograph,
                                  fringe_error *error)
{
    uint16_t *red, *green, *blue;
    size_t count = (size_t)1 << source->page.bits;
    unsigned largest = 0;
    if (!TIFFGetField(source->stream.tiff, TIFFTAG_COLORMAP, &red, &green, &blue))
        return failure_set(error, FRINGE_FORMAT,
                           "%s: TIFF: colours are indices and the colour table is missing",
                           source->stream.name);
    source->palette = alloc_array(count, sizeof *source->palette);
    if (!source->palette) return failure_memory(error, source->stream.name, count * sizeof *source->palette);
    for (size_t i = 0; i < count; i++) {
        if (red[i] != green[i] || green[i] != blue[i]) micrograph->info.colour = 1;
        if (red[i] > largest) largest = red[i];
        if (green[i] > largest) largest = green[i];
        if (blue[i] > largest) largest = blue[i];
    }
    /* Entries have 16 bits, of which the upper 8 count: full is 0xFFFF to some writers and 0xFF00 to ImageJ.
     * Some old writers put 0 to 255 there. */
    int shift = largest > 255 ? 8 : 0;
    for (size_t i = 0; i < count; i++)
        source->palette[i] = image_format_luminance(red[i] >> shift, green[i] >> shift, blue[i] >> shift);
    micrograph->info.pixel = FRINGE_PIXEL_UINT8;
    return FRINGE_OK;
}

/* What slice labels need while they are read. */
struct label_target {
    fringe_micrograph *micrograph;
    const struct tiff_source *source;
    fringe_status status;
    fringe_error *error;
};

static int take_label(void *user, size_t index, const char *text, size_t length)
{
    struct label_target *target = user;
    size_t channels = (size_t)(target->micrograph->info.channel_count / target->source->page.channels);
    /* Labels are of pages, channels fastest; a slice has that of its first channel. */
    if (index / channels >= (size_t)target->micrograph->info.slice_count) return 0;
    if (index % channels == 0 && length > 0)
        target->status = micrograph_source_set_label(target->micrograph, (int32_t)(index / channels), text,
                                                     length, target->error);
    return !target->status;
}

/* Slice labels from ImageJ's private tags. libtiff hands tags that it does not know as counted arrays of the
 * type that the file gives them; another type than ImageJ's is somebody else's tag. */
static fringe_status read_labels(struct tiff_source *source, fringe_micrograph *micrograph,
                                 fringe_error *error)
{
    TIFF *tiff = source->stream.tiff;
    uint32_t count_count = 0, size = 0;
    void *counts = NULL, *bytes = NULL;
    struct label_target target = {micrograph, source, FRINGE_OK, error};
    if (!TIFFGetField(tiff, IMAGEJ_NOTES_COUNTS_TAG, &count_count, &counts) || !counts ||
        TIFFFieldDataType(TIFFFieldWithTag(tiff, IMAGEJ_NOTES_COUNTS_TAG)) != TIFF_LONG)
        return FRINGE_OK;
    if (!TIFFGetField(tiff, IMAGEJ_NOTES_BYTES_TAG, &size, &bytes) || !bytes ||
        TIFFFieldDataType(TIFFFieldWithTag(tiff, IMAGEJ_NOTES_BYTES_TAG)) != TIFF_BYTE)
        return FRINGE_OK;
    imagej_notes_read(counts, count_count, bytes, size, TIFFIsBigEndian(tiff), take_label, &target);
    return target.status;
}

/* Everything about the file beside its pixels, from the first directory. */
static fringe_status describe(struct tiff_source *source, const struct image_input *input,
                              fringe_micrograph *micrograph, fringe_error *error)
{
    struct imagej_text imagej;
    struct ome_text ome;
    const char *description = NULL;
    fringe_error said;
    TIFFGetField(source->stream.tiff, TIFFTAG_IMAGEDESCRIPTION, &description);
    size_t length = description ? strlen(description) : 0;
    int is_imagej = description && imagej_text_parse(description, length, &imagej);
    int is_ome = description && length < TEXT_BYTES && ome_text_is(description, length);
    if (is_ome && ome_text_parse(description, length, input->name, &ome, &said)) {
        is_ome = 0;
        run_state_notice(input->run, FRINGE_NOTICE_CALIBRATION, "%s; channels and pixel size are unknown",
                         said.message);
    }
    fringe_status status = is_imagej ? find_planes_behind(source, &imagej, error) : FRINGE_OK;
    if (status) return status;

    fringe_micrograph_info *info = &micrograph->info;
    info->width_px = (int32_t)source->page.width_px;
    info->height_px = (int32_t)source->page.height_px;
    info->pixel = source->page.pixel;
    info->colour = source->page.colour;
    choose_order(source, micrograph, is_imagej ? &imagej : NULL, is_ome ? &ome : NULL);
    tiff_calibration_read(&source->stream, is_imagej ? &imagej : NULL, is_ome ? &ome : NULL, micrograph);
    if (is_imagej) {
        info->own_output = imagej.own_output;
        micrograph->has_display = imagej.has_display;
        micrograph->display_min = imagej.display_min;
        micrograph->display_max = imagej.display_max;
        if (imagej.lies_higher && info->pixel == FRINGE_PIXEL_UINT16 && !info->colour) {
            source->lies_higher = 1;
            info->pixel = FRINGE_PIXEL_INT16;
            micrograph->display_min -= IMAGEJ_TEXT_HIGHER;
            micrograph->display_max -= IMAGEJ_TEXT_HIGHER;
        }
        status = read_labels(source, micrograph, error);
    }
    /* Masks that ImageJ makes on a white ground are WhiteIsZero, and 255 is their foreground as in all
     * others. */
    source->by_index = input->palette == IMAGE_READ_INDEX && source->page.bits > 1;
    if (!status && source->page.photometric == PHOTOMETRIC_PALETTE && input->palette == IMAGE_READ_LUMINANCE)
        status = load_palette(source, micrograph, error);
    if (!status && info->colour)
        run_state_notice(input->run, FRINGE_NOTICE_COLOUR, "%s: colour is read as luminance", input->name);
    return status;
}

static fringe_status tiff_open(const struct image_input *input, fringe_micrograph *micrograph,
                               fringe_error *error)
{
    struct tiff_source *source = alloc_array(1, sizeof *source);
    if (!source) return failure_memory(error, input->name, sizeof *source);
    fringe_status status =
        tiff_stream_open(&source->stream, input->stream, input->bytes, input->name, input->run, error);
    if (!status) status = find_pages(source, error);
    if (!status) status = describe(source, input, micrograph, error);
    if (status) {
        tiff_release(source);
        return status;
    }
    /* From here on nobody listens, and every byte was accounted for. */
    source->stream.run = NULL;
    source->stream.allowance = INT64_MAX;
    micrograph->methods = &tiff_methods;
    micrograph->state = source;
    return FRINGE_OK;
}

static int tiff_recognise(const unsigned char *head, size_t size)
{
    static const unsigned char starts[4][4] = {
        {'I', 'I', 42, 0}, {'M', 'M', 0, 42}, {'I', 'I', 43, 0}, {'M', 'M', 0, 43}};
    for (int i = 0; i < 4; i++)
        if (size >= 4 && !memcmp(head, starts[i], 4)) return 1;
    return 0;
}

static const char *const tiff_extensions[] = {".tif", ".tiff", NULL};

const struct image_format tiff_read_format = {"tiff", tiff_extensions, tiff_recognise, tiff_open};
