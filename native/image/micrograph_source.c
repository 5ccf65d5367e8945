#include "image/micrograph_source.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "base/number.h"
#include "image/data_bar.h"
#include "image/sample_plane.h"

static const struct pixel_row {
    const char *name;
    size_t bytes;
} pixel_rows[] = {
#define ROW(symbol, name, bytes) [symbol] = {name, bytes},
    FRINGE_PIXEL_LIST(ROW)
#undef ROW
};

static int is_pixel(fringe_pixel pixel)
{
    return pixel >= FRINGE_PIXEL_BIT && pixel <= FRINGE_PIXEL_FLOAT64;
}

const char *fringe_pixel_name(fringe_pixel pixel)
{
    return is_pixel(pixel) ? pixel_rows[pixel].name : "unknown";
}

size_t micrograph_source_sample_bytes(fringe_pixel pixel)
{
    return is_pixel(pixel) ? pixel_rows[pixel].bytes : 0;
}

void micrograph_source_to_float(fringe_pixel pixel, const void *samples, size_t first, size_t step,
                                size_t count, float *values)
{
    const unsigned char *bytes = samples;
    switch (pixel) {
        /* memcpy, because rows of a file need not be aligned; compilers make a plain load of it, and vectors
         * of it where the step is known to be 1. */
#define CONVERT_LOOP(type, stride)                                                                           \
    for (size_t i = 0; i < count; i++) {                                                                     \
        type sample;                                                                                         \
        memcpy(&sample, bytes + (first + i * (stride)) * sizeof sample, sizeof sample);                      \
        values[i] = (float)sample;                                                                           \
    }
#define CONVERT(symbol, type)                                                                                \
    case symbol:                                                                                             \
        if (step == 1) {                                                                                     \
            CONVERT_LOOP(type, 1)                                                                            \
        } else {                                                                                             \
            CONVERT_LOOP(type, step)                                                                         \
        }                                                                                                    \
        break;
        CONVERT(FRINGE_PIXEL_UINT8, uint8_t)
        CONVERT(FRINGE_PIXEL_INT8, int8_t)
        CONVERT(FRINGE_PIXEL_UINT16, uint16_t)
        CONVERT(FRINGE_PIXEL_INT16, int16_t)
        CONVERT(FRINGE_PIXEL_UINT32, uint32_t)
        CONVERT(FRINGE_PIXEL_INT32, int32_t)
        CONVERT(FRINGE_PIXEL_FLOAT32, float)
        CONVERT(FRINGE_PIXEL_FLOAT64, double)
#undef CONVERT
#undef CONVERT_LOOP
    case FRINGE_PIXEL_BIT:
        break;
    }
}

fringe_status micrograph_source_check_size(const char *name, uint64_t height_px, uint64_t width_px,
                                           fringe_error *error)
{
    if (height_px == 0 || width_px == 0)
        return failure_set(error, FRINGE_FORMAT, "%s: %llu x %llu pixels are no image", name,
                           (unsigned long long)width_px, (unsigned long long)height_px);
    if (width_px > MICROGRAPH_PLANE_PX / height_px)
        return failure_set(error, FRINGE_UNSUPPORTED,
                           "%s: width %llu x height %llu is more than the %ld pixels that a plane may have",
                           name, (unsigned long long)width_px, (unsigned long long)height_px,
                           (long)MICROGRAPH_PLANE_PX);
    return FRINGE_OK;
}

fringe_status micrograph_source_create(const char *name, const char *reader, fringe_micrograph **micrograph,
                                       fringe_error *error)
{
    *micrograph = NULL;
    fringe_micrograph *made = alloc_array(1, sizeof *made);
    if (!made) return failure_memory(error, name, sizeof *made);
    made->name = alloc_text(name);
    if (!made->name) {
        alloc_free(made);
        return failure_memory(error, name, strlen(name));
    }
    made->info.reader = reader;
    made->info.slice_count = made->info.frame_count = 1;
    made->info.channel_count = 1;
    made->info.unit = made->unit;
    *micrograph = made;
    return FRINGE_OK;
}

void fringe_micrograph_free(fringe_micrograph *micrograph)
{
    if (!micrograph) return;
    if (micrograph->methods) micrograph->methods->close(micrograph->state);
    if (micrograph->slice_labels)
        for (int32_t i = 0; i < micrograph->info.slice_count; i++) alloc_free(micrograph->slice_labels[i]);
    alloc_free(micrograph->slice_labels);
    alloc_free(micrograph->name);
    alloc_free(micrograph);
}

