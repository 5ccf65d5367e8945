#include "train/planes.h"

#include <string.h>

void planes_lay_out(struct planes *planes, int32_t images, int32_t channels, int32_t height, int32_t width)
{
    size_t whole = ((size_t)width + PLANES_MARGIN - 1) / PLANES_MARGIN * PLANES_MARGIN;
    *planes = (struct planes){.images = images, .channels = channels, .height = height, .width = width};
    planes->row = whole + PLANES_MARGIN;
    planes->plane = planes->row * ((size_t)height + 1);
    planes->image = planes->plane * (size_t)channels;
}

/* Before the first plane a row, and what lies left of that; behind the last what a vector at a zero may
 * reach. */
size_t planes_floats(const struct planes *planes)
{
    return PLANES_MARGIN + planes->row + planes->image * (size_t)planes->images + 2 * PLANES_MARGIN;
}

float *planes_data(const struct planes *planes, float *memory)
{
    return memory + PLANES_MARGIN + planes->row;
}

struct planes planes_part(const struct planes *whole, int32_t first, int32_t channels)
{
    struct planes part = *whole;
    part.data = planes_row(whole, 0, first, 0);
    part.channels = channels;
    return part;
}

void planes_clear_margins(const struct planes *planes, size_t index)
{
    size_t channels = (size_t)planes->channels;
    float *row = planes_row(planes, (int32_t)(index / channels), (int32_t)(index % channels), 0);
    size_t before = planes->row + PLANES_MARGIN;
    if (index == 0) memset(row - before, 0, before * sizeof *row);
    for (int32_t y = 0; y < planes->height; y++, row += planes->row)
        memset(row + planes->width, 0, (planes->row - (size_t)planes->width) * sizeof *row);
    size_t behind = index + 1 == channels * (size_t)planes->images ? 2 * PLANES_MARGIN : 0;
    memset(row, 0, (planes->row + behind) * sizeof *row);
}
