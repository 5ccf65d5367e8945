#include "io/tiff_calibration.h"

#include <math.h>
#include <string.h>

#include "base/number.h"
#include "base/run_state.h"
#include "io/length_unit.h"

enum { TAG_FEI_SFEG = 34680, TAG_FEI_HELIOS = 34682, TAG_ZEISS = 34118 };

static uint64_t number_at(const unsigned char *bytes, int count, int big_endian)
{
    uint64_t number = 0;
    for (int i = 0; i < count; i++) number = number << 8 | bytes[big_endian ? i : count - 1 - i];
    return number;
}

/* The size of a pixel, in the unit of a resolution tag (pixels per unit), as it stands in the current
 * directory; 0 where there is none. libtiff gives rationals as float, which would turn 0.02 nm into
 * 0.0199999996. */
static double read_pixel_size(struct tiff_stream *stream, uint32_t tag)
{
    int big_endian = TIFFIsBigEndian(stream->tiff), big_tiff = TIFFIsBigTIFF(stream->tiff);
    size_t count_bytes = big_tiff ? 8 : 2, entry_bytes = big_tiff ? 20 : 12, value_at = big_tiff ? 12 : 8;
    uint64_t offset = TIFFCurrentDirOffset(stream->tiff);
    unsigned char bytes[20];
    if (tiff_stream_fetch(stream, offset, bytes, count_bytes, NULL)) return 0;
    uint64_t count = number_at(bytes, (int)count_bytes, big_endian);
    for (uint64_t i = 0; i < count; i++) {
        if (tiff_stream_fetch(stream, offset + count_bytes + i * entry_bytes, bytes, entry_bytes, NULL))
            return 0;
        if (number_at(bytes, 2, big_endian) != tag) continue;
        if (number_at(bytes + 2, 2, big_endian) != TIFF_RATIONAL) return 0;
        if (!big_tiff) {
            uint64_t where = number_at(bytes + value_at, 4, big_endian);
            if (tiff_stream_fetch(stream, where, bytes + value_at, 8, NULL)) return 0;
        }
        double pixels = (double)number_at(bytes + value_at, 4, big_endian);
        double units = (double)number_at(bytes + value_at + 4, 4, big_endian);
        return pixels > 0 ? units / pixels : 0;
    }
    return 0;
}

/* Stores a pixel size where it is one. 1 where the place has decided, be it against a pixel size. */
static int use_sizes(struct tiff_stream *stream, fringe_micrograph *micrograph, double x, const char *x_unit,
                     double y, const char *y_unit)
{
    double x_nm = 0, y_nm = 0;
    char text[NUMBER_TEXT_BYTES];
    enum length_unit_kind kind = length_unit_find(x_unit, &x_nm), y_kind = length_unit_find(y_unit, &y_nm);
    length_unit_copy(x_unit, strlen(x_unit), micrograph->unit, sizeof micrograph->unit);
    if (kind == LENGTH_UNIT_NONE) return 1;
    if (kind == LENGTH_UNIT_UNKNOWN || y_kind == LENGTH_UNIT_UNKNOWN || y_kind == LENGTH_UNIT_NONE) {
        run_state_notice(stream->run, FRINGE_NOTICE_CALIBRATION,
                         "%s: the unit \"%s\" is not known, so that the pixel size is not either",
                         stream->name, kind == LENGTH_UNIT_UNKNOWN ? x_unit : y_unit);
        return 1;
    }
    x *= x_nm;
    y *= y_nm;
    if (kind == LENGTH_UNIT_PRINT && x > LENGTH_UNIT_PRINT_LIMIT_NM) return 1;
    if (!(x >= LENGTH_UNIT_SMALLEST_NM && x <= LENGTH_UNIT_LARGEST_NM && y >= LENGTH_UNIT_SMALLEST_NM &&
          y <= LENGTH_UNIT_LARGEST_NM)) {
        run_state_notice(
            stream->run, FRINGE_NOTICE_CALIBRATION, "%s: a pixel size of %s nm is left out", stream->name,
            number_text(x >= LENGTH_UNIT_SMALLEST_NM && x <= LENGTH_UNIT_LARGEST_NM ? y : x, 6, text));
        return 1;
    }
    micrograph->info.nm_per_px_x = x;
    micrograph->info.nm_per_px_y = y;
    return 1;
}

