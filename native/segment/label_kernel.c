#include "base/kernel.h"
#include "segment/label_kernels.h"

typedef uint8_t vec_labels __attribute__((vector_size(KERNEL_LANES)));

/* Labels of one vector; `nan` counts down by one in every lane that is no number. */
static inline vec_labels label(vec value, vec threshold, vec_mask *nan)
{
    *nan += value != value;
    /* The mask is -1 or 0, of which the lowest byte is 255 or 0. */
    return __builtin_convertvector(value >= threshold, vec_labels);
}

static size_t threshold(const float *probability, size_t count, float threshold, uint8_t *labels)
{
    vec least = vec_set(threshold);
    vec_mask nan = {0}; /* a lane holds 2^31, a row has fewer pixels */
    size_t i = 0, total = 0;
    for (; i + KERNEL_LANES <= count; i += KERNEL_LANES) {
        vec_labels some = label(vec_load(probability + i), least, &nan);
        memcpy(labels + i, &some, sizeof some);
    }
    vec rest = {0};
    memcpy(&rest, probability + i, (count - i) * sizeof *probability);
    vec_labels some = label(rest, least, &nan);
    memcpy(labels + i, &some, count - i);
    for (int lane = 0; lane < KERNEL_LANES; lane++) total += (size_t)-nan[lane];
    return total;
}

/* One vector of pixels. NaN is larger than nothing, and nothing is larger than NaN: a pixel with one anywhere
 * is marked, whatever else is found in it. */
static inline vec_mask largest_of(const float *first, size_t plane_stride, size_t channels, size_t lanes,
                                  vec_mask *nan)
{
    vec largest = {0};
    vec_mask label = {0}, odd = {0};
    for (size_t k = 0; k < channels; k++) {
        vec value = {0};
        if (lanes == KERNEL_LANES)
            value = vec_load(first + k * plane_stride);
        else
            memcpy(&value, first + k * plane_stride, lanes * sizeof *first);
        vec_mask larger = k == 0 ? (vec_mask)(value == value) : value > largest;
        largest = vec_select(larger, value, largest);
        label = (larger & (int32_t)k) | (~larger & label);
        odd |= value != value;
    }
    *nan += odd;
    return label & ~odd;
}

static size_t largest(const float *first, size_t plane_stride, size_t channels, size_t count, uint8_t *labels)
{
    vec_mask nan = {0};
    size_t total = 0;
    for (size_t i = 0; i < count; i += KERNEL_LANES) {
        size_t lanes = count - i < KERNEL_LANES ? count - i : KERNEL_LANES;
        vec_mask found = largest_of(first + i, plane_stride, channels, lanes, &nan);
        vec_labels narrow = __builtin_convertvector(found, vec_labels);
        memcpy(labels + i, &narrow, lanes);
    }
    for (int lane = 0; lane < KERNEL_LANES; lane++) total += (size_t)-nan[lane];
    return total;
}

const struct label_kernels KERNEL_TABLE(label) = {threshold, largest};
