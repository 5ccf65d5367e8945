#include "tensor/element_kernels.h"

void softmax_rows(size_t channels, size_t n, const float *in, struct softmax_steps in_steps, float *out,
                  struct softmax_steps out_steps, int logarithm)
{
    CPU_CHOOSE(softmax)->rows(channels, n, in, in_steps, out, out_steps, logarithm);
}
