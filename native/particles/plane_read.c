#include "particles/plane_read.h"

#include <math.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "base/number.h"
#include "base/run_state.h"
#include "image/micrograph_source.h"

/* X and Y count as the same calibration up to this difference. */
#define SAME_SIZE 0.005

static int is_known(const fringe_micrograph_info *info)
{
    return info->nm_per_px_x > 0 && info->nm_per_px_y > 0;
}

static void choose_size(fringe_micrograph *labels, fringe_micrograph *image,
                        const fringe_particles_options *options, const fringe_run *run,
                        struct pixel_size *pixel)
{
    fringe_micrograph_info info, beside = {0};
    char text[2][NUMBER_TEXT_BYTES];
    fringe_micrograph_get_info(labels, &info);
    if (image) fringe_micrograph_get_info(image, &beside);
    if (options->pixel_size_nm > 0) {
        *pixel = (struct pixel_size){options->pixel_size_nm, options->pixel_size_nm};
    } else if (is_known(&info)) {
        *pixel = (struct pixel_size){info.nm_per_px_x, info.nm_per_px_y};
        if (is_known(&beside) && fabs(beside.nm_per_px_x / info.nm_per_px_x - 1) > SAME_SIZE)
            run_state_notice(run, FRINGE_NOTICE_CALIBRATION,
                             "labels have %s nm per pixel, the image %s; that of the labels is used",
                             number_text(info.nm_per_px_x, 6, text[0]),
                             number_text(beside.nm_per_px_x, 6, text[1]));
    } else if (is_known(&beside)) {
        *pixel = (struct pixel_size){beside.nm_per_px_x, beside.nm_per_px_y};
    }
}

fringe_status plane_read_pixel_size(fringe_micrograph *labels, fringe_micrograph *image,
                                    const fringe_particles_options *options, const fringe_run *run,
                                    struct pixel_size *pixel, int *calibrated, fringe_error *error)
{
    char text[NUMBER_TEXT_BYTES];
    *pixel = (struct pixel_size){0, 0};
    choose_size(labels, image, options, run, pixel);
    *calibrated = pixel->width > 0;
    if (*calibrated) return FRINGE_OK;
    *pixel = (struct pixel_size){1, 1};
    double asked = options->least_nm > 0 ? options->least_nm : options->most_nm;
    if (asked > 0)
        return failure_set(error, FRINGE_ARGUMENT,
                           "%s: has no pixel size, so that a diameter of %s nm cannot be asked for",
                           labels->name, number_text(asked, 6, text));
    run_state_notice(run, FRINGE_NOTICE_CALIBRATION, "has no pixel size: lengths and areas are in pixels");
    return FRINGE_OK;
}

/* A value as a label; -1 where it is none. A colour's brightness is no whole number, and black alone is 0. */
static int32_t as_label(float value, int colour)
{
    if (colour && value > 0) value = fmaxf(1, roundf(value));
    return value >= 0 && value <= PLANE_READ_MOST_LABEL && value == floorf(value) ? (int32_t)value : -1;
}

static fringe_status refuse(const fringe_micrograph *labels, size_t at, float value, fringe_error *error)
{
    char text[NUMBER_TEXT_BYTES];
    size_t width = (size_t)labels->info.width_px;
    return failure_set(
        error, FRINGE_ARGUMENT,
        "%s: pixel (%zu, %zu) is %s; labels are whole numbers from 0 to %d, and a map of other "
        "numbers needs a threshold",
        labels->name, at % width, at / width, number_text(value, 9, text), PLANE_READ_MOST_LABEL);
}

/* Colour says nothing about which pixels belong together, unless there is but one besides black. */
static fringe_status check_colour(const fringe_micrograph *labels, const int32_t *values, size_t pixels,
                                  fringe_error *error)
{
    int32_t first = 0;
    if (!labels->info.colour) return FRINGE_OK;
    for (size_t i = 0; i < pixels; i++) {
        if (values[i] == 0 || values[i] == first) continue;
        if (first)
            return failure_set(
                error, FRINGE_ARGUMENT,
                "%s: is a colour picture with brightnesses %ld and %ld: neither mask nor labels",
                labels->name, (long)first, (long)values[i]);
        first = values[i];
    }
    return FRINGE_OK;
}

fringe_status plane_read_values(fringe_micrograph *labels, int32_t slice, double threshold, int32_t **values,
                                fringe_error *error)
{
    const fringe_micrograph_info *info = &labels->info;
    size_t width = (size_t)info->width_px, pixels = (size_t)info->height_px * width;
    int32_t *made = NULL;
    fringe_status status = FRINGE_OK;
    *values = NULL;
    if (info->channel_count != 1)
        return failure_set(error, FRINGE_ARGUMENT, "%s: has %ld channels; a mask or label image has 1",
                           labels->name, (long)info->channel_count);
    float *row = alloc_array(width, sizeof *row);
    made = alloc_array(pixels, sizeof *made);
    if (!row || !made) status = failure_memory(error, labels->name, pixels * sizeof *made);
    for (int32_t y = 0; y < info->height_px && !status; y++) {
        status = micrograph_source_read_rows(labels, slice, 0, y, y + 1, row, error);
        for (size_t x = 0; x < width && !status; x++) {
            size_t at = (size_t)y * width + x;
            made[at] = threshold > 0 ? row[x] >= (float)threshold : as_label(row[x], info->colour);
            if (made[at] < 0) status = refuse(labels, at, row[x], error);
        }
    }
    if (!status) status = check_colour(labels, made, pixels, error);
    alloc_free(row);
    if (status)
        alloc_free(made);
    else
        *values = made;
    return status;
}

fringe_status plane_read_beside(fringe_micrograph *labels, fringe_micrograph *image, const char *what,
                                int32_t channel, int32_t slice, float **plane, fringe_error *error)
{
    *plane = NULL;
    if (!image) return FRINGE_OK;
    const fringe_micrograph_info *info = &image->info, *own = &labels->info;
    if (info->width_px != own->width_px || info->height_px != own->height_px)
        return failure_set(error, FRINGE_ARGUMENT, "%s: %s is %ld x %ld pixels, the labels of %s %ld x %ld",
                           image->name, what, (long)info->width_px, (long)info->height_px, labels->name,
                           (long)own->width_px, (long)own->height_px);
    if (info->slice_count != own->slice_count)
        return failure_set(error, FRINGE_ARGUMENT, "%s: %s has %ld slices, the labels of %s %ld", image->name,
                           what, (long)info->slice_count, labels->name, (long)own->slice_count);
    if (channel < 0 && info->channel_count > 2)
        return failure_set(error, FRINGE_ARGUMENT, "%s: %s has %ld channels, not 1 or 2", image->name, what,
                           (long)info->channel_count);
    if (channel < 0) channel = info->channel_count - 1;
    if (channel >= info->channel_count)
        return failure_set(error, FRINGE_ARGUMENT, "%s: channel %ld is asked of %s with %ld", image->name,
                           (long)channel + 1, what, (long)info->channel_count);
    size_t pixels = (size_t)info->height_px * (size_t)info->width_px;
    *plane = alloc_array(pixels, sizeof **plane);
    if (!*plane) return failure_memory(error, image->name, pixels * sizeof **plane);
    fringe_status status =
        micrograph_source_read_rows(image, slice, channel, 0, info->height_px, *plane, error);
    if (!status) return FRINGE_OK;
    alloc_free(*plane);
    *plane = NULL;
    return status;
}
