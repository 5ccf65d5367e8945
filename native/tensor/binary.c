#include "tensor/element_kernels.h"

void binary_apply(enum binary_kind kind, size_t n, const float *a, int a_step, const float *b, int b_step,
                  float *out)
{
    CPU_CHOOSE(binary)->apply(kind, n, a, a_step, b, b_step, out);
}
