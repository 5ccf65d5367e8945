/* loss.h - how far a network's values are from the labels, and the gradient of that.
 *
 * With p the softmax of a pixel's values, y its class, w_y the weight of that class, sums over the pixels
 * that are not ignored: cross-entropy   sum w_y (-log p_y) / sum w_y focal           sum w_y (1 - p_y)^gamma
 * (-log p_y) / sum w_y      (Lin et al., arXiv:1708.02002) Dice            1 - sum over classes of w_c (2 sum
 * p_c [y = c] + 1) / (sum p_c + sum [y = c] + 1) / sum over classes of w_c, over the whole batch (Milletari
 * et al., arXiv:1606.04797) The loss is the sum of the three, each times its share. A batch without any
 * labelled pixel has loss 0.
 */
#ifndef TRAIN_LOSS_H
#define TRAIN_LOSS_H

#include <stddef.h>
#include <stdint.h>

#include "fringe/run.h"
#include "train/architecture.h"
#include "train/planes.h"

struct loss_settings {
    double cross_entropy, dice, focal;               /* shares, each 0 or more, one above 0 */
    double focal_gamma;                              /* 1 or more */
    double class_weights[ARCHITECTURE_MOST_CLASSES]; /* 0 or more, one above 0 */
};

/* Cross-entropy alone, gamma 2, all weights 1. */
void loss_settings_init(struct loss_settings *settings);

/* FRINGE_ARGUMENT for what lies out of range; `classes` weights are looked at. */
fringe_status loss_settings_check(const struct loss_settings *settings, int32_t classes, fringe_error *error);

/* Of values (N, classes, H, W) against labels (N, H, W): the loss, and in `gradient` (the same layout,
 * margins cleared) first the probabilities and, if wanted by `back`, then the gradient. */
fringe_status loss_find(const struct loss_settings *settings, const struct planes *values,
                        const int32_t *labels, const struct planes *gradient, int back, double *loss,
                        const fringe_run *run, fringe_error *error);

#endif
