/* sample_kernels.h - what sample_plane.c asks of sample_kernel.c: rows of whole numbers from and to float. */
#ifndef IMAGE_SAMPLE_KERNELS_H
#define IMAGE_SAMPLE_KERNELS_H

#include <stddef.h>
#include <stdint.h>

#include "base/cpu.h"

struct sample_kernels {
    /* Whole numbers of a row; 1 where all of them fit, else what was written is of no use. */
    int (*pack_uint8)(const float *from, size_t count, uint8_t *to);
    int (*pack_uint16)(const float *from, size_t count, uint16_t *to);
    int (*pack_int16)(const float *from, size_t count, int16_t *to);
    void (*from_uint8)(const uint8_t *from, size_t count, float *to);
    void (*from_uint16)(const uint16_t *from, size_t count, float *to);
    void (*from_int16)(const int16_t *from, size_t count, float *to);
};

CPU_TABLES(struct sample_kernels, sample);

#endif
