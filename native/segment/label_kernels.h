/* label_kernels.h - what segment_labels.c asks of label_kernel.c: rows of probabilities to labels. */
#ifndef SEGMENT_LABEL_KERNELS_H
#define SEGMENT_LABEL_KERNELS_H

#include <stddef.h>
#include <stdint.h>

#include "base/cpu.h"

struct label_kernels {
    /* labels[i] = 255 where probability[i] >= threshold, else 0. Gives the number of values that are NaN,
     * which are not at least anything. */
    size_t (*threshold)(const float *probability, size_t count, float threshold, uint8_t *labels);
    /* labels[i] = the channel, 0 to channels - 1 (at most 256), in which pixel i is largest, ties to the
     * lower; channel k of pixel i is at first[k * plane_stride + i]. Gives the number of pixels with a NaN,
     * which get label 0. */
    size_t (*largest)(const float *first, size_t plane_stride, size_t channels, size_t count,
                      uint8_t *labels);
};

CPU_TABLES(struct label_kernels, label);

#endif
