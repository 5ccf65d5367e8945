#include "io/roi_write.h"

#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "io/imagej_notes.h"

/* Numbers are big-endian; the second header lies behind the coordinates, the name behind that. */
enum { HEADER_BYTES = 64, HEADER2_BYTES = 64, VERSION = 228 };
enum { TYPE_RECTANGLE = 1, TYPE_TRACED = 8 };
enum { SEGMENT_MOVE = 0, SEGMENT_LINE = 1, SEGMENT_CLOSE = 4 };
enum { FARTHEST_PX = 60000, MOST_CORNERS = 65535 };

static void put_short(unsigned char *at, uint32_t value)
{
    at[0] = (unsigned char)(value >> 8);
    at[1] = (unsigned char)value;
}

static void put_int(unsigned char *at, uint32_t value)
{
    put_short(at, value >> 16);
    put_short(at + 2, value);
}

static void put_float(unsigned char *at, float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    put_int(at, bits);
}

struct box {
    int32_t x0, y0, x1, y1;
};

static struct box box_of(const struct roi_outline *outline)
{
    const fringe_corner *corners = outline->corners;
    struct box box = {corners[0].x, corners[0].y, corners[0].x, corners[0].y};
    for (size_t i = 1; i < outline->count; i++) {
        if (corners[i].x < box.x0) box.x0 = corners[i].x;
        if (corners[i].y < box.y0) box.y0 = corners[i].y;
        if (corners[i].x > box.x1) box.x1 = corners[i].x;
        if (corners[i].y > box.y1) box.y1 = corners[i].y;
    }
    return box;
}

static void put_traced(const struct roi_outline *outline, const struct box *box, unsigned char *at)
{
    for (size_t i = 0; i < outline->count; i++) {
        put_short(at + 2 * i, (uint32_t)(outline->corners[i].x - box->x0));
        put_short(at + 2 * (outline->count + i), (uint32_t)(outline->corners[i].y - box->y0));
    }
}

static void put_shape(const struct roi_outline *outline, unsigned char *at)
{
    for (size_t i = 0; i < outline->count; i++, at += 12) {
        put_float(at, i ? SEGMENT_LINE : SEGMENT_MOVE);
        put_float(at + 4, (float)outline->corners[i].x);
        put_float(at + 8, (float)outline->corners[i].y);
    }
    put_float(at, SEGMENT_CLOSE);
}

fringe_status roi_write(const struct roi_outline *outline, unsigned char **bytes, size_t *size,
                        fringe_error *error)
{
    unsigned char name[2 * IMAGEJ_NOTES_LABEL_BYTES];
    struct box box = box_of(outline);
    int traced = outline->count <= MOST_CORNERS && box.x1 <= FARTHEST_PX && box.y1 <= FARTHEST_PX;
    size_t name_bytes = imagej_notes_encode(outline->name, name);
    size_t coordinates = traced ? 4 * outline->count : 12 * outline->count + 4;
    size_t header2 = HEADER_BYTES + coordinates;
    *size = header2 + HEADER2_BYTES + name_bytes;
    unsigned char *roi = *bytes = alloc_array(*size, 1);
    if (!roi) return failure_memory(error, "outlines", *size);

    memcpy(roi, "Iout", 4);
    put_short(roi + 4, VERSION);
    roi[6] = traced ? TYPE_TRACED : TYPE_RECTANGLE; /* a shape is a rectangle with a number of segments */
    put_short(roi + 8, (uint32_t)box.y0);
    put_short(roi + 10, (uint32_t)box.x0);
    put_short(roi + 12, (uint32_t)box.y1);
    put_short(roi + 14, (uint32_t)box.x1);
    if (traced)
        put_short(roi + 16, (uint32_t)outline->count);
    else
        put_int(roi + 36, (uint32_t)(coordinates / 4));
    put_int(roi + 56, (uint32_t)outline->position);
    put_int(roi + 60, (uint32_t)header2);
    if (traced)
        put_traced(outline, &box, roi + HEADER_BYTES);
    else
        put_shape(outline, roi + HEADER_BYTES);
    put_int(roi + header2 + 16, (uint32_t)(header2 + HEADER2_BYTES)); /* where the name begins */
    put_int(roi + header2 + 20, (uint32_t)(name_bytes / 2));
    roi[header2 + 30] = (unsigned char)outline->group;
    /* The name came in this machine's byte order, as TIFF wants it. */
    for (size_t i = 0; i < name_bytes; i += 2) {
        uint16_t unit;
        memcpy(&unit, name + i, sizeof unit);
        put_short(roi + header2 + HEADER2_BYTES + i, unit);
    }
    return FRINGE_OK;
}
