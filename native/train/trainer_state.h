/* trainer_state.h - what a trainer is made of, for the files that run, save and export it. */
#ifndef TRAIN_TRAINER_STATE_H
#define TRAIN_TRAINER_STATE_H

#include "train/trainer.h"
#include "train/workspace.h"

struct trainer {
    struct trainer_settings settings;
    struct train_network network;
    float *gradient;
    float *moments; /* the first of all parameters, then the second */
    float *next_statistics;
    float *mean_parameters, *mean_statistics; /* averages over the steps; without averaging the last values */
    int64_t steps;
    struct workspace training, predicting; /* empty until needed */
};

#endif
