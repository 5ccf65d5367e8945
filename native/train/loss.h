/* loss.h - how far a network's values are from the labels, and the gradient of that.
 *
 * With p the softmax of a pixel's values, y its class, w_y the weight of that class, sums over the pixels
 * that are not ignored: cross-entropy   sum w_y (-log p_y) / sum w_y focal           sum w_y (1 - p_y)^gamma
 * (-log p_y) / sum w_y      (Lin et al., arXiv:1708.02002) Dice            1 - sum over classes of w_c (2 sum
 * p_c [y = c] + 1) / (sum p_c + sum [y = c] + 1) / sum over classes of w_c, over the whole batch (Milletari
 * et al., arXiv:1606.04797) The loss is the sum of the three, each times its share.
 */
#ifndef TRAIN_LOSS_H
#define TRAIN_LOSS_H

#include <stddef.h>
#include <stdint.h>

#include "train/architecture.h"

struct loss_settings {
    double cross_entropy, dice, focal;               /* shares, each 0 or more, one above 0 */
    double focal_gamma;                              /* 0 or more */
    double class_weights[ARCHITECTURE_MOST_CLASSES]; /* above or equal 0 */
};

/* Cross-entropy alone, gamma 2, all weights 1. */
void loss_settings_init(struct loss_settings *settings);

#endif
