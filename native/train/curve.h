/* curve.h - the course of a training as a picture for people. */
#ifndef TRAIN_CURVE_H
#define TRAIN_CURVE_H

#include "train/training.h"

/* Writes an SVG: loss of training and validation over the epochs (left, logarithmic) and, where there is a
 * validation, the mean IoU (right, 0 to 1), with the epoch whose weights were kept. Complete or absent. */
fringe_status curve_write(const char *path, const struct training_curve *curve, fringe_error *error);

#endif
