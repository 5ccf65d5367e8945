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

const struct label_kernels KERNEL_TABLE(label) = {threshold};