static void use_spacing(fringe_micrograph *micrograph, double spacing, const char *unit)
{
    double nm;
    spacing = fabs(spacing); /* ImageJ writes a negative one for stacks that run upwards */
    if (length_unit_find(unit, &nm) == LENGTH_UNIT_LENGTH && spacing * nm >= LENGTH_UNIT_SMALLEST_NM)
        micrograph->info.nm_per_slice = spacing * nm;
}

/* The text of a private tag, NULL where there is none. Not closed by NUL. */
static const char *private_text(struct tiff_stream *stream, uint32_t tag, size_t *length)
{
    uint32_t count = 0;
    void *text = NULL;
    if (!TIFFGetField(stream->tiff, tag, &count, &text) || !text) return NULL;
    *length = count;
    return text;
}

/* The first place of `words` in a text that need not be closed by NUL, behind them; NULL where they are not.
 */
static const char *behind(const char *text, const char *end, const char *words)
{
    size_t length = strlen(words);
    for (; text && (size_t)(end - text) >= length; text++)
        if (!memcmp(text, words, length)) return text + length;
    return NULL;
}

/* FEI: "[Scan]\r\nPixelWidth=1.2e-009\r\nPixelHeight=1.2e-009", in metres. */
static int use_fei(struct tiff_stream *stream, fringe_micrograph *micrograph)
{
    size_t length;
    const char *text = private_text(stream, TAG_FEI_HELIOS, &length);
    if (!text) text = private_text(stream, TAG_FEI_SFEG, &length);
    if (!text) return 0;
    const char *end = text + length, *scan = behind(text, end, "[Scan]");
    const char *width = behind(scan, end, "PixelWidth="), *height = behind(scan, end, "PixelHeight=");
    double x, y;
    if (!width || !height || !number_parse(width, end, &x) || !number_parse(height, end, &y)) return 0;
    return use_sizes(stream, micrograph, x, "m", y, "m");
}

/* Zeiss: "AP_IMAGE_PIXEL_SIZE\r\nImage Pixel Size = 1.24 nm\r\n". */
static int use_zeiss(struct tiff_stream *stream, fringe_micrograph *micrograph)
{
    size_t length;
    const char *text = private_text(stream, TAG_ZEISS, &length);
    if (!text) return 0;
    const char *end = text + length, *number = behind(text, end, "Image Pixel Size = ");
    double size;
    const char *unit = number ? number_parse(number, end, &size) : NULL;
    if (!unit) return 0;
    const char *stop = unit;
    while (stop < end && *stop != '\r' && *stop != '\n' && *stop) stop++;
    char spelling[sizeof micrograph->unit];
    length_unit_copy(unit, (size_t)(stop - unit), spelling, sizeof spelling);
    return use_sizes(stream, micrograph, size, spelling, size, spelling);
}

void tiff_calibration_read(struct tiff_stream *stream, const struct imagej_text *imagej,
                           const struct ome_text *ome, fringe_micrograph *micrograph)
{
    if (ome && ome->x > 0) {
        double y = ome->y > 0 ? ome->y : ome->x;
        use_sizes(stream, micrograph, ome->x, ome->x_unit, y, ome->y > 0 ? ome->y_unit : ome->x_unit);
        use_spacing(micrograph, ome->z, ome->z_unit);
        return;
    }
    double x = read_pixel_size(stream, TIFFTAG_XRESOLUTION), y = read_pixel_size(stream, TIFFTAG_YRESOLUTION);
    if (x > 0 && !(y > 0)) y = x;
    if (imagej && imagej->unit[0]) {
        const char *y_unit = imagej->y_unit[0] ? imagej->y_unit : imagej->unit;
        if (x > 0) use_sizes(stream, micrograph, x, imagej->unit, y, y_unit);
        if (imagej->spacing != 0) use_spacing(micrograph, imagej->spacing, imagej->unit);
        micrograph->info.seconds_per_frame = imagej->frame_interval_s;
        return;
    }
    if (use_fei(stream, micrograph) || use_zeiss(stream, micrograph)) return;
    uint16_t unit = RESUNIT_INCH;
    TIFFGetFieldDefaulted(stream->tiff, TIFFTAG_RESOLUTIONUNIT, &unit);
    if (!(x > 0) || unit == RESUNIT_NONE) return;
    const char *spelling = unit == RESUNIT_CENTIMETER ? "cm" : "inch";
    use_sizes(stream, micrograph, x, spelling, y, spelling);
}
