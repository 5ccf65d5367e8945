/* optimiser.h - from a gradient to the next weights: Adam, with decoupled weight decay (AdamW).
 *
 * Kingma and Ba, arXiv:1412.6980; Loshchilov and Hutter, arXiv:1711.05101. Gradients are first scaled so that
 * their Euclidean norm over all weights is at most clip_norm.
 */
#ifndef TRAIN_OPTIMISER_H
#define TRAIN_OPTIMISER_H

#include <stddef.h>
#include <stdint.h>

#include "fringe/status.h"

enum schedule_kind { SCHEDULE_CONSTANT, SCHEDULE_COSINE, SCHEDULE_STEP };

struct optimiser_settings {
    double rate;                 /* the largest learning rate */
    double beta1, beta2;         /* decay of the two moments, 0 to below 1 */
    double epsilon;              /* added to the root of the second moment */
    double weight_decay;         /* 0: Adam; applies to convolution weights only */
    double clip_norm;            /* 0: gradients are not clipped */
    enum schedule_kind schedule; /* over all steps of the training */
    int64_t warm_up_steps;       /* the rate rises linearly over these */
    int64_t step_steps;          /* SCHEDULE_STEP: the rate is multiplied by step_factor each so many steps */
    double step_factor;
    double average_decay; /* of the exponential average of the weights, which validation and export take; 0:
                             no average */
};

/* Rate 1e-3, betas 0.9 and 0.999, epsilon 1e-8, cosine, nothing else. */
void optimiser_settings_init(struct optimiser_settings *settings);

/* The learning rate of step `step` (from 0) of `total`. Cosine falls from rate to 0 behind the warm-up. */
double optimiser_rate(const struct optimiser_settings *settings, int64_t step, int64_t total);

#endif
