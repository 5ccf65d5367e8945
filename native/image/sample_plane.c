#include "image/sample_plane.h"

#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "base/run_state.h"
#include "image/micrograph_source.h"
#include "image/sample_kernels.h"

enum {
    BLOCK_PX =
        1 << 16, /* read at a time, between two looks at the cancel flag: stays in the nearest caches */
    COUNTERS = 4 /* of each 8-bit number, or equal neighbours would wait for each other */
};

/* The type to try for a source's pixels. */
static fringe_pixel first_guess(fringe_pixel pixel)
{
    switch (pixel) {
    case FRINGE_PIXEL_BIT:
    case FRINGE_PIXEL_UINT8:
        return FRINGE_PIXEL_UINT8;
    case FRINGE_PIXEL_UINT16:
        return FRINGE_PIXEL_UINT16;
    case FRINGE_PIXEL_INT8:
    case FRINGE_PIXEL_INT16:
        return FRINGE_PIXEL_INT16;
    default:
        return FRINGE_PIXEL_FLOAT32;
    }
}

static void *sample_at(const struct sample_plane *plane, size_t index)
{
    return (unsigned char *)plane->samples + index * micrograph_source_sample_bytes(plane->pixel);
}

static void unpack(const struct sample_plane *plane, size_t first, size_t count, float *to)
{
    const struct sample_kernels *kernels = CPU_CHOOSE(sample);
    const void *from = sample_at(plane, first);
    switch (plane->pixel) {
    case FRINGE_PIXEL_UINT8:
        kernels->from_uint8(from, count, to);
        break;
    case FRINGE_PIXEL_UINT16:
        kernels->from_uint16(from, count, to);
        break;
    case FRINGE_PIXEL_INT16:
        kernels->from_int16(from, count, to);
        break;
    default:
        memcpy(to, from, count * sizeof *to);
    }
}

/* 1 where all numbers fit the plane's type. */
static int pack(const struct sample_plane *plane, size_t first, size_t count, const float *from)
{
    const struct sample_kernels *kernels = CPU_CHOOSE(sample);
    void *to = sample_at(plane, first);
    switch (plane->pixel) {
    case FRINGE_PIXEL_UINT8:
        return kernels->pack_uint8(from, count, to);
    case FRINGE_PIXEL_UINT16:
        return kernels->pack_uint16(from, count, to);
    case FRINGE_PIXEL_INT16:
        return kernels->pack_int16(from, count, to);
    default:
        memcpy(to, from, count * sizeof *from);
        return 1;
    }
}

static fringe_status reserve(struct sample_plane *plane, fringe_error *error)
{
    size_t bytes =
        (size_t)plane->height_px * (size_t)plane->width_px * micrograph_source_sample_bytes(plane->pixel);
    if (bytes <= plane->capacity_bytes) return FRINGE_OK;
    alloc_free(plane->samples); /* its content is not needed */
    plane->capacity_bytes = 0;
    plane->samples = alloc_aligned(bytes, 1);
    if (!plane->samples) return failure_memory(error, "the image", bytes);
    plane->capacity_bytes = bytes;
    return FRINGE_OK;
}

/* The first `done` pixels become floats, and so will the others. */
static fringe_status become_float(struct sample_plane *plane, size_t done, fringe_error *error)
{
    struct sample_plane wide = {
        .pixel = FRINGE_PIXEL_FLOAT32, .height_px = plane->height_px, .width_px = plane->width_px};
    fringe_status status = reserve(&wide, error);
    if (status) return status;
    unpack(plane, 0, done, wide.samples);
    sample_plane_free(plane);
    *plane = wide;
    return FRINGE_OK;
}

fringe_status sample_plane_read(struct sample_plane *plane, fringe_micrograph *micrograph, int32_t slice,
                                int32_t channel, const fringe_run *run, fringe_error *error)
{
    const fringe_micrograph_info *info = &micrograph->info;
    int32_t height = info->height_px, most = BLOCK_PX / info->width_px, rows = most > 0 ? most : 1;
    size_t width = (size_t)info->width_px;
    plane->pixel = first_guess(info->pixel);
    plane->height_px = height;
    plane->width_px = info->width_px;
    fringe_status status = reserve(plane, error);
    if (status) return status;
    float *block = alloc_aligned((size_t)rows * width, sizeof *block);
    if (!block) return failure_memory(error, "rows of the image", (size_t)rows * width * sizeof *block);
    for (int32_t y = 0; y < height && !status; y += rows) {
        int32_t end = height - y < rows ? height : y + rows;
        size_t first = (size_t)y * width, count = (size_t)(end - y) * width;
        status = run_state_check(run, error);
        if (!status) status = micrograph_source_read_rows(micrograph, slice, channel, y, end, block, error);
        if (status || pack(plane, first, count, block)) continue;
        status = become_float(plane, first, error);
        if (!status) pack(plane, first, count, block);
    }
    alloc_free(block);
    return status;
}

