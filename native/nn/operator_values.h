/* operator_values.h - ONNX's constants as tensors.
 *
 * Networks are computed in float32, so FLOAT16 and DOUBLE are read as float32: exporters store weights in
 * half precision to save space, and a scalar in double because Python's float is one. Shapes, indices and
 * conditions are int64, int32 and bool. Everything else is refused by its name.
 */
#ifndef NN_OPERATOR_VALUES_H
#define NN_OPERATOR_VALUES_H

#include "onnx/onnx_model.h"
#include "tensor/tensor.h"

/* The type in which values of an ONNX type are computed; 0 when there is none. */
int operator_type_of(int32_t onnx_type, enum tensor_type *type);

/* The name of an ONNX type ("uint8"). Static text. */
const char *operator_type_text(int32_t onnx_type);

/* Sets shape and type of a constant; no data. FRINGE_UNSUPPORTED names the constant and its type. */
fringe_status operator_tensor_shape(const struct onnx_tensor *from, struct tensor *to, fringe_error *error);

/* Copies the values into to->data, which has room for them. */
void operator_tensor_values(const struct onnx_tensor *from, struct tensor *to);

/* Shape and data: a view of the constant's own bytes where they need no conversion, else a copy. */
fringe_status operator_tensor_view(const struct onnx_tensor *from, struct tensor *to, fringe_error *error);

#endif