fringe_status micrograph_source_set_label(fringe_micrograph *micrograph, int32_t slice, const char *text,
                                          size_t length, fringe_error *error)
{
    size_t count = (size_t)micrograph->info.slice_count;
    if (!micrograph->slice_labels)
        micrograph->slice_labels = alloc_array(count, sizeof *micrograph->slice_labels);
    char *copy = micrograph->slice_labels ? alloc_text_part(text, length) : NULL;
    if (!copy) return failure_memory(error, micrograph->name, count * sizeof copy + length);
    alloc_free(micrograph->slice_labels[slice]);
    micrograph->slice_labels[slice] = copy;
    return FRINGE_OK;
}

const char *fringe_micrograph_slice_label(const fringe_micrograph *micrograph, int32_t slice)
{
    if (!micrograph->slice_labels || slice < 0 || slice >= micrograph->info.slice_count) return "";
    return micrograph->slice_labels[slice] ? micrograph->slice_labels[slice] : "";
}

void fringe_micrograph_get_info(const fringe_micrograph *micrograph, fringe_micrograph_info *info)
{
    *info = micrograph->info;
}

fringe_status fringe_micrograph_set_pixel_size(fringe_micrograph *micrograph, double nm_per_px,
                                               fringe_error *error)
{
    if (!(nm_per_px > 0) || !isfinite(nm_per_px)) {
        char text[NUMBER_TEXT_BYTES];
        return failure_set(error, FRINGE_ARGUMENT, "%s: a pixel size of %s nm is not above zero and finite",
                           micrograph->name, number_text(nm_per_px, 6, text));
    }
    micrograph->info.nm_per_px_x = nm_per_px;
    micrograph->info.nm_per_px_y = nm_per_px;
    return FRINGE_OK;
}

fringe_status fringe_micrograph_set_pixel_size_xy(fringe_micrograph *micrograph, double nm_per_px_x,
                                                  double nm_per_px_y, fringe_error *error)
{
    if (!(nm_per_px_x >= 0 && nm_per_px_y >= 0) || !isfinite(nm_per_px_x) || !isfinite(nm_per_px_y)) {
        char text[2][NUMBER_TEXT_BYTES];
        return failure_set(error, FRINGE_ARGUMENT, "%s: a pixel size of %s x %s nm is neither 0 nor above it",
                           micrograph->name, number_text(nm_per_px_x, 6, text[0]),
                           number_text(nm_per_px_y, 6, text[1]));
    }
    micrograph->info.nm_per_px_x = nm_per_px_x;
    micrograph->info.nm_per_px_y = nm_per_px_y;
    return FRINGE_OK;
}

fringe_status micrograph_source_read_rows(fringe_micrograph *micrograph, int32_t slice, int32_t channel,
                                          int32_t y0, int32_t y1, float *rows, fringe_error *error)
{
    const fringe_micrograph_info *info = &micrograph->info;
    if (slice < 0 || slice >= info->slice_count)
        return failure_set(error, FRINGE_ARGUMENT, "%s: slice %ld was asked for, there are %ld",
                           micrograph->name, (long)slice, (long)info->slice_count);
    if (channel < 0 || channel >= info->channel_count)
        return failure_set(error, FRINGE_ARGUMENT, "%s: channel %ld was asked for, there are %ld",
                           micrograph->name, (long)channel, (long)info->channel_count);
    if (y0 < 0 || y1 <= y0 || y1 > info->height_px)
        return failure_set(error, FRINGE_ARGUMENT, "%s: rows %ld to %ld were asked for, there are %ld",
                           micrograph->name, (long)y0, (long)y1, (long)info->height_px);
    return micrograph->methods->read_rows(micrograph->state, slice, channel, y0, y1, rows, error);
}

fringe_status fringe_micrograph_read(fringe_micrograph *micrograph, int32_t slice, int32_t channel,
                                     float *pixels, fringe_error *error)
{
    return micrograph_source_read_rows(micrograph, slice, channel, 0, micrograph->info.height_px, pixels,
                                       error);
}

fringe_status micrograph_source_find_bars(fringe_micrograph *micrograph, const struct sample_plane *first,
                                          fringe_error *error)
{
    if (micrograph->bars_known) return FRINGE_OK;
    fringe_status status = data_bar_find(first, &micrograph->bars, error);
    micrograph->bars_known = !status;
    return status;
}

fringe_status fringe_micrograph_find_bars(fringe_micrograph *micrograph, fringe_excluded *excluded,
                                          fringe_error *error)
{
    *excluded = (fringe_excluded){0};
    if (!micrograph->bars_known) {
        struct sample_plane plane = {0};
        fringe_status status = sample_plane_read(&plane, micrograph, 0, 0, NULL, error);
        if (!status) status = micrograph_source_find_bars(micrograph, &plane, error);
        sample_plane_free(&plane);
        if (status) return status;
    }
    *excluded = micrograph->bars;
    return FRINGE_OK;
}

