#include "analyze/evaluate_tally.h"

#include <math.h>
#include <string.h>

fringe_status evaluate_tally_create(int class_count, struct evaluate_tally *tally, fringe_error *error)
{
    *tally = (struct evaluate_tally){0};
    return confusion_create(class_count, &tally->confusion, error);
}

void evaluate_tally_clear(struct evaluate_tally *tally)
{
    confusion_clear(&tally->confusion);
}

static size_t cells(const struct evaluate_tally *tally)
{
    return (size_t)tally->confusion.class_count * (size_t)tally->confusion.class_count;
}

void evaluate_tally_empty(struct evaluate_tally *tally)
{
    struct confusion kept = tally->confusion;
    memset(kept.counts, 0, cells(tally) * sizeof *kept.counts);
    *tally = (struct evaluate_tally){.confusion = kept};
}

static void add_distances(struct boundary_distances *to, const struct boundary_distances *from)
{
    to->sum += from->sum;
    to->count += from->count;
}

void evaluate_tally_add_all(struct evaluate_tally *tally, const struct evaluate_tally *other)
{
    for (size_t i = 0; i < cells(tally); i++) tally->confusion.counts[i] += other->confusion.counts[i];
    for (int k = 0; k < tally->confusion.class_count; k++) {
        add_distances(&tally->px[k], &other->px[k]);
        add_distances(&tally->nm[k], &other->nm[k]);
    }
    calibration_add_table(&tally->calibration, &other->calibration);
}

/* Distances in pixels, and in nm where the pixel size is known. */
static fringe_status add_boundaries(struct evaluate_tally *tally, const struct evaluate_slice *slice,
                                    const fringe_run *run, fringe_error *error)
{
    struct boundary_grid px = {slice->height_px, slice->width_px, 1, 1}, nm = px;
    fringe_status status = FRINGE_OK;
    int known = slice->nm_per_px_x > 0 && slice->nm_per_px_y > 0;
    nm.pixel_y = slice->nm_per_px_y;
    nm.pixel_x = slice->nm_per_px_x;
    for (int k = 0; k < tally->confusion.class_count && !status; k++) {
        struct boundary_distances distances;
        if (!confusion_has(&tally->confusion, k)) continue;
        status = boundary_measure(slice->truth, slice->predicted, k, px, run, &distances, error);
        if (status) break;
        add_distances(&tally->px[k], &distances);
        if (!known) continue;
        if (nm.pixel_y == nm.pixel_x)
            distances.sum *= nm.pixel_x;
        else
            status = boundary_measure(slice->truth, slice->predicted, k, nm, run, &distances, error);
        if (!status) add_distances(&tally->nm[k], &distances);
    }
    return status;
}

fringe_status evaluate_tally_add(struct evaluate_tally *tally, const struct evaluate_slice *slice,
                                 const fringe_run *run, fringe_error *error)
{
    size_t pixels = (size_t)slice->height_px * (size_t)slice->width_px;
    fringe_status status =
        confusion_add(&tally->confusion, slice->truth, slice->predicted, pixels, EVALUATE_UNLABELLED, error);
    for (size_t i = 0; i < pixels && !status && slice->confidence; i++)
        if (slice->truth[i] != EVALUATE_UNLABELLED && slice->confidence[i] > 0)
            calibration_add(&tally->calibration, slice->confidence[i],
                            slice->truth[i] == slice->predicted[i]);
    if (status || memchr(slice->truth, EVALUATE_UNLABELLED, pixels)) return status;
    return add_boundaries(tally, slice, run, error);
}

static double mean_distance(const struct boundary_distances *distances)
{
    return distances->count > 0 ? distances->sum / (double)distances->count : NAN;
}

void evaluate_tally_scores(const struct evaluate_tally *tally, double *values)
{
    const struct confusion *table = &tally->confusion;
    double *mean = values + table->class_count * FRINGE_SCORE_COUNT;
    int counts[FRINGE_SCORE_COUNT] = {0};
    for (int m = 0; m < FRINGE_SCORE_COUNT; m++) mean[m] = 0;
    for (int k = 0; k < table->class_count; k++) {
        double *row = values + k * FRINGE_SCORE_COUNT;
        row[FRINGE_SCORE_DICE] = confusion_dice(table, k);
        row[FRINGE_SCORE_IOU] = confusion_iou(table, k);
        row[FRINGE_SCORE_PRECISION] = confusion_precision(table, k);
        row[FRINGE_SCORE_RECALL] = confusion_recall(table, k);
        row[FRINGE_SCORE_ACCURACY] = confusion_class_accuracy(table, k);
        row[FRINGE_SCORE_BOUNDARY_PX] = mean_distance(&tally->px[k]);
        row[FRINGE_SCORE_BOUNDARY_NM] = mean_distance(&tally->nm[k]);
        row[FRINGE_SCORE_CALIBRATION_ERROR] = calibration_error(&tally->calibration);
        for (int m = 0; m < FRINGE_SCORE_COUNT && confusion_has(table, k); m++)
            if (!isnan(row[m])) mean[m] += row[m], counts[m]++;
    }
    for (int m = 0; m < FRINGE_SCORE_COUNT; m++) mean[m] = counts[m] > 0 ? mean[m] / counts[m] : NAN;
    mean[FRINGE_SCORE_ACCURACY] = confusion_accuracy(table);
}
