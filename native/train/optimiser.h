/* optimiser.h - from a gradient to the next weights: Adam, with decoupled weight decay (AdamW).
 *
 * Kingma and Ba, arXiv:1412.6980; Loshchilov and Hutter, arXiv:1711.05101. Gradients are first scaled so that
 * their Euclidean norm over all weights is at most clip_norm.
 */
#ifndef TRAIN_OPTIMISER_H
#define TRAIN_OPTIMISER_H

#include "train/train_network.h"

enum schedule_kind { SCHEDULE_CONSTANT, SCHEDULE_COSINE, SCHEDULE_STEP };

struct optimiser_settings {
    double rate;                 /* the largest learning rate */
    double beta1, beta2;         /* decay of the two moments, 0 to below 1 */
    double epsilon;              /* added to the root of the second moment */
    double weight_decay;         /* 0: Adam; applies to the weights of convolutions only */
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

/* FRINGE_ARGUMENT, with the field and its range. */
fringe_status optimiser_settings_check(const struct optimiser_settings *settings, fringe_error *error);

/* The learning rate of step `step` (from 0) of `total`. Cosine falls from rate to 0 behind the warm-up. */
double optimiser_rate(const struct optimiser_settings *settings, int64_t step, int64_t total);

/* The share by which the average moves towards the weights behind step `step`. It is larger at first, lest
 * the average hang on to the random weights of the beginning: 1 - min(average_decay, (2 + step) / (11 +
 * step)).
 */
double optimiser_average_share(const struct optimiser_settings *settings, int64_t step);

/* One step of every layer that is not frozen: `step` counts from 0; `moments` are the first and then the
 * second moments of all parameters. Weights, moments and gradient are changed together or, where the norm of
 * the gradient is not finite, not at all: FRINGE_MODEL. Cannot be cancelled. */
fringe_status optimiser_apply(const struct optimiser_settings *settings, int64_t step, int64_t total,
                              const struct train_network *network, const float *gradient, float *moments,
                              const fringe_run *run, fringe_error *error);

#endif
