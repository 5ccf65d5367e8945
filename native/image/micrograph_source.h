/* micrograph_source.h - what stands behind a fringe_micrograph: facts, calibration, and rows on demand.
 *
 * A reader (native/io) or the caller's own memory fills in the facts once and gives a small table of two
 * functions; from then on everybody above asks for rows of one (slice, channel) as float and need not know
 * where they come from. Files are read lazily: opening reads the header, rows are decoded when asked for, and
 * cheapest in order from the top. Pixels are (H, W) row-major, origin top left. One thread at a time.
 */
#ifndef IMAGE_MICROGRAPH_SOURCE_H
#define IMAGE_MICROGRAPH_SOURCE_H

#include <stddef.h>
#include <stdint.h>

#include "fringe/micrograph.h"
#include "fringe/status.h"

/* Pixels in one plane at most: sizes and row offsets of a plane stay within 31 bits. */
#define MICROGRAPH_PLANE_PX INT32_MAX

struct sample_plane;

struct micrograph_source_methods {
    /* Writes rows y0 to y1 - 1 of one plane into (y1 - y0, width_px) values. The ranges were checked. Not
     * always on the thread that opened the source, so nobody is notified from here. */
    fringe_status (*read_rows)(void *state, int32_t slice, int32_t channel, int32_t y0, int32_t y1,
                               float *rows, fringe_error *error);
    /* Frees the state and closes what it holds. */
    void (*close)(void *state);
};

struct fringe_micrograph {
    fringe_micrograph_info info; /* info.unit points to `unit` */
    char *name;                  /* the path, for messages; "memory" where there is none */
    char unit[32];
    char **slice_labels; /* slice_count texts, single ones NULL; NULL where there are none */
    int has_display;     /* 1 where the file says which range to show */
    double display_min, display_max;
    const struct micrograph_source_methods *methods;
    void *state;
    int bars_known; /* 1 when `bars` holds what was found */
    fringe_excluded bars;
};

/* A micrograph without source: one slice, one channel, nothing known. The opener fills in info, methods and
 * state; fringe_micrograph_free releases it at any stage. */
fringe_status micrograph_source_create(const char *name, const char *reader, fringe_micrograph **micrograph,
                                       fringe_error *error);

/* FRINGE_UNSUPPORTED unless a plane of this size is one that Fringe handles: both sides at least 1, at most
 * MICROGRAPH_PLANE_PX pixels. `name` stands before the message. */
fringe_status micrograph_source_check_size(const char *name, uint64_t height_px, uint64_t width_px,
                                           fringe_error *error);

/* Gives a slice its label, `length` bytes of UTF-8. info.slice_count must stand by now. */
fringe_status micrograph_source_set_label(fringe_micrograph *micrograph, int32_t slice, const char *text,
                                          size_t length, fringe_error *error);

/* Reads rows y0 to y1 - 1 of one plane into (y1 - y0, width_px) floats; 0 <= y0 < y1 <= height_px and slice
 * and channel within their counts, else FRINGE_ARGUMENT. Cheapest when called from the top downwards. */
fringe_status micrograph_source_read_rows(fringe_micrograph *micrograph, int32_t slice, int32_t channel,
                                          int32_t y0, int32_t y1, float *rows, fringe_error *error);

/* fringe_micrograph_find_bars for a caller who has read channel 0 of the first slice already. */
fringe_status micrograph_source_find_bars(fringe_micrograph *micrograph, const struct sample_plane *first,
                                          fringe_error *error);

/* Turns `count` samples of a type, in native byte order and of any alignment, into float: samples[first],
 * samples[first + step], ... FRINGE_PIXEL_BIT is not accepted. Integers above 2^24 and float64 are rounded to
 * the nearest float. */
void micrograph_source_to_float(fringe_pixel pixel, const void *samples, size_t first, size_t step,
                                size_t count, float *values);

/* The bytes of one sample in memory; 0 for FRINGE_PIXEL_BIT. */
size_t micrograph_source_sample_bytes(fringe_pixel pixel);

#endif