/* The source of fringe_micrograph_from_pixels. */
struct memory_source {
    fringe_pixel pixel;
    size_t height_px, width_px;
    unsigned char samples[]; /* (C, H, W) */
};

static fringe_status memory_read_rows(void *state, int32_t slice, int32_t channel, int32_t y0, int32_t y1,
                                      float *rows, fringe_error *error)
{
    (void)slice, (void)error;
    const struct memory_source *source = state;
    size_t first = ((size_t)channel * source->height_px + (size_t)y0) * source->width_px;
    micrograph_source_to_float(source->pixel, source->samples, first, 1, (size_t)(y1 - y0) * source->width_px,
                               rows);
    return FRINGE_OK;
}

static const struct micrograph_source_methods memory_methods = {memory_read_rows, alloc_free};

fringe_status fringe_micrograph_from_pixels(const void *pixels, fringe_pixel pixel, int32_t channel_count,
                                            int32_t height_px, int32_t width_px, double nm_per_px,
                                            fringe_micrograph **micrograph, fringe_error *error)
{
    *micrograph = NULL;
    size_t sample_bytes = micrograph_source_sample_bytes(pixel);
    if (sample_bytes == 0)
        return failure_set(error, FRINGE_ARGUMENT, "memory: pixels of type %s are not accepted",
                           fringe_pixel_name(pixel));
    if (channel_count < 1 || height_px < 1 || width_px < 1)
        return failure_set(error, FRINGE_ARGUMENT, "memory: %ld channels of %ld x %ld pixels are no image",
                           (long)channel_count, (long)width_px, (long)height_px);
    if (!(nm_per_px >= 0) || !isfinite(nm_per_px))
        return failure_set(error, FRINGE_ARGUMENT, "memory: the pixel size is neither 0 nor above it");
    fringe_status status =
        micrograph_source_check_size("memory", (uint64_t)height_px, (uint64_t)width_px, error);
    if (status) return status;

    size_t plane_bytes = (size_t)height_px * (size_t)width_px * sample_bytes;
    if ((size_t)channel_count > (SIZE_MAX - sizeof(struct memory_source)) / plane_bytes)
        return failure_memory(error, "memory", plane_bytes);
    size_t bytes = (size_t)channel_count * plane_bytes;
    struct memory_source *source = alloc_array(sizeof *source + bytes, 1);
    if (!source) return failure_memory(error, "memory", sizeof *source + bytes);
    status = micrograph_source_create("memory", "memory", micrograph, error);
    if (status) {
        alloc_free(source);
        return status;
    }
    source->pixel = pixel;
    source->height_px = (size_t)height_px;
    source->width_px = (size_t)width_px;
    memcpy(source->samples, pixels, bytes);
    fringe_micrograph *made = *micrograph;
    made->methods = &memory_methods;
    made->state = source;
    made->info.pixel = pixel;
    made->info.channel_count = channel_count;
    made->info.height_px = height_px;
    made->info.width_px = width_px;
    made->info.nm_per_px_x = nm_per_px;
    made->info.nm_per_px_y = nm_per_px;
    return FRINGE_OK;
}

fringe_status fringe_micrograph_replace_pixels(fringe_micrograph *micrograph, const void *pixels,
                                               fringe_pixel pixel, int32_t channel_count, int32_t height_px,
                                               int32_t width_px, fringe_error *error)
{
    const fringe_micrograph_info *info = &micrograph->info;
    if (micrograph->methods != &memory_methods)
        return failure_set(error, FRINGE_ARGUMENT, "%s: pixels of a file are not replaced", micrograph->name);
    if (pixel != info->pixel || channel_count != info->channel_count || height_px != info->height_px ||
        width_px != info->width_px)
        return failure_set(error, FRINGE_ARGUMENT,
                           "memory: the next slice has %ld channels of %ld x %ld pixels of type %s, "
                           "the first had %ld of %ld x %ld of type %s",
                           (long)channel_count, (long)width_px, (long)height_px, fringe_pixel_name(pixel),
                           (long)info->channel_count, (long)info->width_px, (long)info->height_px,
                           fringe_pixel_name(info->pixel));
    struct memory_source *source = micrograph->state;
    memcpy(source->samples, pixels,
           (size_t)channel_count * source->height_px * source->width_px *
               micrograph_source_sample_bytes(pixel));
    return FRINGE_OK;
}
