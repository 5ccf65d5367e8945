/* element_kernels.h - what unary_kernel.c, binary_kernel.c and softmax_kernel.c offer on each path. */
#ifndef TENSOR_ELEMENT_KERNELS_H
#define TENSOR_ELEMENT_KERNELS_H

#include "base/cpu.h"
#include "tensor/binary.h"
#include "tensor/softmax.h"
#include "tensor/unary.h"

struct unary_table {
    void (*apply)(enum unary_kind kind, float a, float b, size_t n, const float *in, float *out);
};
CPU_TABLES(struct unary_table, unary);

struct binary_table {
    void (*apply)(enum binary_kind kind, size_t n, const float *a, int a_step, const float *b, int b_step,
                  float *out);
};
CPU_TABLES(struct binary_table, binary);

struct softmax_table {
    void (*rows)(size_t channels, size_t n, const float *in, struct softmax_steps in_steps, float *out,
                 struct softmax_steps out_steps, int logarithm);
};
CPU_TABLES(struct softmax_table, softmax);

#endif
