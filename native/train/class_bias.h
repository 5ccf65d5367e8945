/* class_bias.h - what is added to the values of a network's classes so that its probabilities mean what they
 * say.
 *
 * A loss that rewards overlap, or weighs classes, leaves a network shy of some of them: of the pixels to
 * which it gives a class with 0.4, half may be of it. Vector scaling with its biases alone (Guo et al. 2017,
 * arXiv:1706.04599) mends that: one number a class, those of least cross-entropy on images that the training
 * did not learn from. One table serves one thread; the same pixels in the same order give the same numbers.
 */
#ifndef TRAIN_CLASS_BIAS_H
#define TRAIN_CLASS_BIAS_H

#include "train/train_batch.h"

struct class_bias {
    int32_t classes;
    size_t count, most, most_of_batch; /* pixels: held, at most, of one batch */
    float *logarithms;                 /* of the probabilities, `classes` a pixel */
    uint8_t *truth;
};

/* Room for pixels of so many batches. The caller clears it. */
fringe_status class_bias_create(int32_t classes, int64_t batch_count, struct class_bias *table,
                                fringe_error *error);
void class_bias_clear(struct class_bias *table);

/* Adds labelled pixels of a batch, all or an even selection: batch->labels and the probabilities (N, classes,
 * H, W) that the network gave. */
void class_bias_add(struct class_bias *table, const struct train_batch *batch, const float *probabilities);

/* bias[classes], natural logarithms of odds; that of class 0 is 0, and so is one of a class that no pixel
 * has. Without pixels all are 0. */
void class_bias_find(const struct class_bias *table, double *bias);

#endif