void sample_plane_free(struct sample_plane *plane)
{
    alloc_free(plane->samples);
    *plane = (struct sample_plane){0};
}

size_t sample_plane_value_count(fringe_pixel pixel)
{
    if (pixel == FRINGE_PIXEL_FLOAT32) return 0;
    return pixel == FRINGE_PIXEL_UINT8 ? UINT8_MAX + 1 : UINT16_MAX + 1;
}

void sample_plane_values(fringe_pixel pixel, float *values)
{
    size_t count = sample_plane_value_count(pixel);
    float least = pixel == FRINGE_PIXEL_INT16 ? INT16_MIN : 0;
    for (size_t i = 0; i < count; i++) values[i] = least + (float)i;
}

/* The index of a signed number: INT16_MIN is the first. */
static size_t signed_index(int16_t value)
{
    return (size_t)(value - INT16_MIN);
}

void sample_plane_crop(struct sample_plane *plane, const fringe_excluded *excluded)
{
    size_t bytes = micrograph_source_sample_bytes(plane->pixel);
    int32_t height = plane->height_px - excluded->top_px - excluded->bottom_px;
    int32_t width = plane->width_px - excluded->left_px - excluded->right_px;
    if (height == plane->height_px && width == plane->width_px) return;
    for (int32_t y = 0; y < height; y++) {
        size_t from = (size_t)(y + excluded->top_px) * (size_t)plane->width_px + (size_t)excluded->left_px;
        memmove((unsigned char *)plane->samples + (size_t)y * (size_t)width * bytes, sample_at(plane, from),
                (size_t)width * bytes);
    }
    plane->height_px = height;
    plane->width_px = width;
}

void sample_plane_count(const struct sample_plane *plane, int64_t *counts)
{
    size_t pixels = (size_t)plane->height_px * (size_t)plane->width_px;
    const uint8_t *small = plane->samples;
    const uint16_t *large = plane->samples;
    const int16_t *with_sign = plane->samples;
    memset(counts, 0, sample_plane_value_count(plane->pixel) * sizeof *counts);
    if (plane->pixel == FRINGE_PIXEL_UINT8) {
        int64_t parts[COUNTERS][UINT8_MAX + 1] = {{0}};
        for (size_t i = 0; i < pixels; i++) parts[i % COUNTERS][small[i]]++;
        for (int c = 0; c < COUNTERS; c++)
            for (size_t i = 0; i <= UINT8_MAX; i++) counts[i] += parts[c][i];
    } else if (plane->pixel == FRINGE_PIXEL_UINT16) {
        for (size_t i = 0; i < pixels; i++) counts[large[i]]++;
    } else {
        for (size_t i = 0; i < pixels; i++) counts[signed_index(with_sign[i])]++;
    }
}

float sample_plane_at(const struct sample_plane *plane, size_t index)
{
    switch (plane->pixel) {
    case FRINGE_PIXEL_UINT8:
        return ((const uint8_t *)plane->samples)[index];
    case FRINGE_PIXEL_UINT16:
        return ((const uint16_t *)plane->samples)[index];
    case FRINGE_PIXEL_INT16:
        return ((const int16_t *)plane->samples)[index];
    default:
        return ((const float *)plane->samples)[index];
    }
}

const float *sample_plane_row(const struct sample_plane *plane, int32_t y, float *row)
{
    size_t first = (size_t)y * (size_t)plane->width_px;
    if (plane->pixel == FRINGE_PIXEL_FLOAT32) return (const float *)plane->samples + first;
    unpack(plane, first, (size_t)plane->width_px, row);
    return row;
}

void sample_plane_look_up(const struct sample_plane *plane, int32_t y, int32_t x, int32_t count,
                          const float *table, float *to)
{
    const void *row = sample_at(plane, (size_t)y * (size_t)plane->width_px + (size_t)x);
    const uint8_t *small = row;
    const uint16_t *large = row;
    const int16_t *with_sign = row;
    if (plane->pixel == FRINGE_PIXEL_UINT8)
        for (int32_t i = 0; i < count; i++) to[i] = table[small[i]];
    else if (plane->pixel == FRINGE_PIXEL_UINT16)
        for (int32_t i = 0; i < count; i++) to[i] = table[large[i]];
    else
        for (int32_t i = 0; i < count; i++) to[i] = table[signed_index(with_sign[i])];
}
