/* reflect.h - the image goes on beyond its bottom and right edge as in a mirror that stands in the last row
 * or column, which is not repeated: 0 1 2 3 2 1 0 1 2 ... (NumPy's and ONNX's "reflect"). */
#ifndef IMAGE_REFLECT_H
#define IMAGE_REFLECT_H

#include <stdint.h>

/* The index in 0 to size - 1 that stands at `index` >= 0. A single line is repeated. */
static inline int64_t reflect_index(int64_t index, int64_t size)
{
    if (index < size) return index;
    if (size == 1) return 0;
    int64_t period = 2 * (size - 1), phase = index % period;
    return phase < size ? phase : period - phase;
}

#endif
