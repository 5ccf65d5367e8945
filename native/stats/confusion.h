/* confusion.h - how far two label planes agree: counts, Dice, IoU, precision, recall.
 *
 * Labels are 0 to class_count - 1, one byte per pixel. Row t, column p of the table counts the pixels that
 * are t in truth and p as predicted. Whole numbers throughout, so tables of several images may be added, in
 * any order, before a score is taken. Any thread.
 */
#ifndef STATS_CONFUSION_H
#define STATS_CONFUSION_H

#include <stddef.h>
#include <stdint.h>

#include "fringe/status.h"

enum { CONFUSION_MOST_CLASSES = 256, CONFUSION_NO_LABEL = -1 };

struct confusion {
    int class_count;
    int64_t *counts; /* (class_count, class_count); owned */
};

/* An empty table of 1 to CONFUSION_MOST_CLASSES classes, else FRINGE_ARGUMENT. The caller clears it, which an
 * unsuccessful call has left nothing for. */
fringe_status confusion_create(int class_count, struct confusion *confusion, fringe_error *error);
void confusion_clear(struct confusion *confusion);

/* Adds pixel_count pixels. Pixels whose truth is `unlabelled` are passed over (CONFUSION_NO_LABEL: none is).
 * FRINGE_ARGUMENT, with the pixel and both numbers, for a label outside the table, which is then as it was
 * but for the pixels before that one. */
fringe_status confusion_add(struct confusion *confusion, const uint8_t *truth, const uint8_t *predicted,
                            size_t pixel_count, int unlabelled, fringe_error *error);

/* Scores of one class against all others, 0 to 1; 1 where neither plane has a pixel of it.
 * Dice: 2 both / (truth + predicted). IoU: both / either. */
double confusion_dice(const struct confusion *confusion, int class_index);
double confusion_iou(const struct confusion *confusion, int class_index);

/* Precision: both / predicted, the share of what was found that is true. Recall: both / truth, the share of
 * what is true that was found. Where there is nothing to divide by, 1 for a class that neither plane has and
 * 0 otherwise. */
double confusion_precision(const struct confusion *confusion, int class_index);
double confusion_recall(const struct confusion *confusion, int class_index);

/* The share of pixels on which both planes agree whether they are of the class; 1 where there is no pixel. */
double confusion_class_accuracy(const struct confusion *confusion, int class_index);

/* 1 where one of the planes has a pixel of the class. */
int confusion_has(const struct confusion *confusion, int class_index);

/* The mean IoU over the classes that one of the planes has; 1 where there is no pixel. */
double confusion_mean_iou(const struct confusion *confusion);

/* The share of pixels that agree; 1 where there is no pixel. */
double confusion_accuracy(const struct confusion *confusion);

#endif
