#include "io/png_picture.h"

#include <png.h>
#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "image/micrograph_source.h"
#include "io/image_format.h"

static fringe_status wrong(const png_image *image, const char *name, fringe_error *error)
{
    return failure_set(error, FRINGE_FORMAT, "%s: PNG: %s", name, image->message);
}

/* Averages squares of `factor` pixels; what is left over at the right and at the bottom is dropped. */
static void reduce(const uint8_t *rgb, int32_t width_px, int32_t factor, int32_t small_height,
                   int32_t small_width, uint8_t *reduced)
{
    for (int32_t y = 0; y < small_height; y++)
        for (int32_t x = 0; x < small_width; x++)
            for (int c = 0; c < 3; c++) {
                int64_t sum = 0;
                for (int32_t j = 0; j < factor; j++) {
                    const uint8_t *row = rgb + 3 * ((size_t)(y * factor + j) * (size_t)width_px);
                    for (int32_t i = 0; i < factor; i++) sum += row[3 * (x * factor + i) + c];
                }
                int64_t area = (int64_t)factor * factor;
                *reduced++ = (uint8_t)((sum + area / 2) / area);
            }
}

static fringe_status write_memory(const uint8_t *rgb, int32_t height_px, int32_t width_px, const char *name,
                                  unsigned char **bytes, size_t *size, fringe_error *error)
{
    png_image image = {.version = PNG_IMAGE_VERSION,
                       .width = (png_uint_32)width_px,
                       .height = (png_uint_32)height_px,
                       .format = PNG_FORMAT_RGB};
    png_alloc_size_t wanted = PNG_IMAGE_PNG_SIZE_MAX(image);
    *bytes = alloc_array(wanted, 1);
    if (!*bytes) return failure_memory(error, name, wanted);
    if (!png_image_write_to_memory(&image, *bytes, &wanted, 0, rgb, 0, NULL)) {
        alloc_free(*bytes);
        *bytes = NULL;
        return wrong(&image, name, error);
    }
    *size = wanted;
    return FRINGE_OK;
}

fringe_status png_picture_reduce(const unsigned char *png, size_t png_size, const char *name, int32_t most_px,
                                 unsigned char **bytes, size_t *size, int32_t *width_px, int32_t *height_px,
                                 fringe_error *error)
{
    png_image image = {.version = PNG_IMAGE_VERSION};
    uint8_t *rgb = NULL, *reduced = NULL;
    *bytes = NULL;
    if (!png_image_begin_read_from_memory(&image, png, png_size)) return wrong(&image, name, error);
    fringe_status status = micrograph_source_check_size(name, image.height, image.width, error);
    if (status) goto done;
    image.format = PNG_FORMAT_RGB;
    size_t pixels = (size_t)image.height * image.width;
    if (pixels / IMAGE_FORMAT_DEFLATE_RATIO / 8 > png_size) { /* a bit to a pixel at least */
        status = failure_set(error, FRINGE_FORMAT, "%s: PNG: %zu pixels cannot come out of %zu bytes", name,
                             pixels, png_size);
        goto done;
    }
    int32_t width = (int32_t)image.width, height = (int32_t)image.height,
            longer = width > height ? width : height;
    int32_t factor = (longer + most_px - 1) / most_px, shorter = width < height ? width : height;
    if (factor > shorter) factor = shorter;
    *width_px = width / factor;
    *height_px = height / factor;
    rgb = alloc_array(pixels, 3);
    reduced = alloc_array((size_t)*width_px * (size_t)*height_px, 3);
    if (!rgb || !reduced)
        status = failure_memory(error, name, pixels * 3);
    else if (!png_image_finish_read(&image, NULL, rgb, 0, NULL))
        status = wrong(&image, name, error);
    if (status) goto done;
    reduce(rgb, width, factor, *height_px, *width_px, reduced);
    status = write_memory(reduced, *height_px, *width_px, name, bytes, size, error);
done:
    png_image_free(&image);
    alloc_free(rgb);
    alloc_free(reduced);
    return status;
}
