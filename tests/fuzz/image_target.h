/* image_target.h - what the fuzz targets of image readers do with an input: open it and read its rows. */
#ifndef FUZZ_IMAGE_TARGET_H
#define FUZZ_IMAGE_TARGET_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "io/image_format.h"
#include "io/image_read.h"

/* Pixels that are read of one input; more would only be slow. */
enum { TARGET_MOST_PX = 1 << 22 };

static void image_target_read(fringe_micrograph *micrograph)
{
    const fringe_micrograph_info *info = &micrograph->info;
    int64_t left_px = TARGET_MOST_PX;
    if (info->width_px > left_px) return;
    float *row = malloc((size_t)info->width_px * sizeof *row);
    for (int32_t slice = 0; row && slice < info->slice_count; slice++)
        for (int32_t channel = 0; channel < info->channel_count; channel++)
            for (int32_t y = 0; y < info->height_px && left_px > 0; y++, left_px -= info->width_px)
                if (micrograph_source_read_rows(micrograph, slice, channel, y, y + 1, row, NULL)) left_px = 0;
    free(row);
}

/* Opens `size` bytes as an image of one format, both ways that colour tables are read; inputs of other
 * formats are passed over. */
static void image_target_feed(const struct image_format *format, const uint8_t *bytes, size_t size)
{
    if (size == 0 || !format->recognise(bytes, size)) return;
    for (int palette = IMAGE_READ_LUMINANCE; palette <= IMAGE_READ_INDEX; palette++) {
        fringe_micrograph *micrograph;
        fringe_error error;
        FILE *stream = fmemopen((void *)(uintptr_t)bytes, size, "rb");
        if (!stream) abort();
        if (image_read_stream(stream, "input", (enum image_read_palette)palette, NULL, &micrograph, &error))
            continue;
        image_target_read(micrograph);
        fringe_micrograph_free(micrograph);
    }
}

#endif
