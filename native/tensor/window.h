/* window.h - the geometry that convolutions and pools share. */
#ifndef TENSOR_WINDOW_H
#define TENSOR_WINDOW_H

#include <stdint.h>

/* A window that slides over up to three spatial axes. Output index o covers input indices
 * o * stride - pad_begin + k * dilation, k = 0 .. kernel - 1; those outside the input are padding. */
struct window {
    int spatial; /* 1, 2 or 3 axes */
    int64_t kernel[3], stride[3], dilation[3], pad_begin[3], pad_end[3];
};

#endif
