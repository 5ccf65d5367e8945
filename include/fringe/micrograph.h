/* micrograph.h - calibrated images from files or from memory.
 *
 * A micrograph is one or more slices (pages of a stack) of C >= 1 channels on one grid of height x width
 * pixels, row-major, origin at the top left. Pixels are handed out as float, with the file's own numbers (a
 * 16-bit 4711 is 4711.0; signed types keep their sign; WhiteIsZero is inverted; colour is luminance).
 * Pixel size is in nanometres per pixel, separately for X and Y; 0 means unknown.
 * One object serves one thread at a time; different objects are independent.
 */
#ifndef FRINGE_MICROGRAPH_H
#define FRINGE_MICROGRAPH_H

#include <stdint.h>

#include "fringe/run.h"
#include "fringe/status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct fringe_micrograph fringe_micrograph;

/* Types of pixels as they lie in a file or in the caller's memory. */
#define FRINGE_PIXEL_LIST(X)                                                                                 \
    X(FRINGE_PIXEL_BIT, "bit", 0)                                                                            \
    X(FRINGE_PIXEL_UINT8, "uint8", 1)                                                                        \
    X(FRINGE_PIXEL_INT8, "int8", 1)                                                                          \
    X(FRINGE_PIXEL_UINT16, "uint16", 2)                                                                      \
    X(FRINGE_PIXEL_INT16, "int16", 2)                                                                        \
    X(FRINGE_PIXEL_UINT32, "uint32", 4)                                                                      \
    X(FRINGE_PIXEL_INT32, "int32", 4)                                                                        \
    X(FRINGE_PIXEL_FLOAT32, "float32", 4)                                                                    \
    X(FRINGE_PIXEL_FLOAT64, "float64", 8)

typedef enum fringe_pixel {
#define FRINGE_PIXEL_ENUM(symbol, name, bytes) symbol,
    FRINGE_PIXEL_LIST(FRINGE_PIXEL_ENUM)
#undef FRINGE_PIXEL_ENUM
} fringe_pixel;

/* The name of a type, "uint16"; static text. */
FRINGE_API const char *fringe_pixel_name(fringe_pixel pixel);

/* Rows and columns at the edges that are no image: a burnt-in data bar, or what the caller excluded. */
typedef struct fringe_excluded {
    int32_t top_px, bottom_px, left_px, right_px;
} fringe_excluded;

/* What is known of a micrograph without reading all its pixels. Texts are owned by the micrograph. */
typedef struct fringe_micrograph_info {
    const char *reader; /* "tiff", "png", "jpeg" or "memory" */
    int32_t width_px, height_px;
    int32_t slice_count;   /* pages, time points and planes together, at least 1 */
    int32_t frame_count;   /* time points among them, at least 1; slice_count is a multiple of it, and the
                              slices   of one time point follow each other */
    int32_t channel_count; /* at least 1; colour counts as one channel */
    fringe_pixel pixel;
    int colour;                      /* 1 where colour is read as luminance */
    double nm_per_px_x, nm_per_px_y; /* 0 when unknown */
    double nm_per_slice;             /* distance of slices, 0 when unknown */
    double seconds_per_frame;        /* 0 when unknown */
    const char *unit;                /* the unit as the file spells it, "" when it has none */
    int own_output;                  /* 1 where the file says that Fringe wrote it */
} fringe_micrograph_info;

/* Opens an image file whatever its name's ending: the content decides. Notices (wrong ending, colour, odd
 * calibration) go to `run`, which may be NULL. On success *micrograph is owned by the caller; on failure it
 * is NULL and the status is FRINGE_FILE, FRINGE_FORMAT (damaged; field and numbers named) or
 * FRINGE_UNSUPPORTED. */
FRINGE_API fringe_status fringe_micrograph_open(const char *path, const fringe_run *run,
                                                fringe_micrograph **micrograph, fringe_error *error);

/* Makes a micrograph of one slice from the caller's pixels, which are copied: channel_count planes of
 * height_px x width_px, one behind the other, without gaps, in native byte order. FRINGE_PIXEL_BIT is not
 * accepted. nm_per_px 0 for unknown. */
FRINGE_API fringe_status fringe_micrograph_from_pixels(const void *pixels, fringe_pixel pixel,
                                                       int32_t channel_count, int32_t height_px,
                                                       int32_t width_px, double nm_per_px,
                                                       fringe_micrograph **micrograph, fringe_error *error);

/* Closes the file and frees. NULL is accepted. */
FRINGE_API void fringe_micrograph_free(fringe_micrograph *micrograph);

/* Fills *info. Its texts live as long as the micrograph. */
FRINGE_API void fringe_micrograph_get_info(const fringe_micrograph *micrograph, fringe_micrograph_info *info);

/* The title of a slice (an ImageJ slice label), "" where it has none. Owned by the micrograph. */
FRINGE_API const char *fringe_micrograph_slice_label(const fringe_micrograph *micrograph, int32_t slice);

/* Replaces the pixel size, X and Y alike; > 0 and finite, else FRINGE_ARGUMENT. */
FRINGE_API fringe_status fringe_micrograph_set_pixel_size(fringe_micrograph *micrograph, double nm_per_px,
                                                          fringe_error *error);

/* Replaces the pixel size, X and Y each by its own; 0 for unknown, finite, else FRINGE_ARGUMENT. */
FRINGE_API fringe_status fringe_micrograph_set_pixel_size_xy(fringe_micrograph *micrograph,
                                                             double nm_per_px_x, double nm_per_px_y,
                                                             fringe_error *error);

/* Gives a micrograph of fringe_micrograph_from_pixels the pixels of the next slice of the same stack, laid
 * out as there and copied. Calibration stays, and so do the bars that were found: a stack's are those of its
 * first slice. FRINGE_ARGUMENT where type, channels or size are not those that it was made with, or where it
 * was opened from a file; it is then as before. */
FRINGE_API fringe_status fringe_micrograph_replace_pixels(fringe_micrograph *micrograph, const void *pixels,
                                                          fringe_pixel pixel, int32_t channel_count,
                                                          int32_t height_px, int32_t width_px,
                                                          fringe_error *error);

/* Nanometres in a pixel of `size` units, a unit as ImageJ and microscopes spell it ("nm", "micron", an
 * Angstrom sign); 0 where it is not calibrated, unknown, or no size that a micrograph has. As for files. Any
 * thread. */
FRINGE_API double fringe_micrograph_pixel_nm(double size, const char *unit);

/* Reads one channel of one slice as float into height_px x width_px values at `pixels`. Excluded rows are
 * read like all others. Slices count from 0. */
FRINGE_API fringe_status fringe_micrograph_read(fringe_micrograph *micrograph, int32_t slice, int32_t channel,
                                                float *pixels, fringe_error *error);

/* Looks for burnt-in bars (constant or annotation bands at an edge) in the first slice and says what to leave
 * out; all zero where there are none. Reads that slice on the first call. */
FRINGE_API fringe_status fringe_micrograph_find_bars(fringe_micrograph *micrograph, fringe_excluded *excluded,
                                                     fringe_error *error);

#ifdef __cplusplus
}
#endif
#endif
