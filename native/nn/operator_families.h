/* operator_families.h - the two functions of each row of operator_table.c; see operator.h for what they do.
 */
#ifndef NN_OPERATOR_FAMILIES_H
#define NN_OPERATOR_FAMILIES_H

#include "nn/operator.h"

#define OPERATOR_DECLARE(family)                                                                             \
    fringe_status operator_##family##_infer(struct operator_call *call, fringe_error *error);                \
    fringe_status operator_##family##_evaluate(const struct operator_call *call, fringe_error *error);

/* operator_conv.c */
OPERATOR_DECLARE(conv)
OPERATOR_DECLARE(conv_transpose)
/* operator_pool.c */
OPERATOR_DECLARE(pool)
OPERATOR_DECLARE(global_pool)
OPERATOR_DECLARE(max_unpool)
/* operator_norm.c */
OPERATOR_DECLARE(batch_norm)
OPERATOR_DECLARE(group_norm)
OPERATOR_DECLARE(layer_norm)
/* operator_resize.c */
OPERATOR_DECLARE(resize)
void operator_resize_release(void *params);
size_t operator_resize_owned_bytes(const void *params);
/* operator_pad.c */
OPERATOR_DECLARE(pad)
/* operator_shape.c */
OPERATOR_DECLARE(shape)
OPERATOR_DECLARE(size)
fringe_status operator_reshape_infer(struct operator_call *call, fringe_error *error);
fringe_status operator_flatten_infer(struct operator_call *call, fringe_error *error);
fringe_status operator_squeeze_infer(struct operator_call *call, fringe_error *error);
fringe_status operator_unsqueeze_infer(struct operator_call *call, fringe_error *error);
fringe_status operator_identity_infer(struct operator_call *call, fringe_error *error);
/* The five above: the output has the input's values. */
fringe_status operator_copy_evaluate(const struct operator_call *call, fringe_error *error);
OPERATOR_DECLARE(dropout)
OPERATOR_DECLARE(transpose)
OPERATOR_DECLARE(expand)
OPERATOR_DECLARE(tile)
/* operator_constant.c */
OPERATOR_DECLARE(cast)
OPERATOR_DECLARE(constant)
OPERATOR_DECLARE(constant_of_shape)
OPERATOR_DECLARE(range)
/* operator_select.c */
OPERATOR_DECLARE(concat)
OPERATOR_DECLARE(split)
OPERATOR_DECLARE(slice)
OPERATOR_DECLARE(gather)
OPERATOR_DECLARE(where)
OPERATOR_DECLARE(depth)
/* operator_unary.c */
OPERATOR_DECLARE(unary)
OPERATOR_DECLARE(clip)
OPERATOR_DECLARE(not )
/* operator_binary.c */
OPERATOR_DECLARE(binary)
/* operator_reduce.c */
OPERATOR_DECLARE(reduce)
OPERATOR_DECLARE(arg)
OPERATOR_DECLARE(softmax)
/* operator_matrix.c */
OPERATOR_DECLARE(matmul)
OPERATOR_DECLARE(gemm)

#undef OPERATOR_DECLARE

#endif
