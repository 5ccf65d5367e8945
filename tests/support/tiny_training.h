/* tiny_training.h - the smallest training there is, in a folder of its own: for what is wrong with
 * checkpoints.
 *
 * Any failure that is not the training's own ends the program: this is test code.
 */
#ifndef SUPPORT_TINY_TRAINING_H
#define SUPPORT_TINY_TRAINING_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "train/training.h"

/* Two epochs of one step; a side of the images is eight pixels. */
enum { TINY_TRAINING_EPOCHS = 2, TINY_TRAINING_SIDE_PX = 8 };

static inline fringe_status tiny_training_fill(void *context, int64_t index, const fringe_run *run,
                                               struct train_batch *batch, fringe_error *error)
{
    (void)context, (void)run, (void)error;
    for (int i = 0; i < TINY_TRAINING_SIDE_PX * TINY_TRAINING_SIDE_PX; i++) {
        batch->labels[i] = (i + (int)(index & 1)) % 3 == 0;
        batch->images[i] = (float)batch->labels[i] + (float)(i % 5) / 8;
    }
    return FRINGE_OK;
}

/* Trains in `folder`; from a checkpoint where one lies there. The listener hears with `run` as its user. */
static inline fringe_status tiny_training_run(const char *folder, fringe_run *run,
                                              fringe_train_listener *listener, fringe_error *error)
{
    struct training_plan plan = {.batch_count = 1,
                                 .side_px = TINY_TRAINING_SIDE_PX,
                                 .epochs = TINY_TRAINING_EPOCHS,
                                 .steps_per_epoch = 1,
                                 .source = {NULL, tiny_training_fill},
                                 .directory = folder,
                                 .identity = "tiny",
                                 .listener = listener,
                                 .listener_user = run};
    struct training_curve curve;
    architecture_init(&plan.trainer.architecture);
    plan.trainer.architecture.levels = 2;
    plan.trainer.architecture.widths[0] = plan.trainer.architecture.widths[1] = 1;
    plan.trainer.architecture.encoder_convolutions = plan.trainer.architecture.decoder_convolutions = 1;
    loss_settings_init(&plan.trainer.loss);
    optimiser_settings_init(&plan.trainer.optimiser);
    fringe_status status = training_run(&plan, 1, &curve, run, error);
    if (!status) training_curve_clear(&curve);
    return status;
}

/* Writes a checkpoint with these bytes before its digest, which is right. */
static inline void tiny_training_put(const char *folder, const void *bytes, size_t size)
{
    char path[256], digest[DIGEST_TEXT_BYTES];
    snprintf(path, sizeof path, "%s/%s", folder, TRAINING_CHECKPOINT);
    FILE *stream = fopen(path, "wb");
    digest_bytes(bytes, size, digest);
    if (!stream || fwrite(bytes, 1, size, stream) != size ||
        fwrite(digest, 1, sizeof digest, stream) != sizeof digest || fclose(stream) != 0)
        abort();
}

#endif
