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
};

CPU_TABLES(struct label_kernels, label);

#endif
