#include "tensor/element_kernels.h"

void unary_apply(enum unary_kind kind, float a, float b, size_t n, const float *in, float *out)
{
    CPU_CHOOSE(unary)->apply(kind, a, b, n, in, out);
}
